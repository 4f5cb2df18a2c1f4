/* How the energy of a sample will be found: the method asked for, resolved against what
 * the model offers. */
#ifndef DIRICHLET_ESTIMATOR_PLAN_H
#define DIRICHLET_ESTIMATOR_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/estimator.h"
#include "dirichlet/status.h"
#include "model/model.h"

/* Which callback multiplies. */
enum side {
    SIDE_ENERGIES, /* none: the model gives energies */
    SIDE_NORMS,    /* product_norms: ||J^T u||^2 */
    SIDE_VJP,      /* J^T u */
    SIDE_JVP,      /* J v */
    SIDE_FORWARD   /* J v by central differences */
};

struct plan {
    dirichlet_method method; /* never auto */
    enum side side;
    int64_t direction_size; /* n: length of a direction */
    int64_t product_size;   /* length of a product */
    int64_t directions;     /* m: directions a sample; of hutchpp's the sketch and the rest */
    int64_t sketch;         /* hutchpp: directions of the sketch, else 0 */
    int64_t products;       /* products a sample */
    bool exact;             /* no probe error */
};

/* probes = 0: the default of the method. */
dirichlet_status plan_make(const struct model_offer *offer, dirichlet_method method, int64_t probes,
                           struct plan *plan, struct message *message);

/* Of m values without replacement out of n, m/n is the part of the variance that is gone;
 * 0 where directions are independent. */
double plan_sampled_fraction(const struct plan *plan);

#endif
