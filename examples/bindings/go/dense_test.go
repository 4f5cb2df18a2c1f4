package dirichlet

import (
	"errors"
	"math"
	"testing"
)

// sineLayer is f(x) = sin(W x), without a bias.
var sineLayer = Layer{Inputs: d, Outputs: k, Activation: Sin, NoBias: true}

func newDense[T Real](t *testing.T, layers ...Layer) *Dense[T] {
	t.Helper()
	network, err := NewDense[T](layers, DenseOptions{})
	succeed(t, err)
	t.Cleanup(network.Close)
	return network
}

func newSine[T Real](t *testing.T) *Dense[T] {
	t.Helper()
	network := newDense[T](t, sineLayer)
	copy(network.Weights(0), sineWeights[T]())
	return network
}

func (n *Dense[T]) held() int32 { return n.holders.Load() }

func TestANetworkAgreesWithFunctions(t *testing.T) {
	both(t, aNetworkAgreesWithFunctions[float64], aNetworkAgreesWithFunctions[float32])
}

func aNetworkAgreesWithFunctions[T Real](t *testing.T) {
	const n, m = 6, 2
	w, x, within := sineWeights[T](), samples[T](n), bound[T](1e-13, 2e-6)
	v, u := numbers[T](n*m*d, 3), numbers[T](n*m*k, 4)
	network := newSine[T](t)

	result, err := Measure(network.Model(), x, Options{})
	succeed(t, err)
	expectClose(t, "measured", result.Value, complexity(w, x), within)
	sum, err := network.EnergySum(x)
	succeed(t, err)
	expectClose(t, "sum", sum/n, complexity(w, x), within)
	of := make([]float64, n)
	succeed(t, network.Energies(x, of))
	expectAllClose(t, "energies", of, energies(w, x), within)

	found, expected := make([]T, n*k), make([]T, n*k)
	succeed(t, network.Forward(x, found))
	succeed(t, forward(w)(n, x, expected))
	expectAllClose(t, "forward", found, expected, within)

	found, expected = make([]T, n*m*k), make([]T, n*m*k)
	succeed(t, network.JVP(m, x, v, found))
	succeed(t, jvp(w)(n, m, x, v, expected))
	expectAllClose(t, "jvp", found, expected, within)

	found, expected = make([]T, n*m*d), make([]T, n*m*d)
	succeed(t, network.VJP(m, x, u, found))
	succeed(t, vjp(w)(n, m, x, u, expected))
	expectAllClose(t, "vjp", found, expected, within)
}

// The same weights in both orders, with a bias.
func TestOrdersOfWeights(t *testing.T) {
	w, bias, x := sineWeights[float32](), numbers[float32](k, 5), samples[float32](6)
	layer := Layer{Inputs: d, Outputs: k, Activation: Tanh}
	byOutput := newDense[float32](t, layer)
	layer.InputsFirst = true
	byInput := newDense[float32](t, layer)
	copy(byOutput.Weights(0), w)
	for i := range w {
		byInput.Weights(0)[i%d*k+i/d] = w[i]
	}
	found, expected := make([]float32, 6*k), make([]float32, 6*k)
	for i := range expected {
		expected[i] = float32(math.Tanh(dot(row(w, i%k, d), row(x, i/k, d)) + float64(bias[i%k])))
	}
	for _, network := range []*Dense[float32]{byOutput, byInput} {
		copy(network.Bias(0), bias)
		succeed(t, network.Forward(x, found))
		expectAllClose(t, "forward", found, expected, 1e-6)
	}
}

// Weights and biases are views of one array, which no append grows into.
func TestViewsOfParameters(t *testing.T) {
	network := newDense[float64](t, Layer{Inputs: 2, Outputs: 3},
		Layer{Inputs: 3, Outputs: 1, NoBias: true})
	for i := range network.All() {
		network.All()[i] = float64(i)
	}
	if len(network.All()) != 12 || network.Weights(0)[5] != 5 || network.Bias(0)[2] != 8 ||
		network.Weights(1)[2] != 11 || network.Bias(1) != nil {
		t.Fatal(network.All())
	}
	_ = append(network.Weights(0), -1)
	if network.Bias(0)[0] != 6 {
		t.Fatal(network.All())
	}
}

func TestTheFirstLayersAreANetwork(t *testing.T) {
	layers := []Layer{sineLayer, {Inputs: k, Outputs: 2}}
	first, err := NewDense[float64](layers, DenseOptions{Layers: 1})
	succeed(t, err)
	defer first.Close()
	copy(first.All(), sineWeights[float64]())
	x := samples[float64](6)
	result, err := Measure(first.Model(), x, Options{})
	succeed(t, err)
	expectClose(t, "embedding", result.Value, complexity(sineWeights[float64](), x), 1e-13)
}

