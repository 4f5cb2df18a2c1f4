package dirichlet

import (
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
)

var laneCounts = []int{0, 1, 2, 4, AllLanes}

func TestEachTaskIsRunOnceAndAtTheSameTime(t *testing.T) {
	for _, tasks := range []int64{0, 1, 2, 4, 100} {
		ran := make([]int32, tasks)
		var meeting sync.WaitGroup // ends when all of them have come
		meeting.Add(int(tasks))
		parallelFor(tasks, func(i int64) {
			meeting.Done()
			meeting.Wait()
			atomic.AddInt32(&ran[i], 1)
		})
		for i, times := range ran {
			if times != 1 {
				t.Fatalf("%d of %d tasks: run %d times", i, tasks, times)
			}
		}
	}
}

func TestLanesGiveTheSameBits(t *testing.T) {
	both(t, lanesGiveTheSameBits[float64], lanesGiveTheSameBits[float32])
}

func lanesGiveTheSameBits[T Real](t *testing.T) {
	const n = 600
	w, x := sineWeights[T](), samples[T](n)
	for _, method := range []Method{Exact, Rademacher, HutchPP} {
		for _, concurrent := range []bool{false, true} {
			model := sineModel(w)
			model.JVP, model.Concurrent = jvp(w), concurrent
			var first []float64
			for _, lanes := range laneCounts {
				e := newEstimator(t, model, Options{Method: method, Lanes: lanes})
				found := make([]float64, n, n+1)
				succeed(t, e.Update(x, nil, found))
				found = append(found, resultOf(t, e).Value)
				if first == nil {
					first = found
				}
				for i := range found {
					if math.Float64bits(found[i]) != math.Float64bits(first[i]) {
						t.Fatal(method, concurrent, lanes, i, found[i], first[i])
					}
				}
			}
		}
	}
}

func TestFunctionsRunOneAtATimeUnlessConcurrent(t *testing.T) {
	var inside, overlaps atomic.Int32
	model := sineModel(sineWeights[float64]())
	product := model.VJP
	model.MaxSamples = 4
	model.VJP = func(n, m int, x, u, jtu []float64) error {
		if inside.Add(1) != 1 {
			overlaps.Add(1)
		}
		defer inside.Add(-1)
		return product(n, m, x, u, jtu)
	}
	_, err := Measure(model, samples[float64](600), Options{Lanes: 4})
	succeed(t, err)
	if overlaps.Load() != 0 {
		t.Fatal("at the same time:", overlaps.Load())
	}
}

func TestLanesOfNetworks(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](600)
	want := complexity(w, x)
	for _, lanes := range laneCounts {
		network, err := NewDense[float64]([]Layer{sineLayer}, DenseOptions{Lanes: lanes})
		succeed(t, err)
		copy(network.Weights(0), w)
		sum, err := network.EnergySum(x)
		succeed(t, err)
		result, err := Measure(network.Model(), x, Options{Lanes: lanes})
		succeed(t, err)
		for _, found := range []float64{sum / 600, result.Value} {
			if !(math.Abs(found/want-1) <= 1e-13) {
				t.Fatal(lanes, found, want)
			}
		}
		network.Close()
	}
}

func TestErrorsAndPanicsOfOtherLanes(t *testing.T) {
	x, own := samples[float64](600), errors.New("seventeen")
	for _, concurrent := range []bool{false, true} {
		for _, lanes := range laneCounts {
			panics := false
			product := vjp(sineWeights[float64]())
			model := Indexed[float64]{Inputs: d, Outputs: k, MaxSamples: 4, Concurrent: concurrent,
				VJP: func(first int64, n, m int, x, u, jtu []float64) error {
					if first <= 317 && 317 < first+int64(n) {
						if panics {
							panic(own)
						}
						return own
					}
					return product(n, m, x, u, jtu)
				}}.Model()
			e := newEstimator(t, model, Options{Lanes: lanes})
			err := e.Update(x, nil, nil)
			if found := fieldsOf(t, err); found.Status != StatusCallback || !errors.Is(err, own) {
				t.Fatalf("%+v", found)
			}
			panics = true
			func() {
				defer func() {
					if recover() != any(own) {
						t.Fatal("another panic, or none")
					}
				}()
				_ = e.Update(x, nil, nil)
			}()
			succeed(t, e.Update(x[:10*d], nil, nil))
			if found := resultOf(t, e).Samples; found != 10 {
				t.Fatal(found)
			}
		}
	}
}

func TestLanesThatAreNoNumberOfThem(t *testing.T) {
	_, err := New(sineModel(sineWeights[float64]()), Options{Lanes: -2})
	if found := fieldsOf(t, err); found.Status != StatusRange {
		t.Fatalf("%+v", found)
	}
	_, err = NewDense[float64]([]Layer{sineLayer}, DenseOptions{Lanes: -2})
	if found := fieldsOf(t, err); found.Status != StatusRange {
		t.Fatalf("%+v", found)
	}
}
