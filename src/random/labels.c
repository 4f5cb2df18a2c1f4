/* Label noise. */
#include "dirichlet/random.h"

#include <stddef.h>
#include <stdint.h>

#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/statistics/counter.h"
#include "dirichlet/status.h"
#include "random/key.h"
#include "random/noise.h"

static dirichlet_status check_labels(const struct noise *noise, const int64_t *labels,
                                     int64_t classes, struct message *message)
{
    const int64_t samples = noise->samples;
    int64_t bytes = 0;
    if (!size_of_array(samples, 1, 1, sizeof *labels, &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: too many for the address space", (long long)samples);
    if (samples > 0 && labels == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "labels is NULL");
    for (int64_t i = 0; i < samples; i++)
        if (labels[i] < 0 || labels[i] >= classes)
            return message_with_sample(
                message, noise->first_sample + i,
                message_fail(message, DIRICHLET_E_RANGE,
                             "labels[%lld] is %lld: it must be 0 to classes - 1, %lld",
                             (long long)i, (long long)labels[i], (long long)(classes - 1)));
    return DIRICHLET_OK;
}

static dirichlet_status check(const struct noise *noise, int64_t classes, double probability,
                              const int64_t *labels, struct message *message)
{
    const dirichlet_status status = noise_check(noise, message);
    if (status != DIRICHLET_OK)
        return status;
    if (classes < 2)
        return message_fail(message, DIRICHLET_E_RANGE, "classes is %lld: it must be >= 2",
                            (long long)classes);
    if (!(probability >= 0.0 && probability <= 1.0))
        return message_fail(message, DIRICHLET_E_RANGE, "probability is %g: it must be 0 to 1",
                            probability);
    return check_labels(noise, labels, classes, message);
}

/* Whether by block 0 of the sample's stream, which of the other classes by block 1. */
static int64_t draw_label(const struct noise *noise, int64_t row, int64_t classes,
                          double probability, int64_t label)
{
    const struct counter_stream stream = noise_stream(noise, row);
    double uniform = 0.0;
    counter_uniforms(&stream, 0, 1, &uniform);
    if (!(uniform < probability))
        return label;
    const int64_t other = (int64_t)counter_below(&stream, 1, (uint64_t)(classes - 1));
    return other < label ? other : other + 1;
}

dirichlet_status dirichlet_noise_labels(uint64_t seed, int64_t step, int64_t first_sample,
                                        int64_t samples, int64_t classes, double probability,
                                        int64_t *labels, int64_t *changed, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    const struct noise noise = {seed ^ KEY_NOISE_LABEL, step, first_sample, samples};
    const dirichlet_status status = check(&noise, classes, probability, labels, &text);
    int64_t count = 0;
    for (int64_t i = 0; status == DIRICHLET_OK && i < samples; i++) {
        const int64_t label = draw_label(&noise, i, classes, probability, labels[i]);
        count += label != labels[i];
        labels[i] = label;
    }
    if (status == DIRICHLET_OK && changed != NULL)
        *changed = count;
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}
