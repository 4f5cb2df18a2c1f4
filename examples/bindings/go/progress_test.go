package dirichlet

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"
)

// long is a call that reports progress, of so many samples or matrices.
type long struct {
	name  string
	total int64
	call  func(progress ProgressFunc) error
}

// longCalls are all that there are.
func longCalls(t *testing.T) []long {
	const n = 12
	w, x := sineWeights[float64](), samples[float64](n)
	network := smooth[float64](t)
	return []long{
		{"Update", n, func(progress ProgressFunc) error {
			estimator := newEstimator(t, sineModel(w), Options{Progress: progress})
			return estimator.Update(x, nil, nil)
		}},
		{"Update of a network", n, func(progress ProgressFunc) error {
			estimator := newEstimator(t, network.Model(), Options{Progress: progress})
			return estimator.Update(x, nil, nil)
		}},
		{"EnergyPenalty", n, func(progress ProgressFunc) error {
			options := EnergyPenaltyOptions{Progress: progress}
			_, err := EnergyPenalty(newTrainer[float64]().model(), x, options, 1)
			return err
		}},
		{"JacobianNorms", n, func(progress ProgressFunc) error {
			_, err := JacobianNorms(sineModel(w), x, JacobianNormsOptions{Progress: progress}, nil)
			return err
		}},
		{"SpectralNorms", 2, func(progress ProgressFunc) error {
			_, _, err := network.SpectralNorms(SpectralOptions{Progress: progress})
			return err
		}},
		{"OperatorNorm", 1, func(progress ProgressFunc) error {
			_, err := OperatorNorm(w, d, SpectralOptions{Progress: progress})
			return err
		}},
		{"Transfer", n, func(progress ProgressFunc) error {
			_, err := network.Transfer(x, progress)
			return err
		}},
	}
}

func TestLongCallsTellTheirProgress(t *testing.T) {
	for _, long := range longCalls(t) {
		calls, before := 0, int64(-1)
		succeed(t, long.call(func(p Progress) error {
			calls++
			t.Logf("%s: %+v", long.name, p)
			if p.Samples < before || p.Samples > long.total || p.Total != long.total || p.Skipped != 0 {
				return newError(0, "%+v after %d", p, before)
			}
			if p.Samples > 0 && !(p.Value > 0) {
				return newError(0, "%+v", p)
			}
			before = p.Samples
			return nil
		}))
		if calls == 0 {
			t.Fatal(long.name, "did not tell")
		}
	}
}

func TestLongCallsCanBeCancelled(t *testing.T) {
	interrupted, cancel := context.WithCancel(context.Background())
	cancel()
	for _, long := range longCalls(t) {
		calls := 0
		err := long.call(func(Progress) error { calls++; return interrupted.Err() })
		if !errors.Is(err, StatusCancelled) || !errors.Is(err, context.Canceled) || calls != 1 {
			t.Fatal(long.name, err, calls)
		}
		if found := fieldsOf(t, err); found.CallbackCode != 1 || found.Status != StatusCancelled {
			t.Fatalf("%s: %+v", long.name, found)
		}
		// What has a meaning for models has none here.
		err = long.call(func(Progress) error { return ErrOutOfDomain })
		if found := fieldsOf(t, err); found.CallbackCode != 1 || found.Status != StatusCancelled {
			t.Fatalf("%s: %+v", long.name, found)
		}
	}
}

func TestPanicsOfProgressComeBack(t *testing.T) {
	for _, long := range longCalls(t) {
		payload := &struct{ text string }{long.name}
		found := panicOf(t, func() error {
			return long.call(func(Progress) error { panic(payload) })
		})
		if found != any(payload) {
			t.Fatal(long.name, found)
		}
	}
}

// A cancelled update has not been; the next one goes on.
func TestACancelledUpdateIsUndone(t *testing.T) {
	w, x, cause := sineWeights[float64](), samples[float64](9), errors.New("enough")
	stop, seen := false, Progress{}
	estimator := newEstimator(t, sineModel(w), Options{SkipNonfinite: true,
		Progress: func(p Progress) error {
			if seen = p; stop {
				return cause
			}
			return nil
		}})
	succeed(t, estimator.Update(x[:4*d], nil, nil))
	result := resultOf(t, estimator)
	if seen.Samples != 4 || seen.Products != result.Products || seen.Value != result.Value ||
		math.Abs(seen.StandardError-result.StandardError) > 1e-12*result.StandardError {
		t.Fatalf("%+v", seen)
	}
	before := bytesOf(t, estimator)
	stop = true
	of := make([]float64, 5)
	if err := estimator.Update(x[4*d:], nil, of); !errors.Is(err, cause) {
		t.Fatal(err)
	}
	if !bytes.Equal(bytesOf(t, estimator), before) || of[0] != 0 {
		t.Fatal("it has not been undone")
	}
	stop, x[4*d] = false, math.NaN()
	succeed(t, estimator.Update(x[4*d:], nil, nil))
	if seen.Skipped != 1 || seen.Samples != 8 {
		t.Fatalf("%+v", seen)
	}
}

// A network that its own call's progress closes is there until the call is over, and busy.
func TestANetworkClosedByProgress(t *testing.T) {
	x := samples[float64](3)
	for _, call := range []func(*Dense[float64], ProgressFunc) error{
		func(n *Dense[float64], progress ProgressFunc) error {
			_, err := n.Transfer(x, progress)
			return err
		},
		func(n *Dense[float64], progress ProgressFunc) error {
			_, _, err := n.SpectralNorms(SpectralOptions{Progress: progress})
			return err
		},
	} {
		network := smooth[float64](t)
		var inside error
		succeed(t, call(network, func(Progress) error {
			if inside == nil {
				inside = network.Forward(x, make([]float64, 3*k))
				network.Close()
			}
			if network.handle == nil {
				return newError(0, "freed while it ran")
			}
			return nil
		}))
		if !errors.Is(inside, StatusBusy) {
			t.Fatal(inside)
		}
		if network.held() != 0 || network.handle != nil {
			t.Fatal("not freed")
		}
	}
}
