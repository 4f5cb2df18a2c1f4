#include "support/subject.h"

#include <string.h>

#include "support/check.h"

void subject_make(const struct arrangement *arrangement, int32_t precision, struct subject *subject)
{
    memset(subject, 0, sizeof *subject);
    subject->sine = sine_make(arrangement->inputs, arrangement->outputs);
    subject->precision = precision;
    subject->callbacks = arrangement->callbacks;
    subject->options.struct_size = sizeof subject->options;
    subject->error.struct_size = sizeof subject->error;
    subject->options.method = arrangement->method;
    subject->options.probes = arrangement->probes;
    subject->options.seed = 20240607;
    sine_data_f64(SUBJECT_ROWS * SUBJECT_WIDTH, 31, subject->wide);
    sine_data_f32(SUBJECT_ROWS * SUBJECT_WIDTH, 31, subject->narrow);
    sine_data_f64(SUBJECT_ROWS, 32, subject->weights);
    for (int64_t i = 0; i < SUBJECT_ROWS; i++)
        subject->weights[i] = i % 8 == 7 ? 0.0 : 1.25 + subject->weights[i];
}

void subject_set(struct subject *subject, int64_t row, int64_t column, double value)
{
    subject->wide[row * subject->sine.inputs + column] = value;
    subject->narrow[row * subject->sine.inputs + column] = (float)value;
}

dirichlet_status subject_create(struct subject *subject, dirichlet_estimator **out)
{
    const dirichlet_model_f64 wide = sine_model_f64(&subject->sine, subject->callbacks);
    const dirichlet_model_f32 narrow = sine_model_f32(&subject->sine, subject->callbacks);
    if (subject->precision == 64)
        return dirichlet_estimator_create_f64(&wide, &subject->options, out, &subject->error);
    return dirichlet_estimator_create_f32(&narrow, &subject->options, out, &subject->error);
}

dirichlet_status subject_update(struct subject *subject, dirichlet_estimator *estimator,
                                int64_t first, int64_t count, const double *weights,
                                double *energies)
{
    const int64_t start = first * subject->sine.inputs;
    const double *own = weights == NULL ? NULL : weights + first;
    if (subject->precision == 64)
        return dirichlet_estimator_update_f64(estimator, count, subject->wide + start, own,
                                              energies);
    return dirichlet_estimator_update_f32(estimator, count, subject->narrow + start, own, energies);
}

dirichlet_status subject_measure(struct subject *subject, int64_t count, const double *weights,
                                 dirichlet_result *result, double *energies)
{
    const dirichlet_model_f64 wide = sine_model_f64(&subject->sine, subject->callbacks);
    const dirichlet_model_f32 narrow = sine_model_f32(&subject->sine, subject->callbacks);
    if (subject->precision == 64)
        return dirichlet_measure_f64(&wide, count, subject->wide, weights, &subject->options,
                                     result, energies, &subject->error);
    return dirichlet_measure_f32(&narrow, count, subject->narrow, weights, &subject->options,
                                 result, energies, &subject->error);
}

double subject_energy(const struct subject *subject, int64_t row)
{
    const int64_t start = row * subject->sine.inputs;
    return subject->precision == 64 ? sine_energy_f64(&subject->sine, subject->wide + start)
                                    : sine_energy_f32(&subject->sine, subject->narrow + start);
}

dirichlet_status subject_feed(struct subject *subject, dirichlet_estimator *estimator,
                              int64_t batch, const double *weights, double *energies)
{
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t first = 0; first < SUBJECT_ROWS && status == DIRICHLET_OK; first += batch) {
        const int64_t left = SUBJECT_ROWS - first;
        status = subject_update(subject, estimator, first, left < batch ? left : batch, weights,
                                energies == NULL ? NULL : energies + first);
    }
    return status;
}

struct bytes bytes_of(const dirichlet_estimator *estimator)
{
    struct bytes bytes;
    memset(&bytes, 0, sizeof bytes);
    CHECK(dirichlet_estimator_serialize(estimator, bytes.data, sizeof bytes.data, &bytes.size) ==
          DIRICHLET_OK);
    return bytes;
}

bool bytes_equal(const struct bytes *a, const struct bytes *b)
{
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

dirichlet_error last_error(const dirichlet_estimator *estimator)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    CHECK(dirichlet_estimator_last_error(estimator, &error) == DIRICHLET_OK);
    return error;
}
