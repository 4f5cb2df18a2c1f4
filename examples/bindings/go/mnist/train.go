package main

import (
	"fmt"

	"dirichlet"
)

// trained is what training came to, on the data it has seen.
type trained struct{ loss, accuracy, complexity float64 }

// train a network by stochastic gradient descent on its loss and strength * GC.
func train(data digits, strength float64) (result trained, err error) {
	const epochs, batch, rate = 6, 50, 0.1
	network, err := newNetwork(1)
	if err != nil {
		return result, err
	}
	defer network.Close()
	gradient, err := network.NewGradient()
	if err != nil {
		return result, err
	}
	defer gradient.Close()
	before, err := complexity(network, data)
	if err != nil {
		return result, err
	}
	for step := 0; step < epochs*data.count/batch; step++ {
		part := data.part(step*batch%(data.count-batch+1), batch)
		if err := descend(network, gradient, part, strength, rate); err != nil {
			return result, err
		}
	}
	if result, err = evaluate(network, data); err == nil {
		fmt.Printf("%7g %6.3f %9.3f %10.2f %7.2f\n", strength, result.loss, result.accuracy, before,
			result.complexity)
	}
	return result, err
}

// descend makes one step.
func descend(network *dirichlet.Dense[float64], gradient *dirichlet.Gradient[float64],
	part digits, strength, rate float64) error {
	gradient.Zero()
	if _, err := network.LossGradient(part.x, crossEntropy(part), 1, gradient); err != nil {
		return err
	}
	if strength > 0 {
		_, err := network.EnergyPenalty(part.x, dirichlet.PenaltyOptions{}, strength, gradient)
		if err != nil {
			return err
		}
	}
	theta := network.All()
	for i, slope := range gradient.All() {
		theta[i] -= rate * slope
	}
	return nil
}

func crossEntropy(data digits) dirichlet.Loss[float64] {
	return dirichlet.Loss[float64]{Kind: dirichlet.SoftmaxCrossEntropy, Labels: data.labels}
}

func evaluate(network *dirichlet.Dense[float64], data digits) (result trained, err error) {
	if result.loss, err = network.LossGradient(data.x, crossEntropy(data), 1, nil); err != nil {
		return
	}
	if result.complexity, err = complexity(network, data); err != nil {
		return
	}
	outputs := widths[len(widths)-1]
	y := make([]float64, data.count*outputs)
	err = network.Forward(data.x, y)
	right := 0
	for i, label := range data.labels {
		if largest(y[i*outputs:(i+1)*outputs]) == int(label) {
			right++
		}
	}
	result.accuracy = float64(right) / float64(data.count)
	return
}

func complexity(network *dirichlet.Dense[float64], data digits) (float64, error) {
	gc, err := dirichlet.Measure(network.Model(), data.x, dirichlet.Options{})
	return gc.Value, err
}

// largest is the index of the largest number.
func largest(values []float64) int {
	best := 0
	for i, value := range values {
		if value > values[best] {
			best = i
		}
	}
	return best
}
