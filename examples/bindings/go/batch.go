package dirichlet

// #include "precision.h"
import "C"

// Batch is samples with all that may be known of them; see batch.h. Only X is needed. The other
// slices have an element for each sample, or are nil.
type Batch[T Real] struct {
	X         []T
	RowStride int       // elements of X from one sample to the next; 0: as many as a sample has
	Weights   []float64 // in the mean; nil: 1 each
	Indices   []int64   // in the data set; nil: consecutive ones, from where the call says
	Groups    []int64   // of 0 to Options.Groups - 1; a negative one: in no group
	// Energies receive the estimate of every sample, Deviations its standard deviation by the
	// probes: 0 where it is exact, NaN where it is not known.
	Energies, Deviations []float64
}

// rows is the number of samples, of so many inputs, of a batch whose slices fit together.
func (b Batch[T]) rows(inputs int) (int, error) {
	samples, err := b.samples(inputs)
	if err != nil {
		return 0, err
	}
	return samples, first(fits("weights", b.Weights, samples), fits("indices", b.Indices, samples),
		fits("groups", b.Groups, samples), fits("energies", b.Energies, samples),
		fits("deviations", b.Deviations, samples))
}

// some is rows, where there must be one.
func (b Batch[T]) some(inputs int) (int, error) {
	samples, err := b.rows(inputs)
	if err == nil && samples == 0 {
		err = newError(StatusNoData, "x is empty")
	}
	return samples, err
}

// fits refuses a slice that has not an element for each sample, unless it is nil.
func fits[E any](name string, values []E, samples int) error {
	if values == nil || len(values) == samples {
		return nil
	}
	return expect(array{name, len(values), samples})
}

// first of the errors.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// samples that x has room for: nothing but a gap may be left over.
func (b Batch[T]) samples(inputs int) (int, error) {
	if b.RowStride == 0 || b.RowStride == inputs {
		return rows("x", b.X, inputs)
	}
	if b.RowStride < inputs {
		return 0, newError(StatusRange, "row_stride is %d: it must be 0 or at least %d", b.RowStride,
			inputs)
	}
	if len(b.X) == 0 {
		return 0, nil
	}
	over := len(b.X) - inputs
	if inputs <= 0 || over < 0 || over%b.RowStride > b.RowStride-inputs {
		return 0, newError(StatusShape,
			"x has %d elements, which are no whole rows of %d, %d from one to the next", len(b.X),
			inputs, b.RowStride)
	}
	return over/b.RowStride + 1, nil
}

func (b Batch[T]) table(samples int) C.godirichlet_batch {
	return C.godirichlet_batch{
		samples:    C.int64_t(samples),
		row_stride: C.int64_t(b.RowStride),
		x:          elements(b.X),
		weights:    doubles(b.Weights),
		indices:    integers(b.Indices),
		groups:     integers(b.Groups),
		energies:   doubles(b.Energies),
		deviations: doubles(b.Deviations),
	}
}
