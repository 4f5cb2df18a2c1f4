/* The methods side by side, on a function with all three callbacks: f(x) = sin(W x), where
 * W_oi = 1 / (1 + o + i) has few large singular values, as trained networks do.
 *
 * The energies are ||J||_F^2 = sum_o cos^2((W x)_o) ||W_o||^2. All samples are measured, so
 * the only error left is that of the probes. */
#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdio.h>

enum { SIZE = 24, SAMPLES = 400 };

static double weight(int o, int i)
{
    return 1.0 / (1 + o + i);
}

static double preactivation(const double *x, int o)
{
    double z = 0;
    for (int i = 0; i < SIZE; i++)
        z += weight(o, i) * x[i];
    return z;
}

static int32_t forward(int64_t first, int64_t samples, int64_t points, const double *x, double *y,
                       void *user)
{
    (void)first, (void)user;
    for (int64_t n = 0; n < samples * points; n++)
        for (int o = 0; o < SIZE; o++)
            y[n * SIZE + o] = sin(preactivation(x + n * SIZE, o));
    return 0;
}

/* jv = J v */
static int32_t jvp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *v, double *jv, void *user)
{
    (void)first, (void)user;
    for (int64_t m = 0; m < samples * directions; m++)
        for (int o = 0; o < SIZE; o++)
            jv[m * SIZE + o] =
                cos(preactivation(x + m / directions * SIZE, o)) * preactivation(v + m * SIZE, o);
    return 0;
}

/* jtu = J^T u */
static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *u, double *jtu, void *user)
{
    (void)first, (void)user;
    for (int64_t m = 0; m < samples * directions; m++) {
        double scaled[SIZE];
        for (int o = 0; o < SIZE; o++)
            scaled[o] = cos(preactivation(x + m / directions * SIZE, o)) * u[m * SIZE + o];
        for (int i = 0; i < SIZE; i++)
            jtu[m * SIZE + i] = preactivation(scaled, i); /* W is symmetric */
    }
    return 0;
}

/* Mean energy by the formula. */
static double exact_value(const double *x)
{
    double sum = 0;
    for (int n = 0; n < SAMPLES; n++)
        for (int o = 0; o < SIZE; o++)
            for (int i = 0; i < SIZE; i++)
                sum += pow(cos(preactivation(x + n * SIZE, o)) * weight(o, i), 2);
    return sum / SAMPLES;
}

/* One line of the table; 1 if the value is right within its error. */
static int show(dirichlet_method method, const double *x, double exact)
{
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = SIZE,
                                       .outputs = SIZE,
                                       .ignores_first = 1,
                                       .forward = forward,
                                       .jvp = jvp,
                                       .vjp = vjp};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = method,
                                                 .probes = 9,
                                                 .seed = 1,
                                                 .population = SAMPLES};
    dirichlet_result gc = DIRICHLET_INIT(dirichlet_result);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    if (dirichlet_measure_f64(&model, SAMPLES, x, NULL, &options, &gc, NULL, &error) !=
        DIRICHLET_OK) {
        fprintf(stderr, "methods: %s\n", error.message);
        return 0;
    }
    printf("%-18s  %8.2f  %.7f  %14.7f\n", dirichlet_method_name(gc.method),
           (double)gc.products / SAMPLES, gc.value, gc.standard_error);
    return fabs(gc.value - exact) <= 4 * gc.standard_error + 1e-8 * exact;
}

int main(void)
{
    static const dirichlet_method methods[] = {
        DIRICHLET_METHOD_EXACT,      DIRICHLET_METHOD_HUTCHPP,          DIRICHLET_METHOD_ORTHOGONAL,
        DIRICHLET_METHOD_RADEMACHER, DIRICHLET_METHOD_SPHERE,           DIRICHLET_METHOD_GAUSSIAN,
        DIRICHLET_METHOD_UNIT,       DIRICHLET_METHOD_FINITE_DIFFERENCE};
    static double x[SAMPLES * SIZE];
    for (int i = 0; i < SAMPLES * SIZE; i++)
        x[i] = sin(1.0 + i * (1.0 + i % SIZE)); /* any points do */
    const double exact = exact_value(x);
    int right = 1;
    printf("method              products     value  standard error\n");
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        right = show(methods[i], x, exact) && right;
    printf("by the formula                %.7f\n", exact);
    return right ? 0 : 1;
}
