package dirichlet

import (
	"math"
	"testing"
)

// smooth is a network of two layers, small enough for differences along each parameter.
func smooth[T Real](t *testing.T) *Dense[T] {
	t.Helper()
	network := newDense[T](t, Layer{Inputs: d, Outputs: 4, Activation: Tanh, InputsFirst: true},
		Layer{Inputs: 4, Outputs: k})
	succeed(t, network.Initialize(Initialization{Seed: 3, UniformBias: true}))
	return network
}

func newGradient[T Real](t *testing.T, network *Dense[T]) *Gradient[T] {
	t.Helper()
	gradient, err := network.NewGradient()
	succeed(t, err)
	t.Cleanup(gradient.Close)
	return gradient
}

// differences of a value along each parameter of a network.
func differences(t *testing.T, network *Dense[float64], value func() (float64, error)) []float64 {
	t.Helper()
	const h = 1e-5
	list := make([]float64, len(network.All()))
	for i := range list {
		theta := &network.All()[i]
		before := *theta
		*theta = before + h
		above, err := value()
		succeed(t, err)
		*theta = before - h
		below, err := value()
		succeed(t, err)
		*theta = before
		list[i] = (above - below) / (2 * h)
	}
	return list
}

// scaled values.
func scaled(values []float64, factor float64) []float64 {
	list := make([]float64, len(values))
	for i, value := range values {
		list[i] = factor * value
	}
	return list
}

func TestGradientsAreThoseOfDifferences(t *testing.T) {
	network, x := smooth[float64](t), samples[float64](7)
	gradient := newGradient(t, network)
	labels, targets := []int64{0, 1, 2, 0, 1, 2, 0}, numbers[float64](7*k, 8)
	type function func(scale float64, gradient *Gradient[float64]) (float64, error)
	loss := func(loss Loss[float64]) function {
		return func(scale float64, gradient *Gradient[float64]) (float64, error) {
			return network.LossGradient(x, loss, scale, gradient)
		}
	}
	for name, of := range map[string]function{
		"cross-entropy": loss(Loss[float64]{Kind: SoftmaxCrossEntropy, Labels: labels}),
		"squared":       loss(Loss[float64]{Kind: Squared, Targets: targets}),
		"energy": func(strength float64, gradient *Gradient[float64]) (float64, error) {
			result, err := network.EnergyPenalty(x, PenaltyOptions{}, strength, gradient)
			return result.Value, err
		},
		"squared L2": func(strength float64, gradient *Gradient[float64]) (float64, error) {
			var slopes []float64
			if gradient != nil {
				slopes = gradient.All()
			}
			result, err := ParameterNorm(SquaredL2, network.All(), strength, slopes)
			return result.Value, err
		},
	} {
		expected := differences(t, network, func() (float64, error) { return of(1, nil) })
		gradient.Zero()
		for _, scale := range []float64{2, -0.5} { // they add up
			_, err := of(scale, gradient)
			succeed(t, err)
		}
		expectAllClose(t, name, gradient.All(), scaled(expected, 1.5), 1e-8)
	}
}

func TestTheValuesOfPenalties(t *testing.T) {
	both(t, theValuesOfPenalties[float64], theValuesOfPenalties[float32])
}

func theValuesOfPenalties[T Real](t *testing.T) {
	network, x, w := newSine[T](t), samples[T](7), sineWeights[T]()
	within := bound[T](1e-13, 2e-6)
	result, err := network.EnergyPenalty(x, PenaltyOptions{}, 1, nil)
	succeed(t, err)
	expectClose(t, "energy", result.Value, complexity(w, x), within)
	if !result.Exact || result.StandardError != 0 || result.Samples != 7 || result.Noise != 0 {
		t.Fatalf("%+v", result)
	}
	result, err = network.EnergyPenalty(x, PenaltyOptions{Probes: k}, 1, nil)
	succeed(t, err)
	expectClose(t, "energy by k probes", result.Value, complexity(w, x), within)
	result, err = ParameterNorm(SquaredL2, w, 1, nil)
	succeed(t, err)
	expectClose(t, "squared L2", result.Value, dot(w, w), within)
	if !result.Exact || result.Samples != 0 || result.Products != 0 {
		t.Fatalf("%+v", result)
	}
	sum := 0.0
	for _, weight := range w {
		sum += math.Abs(float64(weight))
	}
	result, err = ParameterNorm(L1, w, 1, nil)
	succeed(t, err)
	expectClose(t, "L1", result.Value, sum, within)

	// 1/2 ||f - t||^2 with t = 0, and its cotangents f: two ways to its gradient.
	y := make([]T, 7*k)
	succeed(t, network.Forward(x, y))
	one, other := newGradient(t, network), newGradient(t, network)
	value, err := network.LossGradient(x, Loss[T]{Kind: Squared, Targets: make([]T, 7*k)}, 1, one)
	succeed(t, err)
	expectClose(t, "squared", value, dot(y, y)/14, within)
	succeed(t, network.ParameterVJP(x, y, 1.0/7, other))
	expectAllClose(t, "ParameterVJP", other.All(), one.All(), within)
}

func TestWhatIsWrongWithAGradientIsNamed(t *testing.T) {
	network, x := smooth[float64](t), samples[float64](2)
	gradient, other := newGradient(t, network), newGradient(t, newSine[float64](t))
	lossError := func(loss Loss[float64], scale float64, gradient *Gradient[float64]) error {
		_, err := network.LossGradient(x, loss, scale, gradient)
		return err
	}
	right := Loss[float64]{Kind: SoftmaxCrossEntropy, Labels: []int64{0, 1}}
	expectError(t, lossError(right, 1, other), StatusShape, "gradient")
	expectError(t, lossError(right, math.NaN(), gradient), StatusRange, "scale")
	wrong := right
	wrong.Labels = []int64{0, k}
	expectError(t, lossError(wrong, 1, gradient), StatusRange, "labels")
	wrong.Labels = []int64{0}
	expectError(t, lossError(wrong, 1, gradient), StatusShape, "loss.Labels")
	wrong = Loss[float64]{Kind: Squared, Targets: x}
	expectError(t, lossError(wrong, 1, gradient), StatusShape, "loss.Targets")
	expectError(t, lossError(Loss[float64]{Kind: 1}, 1, gradient), StatusConstant, "loss")
	expectError(t, lossError(Loss[float64]{Kind: Squared}, 1, gradient), StatusNull, "targets")
	_, err := network.EnergyPenalty(nil, PenaltyOptions{}, 1, gradient)
	expectError(t, err, StatusNoData, "x")
	_, err = network.EnergyPenalty(x, PenaltyOptions{Probes: -2}, 1, gradient)
	expectError(t, err, StatusRange, "probes")
	expectError(t, network.ParameterVJP(x, x, 1, gradient), StatusShape, "cotangents")
	expectError(t, network.ParameterVJP(x, x, 1, nil), StatusNull, "gradient")
	_, err = ParameterNorm(L1, x, 1, x[1:])
	expectError(t, err, StatusShape, "gradient")
	_, err = ParameterNorm(3, x, 1, nil)
	expectError(t, err, StatusConstant, "norm")
	_, err = ParameterNorm(L1, []float64{math.Inf(1)}, 1, nil)
	expectError(t, err, StatusNotFinite, "parameters[0]")
	for i, number := range gradient.All() {
		if number != 0 {
			t.Fatal("something was added at ", i)
		}
	}
	gradient.Close()
	gradient.Close()
	expectError(t, lossError(right, 1, gradient), StatusNull, "gradient")
}
