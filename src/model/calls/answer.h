/* What a callback has answered; dirichlet_callback_name is here, too. */
#ifndef DIRICHLET_MODEL_ANSWER_H
#define DIRICHLET_MODEL_ANSWER_H

#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/status.h"

/* OK for 0, MISSING_CALLBACK for UNSUPPORTED, else CALLBACK; the message has the number, and the
 * callback's name with that of its table: "model.vjp". */
dirichlet_status answer_status(int32_t code, const char *name, struct message *message);

#endif
