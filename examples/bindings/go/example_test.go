package dirichlet_test

import (
	"errors"
	"fmt"
	"math"

	"dirichlet"
)

func ExampleIndexed() {
	times := []float64{0.5, 1, 2}
	model := dirichlet.Indexed[float64]{Inputs: 1, Outputs: 1,
		Forward: func(first int64, samples, points int, x, y []float64) error {
			for row := range y { // f(x, t) = t x, one of each point of each sample
				y[row] = times[int(first)+row/points] * x[row]
			}
			return nil
		}}.Model()
	gc, err := dirichlet.Measure(model, []float64{1, 1, 1}, dirichlet.Options{})
	fmt.Printf("%.6f %v\n", gc.Value, err)
	// Output: 1.750000 <nil>
}

// The complexity of each class, and of all samples, in one pass.
func ExampleEstimator_UpdateBatch() {
	model := dirichlet.Model[float64]{Inputs: 1, Outputs: 1,
		Energies: func(samples int, x, energies []float64) error { // f(x) = x^2 / 2
			for i := range x {
				energies[i] = x[i] * x[i]
			}
			return nil
		}}
	estimator, err := dirichlet.New(model, dirichlet.Options{Groups: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer estimator.Close()
	batch := dirichlet.Batch[float64]{X: []float64{1, 2, 3, 4}, Groups: []int64{0, 1, 0, 1}}
	fmt.Println(estimator.UpdateBatch(batch))
	for class := int64(0); class < 2; class++ {
		gc, err := estimator.GroupResult(class)
		fmt.Printf("%.1f %v\n", gc.Value, err)
	}
	all, err := estimator.Result()
	fmt.Printf("%.1f %v\n", all.Value, err)
	// Output:
	// <nil>
	// 5.0 <nil>
	// 10.0 <nil>
	// 7.5 <nil>
}

func ExampleError() {
	model := dirichlet.Model[float64]{Inputs: 1, Outputs: 1,
		VJP: func(samples, directions int, x, u, jtu []float64) error { // f(x) = log x
			for i := range u {
				if x[i/directions] <= 0 {
					return dirichlet.ErrOutOfDomain
				}
				jtu[i] = u[i] / x[i/directions]
			}
			return nil
		}}
	_, err := dirichlet.Measure(model, []float64{1, math.E, -1}, dirichlet.Options{})
	var found *dirichlet.Error
	if errors.As(err, &found) && found.Status == dirichlet.StatusNotFinite {
		fmt.Println("sample", found.Sample, errors.Is(err, dirichlet.ErrOutOfDomain))
	}
	// Output: sample 2 true
}
