#include "dirichlet/status.h"

#include "core/arithmetic/arithmetic.h"

const char *dirichlet_status_string(dirichlet_status status)
{
    switch (status) {
    case DIRICHLET_OK: return "success";
    case DIRICHLET_E_NULL: return "a required pointer is NULL";
    case DIRICHLET_E_RANGE: return "an argument is out of range";
    case DIRICHLET_E_CONSTANT: return "an argument is not one of the named constants";
    case DIRICHLET_E_STRUCT_SIZE: return "struct_size is not acceptable";
    case DIRICHLET_E_SHAPE: return "sizes or strides do not fit together";
    case DIRICHLET_E_PRECISION: return "the handle has the other precision";
    case DIRICHLET_E_MEMORY: return "out of memory";
    case DIRICHLET_E_OVERFLOW: return "sizes or weights are too large together";
    case DIRICHLET_E_WORKSPACE: return "the workspace budget is too small";
    case DIRICHLET_E_NOT_FINITE: return "a number is NaN or infinite";
    case DIRICHLET_E_NO_DATA: return "no sample of positive weight";
    case DIRICHLET_E_NOISE: return "rounding noise swamps the value";
    case DIRICHLET_E_MISSING_CALLBACK: return "the method needs a callback the model lacks";
    case DIRICHLET_E_CALLBACK: return "a callback reported a failure";
    case DIRICHLET_E_CANCELLED: return "cancelled by the progress callback";
    case DIRICHLET_E_BUSY: return "called from a callback of a call on the same handle";
    case DIRICHLET_E_COUPLED: return "samples of a call are not independent";
    case DIRICHLET_E_CONTRACT: return "the model does not keep the contract of its callbacks";
    case DIRICHLET_E_MISMATCH: return "the two states do not belong together";
    case DIRICHLET_E_CORRUPT: return "the serialized state is truncated or damaged";
    case DIRICHLET_E_FORMAT: return "the serialized state has an unknown format";
    case DIRICHLET_E_BLAS_WIDTH: return "the CBLAS uses 64-bit integers, or is several libraries";
    case DIRICHLET_E_MPI: return "MPI is not running, or a function of it failed";
    default: return "unknown status";
    }
}
