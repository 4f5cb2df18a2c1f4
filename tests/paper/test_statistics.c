/* Summaries and Spearman's correlation, against values worked out by hand. */
#include <math.h>

#include "statistics.h"
#include "support/check.h"

static void check_spearman(const char *what, int count, const double *x, const double *y,
                           double expected)
{
    const double got = spearman(count, x, y);
    printf("%s: %.12f, expected %.12f\n", what, got, expected);
    CHECK_IN(fabs(got - expected) <= 1e-14, "%s", what);
}

static void correlation_of_ranks(void **state)
{
    (void)state;
    const double x[] = {0, 1e-4, 1e-3, 1e-2, 1e-1};
    const double falling[] = {600, 599, 300, 2, -1};
    const double one_swap[] = {5, 4, 3, 1, 2};
    const double two_swaps[] = {4, 5, 3, 1, 2};
    check_spearman("monotone, far from linear", 5, x, falling, -1.0);
    check_spearman("the same upwards", 5, falling, falling, 1.0);
    /* 1 - 6 sum d^2 / (n (n^2 - 1)) without ties */
    check_spearman("one swap of neighbours", 5, x, one_swap, -0.9);
    check_spearman("two swaps of neighbours", 5, x, two_swaps, -0.8);
}

static void ties_share_their_ranks(void **state)
{
    (void)state;
    const double x[] = {1, 2, 2, 3, 5}; /* ranks 1, 2.5, 2.5, 4, 5 */
    const double y[] = {2, 1, 4, 4, 4}; /* ranks 2, 1, 4, 4, 4 */
    check_spearman("ties on both sides", 5, x, y, 5.5 / sqrt(9.5 * 8.0));
}

static void missing_values_drop_out(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5, 6};
    const double y[] = {9, NAN, 7, 8, NAN, 1};
    const double z[] = {9, NAN, 7, NAN, NAN, NAN};
    const double level[] = {3, 3, 3, 3, 3, 3};
    /* of 1, 3, 4, 6 with 9, 7, 8, 1: squares of the rank differences 9, 0, 0, 9 */
    check_spearman("of six, two are missing", 6, x, y, -0.8);
    CHECK(isnan(spearman(6, x, z)));
    CHECK(isnan(spearman(6, x, level)));
    CHECK(isnan(spearman(2, x, y)));
}

static void summaries(void **state)
{
    (void)state;
    const double values[] = {NAN, 4, -2, NAN, 7};
    const struct summary summary = summarize(5, values);
    const struct summary none = summarize(1, values);
    printf("mean %g, least %g, greatest %g of %d\n", summary.mean, summary.least, summary.greatest,
           summary.count);
    CHECK(summary.mean == 3.0 && summary.least == -2.0 && summary.greatest == 7.0);
    CHECK(summary.count == 3);
    CHECK(none.count == 0 && isnan(none.mean) && isnan(none.least) && isnan(none.greatest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlation_of_ranks), cmocka_unit_test(ties_share_their_ranks),
        cmocka_unit_test(missing_values_drop_out), cmocka_unit_test(summaries)};
    return check_report("paper.statistics", cmocka_run_group_tests(tests, NULL, NULL));
}
