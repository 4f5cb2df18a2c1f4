#include "support/check.h"

long check_count = 0;

int check_report(const char *name, int failures)
{
    printf("%s: checked cases: %ld\n", name, check_count);
    return failures == 0 && check_count > 0 ? 0 : 1;
}
