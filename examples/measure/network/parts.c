#include "parts.h"

#include <string.h>

#include "names.h"

static const struct {
    const char *ending;
    enum part part;
} endings[] = {
    {"parametrizations.weight.original0", PART_LENGTH},
    {"parametrizations.weight.original1", PART_DIRECTION},
    {"parametrizations.weight.original", PART_ORIGINAL},
    {"parametrizations.weight.0._u", PART_LEFT},
    {"parametrizations.weight.0._v", PART_RIGHT},
    {"parametrizations.bias.original", PART_BIAS_ORIGINAL},
    {"weight_g", PART_LENGTH},
    {"weight_v", PART_DIRECTION},
    {"weight_orig", PART_ORIGINAL},
    {"weight_u", PART_LEFT},
    {"weight_mask", PART_MASK},
    {"bias_orig", PART_BIAS_ORIGINAL},
    {"bias_mask", PART_BIAS_MASK},
    {"weight", PART_WEIGHT},
    {"_weight", PART_WEIGHT}, /* of Paddle's PReLU */
    {"negative_slope", PART_SLOPES},
    {"kernel", PART_KERNEL},
    {"w", PART_KERNEL},
    {"bias", PART_BIAS},
    {"b", PART_BIAS},
    {"running_mean", PART_MEAN},
    {"moving_mean", PART_MEAN},
    {"mean", PART_MEAN},
    {"_mean", PART_MEAN},
    {"mean_ema.average", PART_MEAN},
    {"running_var", PART_VARIANCE},
    {"moving_variance", PART_VARIANCE},
    {"var", PART_VARIANCE},
    {"_variance", PART_VARIANCE},
    {"var_ema.average", PART_VARIANCE},
    {"scale", PART_SCALE},
    {"gamma", PART_SCALE},
    {"beta", PART_OFFSET},
    {"offset", PART_OFFSET},
    {"num_batches_tracked", PART_COUNTER},
    {"vars.0", PART_FIRST},
    {"vars.1", PART_SECOND},
    {"vars.2", PART_THIRD},
    {"vars.3", PART_FOURTH},
};

enum part part_of(const char *name, size_t *length)
{
    const size_t size = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        const size_t end = strlen(endings[i].ending);
        if (size < end || strcmp(name + size - end, endings[i].ending) != 0)
            continue;
        if (size == end || name[size - end - 1] == '.') {
            *length = size == end ? 0 : size - end - 1;
            return endings[i].part;
        }
    }
    const char *last = name_last(name);
    *length = last == name ? 0 : (size_t)(last - name) - 1;
    return strcmp(last, "alpha") == 0 && name_has_part(name, "p_re_lu", 1) ? PART_SLOPES : PARTS;
}

int part_is_adapter(const char *name)
{
    return name_has_part(name, "lora_", 1) || name_has_part(name, "adapter", 1);
}

const char *part_foreign(const char *name)
{
    static const struct {
        const char *word;
        int starts; /* the part only begins with it */
        const char *what;
    } signs[] = {
        {"lora_", 1, "an adapter (LoRA)"},
        {"adapter", 1, "an adapter"},
        {"weight_ih", 1, "a recurrent layer"},
        {"weight_hh", 1, "a recurrent layer"},
        {"recurrent_kernel", 0, "a recurrent layer"},
        {"in_proj_weight", 0, "an attention layer"},
        {"self_attn", 0, "an attention layer"},
        {"attn", 0, "an attention layer"},
        {"attention", 0, "an attention layer"},
    };
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (name_has_part(name, signs[i].word, signs[i].starts))
            return signs[i].what;
    return NULL;
}

int part_is_embedding(const char *path)
{
    return name_has_part(path, "embed", 1) || name_has_part(path, "wte", 0) ||
           name_has_part(path, "wpe", 0);
}

/* What Haiku keeps beside the averages of batch normalization, to go on from. */
static int is_of_average(const char *name)
{
    const char *last = name_last(name);
    return (name_has_part(name, "mean_ema", 0) || name_has_part(name, "var_ema", 0)) &&
           (strcmp(last, "hidden") == 0 || strcmp(last, "counter") == 0);
}

int part_is_state(const char *name)
{
    static const char *const words[] = {
        "optimizer", "optim",      "opt_state",       "optimizer_weights", "optimizer_states",
        "exp_avg",   "exp_avg_sq", "momentum_buffer", "max_exp_avg_sq"};
    /* Keras calls the variables of an optimizer adam/NAME. */
    static const char *const optimizers[] = {"adam",    "adamw", "adamax",   "adafactor",
                                             "adagrad", "nadam", "adadelta", "sgd",
                                             "rmsprop", "ftrl",  "lion"};
    const size_t first = strcspn(name, ".");
    size_t length = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (name_has_part(name, words[i], 0))
            return 1;
    for (size_t i = 0;
         part_of(name, &length) == PARTS && i < sizeof optimizers / sizeof optimizers[0]; i++)
        if (strlen(optimizers[i]) == length && length == first &&
            memcmp(optimizers[i], name, first) == 0)
            return 1;
    return is_of_average(name);
}
