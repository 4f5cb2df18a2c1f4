package dirichlet

// #include <dirichlet/dirichlet.h>
import "C"

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

func resultOfC(r *C.dirichlet_result) Result {
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
	}
}
