package dirichlet

import (
	"bytes"
	"errors"
	"math"
	"runtime"
	"runtime/cgo"
	"sync"
	"testing"
	"time"
)

func probing(firstSample int64) Options {
	return Options{Method: Sphere, Probes: 2, Seed: 9, FirstSample: firstSample}
}

func TestPartsMergeToTheSameBits(t *testing.T) {
	both(t, partsMergeToTheSameBits[float64], partsMergeToTheSameBits[float32])
}

func partsMergeToTheSameBits[T Real](t *testing.T) {
	w, x := sineWeights[T](), samples[T](90)
	whole := newEstimator(t, sineModel(w), probing(0))
	succeed(t, whole.Update(x, nil, nil))
	left := newEstimator(t, sineModel(w), probing(0))
	succeed(t, left.Update(x[:31*d], nil, nil))
	right := newEstimator(t, sineModel(w), probing(31))
	for i := 31; i < 90; i++ {
		succeed(t, right.Update(row(x, i, d), nil, nil))
	}

	sum, err := Deserialize(bytesOf(t, right))
	succeed(t, err)
	defer sum.Close()
	succeed(t, sum.Merge(left))
	succeed(t, left.Merge(right))
	expected := resultOf(t, whole)
	for _, result := range []Result{resultOf(t, left), resultOf(t, sum)} {
		if result.Samples != 90 || result != expected {
			t.Fatalf("%+v against %+v", result, expected)
		}
	}
	if !bytes.Equal(bytesOf(t, left), bytesOf(t, whole)) {
		t.Fatal("the parts give other bytes than the whole")
	}
	off := math.Abs(expected.Value-complexity(w, x)) / expected.StandardErrorProbes
	t.Logf("off by %.2f standard errors of the probes (at most 4)", off)
	if !(off <= 4) {
		t.Fatalf("%+v", expected)
	}
}

func TestWhatCannotBeMergedIsRefused(t *testing.T) {
	w := sineWeights[float64]()
	options := probing(0)
	one := newEstimator(t, sineModel(w), options)
	expectError(t, one.Merge(one), StatusRange, "source")
	options.Seed++
	other := newEstimator(t, sineModel(w), options)
	expectError(t, one.Merge(other), StatusMismatch, "seed")
	single := newEstimator(t, sineModel(sineWeights[float32]()), probing(0))
	expectError(t, one.Merge(single), StatusMismatch, "precision")
}

func TestDamagedStatesAreRefused(t *testing.T) {
	estimator := newEstimator(t, sineModel(sineWeights[float64]()), Options{})
	succeed(t, estimator.Update(samples[float64](3), nil, nil))
	bytes := bytesOf(t, estimator)
	for length := range bytes {
		if _, err := Deserialize(bytes[:length]); err == nil {
			t.Fatal(length)
		}
	}
	bytes[len(bytes)-1] ^= 1
	if _, err := Deserialize(bytes); !errors.Is(err, StatusCorrupt) {
		t.Fatal(err)
	}
}

func TestAnEstimatorStopsAtItsCap(t *testing.T) {
	estimator := newEstimator(t, sineModel(sineWeights[float64]()), Options{MaxSamples: 5})
	if _, err := estimator.Result(); !errors.Is(err, StatusNoData) {
		t.Fatal(err)
	}
	succeed(t, estimator.Update(samples[float64](8), nil, nil))
	result := resultOf(t, estimator)
	if !estimator.Stopped() || result.Samples != 5 || result.StopReason != StopSamples {
		t.Fatalf("%+v", result)
	}
	succeed(t, estimator.Reset())
	if _, err := estimator.Result(); estimator.Stopped() || !errors.Is(err, StatusNoData) {
		t.Fatal(err)
	}
}

func TestAClosedEstimatorFails(t *testing.T) {
	estimator := newEstimator(t, sineModel(sineWeights[float64]()), Options{})
	estimator.Close()
	if err := estimator.Update(samples[float64](1), nil, nil); !errors.Is(err, StatusNull) {
		t.Fatal(err)
	}
	if _, err := estimator.Result(); !errors.Is(err, StatusNull) {
		t.Fatal(err)
	}
	if _, err := estimator.Serialize(); !errors.Is(err, StatusNull) {
		t.Fatal(err)
	}
	estimator.Close()
}

func handleOf(estimator *Estimator[float64]) cgo.Handle {
	return cgo.Handle(estimator.source.table.functions)
}

// stands tells whether a handle still stands for something.
func stands(handle cgo.Handle) (yes bool) {
	defer func() { yes = recover() == nil }()
	handle.Value()
	return
}

func TestForgottenEstimatorsAreFreed(t *testing.T) {
	network := newDense[float64](t, sineLayer)
	forget := func() cgo.Handle {
		forgotten, err := New(sineModel(sineWeights[float64]()), Options{})
		succeed(t, err)
		_, err = New(network.Model(), Options{})
		succeed(t, err)
		return handleOf(forgotten)
	}
	handle := forget()
	if !stands(handle) {
		t.Fatal("freed while it was there")
	}
	for i := 0; stands(handle) || network.held() > 1; i++ {
		if i == 1000 {
			t.Fatal("never freed")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

// Separate estimators are used from goroutines at the same time, each with functions of its own
// or with those of one model; one of them panics again and again.
func TestEstimatorsOfGoroutines(t *testing.T) {
	const goroutines, rounds = 8, 40
	w, x := sineWeights[float64](), samples[float64](50)
	shared, expected := sineModel(w), complexity(w, x)
	var group sync.WaitGroup
	errs := make(chan error, goroutines)
	for g := 0; g < goroutines; g++ {
		group.Add(1)
		go func(g int) {
			defer group.Done()
			for round := 0; round < rounds; round++ {
				if err := measureOnce(g, shared, x, expected); err != nil {
					errs <- err
					return
				}
			}
		}(g)
	}
	group.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
}

func measureOnce(g int, model Model[float64], x []float64, expected float64) (err error) {
	if g == 0 {
		defer func() {
			if found := recover(); found != "mine" {
				err = newError(0, "another panic came back: %v", found)
			}
		}()
		model.VJP = func(n, m int, x, u, jtu []float64) error { panic("mine") }
	}
	if g == 1 {
		mine := &custom{"mine"}
		model.VJP = func(n, m int, x, u, jtu []float64) error { return mine }
		if _, err := Measure(model, x, Options{}); !errors.Is(err, mine) {
			return newError(0, "another error came back: %v", err)
		}
		return nil
	}
	result, err := Measure(model, x, Options{})
	if err == nil && !(math.Abs(result.Value-expected) <= 1e-14*expected) {
		err = newError(0, "%g against %g", result.Value, expected)
	}
	return err
}
