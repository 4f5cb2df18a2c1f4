package dirichlet

import (
	"errors"
	"testing"
)

// copyOf a struct that go vet would say not to copy.
func copyOf[V any](value *V) *V {
	other := *value
	return &other
}

// expectClosed judges that a call was refused, and says what was closed.
func expectClosed(t *testing.T, what string, err error) {
	t.Helper()
	expectError(t, err, StatusNull, what+" is closed")
}

func expectStateClosed(t *testing.T, state *State) {
	t.Helper()
	_, err := state.Result()
	expectClosed(t, "estimator", err)
	_, err = state.Serialize()
	expectClosed(t, "estimator", err)
	_, err = state.GroupResult(0)
	expectClosed(t, "estimator", err)
	_, err = state.Describe()
	expectClosed(t, "estimator", err)
	expectClosed(t, "estimator", state.Merge(state))
	state.Close()
}

func expectEstimatorClosed(t *testing.T, estimator *Estimator[float64]) {
	t.Helper()
	expectClosed(t, "estimator", estimator.Update(nil, nil, nil))
	expectClosed(t, "estimator", estimator.Update(samples[float64](1), nil, nil))
	expectClosed(t, "estimator", estimator.UpdateBatch(Batch[float64]{X: samples[float64](1)}))
	expectClosed(t, "estimator", estimator.Reset())
	expectClosed(t, "estimator", estimator.SeekSample(0))
	if estimator.Stopped() {
		t.Fatal("it stopped")
	}
	expectStateClosed(t, estimator.State)
	estimator.Close()
}

// The State of an estimator is the estimator's: either closes both, once, and lets go of the model.
func TestTheStateOfAnEstimatorIsClosedOnce(t *testing.T) {
	network := newSine[float64](t)
	for _, closed := range []func(e *Estimator[float64]){
		func(e *Estimator[float64]) { e.State.Close() },
		func(e *Estimator[float64]) { s := e.State; s.Close() },
		func(e *Estimator[float64]) { s := copyOf(e.State); s.Close() },
		func(e *Estimator[float64]) { copyOf(e).Close() },
		func(e *Estimator[float64]) { e.Close() },
	} {
		estimator := newEstimator(t, network.Model(), Options{})
		succeed(t, estimator.Update(samples[float64](2), nil, nil))
		other := copyOf(estimator)
		closed(estimator)
		if network.held() != 1 {
			t.Fatal("the network is held by ", network.held())
		}
		expectEstimatorClosed(t, estimator)
		expectEstimatorClosed(t, other)
		functions := newEstimator(t, sineModel(sineWeights[float64]()), Options{})
		closed(functions)
		if stands(handleOf(functions)) {
			t.Fatal("the functions are held")
		}
	}
}

// A copy goes on where the first was forgotten, and closes it.
func TestCopiesSeeThatTheFirstIsClosed(t *testing.T) {
	network, x := smooth[float64](t), samples[float64](2)
	gradient := newGradient(t, network)
	otherNetwork, otherGradient := copyOf(network), copyOf(gradient)
	succeed(t, otherNetwork.Forward(x, make([]float64, 2*k)))
	gradient.Close()
	succeed(t, network.check())
	if otherGradient.All() != nil {
		t.Fatal("a view of what was freed")
	}
	otherGradient.Zero()
	_, err := network.EnergyPenalty(x, PenaltyOptions{}, 1, otherGradient)
	expectClosed(t, "gradient", err)
	otherGradient.Close()
	network.Close()
	expectClosed(t, "network", otherNetwork.Forward(x, make([]float64, 2*k)))
	expectClosed(t, "network", otherNetwork.Initialize(Initialization{}))
	_, err = otherNetwork.NewGradient()
	expectClosed(t, "network", err)
	_, err = New(otherNetwork.Model(), Options{})
	expectClosed(t, "network", err)
	if otherNetwork.All() != nil {
		t.Fatal("a view of what was freed")
	}
	otherNetwork.Close()

	state, err := Deserialize(bytesOf(t, newEstimator(t, sineModel(sineWeights[float64]()), Options{})))
	succeed(t, err)
	other := copyOf(state)
	state.Close()
	expectStateClosed(t, other)
}

