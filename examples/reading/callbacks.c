/* Geometric complexity of a function of your own, f(x) = sin(W x), from one callback. */
#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdio.h>

enum { INPUTS = 3, OUTPUTS = 2, SAMPLES = 4 };
static const double W[OUTPUTS][INPUTS] = {{1, -2, 0.5}, {0.5, 1, -1}};

/* cos((W x)_o); the Jacobian is J_oi = cos((W x)_o) W_oi. */
static double slope(const double *x, int o)
{
    return cos(W[o][0] * x[0] + W[o][1] * x[1] + W[o][2] * x[2]);
}

/* jtu = J^T u, for so many cotangents u of each sample x. */
static int32_t vjp(int64_t samples, int64_t directions, const double *x, const double *u,
                   double *jtu, void *user)
{
    (void)user; /* the model's `user`, for what the function needs */
    for (int64_t m = 0; m < samples * directions; m++, u += OUTPUTS, jtu += INPUTS) {
        const double *point = x + m / directions * INPUTS;
        for (int i = 0; i < INPUTS; i++)
            jtu[i] = u[0] * slope(point, 0) * W[0][i] + u[1] * slope(point, 1) * W[1][i];
    }
    return 0;
}

int main(void)
{
    const double x[SAMPLES * INPUTS] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = INPUTS, .outputs = OUTPUTS, .vjp = vjp};
    dirichlet_result gc = {.struct_size = sizeof gc};
    char message[DIRICHLET_MESSAGE_SIZE];

    if (dirichlet_measure_f64(&model, SAMPLES, x, NULL, NULL, &gc, NULL, message, sizeof message) !=
        DIRICHLET_OK) {
        fprintf(stderr, "callbacks: %s\n", message);
        return 1;
    }
    printf("GC = %.6f +- %.6f (%s)\n", gc.value, gc.standard_error,
           dirichlet_method_name(gc.method));

    const double squared_norm[OUTPUTS] = {5.25, 2.25}; /* ||W_o||^2 */
    double expected = 0; /* mean of ||J||_F^2 = sum_o cos^2((W x)_o) ||W_o||^2 */
    for (int n = 0; n < SAMPLES; n++)
        for (int o = 0; o < OUTPUTS; o++)
            expected += pow(slope(x + n * INPUTS, o), 2) * squared_norm[o] / SAMPLES;
    return fabs(gc.value - expected) <= 1e-12 * expected ? 0 : 1;
}
