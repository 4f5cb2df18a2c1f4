package dirichlet

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func sineLayer(w []float64) Layer {
	return Layer{Inputs: d, Outputs: k, Weights: w, Activation: Sin}
}

func TestANetworkAgreesWithFunctions(t *testing.T) {
	w, x := sineWeights(), samples(40)
	ofNetwork := newEstimator(t, newDense(t, sineLayer(w)), Options{})
	succeed(t, ofNetwork.Update(x, nil, nil))
	ofFunctions := newEstimator(t, sineModel(w), Options{})
	succeed(t, ofFunctions.Update(x, nil, nil))
	expectClose(t, resultOf(t, &ofNetwork.State).Value, resultOf(t, &ofFunctions.State).Value,
		1e-13)
}

func TestItsFunctionsAgree(t *testing.T) {
	const n, m = 6, 2
	w, x := sineWeights(), samples(n)
	v, u := numbers(n*m*d, 3), numbers(n*m*k, 4)
	network := newDense(t, sineLayer(w))

	found, expected := make([]float64, n*k), make([]float64, n*k)
	succeed(t, network.Forward(x, found))
	succeed(t, forward(w)(n, x, expected))
	expectAllClose(t, found, expected)

	found, expected = make([]float64, n*m*k), make([]float64, n*m*k)
	succeed(t, network.JVP(m, x, v, found))
	succeed(t, jvp(w)(n, m, x, v, expected))
	expectAllClose(t, found, expected)

	found, expected = make([]float64, n*m*d), make([]float64, n*m*d)
	succeed(t, network.VJP(m, x, u, found))
	succeed(t, vjp(w)(n, m, x, u, expected))
	expectAllClose(t, found, expected)

	found = make([]float64, n)
	succeed(t, network.Energies(x, found))
	expectAllClose(t, found, energies(w, x))
}

// The same network with its weights in x out, and with each bias after its weights.
func TestStridesAreThoseOfTheCaller(t *testing.T) {
	w, bias, x := sineWeights(), numbers(k, 5), samples(6)
	transposed, interleaved := make([]float64, d*k), []float64{}
	for o := 0; o < k; o++ {
		for i := 0; i < d; i++ {
			transposed[i*k+o] = w[o*d+i]
		}
		interleaved = append(append(interleaved, row(w, o, d)...), bias[o])
	}
	byOutput, byInput, withBias := sineLayer(w), sineLayer(transposed), sineLayer(interleaved)
	byOutput.Bias, byInput.Bias = bias, bias
	byInput.OutputStride, byInput.InputStride = 1, k
	withBias.OutputStride, withBias.InputStride = d+1, 1
	withBias.Bias, withBias.BiasStride = interleaved[d:], d+1
	expected, found := make([]float64, 6*k), make([]float64, 6*k)
	succeed(t, newDense(t, byOutput).Forward(x, expected))
	for _, layer := range []Layer{byInput, withBias} {
		succeed(t, newDense(t, layer).Forward(x, found))
		expectAllClose(t, found, expected)
	}
}

func TestWeightsCanBeWritten(t *testing.T) {
	w, x := sineWeights(), samples(4)
	network := newDense(t, sineLayer(make([]float64, k*d)))
	copy(network.Weights(0), w)
	found := make([]float64, 4)
	succeed(t, network.Energies(x, found))
	expectAllClose(t, found, energies(w, x))
}

func TestSlicesThatAreTooShortAreRefused(t *testing.T) {
	w := sineWeights()
	for _, wrong := range []func(*Layer){
		func(l *Layer) { l.Weights = w[1:] },
		func(l *Layer) { l.Weights = nil },
		func(l *Layer) { l.OutputStride, l.InputStride = d+1, 1 },
		func(l *Layer) { l.OutputStride, l.InputStride = math.MaxInt, math.MaxInt },
		func(l *Layer) { l.Inputs = math.MaxInt },
		func(l *Layer) { l.Bias = w[:k-1] },
		func(l *Layer) { l.Bias, l.BiasStride = w, math.MaxInt },
	} {
		layer := sineLayer(w)
		wrong(&layer)
		if _, err := NewDense([]Layer{layer}); !errors.Is(err, StatusShape) {
			t.Fatal(layer, err)
		}
	}
	network := newDense(t, sineLayer(w))
	err := network.Forward(make([]float64, d), make([]float64, k+1))
	if !errors.Is(err, StatusShape) {
		t.Fatal(err)
	}
}

func TestWhatTheLibraryRefusesIsNamed(t *testing.T) {
	w := sineWeights()
	negative := sineLayer(w)
	negative.OutputStride, negative.InputStride = -d, 1
	for argument, layers := range map[string][]Layer{
		"layer_count":   nil,
		"inputs":        {sineLayer(w), sineLayer(w)},
		"output_stride": {negative},
	} {
		if _, err := NewDense(layers); err == nil || !strings.Contains(err.Error(), argument) {
			t.Fatal(argument, err)
		}
	}
}

func TestANetworkOutlivesItsEstimators(t *testing.T) {
	network := newDense(t, sineLayer(sineWeights()))
	estimator := newEstimator(t, network, Options{})
	func() {
		defer func() {
			if recover() == nil {
				t.Fatal("closed while it is in use")
			}
		}()
		network.Close()
	}()
	estimator.Close()
	network.Close()
}
