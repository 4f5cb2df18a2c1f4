/* The estimator behind the handle. Data flows one way:
 *
 *   samples -> update -> engine (a tile) -> model callbacks -> measures -> moments -> result
 *
 * Everything here is the same in both precisions except the engine, which is compiled
 * twice (engine_body.h) and reached through a table. */
#ifndef DIRICHLET_ESTIMATOR_ESTIMATOR_H
#define DIRICHLET_ESTIMATOR_ESTIMATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/statistics/moments.h"
#include "dirichlet/estimator.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "model/model.h"

/* What an estimator has seen. */
struct state {
    struct moments moments;
    int64_t next_sample; /* index of the next sample */
    int64_t products;
    dirichlet_stop_reason stopped;
};

struct engine {
    size_t element_size;
    /* Fill workspace.measures for `samples` rows of x, the first of which has index
     * `first`. Energies may come out non-finite; rows of x may not, unless skipping. */
    dirichlet_status (*measure_tile)(struct dirichlet_estimator *estimator, int64_t first,
                                     int64_t samples, const void *x);
};
extern const struct engine estimator_engine_f64;
extern const struct engine estimator_engine_f32;

struct dirichlet_estimator {
    struct allocator allocator;
    const struct engine *engine; /* NULL: made from bytes, has no model */
    size_t element_size;
    union {
        dirichlet_model_f64 model_f64;
        dirichlet_model_f32 model_f32;
    } model;
    struct model_offer offer;
    dirichlet_estimator_options options;
    struct plan plan;
    struct workspace workspace;
    struct state state;
    struct state trial; /* the state of an update in progress */
    struct message message;
    int32_t callback_code;
    bool busy;           /* an update is in progress */
    bool errors_unknown; /* read from a state of version 0.1: differences without their errors */
};

/* Memory for an estimator, all zeros but for its allocator. It is too large for the stack of a
 * thread of some languages: nothing may put one, or a state, there. */
dirichlet_status estimator_allocate(const struct allocator *allocator, dirichlet_estimator **out,
                                    struct message *message);

/* The end of what makes one: *out is it. */
void estimator_hand_out(dirichlet_estimator *estimator, dirichlet_estimator **out);

/* An empty estimator, made by a call from the environment `caller`; whoever asks fills in the
 * model, which has been checked. */
dirichlet_status estimator_make(const struct engine *engine, const struct model_offer *offer,
                                const dirichlet_estimator_options *options,
                                struct environment *caller, dirichlet_estimator **out,
                                struct message *message);

/* dirichlet_estimator_update_* without the types. With a `result` it is read too, and
 * energies go out only if that succeeds. */
dirichlet_status estimator_update(dirichlet_estimator *estimator, int64_t samples, const void *x,
                                  const double *weights, double *energies,
                                  dirichlet_result *result);

/* BUSY while an update is in progress: for calls that would change the estimator under it. */
dirichlet_status estimator_check_free(struct dirichlet_estimator *estimator);

/* Forget what was seen. */
void state_clear(struct state *state, int64_t first_sample);

/* Report a callback's non-zero return. */
dirichlet_status estimator_callback_failed(struct dirichlet_estimator *estimator, const char *name,
                                           int32_t code);

#endif
