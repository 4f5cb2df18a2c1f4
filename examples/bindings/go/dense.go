package dirichlet

// #include "precision.h"
import "C"

import (
	"math"
	"unsafe"
)

// Activation is an elementwise function; see dense.h.
type Activation int32

// The activations.
const (
	Identity    Activation = C.DIRICHLET_ACTIVATION_IDENTITY
	ReLU        Activation = C.DIRICHLET_ACTIVATION_RELU
	LeakyReLU   Activation = C.DIRICHLET_ACTIVATION_LEAKY_RELU
	PReLU       Activation = C.DIRICHLET_ACTIVATION_PRELU
	ReLUSquared Activation = C.DIRICHLET_ACTIVATION_RELU_SQUARED
	Clamp       Activation = C.DIRICHLET_ACTIVATION_CLAMP
	HardSigmoid Activation = C.DIRICHLET_ACTIVATION_HARD_SIGMOID
	HardSwish   Activation = C.DIRICHLET_ACTIVATION_HARD_SWISH
	ELU         Activation = C.DIRICHLET_ACTIVATION_ELU
	SELU        Activation = C.DIRICHLET_ACTIVATION_SELU
	GELU        Activation = C.DIRICHLET_ACTIVATION_GELU
	GELUTanh    Activation = C.DIRICHLET_ACTIVATION_GELU_TANH
	SiLU        Activation = C.DIRICHLET_ACTIVATION_SILU
	Mish        Activation = C.DIRICHLET_ACTIVATION_MISH
	Softplus    Activation = C.DIRICHLET_ACTIVATION_SOFTPLUS
	Tanh        Activation = C.DIRICHLET_ACTIVATION_TANH
	Softsign    Activation = C.DIRICHLET_ACTIVATION_SOFTSIGN
	Sigmoid     Activation = C.DIRICHLET_ACTIVATION_SIGMOID
	Sin         Activation = C.DIRICHLET_ACTIVATION_SIN
)

// Kink says which derivative stands for that at a kink; see dense.h.
type Kink int32

// The derivatives at a kink: of ReLU 0, 1 or 1/2.
const (
	KinkOutside Kink = C.DIRICHLET_KINK_OUTSIDE
	KinkInside  Kink = C.DIRICHLET_KINK_INSIDE
	KinkMean    Kink = C.DIRICHLET_KINK_MEAN
)

// Layer of a network: its sizes, its activation, and the order of its weights.
type Layer struct {
	Inputs, Outputs int
	Activation      Activation
	// ActivationParameter: slope of LeakyReLU and PReLU; that of ELU; lower end of Clamp, whose
	// upper end is ActivationSecond. 0 of LeakyReLU and ELU: 0.01 and 1, unless ParameterGiven
	// says that it means 0.
	ActivationParameter, ActivationSecond float64
	ParameterGiven                        bool
	// InputScale s and OutputScale c of the activation, c a(s z); 0: 1.
	InputScale, OutputScale float64
	Kink                    Kink
	// UnitSlopes: PReLU has a slope for each output, see Parameters.Slopes; at first 0.
	UnitSlopes bool
	// InputsFirst: weights are inputs x outputs, as those of Flax and Keras, and not outputs x
	// inputs, as those of PyTorch.
	InputsFirst bool
	NoBias      bool
}

// DenseOptions of a network; zero means the default.
type DenseOptions struct {
	Layers         int // use the first so many, for the complexity of an embedding; 0: all
	WorkspaceBytes uint64
	// Lanes: goroutines that work on a call, whose results do not depend on it; AllLanes; 0: none.
	Lanes int
}

// Dense is a dense network. Its weights lie in memory of C, since C may keep no pointer to
// memory of Go: Weights, Bias and All are views of it that may be written between calls.
// It must be closed; the garbage collector does not, for a view may outlive the network.
type Dense[T Real] struct {
	Parameters[T]
	*network
}

// network is that of C, for all copies of its Dense.
type network struct {
	life            // held by estimators
	handle          unsafe.Pointer
	inputs, outputs int
}

