// ADOL-C: a model of one's own, taped once as a function of its inputs and its parameters. The same
// tape gives the gradients that train it and the products by which its geometric complexity is
// measured, before and after; then the same with a branch in the model. Exit 1 if JVP, VJP and
// finite differences differ, or a point without a derivative is not refused.
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

// The model: gated units, tanh(a) sigmoid(b), and a linear layer; with branches a negative unit is
// taken for a tenth. Number is double or adouble.
template <class Number> Number affine(int size, const Number *x, const Number *&theta)
{
    Number sum = *theta++;
    for (int i = 0; i < size; i++)
        sum += *theta++ * x[i];
    return sum;
}

template <class Number> void network(bool branches, const Number *x, const Number *theta, Number *y)
{
    Number hidden[WIDTH];
    for (Number &unit : hidden) {
        const Number value = tanh(affine(INPUTS, x, theta));
        unit = value / (1 + exp(-affine(INPUTS, x, theta)));
        if (branches && unit < 0) // a comparison of adoubles, not of their value(): it is taped
            unit *= 0.1;
    }
    for (int o = 0; o < OUTPUTS; o++)
        y[o] = affine(WIDTH, hidden, theta);
}

struct trainer {
    double point[ALL]; // x of the last call, then theta
    bool branches;
};

static void record(const trainer &model)
{
    adouble point[ALL], y[OUTPUTS];
    double value;
    trace_on(TAPE);
    for (int i = 0; i < ALL; i++)
        point[i] <<= model.point[i];
    network(model.branches, point, point + INPUTS, y);
    for (adouble &output : y)
        output >>= value;
    trace_off();
}

// -- glue --
// ADOL-C's codes: 3, or 2 on another side of a fmax, fabs or condassign than when it was taped: all
// is well. 1 and 0: at a tie of these or of a comparison, where there is no derivative and its JVP
// and VJP differ. Below 0: a comparison went another way than on the tape, which is not the
// function here; it is recorded anew. (Drivers take arrays that they only read as not const.)
template <class Driver> int run(trainer &model, Driver driver)
{
    const int code = driver();
    if (code >= 0)
        return code;
    record(model);
    return driver();
}

// What the callbacks return: that there is no derivative at some row, or a failure of their own.
constexpr int TIE = DIRICHLET_CALLBACK_OUT_OF_DOMAIN, NO_TAPE = 1;

static int32_t status(int code)
{
    return code > 1 ? 0 : code >= 0 ? TIE : NO_TAPE;
}

static int32_t forward(int64_t, int64_t samples, int64_t points, const double *x, double *y,
                       void *user)
{
    trainer &model = *static_cast<trainer *>(user);
    for (int64_t n = 0; n < samples * points; n++) {
        std::copy_n(x + n * INPUTS, INPUTS, model.point);
        if (run(model, [&] { return function(TAPE, OUTPUTS, ALL, model.point, y + n * OUTPUTS); }) <
            0)
            return NO_TAPE; // a value there is at a tie too
    }
    return 0;
}

static int32_t jvp(int64_t, int64_t samples, int64_t directions, const double *x, const double *v,
                   double *jv, void *user)
{
    trainer &model = *static_cast<trainer *>(user);
    double tangent[ALL] = {}; // theta stays where it is
    for (int64_t row = 0; row < samples * directions; row++) {
        std::copy_n(x + row / directions * INPUTS, INPUTS, model.point);
        std::copy_n(v + row * INPUTS, INPUTS, tangent);
        const int code = run(model, [&] {
            return jac_vec(TAPE, OUTPUTS, ALL, model.point, tangent, jv + row * OUTPUTS);
        });
        if (code <= 1)
            return status(code);
    }
    return 0;
}

