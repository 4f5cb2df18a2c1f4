/* Whatever fails on one rank fails on all, with the same status and a message that names it, and
 * changes no estimator. Runs with any number of ranks; one that waited for ever would be ended by
 * the test's time limit. C99 and C++. */
#include <stdlib.h>
#include <string.h>

#include "stream.h"

/* Allocations of mpi.h until one fails; 0: none does. */
static int allocations_left;

static void *limited_malloc(size_t size)
{
    if (allocations_left > 0 && --allocations_left == 0)
        return NULL;
    return malloc(size);
}

#define malloc limited_malloc
#include <dirichlet/mpi.h>
#undef malloc

static const struct stream probes = {0, DIRICHLET_METHOD_RADEMACHER, 2, 1};

/* MPI functions that fail while they are named here, and the byte of the gathered states that is
 * damaged on this rank (-1: none): MPI lets a program put itself before its functions. */
static const char *broken = "";
static int damaged_byte = -1;

static int fails(const char *function)
{
    return strcmp(broken, function) == 0;
}

int MPI_Allreduce(const void *send, void *receive, int count, MPI_Datatype type, MPI_Op op,
                  MPI_Comm comm)
{
    return fails("MPI_Allreduce") ? MPI_ERR_OTHER
                                  : PMPI_Allreduce(send, receive, count, type, op, comm);
}

int MPI_Bcast(void *buffer, int count, MPI_Datatype type, int root, MPI_Comm comm)
{
    return fails("MPI_Bcast") ? MPI_ERR_OTHER : PMPI_Bcast(buffer, count, type, root, comm);
}

int MPI_Allgather(const void *send, int send_count, MPI_Datatype send_type, void *receive,
                  int receive_count, MPI_Datatype receive_type, MPI_Comm comm)
{
    return fails("MPI_Allgather") ? MPI_ERR_OTHER
                                  : PMPI_Allgather(send, send_count, send_type, receive,
                                                   receive_count, receive_type, comm);
}

int MPI_Allgatherv(const void *send, int send_count, MPI_Datatype send_type, void *receive,
                   const int *receive_counts, const int *places, MPI_Datatype receive_type,
                   MPI_Comm comm)
{
    const int status = fails("MPI_Allgatherv")
                           ? MPI_ERR_OTHER
                           : PMPI_Allgatherv(send, send_count, send_type, receive, receive_counts,
                                             places, receive_type, comm);
    if (damaged_byte >= 0)
        ((unsigned char *)receive)[places[stream_ranks - 1] + damaged_byte] ^= 1;
    return status;
}

/* An error that says nothing. */
static dirichlet_error no_error(void)
{
    dirichlet_error error;
    memset(&error, 0, sizeof error);
    error.struct_size = sizeof error;
    error.sample = -1;
    return error;
}

/* Reduce with `error` for what this rank brings, and expect this status and a message that begins
 * so, on all ranks. */
static void expect_with(MPI_Comm comm, dirichlet_status given, const dirichlet_estimator *estimator,
                        dirichlet_error *error, dirichlet_status expected, const char *text)
{
    int unset = 0;
    dirichlet_estimator *merged = (dirichlet_estimator *)(void *)&unset;
    const dirichlet_status status = dirichlet_mpi_allreduce(comm, given, estimator, &merged, error);
    CHECK(status == expected && error->status == expected);
    CHECK(error->struct_size == sizeof *error);
    CHECK(merged == NULL);
    CHECK(strncmp(error->message, text, strlen(text)) == 0);
    if (status != expected || strncmp(error->message, text, strlen(text)) != 0)
        printf("status %d, message: %s\nexpected %d: %s\n", (int)status, error->message,
               (int)expected, text);
    else if (stream_rank == 0)
        printf("status %d, message: %s\n", (int)status, error->message);
}

/* The same without a word before, and without numbers afterwards. */
static void expect(MPI_Comm comm, dirichlet_status given, const dirichlet_estimator *estimator,
                   dirichlet_status expected, const char *text)
{
    dirichlet_error error = no_error();
    if (estimator != NULL)
        strcpy(error.message, "?"); /* without an estimator it would be the reason */
    expect_with(comm, given, estimator, &error, expected, text);
    CHECK(error.callback_code == 0 && error.sample == -1 && error.least_bytes == 0);
}

