/* `real` and PRECISION for a *_body.h file: those that the source file chose, which includes
 * real_f32.h or real_f64.h before anything else; in a body that is read alone, double. */
#ifndef DIRICHLET_CORE_REAL_H
#define DIRICHLET_CORE_REAL_H

#if !defined(DIRICHLET_CORE_REAL_F32_H) && !defined(DIRICHLET_CORE_REAL_F64_H)
#include "core/arithmetic/real_f64.h"
#endif

#endif
