// Package bare is a model in C, against which the overhead of one in Go is measured.
package bare

/*
#cgo pkg-config: dirichlet
#include <dirichlet/dirichlet.h>

static int32_t vjp(int64_t samples, int64_t directions, const double *x, const double *u,
                   double *jtu, void *user)
{
    (void)samples, (void)directions, (void)x, (void)user;
    jtu[0] = u[0];
    return 0;
}

static const dirichlet_model_f64 model = {
    .struct_size = sizeof model, .inputs = 1, .outputs = 1, .max_samples = 1, .vjp = vjp};

static const dirichlet_model_f64 *table(void)
{
    return &model;
}
*/
import "C"

import "unsafe"

// Table is a dirichlet_model_f64: f(x) = x, called for one sample at a time.
func Table() unsafe.Pointer { return unsafe.Pointer(C.table()) }
