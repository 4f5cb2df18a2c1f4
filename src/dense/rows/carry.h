/* `carry`, the type that rows are carried in: the one that the source file chose, which includes
 * carry_f32.h or carry_f64.h before the bodies; in a body that is read alone, double. */
#ifndef DIRICHLET_DENSE_CARRY_H
#define DIRICHLET_DENSE_CARRY_H

#if !defined(DIRICHLET_DENSE_CARRY_F32_H) && !defined(DIRICHLET_DENSE_CARRY_F64_H)
#include "dense/rows/carry_f64.h"
#endif

#endif
