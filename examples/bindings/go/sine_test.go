package dirichlet

import (
	"math"
	"math/rand"
	"testing"
)

// f(x) = sin(W x) from R^5 to R^3, whose energy is known in closed form:
// ||J||_F^2 = sum over o of cos(w_o x)^2 ||w_o||^2.
const (
	d = 5
	k = 3
)

// numbers between -1 and 1, that both precisions have.
func numbers[T Real](count int, seed int64) []T {
	random := rand.New(rand.NewSource(seed))
	list := make([]T, count)
	for i := range list {
		list[i] = T(2*random.Float32() - 1)
	}
	return list
}

func sineWeights[T Real]() []T      { return numbers[T](k*d, 1) }
func samples[T Real](count int) []T { return numbers[T](count*d, 2) }

func dot[T Real](a, b []T) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// row i of a matrix of the given width.
func row[T Real](matrix []T, i, width int) []T { return matrix[i*width : (i+1)*width] }

func energies[T Real](w, x []T) []float64 {
	list := make([]float64, len(x)/d)
	for i := range list {
		for o := 0; o < k; o++ {
			w := row(w, o, d)
			list[i] += math.Pow(math.Cos(dot(w, row(x, i, d))), 2) * dot(w, w)
		}
	}
	return list
}

func complexity[T Real](w, x []T) float64 {
	sum := 0.0
	for _, energy := range energies(w, x) {
		sum += energy
	}
	return sum / float64(len(x)/d)
}

func forward[T Real](w []T) func(n int, x, y []T) error {
	return func(n int, x, y []T) error {
		for i := range y {
			y[i] = T(math.Sin(dot(row(w, i%k, d), row(x, i/k, d))))
		}
		return nil
	}
}

func jvp[T Real](w []T) func(n, m int, x, v, jv []T) error {
	return func(n, m int, x, v, jv []T) error {
		for i := range jv {
			w := row(w, i%k, d)
			jv[i] = T(math.Cos(dot(w, row(x, i/k/m, d))) * dot(w, row(v, i/k, d)))
		}
		return nil
	}
}

func vjp[T Real](w []T) func(n, m int, x, u, jtu []T) error {
	return func(n, m int, x, u, jtu []T) error {
		for i := range jtu {
			jtu[i] = 0
		}
		for i := range u {
			w := row(w, i%k, d)
			factor := T(math.Cos(dot(w, row(x, i/k/m, d)))) * u[i]
			for j, weight := range w {
				jtu[i/k*d+j] += factor * weight
			}
		}
		return nil
	}
}

func sineModel[T Real](w []T) Model[T] { return Model[T]{Inputs: d, Outputs: k, VJP: vjp(w)} }

// bounds of both precisions, relative to what is judged.
func bound[T Real](ofFloat64, ofFloat32 float64) float64 {
	if single[T]() == 1 {
		return ofFloat32
	}
	return ofFloat64
}

// both runs a test in both precisions.
func both(t *testing.T, inFloat64, inFloat32 func(t *testing.T)) {
	t.Run("float64", inFloat64)
	t.Run("float32", inFloat32)
}

// What every test needs to go well.

func newEstimator[T Real](t *testing.T, model Model[T], options Options) *Estimator[T] {
	t.Helper()
	estimator, err := New(model, options)
	succeed(t, err)
	t.Cleanup(estimator.Close)
	return estimator
}

func resultOf(t *testing.T, state Mergeable) Result {
	t.Helper()
	result, err := state.state().Result()
	succeed(t, err)
	return result
}

func bytesOf(t *testing.T, state Mergeable) []byte {
	t.Helper()
	bytes, err := state.state().Serialize()
	succeed(t, err)
	return bytes
}

func succeed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// expectClose judges a value by its relative difference, and prints it.
func expectClose(t *testing.T, what string, value, expected, bound float64) {
	t.Helper()
	difference := math.Abs(value/expected - 1)
	t.Logf("%s: %.9g, off by %.1e (at most %.0e)", what, value, difference, bound)
	if !(difference <= bound) {
		t.Fatalf("%s: %g against %g", what, value, expected)
	}
}

// expectAllClose judges values by their largest difference relative to the largest expected.
func expectAllClose[T, U Real](t *testing.T, what string, values []T, expected []U, bound float64) {
	t.Helper()
	if len(values) != len(expected) || len(values) == 0 {
		t.Fatalf("%s: %d values, %d expected", what, len(values), len(expected))
	}
	worst, scale := 0.0, 0.0
	for i, value := range values {
		scale = math.Max(scale, math.Abs(float64(expected[i])))
		// math.Max keeps a NaN.
		worst = math.Max(worst, math.Abs(float64(value)-float64(expected[i])))
	}
	t.Logf("%s: %d values off by at most %.1e (at most %.0e)", what, len(values), worst/scale, bound)
	if !(worst <= bound*scale && scale > 0) {
		t.Fatalf("%s: %v against %v", what, values, expected)
	}
}

// expectError judges an error by its status and by the argument it names.
func expectError(t *testing.T, err error, status Status, argument string) {
	t.Helper()
	if !refused(err, status, argument) {
		t.Fatalf("%v, where %v about %s is expected", err, status, argument)
	}
	t.Log(err)
}
