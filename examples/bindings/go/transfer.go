package dirichlet

// #include "precision.h"
import "C"

// Transfer is what the transfer theorem says of n samples and L layers; see dense.h.
type Transfer struct {
	InputSide     []float64 // (n): ||J||_F^2
	ParameterSide []float64 // (n): ||df/dtheta||_F^2
	Factors       []float64 // (n, L): T_l
	Ratios        []float64 // (n): InputSide * sum T_l^2 over ParameterSide, at most 1
}

// Transfer computes both sides of the transfer theorem at x. progress, unless nil, is called now
// and then.
func (n *Dense[T]) Transfer(x []T, progress ProgressFunc) (Transfer, error) {
	bound, err := n.bind(progress)
	if err != nil {
		return Transfer{}, err
	}
	defer bound.release()
	samples, err := n.samples(x)
	if err != nil || samples == 0 {
		return Transfer{}, err
	}
	found := Transfer{make([]float64, samples), make([]float64, samples),
		make([]float64, samples*len(n.layout)), make([]float64, samples)}
	status := C.godirichlet_transfer(single[T](), n.handle, C.int64_t(samples), elements(x),
		bound.table.progress, doubles(found.InputSide), doubles(found.ParameterSide),
		doubles(found.Factors), doubles(found.Ratios))
	if err := bound.functions.explain(n.failure(status)); err != nil {
		return Transfer{}, err
	}
	return found, nil
}
