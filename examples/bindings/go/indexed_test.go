package dirichlet

import (
	"bytes"
	"math"
	"testing"
)

// scales are what belongs to each sample beside its x: f_i(x) = scales[i] sin(W x).
func scales(count int) []float64 {
	list := numbers[float64](count, 6)
	for i := range list {
		list[i] += 1.5
	}
	return list
}

// by multiplies each sample's part of the values with its scale.
func by[T Real](scales []float64, first int64, values []T, each int) error {
	for i := range values {
		values[i] *= T(scales[int(first)+i/each])
	}
	return nil
}

func scaledSine[T Real](w []T, s []float64) Indexed[T] {
	return Indexed[T]{Inputs: d, Outputs: k,
		Forward: func(first int64, n, p int, x, y []T) error {
			forward(w)(n*p, x, y)
			return by(s, first, y, p*k)
		},
		JVP: func(first int64, n, m int, x, v, jv []T) error {
			jvp(w)(n, m, x, v, jv)
			return by(s, first, jv, m*k)
		},
		VJP: func(first int64, n, m int, x, u, jtu []T) error {
			vjp(w)(n, m, x, u, jtu)
			return by(s, first, jtu, m*d)
		},
	}
}

// measured energies of a batch, and the bytes of the state.
func measuredEnergies[T Real](t *testing.T, model Model[T], options Options,
	batch Batch[T]) ([]float64, []byte) {
	t.Helper()
	estimator := newEstimator(t, model, options)
	batch.Energies = make([]float64, len(batch.X)/d)
	succeed(t, estimator.UpdateBatch(batch))
	return batch.Energies, bytesOf(t, estimator)
}

// Under every method a sample's energy is its scale squared times that of the model without.
func TestEveryMethodTellsIndices(t *testing.T) {
	const n = 12
	w, x, s := sineWeights[float64](), samples[float64](n), scales(40)
	x[4*d] = math.NaN()
	indices := []int64{30, 31, 3, 7, 8, 9, 2, 39, 38, 0, 1, 20}
	plain := Model[float64]{Inputs: d, Outputs: k, Forward: forward(w), JVP: jvp(w), VJP: vjp(w)}
	for _, method := range []Method{Exact, Rademacher, Sphere, Gaussian, Orthogonal, Unit, HutchPP,
		FiniteDifference} {
		bound := 1e-12
		if method == FiniteDifference {
			bound = 1e-7
		}
		for _, most := range []int{0, 1, 5} {
			indexed := scaledSine(w, s)
			indexed.MaxSamples = most
			options := Options{Method: method, Probes: 3, Seed: 8, SkipNonfinite: true}
			batch := Batch[float64]{X: x, Indices: indices}
			expected, _ := measuredEnergies(t, plain, options, batch)
			found, _ := measuredEnergies(t, indexed.Model(), options, batch)
			if !math.IsNaN(found[4]) || !math.IsNaN(expected[4]) {
				t.Fatal("sample 4 was not skipped")
			}
			found[4], expected[4] = 1, 1
			for i := range expected {
				if i != 4 {
					expected[i] *= s[indices[i]] * s[indices[i]]
				}
			}
			expectAllClose(t, method.String(), found, expected, bound)
		}
	}
}

// Without indices they go on from call to call, and from FirstSample; parts merge to the whole.
func TestIndicesOfPartsAreThoseOfTheWhole(t *testing.T) {
	both(t, indicesOfParts[float64], indicesOfParts[float32])
}

func indicesOfParts[T Real](t *testing.T) {
	w, x, s := sineWeights[T](), samples[T](30), scales(30)
	model := scaledSine(w, s).Model()
	_, whole := measuredEnergies(t, model, probing(0), Batch[T]{X: x})
	left, right := newEstimator(t, model, probing(0)), newEstimator(t, model, probing(11))
	succeed(t, left.Update(x[:4*d], nil, nil))
	succeed(t, left.Update(x[4*d:11*d], nil, nil))
	succeed(t, right.Update(x[11*d:], nil, nil))
	succeed(t, left.Merge(right))
	if !bytes.Equal(bytesOf(t, left), whole) {
		t.Fatal("the parts give other bytes than the whole")
	}
	succeed(t, left.Reset())
	succeed(t, left.SeekSample(20))
	of, expected := make([]float64, 10), make([]float64, 30)
	succeed(t, left.Update(x[20*d:], nil, of))
	expected, _ = measuredEnergies(t, model, probing(0), Batch[T]{X: x})
	expectAllClose(t, "from 20 on", of, expected[20:], 1e-14)
}

// slopes of a sine model that are found once for the products with one direction each.
type slopes[T Real] struct {
	w, of              []T
	x                  *T
	first              int64
	prepared, products int
}

