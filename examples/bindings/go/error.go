package dirichlet

// #include <dirichlet/dirichlet.h>
import "C"

import "fmt"

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
	StatusCoupled         Status = C.DIRICHLET_E_COUPLED
	StatusMismatch        Status = C.DIRICHLET_E_MISMATCH
	StatusCorrupt         Status = C.DIRICHLET_E_CORRUPT
	StatusFormat          Status = C.DIRICHLET_E_FORMAT
	StatusBLASWidth       Status = C.DIRICHLET_E_BLAS_WIDTH
)

func (s Status) Error() string {
	return C.GoString(C.dirichlet_status_string(C.dirichlet_status(s)))
}

// Error is what a call found wrong.
type Error struct {
	Status  Status
	Message string // names the argument at fault
	Cause   error  // the error that a function of the model returned
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return "dirichlet: " + e.Message + ": " + e.Cause.Error()
	}
	return "dirichlet: " + e.Message
}

// Unwrap gives the error of the model's function.
func (e *Error) Unwrap() error { return e.Cause }

// Is tells whether target is the status of e.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

func newError(status Status, format string, arguments ...any) error {
	return &Error{Status: status, Message: fmt.Sprintf(format, arguments...)}
}

// messageBuffer is where functions of C without a handle say what is wrong.
type messageBuffer [C.DIRICHLET_MESSAGE_SIZE]C.char

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
