// Command mnist measures dense networks on digits of MNIST: at random weights, against the
// expectation known in closed form; against finite differences; and after training with and
// without a penalty on the geometric complexity.
//
//	mnist DIRECTORY
//
// DIRECTORY has train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz. The exit status is 1
// where what is measured differs from what is known.
package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"dirichlet"
)

var (
	widths = []int{784, 32, 10}
	he     = dirichlet.Initialization{Scheme: dirichlet.He}
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: mnist DIRECTORY")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "mnist:", err)
		os.Exit(1)
	}
}

func run(directory string) error {
	train, err := readDigits(filepath.Join(directory, "train-images-idx3-ubyte.gz"),
		filepath.Join(directory, "train-labels-idx1-ubyte.gz"))
	if err != nil {
		return err
	}
	if train.pixels != widths[0] || train.count < 1000 {
		return fmt.Errorf("%d images of %d pixels: 1000 of %d are needed", train.count,
			train.pixels, widths[0])
	}
	if err := compareWithExpectation(train.part(0, 100)); err != nil {
		return err
	}
	if err := compareWithDifferences(train.part(0, 4)); err != nil {
		return err
	}
	return compareTrained(train)
}

// newNetwork draws a relu network.
func newNetwork(seed uint64) (*dirichlet.Dense[float64], error) {
	network, err := dirichlet.NewDense[float64]([]dirichlet.Layer{
		{Inputs: widths[0], Outputs: widths[1], Activation: dirichlet.ReLU},
		{Inputs: widths[1], Outputs: widths[2]},
	}, dirichlet.DenseOptions{})
	if err != nil {
		return nil, err
	}
	initialization := he
	initialization.Seed = seed
	if err := network.Initialize(initialization); err != nil {
		network.Close()
		return nil, err
	}
	return network, nil
}

// compareWithExpectation: over many draws of the weights the mean of the complexity is known.
func compareWithExpectation(data digits) error {
	const draws = 100
	expected, err := dirichlet.ExpectedEnergy(he, widths, 0)
	if err != nil {
		return err
	}
	sum, squares := 0.0, 0.0
	for draw := uint64(0); draw < draws; draw++ {
		gc, err := measureDraw(draw, data)
		if err != nil {
			return err
		}
		sum += gc
		squares += gc * gc
	}
	mean := sum / draws
	deviation := math.Sqrt((squares/draws - mean*mean) / (draws - 1))
	fmt.Printf("%d draws of the weights: GC = %.2f +- %.2f, %.2f expected\n", draws, mean, deviation,
		expected)
	if !(math.Abs(mean-expected) <= 4*deviation) {
		return fmt.Errorf("the mean is off by more than 4 standard errors")
	}
	return nil
}

func measureDraw(seed uint64, data digits) (float64, error) {
	network, err := newNetwork(seed)
	if err != nil {
		return 0, err
	}
	defer network.Close()
	gc, err := dirichlet.Measure(network.Model(), data.x, dirichlet.Options{})
	return gc.Value, err
}

// compareWithDifferences: the network as a function of Go, of which only values are known.
func compareWithDifferences(data digits) error {
	network, err := newNetwork(1)
	if err != nil {
		return err
	}
	defer network.Close()
	exact, err := dirichlet.Measure(network.Model(), data.x, dirichlet.Options{})
	if err != nil {
		return err
	}
	function := dirichlet.Model[float64]{Inputs: widths[0], Outputs: widths[2],
		Forward: func(samples int, x, y []float64) error { return network.Forward(x, y) }}
	if _, err := dirichlet.Check(function, data.x, dirichlet.CheckOptions[float64]{}); err != nil {
		return err
	}
	differences, err := dirichlet.Measure(function, data.x,
		dirichlet.Options{Probes: dirichlet.AllProbes})
	if err != nil {
		return err
	}
	off := math.Abs(differences.Value/exact.Value - 1)
	fmt.Printf("%d digits: GC = %.9f (%v), %.9f (%v), off by %.1e\n", data.count, exact.Value,
		exact.Method, differences.Value, differences.Method, off)
	if !(off <= 1e-6) {
		return fmt.Errorf("off by more than 1e-6")
	}
	return nil
}

// compareTrained: a penalty on the complexity lowers it at little cost.
func compareTrained(data digits) error {
	fmt.Println("penalty   loss  accuracy  GC before   after")
	free, err := train(data, 0)
	if err != nil {
		return err
	}
	penalized, err := train(data, 0.003)
	if err != nil {
		return err
	}
	if !(free.accuracy >= 0.9 && penalized.accuracy >= 0.9 &&
		penalized.complexity <= free.complexity/2) {
		return fmt.Errorf("accuracies of 0.9 at half the complexity are expected")
	}
	return nil
}
