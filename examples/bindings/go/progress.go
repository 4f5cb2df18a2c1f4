package dirichlet

// #include <dirichlet/dirichlet.h>
import "C"

// Progress is what a long call has done so far; see progress.h.
type Progress struct {
	Samples       int64 // used so far; of calls without samples matrices, or steps of a search
	Total         int64 // of these there are to be in this call; 0: not known beforehand
	Skipped       int64
	Products      int64
	Value         float64 // of what is measured, so far; NaN before there is one
	StandardError float64 // of the value; NaN: not known, 0: exact
}

// ProgressFunc is called now and then during a call. An error of it cancels the call, which
// fails with StatusCancelled and this error as the cause: func(dirichlet.Progress) error {
// return ctx.Err() } ends a call with its context. A panic passes through the call.
type ProgressFunc func(Progress) error

func progressOf(given *C.dirichlet_progress) Progress {
	return Progress{
		Samples:       int64(given.samples),
		Total:         int64(given.total),
		Skipped:       int64(given.skipped),
		Products:      int64(given.products),
		Value:         float64(given.value),
		StandardError: float64(given.standard_error),
	}
}
