package dirichlet

// #include <dirichlet/dirichlet.h>
// #include <stdlib.h>
import "C"

import "unsafe"

// Activation is an elementwise function; see dense.h.
type Activation int32

// The activations.
const (
	Identity  Activation = C.DIRICHLET_ACTIVATION_IDENTITY
	ReLU      Activation = C.DIRICHLET_ACTIVATION_RELU
	LeakyReLU Activation = C.DIRICHLET_ACTIVATION_LEAKY_RELU
	ELU       Activation = C.DIRICHLET_ACTIVATION_ELU
	GELU      Activation = C.DIRICHLET_ACTIVATION_GELU
	GELUTanh  Activation = C.DIRICHLET_ACTIVATION_GELU_TANH
	SiLU      Activation = C.DIRICHLET_ACTIVATION_SILU
	Softplus  Activation = C.DIRICHLET_ACTIVATION_SOFTPLUS
	Tanh      Activation = C.DIRICHLET_ACTIVATION_TANH
	Sigmoid   Activation = C.DIRICHLET_ACTIVATION_SIGMOID
	Sin       Activation = C.DIRICHLET_ACTIVATION_SIN
)

// Layer of a network: the weight from input i to output o is
// Weights[o*OutputStride + i*InputStride].
type Layer struct {
	Inputs, Outputs           int
	Weights                   []float64
	OutputStride, InputStride int       // both 0: outputs x inputs, row after row
	Bias                      []float64 // nil: none
	BiasStride                int       // 0: 1
	Activation                Activation
	ActivationParameter       float64
}

// Dense is a dense network. Its weights are copies in memory of C, since C may keep no
// pointer to memory that Go manages; Weights and Bias give access to them. Close it
// after its estimators.
type Dense struct {
	handle          *C.dirichlet_dense_f64
	inputs, outputs int
	weights, biases [][]float64
	estimators      int
}

// NewDense copies the weights of the layers into a network.
func NewDense(layers []Layer) (*Dense, error) {
	network := &Dense{}
	tables := make([]C.dirichlet_dense_layer_f64, len(layers)+1)
	for i, layer := range layers {
		table, err := network.add(layer)
		if err != nil {
			network.Close()
			return nil, err
		}
		tables[i] = table
	}
	var message [C.DIRICHLET_MESSAGE_SIZE]C.char
	status := C.dirichlet_dense_create_f64(&tables[0], C.int64_t(len(layers)), nil,
		&network.handle, &message[0], C.DIRICHLET_MESSAGE_SIZE)
	if err := failure(status, &message[0]); err != nil {
		network.Close()
		return nil, err
	}
	network.inputs = int(C.dirichlet_dense_inputs_f64(network.handle))
	network.outputs = int(C.dirichlet_dense_outputs_f64(network.handle))
	return network, nil
}

// add copies a layer and describes the copy, if its slices hold all that it reaches.
// What else may be wrong with it the library finds.
func (n *Dense) add(layer Layer) (table C.dirichlet_dense_layer_f64, err error) {
	if layer.OutputStride == 0 && layer.InputStride == 0 {
		layer.OutputStride, layer.InputStride = layer.Inputs, 1
	}
	if layer.BiasStride == 0 {
		layer.BiasStride = 1
	}
	if !reaches(layer.Weights, [2]int{layer.Outputs, layer.OutputStride},
		[2]int{layer.Inputs, layer.InputStride}) {
		return table, shapeError("Weights has fewer elements than its strides reach")
	}
	if layer.Bias != nil && !reaches(layer.Bias, [2]int{layer.Outputs, layer.BiasStride}) {
		return table, shapeError("Bias has fewer elements than its stride reaches")
	}
	weights, bias := copyToC(layer.Weights), copyToC(layer.Bias)
	n.weights, n.biases = append(n.weights, weights), append(n.biases, bias)
	table.struct_size = C.sizeof_dirichlet_dense_layer_f64
	table.inputs = C.int64_t(layer.Inputs)
	table.outputs = C.int64_t(layer.Outputs)
	table.weights = pointer(weights)
	table.output_stride = C.int64_t(layer.OutputStride)
	table.input_stride = C.int64_t(layer.InputStride)
	table.bias = pointer(bias)
	table.bias_stride = C.int64_t(layer.BiasStride)
	table.activation = C.dirichlet_activation(layer.Activation)
	table.activation_parameter = C.double(layer.ActivationParameter)
	return table, nil
}

