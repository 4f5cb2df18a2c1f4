#include "model/batch.h"

#include "core/interface/versioned_struct.h"

dirichlet_status batch_read_f64(const dirichlet_batch_f64 *given, dirichlet_batch_f64 *copy,
                                struct message *message)
{
    if (given == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "batch is NULL");
    return versioned_struct_read(copy, sizeof *copy, given, given->struct_size, "batch", message);
}

dirichlet_status batch_read_f32(const dirichlet_batch_f32 *given, dirichlet_batch_f32 *copy,
                                struct message *message)
{
    if (given == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "batch is NULL");
    return versioned_struct_read(copy, sizeof *copy, given, given->struct_size, "batch", message);
}
