/* Geometric complexity of a function of your own, f(x) = sin(W x), from one callback, its VJP. A
 * second one, f itself, is there so that the library can check the first. */
#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdio.h>

enum { INPUTS = 3, OUTPUTS = 2, SAMPLES = 4 };
static const double W[OUTPUTS][INPUTS] = {{1, -2, 0.5}, {0.5, 1, -1}};

static double preactivation(const double *x, int o)
{
    return W[o][0] * x[0] + W[o][1] * x[1] + W[o][2] * x[2];
}

/* y = f(x), at so many points of each sample. */
static int32_t forward(int64_t first, int64_t samples, int64_t points, const double *x, double *y,
                       void *user)
{
    (void)first; /* index of the first sample in the data set, for what else belongs to it */
    (void)user;  /* the model's `user`, for what the function needs */
    for (int64_t p = 0; p < samples * points; p++, x += INPUTS, y += OUTPUTS)
        for (int o = 0; o < OUTPUTS; o++)
            y[o] = sin(preactivation(x, o));
    return 0;
}

/* jtu = J^T u, for so many cotangents u of each sample x; J_oi = cos((W x)_o) W_oi. */
static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *u, double *jtu, void *user)
{
    (void)first, (void)user;
    for (int64_t m = 0; m < samples * directions; m++, u += OUTPUTS, jtu += INPUTS) {
        const double *point = x + m / directions * INPUTS;
        const double slope[] = {cos(preactivation(point, 0)), cos(preactivation(point, 1))};
        for (int i = 0; i < INPUTS; i++)
            jtu[i] = u[0] * slope[0] * W[0][i] + u[1] * slope[1] * W[1][i];
    }
    return 0;
}

int main(void)
{
    const double x[SAMPLES * INPUTS] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = INPUTS,
                                       .outputs = OUTPUTS,
                                       .ignores_first = 1,
                                       .forward = forward,
                                       .vjp = vjp};
    dirichlet_result gc = DIRICHLET_INIT(dirichlet_result);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);

    /* A wrong callback gives a plausible number: before believing one, have them checked. */
    if (dirichlet_model_check_f64(&model, SAMPLES, x, NULL, NULL, &error) != DIRICHLET_OK ||
        dirichlet_measure_f64(&model, SAMPLES, x, NULL, NULL, &gc, NULL, &error) != DIRICHLET_OK) {
        fprintf(stderr, "callbacks: %s\n", error.message);
        return 1;
    }
    printf("GC = %.6f +- %.6f (%s)\n", gc.value, gc.standard_error,
           dirichlet_method_name(gc.method));

    const double squared_norm[OUTPUTS] = {5.25, 2.25}; /* ||W_o||^2 */
    double expected = 0; /* mean of ||J||_F^2 = sum_o cos^2((W x)_o) ||W_o||^2 */
    for (int n = 0; n < SAMPLES; n++)
        for (int o = 0; o < OUTPUTS; o++)
            expected += pow(cos(preactivation(x + n * INPUTS, o)), 2) * squared_norm[o] / SAMPLES;
    return fabs(gc.value - expected) <= 1e-12 * expected ? 0 : 1;
}
