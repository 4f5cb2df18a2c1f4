/* What callbacks say of the same Jacobian: TRANSPOSED, ENERGIES, NORMS; body for both
 * precisions. */
#ifndef DIRICHLET_CHECK_PRODUCTS_BODY_H
#define DIRICHLET_CHECK_PRODUCTS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check/report/factor.h"
#include "check/report/record.h"
#include "check/subject/ask_body.h"
#include "check/subject/directions_body.h"
#include "check/subject/subject_body.h"
#include "check/subject/tolerance_body.h"
#include "core/arithmetic/real.h"

static double sum_of_squares(const double *y, int64_t count)
{
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++)
        sum += y[i] * y[i];
    return sum;
}

/* The usual products as numbers, and of vjp their norms. */
static void read_products(struct check *check, dirichlet_callback callback,
                          double numbers[][CHECK_DIRECTIONS], double *largest)
{
    const struct request request = usual_request(check, callback, check->one);
    const int64_t size = output_size(check, callback);
    if (!is_sound(check, callback) || !ask(check, &request))
        return;
    for (int64_t i = 0; i < check->samples * CHECK_DIRECTIONS; i++) {
        const int64_t s = i / CHECK_DIRECTIONS;
        const int64_t m = i % CHECK_DIRECTIONS;
        double own = 0.0;
        numbers[s][m] = read_row(check, callback, s, m, check->one + i * size, &own);
        *largest = fmax(*largest, own);
        if (callback == DIRICHLET_CALLBACK_VJP)
            check->norms[s][m] = check->norm_sizes[s][m] =
                sum_of_squares(check->one + i * size, size);
    }
}

static void look_at_transposed(struct check *check)
{
    const double allowed = relative_tolerance(check) * (check->jvp_size + check->vjp_size) +
                           2.0 * underflow_of_sums(check);
    struct factor factor = factor_begin();
    if (!is_sound(check, DIRICHLET_CALLBACK_JVP) || !is_sound(check, DIRICHLET_CALLBACK_VJP))
        return;
    for (int64_t s = 0; s < check->samples; s++)
        for (int64_t m = 0; m < CHECK_DIRECTIONS; m++) {
            const double found = fabs(check->jvp[s][m] - check->vjp[s][m]);
            record_case(&check->record, DIRICHLET_CALLBACK_VJP, DIRICHLET_CHECK_TRANSPOSED,
                        index_of(check, s), found, allowed);
            if (check->jvp[s][m] != 0.0 || check->vjp[s][m] != 0.0)
                factor_case(&factor, check->vjp[s][m], check->jvp[s][m], allowed);
        }
    record_line(&check->record, DIRICHLET_CALLBACK_VJP, DIRICHLET_CHECK_TRANSPOSED)->factor =
        factor_common(&factor);
}

/* The unit vectors from `first` on, as many as are left of a call's, of every sample. */
static int64_t place_units(const struct check *check, int64_t first, int64_t size)
{
    const int64_t count = smaller(CHECK_DIRECTIONS, size - first);
    memset(check->given, 0, (size_t)(check->samples * count * size) * sizeof(real));
    for (int64_t s = 0; s < check->samples; s++)
        for (int64_t m = 0; m < count; m++)
            check->given[(s * count + m) * size + first + m] = (real)1;
    return count;
}

/* Products with some unit vectors, in check->one, to the energies; without vjp J e_i gives one
 * term of every ||J^T u||^2, too: <u, J e_i>^2. */
static void add_products(struct check *check, const struct request *request)
{
    const int64_t size = output_size(check, request->callback);
    const bool squares = is_square(request->callback);
    const bool norms = request->callback == DIRICHLET_CALLBACK_JVP && !check->offer.vjp;
    for (int64_t i = 0; i < request->samples * request->count; i++) {
        const double *row = request->out + i * size;
        const int64_t s = i / request->count;
        check->energies[s] += squares ? *row : sum_of_squares(row, size);
        for (int64_t m = 0; norms && m < CHECK_DIRECTIONS; m++) {
            double own = 0.0;
            const double term = read_row(check, request->callback, s, m, row, &own);
            check->norms[s][m] += term * term;
            check->norm_sizes[s][m] += own * own;
        }
    }
}

