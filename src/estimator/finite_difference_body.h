/* J v by central differences of the forward pass alone,
 *
 *     J v ~ (f(x + h v) - f(x - h v)) / (2 h),   h ~ 0.4 noise^(1/3) max(1, rms(x)),
 *
 * v a coordinate or a vector of signs, either of which moves an input by h: a step measured
 * by the length of x would grow with the number of inputs. The step balances the truncation
 * error, O(h^2), against the rounding noise, O(noise / h) (Nocedal and Wright, Numerical
 * Optimization, 2006, sec. 8.1). Body for both precisions. */

static bool is_float32(const real *y, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        if ((double)(float)y[i] != (double)y[i])
            return false;
    return true;
}

/* The scale of the inputs: their root mean square, or 1 where that is less. */
static double scale_of(const real *x, int64_t size)
{
    return fmax(1.0, sqrt(squared_norm(x, size) / (double)size));
}

/* A point that no round number is near to, a thousandth of the way from x. */
static void place_odd_point(const real *x, int64_t size, real *point)
{
    const double length = 1e-3 * scale_of(x, size);
    for (int64_t j = 0; j < size; j++)
        point[j] = (real)((double)x[j] + length * sin((double)j + 1.0));
}

/* Relative noise of the forward pass. A float32 network behind float64 callbacks gives
 * itself away: all its outputs are float32 values, at x (they are in workspace.center)
 * and at a point that is not round. To workspace.steps, for now. */
static dirichlet_status find_noise(struct dirichlet_estimator *estimator, int64_t samples,
                                   const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const int64_t k = estimator->offer.outputs;
    const bool told = estimator->options.forward_noise > 0.0;
    const real *center = w->center;
    const real *values = w->values;
    real *points = w->points;
    bool suspicious = false;
    for (int64_t row = 0; row < samples; row++) {
        w->steps[row] = told ? estimator->options.forward_noise : (double)REAL_EPSILON;
        suspicious = suspicious || is_float32(center + row * k, k);
    }
    if (!suspicious || told || sizeof(real) == sizeof(float))
        return DIRICHLET_OK;
    for (int64_t row = 0; row < samples; row++)
        place_odd_point(x + row * d, d, points + row * d);
    const dirichlet_status status = call_forward(estimator, samples, w->points, w->values);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++)
        if (is_float32(center + row * k, k) && is_float32(values + row * k, k))
            w->steps[row] = (double)FLT_EPSILON;
    return status;
}

/* Smooth networks have third derivatives well above their first, so the best steps lie below
 * the plain cube root (measured; tests/property). */
#define STEP_FACTOR 0.4

/* A power of two, so that x +- h v of a sign vector or a coordinate is hardly rounded. */
static double step_of(const struct dirichlet_estimator *estimator, const real *x, double noise)
{
    const double relative =
        estimator->options.step > 0.0 ? estimator->options.step : STEP_FACTOR * cbrt(noise);
    return exp2(rint(log2(relative * scale_of(x, estimator->offer.inputs))));
}

/* Variance of the rounding of one difference quotient, summed over its k entries: each
 * of the two values is off by about `noise` times the largest output. */
static double noise_energy(const struct dirichlet_estimator *estimator, const real *y, double noise,
                           double step)
{
    if (!is_finite_vector(y, estimator->offer.outputs))
        return NAN; /* no difference need show it */
    const double error = noise * largest_magnitude(y, estimator->offer.outputs) / step;
    return 0.5 * (double)estimator->offer.outputs * error * error;
}

/* Steps of the tile's samples, and the noise they leave in an energy: that of
 * all d coordinates adds up, that of sign vectors is averaged. */
static dirichlet_status choose_steps(struct dirichlet_estimator *estimator, int64_t samples,
                                     const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const real *center = w->center;
    const bool coordinates = estimator->plan.directions == d;
    dirichlet_status status = call_forward(estimator, samples, x, w->center);
    if (status == DIRICHLET_OK)
        status = find_noise(estimator, samples, x);
    if (status != DIRICHLET_OK)
        return status;
    for (int64_t row = 0; row < samples; row++) {
        const real *y = center + row * estimator->offer.outputs;
        const double noise = w->steps[row];
        w->steps[row] = step_of(estimator, x + row * d, noise);
        w->measures[row].noise =
            (coordinates ? (double)d : 1.0) * noise_energy(estimator, y, noise, w->steps[row]);
    }
    return DIRICHLET_OK;
}

/* points = x + sign h v for every direction of the block. */
static void place_points(const struct dirichlet_estimator *estimator, int64_t samples,
                         int64_t count, const real *x, double sign)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const real *directions = w->block;
    real *points = w->points;
    for (int64_t row = 0; row < samples; row++)
        for (int64_t i = row * count; i < (row + 1) * count; i++)
            place_point(x + row * d, (real)(sign * w->steps[row]), directions + i * d, d,
                        points + i * d);
}

static dirichlet_status difference_block(struct dirichlet_estimator *estimator, int64_t samples,
                                         int64_t count, const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t k = estimator->offer.outputs;
    real *products = w->products;
    const real *below = w->values;
    place_points(estimator, samples, count, x, 1.0);
    dirichlet_status status = call_forward(estimator, samples * count, w->points, w->products);
    if (status != DIRICHLET_OK)
        return status;
    place_points(estimator, samples, count, x, -1.0);
    status = call_forward(estimator, samples * count, w->points, w->values);
    if (status != DIRICHLET_OK)
        return status;
    for (int64_t row = 0; row < samples; row++) {
        const int64_t place = row * count * k;
        take_difference(products + place, below + place, (real)(0.5 / w->steps[row]), count * k);
    }
    return DIRICHLET_OK;
}