static int32_t vjp(int64_t, int64_t samples, int64_t directions, const double *x, const double *u,
                   double *jtu, void *user)
{
    trainer &model = *static_cast<trainer *>(user);
    double gradient[ALL], y[OUTPUTS];
    for (int64_t row = 0; row < samples * directions; row++) {
        int code = 3;
        std::copy_n(x + row / directions * INPUTS, INPUTS, model.point);
        // One forward sweep that is kept, for all directions of a sample. (vec_jac does both, but
        // its `repeat` returns -1 in 2.7.2 though nothing is wrong.)
        if (row % directions == 0)
            code = run(model, [&] { return zos_forward(TAPE, OUTPUTS, ALL, 1, model.point, y); });
        if (code > 1) // the reverse sweep has ties of its own: that of fabs
            code =
                fos_reverse(TAPE, OUTPUTS, ALL, const_cast<double *>(u + row * OUTPUTS), gradient);
        if (code <= 1)
            return status(code);
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
        forward(n, 1, 1, points[n].data(), residual.data(), &model); // records anew where it has to
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

// The model itself, without a tape: what the taped ones have to agree with.
static int32_t evaluate(int64_t, int64_t samples, int64_t near, const double *x, double *y,
                        void *user)
{
    const trainer &model = *static_cast<trainer *>(user);
    for (int64_t n = 0; n < samples * near; n++)
        network(model.branches, x + n * INPUTS, model.point + INPUTS, y + n * OUTPUTS);
    return 0;
}

static double measure(const dirichlet_model_f64 &model)
{
    dirichlet_error error = {};
    error.struct_size = sizeof error;
    dirichlet_result gc = {};
    gc.struct_size = sizeof gc;
    if (dirichlet_measure_f64(&model, SAMPLES, points[0].data(), nullptr, nullptr, &gc, nullptr,
                              &error) != DIRICHLET_OK) {
        std::fprintf(stderr, "adolc: %s\n", error.message);
        std::exit(1);
    }
    return gc.value;
}

static dirichlet_model_f64 table(trainer &model)
{
    dirichlet_model_f64 empty = {};
    empty.struct_size = sizeof empty;
    empty.inputs = INPUTS;
    empty.outputs = OUTPUTS;
    empty.ignores_first = 1;
    empty.user = &model;
    return empty;
}

// The library's check of all three callbacks together, before their values are believed.
static bool keeps_contract(trainer &model)
{
    dirichlet_model_f64 all = table(model);
    all.forward = forward;
    all.jvp = jvp;
    all.vjp = vjp;
    dirichlet_error error = {};
    error.struct_size = sizeof error;
    const bool holds = dirichlet_model_check_f64(&all, 8, points[0].data(), nullptr, nullptr,
                                                 &error) == DIRICHLET_OK;
    std::printf("the model keeps its contract: %s\n", holds ? "yes" : error.message);
    return holds;
}

static bool compare(const char *when, trainer &model)
{
    dirichlet_model_f64 by_jvp = table(model), by_vjp = by_jvp, by_tape = by_jvp,
                        by_itself = by_jvp;
    by_jvp.jvp = jvp;
    by_vjp.vjp = vjp;
    by_tape.forward = forward;
    by_itself.forward = evaluate;

    const double exact = measure(by_vjp);
    const double from_jvp = std::abs(measure(by_jvp) / exact - 1);
    const double from_tape = std::abs(measure(by_tape) / exact - 1);
    const double from_itself = std::abs(measure(by_itself) / exact - 1);
    std::printf("%s: loss %.6f  GC %.10f  relative difference of JVP and VJP %.1e, from finite "
                "differences of the tape %.1e, of the model itself %.1e\n",
                when, step(model, 0), exact, from_jvp, from_tape, from_itself);
    return from_jvp <= 1e-13 && from_tape <= 1e-8 && from_itself <= 1e-8;
}

static void initialize(trainer &model, bool branches)
{
    model.branches = branches;
    for (int i = 0; i < ALL; i++) // numbers without a pattern, in (-0.7, 0.7)
        model.point[i] = 0.7 * std::sin(1.7 * i * i);
    record(model);
}

static bool train(bool branches)
{
    trainer model;
    initialize(model, branches);
    std::printf("%s branches\n", branches ? "with" : "without");
    bool right = keeps_contract(model);
    right = compare("before training", model) && right;
    const double before = step(model, 0);
    for (int i = 0; i < STEPS; i++)
        step(model, 0.2);
    right = compare("after training", model) && right;
    return right && step(model, 0) < before / 10;
}

// With a first unit that is 0 everywhere the model has no derivative: neither way may give one.
static bool refuses_ties()
{
    trainer model;
    initialize(model, true);
    std::fill_n(model.point + INPUTS, INPUTS + 1, 0.0);
    const double u[OUTPUTS] = {1, 1}, v[INPUTS] = {1, 1, 1};
    double y[OUTPUTS], jv[OUTPUTS], jtu[INPUTS];
    const bool right = forward(1, 1, 1, points[1].data(), y, &model) == 0 &&
                       jvp(1, 1, 1, points[1].data(), v, jv, &model) == TIE &&
                       vjp(1, 1, 1, points[1].data(), u, jtu, &model) == TIE;
    std::printf("at a kink: %s\n", right ? "refused" : "NOT REFUSED");
    return right;
}

int main()
{
    make_data();
    const bool smooth = train(false), branched = train(true), ties = refuses_ties();
    return smooth && branched && ties ? 0 : 1;
}
