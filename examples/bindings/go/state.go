package dirichlet

// #include <dirichlet/dirichlet.h>
import "C"

import (
	"runtime"
	"unsafe"
)

// State is what has been measured: it gives its result, merges and serializes.
type State struct {
	_ noCopy
	*measured
}

// measured is the state in C, for all copies of its State.
type measured struct {
	life   // held by calls
	handle *C.dirichlet_estimator
}

// newState owns a state of C, and frees it and what else it needs.
func newState(handle *C.dirichlet_estimator, release func()) *State {
	m := &measured{handle: handle}
	m.begin(func() { // no closure of m, which nothing would finalize then
		C.dirichlet_estimator_destroy(handle)
		release()
	})
	runtime.SetFinalizer(m, (*measured).close)
	return &State{measured: m}
}

// use gives what a call needs, until it calls release; name is for the error.
func (s *State) use(name string) (*measured, error) {
	if s == nil || s.measured == nil || !s.hold() {
		return nil, newError(StatusNull, "%s is closed", name)
	}
	return s.measured, nil
}

// Mergeable is a *State or an *Estimator.
type Mergeable interface{ state() *State }

func (s *State) state() *State { return s }

// Deserialize reads a state that Serialize wrote. Nothing in the bytes is trusted. Close it
// after use.
func Deserialize(bytes []byte) (*State, error) {
	var handle *C.dirichlet_estimator
	if len(bytes) == 0 {
		return nil, newError(StatusCorrupt, "there are no bytes")
	}
	said := newFailure()
	status := C.dirichlet_estimator_deserialize(unsafe.Pointer(&bytes[0]), C.size_t(len(bytes)),
		nil, &handle, said)
	if err := failure(status, said); err != nil {
		return nil, err
	}
	return newState(handle, func() {}), nil
}

// Serialize writes the state as bytes that any machine can read.
func (s *State) Serialize() ([]byte, error) {
	m, err := s.use("estimator")
	if err != nil {
		return nil, err
	}
	defer m.release()
	var size C.size_t
	status := C.dirichlet_estimator_serialize(m.handle, nil, 0, &size)
	if err := failure(status, nil); err != nil {
		return nil, err
	}
	bytes := make([]byte, int(size))
	status = C.dirichlet_estimator_serialize(m.handle, unsafe.Pointer(&bytes[0]), size, &size)
	return bytes, failure(status, nil)
}

// Result so far.
func (s *State) Result() (Result, error) {
	return s.read(func(handle *C.dirichlet_estimator, r *C.dirichlet_result) C.dirichlet_status {
		return C.dirichlet_estimator_result(handle, r)
	})
}

// GroupResult is the result for the samples of one group, of 0 to Options.Groups - 1.
func (s *State) GroupResult(group int64) (Result, error) {
	return s.read(func(handle *C.dirichlet_estimator, r *C.dirichlet_result) C.dirichlet_status {
		return C.dirichlet_estimator_group_result(handle, C.int64_t(group), r)
	})
}

func (s *State) read(
	call func(*C.dirichlet_estimator, *C.dirichlet_result) C.dirichlet_status) (Result, error) {
	m, err := s.use("estimator")
	if err != nil {
		return Result{}, err
	}
	defer m.release()
	r := C.dirichlet_result{struct_size: C.sizeof_dirichlet_result}
	if err := failure(call(m.handle, &r), nil); err != nil {
		return Result{}, err
	}
	return resultOfC(&r), nil
}

// Merge adds what source has seen, exactly and in any order.
func (s *State) Merge(source Mergeable) error {
	m, err := s.use("estimator")
	if err != nil {
		return err
	}
	defer m.release()
	if source == nil || source.state() == nil {
		return newError(StatusNull, "source is nil")
	}
	from, err := source.state().use("source")
	if err != nil {
		return err
	}
	defer from.release()
	return m.failure(C.dirichlet_estimator_merge(m.handle, from.handle))
}

// Close frees the state; that of an Estimator is all of it. (If a function of its model closes
// it, that waits for the end of the call.) A second call does nothing; the garbage collector
// makes one for a state that was forgotten, unless a function of its model refers to it.
func (s *State) Close() {
	if s != nil && s.measured != nil {
		s.close()
	}
}

func (m *measured) failure(status C.dirichlet_status) error {
	if status == C.DIRICHLET_OK {
		return nil
	}
	said := newFailure()
	C.dirichlet_estimator_last_error(m.handle, said)
	return failure(status, said)
}
