/* libdirichlet: geometric complexity of any model.
 *
 *     GC(g, D) = (1/|D|) * sum over x in D of ||dg/dx (x)||_F^2
 *
 * the discrete Dirichlet energy of a model g over a data set D (Dherin, Munn,
 * Rosca and Barrett, "Why neural networks find simple solutions: the many
 * regularizers of geometric complexity", NeurIPS 2022).
 *
 * This header includes all the others but mpi.h and runner.h; each is self-contained. Reading
 * order:
 *
 *   export.h     how functions are exported and called; DIRICHLET_INIT
 *   version.h    what was compiled, what is linked
 *   status.h     the status every function returns
 *   memory.h     allocator hooks, workspace budgets
 *   progress.h   what a long call has done; to cancel it
 *   parallel.h   the caller's threads
 *   model.h      the function to be measured: a table of callbacks
 *   check.h      whether such a table keeps its contract
 *   batch.h      samples with weights, indices, groups and strides
 *   loss.h       losses over its outputs, for regularizers that need one
 *   estimator.h  how it is measured, sample by sample, with its error
 *   penalty.h    what penalties have found
 *   spectral.h   how spectral norms are searched
 *   activation.h the functions between the layers of dense networks
 *   layer.h      views of a dense layer and of its gradient
 *   dense.h      a ready-made model: dense networks over borrowed weights
 *   random.h     initialization of weights, noise on data and labels
 *   regularizer.h
 *                penalties and their gradients, for any trainer
 *   sizes.h      the size of every struct in every release
 *   mpi.h        estimators of many processes; only for programs that use MPI
 *   runner.h     threads to lend, compiled into the program: a pool, OpenMP's
 *
 * Rules that hold everywhere:
 *
 *   Shapes     row-major and contiguous unless strides are parameters.
 *   Sizes      int64_t; negative sizes are refused.
 *   Structs    begin with `size_t struct_size`, set by the caller to
 *              sizeof(the struct) it was compiled with. Zero in any other field
 *              means the default (DIRICHLET_INIT). A smaller, older size is accepted: its missing
 *              fields read as zero. A larger, newer size is accepted only if all
 *              bytes that this library does not know are zero.
 *   Errors     every function that can fail returns a dirichlet_status; on error
 *              the outputs and the state of the handle are as before the call,
 *              unless its documentation says otherwise.
 *   Threads    distinct handles may be used from different threads at the same
 *              time. On one handle, functions that take it const may run at the
 *              same time as each other; every other call must be alone.
 *   Stack      a call takes less than 8 KiB of the thread's stack (10 KiB where
 *              clang built the library), beside what the caller's callbacks take,
 *              which run on it, and what the CBLAS takes in calls that multiply
 *              matrices (docs/reference/accuracy.md).
 *   Process    the library never prints, exits, reads the environment, keeps
 *              global mutable state or changes the BLAS's threading.
 *   Arithmetic every call computes in the default floating-point environment (to
 *              nearest, subnormal numbers kept, no traps), whatever the caller's is,
 *              and leaves the caller's, its exception flags and errno as it found
 *              them. Callbacks and allocator hooks run in the caller's; what they
 *              change in it stays changed. The BLAS's own threads have the one they
 *              were created with (docs/reference/accuracy.md).
 */
#ifndef DIRICHLET_DIRICHLET_H
#define DIRICHLET_DIRICHLET_H

#include "dirichlet/export.h"
#include "dirichlet/version.h"
#include "dirichlet/status.h"
#include "dirichlet/memory.h"
#include "dirichlet/progress.h"
#include "dirichlet/parallel.h"
#include "dirichlet/model.h"
#include "dirichlet/check.h"
#include "dirichlet/batch.h"
#include "dirichlet/loss.h"
#include "dirichlet/estimator.h"
#include "dirichlet/penalty.h"
#include "dirichlet/spectral.h"
#include "dirichlet/activation.h"
#include "dirichlet/layer.h"
#include "dirichlet/dense.h"
#include "dirichlet/random.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/sizes.h"

#endif
