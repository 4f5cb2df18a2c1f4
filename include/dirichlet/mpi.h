/* Estimators of many processes reduced to one, by MPI.
 *
 * For programs that use MPI themselves, so dirichlet.h does not include it: everything here is
 * static, nothing is in the library, which knows no MPI. C99 and C++98; any MPI from 2.0 on.
 *
 *     status = dirichlet_estimator_update_f32(estimator, n, my_share_of_x, NULL, NULL);
 *     status = dirichlet_mpi_allreduce(comm, status, estimator, &all, &error);
 *     if (status == DIRICHLET_OK)
 *         status = dirichlet_estimator_result(all, &gc);
 *
 * The states are gathered and merged in the order of the ranks, by each rank for itself. Merging
 * is exact (estimator.h), so all ranks get the same bits, those that one process would have got
 * that had seen all samples under the same indices: as many ranks as you like, with as many
 * samples each as you like, or none.
 *
 * Probes are keyed by the sample's index in the whole data set. Give each rank the index of its
 * first sample (dirichlet_estimator_options.first_sample; dirichlet_estimator_seek before each
 * part, where it has several), or ranks draw the same probes for different samples.
 *
 * The population, if there is one, is that of the whole data set on every rank. max_samples and
 * tolerance look at a rank's own samples: to stop together, look at the merged result.
 *
 * Energies are as reproducible as the model's callbacks. Where those depend in their last bits
 * on which samples come together, as a CBLAS does, cut the data into batches first and give whole
 * batches to the ranks. */
#ifndef DIRICHLET_MPI_H
#define DIRICHLET_MPI_H

#include <limits.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "dirichlet/status.h"

/* Make *merged, on every rank of `comm`, an estimator of all that the ranks' estimators have seen.
 * All ranks of `comm` must call it, one call at a time, as with any collective function of MPI.
 *
 * comm       an intracommunicator
 * status     DIRICHLET_OK, or what this rank failed with before: its creation of the estimator,
 *            an update, or something of its own (any value but DIRICHLET_OK). The call then
 *            fails on all ranks, instead of those without a failure waiting for ever
 * estimator  only read, so the stream can go on and be reduced again. It may be empty. It may be
 *            NULL where status is not DIRICHLET_OK
 * merged     receives NULL first, the new handle on success. It is as if made by
 *            dirichlet_estimator_deserialize: it gives the result and has no model. What
 *            merging does not change (stop reason, level of confidence) is rank 0's.
 *            To be destroyed by the caller
 * error      on return why the call failed, with the callback_code, sample and least_bytes of the
 *            rank at fault; NULL: not wanted. Before the call, of a rank that brings a failure and
 *            no estimator: all of that, as dirichlet_estimator_create leaves it there
 *
 * On error all ranks return the same status, and the same error, whose message names the rank at
 * fault; of several, the first. Beside the ranks' states nothing is allocated but a few bytes a
 * rank.
 *
 * Errors: the `status` of a rank that brought one, with what its estimator says of it; NULL
 * (estimator or merged); STRUCT_SIZE (error, which is then left alone); MISMATCH (see
 * dirichlet_estimator_merge); MEMORY; OVERFLOW (also if all states together are beyond INT_MAX
 * bytes); FORMAT and CORRUPT (ranks with different versions of the library). Not agreed on, but
 * this rank's alone: NULL, RANGE and MPI if `comm` cannot be used (MPI_COMM_NULL, an
 * intercommunicator, MPI not running), and MPI if a function of MPI failed and the communicator's
 * error handler returns; the default one ends the program. */
static inline dirichlet_status dirichlet_mpi_allreduce(MPI_Comm comm, dirichlet_status status,
                                                       const dirichlet_estimator *estimator,
                                                       dirichlet_estimator **merged,
                                                       dirichlet_error *error);

/* From here on: how it is done, not for callers. */

struct dirichlet_mpi_reduction {
    MPI_Comm comm;
    int rank;
    int ranks;
    int at_fault;
    dirichlet_error error; /* of this rank; of all of them after dirichlet_mpi_agree */
    unsigned char *own;    /* this rank's state */
    int own_size;
    int *sizes;            /* (ranks) bytes of every rank's state */
    int *places;           /* (ranks) where it begins in `states` */
    unsigned char *states; /* of all ranks, in their order */
    dirichlet_estimator *merged;
};

