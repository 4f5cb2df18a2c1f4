/* What the ranks of the tests measure: f(x) = sin(W x) on samples that are a function of their
 * index, so that any rank can make any of them. C99 and C++. */
#ifndef TESTS_MPI_STREAM_H
#define TESTS_MPI_STREAM_H

#include <dirichlet/dirichlet.h>
#include <mpi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Count and print a check that failed, with the rank; the program goes on, as the other ranks do.
 */
#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)
void check(int right, const char *text, const char *file, int line);

/* The checks that failed on any rank, printed by rank 0 with `name`; the program's exit status. */
int checked(const char *name);

extern int stream_rank;  /* in MPI_COMM_WORLD */
extern int stream_ranks; /* its size */

/* MPI_Init, and the two above. */
void stream_init(int *argc, char ***argv);

/* While not 0, callbacks fail with this code. */
extern int stream_failure;

struct stream {
    int single; /* float32 instead of float64 */
    dirichlet_method method;
    int64_t probes;
    uint64_t seed;
};

/* What dirichlet_estimator_create says to an estimator with this workspace, 0: the usual one. */
dirichlet_status stream_try(const struct stream *stream, int64_t first, size_t workspace_bytes,
                            dirichlet_estimator **estimator, dirichlet_error *error);

/* An estimator of the stream whose first sample is `first`; ends the program where there is none.
 */
dirichlet_estimator *stream_create(const struct stream *stream, int64_t first);

/* Samples first .. end - 1, weighted, a few at a time. */
dirichlet_status stream_update(dirichlet_estimator *estimator, const struct stream *stream,
                               int64_t first, int64_t end);

/* An estimator of samples first .. end - 1, by this process alone. */
dirichlet_estimator *stream_measure(const struct stream *stream, int64_t first, int64_t end);

/* A state as bytes, to be freed. */
unsigned char *stream_bytes(const dirichlet_estimator *estimator, size_t *size);
int stream_same_bytes(const dirichlet_estimator *a, const dirichlet_estimator *b);

#ifdef __cplusplus
}
#endif

#endif
