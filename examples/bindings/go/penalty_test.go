package dirichlet

import (
	"errors"
	"math"
	"testing"
)

// trainer of f(x) = sin(W x), with W as its parameters.
type trainer[T Real] struct{ w, gradient []T }

func newTrainer[T Real]() *trainer[T] {
	return &trainer[T]{sineWeights[T](), make([]T, k*d)}
}

func (r *trainer[T]) backward(n int, x, cotangents []T) error {
	for i, c := range cotangents {
		w, x := row(r.w, i%k, d), row(x, i/k, d)
		for j := range x {
			r.gradient[i%k*d+j] += c * T(math.Cos(dot(w, x))) * x[j]
		}
	}
	return nil
}

func (r *trainer[T]) model() Model[T] {
	return Model[T]{Inputs: d, Outputs: k, ParameterVJP: r.backward,
		Forward: func(n int, x, y []T) error { return forward(r.w)(n, x, y) }}
}

// exactly is what the network's own penalty gives, exactly.
func exactly[T Real](t *testing.T, batch Batch[T], strength float64) (float64, []T) {
	t.Helper()
	network := newSine[T](t)
	gradient := newGradient(t, network)
	result, err := network.EnergyPenaltyBatch(batch, PenaltyOptions{}, strength, gradient)
	succeed(t, err)
	return result.Value, gradient.All()
}

func TestTheEnergyPenaltyOfAnyModel(t *testing.T) {
	both(t, energyPenaltyOfAnyModel[float64], energyPenaltyOfAnyModel[float32])
}

func energyPenaltyOfAnyModel[T Real](t *testing.T) {
	x, within := samples[T](7), bound[T](1e-8, 1e-3)
	value, gradient := exactly(t, Batch[T]{X: x}, 0.7)
	for _, options := range []EnergyPenaltyOptions{{}, {Probes: AllProbes}, {Probes: d}} {
		r := newTrainer[T]()
		result, err := EnergyPenalty(r.model(), x, options, 0.7)
		succeed(t, err)
		expectClose(t, "value", result.Value, value, within)
		expectAllClose(t, "gradient", r.gradient, gradient, within)
		if !result.Exact || result.StandardError != 0 || result.Samples != 7 ||
			result.Products != 7*d || !(result.Noise >= 0 && result.Noise < 1e-3) {
			t.Fatalf("%+v", result)
		}
	}
	model := newTrainer[T]().model()
	model.ParameterVJP = nil
	result, err := EnergyPenalty(model, x, EnergyPenaltyOptions{}, 1)
	succeed(t, err)
	expectClose(t, "without a gradient", result.Value, value, within)
}

// By random directions it has an error, which it tells; with one a sample it does not know it.
func TestTheEnergyPenaltyByDirections(t *testing.T) {
	r, x := newTrainer[float64](), samples[float64](200)
	result, err := EnergyPenalty(r.model(), x, EnergyPenaltyOptions{Probes: 2, Seed: 3}, 1)
	succeed(t, err)
	off := math.Abs(result.Value-complexity(r.w, x)) / result.StandardError
	t.Logf("off by %.2f standard errors (at most 4)", off)
	if !(off <= 4 && off > 0) || result.Exact || result.Products != 400 {
		t.Fatalf("%+v", result)
	}
	result, err = EnergyPenalty(r.model(), x, EnergyPenaltyOptions{Probes: 1}, 1)
	succeed(t, err)
	if !math.IsNaN(result.StandardError) {
		t.Fatalf("%+v", result)
	}
}

func TestTheEnergyPenaltyOfABatch(t *testing.T) {
	const n, stride = 6, d + 2
	x, weights := samples[float64](n), []float64{1, 0, 2, 0.5, 1, 1}
	value, gradient := exactly(t, Batch[float64]{X: x, Weights: weights}, 2)
	expected, sum := 0.0, 0.0
	for i, energy := range energies(sineWeights[float64](), x) {
		expected += weights[i] * energy
		sum += weights[i]
	}
	expectClose(t, "the network's", value, expected/sum, 1e-13)

	r, of := newTrainer[float64](), make([]float64, n)
	batch := Batch[float64]{X: apart(x, d, stride), RowStride: stride, Weights: weights, Energies: of}
	result, err := EnergyPenaltyBatch(r.model(), batch, EnergyPenaltyOptions{}, 2)
	succeed(t, err)
	expectClose(t, "value", result.Value, value, 1e-8)
	expectAllClose(t, "gradient", r.gradient, gradient, 1e-8)
	expectAllClose(t, "energies", of, energies(r.w, x), 1e-8)

	network := newSine[float64](t)
	own := newGradient(t, network)
	batch.Energies = nil
	again, err := network.EnergyPenaltyBatch(batch, PenaltyOptions{}, 2, own)
	succeed(t, err)
	expectClose(t, "the network's, apart", again.Value, value, 1e-14)
	expectAllClose(t, "its gradient", own.All(), gradient, 1e-14)
}