/* Nothing but a status: no number, no message. */
static inline void dirichlet_mpi_set(dirichlet_error *error, dirichlet_status status)
{
    memset(error, 0, sizeof *error);
    error->struct_size = sizeof *error;
    error->status = status;
    error->sample = -1;
}

/* The text as the message, cut where it is too long. */
static inline void dirichlet_mpi_say(dirichlet_error *error, const char *text)
{
    size_t length = strlen(text);
    if (length > sizeof error->message - 1)
        length = sizeof error->message - 1;
    memcpy(error->message, text, length);
    error->message[length] = '\0';
}

static inline dirichlet_status dirichlet_mpi_fail(struct dirichlet_mpi_reduction *reduction,
                                                  dirichlet_status status, int at_fault,
                                                  const char *text)
{
    dirichlet_mpi_set(&reduction->error, status);
    reduction->at_fault = at_fault;
    dirichlet_mpi_say(&reduction->error, text);
    return status;
}

/* A failure that lies in this rank. */
static inline dirichlet_status dirichlet_mpi_fail_here(struct dirichlet_mpi_reduction *reduction,
                                                       dirichlet_status status, const char *text)
{
    return dirichlet_mpi_fail(reduction, status, reduction->rank, text);
}

/* Rank `first` gives its error to all others. The numbers one by one: ranks may differ in how they
 * are stored. */
static inline int dirichlet_mpi_spread(struct dirichlet_mpi_reduction *reduction, int first)
{
    dirichlet_error *error = &reduction->error;
    int head[3];
    long long numbers[2];
    head[0] = error->status;
    head[1] = reduction->at_fault;
    head[2] = error->callback_code;
    numbers[0] = error->sample;
    numbers[1] = (long long)error->least_bytes;
    if (MPI_Bcast(head, 3, MPI_INT, first, reduction->comm) != MPI_SUCCESS ||
        MPI_Bcast(numbers, 2, MPI_LONG_LONG, first, reduction->comm) != MPI_SUCCESS ||
        MPI_Bcast(error->message, (int)sizeof error->message, MPI_CHAR, first, reduction->comm) !=
            MPI_SUCCESS)
        return 0;
    error->status = head[0];
    reduction->at_fault = head[1];
    error->callback_code = head[2];
    error->sample = numbers[0];
    error->least_bytes = (uint64_t)numbers[1];
    return 1;
}

/* Let all ranks have the failure of the first rank that has one; OK if none has. Every step that
 * may fail on some of the ranks is followed by this, before the next one that needs them all. */
static inline dirichlet_status dirichlet_mpi_agree(struct dirichlet_mpi_reduction *reduction)
{
    int mine = reduction->error.status == DIRICHLET_OK ? reduction->ranks : reduction->rank;
    int first = mine;
    if (MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, reduction->comm) != MPI_SUCCESS)
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_MPI, "MPI_Allreduce failed");
    if (first == reduction->ranks)
        return DIRICHLET_OK;
    if (!dirichlet_mpi_spread(reduction, first))
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_MPI, "MPI_Bcast failed");
    return reduction->error.status;
}

/* Where each of `count` states begins if they lie one after the other; the bytes of all, or -1
 * if MPI could not count them. */
static inline int dirichlet_mpi_place(const int *sizes, int count, int *places)
{
    int total = 0;
    int i;
    for (i = 0; i < count; i++) {
        places[i] = total;
        if (sizes[i] > INT_MAX - total)
            return -1;
        total += sizes[i];
    }
    return total;
}

/* This rank's state as bytes, and room for the ranks' sizes. */
static inline dirichlet_status dirichlet_mpi_serialize(struct dirichlet_mpi_reduction *reduction,
                                                       const dirichlet_estimator *estimator)
{
    const size_t ints = (size_t)reduction->ranks * sizeof(int);
    size_t size = 0;
    dirichlet_status status = dirichlet_estimator_serialize(estimator, NULL, 0, &size);
    if (status != DIRICHLET_OK)
        return dirichlet_mpi_fail_here(reduction, status, dirichlet_status_string(status));
    if (size > INT_MAX)
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_OVERFLOW,
                                       "its state is beyond INT_MAX bytes");
    reduction->own = (unsigned char *)malloc(size);
    reduction->sizes = (int *)malloc(ints);
    reduction->places = (int *)malloc(ints);
    if (reduction->own == NULL || reduction->sizes == NULL || reduction->places == NULL)
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_MEMORY, "no memory for its state");
    reduction->own_size = (int)size;
    status = dirichlet_estimator_serialize(estimator, reduction->own, size, &size);
    if (status != DIRICHLET_OK)
        return dirichlet_mpi_fail_here(reduction, status, dirichlet_status_string(status));
    return DIRICHLET_OK;
}

