/* Finite differences of networks whose numbers are spoilt on their way, in more than 200 ways:
 * rounded or made noisy, by 1e-16 to 1e-2 of their own size or absolutely, inside or at the end,
 * to float16, bfloat16, four digits, an int8 grid, by a table in the place of an activation, or
 * float32 with a last operation in double; smooth networks and such with kinks, both precisions,
 * along coordinates and random signs. Every value is within 3 of its own stated errors or
 * refused. */
#include "forward_noise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "draws.h"
#include "models.h"

/* A number in [-1, 1] from the bits of another. */
static double hash_of(double value)
{
    struct draws draws = {0};
    memcpy(&draws.state, &value, sizeof value);
    return 2.0 * draw_uniform(&draws) - 1.0;
}

static double spoil(const struct kind *kind, double value)
{
    int exponent = 0;
    (void)frexp(value, &exponent);
    const double unit = kind->relative ? ldexp(kind->size, exponent) : kind->size;
    switch (kind->spoil) {
    case SPOIL_ROUND: return unit > 0.0 ? rint(value / unit) * unit : value;
    case SPOIL_RANDOM: return value + unit * hash_of(value);
    case SPOIL_SMOOTH: return value + unit * sin(1e13 * value);
    case SPOIL_SINGLE: return (double)(float)value;
    default: return value;
    }
}

/* tanh at the nearest of points 1/64 apart, or on the line between two of them. */
static double from_table(const struct kind *kind, double z)
{
    const double place = 64.0 * z;
    if (kind->unit == UNIT_TABLE)
        return tanh(rint(place) / 64.0);
    const double low = floor(place);
    const double part = place - low;
    return (1.0 - part) * tanh(low / 64.0) + part * tanh((low + 1.0) / 64.0);
}

static double activate(const struct kind *kind, double z)
{
    switch (kind->unit) {
    case UNIT_RELU: return fmax(z, 0.0);
    case UNIT_TANH: return tanh(z);
    default: return from_table(kind, z);
    }
}

static double end(const struct kind *kind, double value, double x)
{
    switch (kind->ending) {
    case ENDING_TEMPERATURE: return value / 1.7;
    case ENDING_SHIFT: return value + 0.123456789012345;
    case ENDING_PADDING: return value + 1e-9 * x;
    default: return value;
    }
}

static double weighted(const double *row, const double *x, int64_t count, int single)
{
    double sum = 0.0;
    for (int64_t j = 0; j < count; j++) {
        sum += row[j] * (single ? (double)(float)x[j] : x[j]);
        sum = single ? (double)(float)sum : sum;
    }
    return sum;
}

void spoilt_forward(const struct spoilt *f, const double *x, double *y)
{
    const struct kind *kind = &f->kind;
    const int single = kind->spoil == SPOIL_SINGLE;
    double hidden[MOST_HIDDEN];
    for (int64_t i = 0; i < f->hidden; i++) {
        const double z = weighted(f->first + i * f->inputs, x, f->inputs, single) + f->bias[i];
        hidden[i] = activate(kind, z);
        if (kind->place != PLACE_END)
            hidden[i] = spoil(kind, hidden[i]);
    }
    for (int64_t o = 0; o < f->outputs; o++) {
        y[o] = weighted(f->second + o * f->hidden, hidden, f->hidden, single);
        if (kind->place != PLACE_HIDDEN)
            y[o] = spoil(kind, y[o]);
        y[o] = end(kind, y[o], x[0]);
    }
}

/* Of the lines between a table's points the slope is their own. */
static double slope_of(const struct kind *kind, double z)
{
    const double value = tanh(z);
    const double low = floor(64.0 * z);
    switch (kind->unit) {
    case UNIT_RELU: return (double)(z > 0.0);
    case UNIT_LINES: return 64.0 * (tanh((low + 1.0) / 64.0) - tanh(low / 64.0));
    default: return 1.0 - value * value;
    }
}

