/* Geometric complexity of a function that can only be evaluated: central differences along
 * every coordinate, (f(x + h e_i) - f(x - h e_i)) / 2h.
 *
 * Here f is the map from polar to Cartesian coordinates, (r, t) -> (r cos t, r sin t), with
 * ||J||_F^2 = 1 + r^2. */
#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdio.h>

static int32_t forward(int64_t samples, const double *x, double *y, void *user)
{
    (void)user;
    for (int64_t n = 0; n < samples; n++) {
        y[2 * n] = x[2 * n] * cos(x[2 * n + 1]);
        y[2 * n + 1] = x[2 * n] * sin(x[2 * n + 1]);
    }
    return 0;
}

int main(void)
{
    const double x[3 * 2] = {1, 0.5, 2, 1.0, 3, 1.5};
    const double expected = (2.0 + 5.0 + 10.0) / 3.0;
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = 2, .outputs = 2, .forward = forward};
    dirichlet_result gc = {.struct_size = sizeof gc};
    char message[DIRICHLET_MESSAGE_SIZE];

    if (dirichlet_measure_f64(&model, 3, x, NULL, NULL, &gc, NULL, message, sizeof message)) {
        fprintf(stderr, "forward_only: %s\n", message);
        return 1;
    }
    const double error = fabs(gc.value - expected) / expected;
    printf("GC = %.9f (%s), relative error %.1e, stated %.1e\n", gc.value,
           dirichlet_method_name(gc.method), error, gc.standard_error_differences / gc.value);
    printf("noise of the forward pass %.1e, inputs moved by %.1e\n", gc.forward_noise, gc.max_step);
    return error <= 1e-8 ? 0 : 1;
}
