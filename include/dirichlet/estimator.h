/* Measuring the geometric complexity
 *
 *     GC = sum_i w_i e_i / sum_i w_i,    e_i = ||J(x_i)||_F^2
 *
 * as a stream: create, update with batches, merge partial results, read the
 * result at any moment. Every value comes with its standard error.
 *
 * What the result depends on. Sums are kept exactly (in wide fixed-point
 * accumulators), and probes are drawn from a counter-based generator keyed by
 * (seed, sample index, probe index). So for given energies the result has the same
 * bits however the samples were cut into batches, and however partial results were
 * merged, on one machine or many; energies themselves are as reproducible as the
 * model's callbacks.
 */
#ifndef DIRICHLET_ESTIMATOR_H
#define DIRICHLET_ESTIMATOR_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/batch.h"
#include "dirichlet/export.h"
#include "dirichlet/memory.h"
#include "dirichlet/model.h"
#include "dirichlet/parallel.h"
#include "dirichlet/progress.h"
#include "dirichlet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the energy of one sample is found. With n = k on the VJP side and n = d on
 * the JVP side, A = J J^T or J^T J, and m products:
 *
 *   auto               with energies: exact if probes is 0 or at least 0.8 min(k, d) or ALL, or
 *                      if the model offers no products; with products: exact where the
 *                      cheaper side that has a callback needs at most 1.25 `probes` of
 *                      them; else, with n = min(k, d), hutchpp if jvp and vjp are there
 *                      and its largest relative variance, 1 / (2 s l) with s = floor(m/3)
 *                      and l = m - 2 s, is below that of orthogonal, 2 (n-m) / ((n+2) m)
 *                      (always with m = 16, with fewer from n = 11 to 19 on); else
 *                      orthogonal on the shorter side; with forward alone
 *                      finite_difference, along coordinates if d <= 1.25 `probes`
 *   exact              the model's energies, or k VJPs or d JVPs: the cheaper side
 *                      that has a callback
 *   rademacher         mean ||J^T u||^2, u of random signs;
 *                      variance 2 (||A||_F^2 - sum A_ii^2) / m
 *   sphere             u uniform on the sphere of radius sqrt(n);
 *                      variance 2n/(n+2) (||A||_F^2 - tr(A)^2/n) / m
 *   gaussian           u normal; variance 2 ||A||_F^2 / m; never the best choice
 *   orthogonal         n/m sum ||J^T q||^2, q a random (Haar) orthonormal frame,
 *                      m <= n; variance sphere's times (n-m)/(n-1): exact at m = n
 *   unit               n/m sum A_ii over m coordinates without replacement, m <= n;
 *                      exact at m = n
 *   hutchpp            one-sided Hutch++: floor(m/3) products find the dominant
 *                      directions Q of J, as many measure ||J Q||_F^2 exactly, the
 *                      rest probe what is left; needs jvp, vjp and m >= 3
 *   finite_difference  forward alone: central differences along all d coordinates
 *                      (probes >= d or ALL) or along m random sign vectors; 2d or 2m
 *                      forward evaluations a sample, one more for their errors, and on
 *                      some samples a few more for the noise (below)
 *
 * Probes take the VJP side where the model has vjp or product_norms, else the JVP
 * side; with auto the one with the shorter directions. All but finite_difference are
 * unbiased; that one has the error of central differences, O(step^2) plus rounding
 * noise, and states it.
 *
 * What finite_difference finds out by itself: on sample 0 and on one of each
 * ceil(1134 / 2m) others, drawn by (seed, index), so on every sample from 567 directions
 * on, the noise of the forward pass is measured, from a table of differences along a
 * random line (Hamming 1973; More and Wild, SIAM J. Sci. Comput. 33 (2011) 1292), and so is
 * what a step of an eighth would give. A noise that is not the type's, or a function
 * that the step is too long for, gets the step for which the error is least. All
 * other samples are believed to be so, but any of them whose differences disagree with
 * that (their second differences are too large, or all are 0) gets the same treatment and is
 * measured again. It all depends on the sample and its index alone, not on batches. Passes more:
 * at most 2 % where the noise is that of the type, if there are 700 passes or more; about
 * 1.0 (100 directions) to 2.6 (10) times as many below 567 directions where it is not, since no
 * sample may count on what another one showed. To give what was found (forward_noise of the
 * result for part of the samples) costs nothing. Points up to a quarter of the
 * inputs' scale away may be evaluated, where a NaN is fine. Nothing of it is done where
 * forward_noise or step is given. On the same samples, whatever is given, rows of a call
 * are looked at: if they turn out not to be independent (one scale for all rows of an int8
 * network, batch normalization in training mode), the update fails with COUPLED; a model
 * with max_samples = 1 has no such rows.
 *
 * Formulas: Hutchinson 1990; Meyer, Musco, Musco and Woodruff 2021 (Hutch++);
 * docs/guide/choosing.md. */
