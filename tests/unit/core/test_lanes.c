/* Pieces on the caller's threads: each once, on a lane of its own, and the first failure. */
#include "core/lent/lanes.h"

#include <errno.h>
#include <fenv.h>
#include <string.h>

#include "support/check.h"
#include "support/pool.h"

#define PIECES 200
#define LANES 7

struct work {
    atomic_int seen[PIECES];
    atomic_int busy[LANES]; /* a piece is on this lane */
    int64_t last[LANES];
    int64_t bad[2]; /* pieces that fail; -1: none */
    bool good;
};

static dirichlet_status do_piece(struct lane *lane, int64_t piece, void *argument)
{
    struct work *work = argument;
    if (atomic_exchange(&work->busy[lane->index], 1) != 0 || piece <= work->last[lane->index])
        work->good = false;
    work->last[lane->index] = piece;
    atomic_fetch_add(&work->seen[piece], 1);
    atomic_store(&work->busy[lane->index], 0);
    if (piece == work->bad[0] || piece == work->bad[1])
        return message_with_sample(
            &lane->message, piece,
            message_fail(&lane->message, DIRICHLET_E_RANGE, "piece %d", (int)piece));
    return DIRICHLET_OK;
}

static void begin(struct work *work, int64_t bad, int64_t worse)
{
    memset(work, 0, sizeof *work);
    for (int i = 0; i < LANES; i++)
        work->last[i] = -1;
    work->bad[0] = bad;
    work->bad[1] = worse;
    work->good = true;
}

static dirichlet_status run(int kind, int64_t count, int64_t pieces, struct work *work,
                            struct message *message)
{
    static struct lane own[LANES];
    struct environment caller;
    struct pool pool = {.kind = kind};
    const dirichlet_parallel parallel = pool_lend(&pool, LANES);
    struct lanes lanes;
    CHECK(lanes_read(&parallel, &lanes, message) == DIRICHLET_OK);
    environment_enter(&caller);
    const dirichlet_status status =
        lanes_run(&lanes, own, count, pieces, do_piece, work, &caller, message);
    environment_leave(&caller);
    CHECK(pool.calls == (count > 1 && pieces > 1 ? 1 : 0));
    CHECK(pool.tasks <= count);
    return status;
}

static void every_piece_once(void **state)
{
    (void)state;
    static struct work work;
    struct message message = {.text = ""};
    for (int kind = 0; kind < POOL_KINDS; kind++)
        for (int64_t count = 1; count <= LANES; count += 2)
            for (int64_t pieces = 0; pieces <= PIECES; pieces += 1 + pieces) {
                begin(&work, -1, -1);
                CHECK(run(kind, count, pieces, &work, &message) == DIRICHLET_OK);
                CHECK_IN(work.good, "%s, %d lanes", pool_name(kind), (int)count);
                for (int64_t i = 0; i < PIECES; i++)
                    CHECK(atomic_load(&work.seen[i]) == (i < pieces ? 1 : 0));
            }
}

static void the_first_failure(void **state)
{
    (void)state;
    static struct work work;
    for (int kind = 0; kind < POOL_KINDS; kind++)
        for (int64_t bad = 0; bad < PIECES; bad += 37) {
            struct message message = {.text = ""};
            begin(&work, bad + 5, bad);
            CHECK(run(kind, LANES, PIECES, &work, &message) == DIRICHLET_E_RANGE);
            CHECK_IN(message.sample == bad, "%s: piece %d in the place of %d", pool_name(kind),
                     (int)message.sample, (int)bad);
            for (int64_t i = 0; i <= bad; i++)
                CHECK(atomic_load(&work.seen[i]) == 1);
        }
}

static void pools_that_break_the_contract(void **state)
{
    (void)state;
    static struct work work;
    struct message message = {.text = ""};
    begin(&work, -1, -1);
    CHECK(run(POOL_FAILS, LANES, PIECES, &work, &message) == DIRICHLET_E_CALLBACK);
    CHECK(message.callback_code == 17 && strstr(message.text, "parallel.parallel_for") != NULL);
    CHECK(run(POOL_FORGETS, LANES, PIECES, &work, &message) == DIRICHLET_E_CALLBACK);
    CHECK(strstr(message.text, "before all") != NULL);
    CHECK(atomic_load(&work.seen[0]) == 0);
}

#ifdef FE_UPWARD
static dirichlet_status look_at_rounding(struct lane *lane, int64_t piece, void *argument)
{
    (void)piece;
    struct work *work = argument;
    if (fegetround() != FE_TONEAREST)
        work->good = false;
    environment_leave(lane->environment);
    if (fegetround() != FE_UPWARD)
        work->good = false;
    environment_enter(lane->environment);
    return DIRICHLET_OK;
}

/* Threads start with the rounding of the one that starts them. */
static void in_the_default_environment(void **state)
{
    (void)state;
    static struct work work;
    static struct lane own[LANES];
    struct message message = {.text = ""};
    for (int kind = 0; kind < POOL_KINDS; kind++) {
        struct pool pool = {.kind = kind};
        const dirichlet_parallel parallel = pool_lend(&pool, LANES);
        struct environment caller;
        struct lanes lanes;
        begin(&work, -1, -1);
        CHECK(lanes_read(&parallel, &lanes, &message) == DIRICHLET_OK);
        CHECK(fesetround(FE_UPWARD) == 0);
        environment_enter(&caller);
        const dirichlet_status status =
            lanes_run(&lanes, own, LANES, PIECES, look_at_rounding, &work, &caller, &message);
        environment_leave(&caller);
        const int rounding = fegetround();
        CHECK(fesetround(FE_TONEAREST) == 0);
        CHECK_IN(status == DIRICHLET_OK && work.good && rounding == FE_UPWARD, "%s",
                 pool_name(kind));
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_once),
        cmocka_unit_test(the_first_failure),
        cmocka_unit_test(pools_that_break_the_contract),
#ifdef FE_UPWARD
        cmocka_unit_test(in_the_default_environment),
#endif
    };
    return check_report("unit.lanes", cmocka_run_group_tests(tests, NULL, NULL));
}
