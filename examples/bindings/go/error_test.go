package dirichlet

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

// fieldsOf an error of the library.
func fieldsOf(t *testing.T, err error) Error {
	t.Helper()
	var found *Error
	if !errors.As(err, &found) {
		t.Fatal("not an error of the library:", err)
	}
	t.Logf("%+v", *found)
	return *found
}

func TestErrorsNameTheSample(t *testing.T) {
	both(t, errorsNameTheSample[float64], errorsNameTheSample[float32])
}

func errorsNameTheSample[T Real](t *testing.T) {
	x := samples[T](6)
	x[4*d+1] = T(math.NaN())
	estimator := newEstimator(t, sineModel(sineWeights[T]()), Options{FirstSample: 100})
	err := fieldsOf(t, estimator.Update(x, nil, nil))
	if err.Status != StatusNotFinite || err.Sample != 104 || err.CallbackCode != 0 || err.Cause != nil {
		t.Fatalf("%+v", err)
	}
	err = fieldsOf(t, estimator.UpdateBatch(Batch[T]{X: x, Indices: []int64{5, 4, 3, 2, 71, 0}}))
	if err.Status != StatusNotFinite || err.Sample != 71 {
		t.Fatalf("%+v", err)
	}
	_, failed := JacobianNorms(sineModel(sineWeights[T]()), x, JacobianNormsOptions{FirstSample: 10}, nil)
	if err = fieldsOf(t, failed); err.Status != StatusNotFinite || err.Sample != 14 {
		t.Fatalf("%+v", err)
	}
	if err = fieldsOf(t, estimator.SeekSample(-1)); err.Sample != -1 {
		t.Fatalf("%+v", err)
	}
}

// What is said to be enough is, and a byte less is not.
func TestErrorsGiveTheLeastWorkspace(t *testing.T) {
	estimator := func(bytes uint64) error {
		e, err := New(sineModel(sineWeights[float64]()), Options{WorkspaceBytes: bytes})
		if err == nil {
			e.Close()
		}
		return err
	}
	network := func(bytes uint64) error {
		n, err := NewDense[float32]([]Layer{sineLayer}, DenseOptions{WorkspaceBytes: bytes})
		if err == nil {
			n.Close()
		}
		return err
	}
	norms := func(bytes uint64) error {
		_, err := JacobianNorms(sineModel(sineWeights[float64]()), samples[float64](2),
			JacobianNormsOptions{WorkspaceBytes: bytes}, nil)
		return err
	}
	penalty := func(bytes uint64) error {
		_, err := EnergyPenalty(Model[float64]{Inputs: d, Outputs: k,
			Forward: forward(sineWeights[float64]())}, samples[float64](2),
			EnergyPenaltyOptions{WorkspaceBytes: bytes}, 1)
		return err
	}
	for i, call := range []func(bytes uint64) error{estimator, network, norms, penalty} {
		err := fieldsOf(t, call(1))
		if err.Status != StatusWorkspace || err.LeastBytes < 2 {
			t.Fatalf("%d: %+v", i, err)
		}
		succeed(t, call(err.LeastBytes))
		if again := fieldsOf(t, call(err.LeastBytes-1)); again.LeastBytes != err.LeastBytes {
			t.Fatalf("%d: %+v", i, again)
		}
	}
}

func TestErrorsOfFunctionsAreNumberOne(t *testing.T) {
	model, cause := sineModel(sineWeights[float64]()), errors.New("no")
	model.VJP = func(int, int, []float64, []float64, []float64) error { return cause }
	_, err := Measure(model, samples[float64](2), Options{})
	if found := fieldsOf(t, err); found.CallbackCode != 1 || found.Cause != cause {
		t.Fatalf("%+v", found)
	}
}

// A function that cannot is as one that is not there.
func TestUnsupportedFunctions(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](3)
	model := sineModel(w)
	model.VJP = func(int, int, []float64, []float64, []float64) error {
		return fmt.Errorf("this backend: %w", ErrUnsupported)
	}
	_, err := Measure(model, x, Options{})
	expectError(t, err, StatusMissingCallback, "vjp")
	if found := fieldsOf(t, err); found.CallbackCode != -1 || !errors.Is(err, ErrUnsupported) {
		t.Fatalf("%+v", found)
	}
}

// outside is a model that is not defined where x_0 is above a limit.
func outside(w []float64, limit float64) Model[float64] {
	model := sineModel(w)
	model.VJP = func(n, m int, x, u, jtu []float64) error {
		for i := 0; i < n; i++ {
			if x[i*d] > limit {
				return fmt.Errorf("x_0 is above %g: %w", limit, ErrOutOfDomain)
			}
		}
		return vjp(w)(n, m, x, u, jtu)
	}
	return model
}

func TestSamplesOutOfTheDomain(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](9)
	x[2*d], x[7*d] = 3, 4
	var inside []float64
	for i := 0; i < 9; i++ {
		if x[i*d] <= 2 {
			inside = append(inside, row(x, i, d)...)
		}
	}
	_, err := Measure(outside(w, 2), x, Options{FirstSample: 10})
	expectError(t, err, StatusNotFinite, "12")
	if found := fieldsOf(t, err); found.Sample != 12 || !errors.Is(err, ErrOutOfDomain) {
		t.Fatalf("%+v", found)
	}
	result, err := Measure(outside(w, 2), x, Options{SkipNonfinite: true})
	succeed(t, err)
	expectClose(t, "inside", result.Value, complexity(w, inside), 1e-14)
	if result.Skipped != 2 || result.Samples != 7 {
		t.Fatalf("%+v", result)
	}
}

// A later error is not taken for one that was over.
func TestSkippedSamplesAreNoCause(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](4)
	x[d] = 3
	estimator := newEstimator(t, outside(w, 2), Options{SkipNonfinite: true})
	succeed(t, estimator.Update(x, nil, nil))
	err := estimator.Update(x, []float64{1, 1, -1, 1}, nil)
	expectError(t, err, StatusRange, "weights")
	if errors.Is(err, ErrOutOfDomain) {
		t.Fatal(err)
	}
}

// An estimator serves one call at a time.
func TestACallFromItsOwnFunctionIsBusy(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](3)
	var estimator *Estimator[float64]
	var inside error
	model := sineModel(w)
	model.VJP = func(n, m int, x, u, jtu []float64) error {
		inside = estimator.Update(x, nil, nil)
		return vjp(w)(n, m, x, u, jtu)
	}
	estimator = newEstimator(t, model, Options{})
	succeed(t, estimator.Update(x, nil, nil))
	if !errors.Is(inside, StatusBusy) {
		t.Fatal(inside)
	}
	expectClose(t, "outside", resultOf(t, estimator).Value, complexity(w, x), 1e-14)
}