// NewDense makes a network whose weights and biases are 0.
func NewDense[T Real](layers []Layer, options DenseOptions) (*Dense[T], error) {
	if len(layers) == 0 {
		return nil, newError(StatusRange, "layers is empty")
	}
	if options.Layers < 0 || options.Layers > len(layers) {
		return nil, newError(StatusRange, "options.Layers is %d, there are %d layers",
			options.Layers, len(layers))
	}
	if options.Layers > 0 {
		layers = layers[:options.Layers]
	}
	parameters, err := newParameters[T](layers)
	if err != nil {
		return nil, err
	}
	of := &network{inputs: layers[0].Inputs, outputs: layers[len(layers)-1].Outputs}
	said := newFailure()
	table := C.dirichlet_dense_options{
		struct_size:     C.sizeof_dirichlet_dense_options,
		workspace_bytes: C.size_t(options.WorkspaceBytes),
	}
	status := C.godirichlet_dense_create(single[T](), &parameters.layout[0],
		C.int64_t(len(layers)), parameters.memory, &table, lanes(options.Lanes), &of.handle, said)
	if err := failure(status, said); err != nil {
		parameters.free()
		return nil, err
	}
	of.begin(func() {
		C.godirichlet_dense_destroy(single[T](), of.handle)
		of.handle = nil
		parameters.free()
	})
	return &Dense[T]{Parameters: Parameters[T]{block: parameters}, network: of}, nil
}

// Close frees the network; the views of its weights are then gone. (If estimators of it are
// still open, that waits for the last of them.) A second call does nothing.
func (n *Dense[T]) Close() {
	if n.network != nil {
		n.close()
	}
}

// check that the network is open.
func (n *Dense[T]) check() error {
	if n.network == nil || n.closed.Load() {
		return newError(StatusNull, "network is closed")
	}
	return nil
}

// Model of the network. It is exact without probes.
func (n *Dense[T]) Model() Model[T] {
	model := Model[T]{network: n}
	if n.network != nil {
		model.Inputs, model.Outputs = n.inputs, n.outputs
	}
	return model
}

// Forward: y = f(x). x (n, d), y (n, k).
func (n *Dense[T]) Forward(x, y []T) error {
	samples, err := n.samples(x)
	if err == nil {
		err = expect(array{"y", len(y), samples * n.outputs})
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.godirichlet_dense_forward(single[T](), n.handle, C.int64_t(samples),
		elements(x), elements(y)))
}

// JVP: jv = J v for m directions a sample. x (n, d), v (n, m, d), jv (n, m, k).
func (n *Dense[T]) JVP(directions int, x, v, jv []T) error {
	samples, err := n.products(directions, x)
	if err == nil {
		err = expect(array{"v", len(v), samples * directions * n.inputs},
			array{"jv", len(jv), samples * directions * n.outputs})
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.godirichlet_dense_jvp(single[T](), n.handle, C.int64_t(samples),
		C.int64_t(directions), elements(x), elements(v), elements(jv)))
}

// VJP: jtu = J^T u for m directions a sample. x (n, d), u (n, m, k), jtu (n, m, d).
func (n *Dense[T]) VJP(directions int, x, u, jtu []T) error {
	samples, err := n.products(directions, x)
	if err == nil {
		err = expect(array{"u", len(u), samples * directions * n.outputs},
			array{"jtu", len(jtu), samples * directions * n.inputs})
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.godirichlet_dense_vjp(single[T](), n.handle, C.int64_t(samples),
		C.int64_t(directions), elements(x), elements(u), elements(jtu)))
}

// Energies: energies[i] = ||J(x_i)||_F^2, exact up to rounding.
func (n *Dense[T]) Energies(x []T, energies []float64) error {
	samples, err := n.samples(x)
	if err == nil {
		err = expect(array{"energies", len(energies), samples})
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.godirichlet_dense_energies(single[T](), n.handle, C.int64_t(samples),
		elements(x), doubles(energies)))
}

// EnergySum is the sum of the energies, which may be had more cheaply than they are.
func (n *Dense[T]) EnergySum(x []T) (float64, error) {
	samples, err := n.samples(x)
	if err != nil || samples == 0 {
		return 0, err
	}
	var sum C.double
	err = n.failure(C.godirichlet_dense_energy_sum(single[T](), n.handle, C.int64_t(samples),
		elements(x), &sum))
	return float64(sum), err
}

// samples is the number of rows of x, for a network that is open.
func (n *Dense[T]) samples(x []T) (int, error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	return rows("x", x, n.inputs)
}

// products refuses numbers of directions that C must not see, and gives that of samples.
func (n *Dense[T]) products(directions int, x []T) (int, error) {
	samples, err := n.samples(x)
	if err == nil && directions < 1 {
		err = newError(StatusRange, "directions is %d: it must be >= 1", directions)
	}
	if err == nil && samples > 0 &&
		directions > math.MaxInt/samples/larger(n.inputs, n.outputs) {
		err = newError(StatusOverflow, "directions is %d: no slice is so long", directions)
	}
	return samples, err
}

func (n *Dense[T]) failure(status C.dirichlet_status) error {
	if status == C.DIRICHLET_OK {
		return nil
	}
	said := newFailure()
	C.godirichlet_dense_last_error(single[T](), n.handle, said)
	return failure(status, said)
}

func larger(a, b int) int {
	if a > b {
		return a
	}
	return b
}