typedef int32_t dirichlet_method;
#define DIRICHLET_METHOD_AUTO 0
#define DIRICHLET_METHOD_EXACT 10
#define DIRICHLET_METHOD_RADEMACHER 20
#define DIRICHLET_METHOD_SPHERE 21
#define DIRICHLET_METHOD_GAUSSIAN 22
#define DIRICHLET_METHOD_ORTHOGONAL 30
#define DIRICHLET_METHOD_UNIT 31
#define DIRICHLET_METHOD_HUTCHPP 40
#define DIRICHLET_METHOD_FINITE_DIFFERENCE 50

/* Name of a method as above ("auto", "exact", ...); static; "unknown" for others. */
DIRICHLET_API const char *DIRICHLET_CALL dirichlet_method_name(dirichlet_method method);

/* What happens to a sample whose data or energy is NaN or infinite. */
#define DIRICHLET_NONFINITE_FAIL 0 /* the update fails; the message has the sample index */
#define DIRICHLET_NONFINITE_SKIP 1 /* it is left out and counted; its energy is NaN */

/* Why an estimator stopped taking samples. */
typedef int32_t dirichlet_stop_reason;
#define DIRICHLET_STOP_NONE 0       /* it did not: every sample given was used */
#define DIRICHLET_STOP_SAMPLES 10   /* max_samples were used */
#define DIRICHLET_STOP_TOLERANCE 20 /* the confidence interval is narrow enough */

typedef struct dirichlet_estimator_options {
    size_t struct_size;
    dirichlet_method method;
    int32_t on_nonfinite;
    /* Products per sample, m, 1 to 2^28. 0: DIRICHLET_DEFAULT_PROBES, or all n directions where
     * these are at most a quarter more. DIRICHLET_PROBES_ALL: all n, by which orthogonal, unit and
     * finite_difference are exact. Ignored by exact. With auto a quarter more than m may be spent
     * where that makes the energies exact. */
    int64_t probes;
    uint64_t seed;
    /* Index of the first sample, >= 0: give each part of a data set that is
     * measured in parts its own offset, so that no two samples share probes. */
    int64_t first_sample;
    /* Size of the finite population the samples are drawn from without replacement:
     * the data part of the error shrinks by sqrt(1 - samples / population), to zero
     * on a full pass. 0: the samples stand for a distribution (no correction). */
    int64_t population;
    /* Stop after so many samples; 0: no cap. */
    int64_t max_samples;
    /* Stop once half the confidence interval is at most tolerance * value; 0: never.
     * Samples must then come in random order. It is looked at when the number of
     * samples reaches min_samples (0: 512; at least 2) and then after every further
     * eighth, independently of the batches. */
    double tolerance;
    int64_t min_samples;
    /* Level of the confidence interval, in (0, 1); 0: 0.95. */
    double confidence;
    /* finite_difference only. Step h of (f(x + h v) - f(x - h v)) / (2 h), v a coordinate
     * or signs, as a multiple of max(1, ||x|| / sqrt(d)): how far each input moves. 0:
     * 0.4 cbrt(the noise below), or what was found to be better. Rounded to a power of two. */
    double step;
    /* Relative rounding noise of the forward pass. 0: measured, see above; taken for
     * the rest is the epsilon of the precision, or of float32 for a sample whose float64
     * outputs are all float32 values. Of a network that computes in half precision 1e-3,
     * in bfloat16 8e-3, in int8 4e-3 are good guesses. */
    double forward_noise;
    /* Groups of samples (classes, say) that are averaged for themselves too, 0 to 2^20; batch.h
     * says which sample is in which. Each takes 32 KiB. */
    int64_t groups;
    /* Budget of this handle's workspace; 0: DIRICHLET_DEFAULT_WORKSPACE_BYTES. The
     * model's own memory is not in it. Beside it a handle takes less than 64 KiB, its
     * groups, and an update that is asked for energies 16 bytes a sample. The lanes of `parallel`
     * are in it: there are no more of them than fit, beside a tile that is as large as without. */
    size_t workspace_bytes;
    const dirichlet_allocator *allocator; /* NULL: malloc and free; copied */
    const dirichlet_parallel *parallel;   /* NULL: the calling thread; copied */
    /* Called after every tile of an update with what has been seen, this update included;
     * cancelled, the update is undone. Of tiles that were measured at the same time it is told in
     * their order, after the last of them. NULL: not wanted. */
    dirichlet_progress_fn progress;
    void *progress_user;
    void *reserved; /* NULL */
} dirichlet_estimator_options;