static const char *named(int rank, const char *text)
{
    static char line[2 * DIRICHLET_MESSAGE_SIZE];
    snprintf(line, sizeof line, "rank %d: %s", rank, text);
    return line;
}

/* All is well again. */
static void expect_success(const dirichlet_estimator *estimator)
{
    dirichlet_estimator *merged = NULL;
    CHECK(dirichlet_mpi_allreduce(MPI_COMM_WORLD, DIRICHLET_OK, estimator, &merged, NULL) ==
          DIRICHLET_OK);
    CHECK(merged != NULL);
    dirichlet_estimator_destroy(merged);
}

/* Updates that fail on ranks first .. end - 1. */
static void test_update(const dirichlet_estimator *before, int first, int end)
{
    const int fails_here = stream_rank >= first && stream_rank < end;
    dirichlet_estimator *estimator = NULL;
    dirichlet_error error = no_error();
    dirichlet_error last = no_error();
    dirichlet_status status;
    CHECK(dirichlet_estimator_clone(before, &estimator) == DIRICHLET_OK);
    stream_failure = fails_here ? 7 + stream_rank : 0;
    status = stream_update(estimator, &probes, 1000, fails_here ? 1010 : 1000);
    stream_failure = 0;
    CHECK(status == (fails_here ? DIRICHLET_E_CALLBACK : DIRICHLET_OK));
    expect_with(MPI_COMM_WORLD, status, estimator, &error, DIRICHLET_E_CALLBACK,
                named(first, "model.vjp returned "));
    CHECK(error.callback_code == 7 + first && error.least_bytes == 0);
    /* The sample is that of the rank, too. */
    CHECK(dirichlet_estimator_last_error(estimator, &last) == DIRICHLET_OK);
    MPI_Bcast(&last.sample, (int)sizeof last.sample, MPI_BYTE, first, MPI_COMM_WORLD);
    CHECK(error.sample == last.sample);
    CHECK(stream_same_bytes(estimator, before));
    expect_success(estimator);
    /* A failure of its own is not explained by the estimator's last one. */
    expect(MPI_COMM_WORLD, fails_here ? DIRICHLET_E_NO_DATA : DIRICHLET_OK, estimator,
           DIRICHLET_E_NO_DATA, named(first, "no sample of positive weight"));
    dirichlet_estimator_destroy(estimator);
}

/* The last rank cannot even make its estimator: what it is told of that goes to all. */
static void test_creation(const dirichlet_estimator *estimator)
{
    const int last = stream_ranks - 1;
    const int at_last = stream_rank == last;
    dirichlet_error error = no_error();
    dirichlet_estimator *none = NULL;
    dirichlet_status status = DIRICHLET_OK;
    uint64_t least = 0;
    if (at_last) {
        status = stream_try(&probes, 0, 1, &none, &error);
        least = error.least_bytes;
        CHECK(status == DIRICHLET_E_WORKSPACE && none == NULL && least > 1);
    }
    MPI_Bcast(&least, (int)sizeof least, MPI_BYTE, last, MPI_COMM_WORLD);
    expect_with(MPI_COMM_WORLD, status, at_last ? NULL : estimator, &error, DIRICHLET_E_WORKSPACE,
                named(last, ""));
    CHECK(error.least_bytes == least && error.callback_code == 0 && error.sample == -1);
}

