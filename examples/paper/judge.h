/* How good a network is: its mean loss, and how many labels it finds. */
#ifndef EXAMPLES_PAPER_JUDGE_H
#define EXAMPLES_PAPER_JUDGE_H

#include "trainer.h"

/* MEMORY, or what the forward pass said. */
dirichlet_status judge_network(dirichlet_dense_f32 *network, dirichlet_loss_kind kind,
                               const struct trainer_data *data, struct trainer_score *score);

#endif