// What was never made is like what was closed.
func TestZeroStructsAreClosed(t *testing.T) {
	expectEstimatorClosed(t, new(Estimator[float64]))
	expectStateClosed(t, new(State))
	network := new(Dense[float64])
	expectClosed(t, "network", network.Forward(nil, nil))
	_, err := New(network.Model(), Options{})
	expectClosed(t, "network", err)
	_, err = network.Describe()
	expectClosed(t, "network", err)
	network.Close()
	new(Gradient[float64]).Close()
	new(Tangent[float64]).Close()
}

func TestMergeNamesTheSourceThatIsNone(t *testing.T) {
	estimator := newEstimator(t, sineModel(sineWeights[float64]()), Options{})
	expectError(t, estimator.Merge(nil), StatusNull, "source is nil")
	expectError(t, estimator.Merge((*State)(nil)), StatusNull, "source is nil")
	expectError(t, estimator.Merge((*Estimator[float32])(nil)), StatusNull, "source is nil")
	source := newEstimator(t, sineModel(sineWeights[float64]()), Options{})
	source.Close()
	expectClosed(t, "source", estimator.Merge(source))
}

// An estimator that a function of its model closes is there until the call is over.
func TestAnEstimatorClosedByItsFunction(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](12)
	cause := errors.New("no more")
	for _, end := range []func() error{
		func() error { return nil },
		func() error { return cause },
		func() error { panic(cause) },
	} {
		var estimator *Estimator[float64]
		model, calls, standing := sineModel(w), 0, false
		var inside error
		model.MaxSamples = 4
		model.VJP = func(n, m int, x, u, jtu []float64) error {
			if calls++; calls == 2 {
				estimator.Close()
				estimator.State.Close()
				inside, standing = estimator.Reset(), stands(handleOf(estimator))
				if err := end(); err != nil {
					return err
				}
			}
			return vjp(w)(n, m, x, u, jtu)
		}
		estimator = newEstimator(t, model, Options{})
		of := make([]float64, 12)
		err := func() (err error) {
			defer func() {
				if payload := recover(); payload != nil {
					err = payload.(error)
				}
			}()
			return estimator.Update(x, nil, of)
		}()
		if err == nil {
			expectAllClose(t, "energies", of, energies(w, x), 1e-14)
		} else if !errors.Is(err, cause) {
			t.Fatal(err)
		}
		expectClosed(t, "estimator", inside)
		if !standing || stands(handleOf(estimator)) {
			t.Fatal("freed while it ran, or never")
		}
		expectEstimatorClosed(t, estimator)
	}
}

// A gradient fits the networks that have the layers of its own, and no other of that length.
func TestAGradientOfAnotherNetworkIsRefused(t *testing.T) {
	network, x := newDense[float64](t, Layer{Inputs: d, Outputs: 4}), samples[float64](2)
	add := func(layers ...Layer) error {
		gradient := newGradient(t, newDense[float64](t, layers...))
		_, err := network.EnergyPenalty(x, PenaltyOptions{}, 1, gradient)
		return err
	}
	succeed(t, add(Layer{Inputs: d, Outputs: 4, Activation: Tanh}))
	expectError(t, add(Layer{Inputs: 4, Outputs: 6, NoBias: true}), StatusShape, "gradient")
	expectError(t, add(Layer{Inputs: 3, Outputs: 6}), StatusShape, "gradient")
	expectError(t, add(Layer{Inputs: d, Outputs: 4, InputsFirst: true}), StatusShape, "gradient")
	expectError(t, add(Layer{Inputs: 2, Outputs: 6}, Layer{Inputs: 6, Outputs: 1, NoBias: true}),
		StatusShape, "gradient")
}