static void test_arguments(const dirichlet_estimator *estimator)
{
    const int last = stream_ranks - 1;
    const int at_last = stream_rank == last;
    dirichlet_error error = no_error();
    dirichlet_estimator *merged = NULL;
    expect(MPI_COMM_WORLD, DIRICHLET_OK, at_last ? NULL : estimator, DIRICHLET_E_NULL,
           named(last, "estimator is NULL"));
    expect(MPI_COMM_WORLD, at_last ? DIRICHLET_E_NO_DATA : DIRICHLET_OK, at_last ? NULL : estimator,
           DIRICHLET_E_NO_DATA, named(last, "no sample of positive weight"));
    expect(MPI_COMM_WORLD, at_last ? -1000 : DIRICHLET_OK, estimator, -1000,
           named(last, "unknown status"));
    strcpy(error.message, "options.confidence is 3");
    expect_with(MPI_COMM_WORLD, at_last ? DIRICHLET_E_RANGE : DIRICHLET_OK,
                at_last ? NULL : estimator, &error, DIRICHLET_E_RANGE,
                named(last, "options.confidence is 3"));
    CHECK(dirichlet_mpi_allreduce(MPI_COMM_WORLD, DIRICHLET_OK, estimator, at_last ? NULL : &merged,
                                  &error) == DIRICHLET_E_NULL);
    CHECK(strcmp(error.message, named(last, "merged is NULL")) == 0);
    CHECK(merged == NULL);
    memset(error.message, '0', sizeof error.message); /* a text without an end is none */
    expect_with(MPI_COMM_WORLD, at_last ? DIRICHLET_E_NO_DATA : DIRICHLET_OK,
                at_last ? NULL : estimator, &error, DIRICHLET_E_NO_DATA,
                named(last, "no sample of positive weight"));
    /* The longest text, which "rank N: " does not leave whole. */
    memset(error.message, 'x', sizeof error.message - 1);
    expect_with(MPI_COMM_WORLD, at_last ? DIRICHLET_E_NO_DATA : DIRICHLET_OK,
                at_last ? NULL : estimator, &error, DIRICHLET_E_NO_DATA, named(last, "xxxx"));
    CHECK(strlen(error.message) == sizeof error.message - 1);
}

/* The last rank's error is of a size that this header does not know: nothing is written there. */
static void test_error_size(const dirichlet_estimator *estimator)
{
    const int last = stream_ranks - 1;
    dirichlet_error error = no_error();
    dirichlet_error before;
    dirichlet_estimator *merged = NULL;
    if (stream_rank == last)
        error.struct_size--;
    before = error;
    CHECK(dirichlet_mpi_allreduce(MPI_COMM_WORLD, DIRICHLET_OK, estimator, &merged, &error) ==
          DIRICHLET_E_STRUCT_SIZE);
    CHECK(merged == NULL);
    if (stream_rank == last)
        CHECK(memcmp(&error, &before, sizeof error) == 0);
    else
        CHECK(strcmp(error.message, named(last, "error.struct_size is too small")) == 0);
}

/* The last rank's estimator is of another kind. */
static void test_mismatch(const dirichlet_estimator *estimator, const struct stream *kind,
                          const char *what)
{
    dirichlet_estimator *other = stream_measure(kind, 0, 10);
    const int last = stream_ranks - 1;
    char text[DIRICHLET_MESSAGE_SIZE];
    snprintf(text, sizeof text, "does not merge with the ranks before it: source differs in %s",
             what);
    if (stream_ranks > 1)
        expect(MPI_COMM_WORLD, DIRICHLET_OK, stream_rank == last ? other : estimator,
               DIRICHLET_E_MISMATCH, named(last, text));
    dirichlet_estimator_destroy(other);
}

/* Each allocation fails once, on the last rank. */
static void test_memory(const dirichlet_estimator *estimator)
{
    const int last = stream_ranks - 1;
    int failing;
    for (failing = 1; failing <= 4; failing++) {
        allocations_left = stream_rank == last ? failing : 0;
        expect(MPI_COMM_WORLD, DIRICHLET_OK, estimator, DIRICHLET_E_MEMORY,
               named(last, "no memory for "));
        CHECK(allocations_left == 0);
    }
    allocations_left = 5;
    expect_success(estimator);
    CHECK(allocations_left == 1);
    allocations_left = 0;
}

/* The last rank's state arrives damaged, at rank 0 alone. */
static void test_damage(const dirichlet_estimator *estimator)
{
    damaged_byte = stream_rank == 0 ? 100 : -1;
    expect(MPI_COMM_WORLD, DIRICHLET_OK, estimator, DIRICHLET_E_CORRUPT,
           named(stream_ranks - 1, "buffer"));
    damaged_byte = -1;
}

