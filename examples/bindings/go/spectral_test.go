package dirichlet

import (
	"math"
	"testing"
)

// expectBracket judges a norm and its bounds.
func expectBracket(t *testing.T, what string, found SpectralResult, expected float64) {
	t.Helper()
	expectClose(t, what, found.Norm, expected, 1e-9)
	if !(found.Lower <= expected && expected <= found.Upper && found.Converged) {
		t.Fatalf("%+v", found)
	}
}

func TestOperatorNorms(t *testing.T) {
	both(t, operatorNorms[float64], operatorNorms[float32])
}

func operatorNorms[T Real](t *testing.T) {
	// Rows at right angles to each other, of length 5 and 13.
	found, err := OperatorNorm([]T{3, 4, 0, 0, 0, -13}, 3, SpectralOptions{})
	succeed(t, err)
	expectBracket(t, "norm", found, 13)
	if found.Iterations < 1 {
		t.Fatalf("%+v", found)
	}
	_, err = OperatorNorm([]T{1, 2, 3}, 2, SpectralOptions{})
	expectError(t, err, StatusShape, "matrix")
	_, err = OperatorNorm([]T{1, T(math.Inf(1))}, 2, SpectralOptions{})
	expectError(t, err, StatusNotFinite, "values")
	_, err = OperatorNorm([]T{1, 2}, 2, SpectralOptions{Tolerance: -1})
	expectError(t, err, StatusRange, "tolerance")
	_, err = OperatorNorm([]T{}, 2, SpectralOptions{})
	if err == nil {
		t.Fatal("a matrix of no rows was taken")
	}
}

func TestSpectralNormsOfLayers(t *testing.T) {
	both(t, spectralNormsOfLayers[float64], spectralNormsOfLayers[float32])
}

func spectralNormsOfLayers[T Real](t *testing.T) {
	network := newDense[T](t, Layer{Inputs: 2, Outputs: 2, Activation: Sigmoid},
		Layer{Inputs: 2, Outputs: 1})
	copy(network.Weights(0), []T{3, 0, 0, -2})
	copy(network.Weights(1), []T{5, 12})
	norms, lipschitz, err := network.SpectralNorms(SpectralOptions{})
	succeed(t, err)
	if len(norms) != 2 {
		t.Fatal(norms)
	}
	expectBracket(t, "first", norms[0], 3)
	expectBracket(t, "second", norms[1], 13)
	expectClose(t, "Lipschitz", lipschitz.UpperBound, 3.0/4*13, 1e-9)
	if !lipschitz.Converged {
		t.Fatalf("%+v", lipschitz)
	}
	_, _, err = network.SpectralNorms(SpectralOptions{MaxIterations: -1})
	expectError(t, err, StatusRange, "max_iterations")
	network.Close()
	_, _, err = network.SpectralNorms(SpectralOptions{})
	expectClosed(t, "network", err)
	_, _, err = new(Dense[T]).SpectralNorms(SpectralOptions{})
	expectClosed(t, "network", err)
}

// multiples is f_i(x) = factors[i] x, whose Jacobian has the norm |factors[i]|.
func multiples(factors []float64) Model[float64] {
	product := func(first int64, n, m int, x, v, jv []float64) error {
		copy(jv, v)
		return by(factors, first, jv, m*d)
	}
	return Indexed[float64]{Inputs: d, Outputs: d, MaxDirections: 2, JVP: product}.Model()
}

func TestJacobianNorms(t *testing.T) {
	factors, norms := []float64{0, 0, 0, 1, -4, 2, 3}, make([]float64, 4)
	model := multiples(factors)
	result, err := JacobianNorms(model, samples[float64](4), JacobianNormsOptions{FirstSample: 3}, norms)
	succeed(t, err)
	expectAllClose(t, "norms", norms, []float64{1, 4, 2, 3}, 1e-9)
	expectClose(t, "largest", result.Norm, 4, 1e-9)
	if result.Sample != 4 || result.ConvergedSamples != 4 || !result.Converged || !(result.Lower <= 4) {
		t.Fatalf("%+v", result)
	}
	_, err = JacobianNorms(model, samples[float64](4), JacobianNormsOptions{}, norms[1:])
	expectError(t, err, StatusShape, "norms")
	_, err = JacobianNorms(model, nil, JacobianNormsOptions{}, nil)
	expectError(t, err, StatusNoData, "x")
	_, err = JacobianNorms(model, norms, JacobianNormsOptions{}, nil)
	expectError(t, err, StatusShape, "x")
	_, err = JacobianNorms(Model[float64]{Inputs: d, Outputs: k,
		Forward: forward(sineWeights[float64]())}, samples[float64](1), JacobianNormsOptions{}, nil)
	expectError(t, err, StatusMissingCallback, "vjp")
	found := panicOf(t, func() error { // the factors end before the samples do
		_, err := JacobianNorms(model, samples[float64](4), JacobianNormsOptions{FirstSample: 5}, nil)
		return err
	})
	t.Log(found)
}

// For a single linear layer all of it is known.
func TestTransfer(t *testing.T) {
	both(t, transfer[float64], transfer[float32])
}

func transfer[T Real](t *testing.T) {
	network := newDense[T](t, Layer{Inputs: 2, Outputs: 2})
	copy(network.Weights(0), []T{3, 0, 0, -2})
	x := []T{0, 0, 2, -2}
	found, err := network.Transfer(x, nil)
	succeed(t, err)
	for i, squared := range []float64{0, 8} {
		expectClose(t, "input side", found.InputSide[i], 13, 1e-6)
		expectClose(t, "parameter side", found.ParameterSide[i], 2*(1+squared), 1e-6)
		expectClose(t, "factor", found.Factors[i], math.Sqrt(1+squared)/3, 1e-6)
		expectClose(t, "ratio", found.Ratios[i], 13.0/18, 1e-6)
	}
	deep := smooth[T](t)
	found, err = deep.Transfer(samples[T](5), nil)
	succeed(t, err)
	if len(found.Factors) != 10 || len(found.Ratios) != 5 {
		t.Fatalf("%+v", found)
	}
	for _, ratio := range found.Ratios {
		if !(ratio > 0 && ratio <= 1) {
			t.Fatal(found.Ratios)
		}
	}
	found, err = deep.Transfer(nil, nil)
	succeed(t, err)
	if found.Ratios != nil {
		t.Fatalf("%+v", found)
	}
	_, err = deep.Transfer(x[1:], nil)
	expectError(t, err, StatusShape, "x")
	deep.Close()
	_, err = deep.Transfer(x, nil)
	expectClosed(t, "network", err)
}