// The derivative at inputs of 0 is that at the kink, or the slope of the unit.
func TestActivationsHaveParameters(t *testing.T) {
	squared := func(layer Layer, slopes ...float64) float64 {
		layer.Inputs, layer.Outputs, layer.NoBias = 1, 2, true
		network, err := NewDense[float64]([]Layer{layer}, DenseOptions{})
		succeed(t, err)
		defer network.Close()
		copy(network.Weights(0), []float64{1, -2})
		copy(network.Slopes(0), slopes)
		energies := []float64{math.NaN()}
		succeed(t, network.Energies([]float64{1}, energies))
		return energies[0]
	}
	clamp := Layer{Activation: Clamp, ActivationParameter: -4, ActivationSecond: 4}
	clamp.InputScale, clamp.OutputScale = 3, 0.5
	expectClose(t, "clamp", squared(clamp), 2.25, 1e-14)
	clamp.InputScale = 4
	if energy := squared(clamp); energy != 0 {
		t.Errorf("at the kink: %g instead of 0", energy)
	}
	clamp.Kink = KinkInside
	expectClose(t, "inside", squared(clamp), 4, 1e-14)
	expectClose(t, "prelu", squared(Layer{Activation: PReLU, UnitSlopes: true}, 7, -3), 37, 1e-14)

	leaky := Layer{Activation: LeakyReLU}
	expectClose(t, "leaky relu", squared(leaky), 1.0004, 1e-14)
	leaky.ParameterGiven = true
	expectClose(t, "of slope 0", squared(leaky), 1, 1e-14)
	leaky.ActivationParameter = -0.5
	expectClose(t, "of slope -0.5", squared(leaky), 2, 1e-14)
	elu := Layer{Activation: ELU, ParameterGiven: true}
	expectClose(t, "elu of 0", squared(elu), 1, 1e-14)
	elu.ParameterGiven = false
	expectClose(t, "elu", squared(elu), 1+4*math.Exp(-4), 1e-14)
}

func TestWhatIsWrongWithANetworkIsNamed(t *testing.T) {
	wrong := func(change func(*Layer)) error {
		layer := sineLayer
		change(&layer)
		_, err := NewDense[float64]([]Layer{layer}, DenseOptions{})
		return err
	}
	expectError(t, wrong(func(l *Layer) { l.Inputs = 0 }), StatusRange, "layers[0].Inputs")
	expectError(t, wrong(func(l *Layer) { l.Outputs = -1 }), StatusRange, "layers[0].Outputs")
	expectError(t, wrong(func(l *Layer) { l.Inputs = math.MaxInt }), StatusRange, "Inputs")
	expectError(t, wrong(func(l *Layer) { l.Inputs, l.Outputs = math.MaxInt32, math.MaxInt32 }),
		StatusOverflow, "layers[0]")
	expectError(t, wrong(func(l *Layer) { l.Activation = 1 }), StatusConstant, "activation")
	expectError(t, wrong(func(l *Layer) { l.ActivationParameter = -1 }), StatusRange,
		"activation_parameter")
	_, err := NewDense[float64](nil, DenseOptions{})
	expectError(t, err, StatusRange, "layers")
	_, err = NewDense[float64]([]Layer{sineLayer, sineLayer}, DenseOptions{})
	expectError(t, err, StatusShape, "layers[1].inputs")
	_, err = NewDense[float64]([]Layer{sineLayer}, DenseOptions{Layers: 2})
	expectError(t, err, StatusRange, "options.Layers")
	_, err = NewDense[float64]([]Layer{sineLayer}, DenseOptions{WorkspaceBytes: 1})
	expectError(t, err, StatusWorkspace, "workspace_bytes")
}

func TestSlicesOfNetworksAreChecked(t *testing.T) {
	network, x := newSine[float64](t), samples[float64](2)
	expectError(t, network.Forward(x[1:], nil), StatusShape, "x")
	expectError(t, network.Forward(x, make([]float64, k)), StatusShape, "y")
	expectError(t, network.JVP(1, x, x[1:], nil), StatusShape, "v")
	expectError(t, network.JVP(1, x, x, nil), StatusShape, "jv")
	expectError(t, network.VJP(1, x, x, nil), StatusShape, "u")
	expectError(t, network.VJP(1, x, make([]float64, 2*k), nil), StatusShape, "jtu")
	expectError(t, network.VJP(0, x, nil, nil), StatusRange, "directions")
	expectError(t, network.VJP(math.MaxInt, x, nil, nil), StatusOverflow, "directions")
	expectError(t, network.Energies(x, nil), StatusShape, "energies")
	succeed(t, network.Forward(nil, nil))
}

// Its estimators keep what they need of a network that is closed before them.
func TestANetworkClosedBeforeItsEstimators(t *testing.T) {
	network, x := newSine[float64](t), samples[float64](4)
	estimator := newEstimator(t, network.Model(), Options{})
	network.Close()
	network.Close()
	succeed(t, estimator.Update(x, nil, nil))
	expectClose(t, "closed", resultOf(t, estimator).Value,
		complexity(sineWeights[float64](), x), 1e-13)
	expectError(t, network.Forward(x, nil), StatusNull, "network")
	_, err := network.NewGradient()
	expectError(t, err, StatusNull, "network")
	estimator.Close()
	if network.held() != 0 || network.handle != nil {
		t.Fatal("not freed")
	}
	if _, err := New(network.Model(), Options{}); !errors.Is(err, StatusNull) {
		t.Fatal(err)
	}
}
