// Package dirichlet measures the geometric complexity
//
//	GC = (1/|D|) sum over x in D of ||df/dx (x)||_F^2
//
// of a model made of Go functions or of a dense network, through libdirichlet.
package dirichlet

/*
#cgo pkg-config: dirichlet
#include <dirichlet/dirichlet.h>
#include <stdlib.h>

// Callbacks are the same C function for every model; user is a cgo.Handle.
int32_t dirichletGoForward(int64_t samples, double *x, double *y, uintptr_t user);
int32_t dirichletGoJVP(int64_t samples, int64_t directions, double *x, double *v, double *out,
                       uintptr_t user);
int32_t dirichletGoVJP(int64_t samples, int64_t directions, double *x, double *u, double *out,
                       uintptr_t user);

// Exported Go functions know no const and no void pointer that holds a number.
static int32_t call_forward(int64_t samples, const double *x, double *y, void *user)
{
    return dirichletGoForward(samples, (double *)x, y, (uintptr_t)user);
}

static int32_t call_jvp(int64_t samples, int64_t directions, const double *x, const double *v,
                        double *out, void *user)
{
    return dirichletGoJVP(samples, directions, (double *)x, (double *)v, out, (uintptr_t)user);
}

static int32_t call_vjp(int64_t samples, int64_t directions, const double *x, const double *u,
                        double *out, void *user)
{
    return dirichletGoVJP(samples, directions, (double *)x, (double *)u, out, (uintptr_t)user);
}

enum { HAS_FORWARD = 1, HAS_JVP = 2, HAS_VJP = 4 };

static dirichlet_status create(int64_t inputs, int64_t outputs, int callbacks, uintptr_t user,
                               const dirichlet_estimator_options *options,
                               dirichlet_estimator **out, char *message)
{
    dirichlet_model_f64 model = {sizeof model, inputs, outputs, 0, 0, 0, 0, 0, 0, 0, (void *)user};
    if (callbacks & HAS_FORWARD)
        model.forward = call_forward;
    if (callbacks & HAS_JVP)
        model.jvp = call_jvp;
    if (callbacks & HAS_VJP)
        model.vjp = call_vjp;
    return dirichlet_estimator_create_f64(&model, options, out, message, DIRICHLET_MESSAGE_SIZE);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime/cgo"
	"unsafe"
)

// Methods of Options; see estimator.h.
const (
	Auto             = C.DIRICHLET_METHOD_AUTO
	Exact            = C.DIRICHLET_METHOD_EXACT
	Rademacher       = C.DIRICHLET_METHOD_RADEMACHER
	Sphere           = C.DIRICHLET_METHOD_SPHERE
	Hutchpp          = C.DIRICHLET_METHOD_HUTCHPP
	FiniteDifference = C.DIRICHLET_METHOD_FINITE_DIFFERENCE
)

// Statuses that programs ask for.
const (
	StatusMissingCallback = C.DIRICHLET_E_MISSING_CALLBACK
	StatusCallback        = C.DIRICHLET_E_CALLBACK
)

// Error is a failed call. Unwrap gives the error of the callback that failed, if one did.
type Error struct {
	Status  int
	Message string
	cause   error
}

func (e *Error) Error() string { return fmt.Sprintf("%s (status %d)", e.Message, e.Status) }

func (e *Error) Unwrap() error { return e.cause }

// Options of an estimator; zero means the default.
type Options struct {
	Method      int
	Probes      int64
	Seed        uint64
	FirstSample int64
	Population  int64
	MaxSamples  int64
	Tolerance   float64
	Confidence  float64
}

// Complexity is what an estimator has found.
type Complexity struct {
	Value, StandardError                   float64
	StandardErrorData, StandardErrorProbes float64
	Lower, Upper                           float64
	Samples, Products                      int64
	Exact                                  bool
}

// Estimator takes samples and knows their geometric complexity. Close it after use.
type Estimator struct {
	handle *C.dirichlet_estimator
	user   cgo.Handle
	model  *Model // nil: made from bytes
	inputs int
}

func (o Options) table() C.dirichlet_estimator_options {
	var table C.dirichlet_estimator_options
	table.struct_size = C.size_t(unsafe.Sizeof(table))
	table.method = C.dirichlet_method(o.Method)
	table.probes = C.int64_t(o.Probes)
	table.seed = C.uint64_t(o.Seed)
	table.first_sample = C.int64_t(o.FirstSample)
	table.population = C.int64_t(o.Population)
	table.max_samples = C.int64_t(o.MaxSamples)
	table.tolerance = C.double(o.Tolerance)
	table.confidence = C.double(o.Confidence)
	return table
}

// NewEstimator of a model; C keeps nothing of Go's but a number that stands for the model.
func NewEstimator(model *Model, options Options) (*Estimator, error) {
	var message [C.DIRICHLET_MESSAGE_SIZE]C.char
	estimator := &Estimator{model: model, inputs: model.Inputs}
	estimator.user = cgo.NewHandle(model)
	table := options.table()
	status := C.create(C.int64_t(model.Inputs), C.int64_t(model.Outputs), model.callbacks(),
		C.uintptr_t(estimator.user), &table, &estimator.handle, &message[0])
	if status != C.DIRICHLET_OK {
		estimator.user.Delete()
		return nil, &Error{Status: int(status), Message: C.GoString(&message[0])}
	}
	return estimator, nil
}

// Deserialize bytes of Serialize: the estimator can be merged and read, not updated.
func Deserialize(bytes []byte) (*Estimator, error) {
	var message [C.DIRICHLET_MESSAGE_SIZE]C.char
	if len(bytes) == 0 {
		return nil, errors.New("no bytes")
	}
	estimator := &Estimator{}
	status := C.dirichlet_estimator_deserialize(unsafe.Pointer(&bytes[0]), C.size_t(len(bytes)),
		nil, &estimator.handle, &message[0], C.DIRICHLET_MESSAGE_SIZE)
	if status != C.DIRICHLET_OK {
		return nil, &Error{Status: int(status), Message: C.GoString(&message[0])}
	}
	return estimator, nil
}

// Close frees the estimator.
func (e *Estimator) Close() {
	C.dirichlet_estimator_destroy(e.handle)
	e.handle = nil
	if e.model != nil {
		e.user.Delete()
		e.model = nil
	}
}

// Update takes the samples x (n, inputs). A panic of a callback goes on here.
func (e *Estimator) Update(x []float64) error {
	if e.model == nil || len(x)%e.inputs != 0 {
		return errors.New("no model, or x is no whole number of samples")
	}
	if len(x) == 0 {
		return nil
	}
	e.model.err, e.model.panicked = nil, nil
	status := C.dirichlet_estimator_update_f64(e.handle, C.int64_t(len(x)/e.inputs),
		(*C.double)(unsafe.Pointer(&x[0])), nil, nil)
	if e.model.panicked != nil {
		panic(e.model.panicked)
	}
	return e.check(status, e.model.err)
}

// Merge adds what source has seen.
func (e *Estimator) Merge(source *Estimator) error {
	return e.check(C.dirichlet_estimator_merge(e.handle, source.handle), nil)
}

// SeekSample sets the index of the next sample.
func (e *Estimator) SeekSample(sample int64) error {
	return e.check(C.dirichlet_estimator_seek(e.handle, C.int64_t(sample)), nil)
}

// Result so far.
func (e *Estimator) Result() (Complexity, error) {
	var r C.dirichlet_result
	r.struct_size = C.size_t(unsafe.Sizeof(r))
	status := C.dirichlet_estimator_result(e.handle, &r)
	if status != C.DIRICHLET_OK {
		message := C.GoString(C.dirichlet_status_string(status))
		return Complexity{}, &Error{Status: int(status), Message: message}
	}
	return Complexity{
		Value: float64(r.value), StandardError: float64(r.standard_error),
		StandardErrorData:   float64(r.standard_error_data),
		StandardErrorProbes: float64(r.standard_error_probes),
		Lower:               float64(r.lower), Upper: float64(r.upper),
		Samples: int64(r.samples), Products: int64(r.products), Exact: r.exact != 0,
	}, nil
}

// Serialize what has been seen.
func (e *Estimator) Serialize() []byte {
	var size C.size_t
	C.dirichlet_estimator_serialize(e.handle, nil, 0, &size)
	bytes := make([]byte, int(size))
	C.dirichlet_estimator_serialize(e.handle, unsafe.Pointer(&bytes[0]), size, &size)
	return bytes
}

func (e *Estimator) check(status C.dirichlet_status, cause error) error {
	if status == C.DIRICHLET_OK {
		return nil
	}
	message := C.GoString(C.dirichlet_estimator_message(e.handle))
	return &Error{Status: int(status), Message: message, cause: cause}
}