double clean_energy(const struct spoilt *f, const double *x)
{
    const double scale = f->kind.ending == ENDING_TEMPERATURE ? 1.0 / 1.7 : 1.0;
    double slopes[MOST_HIDDEN];
    double energy = 0.0;
    for (int64_t i = 0; i < f->hidden; i++) {
        const double z = weighted(f->first + i * f->inputs, x, f->inputs, 0) + f->bias[i];
        slopes[i] = slope_of(&f->kind, z);
    }
    for (int64_t o = 0; o < f->outputs; o++)
        for (int64_t j = 0; j < f->inputs; j++) {
            double sum = 0.0;
            for (int64_t i = 0; i < f->hidden; i++)
                sum += f->second[o * f->hidden + i] * slopes[i] * f->first[i * f->inputs + j];
            energy += scale * scale * sum * sum;
        }
    return energy;
}

#define MOST_KINDS 256
static struct kind kinds[MOST_KINDS];
static int kind_count;

static void add_kind(struct kind kind)
{
    kinds[kind_count++] = kind;
}

static void add_magnitudes(enum unit unit)
{
    static const struct {
        enum spoil spoil;
        const char *name;
    } ways[] = {{SPOIL_ROUND, "rounded"}, {SPOIL_RANDOM, "random"}, {SPOIL_SMOOTH, "smooth"}};
    for (int way = 0; way < 3; way++)
        for (int place = PLACE_HIDDEN; place <= PLACE_END; place++)
            for (int relative = 0; relative < 2; relative++)
                for (int power = -16; power <= -2; power += 2)
                    add_kind((struct kind){.name = ways[way].name,
                                           .spoil = ways[way].spoil,
                                           .place = (enum place)place,
                                           .unit = unit,
                                           .relative = relative,
                                           .size = pow(10.0, power)});
}

static void add_formats(enum unit unit)
{
    static const struct {
        const char *name;
        int relative;
        double size;
    } formats[] = {{"float16", 1, 0x1p-11},
                   {"bfloat16", 1, 0x1p-8},
                   {"four digits", 0, 1e-4},
                   {"int8", 0, 2.0 / 127.0}};
    for (int i = 0; i < 4; i++)
        for (int place = PLACE_HIDDEN; place <= PLACE_BOTH; place++)
            add_kind((struct kind){.name = formats[i].name,
                                   .spoil = SPOIL_ROUND,
                                   .place = (enum place)place,
                                   .unit = unit,
                                   .relative = formats[i].relative,
                                   .size = formats[i].size});
    for (int ending = ENDING_NONE; ending <= ENDING_PADDING; ending++)
        add_kind((struct kind){.name = "float32, the last in double",
                               .spoil = SPOIL_SINGLE,
                               .place = PLACE_BOTH,
                               .unit = unit,
                               .ending = (enum ending)ending});
}

static void make_kinds(void)
{
    for (int unit = UNIT_TANH; unit <= UNIT_RELU; unit++) {
        add_magnitudes((enum unit)unit);
        add_formats((enum unit)unit);
        add_kind((struct kind){.name = "clean", .unit = (enum unit)unit});
    }
    add_kind((struct kind){.name = "table", .unit = UNIT_TABLE});
    add_kind((struct kind){.name = "table, lines", .unit = UNIT_LINES});
}

static const char *const units[] = {"tanh", "relu", "tanh", "tanh"};
static const char *const places[] = {"hidden", "end", "both"};

struct tally {
    int answered;
    int refused;
    double worst;       /* error over the stated error */
    double worst_error; /* relative, of an answer */
    double overstated;  /* largest stated error of a clean network, relative */
};

struct data {
    double *first;
    double *bias;
    double *second;
    double *x;
    int64_t samples;
};

/* Of networks, data and the library: bounds that hold for one set of them may not for another. */
static uint64_t seed;

static void make_data(struct spoilt *f, int64_t samples, struct data *data)
{
    struct draws draws = {(uint64_t)f->inputs + seed};
    data->samples = samples;
    data->first = take(f->hidden * f->inputs, sizeof(double));
    data->bias = take(f->hidden, sizeof(double));
    data->second = take(f->outputs * f->hidden, sizeof(double));
    data->x = take(samples * f->inputs, sizeof(double));
    draw_normals_into(&draws, sqrt(1.0 / (double)f->inputs), data->first, f->hidden * f->inputs);
    draw_normals_into(&draws, 0.3, data->bias, f->hidden);
    draw_normals_into(&draws, sqrt(1.0 / (double)f->hidden), data->second, f->outputs * f->hidden);
    for (int64_t i = 0; i < samples * f->inputs; i++)
        data->x[i] = (double)(float)draw_normal(&draws);
    f->first = data->first;
    f->bias = data->bias;
    f->second = data->second;
}

