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

// numbers between -1 and 1.
func numbers(count int, seed int64) []float64 {
	random := rand.New(rand.NewSource(seed))
	list := make([]float64, count)
	for i := range list {
		list[i] = 2*random.Float64() - 1
	}
	return list
}

func sineWeights() []float64      { return numbers(k*d, 1) }
func samples(count int) []float64 { return numbers(count*d, 2) }

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// row i of a matrix of the given width.
func row(matrix []float64, i, width int) []float64 { return matrix[i*width : (i+1)*width] }

func energies(w, x []float64) []float64 {
	list := make([]float64, len(x)/d)
	for i := range list {
		for o := 0; o < k; o++ {
			w := row(w, o, d)
			list[i] += math.Pow(math.Cos(dot(w, row(x, i, d))), 2) * dot(w, w)
		}
	}
	return list
}

func complexity(w, x []float64) float64 {
	sum := 0.0
	for _, energy := range energies(w, x) {
		sum += energy
	}
	return sum / float64(len(x)/d)
}

func forward(w []float64) func(n int, x, y []float64) error {
	return func(n int, x, y []float64) error {
		for i := range y {
			y[i] = math.Sin(dot(row(w, i%k, d), row(x, i/k, d)))
		}
		return nil
	}
}

func jvp(w []float64) func(n, m int, x, v, jv []float64) error {
	return func(n, m int, x, v, jv []float64) error {
		for i := range jv {
			w := row(w, i%k, d)
			jv[i] = math.Cos(dot(w, row(x, i/k/m, d))) * dot(w, row(v, i/k, d))
		}
		return nil
	}
}

func vjp(w []float64) func(n, m int, x, u, jtu []float64) error {
	return func(n, m int, x, u, jtu []float64) error {
		for i := range jtu {
			jtu[i] = 0
		}
		for i := range u {
			w := row(w, i%k, d)
			factor := math.Cos(dot(w, row(x, i/k/m, d))) * u[i]
			for j, weight := range w {
				jtu[i/k*d+j] += factor * weight
			}
		}
		return nil
	}
}

func sineModel(w []float64) Model { return Model{Inputs: d, Outputs: k, VJP: vjp(w)} }

// What every test needs to go well.

func newEstimator(t *testing.T, source Source, options Options) *Estimator {
	t.Helper()
	estimator, err := NewEstimator(source, options)
	succeed(t, err)
	t.Cleanup(estimator.Close)
	return estimator
}

func newDense(t *testing.T, layers ...Layer) *Dense {
	t.Helper()
	network, err := NewDense(layers)
	succeed(t, err)
	t.Cleanup(network.Close)
	return network
}

func resultOf(t *testing.T, state *State) Result {
	t.Helper()
	result, err := state.Result()
	succeed(t, err)
	return result
}

func bytesOf(t *testing.T, state *State) []byte {
	t.Helper()
	bytes, err := state.Serialize()
	succeed(t, err)
	return bytes
}

func succeed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func expectClose(t *testing.T, value, expected, bound float64) {
	t.Helper()
	if difference := math.Abs(value/expected - 1); !(difference <= bound) {
		t.Fatalf("%g against %g: %g", value, expected, difference)
	}
}

func expectAllClose(t *testing.T, values, expected []float64) {
	t.Helper()
	if len(values) != len(expected) {
		t.Fatalf("%d values, %d expected", len(values), len(expected))
	}
	for i, value := range values {
		if !(math.Abs(value-expected[i]) <= 1e-13) {
			t.Fatalf("%d: %g against %g", i, value, expected[i])
		}
	}
}
