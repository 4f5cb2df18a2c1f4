/* The chain of each kind of call. */
#ifndef DIRICHLET_DENSE_CHAINS_BODY_H
#define DIRICHLET_DENSE_CHAINS_BODY_H

#include "core/arithmetic/real.h"

#ifdef DIRICHLET_CORE_REAL_F32_H
#include "dense/workspace/chains_f32.h"
#else
#include "dense/workspace/chains_f64.h"
#endif

#endif
