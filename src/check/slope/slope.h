/* The derivative of a function of one variable at 0 from its values at pairs of points +h and -h,
 * each h a quarter of the one before it, and how far it may be off.
 *
 * With D_i = (g(h_i) - g(-h_i)) / (2 h_i) the error of D_i has three parts:
 *
 *   truncation  D_i - g'(0) = h_i^2 g'''(0) / 6 + ..., and D_i - D_{i+1} is 15/16 of it;
 *   rounding    an error a of the values is a / h_i of D_i. What a is shows below: D_l is off by
 *               a / h_l there, hence a = max over l > i of |D_l - D_i| h_l. Where values do not
 *               move at all they may stand on a grid, and a is at least the least that they move
 *               by at a longer step, or what the caller says if they never move;
 *   kinks       between -h_i and h_i are off by half of the gap of the one-sided slopes,
 *               G_i = (g(h_i) - 2 g(0) + g(-h_i)) / h_i, if all are on one side. A smooth function
 *               has the gap h_i g''(0), which a quarter of the step makes a quarter: it is left
 *               out by G_i - 4 G_{i+1}. With one kink of size A at t h_i that and the difference
 *               of the two steps are together 1.5 t + |7.5 t - 1.5| of A, t < 1/4, and 1 - t above,
 *               where the error is (1 - t) / 2: no less than 3/4 of it. The less of the two is
 *               taken.
 *
 * The step is the one where their sum is least. Nothing is said
 *
 *   where two runs of steps contradict each other, the error having grown fourfold in between,
 *   which is what a step of noise does: values that stand on a grid in part are a smooth function
 *   from afar and another one within a step of the grid, and a function that is wild, or steep near
 *   0 only, looks like noise from afar;
 *   where the error is as large as the quotient at the longest step, and that is more than
 * rounding; at a step whose gap does not become half at the next and is more than rounding, since a
 * kink is near; and nothing at all if it is so at the shortest step that shows it: the kink is at
 * 0. */
#ifndef DIRICHLET_CHECK_SLOPE_H
#define DIRICHLET_CHECK_SLOPE_H

#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

#define LADDER_MOST 23
#define LADDER_FIRST 0.25 /* of the inputs' own size: f may be another function further away */
#define LADDER_RATIO 4.0

struct ladder {
    int64_t count;
    double center;
    double above[LADDER_MOST];
    double below[LADDER_MOST];
    double roundoff; /* error that a value has at least, by rounding it */
    double unseen;   /* what the grid may be on which values stand that do not move at any step */
};

struct slope {
    double value;
    double error; /* infinite: nothing can be said */
    double noise; /* of the values: the a from above at the step that was taken */
};

/* Step i: LADDER_FIRST / LADDER_RATIO^i. */
double ladder_step(int64_t i);

struct slope ladder_slope(const struct ladder *ladder);

#endif
