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
// Check tells whether they do as they should.
//
// The rows of a call may be those of any samples. A model that has to know whose they are, for
// something else belongs to each sample (a time, a class, a length), is an Indexed one.
//
// An error that a function returns stops the call, which returns it as the cause of its own
// error: errors.Is and errors.As find it. ErrUnsupported and ErrOutOfDomain have meanings of
// their own. A panic passes through the call, once C has returned. (runtime.Goexit, and with it
// testing.T.FailNow, must not be called: nothing can hold it up before it reaches the frames of
// C.)
type Model[T Real] struct {
	Inputs, Outputs int
	// The most rows of x and the most directions a sample the functions accept; 0: any.
	MaxSamples, MaxDirections int
	// Concurrent: the functions may be called from several goroutines at the same time (ParameterVJP
	// never is). Otherwise one at a time, from any of them.
	Concurrent bool
	// Forward: y = f(x). x (n, d), y (n, k).
	Forward func(samples int, x, y []T) error
	// JVP: Jacobian-vector products J v. x (n, d), v (n, m, d), jv (n, m, k).
	JVP func(samples, directions int, x, v, jv []T) error
	// VJP: vector-Jacobian products J^T u. x (n, d), u (n, m, k), jtu (n, m, d).
	VJP func(samples, directions int, x, u, jtu []T) error
	// Energies: exact ||J||_F^2, if there is a shorter way to it. x (n, d), energies (n).
	Energies func(samples int, x []T, energies []float64) error
	// ProductNorms: ||J^T u||^2, without the product. x (n, d), u (n, m, k), norms (n, m).
	ProductNorms func(samples, directions int, x, u []T, norms []float64) error
	// ParameterVJP adds sum (df/dtheta)^T c over all rows to the trainer's own gradient, for
	// EnergyPenalty. x (n, d), cotangents c (n, k).
	ParameterVJP func(samples int, x, cotangents []T) error
	// Prepare is called before the products of some samples, with the x of the calls of JVP, VJP
	// and ProductNorms that follow: here the forward pass can be done once for all of them. x
	// (n, d) stays as it is until the last of these calls.
	Prepare func(samples int, x []T) error

	indexed *Indexed[T]
	network *Dense[T]
	table   unsafe.Pointer
}

// Indexed is a model whose functions know whose rows they hold: those of the samples first,
// first + 1, ..., first + samples - 1 of the data set. They do what those of Model do. Forward and
// ParameterVJP take several points of each sample, itself or near it: x (n, p, d), y and
// cotangents (n, p, k).
type Indexed[T Real] struct {
	Inputs, Outputs           int
	MaxSamples, MaxDirections int
	Concurrent                bool
	Forward                   func(first int64, samples, points int, x, y []T) error
	JVP                       func(first int64, samples, directions int, x, v, jv []T) error
	VJP                       func(first int64, samples, directions int, x, u, jtu []T) error
	Energies                  func(first int64, samples int, x []T, energies []float64) error
	ProductNorms              func(first int64, samples, directions int, x, u []T, norms []float64) error
	ParameterVJP              func(first int64, samples, points int, x, cotangents []T) error
	Prepare                   func(first int64, samples int, x []T) error
}

// Model that is told the indices of samples.
func (i Indexed[T]) Model() Model[T] {
	return Model[T]{Inputs: i.Inputs, Outputs: i.Outputs, indexed: &i}
}

// CModel is a model whose functions are C's: table points to a dirichlet_model_f32 or
// dirichlet_model_f64 in memory of C, which New copies.
func CModel[T Real](inputs, outputs int, table unsafe.Pointer) Model[T] {
	return Model[T]{Inputs: inputs, Outputs: outputs, table: table}
}

// all functions of a model, told indices that they ignore.
func (m Model[T]) all() Indexed[T] {
	all := Indexed[T]{Inputs: m.Inputs, Outputs: m.Outputs, MaxSamples: m.MaxSamples,
		MaxDirections: m.MaxDirections, Concurrent: m.Concurrent}
	m.takeProducts(&all)
	if m.Forward != nil {
		all.Forward = func(_ int64, n, p int, x, y []T) error { return m.Forward(n*p, x, y) }
	}
	if m.Energies != nil {
		all.Energies = func(_ int64, n int, x []T, of []float64) error { return m.Energies(n, x, of) }
	}
	if m.ParameterVJP != nil {
		all.ParameterVJP = func(_ int64, n, p int, x, c []T) error { return m.ParameterVJP(n*p, x, c) }
	}
	return all
}

