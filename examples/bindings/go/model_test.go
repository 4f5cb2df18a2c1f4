package dirichlet

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

// refused tells whether an error has this status and names this argument.
func refused(err error, status Status, argument string) bool {
	var found *Error
	return errors.Is(err, status) && errors.As(err, &found) && found.Status == status &&
		strings.Contains(found.Message, argument)
}

func TestFunctionsGiveTheClosedForm(t *testing.T) {
	both(t, functionsGiveTheClosedForm[float64], functionsGiveTheClosedForm[float32])
}

func functionsGiveTheClosedForm[T Real](t *testing.T) {
	w, x := sineWeights[T](), samples[T](40)
	for _, c := range []struct {
		model  Model[T]
		method Method
		bound  float64
	}{
		{Model[T]{Inputs: d, Outputs: k, VJP: vjp(w)}, Exact, bound[T](1e-14, 1e-6)},
		{Model[T]{Inputs: d, Outputs: k, JVP: jvp(w)}, Exact, bound[T](1e-14, 1e-6)},
		{Model[T]{Inputs: d, Outputs: k, Forward: forward(w)}, FiniteDifference, bound[T](1e-8, 1e-3)},
	} {
		result, err := Measure(c.model, x, Options{})
		succeed(t, err)
		if result.Samples != 40 || result.Method != c.method || result.Exact != (c.method == Exact) {
			t.Fatalf("%+v", result)
		}
		expectClose(t, c.method.String(), result.Value, complexity(w, x), c.bound)
	}
}

func TestHutchPPUsesBothProducts(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](400)
	model := sineModel(w)
	_, err := New(model, Options{Method: HutchPP})
	expectError(t, err, StatusMissingCallback, "jvp")
	model.JVP = jvp(w)
	result, err := Measure(model, x, Options{Method: HutchPP, Probes: 4, Seed: 5})
	succeed(t, err)
	off := math.Abs(result.Value-complexity(w, x)) / result.StandardErrorProbes
	t.Logf("off by %.2f standard errors of the probes (at most 4)", off)
	if !(off <= 4) || result.Exact {
		t.Fatalf("%+v", result)
	}
}

func TestWeightsAndEnergiesPassThrough(t *testing.T) {
	both(t, weightsAndEnergiesPassThrough[float64], weightsAndEnergiesPassThrough[float32])
}

func weightsAndEnergiesPassThrough[T Real](t *testing.T) {
	w, x := sineWeights[T](), samples[T](20)
	expected, shares, found := energies(w, x), make([]float64, 20), make([]float64, 20)
	sum := 0.0
	for i := range shares {
		shares[i], found[i] = float64(i%3), math.NaN()
		sum += shares[i]
	}
	estimator := newEstimator(t, sineModel(w), Options{})
	succeed(t, estimator.Update(x, shares, found))
	expectAllClose(t, "energies", found, expected, bound[T](1e-14, 1e-6))
	expectClose(t, "weighted", resultOf(t, estimator).Value, dot(shares, expected)/sum,
		bound[T](1e-14, 1e-6))
}

func TestFunctionsCaptureState(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](10)
	largest, products := 0, 0
	model := sineModel(w)
	model.MaxSamples = 4
	model.VJP = func(n, m int, x, u, jtu []float64) error {
		if n > largest {
			largest = n
		}
		products += n * m
		return vjp(w)(n, m, x, u, jtu)
	}
	result, err := Measure(model, x, Options{})
	succeed(t, err)
	if largest != 4 || products != 10*k || result.Products != 10*k {
		t.Fatal(largest, products, result.Products)
	}
}

// An array may be a part of an object with pointers, at which C does not look.
func TestSamplesMayLieBesidePointers(t *testing.T) {
	object := &struct {
		text *string
		x    [d]float64
	}{text: new(string)}
	w := sineWeights[float64]()
	copy(object.x[:], samples[float64](1))
	result, err := Measure(sineModel(w), object.x[:], Options{})
	succeed(t, err)
	expectClose(t, "beside a pointer", result.Value, complexity(w, object.x[:]), 1e-14)
}

// failing is an estimator that has taken 4 samples and fails at the next 4 but 4.
func failing[T Real](t *testing.T, w, x []T, fail func() error) *Estimator[T] {
	t.Helper()
	call, product, model := 0, vjp(w), sineModel(w)
	model.MaxSamples = 4
	model.VJP = func(n, m int, x, u, jtu []T) error {
		if call++; call == 3 {
			return fail()
		}
		return product(n, m, x, u, jtu)
	}
	estimator := newEstimator(t, model, Options{})
	succeed(t, estimator.Update(x[:4*d], nil, nil))
	return estimator
}

// expectGoesOn tells that a failed update has left an estimator as it was.
func expectGoesOn[T Real](t *testing.T, estimator *Estimator[T], before []byte, w, x []T) {
	t.Helper()
	if !bytes.Equal(before, bytesOf(t, estimator)) {
		t.Fatal("the state has changed")
	}
	succeed(t, estimator.Update(x[4*d:], nil, nil))
	result := resultOf(t, estimator)
	if result.Samples != 12 {
		t.Fatal(result.Samples)
	}
	expectClose(t, "afterwards", result.Value, complexity(w, x), bound[T](1e-14, 1e-6))
}

type custom struct{ text string }

func (c *custom) Error() string { return c.text }

func TestErrorsComeBack(t *testing.T) {
	both(t, errorsComeBack[float64], errorsComeBack[float32])
}

