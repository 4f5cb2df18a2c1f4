package dirichlet

// #include "precision.h"
import "C"

// Tangent is a direction in the parameters of a network, laid out like them, that LossHVP reads.
// It must be closed.
type Tangent[T Real] struct{ Parameters[T] }

// NewTangent makes one that is 0.
func (n *Dense[T]) NewTangent() (*Tangent[T], error) {
	parameters, err := n.newBlock()
	if err != nil {
		return nil, err
	}
	return &Tangent[T]{Parameters[T]{block: parameters}}, nil
}

// Close frees the tangent; the views of it are then gone. A second call does nothing.
func (v *Tangent[T]) Close() { v.free() }

// LossHVP adds scale * H v to gradient, H the exact Hessian of the loss in the parameters and v
// the tangent.
func (n *Dense[T]) LossHVP(x []T, loss Loss[T], tangent *Tangent[T], scale float64,
	gradient *Gradient[T]) error {
	samples, to, err := n.differentiate(x, gradient)
	if err == nil && gradient == nil {
		err = newError(StatusNull, "gradient is nil")
	}
	if err == nil && tangent == nil {
		err = newError(StatusNull, "tangent is nil")
	}
	if err == nil {
		err = n.accepts("tangent", tangent.block)
	}
	if err != nil {
		return err
	}
	table, err := loss.table(samples, n.outputs)
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.godirichlet_loss_hvp(single[T](), to, C.int64_t(samples), elements(x), table,
		tangent.memory, C.double(scale)))
}