/* The callback whose products with all unit vectors are fewest; 0: there is none. */
static dirichlet_callback side_of_units(const struct check *check)
{
    const bool jvp = is_sound(check, DIRICHLET_CALLBACK_JVP);
    const bool vjp = is_sound(check, DIRICHLET_CALLBACK_VJP);
    if (vjp && (!jvp || check->offer.outputs <= check->offer.inputs))
        return DIRICHLET_CALLBACK_VJP;
    if (jvp)
        return DIRICHLET_CALLBACK_JVP;
    return is_sound(check, DIRICHLET_CALLBACK_PRODUCT_NORMS) ? DIRICHLET_CALLBACK_PRODUCT_NORMS : 0;
}

/* ||J||_F^2 of every sample from all products of one side. */
static bool sum_products(struct check *check, dirichlet_callback callback)
{
    struct request request = usual_request(check, callback, check->one);
    const int64_t size = given_size(check, callback);
    request.given = check->given;
    for (int64_t first = 0; first < size; first += request.count) {
        request.count = place_units(check, first, size);
        if (!ask(check, &request))
            return false;
        add_products(check, &request);
    }
    return true;
}

/* Squares that a callback gives against those of products, `count` of each sample. `sizes` is what
 * they would be if nothing cancelled, `underflow` by how much their roots may be off besides. */
static void compare_squares(struct check *check, dirichlet_callback callback,
                            dirichlet_check_item item, const double *given, const double *wanted,
                            const double *sizes, int64_t count, double underflow)
{
    const double relative = relative_tolerance(check);
    struct factor factor = factor_begin();
    double largest = 0.0;
    for (int64_t i = 0; i < check->samples * count; i++)
        largest = fmax(largest, sizes[i]);
    for (int64_t i = 0; i < check->samples * count; i++) {
        const double allowed = square_of_error(wanted[i], relative * sqrt(largest) + underflow);
        record_case(&check->record, callback, item, index_of(check, i / count),
                    fabs(given[i] - wanted[i]), allowed);
        if (wanted[i] > 0.0 || given[i] > 0.0)
            factor_case(&factor, given[i], wanted[i], allowed);
    }
    record_line(&check->record, callback, item)->factor = factor_common(&factor);
}

static void look_at_norms(struct check *check, bool known)
{
    const struct request request =
        usual_request(check, DIRICHLET_CALLBACK_PRODUCT_NORMS, check->one);
    if (known && is_sound(check, DIRICHLET_CALLBACK_PRODUCT_NORMS) && ask(check, &request))
        compare_squares(check, DIRICHLET_CALLBACK_PRODUCT_NORMS, DIRICHLET_CHECK_NORMS, check->one,
                        &check->norms[0][0], &check->norm_sizes[0][0], CHECK_DIRECTIONS,
                        underflow_of_norms(check));
}

static void look_at_energies(struct check *check)
{
    const struct request request = usual_request(check, DIRICHLET_CALLBACK_ENERGIES, check->one);
    if (is_sound(check, DIRICHLET_CALLBACK_ENERGIES) && ask(check, &request))
        compare_squares(check, DIRICHLET_CALLBACK_ENERGIES, DIRICHLET_CHECK_ENERGIES, check->one,
                        check->energies, check->energies, 1, underflow_of_energies(check));
}

/* Norms first where vjp gives them: they may then be what energies are compared with. */
static void look_at_squares(struct check *check)
{
    look_at_norms(check, is_sound(check, DIRICHLET_CALLBACK_VJP));
    const dirichlet_callback side = side_of_units(check);
    const bool for_norms = side == DIRICHLET_CALLBACK_JVP && !check->offer.vjp &&
                           is_sound(check, DIRICHLET_CALLBACK_PRODUCT_NORMS);
    if (side == 0 || (!for_norms && !is_sound(check, DIRICHLET_CALLBACK_ENERGIES)) ||
        !sum_products(check, side))
        return;
    look_at_norms(check, for_norms);
    look_at_energies(check);
}

#endif
