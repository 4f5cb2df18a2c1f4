package dirichlet

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

func probing(firstSample int64) Options {
	return Options{Method: Sphere, Probes: 2, Seed: 9, FirstSample: firstSample}
}

func TestPartsMergeToTheSameBits(t *testing.T) {
	w, x := sineWeights(), samples(90)
	whole := newEstimator(t, sineModel(w), probing(0))
	succeed(t, whole.Update(x, nil, nil))
	left := newEstimator(t, sineModel(w), probing(0))
	succeed(t, left.Update(x[:31*d], nil, nil))
	right := newEstimator(t, sineModel(w), probing(31))
	for i := 31; i < 90; i++ {
		succeed(t, right.Update(row(x, i, d), nil, nil))
	}

	sum, err := Deserialize(bytesOf(t, &right.State))
	succeed(t, err)
	defer sum.Close()
	succeed(t, sum.Merge(&left.State))
	succeed(t, left.Merge(&right.State))
	expected := resultOf(t, &whole.State)
	for _, result := range []Result{resultOf(t, &left.State), resultOf(t, sum)} {
		if result.Samples != 90 || result != expected {
			t.Fatalf("%+v against %+v", result, expected)
		}
	}
	if !bytes.Equal(bytesOf(t, &left.State), bytesOf(t, &whole.State)) {
		t.Fatal("the parts give other bytes than the whole")
	}
	off := math.Abs(expected.Value - complexity(w, x))
	if !(expected.StandardErrorProbes > 0 && off <= 5*expected.StandardErrorProbes) {
		t.Fatalf("off by %g: %+v", off, expected)
	}
}

func TestWhatCannotBeMergedIsRefused(t *testing.T) {
	w := sineWeights()
	options := probing(0)
	one := newEstimator(t, sineModel(w), options)
	options.Seed++
	other := newEstimator(t, sineModel(w), options)
	err := one.Merge(&other.State)
	if !errors.Is(err, StatusMismatch) || !strings.Contains(err.Error(), "seed") {
		t.Fatal(err)
	}
}

func TestDamagedStatesAreRefused(t *testing.T) {
	estimator := newEstimator(t, sineModel(sineWeights()), Options{})
	succeed(t, estimator.Update(samples(3), nil, nil))
	bytes := bytesOf(t, &estimator.State)
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
	estimator := newEstimator(t, sineModel(sineWeights()), Options{MaxSamples: 5})
	if _, err := estimator.Result(); !errors.Is(err, StatusNoData) {
		t.Fatal(err)
	}
	succeed(t, estimator.Update(samples(8), nil, nil))
	result := resultOf(t, &estimator.State)
	if !estimator.Stopped() || result.Samples != 5 || result.StopReason != StopSamples {
		t.Fatalf("%+v", result)
	}
}

func TestAClosedEstimatorFails(t *testing.T) {
	estimator := newEstimator(t, sineModel(sineWeights()), Options{})
	estimator.Close()
	if err := estimator.Update(samples(1), nil, nil); !errors.Is(err, StatusNull) {
		t.Fatal(err)
	}
	estimator.Close()
}
