package dirichlet

import (
	"bytes"
	"errors"
	"math"
	"math/rand"
	"strings"
	"testing"
)

// f(x) = sin(W x), whose energy is sum_o cos(w_o x)^2 ||w_o||^2.
const (
	d = 5
	k = 3
)

func numbers(count int, seed int64) []float64 {
	random := rand.New(rand.NewSource(seed))
	list := make([]float64, count)
	for i := range list {
		list[i] = 2*random.Float64() - 1
	}
	return list
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func exact(w, x []float64) float64 {
	sum := 0.0
	for i := 0; i < len(x); i += d {
		for o := 0; o < k*d; o += d {
			row := w[o : o+d]
			sum += math.Pow(math.Cos(dot(row, x[i:i+d])), 2) * dot(row, row)
		}
	}
	return sum / float64(len(x)/d)
}

func forward(w []float64) func(x, y []float64) error {
	return func(x, y []float64) error {
		for i := range y {
			y[i] = math.Sin(dot(w[i%k*d:i%k*d+d], x[i/k*d:i/k*d+d]))
		}
		return nil
	}
}

func jvp(w []float64) func(m int, x, v, out []float64) error {
	return func(m int, x, v, out []float64) error {
		for i := range out {
			row, sample, tangent := w[i%k*d:i%k*d+d], i/k/m*d, i/k*d
			out[i] = math.Cos(dot(row, x[sample:sample+d])) * dot(row, v[tangent:tangent+d])
		}
		return nil
	}
}

func vjp(w []float64) func(m int, x, u, out []float64) error {
	return func(m int, x, u, out []float64) error {
		for i := range out {
			out[i] = 0
		}
		for i, cotangent := range u {
			row, sample, place := w[i%k*d:i%k*d+d], i/k/m*d, i/k*d
			factor := math.Cos(dot(row, x[sample:sample+d])) * cotangent
			for j, weight := range row {
				out[place+j] += factor * weight
			}
		}
		return nil
	}
}

func estimator(t *testing.T, model *Model, options Options) *Estimator {
	t.Helper()
	made, err := NewEstimator(model, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)
	return made
}

func update(t *testing.T, e *Estimator, x []float64) {
	t.Helper()
	if err := e.Update(x); err != nil {
		t.Fatal(err)
	}
}

func result(t *testing.T, e *Estimator) Complexity {
	t.Helper()
	found, err := e.Result()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func closeTo(t *testing.T, value, expected, bound float64) {
	t.Helper()
	if difference := math.Abs(value/expected - 1); !(difference <= bound) {
		t.Fatalf("%g against %g: %g", value, expected, difference)
	}
}

func TestCallbacksGiveTheClosedForm(t *testing.T) {
	w, x := numbers(k*d, 1), numbers(40*d, 2)
	for _, c := range []struct {
		model *Model
		bound float64
	}{
		{&Model{Inputs: d, Outputs: k, VJP: vjp(w)}, 1e-14},
		{&Model{Inputs: d, Outputs: k, JVP: jvp(w)}, 1e-14},
		{&Model{Inputs: d, Outputs: k, Forward: forward(w)}, 1e-8},
	} {
		e := estimator(t, c.model, Options{})
		update(t, e, x)
		closeTo(t, result(t, e).Value, exact(w, x), c.bound)
	}
}

func TestProbesSayTheirError(t *testing.T) {
	w, x := numbers(k*d, 1), numbers(4000*d, 2)
	e := estimator(t, &Model{Inputs: d, Outputs: k, VJP: vjp(w)},
		Options{Method: Rademacher, Probes: 2})
	update(t, e, x)
	found := result(t, e)
	off := math.Abs(found.Value - exact(w, x))
	if !(found.StandardErrorProbes > 0 && off <= 5*found.StandardErrorProbes) {
		t.Fatalf("off by %g: %+v", off, found)
	}
}

func TestErrorsComeBack(t *testing.T) {
	mine := errors.New("out of cheese")
	e := estimator(t, &Model{Inputs: d, Outputs: k,
		VJP: func(int, []float64, []float64, []float64) error { return mine }}, Options{})
	before := e.Serialize()
	err := e.Update(numbers(10*d, 2))
	var status *Error
	if !errors.Is(err, mine) || !errors.As(err, &status) || status.Status != StatusCallback ||
		!strings.Contains(status.Message, "vjp") {
		t.Fatal(err)
	}
	if !bytes.Equal(before, e.Serialize()) {
		t.Fatal("the state has changed")
	}
}

func TestPanicsComeBack(t *testing.T) {
	w, x := numbers(k*d, 1), numbers(10*d, 2)
	fail, product := true, vjp(w)
	e := estimator(t, &Model{Inputs: d, Outputs: k,
		VJP: func(m int, x, u, out []float64) error {
			if fail {
				fail = false
				panic("a payload")
			}
			return product(m, x, u, out)
		}}, Options{})
	func() {
		defer func() {
			if payload := recover(); payload != "a payload" {
				t.Fatal(payload)
			}
		}()
		_ = e.Update(x)
	}()
	update(t, e, x)
	closeTo(t, result(t, e).Value, exact(w, x), 1e-14)
}

func TestMissingCallbacksAreNamed(t *testing.T) {
	_, err := NewEstimator(&Model{Inputs: d, Outputs: k, VJP: vjp(nil)}, Options{Method: Hutchpp})
	var status *Error
	if !errors.As(err, &status) || status.Status != StatusMissingCallback ||
		!strings.Contains(status.Message, "jvp") {
		t.Fatal(err)
	}
}

func TestPartsMergeToTheSameBits(t *testing.T) {
	w, x := numbers(k*d, 1), numbers(90*d, 2)
	model := func() *Model { return &Model{Inputs: d, Outputs: k, VJP: vjp(w)} }
	options := Options{Method: Sphere, Seed: 9}
	whole, left, right := estimator(t, model(), options), estimator(t, model(), options),
		estimator(t, model(), options)
	update(t, whole, x)
	update(t, left, x[:31*d])
	if err := right.SeekSample(31); err != nil {
		t.Fatal(err)
	}
	for i := 31; i < 90; i++ {
		update(t, right, x[i*d:(i+1)*d])
	}
	sent, err := Deserialize(left.Serialize())
	if err != nil {
		t.Fatal(err)
	}
	defer sent.Close()
	if err := right.Merge(sent); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(right.Serialize(), whole.Serialize()) || result(t, right) != result(t, whole) {
		t.Fatal("the parts give other bits than the whole")
	}
}

// Time of one call of a Go function from C, beside the work it does.
func BenchmarkUpdateOfOneSample(b *testing.B) {
	e, err := NewEstimator(&Model{Inputs: 1, Outputs: 1,
		VJP: func(_ int, _, u, out []float64) error { copy(out, u); return nil }},
		Options{Method: Exact})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	x := []float64{1}
	for i := 0; i < b.N; i++ {
		if err := e.Update(x); err != nil {
			b.Fatal(err)
		}
	}
}
