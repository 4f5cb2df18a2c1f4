package dirichlet

import (
	"math"
	"testing"
)

// moments are the mean and the variance of numbers.
func moments[T Real](values []T) (mean, variance float64) {
	for _, value := range values {
		mean += float64(value) / float64(len(values))
	}
	for _, value := range values {
		variance += math.Pow(float64(value)-mean, 2) / float64(len(values))
	}
	return
}

func TestInitialWeightsHaveTheirVariance(t *testing.T) {
	network := newDense[float32](t, Layer{Inputs: 200, Outputs: 300, Activation: ReLU},
		Layer{Inputs: 300, Outputs: 200})
	succeed(t, network.Initialize(Initialization{Scheme: He, Seed: 1}))
	for layer, inputs := range []float64{200, 300} {
		mean, variance := moments(network.Weights(layer))
		expectClose(t, "variance", variance, 2/inputs, 0.02)
		expectClose(t, "mean, and 1", 1+mean/math.Sqrt(variance), 1, 0.02)
		if _, variance = moments(network.Bias(layer)); variance != 0 {
			t.Fatal("a bias is not 0")
		}
	}
	if network.Weights(0)[0] == network.Weights(1)[0] {
		t.Fatal("the layers are alike")
	}
}

func TestTheSameSeedDrawsTheSameWeights(t *testing.T) {
	one, other := newSine[float64](t), newSine[float32](t)
	options := Initialization{Scheme: PyTorch, UniformBias: true, Seed: 4, Scale: 2}
	succeed(t, one.Initialize(options))
	succeed(t, other.Initialize(options))
	for i, weight := range one.All() {
		if other.All()[i] != float32(weight) {
			t.Fatal(i, weight, other.All()[i])
		}
	}
	options.Seed++
	succeed(t, one.Initialize(options))
	if float32(one.All()[0]) == other.All()[0] {
		t.Fatal("another seed drew the same")
	}
}

// A scale of 0 is the default, or 0.
func TestAScaleOfZero(t *testing.T) {
	network := newSine[float64](t)
	succeed(t, network.Initialize(Initialization{ScaleGiven: true}))
	for i, weight := range network.All() {
		if weight != 0 {
			t.Fatal(i, weight)
		}
	}
	succeed(t, network.Initialize(Initialization{}))
	if network.All()[0] == 0 {
		t.Fatal("the default is 0")
	}
	energy, err := ExpectedEnergy(Initialization{ScaleGiven: true}, []int{3, 1}, 0)
	succeed(t, err)
	if energy != 0 {
		t.Fatal(energy)
	}
}

func TestExpectedEnergy(t *testing.T) {
	// He: twice the outputs, whatever the other widths.
	energy, err := ExpectedEnergy(Initialization{Scheme: He}, []int{784, 64, 32, 10}, 0)
	succeed(t, err)
	expectClose(t, "He", energy, 20, 1e-14)
	_, err = ExpectedEnergy(Initialization{}, []int{3}, 0)
	expectError(t, err, StatusRange, "widths")
	_, err = ExpectedEnergy(Initialization{}, []int{3, 0}, 0)
	expectError(t, err, StatusRange, "widths[1]")
	_, err = ExpectedEnergy(Initialization{Scheme: 1}, []int{3, 1}, 0)
	expectError(t, err, StatusConstant, "scheme")
	network := newSine[float64](t)
	expectError(t, network.Initialize(Initialization{Scale: -1}), StatusRange, "scale")
	network.Close()
	expectError(t, network.Initialize(Initialization{}), StatusNull, "network")
}

// Noise is that of its step and sample, however the samples were cut.
func TestNoise(t *testing.T) {
	const n, width = 5000, 4
	whole, parts := make([]float32, n*width), make([]float32, n*width)
	step := Step{Seed: 2, Step: 7}
	succeed(t, AddNoise(InputNoise, step, width, 0.5, whole))
	_, variance := moments(whole)
	expectClose(t, "variance", variance, 0.25, 0.03)
	succeed(t, AddNoise(InputNoise, step, width, 0.5, parts[:10*width]))
	step.FirstSample = 10
	succeed(t, AddNoise(InputNoise, step, width, 0.5, parts[10*width:]))
	for i := range whole {
		if whole[i] != parts[i] {
			t.Fatal(i, whole[i], parts[i])
		}
	}
	expectError(t, AddNoise(InputNoise, step, width, -1, whole), StatusRange, "standard_deviation")
	expectError(t, AddNoise(InputNoise, step, width, 1, whole[1:]), StatusShape, "values")
	expectError(t, AddNoise(3, step, width, 1, whole), StatusConstant, "kind")
}

func TestNoiseOnLabels(t *testing.T) {
	labels := make([]int64, 10000)
	changed, err := NoiseLabels(Step{Seed: 1}, 10, 0.3, labels)
	succeed(t, err)
	others := 0
	for _, label := range labels {
		if label != 0 {
			others++
		}
	}
	expectClose(t, "changed", float64(changed)/10000, 0.3, 0.06)
	if others != changed {
		t.Fatal(others, changed)
	}
	_, err = NoiseLabels(Step{}, 10, 1.5, labels)
	expectError(t, err, StatusRange, "probability")
	_, err = NoiseLabels(Step{}, 2, 0.5, []int64{0, 2})
	expectError(t, err, StatusRange, "labels[1]")
}
