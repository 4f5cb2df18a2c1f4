/* Ranks that measure parts of a stream, reduced, have the bits of one process that measured it
 * whole. To be run with any number of ranks. C99 and C++. */
#include <dirichlet/mpi.h>
#include <math.h>

#include "stream.h"

enum { SAMPLES = 1000 };

static const struct stream streams[] = {{0, DIRICHLET_METHOD_EXACT, 0, 1},
                                        {0, DIRICHLET_METHOD_RADEMACHER, 2, 1},
                                        {0, DIRICHLET_METHOD_ORTHOGONAL, 3, 2},
                                        {1, DIRICHLET_METHOD_EXACT, 0, 1},
                                        {1, DIRICHLET_METHOD_UNIT, 2, 7}};

static dirichlet_estimator *reduce(MPI_Comm comm, const dirichlet_estimator *estimator)
{
    dirichlet_estimator *merged = NULL;
    dirichlet_error error;
    memset(&error, '?', sizeof error);
    error.struct_size = sizeof error;
    CHECK(dirichlet_mpi_allreduce(comm, DIRICHLET_OK, estimator, &merged, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_OK && error.callback_code == 0 && error.sample == -1);
    CHECK(error.least_bytes == 0 && error.message[0] == '\0');
    if (merged == NULL) {
        printf("rank %d: %s\n", stream_rank, error.message);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return merged;
}

static dirichlet_result result_of(const dirichlet_estimator *estimator)
{
    dirichlet_result result;
    memset(&result, 0, sizeof result);
    result.struct_size = sizeof result;
    CHECK(dirichlet_estimator_result(estimator, &result) == DIRICHLET_OK);
    return result;
}

/* Print how far the value is from that of one process; it must be no bit. */
static void compare(const char *name, const dirichlet_estimator *merged,
                    const dirichlet_estimator *whole)
{
    const dirichlet_result ours = result_of(merged);
    const dirichlet_result theirs = result_of(whole);
    const double error = fabs(ours.value - theirs.value) +
                         fabs(ours.standard_error - theirs.standard_error) +
                         fabs(ours.upper - theirs.upper);
    if (stream_rank == 0)
        printf("%-28s %6ld samples  GC = %.17g, error %g\n", name, (long)ours.samples, ours.value,
               error);
    CHECK(error <= 0);
    CHECK(memcmp(&ours, &theirs, sizeof ours) == 0);
}

/* All ranks must hold the bytes of rank 0. */
static void compare_ranks(const dirichlet_estimator *merged)
{
    size_t size = 0;
    unsigned char *bytes = stream_bytes(merged, &size);
    unsigned char *first = (unsigned char *)malloc(size);
    CHECK(first != NULL);
    if (first == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    memcpy(first, bytes, size);
    MPI_Bcast(first, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD);
    CHECK(memcmp(first, bytes, size) == 0);
    free(first);
    free(bytes);
}

/* Where the part of a rank begins if each has one sample more than the one before, or about so. */
static int64_t begin(int64_t rank)
{
    return SAMPLES * rank * (rank + 1) / ((int64_t)stream_ranks * (stream_ranks + 1));
}

static void test_blocks(const struct stream *stream)
{
    const int64_t first = begin(stream_rank);
    dirichlet_estimator *part = stream_measure(stream, first, begin(stream_rank + 1));
    dirichlet_estimator *whole = stream_measure(stream, 0, SAMPLES);
    dirichlet_estimator *merged = reduce(MPI_COMM_WORLD, part);
    char name[64];
    snprintf(name, sizeof name, "%s f%d", dirichlet_method_name(stream->method),
             stream->single ? 32 : 64);
    compare(name, merged, whole);
    CHECK(stream_same_bytes(merged, whole));
    compare_ranks(merged);
    dirichlet_estimator_destroy(merged);
    dirichlet_estimator_destroy(whole);
    dirichlet_estimator_destroy(part);
}

/* Batches dealt out in turn: each with a place of its own in the stream. */
static void test_dealt(const struct stream *stream)
{
    const int64_t batch = 16;
    dirichlet_estimator *part = stream_create(stream, 0);
    dirichlet_estimator *whole = stream_measure(stream, 0, SAMPLES);
    dirichlet_estimator *merged = NULL;
    int64_t first;
    for (first = batch * stream_rank; first < SAMPLES; first += batch * stream_ranks) {
        const int64_t end = first + batch < SAMPLES ? first + batch : (int64_t)SAMPLES;
        CHECK(dirichlet_estimator_seek(part, first) == DIRICHLET_OK);
        CHECK(stream_update(part, stream, first, end) == DIRICHLET_OK);
    }
    merged = reduce(MPI_COMM_WORLD, part);
    compare("dealt out in turn", merged, whole);
    dirichlet_estimator_destroy(merged);
    dirichlet_estimator_destroy(whole);
    dirichlet_estimator_destroy(part);
}

/* That probes are the same is seen by the test: without their places in the stream they are not. */
static void test_places_matter(const struct stream *stream)
{
    dirichlet_estimator *part = stream_create(stream, 0);
    dirichlet_estimator *whole = stream_measure(stream, 0, SAMPLES);
    dirichlet_estimator *merged = NULL;
    double difference;
    CHECK(stream_update(part, stream, begin(stream_rank), begin(stream_rank + 1)) == DIRICHLET_OK);
    merged = reduce(MPI_COMM_WORLD, part);
    difference = fabs(result_of(merged).value - result_of(whole).value);
    if (stream_rank == 0)
        printf("places left out: GC differs by %g\n", difference);
    CHECK(stream_ranks == 1 ? difference <= 0 : difference > 1e-6);
    dirichlet_estimator_destroy(merged);
    dirichlet_estimator_destroy(whole);
    dirichlet_estimator_destroy(part);
}

/* Three samples: with more ranks some have none. */
static void test_few_samples(const struct stream *stream)
{
    const int64_t first = 3 * (int64_t)stream_rank / stream_ranks;
    dirichlet_estimator *part =
        stream_measure(stream, first, 3 * ((int64_t)stream_rank + 1) / stream_ranks);
    dirichlet_estimator *whole = stream_measure(stream, 0, 3);
    dirichlet_estimator *merged = reduce(MPI_COMM_WORLD, part);
    compare("fewer samples than ranks", merged, whole);
    CHECK(stream_same_bytes(merged, whole));
    dirichlet_estimator_destroy(merged);
    dirichlet_estimator_destroy(whole);
    dirichlet_estimator_destroy(part);
}

/* The last rank alone has seen anything, then nobody. */
static void test_no_samples(const struct stream *stream)
{
    const int last = stream_rank == stream_ranks - 1;
    dirichlet_estimator *part = stream_measure(stream, 0, last ? SAMPLES : 0);
    dirichlet_estimator *whole = stream_measure(stream, 0, SAMPLES);
    dirichlet_estimator *merged = reduce(MPI_COMM_WORLD, part);
    dirichlet_result result;
    compare("one rank has all samples", merged, whole);
    CHECK(stream_same_bytes(merged, whole));
    dirichlet_estimator_destroy(merged);
    CHECK(dirichlet_estimator_reset(part) == DIRICHLET_OK);
    merged = reduce(MPI_COMM_WORLD, part);
    result.struct_size = sizeof result;
    CHECK(dirichlet_estimator_result(merged, &result) == DIRICHLET_E_NO_DATA);
    dirichlet_estimator_destroy(merged);
    dirichlet_estimator_destroy(whole);
    dirichlet_estimator_destroy(part);
}

/* A stream that goes on after it was reduced counts nothing twice. */
static void test_again(const struct stream *stream)
{
    const int64_t first = begin(stream_rank);
    const int64_t end = begin(stream_rank + 1);
    const int64_t middle = (first + end) / 2;
    dirichlet_estimator *part = stream_measure(stream, first, middle);
    dirichlet_estimator *whole = stream_measure(stream, 0, SAMPLES);
    dirichlet_estimator *merged = reduce(MPI_COMM_WORLD, part);
    CHECK(result_of(merged).samples < SAMPLES);
    dirichlet_estimator_destroy(merged);
    CHECK(stream_update(part, stream, middle, end) == DIRICHLET_OK);
    merged = reduce(MPI_COMM_WORLD, part);
    compare("reduced twice", merged, whole);
    dirichlet_estimator_destroy(merged);
    dirichlet_estimator_destroy(whole);
    dirichlet_estimator_destroy(part);
}

/* Even and odd ranks apart, in the reverse order. */
static void test_groups(const struct stream *stream)
{
    const int64_t share = 50;
    dirichlet_estimator *part =
        stream_measure(stream, share * stream_rank, share * (stream_rank + 1));
    dirichlet_estimator *expected = stream_create(stream, 0);
    dirichlet_estimator *merged = NULL;
    MPI_Comm group;
    int64_t rank;
    MPI_Comm_split(MPI_COMM_WORLD, stream_rank % 2, -stream_rank, &group);
    for (rank = stream_rank % 2; rank < stream_ranks; rank += 2) {
        CHECK(dirichlet_estimator_seek(expected, share * rank) == DIRICHLET_OK);
        CHECK(stream_update(expected, stream, share * rank, share * (rank + 1)) == DIRICHLET_OK);
    }
    merged = reduce(group, part);
    compare("groups of ranks", merged, expected);
    dirichlet_estimator_destroy(merged);
    dirichlet_estimator_destroy(expected);
    dirichlet_estimator_destroy(part);
    MPI_Comm_free(&group);
}

int main(int argc, char **argv)
{
    size_t i;
    int status;
    stream_init(&argc, &argv);
    for (i = 0; i < sizeof streams / sizeof streams[0]; i++)
        test_blocks(&streams[i]);
    test_dealt(&streams[1]);
    test_dealt(&streams[4]);
    test_places_matter(&streams[1]);
    test_few_samples(&streams[1]);
    test_no_samples(&streams[2]);
    test_again(&streams[2]);
    test_groups(&streams[1]);
    status = checked("reduce");
    MPI_Finalize();
    return status;
}
