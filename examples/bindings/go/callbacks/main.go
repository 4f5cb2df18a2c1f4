// Geometric complexity of a function of your own, f(x) = sin(W x), from one function.
package main

import (
	"fmt"
	"log"
	"math"

	"dirichlet"
)

var w = [2][3]float64{{1, -2, 0.5}, {0.5, 1, -1}}

// slope is cos((W x)_o); the Jacobian is J_oi = slope(x, o) W_oi.
func slope(x []float64, o int) float64 {
	return math.Cos(w[o][0]*x[0] + w[o][1]*x[1] + w[o][2]*x[2])
}

// vjp: jtu = J^T u, for so many cotangents u of each sample x.
func vjp(samples, directions int, x, u, jtu []float64) error {
	for m := 0; m < samples*directions; m++ {
		point := x[m/directions*3:]
		for i := 0; i < 3; i++ {
			jtu[3*m+i] = u[2*m]*slope(point, 0)*w[0][i] + u[2*m+1]*slope(point, 1)*w[1][i]
		}
	}
	return nil // an error would come back from Measure, and a panic pass through it
}

func main() {
	x := []float64{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}
	model := dirichlet.Model[float64]{Inputs: 3, Outputs: 2, VJP: vjp}
	if _, err := dirichlet.Check(model, x, dirichlet.CheckOptions[float64]{}); err != nil {
		log.Fatal(err) // vjp is wrong: what it would give is a plausible number
	}
	gc, err := dirichlet.Measure(model, x, dirichlet.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("GC = %.6f +- %.6f (%v)\n", gc.Value, gc.StandardError, gc.Method)
}
