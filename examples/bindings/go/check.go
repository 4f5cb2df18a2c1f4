package dirichlet

// #include "model.h"
import "C"

// CheckItem is what Check looks at; see check.h.
type CheckItem int32

// The items.
const (
	CheckReturn      CheckItem = C.DIRICHLET_CHECK_RETURN      // no error
	CheckWritten     CheckItem = C.DIRICHLET_CHECK_WRITTEN     // all of the output is written
	CheckBounds      CheckItem = C.DIRICHLET_CHECK_BOUNDS      // nothing around it is
	CheckInputs      CheckItem = C.DIRICHLET_CHECK_INPUTS      // nor are the inputs
	CheckFinite      CheckItem = C.DIRICHLET_CHECK_FINITE      // no NaN where there need be none
	CheckNonnegative CheckItem = C.DIRICHLET_CHECK_NONNEGATIVE // energies and norms
	CheckRepeat      CheckItem = C.DIRICHLET_CHECK_REPEAT      // the same call, the same bits
	CheckRows        CheckItem = C.DIRICHLET_CHECK_ROWS        // a sample alone and among others
	CheckDirections  CheckItem = C.DIRICHLET_CHECK_DIRECTIONS  // so does a direction
	CheckPoints      CheckItem = C.DIRICHLET_CHECK_POINTS      // and several points of a sample
	CheckLinear      CheckItem = C.DIRICHLET_CHECK_LINEAR      // in the directions
	CheckTransposed  CheckItem = C.DIRICHLET_CHECK_TRANSPOSED  // <u, J v> = <J^T u, v>
	CheckDerivative  CheckItem = C.DIRICHLET_CHECK_DERIVATIVE  // as differences of Forward show
	CheckEnergies    CheckItem = C.DIRICHLET_CHECK_ENERGIES    // the squares of all products
	CheckNorms       CheckItem = C.DIRICHLET_CHECK_NORMS       // ||J^T u||^2
	CheckParameters  CheckItem = C.DIRICHLET_CHECK_PARAMETERS  // as differences in them show
)

func (i CheckItem) String() string {
	return C.GoString(C.dirichlet_check_item_name(C.dirichlet_check_item(i)))
}

// Callback is a function of a model.
type Callback int32

// The functions.
const (
	CallbackForward      Callback = C.DIRICHLET_CALLBACK_FORWARD
	CallbackJVP          Callback = C.DIRICHLET_CALLBACK_JVP
	CallbackVJP          Callback = C.DIRICHLET_CALLBACK_VJP
	CallbackEnergies     Callback = C.DIRICHLET_CALLBACK_ENERGIES
	CallbackProductNorms Callback = C.DIRICHLET_CALLBACK_PRODUCT_NORMS
	CallbackParameterVJP Callback = C.DIRICHLET_CALLBACK_PARAMETER_VJP
	CallbackPrepare      Callback = C.DIRICHLET_CALLBACK_PREPARE
)

func (c Callback) String() string {
	return C.GoString(C.dirichlet_callback_name(C.dirichlet_callback(c)))
}

// Finding is one line of a report: an item of a function, and whether it holds.
type Finding struct {
	Item         CheckItem
	Callback     Callback
	Holds        bool
	CallbackCode int32   // of CheckReturn: what C was told
	Sample       int64   // where it is worst; -1: at none
	Found        float64 // by how much the two sides differ there
	Allowed      float64 // by how much they may: Found <= Allowed where it holds
	Text         string
}

// Report of a check: a finding for every item and function that was looked at, those that do not
// hold first.
type Report struct {
	Findings []Finding
	Failed   int   // of these, that do not hold
	Calls    int64 // of functions that were made
}

// CheckOptions of Check; zero means the default.
type CheckOptions[T Real] struct {
	Seed         uint64
	FirstSample  int64
	ForwardNoise float64 // relative error of Forward; 0: measured
	// Parameters and Gradient are those that ParameterVJP knows, of the same length: they are
	// changed during the call and as before after it. nil: less is looked at.
	Parameters, Gradient []T
}

// Check tells whether the functions of a model do as they should, from a few samples: 8, say, and
// two at least. If not, the error has StatusContract and the first finding in words; the report
// has all of them. Most trouble with functions is a wrong one, which gives a plausible number: run
// this once before believing any.
func Check[T Real](model Model[T], x []T, options CheckOptions[T]) (Report, error) {
	bound, err := model.bind(nil, 0)
	if err != nil {
		return Report{}, err
	}
	defer bound.release()
	samples, err := Batch[T]{X: x}.some(bound.inputs)
	if err == nil {
		err = expect(array{"gradient", len(options.Gradient), len(options.Parameters)})
	}
	if err != nil {
		return Report{}, err
	}
	table, said := options.table(), newFailure()
	findings := make([]C.dirichlet_check_finding, C.DIRICHLET_CHECK_MOST_FINDINGS)
	var report C.dirichlet_check_report
	status := C.godirichlet_check(single[T](), &bound.table, C.int64_t(samples), elements(x), &table,
		elements(options.Parameters), elements(options.Gradient), &findings[0], &report, said)
	return reportOf(&report, findings), bound.failure(status, said)
}

func (o CheckOptions[T]) table() C.dirichlet_check_options {
	return C.dirichlet_check_options{
		struct_size:     C.sizeof_dirichlet_check_options,
		seed:            C.uint64_t(o.Seed),
		first_sample:    C.int64_t(o.FirstSample),
		forward_noise:   C.double(o.ForwardNoise),
		parameter_count: C.int64_t(len(o.Parameters)),
	}
}

func reportOf(r *C.dirichlet_check_report, findings []C.dirichlet_check_finding) Report {
	report := Report{Failed: int(r.failed), Calls: int64(r.calls)}
	for i := 0; i < int(r.count) && i < len(findings); i++ {
		report.Findings = append(report.Findings, findingOf(&findings[i]))
	}
	return report
}

func findingOf(f *C.dirichlet_check_finding) Finding {
	return Finding{
		Item:         CheckItem(f.item),
		Callback:     Callback(f.callback),
		Holds:        f.holds != 0,
		CallbackCode: int32(f.callback_code),
		Sample:       int64(f.sample),
		Found:        float64(f.found),
		Allowed:      float64(f.allowed),
		Text:         C.GoString(&f.text[0]),
	}
}
