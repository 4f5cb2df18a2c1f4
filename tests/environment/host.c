#define _GNU_SOURCE /* feenableexcept */
#include "environment/host.h"

#include <errno.h>
#include <fenv.h>
#include <stddef.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

enum flushing { KEEP, FLUSH };

struct environment_of_host {
    const char *name;
    int rounding;
    enum flushing flushing;
    bool traps;
};

static const struct environment_of_host hosts[] = {
    {"default", FE_TONEAREST, KEEP, false},  {"flush to zero", FE_TONEAREST, FLUSH, false},
    {"upward", FE_UPWARD, KEEP, false},      {"downward", FE_DOWNWARD, KEEP, false},
    {"to zero", FE_TOWARDZERO, KEEP, false}, {"upward and flush", FE_UPWARD, FLUSH, false},
    {"traps", FE_TONEAREST, KEEP, true},
};

#if defined(__SSE__)
#define FTZ_AND_DAZ 0x8040U

static uint64_t read_control(void)
{
    return (uint64_t)fegetround() << 32 | (_mm_getcsr() & ~0x3FU);
}

static void set_flushing(void)
{
    _mm_setcsr(_mm_getcsr() | FTZ_AND_DAZ);
}
#elif defined(__aarch64__)
static uint64_t read_control(void)
{
    uint64_t value = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value) : : "memory");
    return value;
}

static void set_flushing(void)
{
    const uint64_t value = read_control() | UINT64_C(1) << 24;
    __asm__ volatile("msr fpcr, %0" : : "r"(value) : "memory");
}
#else
static uint64_t read_control(void)
{
    return (uint64_t)fegetround();
}

static void set_flushing(void) {}
#endif

int host_count(void)
{
    return (int)(sizeof hosts / sizeof *hosts);
}

const char *host_name(int environment)
{
    return hosts[environment].name;
}

void host_set(int environment)
{
    const struct environment_of_host *host = &hosts[environment];
    host_reset();
    (void)fesetround(host->rounding);
    if (host->flushing == FLUSH)
        set_flushing();
    if (!host->traps)
        (void)feraiseexcept(FE_DIVBYZERO);
#if defined(__GLIBC__)
    if (host->traps)
        (void)feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
#endif
    errno = EXDEV;
}

struct host host_read(void)
{
    const int error_number = errno;
    const struct host host = {read_control(), fetestexcept(FE_ALL_EXCEPT), error_number};
    return host;
}

bool host_equal(const struct host *a, const struct host *b)
{
    return a->control == b->control && a->flags == b->flags && a->error_number == b->error_number;
}

void host_reset(void)
{
    (void)fesetenv(FE_DFL_ENV);
    errno = 0;
}

bool host_flushes(void)
{
    volatile double number = 1e-310;
    host_set(1);
    number = number * 0.5;
    host_reset();
    return number == 0.0;
}
