/* Independent jobs on a few threads, with a progress bar. */
#ifndef EXAMPLES_PAPER_POOL_H
#define EXAMPLES_PAPER_POOL_H

#include <dirichlet/dirichlet.h>
#include <stdint.h>

#include "problem.h"

struct pool_worker; /* the thread that a job runs on */

/* Job number 0 .. jobs - 1. It must not depend on which thread it runs, or when. 0, or -1 with
 * the problem. */
typedef int pool_job(void *context, int64_t job, struct pool_worker *worker,
                     struct problem *problem);

/* Run all jobs. After the first failure no job starts any more; its problem is the one told.
 * 0, or -1 with the problem. */
int pool_run(int threads, int64_t jobs, pool_job *job, void *context, struct problem *problem);

/* From inside a job, now and then: this part of it (0 to 1) is done. 0; or -1 with a problem if
 * the job may as well give up, because another one failed. worker NULL: there is no pool. */
int pool_report(struct pool_worker *worker, double part, struct problem *problem);

/* The same threads as an option of the networks that a job makes and destroys: those that have no
 * job any more help the others with theirs. worker NULL: NULL, the calling thread. */
const dirichlet_parallel *pool_parallel(const struct pool_worker *worker);

#endif
