package dirichlet

// #include "precision.h"
import "C"

// Norm of parameters; see regularizer.h.
type Norm int32

// The norms.
const (
	L1 Norm = C.DIRICHLET_NORM_L1 // sum |theta|
	L2 Norm = C.DIRICHLET_NORM_L2 // sum theta^2
)

// ParameterNorm returns the norm of values, and adds strength times its derivative to gradient,
// unless that is nil.
func ParameterNorm[T Real](norm Norm, values []T, strength float64, gradient []T) (float64, error) {
	if gradient != nil {
		if err := expect(array{"gradient", len(gradient), len(values)}); err != nil {
			return 0, err
		}
	}
	if len(values) == 0 {
		return 0, nil
	}
	var message messageBuffer
	var value C.double
	status := C.godirichlet_parameter_norm(single[T](), C.int64_t(len(values)), elements(values),
		elements(gradient), C.int32_t(norm), C.double(strength), &value, &message[0])
	return float64(value), failure(status, &message[0])
}
