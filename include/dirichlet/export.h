/* How functions are exported and called, and small macros for callers. None of them depends on
 * what the consumer defines. */
#ifndef DIRICHLET_EXPORT_H
#define DIRICHLET_EXPORT_H

/* In front of every function. Where symbols are hidden unless marked, it marks them. A program for
 * Windows needs no dllimport: it is called through the import library, and may link the
 * static library by the same headers. */
#if defined(_WIN32) || defined(__CYGWIN__)
#if defined(DIRICHLET_BUILDING) /* by the library's own sources alone */
#define DIRICHLET_API __declspec(dllexport)
#else
#define DIRICHLET_API
#endif
#elif defined(__GNUC__)
#define DIRICHLET_API __attribute__((visibility("default")))
#else
#define DIRICHLET_API
#endif

/* The calling convention of every function and callback: the C compiler's own, whatever flags the
 * caller's default is changed by. Only 32-bit Windows knows more than one. */
#if defined(_WIN32) && !defined(_WIN64)
#define DIRICHLET_CALL __cdecl
#else
#define DIRICHLET_CALL
#endif

/* Marks what should not be used any more: since which version, and what to use in its place. Within
 * one SONAME nothing that is so marked is ever removed. */
#if defined(__GNUC__)
#define DIRICHLET_DEPRECATED(since, use)                                                           \
    __attribute__((deprecated("since libdirichlet " since ": use " use)))
#else
#define DIRICHLET_DEPRECATED(since, use)
#endif

/* The initializer of every struct that begins with struct_size: all defaults.
 *
 *     dirichlet_estimator_options options = DIRICHLET_INIT(dirichlet_estimator_options);
 */
#ifdef __cplusplus
template <class T> struct dirichlet_initialized {
    static T value()
    {
        T all_zero = T();
        all_zero.struct_size = sizeof(T);
        return all_zero;
    }
};
#define DIRICHLET_INIT(type) dirichlet_initialized<type>::value()
#else
#define DIRICHLET_INIT(type)                                                                       \
    {                                                                                              \
        .struct_size = sizeof(type)                                                                \
    }
#endif

#endif
