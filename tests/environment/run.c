#include "environment/run.h"

#include <stdlib.h>
#include <string.h>

void run_begin(struct run *run, const char *function)
{
    run->function = function;
    host_set(run->environment);
    run->host = host_read();
}

static void complain(struct run *run, long *count)
{
    (*count)++;
    if (run->complaint == NULL)
        run->complaint = run->function;
}

void run_end(struct run *run)
{
    const struct host host = host_read();
    if (!host_equal(&host, &run->host))
        complain(run, &run->changed);
    host_reset();
    run->called[run->called_count] = run->function;
    run->ends[run->called_count++] = run->size;
}

void run_inside(struct run *run)
{
    const struct host host = host_read();
    run->callbacks++;
    if (!host_equal(&host, &run->host))
        complain(run, &run->other_callback);
}

void run_keep(struct run *run, const void *data, size_t bytes)
{
    if (bytes > sizeof run->bytes - run->size)
        abort();
    memcpy(run->bytes + run->size, data, bytes);
    run->size += bytes;
}

void run_keep_status(struct run *run, dirichlet_status status)
{
    run_keep(run, &status, sizeof status);
    if (status == DIRICHLET_OK)
        return;
    run->refused++;
    run->last_refused = run->function;
}

static void *allocate(size_t size, void *user)
{
    struct run *run = user;
    run_inside(run);
    run->live++;
    return malloc(size);
}

static void release(void *pointer, size_t size, void *user)
{
    struct run *run = user;
    (void)size;
    run_inside(run);
    run->live--;
    free(pointer);
}

dirichlet_allocator run_allocator(struct run *run)
{
    return (dirichlet_allocator){sizeof(dirichlet_allocator), allocate, release, run};
}

static void run_random(struct run *run)
{
    const dirichlet_initialization_options options = {.struct_size = sizeof options, .scale = 0.7};
    const int64_t widths[] = {7, 5, 3};
    int64_t labels[] = {0, 1, 2, 0, 1, 2, 0, 1};
    int64_t changed = 0;
    double number = 0.0;
    run_begin(run, "dirichlet_initialization_variance");
    dirichlet_status status = dirichlet_initialization_variance(&options, 7, 3, &number, NULL);
    run_keep_status(run, status);
    run_keep(run, &number, sizeof number);
    run_end(run);
    run_begin(run, "dirichlet_expected_energy");
    status = dirichlet_expected_energy(&options, widths, 2, 0.1, &number, NULL);
    run_keep_status(run, status);
    run_keep(run, &number, sizeof number);
    run_end(run);
    run_begin(run, "dirichlet_noise_labels");
    status = dirichlet_noise_labels(1, 2, 3, 8, 3, 0.4, labels, &changed, NULL);
    run_keep_status(run, status);
    run_keep(run, &changed, sizeof changed);
    run_keep(run, labels, sizeof labels);
    run_end(run);
}

static void run_library(struct run *run)
{
    dirichlet_capabilities capabilities = {.struct_size = sizeof capabilities};
    run_begin(run, "dirichlet_describe_library");
    run_keep_status(run, dirichlet_describe_library(&capabilities));
    run_keep(run, &capabilities, sizeof capabilities);
    run_end(run);
}

void run_rest(struct run *run)
{
    run_random(run);
    run_library(run);
    run_begin(run, "dirichlet_version");
    const int32_t version = dirichlet_version();
    run_keep(run, &version, sizeof version);
    run_end(run);
    run_begin(run, "dirichlet_version_string");
    const char *text = dirichlet_version_string();
    run_keep(run, text, strlen(text));
    run_end(run);
    run_begin(run, "dirichlet_blas_name");
    text = dirichlet_blas_name();
    run_keep(run, text, strlen(text));
    run_end(run);
    run_begin(run, "dirichlet_blas_library");
    text = dirichlet_blas_library();
    run_keep(run, text, strlen(text));
    run_end(run);
    run_begin(run, "dirichlet_method_name");
    text = dirichlet_method_name(DIRICHLET_METHOD_EXACT);
    run_keep(run, text, strlen(text));
    run_end(run);
    run_begin(run, "dirichlet_check_item_name");
    text = dirichlet_check_item_name(DIRICHLET_CHECK_REPEAT);
    run_keep(run, text, strlen(text));
    run_end(run);
    run_begin(run, "dirichlet_callback_name");
    text = dirichlet_callback_name(DIRICHLET_CALLBACK_VJP);
    run_keep(run, text, strlen(text));
    run_end(run);
    run_begin(run, "dirichlet_status_string");
    text = dirichlet_status_string(DIRICHLET_E_RANGE);
    run_keep(run, text, strlen(text));
    run_end(run);
}
