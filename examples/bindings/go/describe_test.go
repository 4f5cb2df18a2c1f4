package dirichlet

import (
	"fmt"
	"testing"
)

func TestTheLibraryTellsWhatItCan(t *testing.T) {
	found, err := DescribeLibrary()
	succeed(t, err)
	t.Logf("%+v", found)
	version := fmt.Sprintf("%d.%d.%d", found.Version/10000, found.Version/100%100, found.Version%100)
	if version != Version() || found.OldestStateFormat != 1 || found.NewestStateFormat < 2 ||
		found.LargestParallelLanes < 1 {
		t.Fatalf("%+v, version %s", found, Version())
	}
}

func describe(t *testing.T, state Mergeable) Description {
	t.Helper()
	found, err := state.state().Describe()
	succeed(t, err)
	t.Logf("%+v", found)
	return found
}

func TestEstimatorsTellWhatTheyAre(t *testing.T) {
	both(t, estimatorsTell[float64], estimatorsTell[float32])
}

func estimatorsTell[T Real](t *testing.T) {
	options := Options{Method: Sphere, Probes: 2, Seed: 9, FirstSample: 5, Population: 100,
		Confidence: 0.9, Groups: 3}
	estimator := newEstimator(t, sineModel(sineWeights[T]()), options)
	succeed(t, estimator.Update(samples[T](4), nil, nil))
	live := describe(t, estimator)
	expected := Description{Inputs: d, Outputs: k, ProductsPerSample: 2, Directions: 2, FirstSample: 5,
		NextSample: 9, Population: 100, Groups: 3, Seed: 9, Confidence: 0.9, Method: Sphere,
		Single: single[T]() == 1, HasModel: true, WorkspaceBytes: live.WorkspaceBytes,
		TileSamples: live.TileSamples, StateFormat: live.StateFormat}
	if live != expected || live.WorkspaceBytes < 1 || live.TileSamples < 1 {
		t.Fatalf("%+v against %+v", live, expected)
	}
	state, err := Deserialize(bytesOf(t, estimator))
	succeed(t, err)
	defer state.Close()
	expected.HasModel, expected.WorkspaceBytes, expected.TileSamples = false, 0, 0
	if read := describe(t, state); read != expected {
		t.Fatalf("%+v against %+v", read, expected)
	}
}

func TestEstimatorsTellSteps(t *testing.T) {
	options := Options{Step: 0.25, ForwardNoise: 1e-9, Method: FiniteDifference, Probes: AllProbes}
	model := Model[float64]{Inputs: d, Outputs: k, Forward: forward(sineWeights[float64]())}
	found := describe(t, newEstimator(t, model, options))
	if found.Step != 0.25 || found.ForwardNoise != 1e-9 || found.Directions != d {
		t.Fatalf("%+v", found)
	}
}

// Of 30 directions 16 are drawn unless something else is said.
func TestProbesHaveNames(t *testing.T) {
	const n = 30
	model := Model[float64]{Inputs: n, Outputs: n,
		VJP: func(n, m int, x, u, jtu []float64) error { copy(jtu, u); return nil }}
	for _, c := range []struct {
		probes     Probes
		directions int64
		exact      bool
	}{{0, 16, false}, {DefaultProbes, 16, false}, {5, 5, false}, {AllProbes, n, true}} {
		options := Options{Method: Orthogonal, Probes: c.probes}
		found := describe(t, newEstimator(t, model, options))
		if found.Directions != c.directions || found.ProductsPerSample != c.directions {
			t.Fatalf("%d: %+v", c.probes, found)
		}
		result, err := Measure(model, make([]float64, n), options)
		succeed(t, err)
		expectClose(t, "energy", result.Value, n, 1e-13)
		if result.Exact != c.exact || result.Products != c.directions {
			t.Fatalf("%d: %+v", c.probes, result)
		}
	}
	_, err := New(model, Options{Method: Orthogonal, Probes: -2})
	expectError(t, err, StatusRange, "probes")
}

func TestNetworksTellWhatTheyAre(t *testing.T) {
	network := newDense[float32](t, Layer{Inputs: 5, Outputs: 4, Activation: Tanh},
		Layer{Inputs: 4, Outputs: 3, NoBias: true})
	found, err := network.Describe()
	succeed(t, err)
	t.Logf("%+v", found)
	least := found.LeastWorkspaceBytes
	expected := DenseDescription{Inputs: 5, Outputs: 3, Layers: 2, Weights: 32, Biases: 4,
		WorkspaceBytes: found.WorkspaceBytes, LeastWorkspaceBytes: least}
	if found != expected || least < 1 || found.WorkspaceBytes < least {
		t.Fatalf("%+v against %+v", found, expected)
	}
	layers := []Layer{{Inputs: 5, Outputs: 4, Activation: Tanh}, {Inputs: 4, Outputs: 3, NoBias: true}}
	_, err = NewDense[float32](layers, DenseOptions{WorkspaceBytes: uint64(least - 1)})
	expectError(t, err, StatusWorkspace, "workspace_bytes")
	small, err := NewDense[float32](layers, DenseOptions{WorkspaceBytes: uint64(least)})
	succeed(t, err)
	small.Close()
	_, err = small.Describe()
	expectClosed(t, "network", err)
}
