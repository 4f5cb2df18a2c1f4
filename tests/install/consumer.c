/* A program of somebody else's, in C and, compiled a second time, in C++: measures the
 * affine map f(x) = A x, whose geometric complexity is ||A||_F^2 wherever it is looked at. */
#include <dirichlet/dirichlet.h>

#include <stdio.h>

static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *u, double *jtu, void *user)
{
    const double *matrix = (const double *)user;
    int64_t row;
    (void)first;
    (void)x;
    for (row = 0; row < samples * directions; row++) {
        jtu[3 * row] = matrix[0] * u[2 * row] + matrix[3] * u[2 * row + 1];
        jtu[3 * row + 1] = matrix[1] * u[2 * row] + matrix[4] * u[2 * row + 1];
        jtu[3 * row + 2] = matrix[2] * u[2 * row] + matrix[5] * u[2 * row + 1];
    }
    return 0;
}

int main(void)
{
    double matrix[6] = {1, -2, 3, 0, 5, -1}; /* squares add up to 40 */
    const double x[12] = {0};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_model_f64 model = DIRICHLET_INIT(dirichlet_model_f64);
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    dirichlet_status status;
    model.inputs = 3;
    model.outputs = 2;
    model.vjp = vjp;
    model.user = matrix;
    if (dirichlet_version() != DIRICHLET_VERSION || !DIRICHLET_VERSION_AT_LEAST(0, 2, 0)) {
        printf("header and library are of different versions\n");
        return 1;
    }
    status = dirichlet_measure_f64(&model, 4, x, NULL, NULL, &result, NULL, &error);
    if (status != DIRICHLET_OK) {
        printf("%s: %s\n", dirichlet_status_string(status), error.message);
        return 1;
    }
    if (!(result.value == 40.0) || !(result.standard_error_probes == 0.0)) {
        printf("geometric complexity %.17g, expected 40\n", result.value);
        return 1;
    }
    printf("libdirichlet %s on %s: geometric complexity %g\n", dirichlet_version_string(),
           dirichlet_blas_name(), result.value);
    return 0;
}
