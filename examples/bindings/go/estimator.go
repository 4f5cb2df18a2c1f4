package dirichlet

// #include "model.h"
// #include "precision.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Method is how the energy of a sample is found; see estimator.h.
type Method int32

// The methods.
const (
	Auto             Method = C.DIRICHLET_METHOD_AUTO
	Exact            Method = C.DIRICHLET_METHOD_EXACT
	Rademacher       Method = C.DIRICHLET_METHOD_RADEMACHER
	Sphere           Method = C.DIRICHLET_METHOD_SPHERE
	Gaussian         Method = C.DIRICHLET_METHOD_GAUSSIAN
	Orthogonal       Method = C.DIRICHLET_METHOD_ORTHOGONAL
	Unit             Method = C.DIRICHLET_METHOD_UNIT
	HutchPP          Method = C.DIRICHLET_METHOD_HUTCHPP
	FiniteDifference Method = C.DIRICHLET_METHOD_FINITE_DIFFERENCE
)

func (m Method) String() string {
	return C.GoString(C.dirichlet_method_name(C.dirichlet_method(m)))
}

// Options are those of dirichlet_estimator_options; zero means the default.
type Options struct {
	Method         Method
	SkipNonfinite  bool
	Probes         int64
	Seed           uint64
	FirstSample    int64
	Population     int64
	MaxSamples     int64
	Tolerance      float64
	MinSamples     int64
	Confidence     float64
	Step           float64
	ForwardNoise   float64
	WorkspaceBytes uint64
}

func (o Options) table() C.dirichlet_estimator_options {
	var table C.dirichlet_estimator_options
	table.struct_size = C.sizeof_dirichlet_estimator_options
	table.method = C.dirichlet_method(o.Method)
	if o.SkipNonfinite {
		table.on_nonfinite = C.DIRICHLET_NONFINITE_SKIP
	}
	table.probes = C.int64_t(o.Probes)
	table.seed = C.uint64_t(o.Seed)
	table.first_sample = C.int64_t(o.FirstSample)
	table.population = C.int64_t(o.Population)
	table.max_samples = C.int64_t(o.MaxSamples)
	table.tolerance = C.double(o.Tolerance)
	table.min_samples = C.int64_t(o.MinSamples)
	table.confidence = C.double(o.Confidence)
	table.step = C.double(o.Step)
	table.forward_noise = C.double(o.ForwardNoise)
	table.workspace_bytes = C.size_t(o.WorkspaceBytes)
	return table
}

// StopReason is why an estimator stopped taking samples.
type StopReason int32

// The reasons.
const (
	StopNone      StopReason = C.DIRICHLET_STOP_NONE
	StopSamples   StopReason = C.DIRICHLET_STOP_SAMPLES
	StopTolerance StopReason = C.DIRICHLET_STOP_TOLERANCE
)

// Result is dirichlet_result: the geometric complexity with its error.
type Result struct {
	Value                                                 float64
	StandardError, StandardErrorData, StandardErrorProbes float64
	Confidence, Lower, Upper                              float64
	Samples, Skipped                                      int64
	WeightSum, MinEnergy, MaxEnergy                       float64
	Products                                              int64
	Noise                                                 float64
	Method                                                Method
	Exact                                                 bool
	StopReason                                            StopReason

	// Of finite differences; see estimator.h.
	StandardErrorDifferences, StepError float64
	ForwardNoise, MinStep, MaxStep      float64
}

// State is what has been measured: it gives its result, merges and serializes.
type State struct {
	_ noCopy
	*measured
}

// measured is the state in C, for all copies of its State.
type measured struct {
	life   // held by calls
	handle *C.dirichlet_estimator
}

// newState owns a state of C, and frees it and what else it needs.
func newState(handle *C.dirichlet_estimator, release func()) *State {
	m := &measured{handle: handle}
	m.begin(func() { // no closure of m, which nothing would finalize then
		C.dirichlet_estimator_destroy(handle)
		release()
	})
	runtime.SetFinalizer(m, (*measured).close)
	return &State{measured: m}
}

// use gives what a call needs, until it calls release; name is for the error.
func (s *State) use(name string) (*measured, error) {
	if s == nil || s.measured == nil || !s.hold() {
		return nil, newError(StatusNull, "%s is closed", name)
	}
	return s.measured, nil
}

// Mergeable is a *State or an *Estimator.
type Mergeable interface{ state() *State }

func (s *State) state() *State { return s }

