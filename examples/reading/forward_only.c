/* Geometric complexity of a function that can only be evaluated: central differences along
 * every coordinate, (f(x + h e_i) - f(x - h e_i)) / 2h.
 *
 * Here f is the map from polar to Cartesian coordinates, (r, t) -> (r cos t, r sin t), with
 * ||J||_F^2 = 1 + r^2. */
#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdio.h>

static int32_t forward(int64_t first, int64_t samples, int64_t points, const double *x, double *y,
                       void *user)
{
    (void)first, (void)user;
    for (int64_t n = 0; n < samples * points; n++) {
        y[2 * n] = x[2 * n] * cos(x[2 * n + 1]);
        y[2 * n + 1] = x[2 * n] * sin(x[2 * n + 1]);
    }
    return 0;
}

int main(void)
{
    const double x[3 * 2] = {1, 0.5, 2, 1.0, 3, 1.5};
    const double expected = (2.0 + 5.0 + 10.0) / 3.0;
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = 2,
                                       .outputs = 2,
                                       .ignores_first = 1,
                                       .forward = forward};
    dirichlet_estimator_options options = DIRICHLET_INIT(dirichlet_estimator_options);
    dirichlet_result gc = DIRICHLET_INIT(dirichlet_result);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);

    /* The default too, up to 20 inputs; for more it is 16 random directions. */
    options.probes = DIRICHLET_PROBES_ALL;
    if (dirichlet_measure_f64(&model, 3, x, NULL, &options, &gc, NULL, &error)) {
        fprintf(stderr, "forward_only: %s\n", error.message);
        return 1;
    }
    const double off = fabs(gc.value - expected) / expected;
    printf("GC = %.9f (%s), relative error %.1e, stated %.1e\n", gc.value,
           dirichlet_method_name(gc.method), off, gc.standard_error_differences / gc.value);
    printf("noise of the forward pass %.1e, inputs moved by %.1e\n", gc.forward_noise, gc.max_step);
    return off <= 1e-8 ? 0 : 1;
}
