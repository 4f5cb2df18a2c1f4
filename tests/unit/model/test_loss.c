/* Cross-entropy where exponentials overflow and weights do not add up to 1, against the formulas
 * in more digits. */
#include <math.h>
#include <string.h>

#include "model/loss.h"
#include "support/check.h"

#define CLASSES 4

static const double outputs[][CLASSES] = {{0.5, -1.0, 2.0, 1.0},
                                          {-2000.0, 0.0, 1.0, 2000.0},
                                          {2000.0, 1999.0, -2000.0, 1998.5},
                                          {-3000.0, -3001.0, -3000.5, -3002.0}};
static const double targets[][CLASSES] = {
    {0.5, 0.25, 1.5, 0.0}, {0.0, 0.0, 2.0, 1.0}, {1.0, 0.0, 0.0, 0.0}, {0.1, 0.2, 0.3, 0.0}};

static bool near(double got, long double wanted, long double size)
{
    return fabsl((long double)got - wanted) <= 1e-14L * size;
}

static void check_sample(const double *f, const double *t)
{
    const dirichlet_loss_f64 given = {
        .struct_size = sizeof given, .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY, .targets = t};
    const double tangent[CLASSES] = {1.0, -0.5, 0.25, 2.0};
    dirichlet_loss_f64 loss;
    double value = NAN;
    double cotangent[CLASSES];
    double product[CLASSES];
    long double p[CLASSES];
    long double sum = 0.0L;
    long double total = 0.0L;
    long double wanted = 0.0L;
    long double mean = 0.0L;
    long double largest = (long double)f[0];
    CHECK(loss_read_f64(&given, 1, CLASSES, true, &loss, NULL) == DIRICHLET_OK);
    CHECK(loss_evaluate_f64(&loss, NULL, 0, 1, CLASSES, f, &value, cotangent) == 0);
    CHECK(loss_curve_f64(&loss, NULL, 0, 1, CLASSES, f, tangent, product) == 0);
    for (int j = 1; j < CLASSES; j++)
        largest = fmaxl(largest, (long double)f[j]);
    for (int j = 0; j < CLASSES; j++) {
        sum += expl((long double)f[j] - largest);
        total += (long double)t[j];
    }
    for (int j = 0; j < CLASSES; j++) {
        p[j] = expl((long double)f[j] - largest) / sum;
        if (t[j] > 0.0)
            wanted += (long double)t[j] * (logl(sum) - ((long double)f[j] - largest));
        mean += p[j] * (long double)tangent[j];
    }
    CHECK_IN(near(value, wanted, fabsl(wanted) + 1.0L), "loss %.17g, not %.17Lg", value, wanted);
    for (int j = 0; j < CLASSES; j++) {
        CHECK(near(cotangent[j], total * p[j] - (long double)t[j], total));
        CHECK(near(product[j], total * p[j] * ((long double)tangent[j] - mean), total));
    }
}

static void large_outputs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        for (size_t j = 0; j < sizeof targets / sizeof *targets; j++)
            check_sample(outputs[i], targets[j]);
    /* A class of weight 0 may be infinitely unlikely. */
    const double far[CLASSES] = {-1.7e308, 1.7e308, 1.7e308, 1.7e308};
    check_sample(far, targets[1]);
}

/* Targets that no array holds are refused before one is read. */
static void targets_beyond_the_address_space(void **state)
{
    const dirichlet_loss_f64 given = {
        .struct_size = sizeof given, .kind = DIRICHLET_LOSS_SQUARED, .targets = targets[0]};
    dirichlet_loss_f64 loss;
    struct message message = {0};
    (void)state;
    CHECK(loss_read_f64(&given, INT64_C(1) << 60, CLASSES, false, &loss, &message) ==
          DIRICHLET_E_OVERFLOW);
    CHECK(strstr(message.text, "loss.targets") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(large_outputs),
                                       cmocka_unit_test(targets_beyond_the_address_space)};
    return check_report("unit.loss", cmocka_run_group_tests(tests, NULL, NULL));
}
