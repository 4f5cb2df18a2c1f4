#include "model/calls/answer.h"

#include "dirichlet/check.h"
#include "dirichlet/model.h"

dirichlet_status answer_status(int32_t code, const char *name, struct message *message)
{
    dirichlet_status status = DIRICHLET_E_CALLBACK;
    if (code == 0)
        return DIRICHLET_OK;
    if (code == DIRICHLET_CALLBACK_UNSUPPORTED)
        status = message_fail(message, DIRICHLET_E_MISSING_CALLBACK,
                              "%s says that it is unsupported: leave it out", name);
    else
        status = message_fail(message, status, "%s returned %d%s", name, (int)code,
                              code < 0 ? ", and negative numbers are reserved" : "");
    return message_with_code(message, code, status);
}

const char *dirichlet_callback_name(dirichlet_callback callback)
{
    switch (callback) {
    case DIRICHLET_CALLBACK_FORWARD: return "forward";
    case DIRICHLET_CALLBACK_JVP: return "jvp";
    case DIRICHLET_CALLBACK_VJP: return "vjp";
    case DIRICHLET_CALLBACK_ENERGIES: return "energies";
    case DIRICHLET_CALLBACK_PRODUCT_NORMS: return "product_norms";
    case DIRICHLET_CALLBACK_PARAMETER_VJP: return "parameter_vjp";
    case DIRICHLET_CALLBACK_PREPARE: return "prepare";
    default: return "unknown";
    }
}
