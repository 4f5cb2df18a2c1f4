#include "support/threaded_model.h"

#include <sched.h>
#include <string.h>

void threaded_forget(struct threaded *threaded)
{
    memset(threaded->gradient, 0, sizeof threaded->gradient);
    threaded->maker = pthread_self();
    atomic_init(&threaded->calls, 0);
    atomic_init(&threaded->most_calls, 0);
    atomic_init(&threaded->abroad, 0);
    atomic_init(&threaded->gradients_abroad, 0);
    atomic_init(&threaded->unprepared, 0);
}

void threaded_make(int64_t inputs, int64_t outputs, struct threaded *threaded)
{
    threaded->inputs = inputs;
    threaded->outputs = outputs;
    threaded->max_samples = threaded->max_directions = 0;
    threaded->concurrent = 1;
    threaded->ignores_first = threaded->slow = 0;
    sine_data_f64(THREADED_MOST, 23, threaded->matrix);
    threaded_forget(threaded);
}

void threaded_enter(struct threaded *threaded)
{
    const int calls = atomic_fetch_add(&threaded->calls, 1) + 1;
    int most = atomic_load(&threaded->most_calls);
    while (calls > most && !atomic_compare_exchange_weak(&threaded->most_calls, &most, calls))
        ;
    if (!pthread_equal(pthread_self(), threaded->maker))
        atomic_fetch_add(&threaded->abroad, 1);
    for (int i = 0; threaded->slow && i < 100; i++)
        (void)sched_yield();
}

int32_t threaded_leave(struct threaded *threaded, int32_t code)
{
    atomic_fetch_sub(&threaded->calls, 1);
    return code;
}
