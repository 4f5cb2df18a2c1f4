/* What the forward pass is like along one line through a sample; body for both precisions.
 *
 * The noise of f is had from a table of differences of values at equally spaced points: for
 * independent errors of variance s^2 the l-th differences have the mean square (2l)!/(l!)^2 s^2,
 * while those of the function itself fall with every l (R. W. Hamming, Numerical Methods for
 * Scientists and Engineers, 2nd ed. 1973, ch. 10; J. J. More and S. M. Wild, Estimating
 * computational noise, SIAM J. Sci. Comput. 33 (2011) 1292: ECnoise). All outputs go into
 * one figure, the norm of their noise, since that is what an energy sees.
 *
 * Then pairs of points at the step and at an eighth of it show whether the step suits the
 * function, and where it does not, or where the noise is not that of the type, more pairs at
 * other steps from which the best is taken.
 *
 * Everything depends on the sample and its index alone, so that it is the same in any batch. */

/* Probe indices of the line's signs and of the choice of samples: above all others. */
#define LINE_PROBE (UINT32_C(1) << 30)
#define CHOICE_PROBE (LINE_PROBE + 1)
/* Forward evaluations of a line where all is as assumed, coupling_body.h included. */
#define LINE_COST 17.0
/* Part of the passes that lines may take, beside that of the first sample, which always has one.
 * More of the first ones find no more (tests/property/forward_noise.c with 1, 2, 4 and 8), and
 * cost a small measurement more than 2 %. */
#define LINE_SHARE 0.015

#define TABLE_LEVELS 6
/* From one try to the next, where values do not differ. */
#define TABLE_GROWTH 64.0
/* Estimates of three levels agree within this factor where they are of noise (More and Wild). */
#define TABLE_AGREEMENT 4.0

/* More noise than the type's by this factor is other noise. */
#define MUCH_NOISE 16.0
/* Where no step promises less than this, none resolves the function. */
#define HOPELESS 0.5
/* Error that kinks leave for each part of the scale that a step is long, where none was met on
 * the one line: the longest step without one is not the best. */
#define KINK_PRIOR 0.1
#define LADDER_STEPS 5
#define LADDER_RATIO 8.0
/* Steps beyond a quarter of the inputs' scale leave the data. */
#define LARGEST_STEP 0.25
/* The long step, and what is a gross difference to it, squared. */
#define DISTANT_STEP 0.0625
#define GROSS 0.1

/* One of so many samples has a line of its own. */
static int64_t line_period(const struct dirichlet_estimator *estimator)
{
    const double passes = 2.0 * (double)estimator->plan.directions;
    return (int64_t)ceil(LINE_COST / (LINE_SHARE * passes));
}

/* Noise or step are the caller's: nothing is left to be found but whether rows are coupled. */
static bool is_told(const struct dirichlet_estimator *estimator)
{
    return estimator->options.forward_noise > 0.0 || estimator->options.step > 0.0;
}

/* One of each `period` samples is drawn, and the first is taken. */
static bool has_line(const struct dirichlet_estimator *estimator, int64_t sample)
{
    const int64_t period = line_period(estimator);
    if (period <= 1 || sample == 0)
        return true;
    const struct counter_stream stream = stream_of(estimator, sample / period, CHOICE_PROBE);
    return sample % period == (int64_t)counter_below(&stream, 0, (uint64_t)period);
}

/* Squares of one output's differences to the sums of their levels; its equal neighbours. */
static int take_column(const real *first, const real *others, int64_t stride, double *sums)
{
    double column[TABLE_LEVELS + 1];
    int equal = 0;
    column[0] = (double)*first;
    for (int i = 0; i < TABLE_LEVELS; i++) {
        column[i + 1] = (double)others[i * stride];
        equal += column[i + 1] == column[i];
    }
    for (int level = 1; level <= TABLE_LEVELS; level++)
        for (int i = 0; i + level <= TABLE_LEVELS; i++) {
            column[i] = column[i + 1] - column[i];
            sums[level - 1] += column[i] * column[i];
        }
    return equal;
}

