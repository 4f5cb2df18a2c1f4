package dirichlet

// #include <dirichlet/dirichlet.h>
import "C"

import (
	"runtime/cgo"
	"sync"
	"unsafe"
)

// The functions below are what C calls. No panic may pass through C's frames, so each is
// caught, C is told to stop, and the call that C returns from goes on with the panic.

// functions is the Go side of the callbacks of one estimator or call. It is of either precision,
// which exported functions cannot be.
type functions interface {
	forward(first int64, n, p int, x, y unsafe.Pointer) C.int32_t
	jvp(first int64, n, m int, x, v, jv unsafe.Pointer) C.int32_t
	vjp(first int64, n, m int, x, u, jtu unsafe.Pointer) C.int32_t
	energies(first int64, n int, x, energies unsafe.Pointer) C.int32_t
	productNorms(first int64, n, m int, x, u, norms unsafe.Pointer) C.int32_t
	parameterVJP(first int64, n, p int, x, cotangents unsafe.Pointer) C.int32_t
	prepare(first int64, n int, x unsafe.Pointer) C.int32_t
	report(progress *C.dirichlet_progress) C.int32_t
}

//export godirichletForward
func godirichletForward(user C.uintptr_t, first, n, p C.int64_t, x, y unsafe.Pointer) C.int32_t {
	return functionsOf(user).forward(int64(first), int(n), int(p), x, y)
}

//export godirichletJVP
func godirichletJVP(user C.uintptr_t, first, n, m C.int64_t, x, v, jv unsafe.Pointer) C.int32_t {
	return functionsOf(user).jvp(int64(first), int(n), int(m), x, v, jv)
}

//export godirichletVJP
func godirichletVJP(user C.uintptr_t, first, n, m C.int64_t, x, u, jtu unsafe.Pointer) C.int32_t {
	return functionsOf(user).vjp(int64(first), int(n), int(m), x, u, jtu)
}

//export godirichletEnergies
func godirichletEnergies(user C.uintptr_t, first, n C.int64_t, x, energies unsafe.Pointer) C.int32_t {
	return functionsOf(user).energies(int64(first), int(n), x, energies)
}

//export godirichletProductNorms
func godirichletProductNorms(user C.uintptr_t, first, n, m C.int64_t,
	x, u, norms unsafe.Pointer) C.int32_t {
	return functionsOf(user).productNorms(int64(first), int(n), int(m), x, u, norms)
}

//export godirichletParameterVJP
func godirichletParameterVJP(user C.uintptr_t, first, n, p C.int64_t,
	x, cotangents unsafe.Pointer) C.int32_t {
	return functionsOf(user).parameterVJP(int64(first), int(n), int(p), x, cotangents)
}

//export godirichletPrepare
func godirichletPrepare(user C.uintptr_t, first, n C.int64_t, x unsafe.Pointer) C.int32_t {
	return functionsOf(user).prepare(int64(first), int(n), x)
}

//export godirichletProgress
func godirichletProgress(user C.uintptr_t, progress *C.dirichlet_progress) C.int32_t {
	return functionsOf(user).report(progress)
}

func functionsOf(user C.uintptr_t) functions {
	return cgo.Handle(user).Value().(functions)
}

// running is a model whose functions are called, and how the last one that failed did.
type running[T Real] struct {
	Indexed[T]
	progress ProgressFunc
	mutex    sync.Mutex // of what follows, which functions in several goroutines write
	err      error
	panicked bool
	payload  any
}

func slice[T Real](elements unsafe.Pointer, length int) []T {
	return unsafe.Slice((*T)(elements), length)
}

func (r *running[T]) forward(first int64, n, p int, x, y unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.Forward(first, n, p, slice[T](x, n*p*r.Inputs), slice[T](y, n*p*r.Outputs))
	})
}

func (r *running[T]) jvp(first int64, n, m int, x, v, jv unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.JVP(first, n, m, slice[T](x, n*r.Inputs), slice[T](v, n*m*r.Inputs),
			slice[T](jv, n*m*r.Outputs))
	})
}

func (r *running[T]) vjp(first int64, n, m int, x, u, jtu unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.VJP(first, n, m, slice[T](x, n*r.Inputs), slice[T](u, n*m*r.Outputs),
			slice[T](jtu, n*m*r.Inputs))
	})
}

func (r *running[T]) energies(first int64, n int, x, energies unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.Energies(first, n, slice[T](x, n*r.Inputs), slice[float64](energies, n))
	})
}

func (r *running[T]) productNorms(first int64, n, m int, x, u, norms unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.ProductNorms(first, n, m, slice[T](x, n*r.Inputs), slice[T](u, n*m*r.Outputs),
			slice[float64](norms, n*m))
	})
}

func (r *running[T]) parameterVJP(first int64, n, p int, x, cotangents unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.ParameterVJP(first, n, p, slice[T](x, n*p*r.Inputs),
			slice[T](cotangents, n*p*r.Outputs))
	})
}

func (r *running[T]) prepare(first int64, n int, x unsafe.Pointer) C.int32_t {
	return r.guard(func() error { return r.Prepare(first, n, slice[T](x, n*r.Inputs)) })
}

// report tells of progress. Any error cancels: the meanings of some are those of models alone.
func (r *running[T]) report(progress *C.dirichlet_progress) C.int32_t {
	if r.guard(func() error { return r.progress(progressOf(progress)) }) != 0 {
		return 1
	}
	return 0
}

// guard calls a function and gives C its code: 0, or another to stop. An error is kept until
// the next one: samples out of the domain do not stop a call at once.
func (r *running[T]) guard(call func() error) (code C.int32_t) {
	returned := false
	defer func() {
		if !returned {
			payload := recover()
			r.mutex.Lock()
			r.panicked, r.payload = true, payload
			r.mutex.Unlock()
			code = 1
		}
	}()
	err := call()
	returned = true
	if err != nil {
		r.mutex.Lock()
		r.err = err
		r.mutex.Unlock()
	}
	return codeOf(err)
}

// outcome gives the error of the function that stopped the last call, or goes on with its
// panic.
func (r *running[T]) outcome() error {
	err, panicked, payload := r.err, r.panicked, r.payload
	r.err, r.panicked, r.payload = nil, false, nil
	if panicked {
		panic(payload)
	}
	return err
}

// explain gives an error of C its cause: what has stopped the last call.
func (r *running[T]) explain(err error) error {
	cause := r.outcome()
	if found, ok := err.(*Error); ok && found.caused() {
		found.Cause = cause
	}
	return err
}
