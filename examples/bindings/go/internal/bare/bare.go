// Package bare is a model in C and a loop in C over it, against which the overhead of those in
// Go is measured.
package bare

/*
#cgo pkg-config: dirichlet
#include <dirichlet/dirichlet.h>

static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *u, double *jtu, void *user)
{
    (void)first, (void)samples, (void)directions, (void)x, (void)user;
    jtu[0] = u[0];
    return 0;
}

static const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                          .inputs = 1,
                                          .outputs = 1,
                                          .max_samples = 1,
                                          .ignores_first = 1,
                                          .vjp = vjp};

static const dirichlet_model_f64 *table(void)
{
    return &model;
}

static dirichlet_status loop(int64_t updates, double *value)
{
    const double x = 0.5;
    dirichlet_estimator *estimator = NULL;
    dirichlet_result gc = {.struct_size = sizeof gc};
    dirichlet_status status = dirichlet_estimator_create_f64(&model, NULL, &estimator, NULL);
    for (int64_t i = 0; i < updates && status == DIRICHLET_OK; i++)
        status = dirichlet_estimator_update_f64(estimator, 1, &x, NULL, NULL);
    if (status == DIRICHLET_OK)
        status = dirichlet_estimator_result(estimator, &gc);
    dirichlet_estimator_destroy(estimator);
    *value = gc.value;
    return status;
}
*/
import "C"

import "unsafe"

// Table is a dirichlet_model_f64: f(x) = x, called for one sample at a time.
func Table() unsafe.Pointer { return unsafe.Pointer(C.table()) }

// Loop makes so many updates of one sample, and returns the status and the complexity.
func Loop(updates int) (int, float64) {
	var value C.double
	status := C.loop(C.int64_t(updates), &value)
	return int(status), float64(value)
}
