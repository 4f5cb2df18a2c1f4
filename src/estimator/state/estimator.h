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
#include "core/lent/lanes.h"
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
    struct moments *groups; /* (options.groups); NULL: none */
    int64_t next_sample;    /* index of the next sample */
    int64_t products;
    dirichlet_stop_reason stopped;
};

/* Whose the rows of the tile in progress are. */
struct tile {
    int64_t first;          /* of rows first, first + 1, ... */
    const int64_t *indices; /* or each row's; NULL: consecutive ones */
    int64_t line;           /* the row whose line is looked at */
    bool outside;           /* some point of it is out of the model's domain */
};

static inline int64_t tile_sample(const struct tile *tile, int64_t row)
{
    return tile->indices == NULL ? tile->first + row : tile->indices[row];
}

struct engine {
    size_t element_size;
    /* Fill workspace.measures for `samples` rows of x, which are those of the tile. Energies may
     * come out non-finite; rows of x may not, unless skipping. */
    dirichlet_status (*measure_tile)(struct dirichlet_estimator *estimator, int64_t samples,
                                     const void *x);
    size_t model_size;
    void (*retain)(const struct dirichlet_estimator *estimator);
    void (*release)(const struct dirichlet_estimator *estimator);
};
extern const struct engine estimator_engine_f64;
extern const struct engine estimator_engine_f32;

/* What the lanes of an estimator need beside its workspace, which is that of the first. */
struct crew {
    int64_t count;                     /* lanes; 0: the calling thread does everything */
    struct lane *lanes;                /* (count) */
    struct dirichlet_estimator *views; /* (count), for tiles at the same time; NULL where the model
                                          takes one at a time, whose rows are then shared out */
    bool *placed;                      /* (count): the view has been made, by its first tile */
    unsigned char *workspaces;         /* (count - 1) */
    struct attempt *tiles;             /* (most) */
    struct measure *measures;          /* (most, samples of a tile) */
    int64_t most;                      /* tiles of a round */
    unsigned char *memory;
    int64_t bytes;
};

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
    struct lanes lanes;
    struct plan plan;
    struct workspace workspace;
    struct crew crew;
    struct state state;
    struct state trial; /* the state of an update in progress */
    struct tile tile;
    struct message message;
    bool busy;           /* an update is in progress */
    bool errors_unknown; /* read from a state of version 0.1: differences without their errors */
    int32_t format;      /* of the bytes it was read from; 0: of none */
};

/* Memory for an estimator, all zeros but for its allocator. It is too large for the stack of a
 * thread of some languages: nothing may put one, or a state, there. */
dirichlet_status estimator_allocate(const struct allocator *allocator, dirichlet_estimator **out,
                                    struct message *message);

/* Memory for its groups. */
dirichlet_status estimator_take_groups(dirichlet_estimator *estimator, struct message *message);

/* All of its memory, and not the model. */
void estimator_free(dirichlet_estimator *estimator);

/* The end of what makes one: *out is it. */
void estimator_hand_out(dirichlet_estimator *estimator, dirichlet_estimator **out);

/* An empty estimator of a model that has been checked, made by a call from the environment
 * `caller`. */
dirichlet_status estimator_make(const struct engine *engine, const void *model,
                                const struct model_offer *offer,
                                const dirichlet_estimator_options *options,
                                struct environment *caller, dirichlet_estimator **out,
                                struct message *message);

/* A batch without its type. */
struct batch {
    int64_t samples;
    int64_t row_stride; /* of x, in elements */
    const unsigned char *x;
    const double *weights;  /* NULL: 1 each */
    const int64_t *indices; /* NULL: consecutive ones */
    const int64_t *groups;  /* NULL: in none */
    double *energies;       /* NULL: not wanted */
    double *deviations;     /* NULL: not wanted */
};

/* dirichlet_estimator_update_* without the types. With a `result` it is read too, and
 * energies go out only if that succeeds. */
dirichlet_status estimator_update(dirichlet_estimator *estimator, const struct batch *batch,
                                  dirichlet_result *result);

/* BUSY while an update is in progress: for calls that would change the estimator under it. */
dirichlet_status estimator_check_free(struct dirichlet_estimator *estimator);

/* Forget what was seen. */
void state_clear(struct state *state, int64_t first_sample, int64_t groups);

/* The same of samples and groups: to = from. */
void state_copy(struct state *to, const struct state *from, int64_t groups);

#endif