// reaches tells whether a slice has the last element of an array of these axes, each a
// count and a stride.
func reaches(values []float64, axes ...[2]int) bool {
	left := len(values) - 1
	for _, axis := range axes {
		steps, stride := axis[0]-1, axis[1]
		if steps > 0 && stride > 0 && left >= 0 {
			if stride > left/steps {
				return false
			}
			left -= steps * stride
		}
	}
	return left >= 0
}

func copyToC(values []float64) []float64 {
	if len(values) == 0 {
		return nil
	}
	memory := C.malloc(C.size_t(len(values)) * C.sizeof_double)
	copied := unsafe.Slice((*float64)(memory), len(values))
	copy(copied, values)
	return copied
}

// Weights of a layer, in the memory of C: the network uses what is written there. They
// are gone after Close.
func (n *Dense) Weights(layer int) []float64 { return n.weights[layer] }

// Bias of a layer, in the memory of C; nil if it has none.
func (n *Dense) Bias(layer int) []float64 { return n.biases[layer] }

// Forward: y = f(x). x (n, d), y (n, k).
func (n *Dense) Forward(x, y []float64) error {
	samples, err := rows("x", x, n.inputs)
	if err == nil {
		err = expectLength("y", y, samples*n.outputs)
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.dirichlet_dense_forward_f64(n.handle, C.int64_t(samples), pointer(x),
		pointer(y)))
}

// JVP: jv = J v for m tangents a sample. x (n, d), v (n, m, d), jv (n, m, k).
func (n *Dense) JVP(directions int, x, v, jv []float64) error {
	samples, err := n.products(directions, x)
	if err == nil {
		err = expectLength("v", v, samples*directions*n.inputs)
	}
	if err == nil {
		err = expectLength("jv", jv, samples*directions*n.outputs)
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.dirichlet_dense_jvp_f64(n.handle, C.int64_t(samples),
		C.int64_t(directions), pointer(x), pointer(v), pointer(jv)))
}

// VJP: jtu = J^T u for m cotangents a sample. x (n, d), u (n, m, k), jtu (n, m, d).
func (n *Dense) VJP(directions int, x, u, jtu []float64) error {
	samples, err := n.products(directions, x)
	if err == nil {
		err = expectLength("u", u, samples*directions*n.outputs)
	}
	if err == nil {
		err = expectLength("jtu", jtu, samples*directions*n.inputs)
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.dirichlet_dense_vjp_f64(n.handle, C.int64_t(samples),
		C.int64_t(directions), pointer(x), pointer(u), pointer(jtu)))
}

// Energies: energies[i] = ||J(x_i)||_F^2, exact up to rounding.
func (n *Dense) Energies(x, energies []float64) error {
	samples, err := rows("x", x, n.inputs)
	if err == nil {
		err = expectLength("energies", energies, samples)
	}
	if err != nil || samples == 0 {
		return err
	}
	return n.failure(C.dirichlet_dense_energies_f64(n.handle, C.int64_t(samples), pointer(x),
		pointer(energies)))
}

// Close frees the network and its weights. A second call does nothing.
func (n *Dense) Close() {
	if n.estimators > 0 {
		panic("dirichlet: a network is closed before its estimators")
	}
	C.dirichlet_dense_destroy_f64(n.handle)
	for i := range n.weights {
		C.free(unsafe.Pointer(pointer(n.weights[i])))
		C.free(unsafe.Pointer(pointer(n.biases[i])))
	}
	*n = Dense{}
}

// products checks the number of directions, and gives that of samples.
func (n *Dense) products(directions int, x []float64) (int, error) {
	if directions < 1 {
		return 0, &Error{Status: StatusRange, Message: "directions must be at least 1"}
	}
	return rows("x", x, n.inputs)
}

func (n *Dense) failure(status C.dirichlet_status) error {
	return failure(status, C.dirichlet_dense_message_f64(n.handle))
}

func (n *Dense) bind() (*binding, error) {
	var table C.dirichlet_model_f64
	table.struct_size = C.sizeof_dirichlet_model_f64
	if err := n.failure(C.dirichlet_dense_model_f64(n.handle, &table)); err != nil {
		return nil, err
	}
	n.estimators++
	return &binding{&table, nil, func() { n.estimators-- }}, nil
}