func (m Model[T]) takeProducts(all *Indexed[T]) {
	if m.JVP != nil {
		all.JVP = func(_ int64, n, d int, x, v, jv []T) error { return m.JVP(n, d, x, v, jv) }
	}
	if m.VJP != nil {
		all.VJP = func(_ int64, n, d int, x, u, jtu []T) error { return m.VJP(n, d, x, u, jtu) }
	}
	if m.ProductNorms != nil {
		all.ProductNorms = func(_ int64, n, d int, x, u []T, norms []float64) error {
			return m.ProductNorms(n, d, x, u, norms)
		}
	}
	if m.Prepare != nil {
		all.Prepare = func(_ int64, n int, x []T) error { return m.Prepare(n, x) }
	}
}

// binding is what an estimator or a call holds of its model: the Go side of the callbacks, and
// the network, until it is released.
type binding[T Real] struct {
	table     C.godirichlet_model
	functions *running[T]
	network   *Dense[T]
	inputs    int // that C takes a row of x to have
}

// watch is a binding of no model, for calls that have progress alone.
func watch[T Real](progress ProgressFunc) *binding[T] {
	return newBinding(&running[T]{progress: progress})
}

func newBinding[T Real](functions *running[T]) *binding[T] {
	bound := &binding[T]{functions: functions, inputs: functions.Inputs}
	bound.table = tableOf(&functions.Indexed)
	bound.table.functions = C.uintptr_t(cgo.NewHandle(functions))
	if functions.progress != nil {
		bound.table.progress = bound.table.functions
	}
	return bound
}

func tableOf[T Real](f *Indexed[T]) C.godirichlet_model {
	return C.godirichlet_model{
		inputs:         C.int64_t(f.Inputs),
		outputs:        C.int64_t(f.Outputs),
		max_samples:    C.int64_t(f.MaxSamples),
		max_directions: C.int64_t(f.MaxDirections),
		concurrent:     flag(f.Concurrent),
		forward:        flag(f.Forward != nil),
		jvp:            flag(f.JVP != nil),
		vjp:            flag(f.VJP != nil),
		energies:       flag(f.Energies != nil),
		product_norms:  flag(f.ProductNorms != nil),
		parameter_vjp:  flag(f.ParameterVJP != nil),
		prepare:        flag(f.Prepare != nil),
	}
}

func (m Model[T]) bind(progress ProgressFunc, laneCount int) (*binding[T], error) {
	if err := m.whole(); err != nil {
		return nil, err
	}
	if m.network != nil {
		bound, err := m.network.bind(progress)
		if err == nil {
			bound.table.lanes = lanes(laneCount)
		}
		return bound, err
	}
	functions := &running[T]{progress: progress}
	switch {
	case m.indexed != nil:
		functions.Indexed = *m.indexed
	case m.table == nil:
		functions.Indexed = m.all()
	default:
		functions.Indexed = Indexed[T]{Inputs: m.Inputs, Outputs: m.Outputs}
	}
	bound := newBinding(functions)
	bound.table.ignores_first = flag(m.indexed == nil)
	bound.table.table = m.table
	bound.table.lanes = lanes(laneCount)
	return bound, nil
}

// whole refuses a model whose fields were changed after it was made of something else: they are not
// looked at.
func (m Model[T]) whole() error {
	if m.indexed == nil && m.network == nil && m.table == nil {
		return nil
	}
	all := m.all()
	all.Inputs, all.Outputs = 0, 0
	if tableOf(&all) != (C.godirichlet_model{}) {
		return newError(StatusRange, "model has fields of its own beside what it was made of")
	}
	return nil
}

func (n *Dense[T]) bind(progress ProgressFunc) (*binding[T], error) {
	if n.network == nil || !n.hold() {
		return nil, newError(StatusNull, "network is closed")
	}
	bound := watch[T](progress)
	bound.network, bound.table.network, bound.inputs = n, n.handle, n.inputs
	return bound, nil
}

// failure of a call that has called functions, with their error as its cause.
func (b *binding[T]) failure(status C.dirichlet_status, said *C.dirichlet_error) error {
	return b.functions.explain(failure(status, said))
}

func (b *binding[T]) release() {
	cgo.Handle(b.table.functions).Delete()
	if b.network != nil {
		b.network.release()
	}
}

func flag(set bool) C.int32_t {
	if set {
		return 1
	}
	return 0
}
