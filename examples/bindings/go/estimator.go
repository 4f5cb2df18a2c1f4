package dirichlet

// #include "model.h"
// #include "precision.h"
import "C"

// Estimator is a State that takes more samples of its model.
type Estimator[T Real] struct {
	_ noCopy
	*State
	source *binding[T]
}

// New makes an estimator of a model. Close it after use.
func New[T Real](model Model[T], options Options) (*Estimator[T], error) {
	bound, err := model.bind(options.Progress, options.Lanes)
	if err != nil {
		return nil, err
	}
	var handle *C.dirichlet_estimator
	table, said := options.table(), newFailure()
	status := C.godirichlet_create(single[T](), &bound.table, &table, &handle, said)
	if err := failure(status, said); err != nil {
		bound.release()
		return nil, err
	}
	return &Estimator[T]{State: newState(handle, bound.release), source: bound}, nil
}

// Measure is New, Update with x, Result and Close in one call.
func Measure[T Real](model Model[T], x []T, options Options) (Result, error) {
	estimator, err := New(model, options)
	if err != nil {
		return Result{}, err
	}
	defer estimator.Close()
	if err := estimator.Update(x, nil, nil); err != nil {
		return Result{}, err
	}
	return estimator.Result()
}

// Update takes the samples of x, row after row, with a weight each, or with 1 if weights
// is nil. Their energies go to energies, unless that is nil. After an error, and after a
// panic of a function of the model, the estimator is as it was before.
func (e *Estimator[T]) Update(x []T, weights, energies []float64) error {
	return e.UpdateBatch(Batch[T]{X: x, Weights: weights, Energies: energies})
}

// UpdateBatch is Update with all that a batch can say. After indices the next sample has one more
// than the largest. Samples of an Indexed model share a call where they have consecutive ones.
func (e *Estimator[T]) UpdateBatch(batch Batch[T]) error {
	m, err := e.use("estimator")
	if err != nil {
		return err
	}
	defer m.release()
	samples, err := batch.rows(e.source.inputs)
	if err != nil || samples == 0 {
		return err
	}
	status := C.godirichlet_update(single[T](), m.handle, batch.table(samples))
	return e.source.functions.explain(m.failure(status))
}

// SeekSample sets the index of the next sample, on which its probes depend.
func (e *Estimator[T]) SeekSample(sample int64) error {
	m, err := e.use("estimator")
	if err != nil {
		return err
	}
	defer m.release()
	return m.failure(C.dirichlet_estimator_seek(m.handle, C.int64_t(sample)))
}

// Reset forgets all samples.
func (e *Estimator[T]) Reset() error {
	m, err := e.use("estimator")
	if err != nil {
		return err
	}
	defer m.release()
	return m.failure(C.dirichlet_estimator_reset(m.handle))
}

// Stopped tells whether no more samples are taken: MaxSamples or Tolerance was reached.
func (e *Estimator[T]) Stopped() bool {
	m, err := e.use("estimator")
	if err != nil {
		return false
	}
	defer m.release()
	return C.dirichlet_estimator_stopped(m.handle) != 0
}

// Close frees the estimator, as Close of its State does.
func (e *Estimator[T]) Close() { e.State.Close() }

func (e *Estimator[T]) state() *State {
	if e == nil {
		return nil
	}
	return e.State
}
