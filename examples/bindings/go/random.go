package dirichlet

// #include "precision.h"
import "C"

import "math"

// Scheme is the variance of initial weights; see random.h.
type Scheme int32

// The schemes.
const (
	LeCun   Scheme = C.DIRICHLET_INITIALIZATION_LECUN
	Glorot  Scheme = C.DIRICHLET_INITIALIZATION_GLOROT
	He      Scheme = C.DIRICHLET_INITIALIZATION_HE
	PyTorch Scheme = C.DIRICHLET_INITIALIZATION_PYTORCH
)

// Distribution is the shape of initial weights.
type Distribution int32

// The distributions.
const (
	Normal          Distribution = C.DIRICHLET_DISTRIBUTION_NORMAL
	TruncatedNormal Distribution = C.DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL
	Uniform         Distribution = C.DIRICHLET_DISTRIBUTION_UNIFORM
)

// Initialization are dirichlet_initialization_options; zero means the default.
type Initialization struct {
	Scheme       Scheme
	Distribution Distribution
	UniformBias  bool // on +- 1 / sqrt(fan-in), and not 0
	Seed         uint64
	// Scale multiplies the standard deviation; 0: 1, unless ScaleGiven says that it means 0.
	Scale      float64
	ScaleGiven bool
}

func (i Initialization) table() C.dirichlet_initialization_options {
	var table C.dirichlet_initialization_options
	table.struct_size = C.sizeof_dirichlet_initialization_options
	table.scheme = C.dirichlet_initialization(i.Scheme)
	table.distribution = C.dirichlet_distribution(i.Distribution)
	if i.UniformBias {
		table.bias = C.DIRICHLET_INITIAL_BIAS_UNIFORM
	}
	table.seed = C.uint64_t(i.Seed)
	if i.ScaleGiven {
		table.scale_given = 1
	}
	table.scale = C.double(i.Scale)
	return table
}

// Initialize draws the weights and biases of all layers.
func (n *Dense[T]) Initialize(initialization Initialization) error {
	if err := n.check(); err != nil {
		return err
	}
	table, said := initialization.table(), newFailure()
	for layer := range n.layout {
		status := C.godirichlet_initialize(single[T](), &table, C.int64_t(layer), &n.layout[layer],
			elements(n.Weights(layer)), elements(n.Bias(layer)), said)
		if err := failure(status, said); err != nil {
			return err
		}
	}
	return nil
}

// ExpectedEnergy is the geometric complexity to expect of a network with these widths, d first
// and k last, with ReLU (slope 0) or LeakyReLU between its layers and an Identity output: the
// mean over all draws of its weights.
func ExpectedEnergy(initialization Initialization, widths []int, slope float64) (float64, error) {
	if len(widths) < 2 {
		return 0, newError(StatusRange, "widths has %d elements: it must have 2 or more", len(widths))
	}
	sizes := make([]int64, len(widths))
	for i, width := range widths {
		sizes[i] = int64(width)
	}
	said := newFailure()
	var energy C.double
	table := initialization.table()
	status := C.dirichlet_expected_energy(&table, integers(sizes), C.int64_t(len(sizes)-1),
		C.double(slope), &energy, said)
	return float64(energy), failure(status, said)
}

// NoiseKind is what noise is for: independent streams.
type NoiseKind int32

// The kinds.
const (
	InputNoise  NoiseKind = C.DIRICHLET_NOISE_INPUT
	TargetNoise NoiseKind = C.DIRICHLET_NOISE_TARGET
)

// Step tells which noise is drawn: that of a step of a training, 0 to 2^32 - 1, for its samples
// from the index FirstSample on.
type Step struct {
	Seed        uint64
	Step        int64
	FirstSample int64
}

// AddNoise adds standardDeviation * u to values (n, width), u independent standard normal numbers.
func AddNoise[T Real](kind NoiseKind, step Step, width int, standardDeviation float64,
	values []T) error {
	samples, err := rows("values", values, width)
	if err == nil && width > math.MaxInt32 {
		err = newError(StatusRange, "width is %d: it must be at most 2^31 - 1", width)
	}
	if err != nil || samples == 0 {
		return err
	}
	said := newFailure()
	status := C.godirichlet_noise_add(single[T](), C.int32_t(kind), C.uint64_t(step.Seed),
		C.int64_t(step.Step), C.int64_t(step.FirstSample), C.int64_t(samples), C.int64_t(width),
		C.double(standardDeviation), elements(values), said)
	return failure(status, said)
}

// NoiseLabels replaces each label, of 0 to classes - 1, with the given probability by one of the
// others, and returns how many it has replaced.
func NoiseLabels(step Step, classes int, probability float64, labels []int64) (int, error) {
	if len(labels) == 0 {
		return 0, nil
	}
	said := newFailure()
	var changed C.int64_t
	status := C.dirichlet_noise_labels(C.uint64_t(step.Seed), C.int64_t(step.Step),
		C.int64_t(step.FirstSample), C.int64_t(len(labels)), C.int64_t(classes),
		C.double(probability), integers(labels), &changed, said)
	return int(changed), failure(status, said)
}