/* The noise from the sums of squares of every level's differences. */
static double noise_of_levels(const double *sums)
{
    double estimates[TABLE_LEVELS];
    double factor = 1.0; /* (l!)^2 / (2l)! */
    for (int level = 1; level <= TABLE_LEVELS; level++) {
        factor *= (double)level / (4.0 * (double)level - 2.0);
        estimates[level - 1] = sqrt(factor * sums[level - 1] / (double)(TABLE_LEVELS + 1 - level));
    }
    for (int i = 0; i + 2 < TABLE_LEVELS; i++) {
        const double least = fmin(estimates[i], fmin(estimates[i + 1], estimates[i + 2]));
        const double most = fmax(estimates[i], fmax(estimates[i + 1], estimates[i + 2]));
        if (most <= TABLE_AGREEMENT * least)
            return estimates[i];
    }
    return estimates[TABLE_LEVELS - 1]; /* the function still shows: no more than that */
}

/* One table with spacing t. `equal`: at least half of the neighbours do not differ, so that
 * the noise is coarser than the points; what is returned is then less than it. */
static dirichlet_status make_table(struct dirichlet_estimator *estimator, const real *x,
                                   const real *center, int64_t dead, double t, double *noise,
                                   bool *equal)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t k = estimator->offer.outputs;
    const real *values = w->line_values;
    double sums[TABLE_LEVELS] = {0};
    int64_t neighbours = 0;
    for (int64_t i = 0; i < TABLE_LEVELS; i++)
        place_on_line(estimator, x, (double)(i + 1) * t, i);
    const dirichlet_status status =
        call_forward(estimator, TABLE_LEVELS, w->line_points, w->line_values);
    for (int64_t j = 0; status == DIRICHLET_OK && j < k; j++)
        neighbours += take_column(center + j, values + j, k, sums);
    *equal = 2 * (neighbours - TABLE_LEVELS * dead) >= TABLE_LEVELS * (k - dead);
    *noise = noise_of_levels(sums);
    return status;
}

/* The noise of one value of f near x, with points as near as they can be told apart, or at
 * `coarse` times that. Never less than what *noise already is. */
static dirichlet_status measure_noise(struct dirichlet_estimator *estimator, const real *x,
                                      const real *center, const struct difference *difference,
                                      double coarse, double *noise)
{
    const double scale = scale_of(x, estimator->offer.inputs);
    const double first = power_of_two(coarse * sqrt(difference->relative) / 16.0 * scale);
    double t = first;
    dirichlet_status status = DIRICHLET_OK;
    bool equal = true;
    for (; status == DIRICHLET_OK && equal && TABLE_LEVELS * t <= LARGEST_STEP * scale;
         t *= TABLE_GROWTH) {
        double found = 0.0;
        status = make_table(estimator, x, center, difference->dead, t, &found, &equal);
        if (!isfinite(found) && t > first)
            break; /* f ends there */
        if (!(found < *noise))
            *noise = found;
    }
    return status;
}

/* Pairs of points on the line: squared norms of o and e, and how far o is from that of the
 * step before. */
struct rung {
    double step;
    double odd;
    double even;
    double drift;
};

/* Rung `index` of those whose values are there, compared with rung `before`; that may be itself. */
static void read_rung(const struct dirichlet_estimator *estimator, const real *center,
                      struct rung *rungs, int64_t before, int64_t index)
{
    const int64_t k = estimator->offer.outputs;
    const real *values = estimator->workspace.line_values;
    const real *above = values + 2 * index * k;
    const real *others = values + 2 * before * k;
    const double scale = 0.5 / rungs[index].step;
    const double other_scale = 0.5 / rungs[before].step;
    struct rung *rung = &rungs[index];
    rung->odd = rung->even = rung->drift = 0.0;
    for (int64_t j = 0; j < k; j++) {
        const double high = (double)above[j] - (double)center[j];
        const double low = (double)above[k + j] - (double)center[j];
        const double odd = scale * (high - low);
        const double even = scale * (high + low);
        const double drift = odd - other_scale * ((double)others[j] - (double)others[k + j]);
        rung->odd += odd * odd;
        rung->even += even * even;
        rung->drift += drift * drift;
    }
}

/* The values of `count` rungs, whose steps are given. */
static dirichlet_status climb(struct dirichlet_estimator *estimator, const real *x,
                              const struct rung *rungs, int64_t count)
{
    const struct workspace *w = &estimator->workspace;
    for (int64_t i = 0; i < count; i++) {
        place_on_line(estimator, x, rungs[i].step, 2 * i);
        place_on_line(estimator, x, -rungs[i].step, 2 * i + 1);
    }
    return call_forward(estimator, 2 * count, w->line_points, w->line_values);
}