// The directions of a sample are those of its index, in the network's penalty as well.
func TestPenaltiesDrawByIndices(t *testing.T) {
	network, x := newSine[float64](t), samples[float64](4)
	r := newTrainer[float64]()
	shuffled := Batch[float64]{X: append(append([]float64{}, x[2*d:]...), x[:2*d]...),
		Indices: []int64{12, 13, 10, 11}}
	for _, method := range []Method{Auto, Rademacher} {
		options := PenaltyOptions{Probes: 2, Method: method, Seed: 4, FirstSample: 10}
		one, err := network.EnergyPenalty(x, options, 1, nil)
		succeed(t, err)
		other, err := network.EnergyPenaltyBatch(shuffled, options, 1, nil)
		succeed(t, err)
		expectClose(t, "the network's", other.Value, one.Value, 1e-14)
		if one.Exact || one.Products != 8 || !math.IsNaN(one.StandardError) {
			t.Fatalf("%+v", one)
		}
	}
	options := EnergyPenaltyOptions{Probes: 2, Seed: 4, FirstSample: 10}
	one, err := EnergyPenalty(r.model(), x, options, 1)
	succeed(t, err)
	other, err := EnergyPenaltyBatch(r.model(), shuffled, options, 1)
	succeed(t, err)
	expectClose(t, "any model's", other.Value, one.Value, 1e-9)
}

// A penalty tells indices too, to both functions.
func TestPenaltiesTellIndices(t *testing.T) {
	w, x, s := sineWeights[float64](), samples[float64](5), scales(25)
	sum, largest := 0.0, int64(0)
	for i, energy := range energies(w, x) {
		sum += energy * s[20+i] * s[20+i] / 5
	}
	indexed := scaledSine(w, s)
	indexed.ParameterVJP = func(first int64, n, p int, x, c []float64) error {
		if len(x) != n*p*d || len(c) != n*p*k || first < 20 {
			return newError(0, "first is %d of %d samples at %d points", first, n, p)
		}
		if first+int64(n) > largest {
			largest = first + int64(n)
		}
		return nil
	}
	result, err := EnergyPenalty(indexed.Model(), x, EnergyPenaltyOptions{FirstSample: 20}, 1)
	succeed(t, err)
	expectClose(t, "told indices", result.Value, sum, 1e-8)
	if largest != 25 {
		t.Fatal(largest)
	}
}

func TestWhatIsWrongWithAPenaltyIsNamed(t *testing.T) {
	r, x, cause := newTrainer[float64](), samples[float64](3), errors.New("no")
	penalty := func(model Model[float64], batch Batch[float64], options EnergyPenaltyOptions) error {
		_, err := EnergyPenaltyBatch(model, batch, options, 1)
		return err
	}
	all := Batch[float64]{X: x}
	expectError(t, penalty(r.model(), Batch[float64]{}, EnergyPenaltyOptions{}), StatusNoData, "x")
	expectError(t, penalty(r.model(), all, EnergyPenaltyOptions{Probes: -2}), StatusRange, "probes")
	expectError(t, penalty(r.model(), all, EnergyPenaltyOptions{Step: -1}), StatusRange, "step")
	expectError(t, penalty(sineModel(r.w), all, EnergyPenaltyOptions{}), StatusMissingCallback, "forward")
	none := Batch[float64]{X: x, Weights: make([]float64, 3)}
	expectError(t, penalty(r.model(), none, EnergyPenaltyOptions{}), StatusNoData, "weights")
	model := r.model()
	model.ParameterVJP = func(int, []float64, []float64) error { return cause }
	err := penalty(model, all, EnergyPenaltyOptions{})
	expectError(t, err, StatusCallback, "parameter_vjp")
	if !errors.Is(err, cause) {
		t.Fatal(err)
	}
	network := newSine[float64](t)
	grouped := Batch[float64]{X: x, Groups: make([]int64, 3)}
	if err := penalty(r.model(), grouped, EnergyPenaltyOptions{}); err == nil {
		t.Fatal("groups were taken")
	}
	for _, batch := range []Batch[float64]{grouped, {X: x, Energies: make([]float64, 3)},
		{X: x, Deviations: make([]float64, 3)}} {
		if _, err := network.EnergyPenaltyBatch(batch, PenaltyOptions{}, 1, nil); err == nil {
			t.Fatalf("%+v was taken", batch)
		}
	}
	_, err = network.EnergyPenaltyBatch(none, PenaltyOptions{}, 1, nil)
	expectError(t, err, StatusNoData, "weights")
	_, err = network.EnergyPenalty(x, PenaltyOptions{Method: Sphere}, 1, nil)
	expectError(t, err, StatusConstant, "method")
	network.Close()
	expectClosed(t, "network", penalty(network.Model(), all, EnergyPenaltyOptions{}))
}
