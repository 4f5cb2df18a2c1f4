package dirichlet

// #include <stdint.h>
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// The functions below are what C calls. No panic may pass through C's frames, so each is
// caught, C is told to stop, and the call that C returns from goes on with the panic.

// functions is the Go side of the callbacks of one estimator. It is of either precision,
// which exported functions cannot be.
type functions interface {
	forward(n int, x, y unsafe.Pointer) C.int32_t
	jvp(n, m int, x, v, jv unsafe.Pointer) C.int32_t
	vjp(n, m int, x, u, jtu unsafe.Pointer) C.int32_t
	outcome() error
}

// running is a model whose functions are called, and how the last one that failed did.
type running[T Real] struct {
	Model[T]
	err      error
	panicked bool
	payload  any
}

//export godirichletForward
func godirichletForward(user C.uintptr_t, n C.int64_t, x, y unsafe.Pointer) C.int32_t {
	return functionsOf(user).forward(int(n), x, y)
}

//export godirichletJVP
func godirichletJVP(user C.uintptr_t, n, m C.int64_t, x, v, jv unsafe.Pointer) C.int32_t {
	return functionsOf(user).jvp(int(n), int(m), x, v, jv)
}

//export godirichletVJP
func godirichletVJP(user C.uintptr_t, n, m C.int64_t, x, u, jtu unsafe.Pointer) C.int32_t {
	return functionsOf(user).vjp(int(n), int(m), x, u, jtu)
}

func functionsOf(user C.uintptr_t) functions {
	return cgo.Handle(user).Value().(functions)
}

func slice[T Real](elements unsafe.Pointer, length int) []T {
	return unsafe.Slice((*T)(elements), length)
}

func (r *running[T]) forward(n int, x, y unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.Forward(n, slice[T](x, n*r.Inputs), slice[T](y, n*r.Outputs))
	})
}

func (r *running[T]) jvp(n, m int, x, v, jv unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.JVP(n, m, slice[T](x, n*r.Inputs), slice[T](v, n*m*r.Inputs),
			slice[T](jv, n*m*r.Outputs))
	})
}

func (r *running[T]) vjp(n, m int, x, u, jtu unsafe.Pointer) C.int32_t {
	return r.guard(func() error {
		return r.VJP(n, m, slice[T](x, n*r.Inputs), slice[T](u, n*m*r.Outputs),
			slice[T](jtu, n*m*r.Inputs))
	})
}

// guard calls a function and gives C its code: 0, or 1 to stop.
func (r *running[T]) guard(call func() error) (code C.int32_t) {
	returned := false
	defer func() {
		if !returned {
			r.panicked, r.payload = true, recover()
			code = 1
		}
	}()
	r.err = call()
	returned = true
	if r.err != nil {
		return 1
	}
	return 0
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
