#include "core/interface/environment.h"

#include <errno.h>
#include <stddef.h>

/* fegetenv and fesetenv cost 10 to 100 times what the registers do (and the C library may know no
 * flushing), so the common processors are asked directly. A register is written only if it would
 * change. */
#if ENVIRONMENT_BY_REGISTERS && defined(__x86_64__)

#define MXCSR_FLAGS UINT32_C(0x3F)
#define MXCSR_DEFAULT UINT32_C(0x1F80) /* all masked, to nearest, neither FTZ nor DAZ */
#define X87_DEFAULT UINT16_C(0x037F)   /* printf asks the x87 how to round */

static uint32_t read_mxcsr(void)
{
    uint32_t value = 0;
    __asm__ volatile("stmxcsr %0" : "=m"(value) : : "memory");
    return value;
}

static void write_mxcsr(uint32_t value)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(value) : "memory");
}

static uint16_t read_x87(void)
{
    uint16_t value = 0;
    __asm__ volatile("fnstcw %0" : "=m"(value) : : "memory");
    return value;
}

static void write_x87(uint16_t value)
{
    __asm__ volatile("fldcw %0" : : "m"(value) : "memory");
}

static void set_default(struct environment *caller)
{
    caller->control = read_mxcsr();
    caller->other = read_x87();
    if ((caller->control & ~MXCSR_FLAGS) != MXCSR_DEFAULT)
        write_mxcsr(MXCSR_DEFAULT);
    if (caller->other != X87_DEFAULT)
        write_x87(X87_DEFAULT);
}

static void set_back(const struct environment *caller)
{
    if (read_mxcsr() != caller->control)
        write_mxcsr(caller->control);
    if (caller->other != X87_DEFAULT)
        write_x87((uint16_t)caller->other);
}

#elif ENVIRONMENT_BY_REGISTERS

#define FPCR_DEFAULT UINT32_C(0)

static uint32_t read_fpcr(void)
{
    uint64_t value = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value) : : "memory");
    return (uint32_t)value;
}

static void write_fpcr(uint32_t value)
{
    const uint64_t wide = value;
    __asm__ volatile("msr fpcr, %0" : : "r"(wide) : "memory");
}

static uint32_t read_fpsr(void)
{
    uint64_t value = 0;
    __asm__ volatile("mrs %0, fpsr" : "=r"(value) : : "memory");
    return (uint32_t)value;
}

static void write_fpsr(uint32_t value)
{
    const uint64_t wide = value;
    __asm__ volatile("msr fpsr, %0" : : "r"(wide) : "memory");
}

static void set_default(struct environment *caller)
{
    caller->control = read_fpcr();
    caller->other = read_fpsr();
    if (caller->control != FPCR_DEFAULT)
        write_fpcr(FPCR_DEFAULT);
}

static void set_back(const struct environment *caller)
{
    if (caller->control != FPCR_DEFAULT)
        write_fpcr(caller->control);
    if (read_fpsr() != caller->other)
        write_fpsr(caller->other);
}

#else

static void set_default(struct environment *caller)
{
    (void)fegetenv(&caller->all);
    (void)fesetenv(FE_DFL_ENV);
}

static void set_back(const struct environment *caller)
{
    (void)fesetenv(&caller->all);
}

#endif

void environment_enter(struct environment *caller)
{
    if (caller == NULL)
        return;
    caller->error_number = errno;
    set_default(caller);
}

void environment_leave(const struct environment *caller)
{
    if (caller == NULL)
        return;
    set_back(caller);
    errno = caller->error_number;
}

void environment_begin(struct environment **current, struct environment *caller)
{
    caller->outer = *current;
    *current = caller;
    environment_enter(caller);
}

void environment_end(struct environment **current)
{
    const struct environment *caller = *current;
    *current = caller->outer;
    environment_leave(caller);
}
