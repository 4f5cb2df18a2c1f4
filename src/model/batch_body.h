/* Copying a batch; body for both precisions. */
#ifndef DIRICHLET_MODEL_BATCH_BODY_H
#define DIRICHLET_MODEL_BATCH_BODY_H

#include <stddef.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/batch.h"
#include "dirichlet/status.h"
#include "model/batch.h"

dirichlet_status PRECISION(batch_read)(const PRECISION(dirichlet_batch) * given,
                                       PRECISION(dirichlet_batch) * copy, struct message *message)
{
    if (given == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "batch is NULL");
    return versioned_struct_read(copy, sizeof *copy, given, given->struct_size, "batch", message);
}

#endif
