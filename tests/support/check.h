/* CMocka with a count of what was checked, so that a log shows that a loop was not empty.
 * A test program ends with `return check_report("unit.something", failures)`. */
#ifndef DIRICHLET_TESTS_CHECK_H
#define DIRICHLET_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

extern long check_count;

#define CHECK(condition) (check_count++, assert_true(condition))

/* The same with the case in which it failed, printf style. */
#define CHECK_IN(condition, ...)                                                                   \
    do {                                                                                           \
        check_count++;                                                                             \
        if (!(condition)) {                                                                        \
            print_error(__VA_ARGS__);                                                              \
            print_error("\n");                                                                     \
            assert_true(condition);                                                                \
        }                                                                                          \
    } while (0)

int check_report(const char *name, int failures);

#endif