func (s *slopes[T]) prepare(first int64, n int, x []T) error {
	s.prepared++
	s.first, s.x = first, &x[0]
	s.of = make([]T, n*k)
	for i := range s.of {
		s.of[i] = T(math.Cos(dot(row(s.w, i%k, d), row(x, i/k, d))))
	}
	return nil
}

func (s *slopes[T]) vjp(first int64, n, m int, x, u, jtu []T) error {
	s.products += n
	if m != 1 || first != s.first || &x[0] != s.x || n*k != len(s.of) {
		return newError(0, "not what was prepared")
	}
	for i := range jtu {
		jtu[i] = 0
		for o := 0; o < k; o++ {
			jtu[i] += u[i/d*k+o] * s.of[i/d*k+o] * s.w[o*d+i%d]
		}
	}
	return nil
}

func TestPrepareComesBeforeTheProducts(t *testing.T) {
	both(t, prepareComesBefore[float64], prepareComesBefore[float32])
}

func prepareComesBefore[T Real](t *testing.T) {
	w, x := sineWeights[T](), samples[T](20)
	for _, most := range []int{0, 1, 6} {
		s := &slopes[T]{w: w}
		indexed := Indexed[T]{Inputs: d, Outputs: k, MaxSamples: most, MaxDirections: 1, VJP: s.vjp,
			Prepare: s.prepare}
		simple := Model[T]{Inputs: d, Outputs: k, MaxSamples: most, MaxDirections: 1,
			VJP: func(n, m int, x, u, jtu []T) error { return s.vjp(s.first, n, m, x, u, jtu) },
			Prepare: func(n int, x []T) error {
				return s.prepare(-1, n, x)
			}}
		for name, model := range map[string]Model[T]{"indexed": indexed.Model(), "simple": simple} {
			s.prepared, s.products = 0, 0
			result, err := Measure(model, x, Options{})
			succeed(t, err)
			expectClose(t, name, result.Value, complexity(w, x), bound[T](1e-14, 1e-6))
			calls := map[int]int{0: 1, 1: 20, 6: 4}[most]
			if s.prepared < calls || s.prepared*k > s.products || s.products != 20*k {
				t.Fatal(s.prepared, "calls of Prepare for", s.products, "products")
			}
		}
	}
}

// squares is a model of energies and of norms, which are not made of products.
func squares[T Real](w []T) Model[T] {
	return Model[T]{Inputs: d, Outputs: k,
		Energies: func(n int, x []T, of []float64) error {
			copy(of, energies(w, x))
			return nil
		},
		ProductNorms: func(n, m int, x, u []T, norms []float64) error {
			jtu := make([]T, n*m*d)
			vjp(w)(n, m, x, u, jtu)
			for i := range norms {
				norms[i] = dot(row(jtu, i, d), row(jtu, i, d))
			}
			return nil
		}}
}

func TestEnergiesAndNormsOfFunctions(t *testing.T) {
	both(t, energiesAndNorms[float64], energiesAndNorms[float32])
}

func energiesAndNorms[T Real](t *testing.T) {
	w, x := sineWeights[T](), samples[T](9)
	result, err := Measure(squares(w), x, Options{})
	succeed(t, err)
	expectClose(t, "energies", result.Value, complexity(w, x), 1e-14)
	if !result.Exact || result.Method != Exact {
		t.Fatalf("%+v", result)
	}
	const offset = 6
	options := Options{Method: Rademacher, Probes: 2, Seed: 3, FirstSample: offset}
	found, _ := measuredEnergies(t, squares(w), options, Batch[T]{X: x})
	expected, _ := measuredEnergies(t, sineModel(w), options, Batch[T]{X: x})
	expectAllClose(t, "norms", found, expected, bound[T](1e-14, 1e-6))

	indexed := squares(w).all()
	of, norms, s := indexed.Energies, indexed.ProductNorms, scales(9+offset)
	indexed.Energies = func(first int64, n int, x []T, energies []float64) error {
		of(first, n, x, energies)
		by(s, first, energies, 1)
		return by(s, first, energies, 1)
	}
	indexed.ProductNorms = func(first int64, n, m int, x, u []T, squares []float64) error {
		norms(first, n, m, x, u, squares)
		by(s, first, squares, m)
		return by(s, first, squares, m)
	}
	for _, options := range []Options{{FirstSample: offset}, options} {
		expected, _ := measuredEnergies(t, squares(w), options, Batch[T]{X: x})
		by(s, offset, expected, 1)
		by(s, offset, expected, 1)
		found, _ := measuredEnergies(t, indexed.Model(), options, Batch[T]{X: x})
		expectAllClose(t, "told indices", found, expected, 1e-14)
	}
}
