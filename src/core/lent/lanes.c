#include "core/lent/lanes.h"

#include <stddef.h>

#include "core/arithmetic/extremes.h"
#include "core/interface/versioned_struct.h"

dirichlet_status lanes_read(const dirichlet_parallel *given, struct lanes *out,
                            struct message *message)
{
    dirichlet_parallel copy = {0};
    *out = (struct lanes){.count = 1};
    if (given == NULL)
        return DIRICHLET_OK;
    const dirichlet_status status =
        versioned_struct_read(&copy, sizeof copy, given, given->struct_size, "parallel", message);
    if (status != DIRICHLET_OK)
        return status;
    if (copy.lanes < 1)
        return message_fail(message, DIRICHLET_E_RANGE, "parallel.lanes is %lld: it must be >= 1",
                            (long long)copy.lanes);
    if (copy.parallel_for == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "parallel.parallel_for is NULL");
    *out = (struct lanes){copy.lanes, copy.parallel_for, copy.user};
    return DIRICHLET_OK;
}

/* What the tasks of a call share. */
struct run {
    struct lane *lanes;
    int64_t count;
    int64_t pieces;
    lane_function *function;
    void *argument;
    atomic_int next; /* piece that nobody has taken */
    atomic_int stop; /* one has failed: those after it need not be done */
};

/* Pieces are taken in order, so that those before one that fails have been taken. */
static int64_t take_piece(struct run *run)
{
    if (atomic_load_explicit(&run->stop, memory_order_relaxed) != 0)
        return run->pieces;
    return atomic_fetch_add_explicit(&run->next, 1, memory_order_relaxed);
}

static void run_lane(struct run *run, struct lane *lane)
{
    for (int64_t piece = take_piece(run); piece < run->pieces; piece = take_piece(run)) {
        lane->status = run->function(lane, piece, run->argument);
        if (lane->status != DIRICHLET_OK) {
            lane->failed = piece;
            atomic_store_explicit(&run->stop, 1, memory_order_relaxed);
            return;
        }
        lane->done++;
    }
}

/* A task that a pool runs twice, or that does not exist, is not run. */
static void DIRICHLET_CALL run_task(int64_t task, void *argument)
{
    struct run *run = argument;
    if (task < 0 || task >= run->count)
        return;
    struct lane *lane = &run->lanes[task];
    if (atomic_exchange(&lane->taken, 1) != 0)
        return;
    environment_enter(&lane->own);
    run_lane(run, lane);
    environment_leave(&lane->own);
}

static void begin_lanes(struct run *run)
{
    for (int64_t i = 0; i < run->count; i++) {
        struct lane *lane = &run->lanes[i];
        lane->index = i;
        lane->environment = &lane->own;
        lane->failed = -1;
        lane->done = 0;
        lane->message = (struct message){.text = ""};
        atomic_init(&lane->taken, 0);
    }
}

/* The lane of the first piece that failed, if one did. */
static const struct lane *first_failure(const struct run *run)
{
    const struct lane *first = NULL;
    for (int64_t i = 0; i < run->count; i++) {
        const struct lane *lane = &run->lanes[i];
        if (lane->failed >= 0 && (first == NULL || lane->failed < first->failed))
            first = lane;
    }
    return first;
}

static int64_t pieces_done(const struct run *run)
{
    int64_t done = 0;
    for (int64_t i = 0; i < run->count; i++)
        done += run->lanes[i].done;
    return done;
}

static dirichlet_status send_out(const struct lanes *lanes, struct run *run,
                                 struct environment *caller, struct message *message)
{
    environment_leave(caller);
    const int32_t code = lanes->parallel_for(run->count, run_task, run, lanes->user);
    environment_enter(caller);
    if (code != 0)
        return message_with_code(message, code,
                                 message_fail(message, DIRICHLET_E_CALLBACK,
                                              "parallel.parallel_for returned %d", (int)code));
    if (first_failure(run) == NULL && pieces_done(run) < run->pieces)
        return message_fail(message, DIRICHLET_E_CALLBACK,
                            "parallel.parallel_for returned before all of its tasks were done");
    return DIRICHLET_OK;
}

dirichlet_status lanes_attempt(const struct lanes *lanes, struct lane *own, int64_t count,
                               int64_t pieces, lane_function *function, void *argument,
                               struct environment *caller, const struct lane **first,
                               struct message *message)
{
    const int64_t used = lanes->parallel_for == NULL ? 1 : smaller(count, pieces);
    struct run run = {
        .lanes = own, .count = used, .pieces = pieces, .function = function, .argument = argument};
    dirichlet_status status = DIRICHLET_OK;
    *first = NULL;
    if (pieces == 0)
        return DIRICHLET_OK;
    begin_lanes(&run);
    if (used > 1) {
        status = send_out(lanes, &run, caller, message);
    } else {
        own->environment = caller;
        run_lane(&run, own);
    }
    *first = first_failure(&run);
    return status;
}

dirichlet_status lanes_run(const struct lanes *lanes, struct lane *own, int64_t count,
                           int64_t pieces, lane_function *function, void *argument,
                           struct environment *caller, struct message *message)
{
    const struct lane *first = NULL;
    const dirichlet_status status =
        lanes_attempt(lanes, own, count, pieces, function, argument, caller, &first, message);
    if (status != DIRICHLET_OK || first == NULL)
        return status;
    if (message != NULL)
        *message = first->message;
    return first->status;
}
