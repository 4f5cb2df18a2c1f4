package dirichlet

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"example.org/dirichlet/internal/bare"
)

func TestFunctionsGiveTheClosedForm(t *testing.T) {
	w, x := sineWeights(), samples(40)
	for _, c := range []struct {
		model  Model
		method Method
		bound  float64
	}{
		{Model{Inputs: d, Outputs: k, VJP: vjp(w)}, Exact, 1e-14},
		{Model{Inputs: d, Outputs: k, JVP: jvp(w)}, Exact, 1e-14},
		{Model{Inputs: d, Outputs: k, Forward: forward(w)}, FiniteDifference, 1e-8},
	} {
		estimator := newEstimator(t, c.model, Options{})
		succeed(t, estimator.Update(x, nil, nil))
		result := resultOf(t, &estimator.State)
		if result.Samples != 40 || result.Method != c.method {
			t.Fatalf("%+v", result)
		}
		expectClose(t, result.Value, complexity(w, x), c.bound)
	}
}

func TestWeightsAndEnergiesPassThrough(t *testing.T) {
	w, x, expected := sineWeights(), samples(20), energies(sineWeights(), samples(20))
	shares, found := make([]float64, 20), make([]float64, 20)
	sum := 0.0
	for i := range shares {
		shares[i], found[i] = float64(i%3), math.NaN()
		sum += shares[i]
	}
	estimator := newEstimator(t, sineModel(w), Options{})
	succeed(t, estimator.Update(x, shares, found))
	expectAllClose(t, found, expected)
	expectClose(t, resultOf(t, &estimator.State).Value, dot(shares, expected)/sum, 1e-14)
}

func TestFunctionsCaptureState(t *testing.T) {
	w, x := sineWeights(), samples(10)
	largest, products := 0, 0
	model := sineModel(w)
	model.MaxSamples = 4
	model.VJP = func(n, m int, x, u, jtu []float64) error {
		if n > largest {
			largest = n
		}
		products += n * m
		return vjp(w)(n, m, x, u, jtu)
	}
	estimator := newEstimator(t, model, Options{})
	succeed(t, estimator.Update(x, nil, nil))
	counted := resultOf(t, &estimator.State).Products
	if largest != 4 || products != 10*k || counted != 10*k {
		t.Fatal(largest, products, counted)
	}
}

// failing is an estimator that has taken 4 samples and fails at the next 4 but 4.
func failing(t *testing.T, w, x []float64, fail func() error) *Estimator {
	t.Helper()
	call, product, model := 0, vjp(w), sineModel(w)
	model.MaxSamples = 4
	model.VJP = func(n, m int, x, u, jtu []float64) error {
		if call++; call == 3 {
			return fail()
		}
		return product(n, m, x, u, jtu)
	}
	estimator := newEstimator(t, model, Options{})
	succeed(t, estimator.Update(x[:4*d], nil, nil))
	return estimator
}

// expectGoesOn tells that a failed update has left an estimator as it was.
func expectGoesOn(t *testing.T, estimator *Estimator, before []byte, w, x []float64) {
	t.Helper()
	if !bytes.Equal(before, bytesOf(t, &estimator.State)) {
		t.Fatal("the state has changed")
	}
	succeed(t, estimator.Update(x[4*d:], nil, nil))
	result := resultOf(t, &estimator.State)
	if result.Samples != 12 {
		t.Fatal(result.Samples)
	}
	expectClose(t, result.Value, complexity(w, x), 1e-14)
}

func TestErrorsComeBack(t *testing.T) {
	w, x := sineWeights(), samples(12)
	for _, c := range []struct {
		err  error
		code int32
	}{{Code(1234), 1234}, {Code(-7), -7}, {errors.New("out of memory"), failed}} {
		estimator := failing(t, w, x, func() error { return c.err })
		before := bytesOf(t, &estimator.State)
		err := estimator.Update(x[4*d:], nil, nil)
		var found *Error
		if !errors.Is(err, c.err) || !errors.Is(err, StatusCallback) || !errors.As(err, &found) ||
			found.CallbackCode != c.code || !strings.Contains(found.Message, "vjp") {
			t.Fatalf("%v: %+v", c.err, err)
		}
		expectGoesOn(t, estimator, before, w, x)
	}
}

func TestPanicsComeBack(t *testing.T) {
	w, x := sineWeights(), samples(12)
	type payload struct{ text string }
	estimator := failing(t, w, x, func() error { panic(&payload{"a payload"}) })
	before := bytesOf(t, &estimator.State)
	func() {
		defer func() {
			if found, ok := recover().(*payload); !ok || found.text != "a payload" {
				t.Fatal(found)
			}
		}()
		err := estimator.Update(x[4*d:], nil, nil)
		t.Fatal("no panic, but", err)
	}()
	expectGoesOn(t, estimator, before, w, x)
}

func TestMissingFunctionsAreNamed(t *testing.T) {
	_, err := NewEstimator(sineModel(sineWeights()), Options{Method: HutchPP})
	if !errors.Is(err, StatusMissingCallback) || !strings.Contains(err.Error(), "jvp") {
		t.Fatal(err)
	}
}

func TestSlicesOfOtherLengthsAreRefused(t *testing.T) {
	x := samples(4)
	estimator := newEstimator(t, sineModel(sineWeights()), Options{})
	for _, err := range []error{
		estimator.Update(x[1:], nil, nil),
		estimator.Update(x, make([]float64, 5), nil),
		estimator.Update(x, nil, make([]float64, 3)),
		estimator.Update(x, []float64{}, nil),
	} {
		if !errors.Is(err, StatusShape) {
			t.Fatal(err)
		}
	}
	_, err := NewEstimator(Model{Outputs: 1, VJP: vjp(nil)}, Options{})
	if !errors.Is(err, StatusRange) || !strings.Contains(err.Error(), "inputs") {
		t.Fatal(err)
	}
}

// timesOfCalls are those of one call of a callback of each source, in nanoseconds: the
// least of many short rounds, in turn so that a busy machine troubles both alike.
func timesOfCalls(t *testing.T, sources ...Source) []float64 {
	const calls, rounds = 1000, 1000
	x, least := numbers(calls, 1), make([]float64, len(sources))
	estimators := make([]*Estimator, len(sources))
	for i, source := range sources {
		estimators[i], least[i] = newEstimator(t, source, Options{Method: Exact}), math.Inf(1)
	}
	for round := 0; round < rounds; round++ {
		for i, estimator := range estimators {
			start := time.Now()
			succeed(t, estimator.Update(x, nil, nil))
			least[i] = math.Min(least[i], float64(time.Since(start).Nanoseconds())/calls)
		}
	}
	for _, estimator := range estimators {
		if products := resultOf(t, &estimator.State).Products; products != calls*rounds {
			t.Fatal(products)
		}
	}
	return least
}

// What a callback in Go costs over one in C.
func TestOverhead(t *testing.T) {
	model := Model{Inputs: 1, Outputs: 1, MaxSamples: 1,
		VJP: func(n, m int, x, u, jtu []float64) error { jtu[0] = u[0]; return nil }}
	times := timesOfCalls(t, model, CModel{bare.Table()})
	t.Logf("Go: %.0f ns a callback over C (%.0f in Go, %.0f in C, the library's own work in both)",
		times[0]-times[1], times[0], times[1])
}
