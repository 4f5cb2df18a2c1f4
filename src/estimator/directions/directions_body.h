/* Directions to multiply by, drawn afresh for every sample; body for both precisions.
 * A direction depends on (seed, sample index, probe index) alone. E v v^T = I for each
 * kind, so that the mean of ||J^T v||^2 is ||J||_F^2. */
#ifndef DIRICHLET_ESTIMATOR_DIRECTIONS_BODY_H
#define DIRICHLET_ESTIMATOR_DIRECTIONS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/statistics/counter.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/estimator.h"
#include "estimator/directions/frame_body.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

static struct counter_stream stream_of(const struct dirichlet_estimator *estimator, int64_t sample,
                                       int64_t probe)
{
    const struct counter_stream stream = {estimator->options.seed, (uint64_t)sample,
                                          (uint32_t)probe};
    return stream;
}

#define NORMALS_AT_ONCE 256

static void draw_normals(const struct counter_stream *stream, int64_t size, real *direction)
{
    double batch[NORMALS_AT_ONCE];
    for (int64_t first = 0; first < size; first += NORMALS_AT_ONCE) {
        const int64_t count = size - first < NORMALS_AT_ONCE ? size - first : NORMALS_AT_ONCE;
        counter_normals(stream, first, count, batch);
        for (int64_t i = 0; i < count; i++)
            direction[first + i] = (real)batch[i];
    }
}

/* Short directions of `count` probes, several to a batch of blocks. */
static void draw_short_normals(struct counter_stream stream, int64_t count, int64_t size,
                               real *directions)
{
    double batch[NORMALS_AT_ONCE];
    const int64_t even = size + size % 2;
    const int64_t most = NORMALS_AT_ONCE / even;
    for (; count > 0; count -= most) {
        const int64_t some = count < most ? count : most;
        counter_normals_of_probes(&stream, some, even, batch);
        for (const double *from = batch; from < batch + some * even; from += even)
            for (int64_t i = 0; i < size; i++)
                *directions++ = (real)from[i];
        stream.probe += (uint32_t)some;
    }
}

/* The directions of the stream's probe and of the count - 1 next ones. */
static void draw_normal_rows(struct counter_stream stream, int64_t count, int64_t size,
                             real *directions)
{
    if (size <= NORMALS_AT_ONCE / 2) {
        draw_short_normals(stream, count, size, directions);
        return;
    }
    for (int64_t i = 0; i < count; i++, stream.probe++)
        draw_normals(&stream, size, directions + i * size);
}

/* To the sphere of radius sqrt(n). */
static void put_on_sphere(int64_t count, int64_t size, real *directions)
{
    for (real *v = directions; v < directions + count * size; v += size)
        scale_vector(v, sqrt((double)size / squared_norm(v, size)), size);
}

static void set_coordinate(int64_t size, int64_t coordinate, double value, real *direction)
{
    memset(direction, 0, (size_t)size * sizeof(real));
    direction[coordinate] = (real)value;
}

/* m orthonormal rows of length n, Haar-distributed: Gram-Schmidt of normal vectors. */
static void draw_frame(const struct dirichlet_estimator *estimator, int64_t sample, double *frame)
{
    const int64_t size = estimator->plan.direction_size;
    const bool together = size % 2 == 0;
    const struct counter_stream first = stream_of(estimator, sample, 0);
    if (together)
        counter_normals_of_probes(&first, estimator->plan.directions, size, frame);
    for (int64_t m = 0; m < estimator->plan.directions; m++) {
        const struct counter_stream stream = stream_of(estimator, sample, m);
        if (!together)
            counter_normals(&stream, 0, size, frame + m * size);
        extend_frame(frame, m, size);
    }
}

static bool contains(const int64_t *list, int64_t count, int64_t value)
{
    for (int64_t i = 0; i < count; i++)
        if (list[i] == value)
            return true;
    return false;
}

