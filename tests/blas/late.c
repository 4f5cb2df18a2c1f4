/* A host that loads libdirichlet (argv[5]) by itself, as Python does, and another CBLAS (argv[6])
 * with global symbols "before" or "after" it (argv[4]). The one that is there first stays. */
#include "blas/bound.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* A function's address; the cast from a pointer to an object is POSIX's, not C's. */
static void find(void *handle, const char *name, void *function)
{
    void *address = dlsym(handle, name);
    memcpy(function, &address, sizeof address);
}

static void *load(const char *file, int how)
{
    void *handle = dlopen(file, RTLD_LAZY | how);
    if (handle == NULL)
        printf("%s\n", dlerror());
    return handle;
}

int main(int argc, char **argv)
{
    struct library library;
    void *handle = NULL;
    void *other = NULL;
    if (argc != 7)
        return 1;
    if (strcmp(argv[4], "before") == 0)
        other = load(argv[6], RTLD_GLOBAL);
    handle = load(argv[5], RTLD_LOCAL);
    if (strcmp(argv[4], "after") == 0)
        other = load(argv[6], RTLD_GLOBAL);
    if (handle == NULL || other == NULL)
        return 1;
    find(handle, "dirichlet_blas_name", &library.blas_name);
    find(handle, "dirichlet_blas_library", &library.blas_library);
    find(handle, "dirichlet_dense_create_f64", &library.create);
    find(handle, "dirichlet_dense_forward_f64", &library.forward);
    find(handle, "dirichlet_dense_destroy_f64", &library.destroy);
    return bound_as_expected(&library, argv) ? 0 : 1;
}