/* Why this rank failed before with `status`: the estimator knows, unless the failure is another one
 * than its last, or, where there is none, the caller. */
static inline dirichlet_status dirichlet_mpi_fail_before(struct dirichlet_mpi_reduction *reduction,
                                                         dirichlet_status status,
                                                         const dirichlet_estimator *estimator,
                                                         const dirichlet_error *error)
{
    dirichlet_error cause;
    dirichlet_mpi_set(&cause, status);
    if (estimator == NULL && error != NULL)
        cause = *error;
    else if (estimator != NULL)
        (void)dirichlet_estimator_last_error(estimator, &cause);
    if ((estimator != NULL && cause.status != status) ||
        memchr(cause.message, '\0', sizeof cause.message) == NULL)
        dirichlet_mpi_set(&cause, status);
    if (cause.message[0] == '\0')
        dirichlet_mpi_say(&cause, dirichlet_status_string(status));
    cause.status = status;
    reduction->error = cause;
    reduction->at_fault = reduction->rank;
    return status;
}

static inline dirichlet_status dirichlet_mpi_prepare(struct dirichlet_mpi_reduction *reduction,
                                                     dirichlet_status status,
                                                     const dirichlet_estimator *estimator,
                                                     dirichlet_estimator **merged,
                                                     const dirichlet_error *error)
{
    if (error != NULL && error->struct_size < sizeof *error)
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_STRUCT_SIZE,
                                       "error.struct_size is too small");
    if (status != DIRICHLET_OK)
        return dirichlet_mpi_fail_before(reduction, status, estimator, error);
    if (estimator == NULL)
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_NULL, "estimator is NULL");
    if (merged == NULL)
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_NULL, "merged is NULL");
    return dirichlet_mpi_serialize(reduction, estimator);
}

/* Every rank's state to every rank. */
static inline dirichlet_status dirichlet_mpi_exchange(struct dirichlet_mpi_reduction *reduction)
{
    int total;
    if (MPI_Allgather(&reduction->own_size, 1, MPI_INT, reduction->sizes, 1, MPI_INT,
                      reduction->comm) != MPI_SUCCESS)
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_MPI, "MPI_Allgather failed");
    total = dirichlet_mpi_place(reduction->sizes, reduction->ranks, reduction->places);
    if (total >= 0)
        reduction->states = (unsigned char *)malloc((size_t)total);
    if (total < 0)
        dirichlet_mpi_fail_here(reduction, DIRICHLET_E_OVERFLOW,
                                "the states of all ranks together are beyond INT_MAX bytes");
    else if (reduction->states == NULL)
        dirichlet_mpi_fail_here(reduction, DIRICHLET_E_MEMORY,
                                "no memory for the states of all ranks");
    if (dirichlet_mpi_agree(reduction) != DIRICHLET_OK)
        return reduction->error.status;
    if (MPI_Allgatherv(reduction->own, reduction->own_size, MPI_BYTE, reduction->states,
                       reduction->sizes, reduction->places, MPI_BYTE,
                       reduction->comm) != MPI_SUCCESS)
        return dirichlet_mpi_fail_here(reduction, DIRICHLET_E_MPI, "MPI_Allgatherv failed");
    return DIRICHLET_OK;
}

/* Merge the state of `rank` into those before it. */
static inline dirichlet_status dirichlet_mpi_merge_one(struct dirichlet_mpi_reduction *reduction,
                                                       int rank)
{
    dirichlet_estimator *next = NULL;
    char text[2 * DIRICHLET_MESSAGE_SIZE];
    dirichlet_error error;
    dirichlet_status status;
    dirichlet_mpi_set(&error, DIRICHLET_OK);
    status = dirichlet_estimator_deserialize(reduction->states + reduction->places[rank],
                                             (size_t)reduction->sizes[rank], NULL, &next, &error);
    if (status != DIRICHLET_OK) /* memory is short here, damage is the sender's */
        return dirichlet_mpi_fail(reduction, status,
                                  status == DIRICHLET_E_MEMORY ? reduction->rank : rank,
                                  error.message);
    if (reduction->merged == NULL) {
        reduction->merged = next;
        return DIRICHLET_OK;
    }
    status = dirichlet_estimator_merge(reduction->merged, next);
    dirichlet_estimator_destroy(next);
    if (status == DIRICHLET_OK)
        return DIRICHLET_OK;
    snprintf(text, sizeof text, "does not merge with the ranks before it: %s",
             dirichlet_estimator_message(reduction->merged));
    return dirichlet_mpi_fail(reduction, status, rank, text);
}

