package dirichlet

// #include "precision.h"
import "C"

// Gradient has an element for each weight and bias of a network, laid out like them, to which
// losses and penalties add theirs. It must be closed.
type Gradient[T Real] struct{ Parameters[T] }

// NewGradient makes one that is 0.
func (n *Dense[T]) NewGradient() (*Gradient[T], error) {
	parameters, err := n.newBlock()
	if err != nil {
		return nil, err
	}
	return &Gradient[T]{Parameters[T]{block: parameters}}, nil
}

// newBlock is zeros that are laid out like the parameters of the network.
func (n *Dense[T]) newBlock() (*block[T], error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	return allocate[T](n.layout, len(n.all))
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

// table of the loss of so many samples with so many outputs.
func (l Loss[T]) table(samples, outputs int) (C.godirichlet_loss, error) {
	err := first(fits("loss.Labels", l.Labels, samples),
		fits("loss.Targets", l.Targets, samples*outputs))
	return C.godirichlet_loss{
		kind:    C.int32_t(l.Kind),
		labels:  integers(l.Labels),
		targets: elements(l.Targets),
	}, err
}

// LossGradient returns the loss and adds scale * dLoss/dtheta to gradient, unless that is nil.
func (n *Dense[T]) LossGradient(x []T, loss Loss[T], scale float64,
	gradient *Gradient[T]) (float64, error) {
	samples, to, err := n.differentiate(x, gradient)
	if err != nil {
		return 0, err
	}
	table, err := loss.table(samples, n.outputs)
	if err != nil || samples == 0 {
		return 0, err
	}
	var value C.double
	err = n.failure(C.godirichlet_loss_gradient(single[T](), to, C.int64_t(samples),
		elements(x), table, C.double(scale), &value))
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

// PenaltyOptions of the network's EnergyPenalty; see dirichlet_dense_penalty_options.
type PenaltyOptions struct {
	Probes      Probes
	Method      Method // Auto: exact if Probes is 0, AllProbes or many, else Rademacher; or those
	Seed        uint64
	FirstSample int64
}

func (o PenaltyOptions) table() C.dirichlet_dense_penalty_options {
	return C.dirichlet_dense_penalty_options{
		struct_size:  C.sizeof_dirichlet_dense_penalty_options,
		probes:       C.int64_t(o.Probes),
		method:       C.dirichlet_method(o.Method),
		seed:         C.uint64_t(o.Seed),
		first_sample: C.int64_t(o.FirstSample),
	}
}

// EnergyPenalty returns the geometric complexity at x and adds strength * dGC/dtheta to gradient,
// unless that is nil.
func (n *Dense[T]) EnergyPenalty(x []T, options PenaltyOptions, strength float64,
	gradient *Gradient[T]) (PenaltyResult, error) {
	return n.EnergyPenaltyBatch(Batch[T]{X: x}, options, strength, gradient)
}

// EnergyPenaltyBatch is EnergyPenalty with the weights, indices and strides of a batch.
func (n *Dense[T]) EnergyPenaltyBatch(batch Batch[T], options PenaltyOptions, strength float64,
	gradient *Gradient[T]) (PenaltyResult, error) {
	to, err := n.target(gradient)
	if err != nil {
		return PenaltyResult{}, err
	}
	samples, err := batch.some(n.inputs)
	if err != nil {
		return PenaltyResult{}, err
	}
	table, result := options.table(), newPenalty()
	err = n.failure(C.godirichlet_dense_energy_penalty(single[T](), to, batch.table(samples),
		&table, C.double(strength), result))
	if err != nil {
		return PenaltyResult{}, err
	}
	return penaltyOf(result), nil
}

// differentiate gives the number of samples, and where C adds a gradient.
func (n *Dense[T]) differentiate(x []T, gradient *Gradient[T]) (samples int,
	table C.godirichlet_gradient, err error) {
	if table, err = n.target(gradient); err == nil {
		samples, err = n.samples(x)
	}
	return
}

// target describes where C adds a gradient, if it is one of this network.
func (n *Dense[T]) target(gradient *Gradient[T]) (table C.godirichlet_gradient, err error) {
	if err = n.check(); err != nil {
		return
	}
	table.network = n.handle
	table.layers = &n.layout[0]
	table.count = C.int64_t(len(n.layout))
	if gradient != nil {
		if err = n.accepts("gradient", gradient.block); err == nil {
			table.parameters = gradient.memory
		}
	}
	return
}

// accepts a gradient or tangent of this network, or of one with the same layers: C takes it by the
// layout of this one.
func (n *Dense[T]) accepts(name string, of *block[T]) error {
	if of == nil || of.memory == nil {
		return newError(StatusNull, "%s is closed", name)
	}
	if len(of.layout) != len(n.layout) {
		return newError(StatusShape, "%s is that of %d layers, the network has %d", name,
			len(of.layout), len(n.layout))
	}
	for i, layer := range n.layout {
		if placeOf(of.layout[i]) != placeOf(layer) {
			return newError(StatusShape,
				"%s is that of another network: its layers[%d] has another shape", name, i)
		}
	}
	return nil
}

// placeOf a layer: what its activation has no part in.
func placeOf(layer C.godirichlet_layer) C.godirichlet_layer {
	return C.godirichlet_layer{
		inputs:        layer.inputs,
		outputs:       layer.outputs,
		output_stride: layer.output_stride,
		input_stride:  layer.input_stride,
		weights:       layer.weights,
		bias:          layer.bias,
		slopes:        layer.slopes,
	}
}
