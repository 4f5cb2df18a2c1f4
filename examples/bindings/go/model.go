package dirichlet

// #include "model.h"
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// Model is a function from R^Inputs to R^Outputs. Set those of its functions that there are;
// an estimator says which one a method misses. They must fill their last slice, whose
// contents are unspecified, may not write the others, and may keep none: it is memory of C.
//
// An error that a function returns stops the call, which returns it as the cause of its own
// error: errors.Is and errors.As find it. A panic passes through the call, once C has
// returned. (runtime.Goexit, and with it testing.T.FailNow, must not be called: nothing can
// hold it up before it reaches the frames of C.)
type Model[T Real] struct {
	Inputs, Outputs int
	// The largest batch and the most directions a sample the functions accept; 0: any.
	MaxSamples, MaxDirections int
	// Forward: y = f(x). x (n, d), y (n, k).
	Forward func(samples int, x, y []T) error
	// JVP: Jacobian-vector products J v. x (n, d), v (n, m, d), jv (n, m, k).
	JVP func(samples, directions int, x, v, jv []T) error
	// VJP: vector-Jacobian products J^T u. x (n, d), u (n, m, k), jtu (n, m, d).
	VJP func(samples, directions int, x, u, jtu []T) error

	network *Dense[T]
	table   unsafe.Pointer
}

// CModel is a model whose functions are C's: table points to a dirichlet_model_f32 or
// dirichlet_model_f64 in memory of C, which New copies.
func CModel[T Real](inputs, outputs int, table unsafe.Pointer) Model[T] {
	return Model[T]{Inputs: inputs, Outputs: outputs, table: table}
}

// binding is what an estimator holds of its model: the Go side of the callbacks, or the
// network, until it is released.
type binding[T Real] struct {
	table     C.godirichlet_model
	functions functions
	network   *Dense[T]
}

func (m Model[T]) bind() (*binding[T], error) {
	bound := &binding[T]{network: m.network}
	bound.table = C.godirichlet_model{
		inputs:         C.int64_t(m.Inputs),
		outputs:        C.int64_t(m.Outputs),
		max_samples:    C.int64_t(m.MaxSamples),
		max_directions: C.int64_t(m.MaxDirections),
		forward:        flag(m.Forward != nil),
		jvp:            flag(m.JVP != nil),
		vjp:            flag(m.VJP != nil),
		table:          m.table,
	}
	switch {
	case m.network != nil:
		if m.network.check() != nil || !m.network.hold() {
			return nil, newError(StatusNull, "network is closed")
		}
		bound.table.network = m.network.handle
	case m.table == nil:
		bound.functions = &running[T]{Model: m}
		bound.table.functions = C.uintptr_t(cgo.NewHandle(bound.functions))
	}
	return bound, nil
}

func (b *binding[T]) outcome() error {
	if b.functions == nil {
		return nil
	}
	return b.functions.outcome()
}

func (b *binding[T]) release() {
	if b.functions != nil {
		cgo.Handle(b.table.functions).Delete()
	}
	if b.network != nil {
		b.network.release()
	}
}

func flag(set bool) C.int {
	if set {
		return 1
	}
	return 0
}
