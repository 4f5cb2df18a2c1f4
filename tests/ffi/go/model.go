package dirichlet

// An exported function's file may hold only declarations in its preamble.

// #include <stdint.h>
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// Model is a function from R^Inputs to R^Outputs; give the callbacks you have. They must not
// keep the slices. An error stops the update and comes back wrapped in its error.
type Model struct {
	Inputs, Outputs int
	// Forward: x (n, inputs) -> y (n, outputs).
	Forward func(x, y []float64) error
	// JVP: m tangents v (n, m, inputs) -> (n, m, outputs).
	JVP func(m int, x, v, out []float64) error
	// VJP: m cotangents u (n, m, outputs) -> (n, m, inputs).
	VJP func(m int, x, u, out []float64) error

	err      error
	panicked any
}

const failed = -77

func (m *Model) callbacks() C.int {
	var bits C.int
	if m.Forward != nil {
		bits |= 1
	}
	if m.JVP != nil {
		bits |= 2
	}
	if m.VJP != nil {
		bits |= 4
	}
	return bits
}

// guard runs a callback: no panic may pass through C.
func (m *Model) guard(call func() error) (code C.int32_t) {
	defer func() {
		if payload := recover(); payload != nil {
			m.panicked, code = payload, failed
		}
	}()
	if m.err = call(); m.err != nil {
		return failed
	}
	return 0
}

func slice(pointer *C.double, count int) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(pointer)), count)
}

func modelOf(user C.uintptr_t) *Model {
	return cgo.Handle(user).Value().(*Model)
}

//export dirichletGoForward
func dirichletGoForward(samples C.int64_t, x, y *C.double, user C.uintptr_t) C.int32_t {
	model, n := modelOf(user), int(samples)
	return model.guard(func() error {
		return model.Forward(slice(x, n*model.Inputs), slice(y, n*model.Outputs))
	})
}

//export dirichletGoJVP
func dirichletGoJVP(samples, directions C.int64_t, x, v, out *C.double, user C.uintptr_t) C.int32_t {
	model, n, m := modelOf(user), int(samples), int(directions)
	return model.guard(func() error {
		return model.JVP(m, slice(x, n*model.Inputs), slice(v, n*m*model.Inputs),
			slice(out, n*m*model.Outputs))
	})
}

//export dirichletGoVJP
func dirichletGoVJP(samples, directions C.int64_t, x, u, out *C.double, user C.uintptr_t) C.int32_t {
	model, n, m := modelOf(user), int(samples), int(directions)
	return model.guard(func() error {
		return model.VJP(m, slice(x, n*model.Inputs), slice(u, n*m*model.Outputs),
			slice(out, n*m*model.Inputs))
	})
}
