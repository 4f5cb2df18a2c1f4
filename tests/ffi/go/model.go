package dirichlet

// #include "callback.h"
// #include <stdlib.h>
import "C"

import (
	"errors"
	"runtime/cgo"
	"unsafe"
)

// Source is what an Estimator measures: a Model, a Dense network, or a CModel.
type Source interface {
	bind() (*binding, error)
}

// Model is a function from R^Inputs to R^Outputs; those of its functions may be nil that
// the method does not need. They must fill their last argument, whose contents are
// unspecified, and keep none of the slices. An error stops the update and comes back as
// the cause of its error; a panic passes through the update. (runtime.Goexit, and with it
// testing.T.FailNow, must not be called: it cannot be held up before the C frames.)
type Model struct {
	Inputs, Outputs int
	// The largest batch and the most directions a sample the functions accept; 0: any.
	MaxSamples, MaxDirections int
	// Forward: y = f(x). x (n, d), y (n, k).
	Forward func(samples int, x, y []float64) error
	// JVP: Jacobian-vector products J v. x (n, d), v (n, m, d), jv (n, m, k).
	JVP func(samples, directions int, x, v, jv []float64) error
	// VJP: vector-Jacobian products J^T u. x (n, d), u (n, m, k), jtu (n, m, d).
	VJP func(samples, directions int, x, u, jtu []float64) error
}

// Code is an error by which a function stops an update, passed on to C as this number
// if it is not 0.
type Code int32

func (c Code) Error() string { return "stopped by a callback" }

// What C sees of a panic and of an error that is no Code.
const failed = -1

// CModel is a model whose callbacks are C functions.
type CModel struct {
	// Table points to a dirichlet_model_f64, which NewEstimator copies.
	Table unsafe.Pointer
}

// binding is a table of callbacks for one estimator, and what it refers to.
type binding struct {
	table   *C.dirichlet_model_f64
	running *running // nil where the callbacks are C functions
	release func()
}

// running is the Go side of the callbacks of one estimator.
type running struct {
	Model
	err      error
	panicked bool
	payload  any
}

func (m Model) bind() (*binding, error) {
	running := &running{Model: m}
	// C may keep no pointer of Go's, so it gets a number that stands for it, in a table
	// that is C's: Go's pointers may hold no numbers.
	handle := cgo.NewHandle(running)
	table := (*C.dirichlet_model_f64)(C.calloc(1, C.sizeof_dirichlet_model_f64))
	table.struct_size = C.sizeof_dirichlet_model_f64
	table.inputs = C.int64_t(m.Inputs)
	table.outputs = C.int64_t(m.Outputs)
	table.max_samples = C.int64_t(m.MaxSamples)
	table.max_directions = C.int64_t(m.MaxDirections)
	C.godirichlet_set_callbacks(table, flag(m.Forward != nil), flag(m.JVP != nil),
		flag(m.VJP != nil), C.uintptr_t(handle))
	release := func() {
		C.free(unsafe.Pointer(table))
		handle.Delete()
	}
	return &binding{table, running, release}, nil
}

func (m CModel) bind() (*binding, error) {
	if m.Table == nil {
		return nil, &Error{Status: StatusNull, Message: "Table is nil"}
	}
	return &binding{(*C.dirichlet_model_f64)(m.Table), nil, func() {}}, nil
}

func flag(set bool) C.int {
	if set {
		return 1
	}
	return 0
}

// take gives the error of a function that stopped the last call, or goes on with its
// panic.
func (r *running) take() error {
	if r == nil {
		return nil
	}
	err, panicked, payload := r.err, r.panicked, r.payload
	r.err, r.panicked, r.payload = nil, false, nil
	if panicked {
		panic(payload)
	}
	return err
}

// guard calls a function for C, through which no panic may pass.
func (r *running) guard(call func() error) (code C.int32_t) {
	returned := false
	defer func() {
		if !returned {
			r.panicked, r.payload = true, recover()
			code = failed
		}
	}()
	r.err = call()
	returned = true
	if r.err == nil {
		return 0
	}
	var number Code
	if errors.As(r.err, &number) && number != 0 {
		return C.int32_t(number)
	}
	return failed
}

func runningOf(user C.uintptr_t) *running {
	return cgo.Handle(user).Value().(*running)
}

func slice(elements *C.double, length int) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(elements)), length)
}

//export godirichletForward
func godirichletForward(samples C.int64_t, x, y *C.double, user C.uintptr_t) C.int32_t {
	r, n := runningOf(user), int(samples)
	return r.guard(func() error {
		return r.Forward(n, slice(x, n*r.Inputs), slice(y, n*r.Outputs))
	})
}

//export godirichletJVP
func godirichletJVP(samples, directions C.int64_t, x, v, jv *C.double,
	user C.uintptr_t) C.int32_t {
	r, n, m := runningOf(user), int(samples), int(directions)
	return r.guard(func() error {
		return r.JVP(n, m, slice(x, n*r.Inputs), slice(v, n*m*r.Inputs), slice(jv, n*m*r.Outputs))
	})
}

//export godirichletVJP
func godirichletVJP(samples, directions C.int64_t, x, u, jtu *C.double,
	user C.uintptr_t) C.int32_t {
	r, n, m := runningOf(user), int(samples), int(directions)
	return r.guard(func() error {
		return r.VJP(n, m, slice(x, n*r.Inputs), slice(u, n*m*r.Outputs), slice(jtu, n*m*r.Inputs))
	})
}
