#include "support/conditional_model.h"

#include <math.h>
#include <string.h>

struct conditional conditional_make(int64_t inputs, int64_t outputs)
{
    struct conditional c;
    memset(&c, 0, sizeof c);
    c.inputs = inputs;
    c.outputs = outputs;
    c.frozen = -1;
    c.undefined = -1;
    sine_data_f64(SINE_MOST, 17, c.matrix);
    sine_data_f64(CONDITIONAL_INDICES, 18, c.times);
    sine_data_f32(CONDITIONAL_INDICES * CONDITIONAL_WIDTH, 19, c.narrow);
    for (int64_t i = 0; i < CONDITIONAL_INDICES * CONDITIONAL_WIDTH; i++)
        c.wide[i] = (double)c.narrow[i];
    return c;
}

void conditional_forget(struct conditional *c)
{
    memset(c->seen, 0, sizeof c->seen);
    memset(c->gradient, 0, sizeof c->gradient);
    c->calls = c->strays = c->most_rows = c->most_directions = 0;
    c->prepares = c->unprepared = c->repeated = c->prepared_samples = 0;
    c->prepared_x = NULL;
}

void conditional_set(struct conditional *c, int64_t index, int64_t column, double value)
{
    c->wide[index * c->inputs + column] = value;
    c->narrow[index * c->inputs + column] = (float)value;
}

static double cosine_at(const struct conditional *c, int64_t index, int64_t i)
{
    return cos(c->wide[index * c->inputs + i] + c->times[index]);
}

double conditional_energy(const struct conditional *c, int64_t index)
{
    double sum = 0.0;
    for (int64_t j = 0; j < c->outputs; j++)
        for (int64_t i = 0; i < c->inputs; i++) {
            const double entry = c->matrix[j * c->inputs + i] * cosine_at(c, index, i);
            sum += entry * entry;
        }
    return sum;
}

double conditional_slope(const struct conditional *c, int64_t index, int64_t j, int64_t i)
{
    const double cosine = cosine_at(c, index, i);
    return 2.0 * c->matrix[j * c->inputs + i] * cosine * cosine;
}
