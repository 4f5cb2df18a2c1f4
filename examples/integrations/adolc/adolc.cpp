// ADOL-C: a model of one's own, taped once as a function of its inputs and its parameters. The same
// tape gives the gradients that train it and the products by which its geometric complexity is
// measured, before and after. Exit 1 if JVP, VJP and finite differences differ.
#include <adolc/adouble.h>
#include <adolc/drivers/drivers.h>
#include <adolc/interfaces.h>
#include <adolc/taping.h>
#include <dirichlet/dirichlet.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

constexpr int INPUTS = 3, WIDTH = 8, OUTPUTS = 2, SAMPLES = 64, STEPS = 500;
constexpr int PARAMETERS = 2 * WIDTH * (INPUTS + 1) + OUTPUTS * (WIDTH + 1);
constexpr int ALL = INPUTS + PARAMETERS; // what the tape depends on: x, then theta
constexpr short TAPE = 1;

// The model: gated units, tanh(a) sigmoid(b), and a linear layer. Number is double or adouble.
template <class Number> Number affine(int size, const Number *x, const Number *&theta)
{
    Number sum = *theta++;
    for (int i = 0; i < size; i++)
        sum += *theta++ * x[i];
    return sum;
}

template <class Number> void network(const Number *x, const Number *theta, Number *y)
{
    Number hidden[WIDTH];
    for (Number &unit : hidden) {
        const Number value = tanh(affine(INPUTS, x, theta));
        unit = value / (1 + exp(-affine(INPUTS, x, theta)));
    }
    for (int o = 0; o < OUTPUTS; o++)
        y[o] = affine(WIDTH, hidden, theta);
}

struct trainer {
    double point[ALL]; // x of the last call, then theta
};

static void record(const trainer &model)
{
    adouble point[ALL], y[OUTPUTS];
    double value;
    trace_on(TAPE);
    for (int i = 0; i < ALL; i++)
        point[i] <<= model.point[i];
    network(point, point + INPUTS, y);
    for (adouble &output : y)
        output >>= value;
    trace_off();
}

// -- glue --
// ADOL-C's drivers return a negative number where the tape does not hold at the point, and take
// arrays that they only read as not const.
static int32_t forward(int64_t samples, const double *x, double *y, void *user)
{
    double *point = static_cast<trainer *>(user)->point;
    for (int64_t n = 0; n < samples; n++) {
        std::copy_n(x + n * INPUTS, INPUTS, point);
        if (function(TAPE, OUTPUTS, ALL, point, y + n * OUTPUTS) < 0)
            return 1;
    }
    return 0;
}

static int32_t jvp(int64_t samples, int64_t directions, const double *x, const double *v,
                   double *jv, void *user)
{
    double *point = static_cast<trainer *>(user)->point;
    double tangent[ALL] = {}; // theta stays where it is
    for (int64_t row = 0; row < samples * directions; row++) {
        std::copy_n(x + row / directions * INPUTS, INPUTS, point);
        std::copy_n(v + row * INPUTS, INPUTS, tangent);
        if (jac_vec(TAPE, OUTPUTS, ALL, point, tangent, jv + row * OUTPUTS) < 0)
            return 1;
    }
    return 0;
}

static int32_t vjp(int64_t samples, int64_t directions, const double *x, const double *u,
                   double *jtu, void *user)
{
    double *point = static_cast<trainer *>(user)->point, gradient[ALL], y[OUTPUTS];
    for (int64_t row = 0; row < samples * directions; row++) {
        std::copy_n(x + row / directions * INPUTS, INPUTS, point);
        // One forward sweep that is kept, for all directions of a sample. (vec_jac does both, but
        // its `repeat` returns -1 in 2.7.2 though nothing is wrong.)
        if (row % directions == 0 && zos_forward(TAPE, OUTPUTS, ALL, 1, point, y) < 0)
            return 1;
        if (fos_reverse(TAPE, OUTPUTS, ALL, const_cast<double *>(u + row * OUTPUTS), gradient) < 0)
            return 1;
        std::copy_n(gradient, INPUTS, jtu + row * INPUTS);
    }
    return 0;
}
// -- end of glue --

static std::array<double, INPUTS> points[SAMPLES];
static std::array<double, OUTPUTS> targets[SAMPLES];

static void make_data()
{
    for (int n = 0; n < SAMPLES; n++) {
        for (int i = 0; i < INPUTS; i++) // spread evenly over (-1, 1)^3
            points[n][i] = 2 * std::fmod(n * (std::sqrt(2 + 3 * i) - 1), 1) - 1;
        targets[n] = {std::sin(3 * points[n][0]) * points[n][1],
                      points[n][2] * points[n][2] - points[n][0] / 2};
    }
}

// A step down the gradient of the mean squared error, from the tape; the error before it.
static double step(trainer &model, double rate)
{
    double loss = 0, sum[ALL] = {}, gradient[ALL];
    for (int n = 0; n < SAMPLES; n++) {
        std::array<double, OUTPUTS> residual;
        std::copy_n(points[n].data(), INPUTS, model.point);
        function(TAPE, OUTPUTS, ALL, model.point, residual.data());
        for (int o = 0; o < OUTPUTS; o++) {
            residual[o] -= targets[n][o];
            loss += residual[o] * residual[o] / SAMPLES;
        }
        vec_jac(TAPE, OUTPUTS, ALL, 0, model.point, residual.data(), gradient);
        for (int i = INPUTS; i < ALL; i++)
            sum[i] += 2 * gradient[i] / SAMPLES;
    }
    for (int i = INPUTS; i < ALL; i++)
        model.point[i] -= rate * sum[i];
    return loss;
}

static double measure(const dirichlet_model_f64 &model)
{
    char message[DIRICHLET_MESSAGE_SIZE];
    dirichlet_result gc = {};
    gc.struct_size = sizeof gc;
    if (dirichlet_measure_f64(&model, SAMPLES, points[0].data(), nullptr, nullptr, &gc, nullptr,
                              message, sizeof message) != DIRICHLET_OK) {
        std::fprintf(stderr, "adolc: %s\n", message);
        std::exit(1);
    }
    return gc.value;
}

static bool compare(const char *when, trainer &model)
{
    dirichlet_model_f64 by_jvp = {};
    by_jvp.struct_size = sizeof by_jvp;
    by_jvp.inputs = INPUTS;
    by_jvp.outputs = OUTPUTS;
    by_jvp.user = &model;
    dirichlet_model_f64 by_vjp = by_jvp, by_differences = by_jvp;
    by_jvp.jvp = jvp;
    by_vjp.vjp = vjp;
    by_differences.forward = forward;

    const double exact = measure(by_vjp);
    const double from_jvp = std::abs(measure(by_jvp) / exact - 1);
    const double from_differences = std::abs(measure(by_differences) / exact - 1);
    std::printf("%s training: loss %.6f  GC %.10f  relative difference of JVP and VJP %.1e, from "
                "finite differences %.1e\n",
                when, step(model, 0), exact, from_jvp, from_differences);
    return from_jvp <= 1e-13 && from_differences <= 1e-8;
}

int main()
{
    trainer model;
    make_data();
    for (int i = 0; i < ALL; i++) // numbers without a pattern, in (-0.7, 0.7)
        model.point[i] = 0.7 * std::sin(1.7 * i * i);
    record(model);

    bool right = compare("before", model);
    const double before = step(model, 0);
    for (int i = 0; i < STEPS; i++)
        step(model, 0.2);
    right = compare("after", model) && right;
    return right && step(model, 0) < before / 10 ? 0 : 1;
}
