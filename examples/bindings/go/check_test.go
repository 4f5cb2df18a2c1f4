package dirichlet

import (
	"errors"
	"testing"
)

// sound is a model with all functions, and what its trainer knows.
func sound[T Real]() (Model[T], CheckOptions[T]) {
	r := newTrainer[T]()
	model := r.model()
	model.JVP = func(n, m int, x, v, jv []T) error { return jvp(r.w)(n, m, x, v, jv) }
	model.VJP = func(n, m int, x, u, jtu []T) error { return vjp(r.w)(n, m, x, u, jtu) }
	model.Energies = func(n int, x []T, of []float64) error {
		copy(of, energies(r.w, x))
		return nil
	}
	model.ProductNorms = squares(r.w).ProductNorms
	model.Prepare = func(int, []T) error { return nil }
	return model, CheckOptions[T]{Seed: 2, Parameters: r.w, Gradient: r.gradient}
}

func TestSoundModelsHaveNoFindings(t *testing.T) {
	both(t, soundModels[float64], soundModels[float32])
}

func soundModels[T Real](t *testing.T) {
	model, options := sound[T]()
	before := append([]T{}, options.Parameters...)
	report, err := Check(model, samples[T](8), options)
	succeed(t, err)
	looked := map[Callback]int{}
	for _, f := range report.Findings {
		t.Logf("%v %v: %.2g, %.2g allowed; %s", f.Callback, f.Item, f.Found, f.Allowed, f.Text)
		looked[f.Callback]++
		if !f.Holds || !(f.Found <= f.Allowed) {
			t.Fatalf("%+v", f)
		}
	}
	for _, callback := range []Callback{CallbackForward, CallbackJVP, CallbackVJP, CallbackEnergies,
		CallbackProductNorms, CallbackParameterVJP} {
		if looked[callback] == 0 {
			t.Fatal(callback, "was not looked at")
		}
	}
	if report.Failed != 0 || report.Calls < int64(len(looked)) {
		t.Fatalf("%+v", report)
	}
	for i := range before {
		if options.Parameters[i] != before[i] || options.Gradient[i] != 0 {
			t.Fatal("parameters or gradient have changed at", i)
		}
	}
	other := map[string]Model[T]{"indexed": scaledSine(sineWeights[T](), scales(20)).Model(),
		"network": smooth[T](t).Model(), "squares": squares(sineWeights[T]())}
	for name, model := range other {
		if report, err = Check(model, samples[T](8), CheckOptions[T]{FirstSample: 12}); err != nil {
			t.Fatalf("%s: %v: %+v", name, err, report)
		}
	}
}

// broken is a way to break a sound model, and what finds it.
type broken struct {
	item     CheckItem
	callback Callback
	way      func(model *Model[float64])
}

var brokenModels = []broken{
	{CheckDerivative, CallbackVJP, func(model *Model[float64]) {
		model.JVP, model.Energies, model.ProductNorms = nil, nil, nil
		product := model.VJP
		model.VJP = func(n, m int, x, u, jtu []float64) error {
			err := product(n, m, x, u, jtu)
			for i := range jtu {
				jtu[i] *= 1.01
			}
			return err
		}
	}},
	{CheckWritten, CallbackForward, func(model *Model[float64]) {
		model.Forward = func(n int, x, y []float64) error {
			return forward(sineWeights[float64]())(n, x, y[:len(y)-1])
		}
	}},
	{CheckInputs, CallbackJVP, func(model *Model[float64]) {
		product := model.JVP
		model.JVP = func(n, m int, x, v, jv []float64) error {
			err := product(n, m, x, v, jv)
			v[0]++
			return err
		}
	}},
	{CheckRepeat, CallbackEnergies, func(model *Model[float64]) {
		calls, of := 0.0, model.Energies
		model.Energies = func(n int, x []float64, energies []float64) error {
			err := of(n, x, energies)
			calls++
			energies[0] += calls
			return err
		}
	}},
	{CheckNorms, CallbackProductNorms, func(model *Model[float64]) {
		of := model.ProductNorms
		model.ProductNorms = func(n, m int, x, u []float64, norms []float64) error {
			err := of(n, m, x, u, norms)
			for i := range norms {
				norms[i] /= 2
			}
			return err
		}
	}},
	{CheckParameters, CallbackParameterVJP, func(model *Model[float64]) {
		backward := model.ParameterVJP
		model.ParameterVJP = func(n int, x, c []float64) error {
			if err := backward(n, x, c); err != nil {
				return err
			}
			return backward(n, x, c)
		}
	}},
}

func TestBrokenModelsAreFound(t *testing.T) {
	for _, c := range brokenModels {
		model, options := sound[float64]()
		c.way(&model)
		report, err := Check(model, samples[float64](8), options)
		if !errors.Is(err, StatusContract) || report.Failed < 1 || len(report.Findings) < report.Failed {
			t.Fatalf("%v of %v: %v, %+v", c.item, c.callback, err, report)
		}
		found := false
		for i, f := range report.Findings {
			if f.Holds != (i >= report.Failed) {
				t.Fatal("those that do not hold do not come first")
			}
			if !f.Holds && f.Item == c.item && f.Callback == c.callback && !(f.Found <= f.Allowed) {
				found = true
			}
		}
		if !found {
			t.Fatalf("%v of %v is not among %+v", c.item, c.callback, report.Findings[:report.Failed])
		}
		t.Log(err)
	}
}

func TestErrorsAndPanicsOfACheck(t *testing.T) {
	x, cause := samples[float64](4), errors.New("no")
	model := sineModel(sineWeights[float64]())
	model.VJP = func(int, int, []float64, []float64, []float64) error { return cause }
	report, err := Check(model, x, CheckOptions[float64]{})
	if !errors.Is(err, StatusContract) || !errors.Is(err, cause) {
		t.Fatal(err)
	}
	if f := report.Findings[0]; f.Item != CheckReturn || f.CallbackCode != 1 || f.Callback != CallbackVJP {
		t.Fatalf("%+v", f)
	}
	model.VJP = func(n, m int, x, u, jtu []float64) error { jtu[len(jtu)] = 1; return nil }
	t.Log(panicOf(t, func() error {
		_, err := Check(model, x, CheckOptions[float64]{})
		return err
	}))
	_, err = Check(model, nil, CheckOptions[float64]{})
	expectError(t, err, StatusNoData, "x")
	_, err = Check(model, x[1:], CheckOptions[float64]{})
	expectError(t, err, StatusShape, "x")
	_, err = Check(model, x, CheckOptions[float64]{Parameters: x})
	expectError(t, err, StatusShape, "gradient")
	_, err = Check(model, x, CheckOptions[float64]{FirstSample: -1})
	expectError(t, err, StatusRange, "first_sample")
	_, err = Check(Model[float64]{Inputs: d, Outputs: k}, x, CheckOptions[float64]{})
	if !errors.Is(err, StatusMissingCallback) {
		t.Fatal(err)
	}
	if CheckRepeat.String() != "repeat" || CallbackVJP.String() != "vjp" || Callback(3).String() != "unknown" {
		t.Fatal(CheckRepeat, CallbackVJP, Callback(3))
	}
}
