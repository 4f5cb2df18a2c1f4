#include "judge.h"

#include <math.h>
#include <stdlib.h>

static void judge_row(dirichlet_loss_kind kind, const struct trainer_data *data, int64_t sample,
                      const float *f, double *loss, int64_t *right)
{
    const int64_t k = data->outputs;
    double largest = (double)f[0];
    double squares = 0.0;
    double sum = 0.0;
    int64_t best = 0;
    for (int64_t j = 0; j < k; j++) {
        const double one = data->labels != NULL && data->labels[sample] == j ? 1.0 : 0.0;
        const double target = data->targets != NULL ? (double)data->targets[sample * k + j] : one;
        squares += ((double)f[j] - target) * ((double)f[j] - target);
        if ((double)f[j] > largest) {
            largest = (double)f[j];
            best = j;
        }
    }
    for (int64_t j = 0; j < k; j++)
        sum += exp((double)f[j] - largest);
    if (kind == DIRICHLET_LOSS_SQUARED)
        *loss += 0.5 * squares;
    else
        *loss += log(sum) + largest - (double)f[data->labels[sample]];
    *right += data->labels != NULL && best == data->labels[sample];
}

dirichlet_status judge_network(dirichlet_dense_f32 *network, dirichlet_loss_kind kind,
                               const struct trainer_data *data, struct trainer_score *score)
{
    float *outputs = malloc((size_t)(data->count * data->outputs) * sizeof *outputs);
    double loss = 0.0;
    int64_t right = 0;
    if (outputs == NULL)
        return DIRICHLET_E_MEMORY;
    const dirichlet_status status =
        dirichlet_dense_forward_f32(network, data->count, data->x, outputs);
    for (int64_t i = 0; status == DIRICHLET_OK && i < data->count; i++)
        judge_row(kind, data, i, outputs + i * data->outputs, &loss, &right);
    free(outputs);
    score->loss = loss / (double)data->count;
    score->accuracy = data->labels == NULL ? (double)NAN : (double)right / (double)data->count;
    return status;
}