/* Truncation of ||o||^2, relative, by the difference to the step before: 0 where noise, kinks
 * or curvature that show in e explain it, since they are counted there. */
static double truncation_of(const struct rung *before, const struct rung *rung, double deviation)
{
    const double noise = noise_at(before->step, deviation);
    const double explained = 4.0 * (before->even + rung->even + 2.0 * noise);
    if (!(rung->drift > explained))
        return 0.0;
    return fmin(1.0, 2.0 * sqrt(rung->drift / rung->odd));
}

/* f at the long step looks like a straight line, and not because it has long been through all of
 * its values. */
static bool is_straight(const struct rung *near, const struct rung *far)
{
    return far->even < GROSS * far->odd && 4.0 * far->odd > near->odd;
}

/* A function may be smooth at the steps and another one seen from afar: numbers on an int8 grid
 * whose scale follows the largest input change smoothly with that until one of them jumps. Which
 * is meant cannot be known: what a long step gives is then the error. Only where they differ
 * grossly and f seems straight from afar. */
static double distant_loss(const struct rung *near, const struct rung *far)
{
    const double odd = fmax(near->odd, far->odd);
    if (!(is_straight(near, far) && far->drift > GROSS * odd))
        return 0.0;
    return fmin(1.0, 2.0 * sqrt(far->drift / odd));
}

/* The error of the energy that a step is likely to leave, relative: noise in o, to the first
 * power in a single product and squared in the sum over all directions; truncation by e; and
 * what noise does not explain of the way from the o of the step before, since e may be small by
 * chance. */
static double predicted_error(const struct dirichlet_estimator *estimator, const struct rung *rung,
                              double deviation, double scale)
{
    const double noise = noise_at(rung->step, deviation) / rung->odd;
    const double curvature = fmax(0.0, rung->even / rung->odd - 3.0 * noise);
    const double directions =
        estimator->plan.directions == estimator->offer.inputs ? (double)estimator->offer.inputs : 1;
    const double both = (LADDER_RATIO * LADDER_RATIO + 1.0) * noise;
    const double drift = fmax(0.0, rung->drift / rung->odd - 2.0 * both);
    return sqrt(noise) + directions * noise + 2.0 * curvature + sqrt(drift) +
           KINK_PRIOR * rung->step / scale;
}

/* The part by which two energies differ, of the second. */
static double relative_loss(double odd, double chosen)
{
    if (odd == chosen)
        return 0.0;
    return chosen > 0.0 ? fmin(1.0, fabs(odd / chosen - 1.0)) : 1.0;
}

/* Steps from `first` on, which is there to be compared with, and the best of them if it is
 * better than `least`. Below a step that is too long o is no less: a function of which nearly
 * nothing is left there is on a grid. */
static dirichlet_status try_steps(struct dirichlet_estimator *estimator, const real *x,
                                  const real *center, double first, double assumed,
                                  double least_odd, double *least, struct difference *difference)
{
    const double scale = scale_of(x, estimator->offer.inputs);
    struct rung rungs[LADDER_STEPS] = {{0}};
    for (int64_t i = 0; i < LADDER_STEPS; i++)
        rungs[i].step = i == 0 ? power_of_two(first) : LADDER_RATIO * rungs[i - 1].step;
    const dirichlet_status status = climb(estimator, x, rungs, LADDER_STEPS);
    if (status == DIRICHLET_OK)
        read_rung(estimator, center, rungs, 0, 0);
    for (int64_t i = 1; status == DIRICHLET_OK && i < LADDER_STEPS; i++) {
        read_rung(estimator, center, rungs, i - 1, i);
        const double error = predicted_error(estimator, &rungs[i], difference->deviation, scale);
        if (!(error < *least) || rungs[i].odd < least_odd)
            continue;
        *least = error;
        difference->step = rungs[i].step;
        difference->loss = relative_loss(assumed, rungs[i].odd);
        difference->truncation = truncation_of(&rungs[i - 1], &rungs[i], difference->deviation);
    }
    return status;
}

/* Best of the steps around that by the formula with the noise that was found and, where it is
 * the function that is too rough for the step that was assumed, of those below it, which then
 * show more of it than is seen from afar. */