// Deserialize reads a state that Serialize wrote. Nothing in the bytes is trusted. Close it
// after use.
func Deserialize(bytes []byte) (*State, error) {
	var message messageBuffer
	var handle *C.dirichlet_estimator
	if len(bytes) == 0 {
		return nil, newError(StatusCorrupt, "there are no bytes")
	}
	status := C.dirichlet_estimator_deserialize(unsafe.Pointer(&bytes[0]), C.size_t(len(bytes)),
		nil, &handle, &message[0], C.DIRICHLET_MESSAGE_SIZE)
	if err := failure(status, &message[0]); err != nil {
		return nil, err
	}
	return newState(handle, func() {}), nil
}

// Serialize writes the state as bytes that any machine can read.
func (s *State) Serialize() ([]byte, error) {
	m, err := s.use("estimator")
	if err != nil {
		return nil, err
	}
	defer m.release()
	var size C.size_t
	status := C.dirichlet_estimator_serialize(m.handle, nil, 0, &size)
	if err := failure(status, nil); err != nil {
		return nil, err
	}
	bytes := make([]byte, int(size))
	status = C.dirichlet_estimator_serialize(m.handle, unsafe.Pointer(&bytes[0]), size, &size)
	return bytes, failure(status, nil)
}

// Result so far.
func (s *State) Result() (Result, error) {
	m, err := s.use("estimator")
	if err != nil {
		return Result{}, err
	}
	defer m.release()
	var r C.dirichlet_result
	r.struct_size = C.sizeof_dirichlet_result
	if err := failure(C.dirichlet_estimator_result(m.handle, &r), nil); err != nil {
		return Result{}, err
	}
	return Result{
		Value:               float64(r.value),
		StandardError:       float64(r.standard_error),
		StandardErrorData:   float64(r.standard_error_data),
		StandardErrorProbes: float64(r.standard_error_probes),
		Confidence:          float64(r.confidence),
		Lower:               float64(r.lower),
		Upper:               float64(r.upper),
		Samples:             int64(r.samples),
		Skipped:             int64(r.skipped),
		WeightSum:           float64(r.weight_sum),
		MinEnergy:           float64(r.min_energy),
		MaxEnergy:           float64(r.max_energy),
		Products:            int64(r.products),
		Noise:               float64(r.noise),
		Method:              Method(r.method),
		Exact:               r.exact != 0,
		StopReason:          StopReason(r.stop_reason),

		StandardErrorDifferences: float64(r.standard_error_differences),
		StepError:                float64(r.step_error),
		ForwardNoise:             float64(r.forward_noise),
		MinStep:                  float64(r.min_step),
		MaxStep:                  float64(r.max_step),
	}, nil
}

// Merge adds what source has seen, exactly and in any order.
func (s *State) Merge(source Mergeable) error {
	m, err := s.use("estimator")
	if err != nil {
		return err
	}
	defer m.release()
	if source == nil || source.state() == nil {
		return newError(StatusNull, "source is nil")
	}
	from, err := source.state().use("source")
	if err != nil {
		return err
	}
	defer from.release()
	return m.failure(C.dirichlet_estimator_merge(m.handle, from.handle))
}

// Close frees the state; that of an Estimator is all of it. (If a function of its model closes
// it, that waits for the end of the call.) A second call does nothing; the garbage collector
// makes one for a state that was forgotten.
func (s *State) Close() {
	if s != nil && s.measured != nil {
		s.close()
	}
}

func (m *measured) failure(status C.dirichlet_status) error {
	return failure(status, C.dirichlet_estimator_message(m.handle))
}

// Estimator is a State that takes more samples of its model.
type Estimator[T Real] struct {
	_ noCopy
	*State
	source *binding[T]
	inputs int
}

// New makes an estimator of a model. Close it after use.
func New[T Real](model Model[T], options Options) (*Estimator[T], error) {
	bound, err := model.bind()
	if err != nil {
		return nil, err
	}
	var message messageBuffer
	var handle *C.dirichlet_estimator
	table := options.table()
	status := C.godirichlet_create(single[T](), &bound.table, &table, &handle, &message[0])
	if err := failure(status, &message[0]); err != nil {
		bound.release()
		return nil, err
	}
	return &Estimator[T]{State: newState(handle, bound.release), source: bound,
		inputs: model.Inputs}, nil
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
	m, err := e.use("estimator")
	if err != nil {
		return err
	}
	defer m.release()
	samples, err := rows("x", x, e.inputs)
	if err != nil {
		return err
	}
	if weights != nil {
		err = expect(array{"weights", len(weights), samples})
	}
	if err == nil && energies != nil {
		err = expect(array{"energies", len(energies), samples})
	}
	if err != nil || samples == 0 {
		return err
	}
	status := C.godirichlet_update(single[T](), m.handle, C.int64_t(samples), elements(x),
		doubles(weights), doubles(energies))
	cause := e.source.outcome()
	if err := m.failure(status); err != nil {
		err.(*Error).Cause = cause
		return err
	}
	return nil
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
