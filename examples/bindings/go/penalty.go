package dirichlet

// #include "model.h"
// #include "precision.h"
import "C"

// PenaltyResult is what a penalty's call has found; see penalty.h.
type PenaltyResult struct {
	Value float64 // R, not multiplied by the strength
	// StandardError of R by its random directions; NaN where one a sample does not show it.
	StandardError     float64
	Noise             float64 // by differences: what part of R noise is likely to be
	Samples, Products int64
	Exact             bool // R has no error by directions
}

func newPenalty() *C.dirichlet_penalty_result {
	return &C.dirichlet_penalty_result{struct_size: C.sizeof_dirichlet_penalty_result}
}

func penaltyOf(r *C.dirichlet_penalty_result) PenaltyResult {
	return PenaltyResult{
		Value:         float64(r.value),
		StandardError: float64(r.standard_error),
		Noise:         float64(r.noise),
		Samples:       int64(r.samples),
		Products:      int64(r.products),
		Exact:         r.exact != 0,
	}
}

// Norm of parameters; see regularizer.h.
type Norm int32

// The norms.
const (
	L1        Norm = C.DIRICHLET_NORM_L1         // sum |theta|
	SquaredL2 Norm = C.DIRICHLET_NORM_SQUARED_L2 // sum theta^2
)

// ParameterNorm returns the norm of values, and adds strength times its derivative to gradient,
// unless that is nil.
func ParameterNorm[T Real](norm Norm, values []T, strength float64,
	gradient []T) (PenaltyResult, error) {
	if gradient != nil {
		if err := expect(array{"gradient", len(gradient), len(values)}); err != nil {
			return PenaltyResult{}, err
		}
	}
	if len(values) == 0 {
		return PenaltyResult{Exact: true}, nil
	}
	result, said := newPenalty(), newFailure()
	status := C.godirichlet_parameter_norm(single[T](), C.int64_t(len(values)), elements(values),
		elements(gradient), C.int32_t(norm), C.double(strength), result, said)
	return penaltyOf(result), failure(status, said)
}

// EnergyPenaltyOptions of EnergyPenalty; zero means the default.
type EnergyPenaltyOptions struct {
	Probes         Probes // one is unbiased too, and in training often all that is needed
	Seed           uint64 // a new one in each step of a training
	FirstSample    int64
	Step           float64
	WorkspaceBytes uint64
	Progress       ProgressFunc
	// Lanes: goroutines that work on a call, whose results do not depend on it; AllLanes; 0: none.
	Lanes int
}

func (o EnergyPenaltyOptions) table() C.dirichlet_energy_penalty_options {
	return C.dirichlet_energy_penalty_options{
		struct_size:     C.sizeof_dirichlet_energy_penalty_options,
		workspace_bytes: C.size_t(o.WorkspaceBytes),
		probes:          C.int64_t(o.Probes),
		seed:            C.uint64_t(o.Seed),
		first_sample:    C.int64_t(o.FirstSample),
		step:            C.double(o.Step),
	}
}

// EnergyPenalty returns the geometric complexity of any model at x by differences of its Forward,
// and has its ParameterVJP add strength * dGC/dtheta to the gradient; without one it is the value
// alone. After an error the gradient may hold part of the sum: clear it.
func EnergyPenalty[T Real](model Model[T], x []T, options EnergyPenaltyOptions,
	strength float64) (PenaltyResult, error) {
	return EnergyPenaltyBatch(model, Batch[T]{X: x}, options, strength)
}

// EnergyPenaltyBatch is EnergyPenalty with all that a batch can say but groups.
func EnergyPenaltyBatch[T Real](model Model[T], batch Batch[T], options EnergyPenaltyOptions,
	strength float64) (PenaltyResult, error) {
	bound, err := model.bind(options.Progress, options.Lanes)
	if err != nil {
		return PenaltyResult{}, err
	}
	defer bound.release()
	samples, err := batch.some(bound.inputs)
	if err != nil {
		return PenaltyResult{}, err
	}
	table, result, said := options.table(), newPenalty(), newFailure()
	status := C.godirichlet_energy_penalty(single[T](), &bound.table, batch.table(samples), &table,
		C.double(strength), result, said)
	if err := bound.failure(status, said); err != nil {
		return PenaltyResult{}, err
	}
	return penaltyOf(result), nil
}