static dirichlet_status choose_step(struct dirichlet_estimator *estimator, const real *x,
                                    const real *center, double assumed, double afar,
                                    bool short_steps, struct difference *difference)
{
    const double scale = scale_of(x, estimator->offer.inputs);
    const double middle = STEP_FACTOR * cbrt(difference->relative) * scale;
    const double reach = LADDER_RATIO * LADDER_RATIO;
    const double first = fmin(middle / reach, LARGEST_STEP * scale / (reach * reach));
    const double below = difference->step / (LADDER_RATIO * reach * reach);
    double least = INFINITY;
    dirichlet_status status =
        try_steps(estimator, x, center, first, assumed, 0.0, &least, difference);
    if (status == DIRICHLET_OK && short_steps)
        status = try_steps(estimator, x, center, below, assumed, fmax(0.25 * assumed, afar), &least,
                           difference);
    if (least < HOPELESS)
        return status;
    difference->unresolved = 1;
    difference->step = power_of_two(LARGEST_STEP * scale); /* what noise adds is least there */
    return status;
}

/* e is larger than it is for a function of which the step was made. */
static bool is_rough(const struct difference *difference, double odd, double even)
{
    return even > 32.0 * sqrt(difference->relative) * odd || odd == 0.0;
}

/* The values at both points are that at x: f is flat there (units that are off, outputs that are
 * cut), or on a grid. */
static bool is_flat(const struct rung *rung)
{
    return rung->odd == 0.0 && rung->even == 0.0;
}

/* What f does beyond a place where it is flat. */
struct beyond {
    int64_t places; /* at which it has another value than at x */
    int64_t steady; /* of these, where it goes on at least as steeply as it came there */
};

/* Values at `count` points a distance apart, the first of them so far from x. */
static void judge_place(const struct dirichlet_estimator *estimator, const real *center,
                        int64_t first, double far, double apart, struct beyond *beyond)
{
    const int64_t k = estimator->offer.outputs;
    const int64_t last = LADDER_STEPS - 1;
    const real *values = (const real *)estimator->workspace.line_values + first * k;
    const double came = squared_distance(values, center, k) / (far * far);
    const double goes =
        squared_distance(values + last * k, values, k) / ((double)(last * last) * apart * apart);
    bool moves = true;
    if (!(came > 0.0))
        return;
    for (int64_t i = 1; i <= last; i++)
        moves = moves && squared_distance(values + i * k, values + (i - 1) * k, k) > 0.0;
    beyond->places++;
    beyond->steady += moves && goes > 0.9 * came;
}

/* A grid is one everywhere, but for places where it happens to be finer; a function with kinks
 * goes on as steeply as it came from where it was flat. Looked at on either side, at four
 * distances. */
static dirichlet_status look_beyond(struct dirichlet_estimator *estimator, const real *x,
                                    const real *center, double step, bool *flat)
{
    const struct workspace *w = &estimator->workspace;
    const double apart = step / (LADDER_RATIO * LADDER_RATIO);
    double far = LARGEST_STEP * scale_of(x, estimator->offer.inputs);
    struct beyond beyond = {0, 0};
    dirichlet_status status = DIRICHLET_OK;
    for (int tries = 0; status == DIRICHLET_OK && tries < 4; tries++, far *= 0.5) {
        for (int64_t i = 0; i < LADDER_STEPS; i++) {
            place_on_line(estimator, x, far + (double)i * apart, i);
            place_on_line(estimator, x, -far - (double)i * apart, LADDER_STEPS + i);
        }
        status = call_forward(estimator, 2 * LADDER_STEPS, w->line_points, w->line_values);
        for (int64_t side = 0; status == DIRICHLET_OK && side < 2; side++)
            judge_place(estimator, center, side * LADDER_STEPS, far, apart, &beyond);
    }
    *flat = beyond.places > 0 && beyond.steady == beyond.places;
    return status;
}

/* An eighth of the step, a long one, and the step itself: what is not finite at the long one may
 * be out of the function's domain, what is not at the others makes the sample not finite. */
static dirichlet_status look_around(struct dirichlet_estimator *estimator, const real *x,
                                    const real *center, double step, struct rung rungs[3])
{
    rungs[0].step = step / LADDER_RATIO;
    rungs[1].step = power_of_two(DISTANT_STEP * scale_of(x, estimator->offer.inputs));
    rungs[2].step = step;
    const dirichlet_status status = climb(estimator, x, rungs, 3);
    for (int64_t i = 0; status == DIRICHLET_OK && i < 3; i++)
        read_rung(estimator, center, rungs, 0, i);
    return status;
}