typedef struct dirichlet_result {
    size_t struct_size; /* set by the caller; as much is filled in */
    double value;       /* sum w e / sum w */
    /* Standard error of the value and its parts, squared errors adding up:
     * data   by which samples were seen:  sum w^2 (e - value)^2 n/(n-1) / (sum w)^2,
     *        less what the probes contribute to that spread, and corrected for a
     *        finite population; NaN for a single sample
     * probes by which probes were drawn: within-sample variances, n/m of them; 0 for
     *        exact methods; NaN where a single probe a sample leaves it unknown (the
     *        data part then holds both, without the finite-population correction)
     * differences (the field is below) by noise and steps of finite differences; their bias,
     *        which is part of the value, is in it */
    double standard_error;
    double standard_error_data;
    double standard_error_probes;
    /* Confidence interval by Student's t; the lower end is never below 0. The part of the
     * differences enters by the normal quantile. */
    double confidence;
    double lower;
    double upper;
    int64_t samples; /* samples averaged, those of weight 0 included */
    int64_t skipped; /* non-finite samples left out */
    double weight_sum;
    double min_energy; /* smallest and largest per-sample estimate */
    double max_energy;
    /* Jacobian products spent: JVPs, VJPs, pairs of forward evaluations; energies
     * supplied by the model count as the min(k, d) products they replace. */
    int64_t products;
    /* finite_difference: estimated part of the value that is rounding noise (it is
     * not subtracted); 0 for all other methods. More is below. */
    double noise;
    dirichlet_method method; /* the one used: never auto */
    int32_t exact;           /* 1 if no probe error: the method found exact energies */
    dirichlet_stop_reason stop_reason;
    int32_t reserved; /* 0 */
    /* finite_difference; all of it 0 for other methods. The standard error's part by
     * differences: (noise + step_error)^2 + sum w^2 s^2 / (sum w)^2, s the error of a
     * sample that noise and kinks leave at random. With o = (f(x + h v) - f(x - h v)) / (2 h)
     * and e = (f(x + h v) - 2 f(x) + f(x - h v)) / (2 h), s^2 = (2 sum_v |o e|)^2, since kinks,
     * which noise may hide, pull all directions the same way, or 4 times the energy times the noise
     * of a direction, whichever is most. NaN, as are the standard error and the interval, for a
     * state that was serialized by version 0.1. */
    double standard_error_differences;
    /* What steps may have put the value off by: 4/3 of sum_v ||e||^2 beyond what noise
     * explains, with what a second step and the samples that were inspected show. */
    double step_error;
    double forward_noise; /* largest noise of an output, relative to the largest output */
    double min_step;      /* smallest and largest h, how far an input moved */
    double max_step;
} dirichlet_result;

typedef struct dirichlet_estimator dirichlet_estimator;