static void free_data(struct data *data)
{
    free(data->first);
    free(data->bias);
    free(data->second);
    free(data->x);
}

static int verbose;

static void judge_kind(struct spoilt *f, const struct data *data, int single, int64_t probes,
                       struct tally *tally)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_result result = {.struct_size = sizeof result};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .probes =
                                                     probes == 0 ? DIRICHLET_PROBES_ALL : probes,
                                                 .seed = seed,
                                                 .population = data->samples};
    const dirichlet_status status = (single ? measure_spoilt_f32 : measure_spoilt_f64)(
        f, data->samples, data->x, &options, &result, &error);
    double truth = 0.0;
    for (int64_t i = 0; i < data->samples; i++)
        truth += clean_energy(f, data->x + i * f->inputs) / (double)data->samples;
    if (status == DIRICHLET_E_NOISE) {
        tally->refused++;
        if (verbose)
            printf("         %-28s %s %s %s %.1e: refused\n", f->kind.name, units[f->kind.unit],
                   places[f->kind.place], f->kind.relative ? "rel" : "abs", f->kind.size);
        return;
    }
    require_ok(status, "measure a spoilt network", error.message);
    const double off = fabs(result.value - truth);
    const double ratio = off <= 1e-13 * truth ? 0.0 : off / result.standard_error;
    tally->answered++;
    tally->worst = isnan(ratio) ? INFINITY : fmax(tally->worst, ratio);
    tally->worst_error = fmax(tally->worst_error, off / truth);
    if (f->kind.spoil == SPOIL_NONE && f->kind.unit <= UNIT_RELU)
        tally->overstated =
            fmax(tally->overstated, result.standard_error_differences / result.value);
    if (verbose || !(ratio <= 3.0))
        printf("         %-28s %s %s %s %.1e: value %.6g truth %.6g, %.1e off, stated %.1e (%.2f) "
               "noise %.1e step %.1e, forward %.1e, steps %.1e %.1e\n",
               f->kind.name, units[f->kind.unit], places[f->kind.place],
               f->kind.relative ? "rel" : "abs", f->kind.size, result.value, truth, off / truth,
               result.standard_error / result.value, ratio, result.noise / result.value,
               result.step_error / result.value, result.forward_noise, result.min_step,
               result.max_step);
}

static void judge_all(int64_t inputs, int64_t samples, int single, int64_t probes)
{
    struct spoilt f = {.inputs = inputs, .hidden = 16, .outputs = 4};
    struct data data;
    struct tally tally = {0};
    make_data(&f, samples, &data);
    heading("%d inputs, %d samples, %s, %s: %d kinds", (int)inputs, (int)samples,
            single ? "single" : "double", probes == 0 ? "coordinates" : "random signs", kind_count);
    for (int i = 0; i < kind_count; i++) {
        f.kind = kinds[i];
        judge_kind(&f, &data, single, probes, &tally);
    }
    at_most("worst error over the stated error", tally.worst, 3.0);
    note("answered", tally.answered);
    note("refused", tally.refused);
    note("worst relative error of an answer", tally.worst_error);
    note("stated for clean networks, relative", tally.overstated);
    at_least("answered, of all", (double)tally.answered / (double)kind_count, 0.7);
    free_data(&data);
}

/* The penalty's value: refused, or off by no more than three times what noise in o does, to the
 * first power and squared. */