static void test_mpi(const dirichlet_estimator *estimator)
{
    static const char *const functions[] = {"MPI_Allreduce", "MPI_Allgather", "MPI_Allgatherv",
                                            "MPI_Bcast"};
    int i;
    for (i = 0; i < 4; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s failed", functions[i]);
        broken = functions[i];
        /* Only a failure is broadcast. */
        expect(MPI_COMM_WORLD, i == 3 ? DIRICHLET_E_NO_DATA : DIRICHLET_OK, estimator,
               DIRICHLET_E_MPI, named(stream_rank, text));
    }
    broken = "";
}

static void test_communicators(const dirichlet_estimator *estimator)
{
    expect(MPI_COMM_NULL, DIRICHLET_OK, estimator, DIRICHLET_E_NULL, "comm is MPI_COMM_NULL");
    if (stream_ranks > 1) {
        MPI_Comm half;
        MPI_Comm both;
        MPI_Comm_split(MPI_COMM_WORLD, stream_rank % 2, stream_rank, &half);
        MPI_Intercomm_create(half, 0, MPI_COMM_WORLD, 1 - stream_rank % 2, 0, &both);
        expect(both, DIRICHLET_OK, estimator, DIRICHLET_E_RANGE, "comm is an intercommunicator");
        MPI_Comm_free(&both);
        MPI_Comm_free(&half);
    }
}

/* States that MPI cannot count together. */
static void test_sizes(void)
{
    int sizes[3] = {INT_MAX - 5, 3, 2};
    int places[3] = {-1, -1, -1};
    CHECK(dirichlet_mpi_place(sizes, 3, places) == INT_MAX);
    CHECK(places[0] == 0 && places[1] == INT_MAX - 5 && places[2] == INT_MAX - 2);
    sizes[1] = 4;
    CHECK(dirichlet_mpi_place(sizes, 3, places) == -1);
    sizes[0] = sizes[1] = sizes[2] = INT_MAX;
    CHECK(dirichlet_mpi_place(sizes, 3, places) == -1);
}

int main(int argc, char **argv)
{
    static const struct stream other_seed = {0, DIRICHLET_METHOD_RADEMACHER, 2, 2};
    static const struct stream other_method = {0, DIRICHLET_METHOD_EXACT, 0, 1};
    static const struct stream single = {1, DIRICHLET_METHOD_RADEMACHER, 2, 1};
    dirichlet_estimator *estimator = stream_create(&probes, 0);
    dirichlet_estimator *before = NULL;
    int rank;
    int status;
    expect(MPI_COMM_WORLD, DIRICHLET_OK, estimator, DIRICHLET_E_MPI, "MPI is not running");
    stream_init(&argc, &argv);
    CHECK(stream_update(estimator, &probes, 100 * stream_rank, 100 * (stream_rank + 1)) ==
          DIRICHLET_OK);
    CHECK(dirichlet_estimator_clone(estimator, &before) == DIRICHLET_OK);
    for (rank = 0; rank < stream_ranks; rank++)
        test_update(estimator, rank, rank + 1);
    test_update(estimator, 0, stream_ranks);
    test_creation(estimator);
    test_arguments(estimator);
    test_error_size(estimator);
    test_mismatch(estimator, &other_seed, "seed");
    test_mismatch(estimator, &other_method, "method");
    test_mismatch(estimator, &single, "precision");
    test_memory(estimator);
    test_damage(estimator);
    test_mpi(estimator);
    test_communicators(estimator);
    test_sizes();
    expect_success(estimator);
    CHECK(stream_same_bytes(estimator, before));
    status = checked("failures");
    MPI_Finalize();
    expect(MPI_COMM_WORLD, DIRICHLET_OK, estimator, DIRICHLET_E_MPI, "MPI is not running");
    dirichlet_estimator_destroy(before);
    dirichlet_estimator_destroy(estimator);
    return status;
}
