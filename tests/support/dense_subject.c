#include "support/dense_subject.h"

#include <string.h>

#include "support/sine_model.h"

static const int64_t widths[DENSE_LAYERS + 1] = {DENSE_INPUTS, 6, 4, DENSE_OUTPUTS};
static const dirichlet_activation activations[DENSE_LAYERS] = {
    DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_SILU, DIRICHLET_ACTIVATION_IDENTITY};

void dense_subject_make(struct dense_subject *subject)
{
    int64_t place = 0;
    memset(subject, 0, sizeof *subject);
    sine_data_f64(DENSE_NUMBERS, 51, subject->wide);
    sine_data_f32(DENSE_NUMBERS, 51, subject->narrow);
    for (int l = 0; l < DENSE_LAYERS; l++) {
        const int64_t inputs = widths[l];
        const int64_t outputs = widths[l + 1];
        const int64_t bias = place + inputs * outputs;
        subject->layers_f64[l] =
            (dirichlet_dense_layer_f64){.struct_size = sizeof subject->layers_f64[l],
                                        .inputs = inputs,
                                        .outputs = outputs,
                                        .weights = subject->wide + place,
                                        .output_stride = l == 1 ? 1 : inputs,
                                        .input_stride = l == 1 ? outputs : 1,
                                        .bias = l == 2 ? NULL : subject->wide + bias,
                                        .bias_stride = 1,
                                        .activation = activations[l]};
        subject->layers_f32[l] =
            (dirichlet_dense_layer_f32){.struct_size = sizeof subject->layers_f32[l],
                                        .inputs = inputs,
                                        .outputs = outputs,
                                        .weights = subject->narrow + place,
                                        .output_stride = l == 1 ? 1 : inputs,
                                        .input_stride = l == 1 ? outputs : 1,
                                        .bias = l == 2 ? NULL : subject->narrow + bias,
                                        .bias_stride = 1,
                                        .activation = activations[l]};
        place = bias + outputs;
    }
}