static inline dirichlet_status dirichlet_mpi_run(struct dirichlet_mpi_reduction *reduction)
{
    int rank;
    if (dirichlet_mpi_agree(reduction) != DIRICHLET_OK ||
        dirichlet_mpi_exchange(reduction) != DIRICHLET_OK)
        return reduction->error.status;
    for (rank = 0; rank < reduction->ranks && reduction->error.status == DIRICHLET_OK; rank++)
        dirichlet_mpi_merge_one(reduction, rank);
    return dirichlet_mpi_agree(reduction);
}

/* Whether MPI and the communicator can be used at all: if not, no rank is named. */
static inline dirichlet_status dirichlet_mpi_start(struct dirichlet_mpi_reduction *reduction)
{
    int running = 0;
    int ended = 0;
    int inter = 0;
    if (MPI_Initialized(&running) != MPI_SUCCESS || !running ||
        MPI_Finalized(&ended) != MPI_SUCCESS || ended)
        return dirichlet_mpi_fail(reduction, DIRICHLET_E_MPI, -1, "MPI is not running");
    if (reduction->comm == MPI_COMM_NULL)
        return dirichlet_mpi_fail(reduction, DIRICHLET_E_NULL, -1, "comm is MPI_COMM_NULL");
    if (MPI_Comm_test_inter(reduction->comm, &inter) != MPI_SUCCESS ||
        MPI_Comm_rank(reduction->comm, &reduction->rank) != MPI_SUCCESS ||
        MPI_Comm_size(reduction->comm, &reduction->ranks) != MPI_SUCCESS)
        return dirichlet_mpi_fail(reduction, DIRICHLET_E_MPI, -1, "comm cannot be used");
    if (inter)
        return dirichlet_mpi_fail(reduction, DIRICHLET_E_RANGE, -1, "comm is an intercommunicator");
    return DIRICHLET_OK;
}

/* The error for the caller. What a newer struct has behind
 * these fields is left as it was. */
static inline void dirichlet_mpi_tell(const struct dirichlet_mpi_reduction *reduction,
                                      dirichlet_error *error)
{
    char line[DIRICHLET_MESSAGE_SIZE + 32];
    size_t size;
    if (error == NULL || error->struct_size < sizeof *error)
        return;
    size = error->struct_size;
    *error = reduction->error;
    error->struct_size = size;
    if (reduction->error.status == DIRICHLET_OK || reduction->at_fault < 0)
        return;
    snprintf(line, sizeof line, "rank %d: %s", reduction->at_fault, reduction->error.message);
    dirichlet_mpi_say(error, line);
}

static inline dirichlet_status dirichlet_mpi_allreduce(MPI_Comm comm, dirichlet_status status,
                                                       const dirichlet_estimator *estimator,
                                                       dirichlet_estimator **merged,
                                                       dirichlet_error *error)
{
    struct dirichlet_mpi_reduction reduction;
    memset(&reduction, 0, sizeof reduction);
    dirichlet_mpi_set(&reduction.error, DIRICHLET_OK);
    reduction.comm = comm;
    if (merged != NULL)
        *merged = NULL;
    if (dirichlet_mpi_start(&reduction) == DIRICHLET_OK) {
        dirichlet_mpi_prepare(&reduction, status, estimator, merged, error);
        dirichlet_mpi_run(&reduction);
    }
    free(reduction.own);
    free(reduction.sizes);
    free(reduction.places);
    free(reduction.states);
    if (reduction.error.status == DIRICHLET_OK)
        *merged = reduction.merged;
    else
        dirichlet_estimator_destroy(reduction.merged);
    dirichlet_mpi_tell(&reduction, error);
    return reduction.error.status;
}

#endif
