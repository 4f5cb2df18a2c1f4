// Package dirichlet measures the geometric complexity
//
//	GC = (1/|D|) * sum over x in D of ||df/dx (x)||_F^2
//
// of a Model made of Go functions, or of a Dense network, by the C library libdirichlet.
// Shapes and methods are those of the C headers; numbers are float64.
package dirichlet

// #cgo pkg-config: dirichlet
// #include <dirichlet/dirichlet.h>
import "C"

import (
	"fmt"
	"unsafe"
)

// Status is what a call of the library came to. It is an error, so that
// errors.Is(err, dirichlet.StatusMismatch) tells what went wrong.
type Status int32

// The statuses that programs ask for; status.h has them all.
const (
	StatusNull            Status = C.DIRICHLET_E_NULL
	StatusRange           Status = C.DIRICHLET_E_RANGE
	StatusShape           Status = C.DIRICHLET_E_SHAPE
	StatusNotFinite       Status = C.DIRICHLET_E_NOT_FINITE
	StatusNoData          Status = C.DIRICHLET_E_NO_DATA
	StatusNoise           Status = C.DIRICHLET_E_NOISE
	StatusMissingCallback Status = C.DIRICHLET_E_MISSING_CALLBACK
	StatusCallback        Status = C.DIRICHLET_E_CALLBACK
	StatusMismatch        Status = C.DIRICHLET_E_MISMATCH
	StatusCorrupt         Status = C.DIRICHLET_E_CORRUPT
)

func (s Status) Error() string {
	return C.GoString(C.dirichlet_status_string(C.dirichlet_status(s)))
}

// Error is what a call found wrong, in the words of the library.
type Error struct {
	Status  Status
	Message string
	// CallbackCode is the number by which a callback stopped the call; 0 if none did.
	CallbackCode int32
	// Cause is the error that this callback returned.
	Cause error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

// Unwrap gives the error of the callback.
func (e *Error) Unwrap() error { return e.Cause }

// Is tells whether target is the status of e.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

// failure turns a status into an error; an empty message is replaced by the status.
func failure(status C.dirichlet_status, message *C.char) error {
	if status == C.DIRICHLET_OK {
		return nil
	}
	text := ""
	if message != nil {
		text = C.GoString(message)
	}
	if text == "" {
		text = Status(status).Error()
	}
	return &Error{Status: Status(status), Message: text}
}

func shapeError(format string, arguments ...any) error {
	return &Error{Status: StatusShape, Message: fmt.Sprintf(format, arguments...)}
}

// rows is the number of rows of the given width in a slice.
func rows(name string, values []float64, width int) (int, error) {
	if width <= 0 || len(values)%width != 0 {
		return 0, shapeError("%s has %d elements, which are no whole rows of %d",
			name, len(values), width)
	}
	return len(values) / width, nil
}

// expectLength refuses a slice of another length than C takes it to have.
func expectLength(name string, values []float64, length int) error {
	if len(values) != length {
		return shapeError("%s has %d elements, %d are needed", name, len(values), length)
	}
	return nil
}

// pointer to the elements of a slice; nil if there are none.
func pointer(values []float64) *C.double {
	if len(values) == 0 {
		return nil
	}
	return (*C.double)(unsafe.Pointer(&values[0]))
}
