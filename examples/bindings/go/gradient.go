package dirichlet

// #include "precision.h"
import "C"

// Gradient has an element for each weight and bias of a network, laid out like them, to which
// losses and penalties add theirs. It must be closed.
type Gradient[T Real] struct{ Parameters[T] }

// NewGradient makes one that is 0.
func (n *Dense[T]) NewGradient() (*Gradient[T], error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	parameters, err := allocate[T](n.layout, len(n.all))
	if err != nil {
		return nil, err
	}
	return &Gradient[T]{Parameters[T]{block: parameters}}, nil
}

// Zero all of it.
func (g *Gradient[T]) Zero() {
	all := g.All()
	for i := range all {
		all[i] = 0
	}
}

// Close frees the gradient; the views of it are then gone. A second call does nothing.
func (g *Gradient[T]) Close() { g.free() }

// LossKind is the loss of a sample; see loss.h. For others there is ParameterVJP.
type LossKind int32

// The losses.
const (
	SoftmaxCrossEntropy LossKind = C.DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY
	Squared             LossKind = C.DIRICHLET_LOSS_SQUARED
)

// Loss is the mean over the samples of a call of their loss against Labels (n), of 0 to k - 1,
// or Targets (n, k).
type Loss[T Real] struct {
	Kind    LossKind
	Labels  []int64
	Targets []T
}

// LossGradient returns the loss and adds scale * dLoss/dtheta to gradient, unless that is nil.
func (n *Dense[T]) LossGradient(x []T, loss Loss[T], scale float64,
	gradient *Gradient[T]) (float64, error) {
	samples, table, err := n.differentiate(x, gradient)
	if err == nil && loss.Labels != nil {
		err = expect(array{"loss.Labels", len(loss.Labels), samples})
	}
	if err == nil && loss.Targets != nil {
		err = expect(array{"loss.Targets", len(loss.Targets), samples * n.outputs})
	}
	if err != nil || samples == 0 {
		return 0, err
	}
	var value C.double
	err = n.failure(C.godirichlet_loss_gradient(single[T](), table, C.int64_t(samples),
		elements(x), C.int32_t(loss.Kind), integers(loss.Labels), elements(loss.Targets),
		C.double(scale), &value))
	return float64(value), err
}

// ParameterVJP adds scale * sum_i (df(x_i)/dtheta)^T c_i to gradient: that of any loss, with the
// cotangents c_i = dLoss/df(x_i). x (n, d), cotangents (n, k).
func (n *Dense[T]) ParameterVJP(x, cotangents []T, scale float64, gradient *Gradient[T]) error {
	samples, table, err := n.differentiate(x, gradient)
	if err == nil && gradient == nil {
		err = newError(StatusNull, "gradient is nil")
	}
	if err == nil {
		err = expect(array{"cotangents", len(cotangents), samples * n.outputs})
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.godirichlet_parameter_vjp(single[T](), table, C.int64_t(samples),
		elements(x), elements(cotangents), C.double(scale)))
}

// PenaltyOptions of EnergyPenalty; see dirichlet_dense_penalty_options.
type PenaltyOptions struct {
	Probes      int64 // 0: exact
	Seed        uint64
	FirstSample int64
}

// EnergyPenalty returns the geometric complexity at x and adds strength * dGC/dtheta to gradient,
// unless that is nil.
func (n *Dense[T]) EnergyPenalty(x []T, options PenaltyOptions, strength float64,
	gradient *Gradient[T]) (float64, error) {
	samples, table, err := n.differentiate(x, gradient)
	if err == nil && samples == 0 {
		err = newError(StatusNoData, "x is empty")
	}
	if err != nil {
		return 0, err
	}
	var value C.double
	penalty := C.dirichlet_dense_penalty_options{
		struct_size:  C.sizeof_dirichlet_dense_penalty_options,
		probes:       C.int64_t(options.Probes),
		seed:         C.uint64_t(options.Seed),
		first_sample: C.int64_t(options.FirstSample),
	}
	err = n.failure(C.godirichlet_energy_penalty(single[T](), table, C.int64_t(samples),
		elements(x), &penalty, C.double(strength), &value))
	return float64(value), err
}

// differentiate describes where C adds a gradient, if it is one of this network.
func (n *Dense[T]) differentiate(x []T, gradient *Gradient[T]) (samples int,
	table C.godirichlet_gradient, err error) {
	samples, err = n.samples(x)
	if err != nil {
		return
	}
	table.network = n.handle
	table.layers = &n.layout[0]
	table.count = C.int64_t(len(n.layout))
	if gradient != nil {
		if err = n.accepts(gradient); err == nil {
			table.parameters = gradient.memory
		}
	}
	return
}

// accepts a gradient of this network, or of one with the same layers: C adds to it by the layout
// of this one.
func (n *Dense[T]) accepts(gradient *Gradient[T]) error {
	if gradient.block == nil || gradient.memory == nil {
		return newError(StatusNull, "gradient is closed")
	}
	if len(gradient.layout) != len(n.layout) {
		return newError(StatusShape, "gradient is that of %d layers, the network has %d",
			len(gradient.layout), len(n.layout))
	}
	for i, layer := range n.layout {
		other := gradient.layout[i]
		other.activation, other.kink = layer.activation, layer.kink
		other.activation_parameter, other.activation_second = layer.activation_parameter,
			layer.activation_second
		other.input_scale, other.output_scale = layer.input_scale, layer.output_scale
		if other != layer {
			return newError(StatusShape,
				"gradient is that of another network: its layers[%d] has another shape", i)
		}
	}
	return nil
}