/* Make an estimator of `model` (copied; see model.h for what must outlive it).
 * options NULL: all defaults. *out is set to NULL first, to the handle on success.
 * All of the workspace is allocated here, nothing in later updates except what
 * dirichlet_estimator_options.workspace_bytes says.
 *
 * Errors: NULL, RANGE, CONSTANT, STRUCT_SIZE, OVERFLOW, MISSING_CALLBACK (the
 * message says which), WORKSPACE (error.least_bytes is the least budget), MEMORY. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_estimator_create_f64(
    const dirichlet_model_f64 *model, const dirichlet_estimator_options *options,
    dirichlet_estimator **out, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_estimator_create_f32(
    const dirichlet_model_f32 *model, const dirichlet_estimator_options *options,
    dirichlet_estimator **out, dirichlet_error *error);

/* Free the handle, nothing of the caller's. NULL is fine. */
DIRICHLET_API void DIRICHLET_CALL dirichlet_estimator_destroy(dirichlet_estimator *estimator);

/* Take `samples` >= 0 more samples.
 *
 * x         (n, d), not modified
 * weights   (n), finite and >= 0, or NULL for 1 each. They weigh samples (sampling
 *           or class weights); they are not repeat counts
 * energies  (n), or NULL: receives the estimate of every sample; untouched on error
 *           and beyond the sample at which the estimator stopped
 *
 * All or nothing: on error the estimator is as before the call. Once it has stopped
 * (dirichlet_estimator_stopped) further samples are ignored and the call succeeds.
 *
 * Errors: NULL, RANGE, PRECISION, OVERFLOW, MEMORY, NOT_FINITE, CALLBACK,
 * COUPLED (finite differences), CANCELLED, MISSING_CALLBACK (a deserialized estimator has no
 * model). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_estimator_update_f64(dirichlet_estimator *estimator, int64_t samples, const double *x,
                               const double *weights, double *energies);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_estimator_update_f32(dirichlet_estimator *estimator, int64_t samples, const float *x,
                               const double *weights, double *energies);

/* The same with all that a batch can say: row stride, weights, indices, groups, deviations.
 *
 * With indices the next sample index becomes one more than the largest of them, if that is more.
 * The rows of one call of the model's are then only such as stand next to each other with
 * consecutive indices, unless the model ignores them: shuffled batches of a model that looks at
 * `first` are measured row by row. Errors: also STRUCT_SIZE; SHAPE for a row_stride below d; RANGE
 * for a group that is not one of options.groups, or a negative index. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_estimator_update_batch_f64(
    dirichlet_estimator *estimator, const dirichlet_batch_f64 *batch);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_estimator_update_batch_f32(
    dirichlet_estimator *estimator, const dirichlet_batch_f32 *batch);

/* Add what `source` has seen to `estimator`, as if one had seen both: exact, in any
 * order, bit for bit. Both must agree in precision, sizes, method, seed, population and groups;
 * unless the method is exact, in probes; and for finite differences in step and forward_noise (else
 * MISMATCH; so do finite differences of version 0.1, whose errors are unknown, and those of this
 * one). They must have been given disjoint sample indices (not
 * checked). The next sample index becomes the larger of the two. Merging alone stops
 * no estimator. Errors: NULL, MISMATCH, OVERFLOW; RANGE if they are the same. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_estimator_merge(dirichlet_estimator *estimator, const dirichlet_estimator *source);

/* The result so far; the stream can go on. `result->struct_size` is the caller's.
 * Errors: NULL, STRUCT_SIZE, NO_DATA, NOISE (finite differences: noise and
 * step_error together are more than a quarter of the value). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_estimator_result(const dirichlet_estimator *estimator, dirichlet_result *result);

/* The same for one group, 0 <= group < options.groups: the weighted mean over its samples and its
 * error. The products and the reason to stop are those of all samples; there is no
 * finite-population correction, since nobody has said how large the group is. Errors: NULL,
 * STRUCT_SIZE, RANGE (group), NO_DATA, NOISE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_estimator_group_result(
    const dirichlet_estimator *estimator, int64_t group, dirichlet_result *result);

/* What an estimator is, live or from a serialized state. */
typedef struct dirichlet_estimator_description {
    size_t struct_size; /* set by the caller; as much is filled in */
    int64_t inputs;
    int64_t outputs;
    int64_t products_per_sample; /* see dirichlet_result.products */
    int64_t directions;          /* m: those that are drawn for each sample; 0: energies */
    int64_t first_sample;        /* as in the options */
    int64_t next_sample;         /* index of the next sample */
    int64_t population;
    int64_t groups;
    int64_t workspace_bytes; /* in use; 0 without a model */
    int64_t tile_samples;    /* that are measured at a time; 0 without a model */
    uint64_t seed;
    double confidence;
    double step; /* finite differences: as in the options */
    double forward_noise;
    dirichlet_method method; /* never auto */
    int32_t element_size;    /* 8 for _f64, 4 for _f32 */
    int32_t exact;           /* 1: the method finds exact energies */
    int32_t has_model;       /* 0: it was deserialized and cannot be updated */
    int32_t state_format;    /* of the bytes it came from, or that it would be written in */
    int32_t errors_unknown;  /* 1: finite differences of version 0.1, without their errors */
} dirichlet_estimator_description;

