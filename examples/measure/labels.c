#include "labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

static int take(const char *path, const struct array *array, int64_t samples, int64_t outputs,
                struct labels *labels, struct problem *problem)
{
    const int64_t classes = outputs == 1 ? 2 : outputs;
    if (array->inputs != 1 || array->samples != samples)
        return problem_set(
            problem, "--labels: %s: %lld rows of %lld numbers; %lld samples have one class each",
            path, (long long)array->samples, (long long)array->inputs, (long long)samples);
    labels->classes = malloc((size_t)samples * sizeof *labels->classes);
    if (labels->classes == NULL)
        return problem_no_memory(problem, path);
    labels->class_count = classes;
    for (int64_t i = 0; i < samples; i++) {
        const double label = array_at(array, i);
        if (!(label >= 0.0 && label < (double)classes && label == floor(label)))
            return problem_set(problem,
                               "--labels: %s: label %lld is %g, not a whole number of 0 to "
                               "%lld",
                               path, (long long)i, label, (long long)classes - 1);
        labels->classes[i] = (int64_t)label;
    }
    return 0;
}

int labels_read(const char *path, int64_t samples, int64_t outputs, struct labels *labels,
                struct problem *problem)
{
    struct array array;
    memset(labels, 0, sizeof *labels);
    if (array_read(path, &array, problem) != 0)
        return -1;
    const int result = take(path, &array, samples, outputs, labels, problem);
    array_free(&array);
    if (result != 0)
        labels_free(labels);
    return result;
}

void labels_free(struct labels *labels)
{
    free(labels->classes);
    memset(labels, 0, sizeof *labels);
}
