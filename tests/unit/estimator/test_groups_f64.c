/* Groups in double precision. */
#include "core/arithmetic/real_f64.h"

#include "groups_body.h"

int main(void)
{
    return run_grouped_tests("unit.groups_f64");
}