func errorsComeBack[T Real](t *testing.T) {
	w, x, cause := sineWeights[T](), samples[T](12), &custom{"out of paper"}
	estimator := failing(t, w, x, func() error { return cause })
	before := bytesOf(t, estimator)
	err := estimator.Update(x[4*d:], nil, nil)
	expectError(t, err, StatusCallback, "vjp")
	var found *custom
	if !errors.Is(err, cause) || !errors.As(err, &found) || found != cause {
		t.Fatal("another error came back:", err)
	}
	expectGoesOn(t, estimator, before, w, x)
}

// each function of a model, with what it does when it is called.
func each(act func() error) map[string]Model[float64] {
	w := sineWeights[float64]()
	models := map[string]Model[float64]{
		"forward":  {Forward: func(int, []float64, []float64) error { return act() }},
		"jvp":      {JVP: func(int, int, []float64, []float64, []float64) error { return act() }},
		"vjp":      {VJP: func(int, int, []float64, []float64, []float64) error { return act() }},
		"energies": {Energies: func(int, []float64, []float64) error { return act() }},
		"product_norms": {ProductNorms: func(int, int, []float64, []float64, []float64) error {
			return act()
		}},
		"prepare": {VJP: vjp(w), Prepare: func(int, []float64) error { return act() }},
		"parameter_vjp": {Forward: forward(w),
			ParameterVJP: func(int, []float64, []float64) error { return act() }},
	}
	for name, model := range models {
		model.Inputs, model.Outputs = d, k
		models[name] = model
	}
	return models
}

// callEach makes a call that needs the model's function.
func callEach(model Model[float64]) (err error) {
	options, x := Options{}, samples[float64](2)
	if model.ParameterVJP != nil {
		_, err = EnergyPenalty(model, x, EnergyPenaltyOptions{}, 1)
		return err
	}
	if model.ProductNorms != nil {
		options.Method = Rademacher
	}
	_, err = Measure(model, x, options)
	return err
}

func TestErrorsOfEachFunctionComeBack(t *testing.T) {
	cause := errors.New("no")
	for name, model := range each(func() error { return cause }) {
		err := callEach(model)
		expectError(t, err, StatusCallback, name)
		if !errors.Is(err, cause) {
			t.Fatal(name, err)
		}
	}
}

// panicOf is what a call panics with.
func panicOf(t *testing.T, call func() error) (payload any) {
	t.Helper()
	returned := false
	defer func() {
		if payload = recover(); returned {
			t.Fatal("no panic")
		}
	}()
	err := call()
	returned = true
	t.Log(err)
	return nil
}

func TestPanicsComeBack(t *testing.T) {
	both(t, panicsComeBack[float64], panicsComeBack[float32])
}

func panicsComeBack[T Real](t *testing.T) {
	w, x, payload := sineWeights[T](), samples[T](12), &struct{ text string }{"a payload"}
	estimator := failing(t, w, x, func() error { panic(payload) })
	before := bytesOf(t, estimator)
	found := panicOf(t, func() error { return estimator.Update(x[4*d:], nil, nil) })
	if found != any(payload) {
		t.Fatal(found)
	}
	expectGoesOn(t, estimator, before, w, x)
}

func TestPanicsOfTheRuntimeComeBack(t *testing.T) {
	var none []float64
	for name, model := range each(func() error { none[0] = 1; return nil }) {
		found := panicOf(t, func() error { return callEach(model) })
		err, ok := found.(error)
		if !ok || !strings.Contains(err.Error(), "out of range") {
			t.Fatal(name, found)
		}
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	x := samples[float64](4)
	estimator := newEstimator(t, sineModel(sineWeights[float64]()), Options{})
	expectError(t, estimator.Update(x[1:], nil, nil), StatusShape, "x")
	expectError(t, estimator.Update(x, make([]float64, 5), nil), StatusShape, "weights")
	expectError(t, estimator.Update(x, nil, make([]float64, 3)), StatusShape, "energies")
	expectError(t, estimator.Update(x, []float64{}, nil), StatusShape, "weights")
	expectError(t, estimator.Update(x, []float64{1, 1, -1, 1}, nil), StatusRange, "weights")
	x[d] = math.NaN()
	expectError(t, estimator.Update(x, nil, nil), StatusNotFinite, "sample 1")
	expectError(t, estimator.SeekSample(-1), StatusRange, "sample_index")

	_, err := New(Model[float64]{Outputs: 1, VJP: vjp[float64](nil)}, Options{})
	expectError(t, err, StatusRange, "inputs")
	_, err = New(sineModel(x), Options{Method: 7})
	expectError(t, err, StatusConstant, "method")
	_, err = New(sineModel(x), Options{Confidence: 2})
	expectError(t, err, StatusRange, "confidence")
	_, err = New(Model[float32]{Inputs: 1, Outputs: 1}, Options{})
	expectError(t, err, StatusMissingCallback, "model")
}

// What a model was made of is all that is looked at: nothing may be added to it unseen.
func TestAModelOfSomethingElseTakesNoMore(t *testing.T) {
	w, x := sineWeights[float64](), samples[float64](2)
	for _, model := range []Model[float64]{newSine[float64](t).Model(), scaledSine(w, scales(2)).Model()} {
		_, err := Measure(model, x, Options{})
		succeed(t, err)
		more := model
		more.Forward = forward(w)
		_, err = New(more, Options{})
		expectError(t, err, StatusRange, "model")
		more = model
		more.MaxSamples = 1
		_, err = JacobianNorms(more, x, JacobianNormsOptions{}, nil)
		expectError(t, err, StatusRange, "model")
		model.Inputs++ // C takes rows to have d elements
		estimator := newEstimator(t, model, Options{})
		succeed(t, estimator.Update(x, nil, nil))
	}
}