/* Outputs that do not move between any of the points that were looked at: they are off, and their
 * equal values say nothing of a grid. */
static int64_t count_dead(const struct dirichlet_estimator *estimator, const real *center)
{
    const int64_t k = estimator->offer.outputs;
    const real *values = estimator->workspace.line_values;
    int64_t dead = 0;
    for (int64_t j = 0; j < k; j++) {
        bool moves = false;
        for (int64_t i = 0; i < 6; i++)
            moves = moves || values[i * k + j] != center[j];
        dead += !moves;
    }
    return dead;
}

/* The noise that was found in the place of the one that was assumed, if it is more. */
static void take_noise(const struct dirichlet_estimator *estimator, double noise,
                       struct difference *difference)
{
    const double whole = sqrt((double)estimator->offer.outputs) * difference->largest;
    difference->noisy = noise > MUCH_NOISE * difference->deviation;
    if (noise <= difference->deviation)
        return;
    difference->deviation = noise; /* NaN, too, which makes the sample not finite */
    if (whole > 0.0)
        difference->relative = fmin(noise / whole, DBL_MAX);
}

static void draw_line(const struct dirichlet_estimator *estimator, int64_t sample)
{
    const struct counter_stream stream = stream_of(estimator, sample, LINE_PROBE);
    draw_signs(&stream, estimator->offer.inputs, estimator->workspace.line_direction);
}

/* Look at the line through the sample in row `row` of the tile: its noise, and its step if it
 * has to be another one. */
static dirichlet_status inspect_line(struct dirichlet_estimator *estimator, int64_t row,
                                     int64_t sample, const real *x)
{
    const struct workspace *w = &estimator->workspace;
    struct difference *difference = &w->differences[row];
    const real *center = (const real *)w->center + row * estimator->offer.outputs;
    struct rung rungs[3] = {{0}};
    double noise = 0.0;
    difference->inspected = 1;
    if (isnan(difference->largest))
        return DIRICHLET_OK; /* the sample will be refused or skipped */
    draw_line(estimator, sample);
    dirichlet_status status = look_around(estimator, x, center, difference->step, rungs);
    if (status == DIRICHLET_OK) {
        difference->dead = count_dead(estimator, center);
        status = measure_noise(estimator, x, center, difference, 1.0, &noise);
    }
    if (status != DIRICHLET_OK)
        return status;
    const bool rough = is_rough(difference, rungs[2].odd, rungs[2].even);
    const bool straight = is_straight(&rungs[2], &rungs[1]);
    if (rough && straight) /* no function, but noise that the points were too near for */
        status =
            measure_noise(estimator, x, center, difference, TABLE_GROWTH * TABLE_GROWTH, &noise);
    if (status != DIRICHLET_OK)
        return status;
    bool flat = is_flat(&rungs[0]) && is_flat(&rungs[2]);
    if (flat && (noise > 0.0 || !is_flat(&rungs[1])))
        status = look_beyond(estimator, x, center, difference->step, &flat);
    if (status != DIRICHLET_OK)
        return status;
    if (flat)
        noise = 0.0; /* a kink in its table */
    noise += 0.0 * (rungs[0].odd + rungs[0].even + rungs[2].odd + rungs[2].even);
    take_noise(estimator, noise, difference);
    double silent = truncation_of(&rungs[0], &rungs[2], difference->deviation);
    if (!flat && (difference->noisy || rough || silent > 0.0))
        status = choose_step(estimator, x, center, rungs[2].odd, 4.0 * rungs[1].odd,
                             rough && !straight && !difference->noisy, difference);
    else
        silent = difference->truncation = distant_loss(&rungs[2], &rungs[1]);
    /* What shows in e shows in all other samples, too. */
    if (!difference->noisy)
        difference->loss = silent;
    return status;
}

/* Lines of the tile's samples whose turn it is. */
static dirichlet_status inspect_lines(struct dirichlet_estimator *estimator, int64_t first,
                                      int64_t samples, const real *x)
{
    const int64_t d = estimator->offer.inputs;
    bool met = false;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++) {
        if (!has_line(estimator, first + row))
            continue;
        if (is_told(estimator))
            draw_line(estimator, first + row);
        else
            status = inspect_line(estimator, row, first + row, x + row * d);
        if (status == DIRICHLET_OK && !met)
            status = check_coupling(estimator, first, row, samples, x);
        met = true;
    }
    return status;
}