/* m of n coordinates without replacement (Floyd; Bentley, Programming Pearls, 1987). */
static void draw_coordinates(const struct dirichlet_estimator *estimator, int64_t sample,
                             int64_t *coordinates)
{
    const int64_t count = estimator->plan.directions;
    const int64_t first = estimator->plan.direction_size - count;
    for (int64_t i = 0; i < count; i++) {
        const struct counter_stream stream = stream_of(estimator, sample, i);
        const int64_t drawn = (int64_t)counter_below(&stream, 0, (uint64_t)(first + i + 1));
        coordinates[i] = contains(coordinates, i, drawn) ? first + i : drawn;
    }
}

/* What the directions of one sample have in common. */
static void prepare_directions(struct dirichlet_estimator *estimator, int64_t row,
                               const void *unused)
{
    const int64_t sample = tile_sample(&estimator->tile, row);
    const struct plan *plan = &estimator->plan;
    const struct workspace *w = &estimator->workspace;
    (void)unused;
    if (plan->method == DIRICHLET_METHOD_ORTHOGONAL)
        draw_frame(estimator, sample, w->frames + row * plan->directions * plan->direction_size);
    if (plan->method == DIRICHLET_METHOD_UNIT)
        draw_coordinates(estimator, sample, w->coordinates + row * plan->directions);
}

/* About what an entry of a direction takes to be drawn, in nanoseconds. */
static double draw_time(const struct plan *plan)
{
    const bool normal =
        plan->method == DIRICHLET_METHOD_SPHERE || plan->method == DIRICHLET_METHOD_GAUSSIAN;
    return normal ? 2.0 : 0.2;
}

/* The same of a sample's frame: its entries, drawn and taken off each other twice. */
static double frame_time(const struct plan *plan)
{
    const double count = (double)plan->directions;
    const double length = (double)plan->direction_size;
    return plan->method == DIRICHLET_METHOD_ORTHOGONAL ? count * length * (2.0 + 0.5 * count)
                                                       : 10.0 * count;
}

static void copy_frame_vector(const struct dirichlet_estimator *estimator, int64_t row,
                              int64_t probe, real *direction)
{
    const int64_t size = estimator->plan.direction_size;
    const double *vector =
        estimator->workspace.frames + (row * estimator->plan.directions + probe) * size;
    const double radius = sqrt((double)size);
    for (int64_t i = 0; i < size; i++)
        direction[i] = (real)(radius * vector[i]);
}

/* Direction `probe` of the sample in row `row` of the tile, by a method that draws them singly. */
static void draw_direction(struct dirichlet_estimator *estimator, int64_t row, int64_t sample,
                           int64_t probe, real *direction)
{
    const struct plan *plan = &estimator->plan;
    const int64_t size = plan->direction_size;
    const struct counter_stream stream = stream_of(estimator, sample, probe);
    switch (plan->method) {
    case DIRICHLET_METHOD_EXACT: set_coordinate(size, probe, 1.0, direction); break;
    case DIRICHLET_METHOD_FINITE_DIFFERENCE:
        if (plan->directions == size)
            set_coordinate(size, probe, 1.0, direction);
        else
            draw_signs(&stream, size, direction);
        break;
    case DIRICHLET_METHOD_ORTHOGONAL: copy_frame_vector(estimator, row, probe, direction); break;
    case DIRICHLET_METHOD_UNIT:
        set_coordinate(size, estimator->workspace.coordinates[row * plan->directions + probe],
                       sqrt((double)size), direction);
        break;
    default: draw_signs(&stream, size, direction); break;
    }
}

/* Directions first .. first + count - 1 of the sample. */
static void draw_directions(struct dirichlet_estimator *estimator, int64_t row, int64_t sample,
                            int64_t first, int64_t count, real *directions)
{
    const int64_t size = estimator->plan.direction_size;
    const int32_t method = estimator->plan.method;
    if (method == DIRICHLET_METHOD_SPHERE || method == DIRICHLET_METHOD_GAUSSIAN) {
        draw_normal_rows(stream_of(estimator, sample, first), count, size, directions);
        if (method == DIRICHLET_METHOD_SPHERE)
            put_on_sphere(count, size, directions);
        return;
    }
    for (int64_t i = 0; i < count; i++)
        draw_direction(estimator, row, sample, first + i, directions + i * size);
}

#endif