static void judge_penalties(int64_t inputs, int64_t samples, int single)
{
    struct spoilt f = {.inputs = inputs, .hidden = 16, .outputs = 4};
    struct data data;
    double worst = 0.0;
    int refused = 0;
    make_data(&f, samples, &data);
    heading("Penalty, %d inputs, %d samples, %s: %d kinds", (int)inputs, (int)samples,
            single ? "single" : "double", kind_count);
    for (int i = 0; i < kind_count; i++) {
        double value = 0.0;
        double noise = 0.0;
        double truth = 0.0;
        f.kind = kinds[i];
        const dirichlet_status status = (single ? penalize_spoilt_f32 : penalize_spoilt_f64)(
            &f, samples, data.x, &value, &noise);
        for (int64_t s = 0; s < samples; s++)
            truth += clean_energy(&f, data.x + s * inputs) / (double)samples;
        if (status == DIRICHLET_E_NOISE) {
            refused++;
            continue;
        }
        require_ok(status, "penalize a spoilt network", "");
        /* options.noise knows of the kinks of samples that are looked at, not of all: rare ones
         * are the energy's own (regularizer.h). */
        const double kinks = f.kind.unit == UNIT_TANH || f.kind.unit == UNIT_TABLE ? 1e-9 : 5e-3;
        const double error = fabs(value / truth - 1.0) / (2.0 * sqrt(noise) + 4.0 * noise + kinks);
        worst = isnan(error) ? INFINITY : fmax(worst, error);
        holds(error <= 3.0, "%s %s %s %.1e: %g, not %g, noise %g", f.kind.name, units[f.kind.unit],
              places[f.kind.place], f.kind.size, value, truth, noise);
    }
    at_most("worst error over that of the noise reported", worst, 3.0);
    note("refused", refused);
    free_data(&data);
}

/* Forward evaluations beyond 2 d + 1 a sample, in percent, and the noise that was found. */
static double count_more(struct kind kind, int64_t inputs, int64_t samples, double *noise)
{
    struct spoilt f = {.kind = kind, .inputs = inputs, .hidden = 8, .outputs = 4};
    struct data data;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .probes = DIRICHLET_PROBES_ALL, .forward_noise = *noise};
    dirichlet_result result = {.struct_size = sizeof result};
    make_data(&f, samples, &data);
    require_ok(measure_spoilt_f64(&f, samples, data.x, &options, &result, &error), "measure",
               error.message);
    *noise = result.forward_noise;
    free_data(&data);
    return 100.0 * ((double)f.rows / (double)(samples * (2 * inputs + 1)) - 1.0);
}

/* At most 2 % for clean networks, and for others whose noise is said. */
static void count_passes(int64_t inputs, int64_t samples)
{
    const struct kind clean = {.name = "clean"};
    const struct kind single = {.spoil = SPOIL_SINGLE, .place = PLACE_BOTH, .ending = ENDING_SHIFT};
    double assumed = 0.0;
    double found = 0.0;
    heading("Passes more, %d inputs, %d samples", (int)inputs, (int)samples);
    at_most("clean, percent", count_more(clean, inputs, samples, &assumed), 2.0);
    note("float32 with its last operation in double, percent",
         count_more(single, inputs, samples, &found));
    at_most("the same, its noise said, percent", count_more(single, inputs, samples, &found), 2.0);
}

static void judge_everything(void)
{
    for (int single = 0; single < 2; single++) {
        for (int64_t probes = 0; probes <= 4; probes += 4) {
            if (probes == 0)
                judge_all(3, 16, single, probes);
            judge_all(6, 100, single, probes);
            judge_all(40, 30, single, probes);
            judge_all(400, 4, single, probes);
        }
        judge_penalties(6, 100, single);
        judge_penalties(40, 30, single);
    }
}

#ifdef DIRICHLET_LONG_TESTS
#define SEED_COUNT 3
#else
#define SEED_COUNT 1
#endif

int main(int count, char **arguments)
{
    (void)arguments;
    verbose = count > 1;
    make_kinds();
    at_least("kinds of noise", kind_count, 200.0);
    static const uint64_t seeds[] = {3, 1001, 3003};
    for (int i = 0; i < SEED_COUNT; i++) {
        seed = seeds[i];
        heading("Seed %d", (int)seed);
        judge_everything();
    }
    count_passes(10, 100);
    count_passes(10, 1000);
    count_passes(100, 100);
    count_passes(100, 1000);
    count_passes(784, 20);
    return verdict();
}
