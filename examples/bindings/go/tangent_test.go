package dirichlet

import "testing"

func newTangent[T Real](t *testing.T, network *Dense[T]) *Tangent[T] {
	t.Helper()
	tangent, err := network.NewTangent()
	succeed(t, err)
	t.Cleanup(tangent.Close)
	return tangent
}

// lossAt adds the gradient of a loss, at parameters that were moved along a tangent.
func lossAt(t *testing.T, network *Dense[float64], x []float64, loss Loss[float64],
	along []float64, h, scale float64, gradient *Gradient[float64]) {
	t.Helper()
	before := append([]float64{}, network.All()...)
	for i := range along {
		network.All()[i] += h * along[i]
	}
	_, err := network.LossGradient(x, loss, scale, gradient)
	succeed(t, err)
	copy(network.All(), before)
}

func TestHessianProductsAreDifferencesOfGradients(t *testing.T) {
	const h = 1e-5
	network, x := smooth[float64](t), samples[float64](7)
	tangent := newTangent(t, network)
	copy(tangent.All(), numbers[float64](len(tangent.All()), 11))
	found, expected := newGradient(t, network), newGradient(t, network)
	for name, loss := range map[string]Loss[float64]{
		"cross-entropy": {Kind: SoftmaxCrossEntropy, Labels: []int64{0, 1, 2, 0, 1, 2, 0}},
		"squared":       {Kind: Squared, Targets: numbers[float64](7*k, 8)},
	} {
		found.Zero()
		expected.Zero()
		succeed(t, network.LossHVP(x, loss, tangent, 2, found))
		lossAt(t, network, x, loss, tangent.All(), h, 1/h, expected)
		lossAt(t, network, x, loss, tangent.All(), -h, -1/h, expected)
		expectAllClose(t, name, found.All(), expected.All(), 1e-8)
	}
	copy(tangent.Weights(1), make([]float64, 4*k)) // its parts are those of the layers
	if tangent.Bias(1)[0] == 0 || tangent.Weights(1)[0] != 0 {
		t.Fatal(tangent.All())
	}
}

func TestWhatIsWrongWithATangentIsNamed(t *testing.T) {
	network, x := smooth[float64](t), samples[float64](2)
	gradient, tangent := newGradient(t, network), newTangent(t, network)
	other := newTangent(t, newSine[float64](t))
	loss := Loss[float64]{Kind: SoftmaxCrossEntropy, Labels: []int64{0, 1}}
	expectError(t, network.LossHVP(x, loss, other, 1, gradient), StatusShape, "tangent")
	expectError(t, network.LossHVP(x, loss, nil, 1, gradient), StatusNull, "tangent")
	expectError(t, network.LossHVP(x, loss, tangent, 1, nil), StatusNull, "gradient")
	expectError(t, network.LossHVP(x[1:], loss, tangent, 1, gradient), StatusShape, "x")
	loss.Labels = loss.Labels[1:]
	expectError(t, network.LossHVP(x, loss, tangent, 1, gradient), StatusShape, "loss.Labels")
	second := copyOf(tangent)
	tangent.Close()
	tangent.Close()
	if second.All() != nil {
		t.Fatal("a view of what was freed")
	}
	expectClosed(t, "tangent", network.LossHVP(x, loss, second, 1, gradient))
	expectClosed(t, "tangent", network.LossHVP(x, loss, new(Tangent[float64]), 1, gradient))
	network.Close()
	_, err := network.NewTangent()
	expectClosed(t, "network", err)
	expectClosed(t, "network", network.LossHVP(x, loss, tangent, 1, gradient))
}
