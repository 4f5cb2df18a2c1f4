package dirichlet

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

// apart puts rows of so many elements a stride from each other, NaN between them.
func apart[T Real](x []T, width, stride int) []T {
	list := make([]T, 0, len(x)/width*stride)
	for i := 0; i < len(x)/width; i++ {
		list = append(list, row(x, i, width)...)
		for len(list)%stride != 0 {
			list = append(list, T(math.NaN()))
		}
	}
	return list
}

func TestRowsOfABatchMayStandApart(t *testing.T) {
	both(t, rowsStandApart[float64], rowsStandApart[float32])
}

func rowsStandApart[T Real](t *testing.T) {
	const stride = d + 3
	w, x := sineWeights[T](), samples[T](8)
	wide := apart(x, d, stride)
	_, expected := measuredEnergies(t, sineModel(w), probing(0), Batch[T]{X: x})
	for _, x := range [][]T{wide, wide[:7*stride+d], wide[:7*stride+d+1]} {
		estimator := newEstimator(t, sineModel(w), probing(0))
		succeed(t, estimator.UpdateBatch(Batch[T]{X: x, RowStride: stride}))
		if !bytes.Equal(bytesOf(t, estimator), expected) {
			t.Fatal("other bytes than those of rows side by side")
		}
	}
}

// Samples in any order, with their indices, are the same measurement.
func TestABatchHasIndices(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](8)
	order := []int64{3, 7, 0, 6, 1, 2, 5, 4}
	shuffled := Batch[float64]{Indices: order, Energies: make([]float64, 8)}
	for _, i := range order {
		shuffled.X = append(shuffled.X, row(x, int(i), d)...)
	}
	expected, whole := measuredEnergies(t, sineModel(w), probing(0), Batch[float64]{X: x})
	estimator := newEstimator(t, sineModel(w), probing(0))
	succeed(t, estimator.UpdateBatch(shuffled))
	if !bytes.Equal(bytesOf(t, estimator), whole) {
		t.Fatal("other bytes than those in order")
	}
	for i, index := range order {
		if shuffled.Energies[i] != expected[index] {
			t.Fatal(index, shuffled.Energies[i], expected[index])
		}
	}
}

// A group's result is that of its samples alone.
func TestGroupsAreAveraged(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](10)
	groups := []int64{0, 2, 0, -1, 2, 2, 0, 0, -1, 2}
	weights := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	options := probing(0)
	options.Groups = 3
	estimator := newEstimator(t, sineModel(w), options)
	succeed(t, estimator.UpdateBatch(Batch[float64]{X: x, Groups: groups, Weights: weights}))
	for _, group := range []int64{0, 2} {
		var own Batch[float64]
		for i, of := range groups {
			if of == group {
				own.X = append(own.X, row(x, i, d)...)
				own.Weights = append(own.Weights, weights[i])
				own.Indices = append(own.Indices, int64(i))
			}
		}
		alone := newEstimator(t, sineModel(w), probing(0))
		succeed(t, alone.UpdateBatch(own))
		expected := resultOf(t, alone)
		found, err := estimator.GroupResult(group)
		succeed(t, err)
		if found.Samples != expected.Samples || found.WeightSum != expected.WeightSum {
			t.Fatalf("%+v against %+v", found, expected)
		}
		expectClose(t, "value", found.Value, expected.Value, 1e-14)
		expectClose(t, "standard error", found.StandardError, expected.StandardError, 1e-12)
	}
	if result := resultOf(t, estimator); result.Samples != 10 || result.WeightSum != 55 {
		t.Fatalf("%+v", result)
	}
	_, err := estimator.GroupResult(1)
	if !errors.Is(err, StatusNoData) {
		t.Fatal(err)
	}
	for _, group := range []int64{-1, 3} {
		if _, err = estimator.GroupResult(group); !errors.Is(err, StatusRange) {
			t.Fatal(group, err)
		}
	}
}

func TestABatchHasDeviations(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](5)
	deviations := func(options Options) []float64 {
		batch := Batch[float64]{X: x, Deviations: numbers[float64](5, 1)}
		estimator := newEstimator(t, sineModel(w), options)
		succeed(t, estimator.UpdateBatch(batch))
		t.Log(batch.Deviations)
		return batch.Deviations
	}
	for i, deviation := range deviations(Options{}) {
		if deviation != 0 {
			t.Fatal(i, deviation)
		}
	}
	for i, deviation := range deviations(Options{Method: Rademacher, Probes: 1}) {
		if !math.IsNaN(deviation) {
			t.Fatal(i, deviation)
		}
	}
	for i, deviation := range deviations(probing(0)) {
		if !(deviation > 0) {
			t.Fatal(i, deviation)
		}
	}
}

func TestWhatIsWrongWithABatchIsNamed(t *testing.T) {
	x := samples[float64](4)
	estimator := newEstimator(t, sineModel(sineWeights[float64]()), Options{Groups: 2})
	before := bytesOf(t, estimator)
	for _, c := range []struct {
		batch    Batch[float64]
		status   Status
		argument string
	}{
		{Batch[float64]{X: x[1:]}, StatusShape, "x"},
		{Batch[float64]{X: x, RowStride: d - 1}, StatusRange, "row_stride"},
		{Batch[float64]{X: x, RowStride: -1}, StatusRange, "row_stride"},
		{Batch[float64]{X: x[:d-1], RowStride: d + 1}, StatusShape, "x"},
		{Batch[float64]{X: x[:2*d], RowStride: d + 1}, StatusShape, "x"},
		{Batch[float64]{X: x, Weights: x[:3]}, StatusShape, "weights"},
		{Batch[float64]{X: x, Weights: []float64{}}, StatusShape, "weights"},
		{Batch[float64]{X: x, Indices: make([]int64, 5)}, StatusShape, "indices"},
		{Batch[float64]{X: x, Groups: make([]int64, 3)}, StatusShape, "groups"},
		{Batch[float64]{X: x, Energies: make([]float64, 3)}, StatusShape, "energies"},
		{Batch[float64]{X: x, Deviations: make([]float64, 5)}, StatusShape, "deviations"},
		{Batch[float64]{X: x, Weights: []float64{1, 1, -1, 1}}, StatusRange, "weights"},
		{Batch[float64]{X: x, Indices: []int64{0, 1, -2, 3}}, StatusRange, "indices"},
		{Batch[float64]{X: x, Groups: []int64{0, 1, 2, 1}}, StatusRange, "groups"},
	} {
		expectError(t, estimator.UpdateBatch(c.batch), c.status, c.argument)
	}
	succeed(t, estimator.UpdateBatch(Batch[float64]{RowStride: d + 1}))
	if !bytes.Equal(bytesOf(t, estimator), before) {
		t.Fatal("the state has changed")
	}
	_, err := New(sineModel(x), Options{Groups: -1})
	expectError(t, err, StatusRange, "groups")
}
