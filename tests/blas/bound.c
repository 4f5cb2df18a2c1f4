#include "blas/bound.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 50 /* not so narrow that no BLAS is asked */
#define ROWS 40

/* y = W x with W_ij = i + 1 if j <= i else -1, x = (1, 2, ...): sums known in closed form. */
static double expected(int row)
{
    const double below = (row + 1) * (row + 2) / 2.0;
    const double all = WIDTH * (WIDTH + 1) / 2.0;
    return (row + 1) * below - (all - below);
}

static bool products_are_right(const struct library *library, dirichlet_dense_f64 *network)
{
    double x[ROWS * WIDTH];
    double y[ROWS * WIDTH];
    bool right = true;
    for (int j = 0; j < ROWS * WIDTH; j++)
        x[j] = 1.0 + j % WIDTH;
    memset(y, 0, sizeof y);
    if (library->forward(network, ROWS, x, y) != DIRICHLET_OK)
        return false;
    for (int i = 0; i < ROWS * WIDTH; i++)
        right = right && fabs(y[i] - expected(i % WIDTH)) <= 1e-12;
    return right;
}

static const char *outcome(const struct library *library)
{
    double weights[WIDTH * WIDTH];
    dirichlet_error error = {.struct_size = sizeof error};
    dirichlet_dense_f64 *network = NULL;
    for (int i = 0; i < WIDTH; i++)
        for (int j = 0; j < WIDTH; j++)
            weights[i * WIDTH + j] = j <= i ? i + 1.0 : -1.0;
    const dirichlet_dense_layer_f64 layer = {.struct_size = sizeof layer,
                                             .inputs = WIDTH,
                                             .outputs = WIDTH,
                                             .weights = weights,
                                             .output_stride = WIDTH,
                                             .input_stride = 1};
    const dirichlet_status status = library->create(&layer, 1, NULL, &network, &error);
    if (status == DIRICHLET_E_BLAS_WIDTH)
        printf("refused: %s\n", error.message);
    if (status != DIRICHLET_OK)
        return status == DIRICHLET_E_BLAS_WIDTH ? "refused" : "failed";
    const bool right = products_are_right(library, network);
    library->destroy(network);
    return right ? "right" : "fake";
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    const size_t part = strlen(end);
    if (strcmp(end, "-") == 0)
        return length == 0;
    return length >= part && strcmp(text + length - part, end) == 0;
}

bool bound_as_expected(const struct library *library, char **argv)
{
    const char *seen = outcome(library);
    const char *name = library->blas_name();
    const char *file = library->blas_library();
    printf("name    %s\nlibrary %s\nproducts %s\n", name, file, seen);
    return strcmp(name, argv[1]) == 0 && ends_with(file, argv[2]) && strcmp(seen, argv[3]) == 0;
}
