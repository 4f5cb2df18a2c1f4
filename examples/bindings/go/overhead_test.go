package dirichlet

import (
	"math"
	"testing"
	"time"

	"dirichlet/internal/bare"
)

// identity is f(x) = x in Go, called for one sample at a time, as that of bare is in C.
func identity() Model[float64] {
	return Model[float64]{Inputs: 1, Outputs: 1, MaxSamples: 1,
		VJP: func(n, m int, x, u, jtu []float64) error { jtu[0] = u[0]; return nil }}
}

// updates makes so many updates of one sample, each with one call of the model.
func updates(t testing.TB, estimator *Estimator[float64], count int) {
	x := []float64{0.5}
	for i := 0; i < count; i++ {
		if err := estimator.Update(x, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func updatesInC(t testing.TB, count int) {
	if status, value := bare.Loop(count); status != 0 || value != 1 {
		t.Fatal(status, value)
	}
}

func estimatorOf(t testing.TB, model Model[float64]) *Estimator[float64] {
	estimator, err := New(model, Options{Method: Exact})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(estimator.Close)
	return estimator
}

// least is the time of one of `count` repetitions, in nanoseconds: the least of many short
// rounds of each call, in turn so that a busy machine troubles all alike.
func least(count int, calls ...func()) []float64 {
	const rounds = 300
	times := make([]float64, len(calls))
	for round := 0; round < rounds; round++ {
		for i, call := range calls {
			start := time.Now()
			call()
			time := float64(time.Since(start).Nanoseconds()) / float64(count)
			if round == 0 || time < times[i] {
				times[i] = time
			}
		}
	}
	return times
}

// What it costs to call the library from Go, and to be called back in Go. The goal is 1.5 us an
// update over C; the test allows for machines that are slower and busy.
func TestOverhead(t *testing.T) {
	const count, goal, most = 1000, 1500, 6000
	inGo, inC := estimatorOf(t, identity()), estimatorOf(t, CModel[float64](1, 1, bare.Table()))
	batch := numbers[float64](count, 1)
	times := least(count,
		func() { updates(t, inGo, count) },
		func() { updates(t, inC, count) },
		func() { updatesInC(t, count) },
		func() { succeed(t, inGo.Update(batch, nil, nil)) },
		func() { succeed(t, inC.Update(batch, nil, nil)) })
	over := times[0] - times[2]
	t.Logf("an update with one callback: %.0f ns in Go, %.0f ns in C: %.0f ns over C (goal %d, at most %d)",
		times[0], times[2], over, goal, most)
	t.Logf("of these %.0f ns to call C, %.0f ns to be called back", times[1]-times[2], times[0]-times[1])
	t.Logf("a callback of a large batch: %.0f ns over C", times[3]-times[4])
	if !(over > 0 && over <= most) || math.IsInf(over, 0) {
		t.Fatal("overhead of", over, "ns")
	}
	if value := resultOf(t, inGo).Value; value != 1 {
		t.Fatal(value)
	}
}

func BenchmarkUpdateGo(b *testing.B) {
	estimator := estimatorOf(b, identity())
	b.ReportAllocs()
	b.ResetTimer()
	updates(b, estimator, b.N)
}

func BenchmarkUpdateC(b *testing.B) { updatesInC(b, b.N) }