/* Errors: NULL, STRUCT_SIZE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_estimator_describe(
    const dirichlet_estimator *estimator, dirichlet_estimator_description *description);

/* 1 if the estimator takes no more samples (max_samples or tolerance), else 0. */
DIRICHLET_API int32_t DIRICHLET_CALL
dirichlet_estimator_stopped(const dirichlet_estimator *estimator);

/* Forget all samples; options, model and workspace stay. The next sample index is
 * options.first_sample again. Errors: NULL. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_estimator_reset(dirichlet_estimator *estimator);

/* Set the index of the next sample, >= 0. Errors: NULL, RANGE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_estimator_seek(dirichlet_estimator *estimator, int64_t sample_index);

/* A second handle with the same model, options and samples. Errors: NULL, MEMORY. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_estimator_clone(const dirichlet_estimator *estimator, dirichlet_estimator **out);

/* Write what has been seen, with the options it depends on, as bytes that any
 * machine can read, and any version of the library from 0.2 on whose format is not too old for
 * what is in them (docs/reference/abi.md). *size receives their number. buffer NULL: only that.
 * Fails with RANGE, buffer untouched, if capacity < *size. Equal states give equal bytes. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_estimator_serialize(
    const dirichlet_estimator *estimator, void *buffer, size_t capacity, size_t *size);

/* Make an estimator without a model from such bytes: it can give its result, be
 * merged, cloned and serialized, not updated. To go on measuring, merge it into a
 * live one. Nothing in the bytes is trusted. allocator NULL: malloc and free.
 * Errors: NULL, STRUCT_SIZE, CORRUPT, FORMAT, MEMORY. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_estimator_deserialize(
    const void *buffer, size_t size, const dirichlet_allocator *allocator,
    dirichlet_estimator **out, dirichlet_error *error);

/* What the last failed call on this handle found wrong, naming the argument; the
 * empty string if none failed yet. Valid until the next call on the handle. Calls
 * that take the handle const leave it as it is. */
DIRICHLET_API const char *DIRICHLET_CALL
dirichlet_estimator_message(const dirichlet_estimator *estimator);

/* All of that failure: *error, whose struct_size is the caller's, is as a call without a handle
 * would have written it; status 0 if none failed yet. Errors: NULL, STRUCT_SIZE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_estimator_last_error(const dirichlet_estimator *estimator, dirichlet_error *error);

/* All of the above in one call: create, update with n samples, result, destroy.
 * energies may be NULL. Errors: those of the three. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_measure_f64(const dirichlet_model_f64 *model, int64_t samples, const double *x,
                      const double *weights, const dirichlet_estimator_options *options,
                      dirichlet_result *result, double *energies, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_measure_f32(const dirichlet_model_f32 *model, int64_t samples, const float *x,
                      const double *weights, const dirichlet_estimator_options *options,
                      dirichlet_result *result, double *energies, dirichlet_error *error);

#ifdef __cplusplus
}
#endif

#endif
