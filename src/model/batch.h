/* Batches of dirichlet/batch.h, copied. What is in them is checked by whoever takes them. */
#ifndef DIRICHLET_MODEL_BATCH_H
#define DIRICHLET_MODEL_BATCH_H

#include "core/interface/message.h"
#include "dirichlet/batch.h"
#include "dirichlet/status.h"

dirichlet_status batch_read_f64(const dirichlet_batch_f64 *given, dirichlet_batch_f64 *copy,
                                struct message *message);
dirichlet_status batch_read_f32(const dirichlet_batch_f32 *given, dirichlet_batch_f32 *copy,
                                struct message *message);

#endif
