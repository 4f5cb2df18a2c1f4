package dirichlet

// #include <dirichlet/dirichlet.h>
import "C"

import (
	"errors"
	"fmt"
)

// Status is what a call of the library came to. It is an error, so that
// errors.Is(err, dirichlet.StatusMismatch) tells what went wrong.
type Status int32

// The statuses of status.h.
const (
	StatusNull            Status = C.DIRICHLET_E_NULL
	StatusRange           Status = C.DIRICHLET_E_RANGE
	StatusConstant        Status = C.DIRICHLET_E_CONSTANT
	StatusStructSize      Status = C.DIRICHLET_E_STRUCT_SIZE
	StatusShape           Status = C.DIRICHLET_E_SHAPE
	StatusPrecision       Status = C.DIRICHLET_E_PRECISION
	StatusMemory          Status = C.DIRICHLET_E_MEMORY
	StatusOverflow        Status = C.DIRICHLET_E_OVERFLOW
	StatusWorkspace       Status = C.DIRICHLET_E_WORKSPACE
	StatusNotFinite       Status = C.DIRICHLET_E_NOT_FINITE
	StatusNoData          Status = C.DIRICHLET_E_NO_DATA
	StatusNoise           Status = C.DIRICHLET_E_NOISE
	StatusMissingCallback Status = C.DIRICHLET_E_MISSING_CALLBACK
	StatusCallback        Status = C.DIRICHLET_E_CALLBACK
	StatusCancelled       Status = C.DIRICHLET_E_CANCELLED
	StatusBusy            Status = C.DIRICHLET_E_BUSY
	StatusCoupled         Status = C.DIRICHLET_E_COUPLED
	StatusContract        Status = C.DIRICHLET_E_CONTRACT
	StatusMismatch        Status = C.DIRICHLET_E_MISMATCH
	StatusCorrupt         Status = C.DIRICHLET_E_CORRUPT
	StatusFormat          Status = C.DIRICHLET_E_FORMAT
	StatusBLASWidth       Status = C.DIRICHLET_E_BLAS_WIDTH
)

func (s Status) Error() string {
	return C.GoString(C.dirichlet_status_string(C.dirichlet_status(s)))
}

// What a function of a model may return, itself or wrapped, beside errors that stop the call.
var (
	// ErrUnsupported: it cannot do this, and will not; as if the model had no such function.
	ErrUnsupported = errors.New("not supported")
	// ErrOutOfDomain: the model is not defined at some sample of the call, as if its outputs
	// were NaN. A call of several samples is repeated one by one, to find out at which.
	ErrOutOfDomain = errors.New("out of the domain")
)

// codeOf an error of a function: what C is told. Negative numbers are those that C has a
// meaning for.
func codeOf(err error) C.int32_t {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrUnsupported):
		return C.DIRICHLET_CALLBACK_UNSUPPORTED
	case errors.Is(err, ErrOutOfDomain):
		return C.DIRICHLET_CALLBACK_OUT_OF_DOMAIN
	}
	return 1
}

// Error is what a call found wrong.
type Error struct {
	Status       Status
	CallbackCode int32  // by which a function stopped the call, 1 one of Go; 0: none did
	Sample       int64  // index in the data set of the sample at fault; -1: of none
	LeastBytes   uint64 // of StatusWorkspace: the smallest WorkspaceBytes that would do; else 0
	Message      string // names the argument at fault
	Cause        error  // the error that a function of the model, or Progress, returned
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return "dirichlet: " + e.Message + ": " + e.Cause.Error()
	}
	return "dirichlet: " + e.Message
}

// Unwrap gives the error of the function.
func (e *Error) Unwrap() error { return e.Cause }

// Is tells whether target is the status of e.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

// caused tells whether a function's error may be what led to e.
func (e *Error) caused() bool {
	switch e.Status {
	case StatusCallback, StatusCancelled, StatusMissingCallback, StatusNotFinite, StatusContract:
		return true
	}
	return false
}

func newError(status Status, format string, arguments ...any) error {
	return &Error{Status: status, Sample: -1, Message: fmt.Sprintf(format, arguments...)}
}

// newFailure is where functions of C say what is wrong.
func newFailure() *C.dirichlet_error {
	return &C.dirichlet_error{struct_size: C.sizeof_dirichlet_error}
}

// failure turns a status into an error, with what C said of it. Functions that take a handle as
// const say nothing: then the status speaks for itself.
func failure(status C.dirichlet_status, said *C.dirichlet_error) error {
	if status == C.DIRICHLET_OK {
		return nil
	}
	e := &Error{Status: Status(status), Sample: -1, Message: Status(status).Error()}
	if said != nil && said.status == status {
		e.CallbackCode = int32(said.callback_code)
		e.Sample = int64(said.sample)
		e.LeastBytes = uint64(said.least_bytes)
		e.Message = C.GoString(&said.message[0])
	}
	return e
}
