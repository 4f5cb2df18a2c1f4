/* Losses of dirichlet/loss.h, checked and evaluated. */
#ifndef DIRICHLET_MODEL_LOSS_H
#define DIRICHLET_MODEL_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "dirichlet/loss.h"
#include "dirichlet/status.h"

/* Copy a caller's loss after checking every field, and every label and target of a call with so
 * many samples and outputs; `curvature`: its second derivative will be needed. */
dirichlet_status loss_read_f64(const dirichlet_loss_f64 *given, int64_t samples, int64_t outputs,
                               bool curvature, dirichlet_loss_f64 *copy, struct message *message);
dirichlet_status loss_read_f32(const dirichlet_loss_f32 *given, int64_t samples, int64_t outputs,
                               bool curvature, dirichlet_loss_f32 *copy, struct message *message);

/* values[i] = l(f_i) and cotangents[i] = dl/df of the samples first, first + 1, ... of the call;
 * 0 or what the caller's callback returned. `caller`: the environment of the call. */
int32_t loss_evaluate_f64(const dirichlet_loss_f64 *loss, struct environment *caller, int64_t first,
                          int64_t samples, int64_t outputs, const double *f, double *values,
                          double *cotangents);
int32_t loss_evaluate_f32(const dirichlet_loss_f32 *loss, struct environment *caller, int64_t first,
                          int64_t samples, int64_t outputs, const float *f, double *values,
                          float *cotangents);

/* products[i] = (d^2 l / df^2) tangents[i]; likewise. */
int32_t loss_curve_f64(const dirichlet_loss_f64 *loss, struct environment *caller, int64_t first,
                       int64_t samples, int64_t outputs, const double *f, const double *tangents,
                       double *products);
int32_t loss_curve_f32(const dirichlet_loss_f32 *loss, struct environment *caller, int64_t first,
                       int64_t samples, int64_t outputs, const float *f, const float *tangents,
                       float *products);

#endif
