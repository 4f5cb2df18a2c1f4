/* How much of a difference rounding explains; body for both precisions.
 *
 * A model's numbers have been rounded in an unknown number of steps. What they are off by,
 * relative to the sum of the absolute values of the terms that a number is read off by, is
 *
 *   (d + k) eps   at most, of the sums of d and of k terms that lie open (Higham 2002, 3.1);
 *   eta           of what is inside, which is not known and measured: it is the largest residual
 *                 of linearity of the products (linear_body.h), and the median over the samples
 *                 of what differences of forward show (slope.h).
 *
 * eta is the size of some of these errors, another one may be larger: of independent normal
 * numbers one is larger than 8 times the largest of 16 others (one sample has as many) with a
 * probability below 2e-10: at most E |0.1 z|^16, since erf(x / sqrt(2)) < 0.8 x. */
#ifndef DIRICHLET_CHECK_TOLERANCE_BODY_H
#define DIRICHLET_CHECK_TOLERANCE_BODY_H

#include <math.h>
#include <stdint.h>

#include "check/subject/subject_body.h"
#include "core/arithmetic/real.h"

#define OTHERS_LARGEST 8.0

static double known_rounding(const struct check *check)
{
    return (double)(check->offer.inputs + check->offer.outputs) * (double)REAL_EPSILON;
}

static double relative_tolerance(const struct check *check)
{
    return OTHERS_LARGEST * check->noise + known_rounding(check);
}

static double forward_tolerance(const struct check *check)
{
    return OTHERS_LARGEST * fmax(check->noise, check->noise_of_forward) + known_rounding(check);
}

/* Of a square sum r^2 where r is off by e: (r + e)^2 - r^2. */
static double square_of_error(double square, double error)
{
    return 2.0 * sqrt(square) * error + error * error;
}

/* By `relative` of the largest there is, R. */
static double square_tolerance(double relative, double square, double largest)
{
    return square_of_error(square, relative * sqrt(largest));
}

/* What underflows is off by the smallest normal number N at most, and then meets weights: up to
 * 1 / eps of them are granted, a derivative that is off by N / eps. */
static double underflow_of_derivative(void)
{
    return (double)REAL_SMALLEST / (double)REAL_EPSILON;
}

/* Of <u, J v>, whose k d terms are off by |u_j| |v_i| times that. */
static double underflow_of_sums(const struct check *check)
{
    const double v = (double)check->offer.inputs * check->largest_v;
    const double u = (double)check->offer.outputs * check->largest_u;
    return u * v * underflow_of_derivative();
}

/* Of ||J||_F, k d elements. */
static double underflow_of_energies(const struct check *check)
{
    return sqrt((double)check->offer.inputs * (double)check->offer.outputs) *
           underflow_of_derivative();
}

/* Of ||J^T u||: d elements of k terms each. */
static double underflow_of_norms(const struct check *check)
{
    return sqrt((double)check->offer.inputs) * (double)check->offer.outputs * check->largest_u *
           underflow_of_derivative();
}

/* A relative error that was measured, if the caller has not declared one. */
static void note_noise(struct check *check, double measured)
{
    if (check->options.forward_noise == 0.0 && measured > check->noise)
        check->noise = measured;
}

static void note_noise_of_forward(struct check *check, double measured)
{
    if (check->options.forward_noise == 0.0 && measured > check->noise_of_forward)
        check->noise_of_forward = measured;
}

#endif
