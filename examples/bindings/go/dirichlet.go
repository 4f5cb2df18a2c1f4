// Package dirichlet measures and controls the geometric complexity
//
//	GC = (1/|D|) * sum over x in D of ||df/dx (x)||_F^2
//
// of a Model made of Go functions, or of a Dense network, in float32 or float64, by the C
// library libdirichlet. Shapes, methods and formulas are those of the C headers: d inputs,
// k outputs, n samples, m directions a sample; arrays are row after row.
//
// Separate estimators and networks may be used from separate goroutines; a single one
// serves one call at a time, those from functions of its own model included.
package dirichlet

// #cgo pkg-config: dirichlet
// #include <dirichlet/dirichlet.h>
// #include "precision.h"
import "C"

import "unsafe"

// Real is a precision of the library.
type Real interface{ float32 | float64 }

// Version is that of the linked library.
func Version() string { return C.GoString(C.dirichlet_version_string()) }

// single is the flag by which precision.h chooses between the functions of C.
func single[T Real]() C.int {
	var number T
	if unsafe.Sizeof(number) == 4 {
		return 1
	}
	return 0
}

// elements is a slice as C takes it; nil if it is empty.
func elements[T Real](values []T) *C.godirichlet_element {
	if len(values) == 0 {
		return nil
	}
	return (*C.godirichlet_element)(unsafe.Pointer(&values[0]))
}

func doubles(values []float64) *C.double {
	if len(values) == 0 {
		return nil
	}
	return (*C.double)(unsafe.Pointer(&values[0]))
}

func integers(values []int64) *C.int64_t {
	if len(values) == 0 {
		return nil
	}
	return (*C.int64_t)(unsafe.Pointer(&values[0]))
}

// rows is the number of rows of the given width in a slice.
func rows[T any](name string, values []T, width int) (int, error) {
	if width <= 0 || len(values)%width != 0 {
		return 0, newError(StatusShape, "%s has %d elements, which are no whole rows of %d",
			name, len(values), width)
	}
	return len(values) / width, nil
}

// array is an argument whose length has to be right before C may see it.
type array struct {
	name           string
	length, needed int
}

// expect refuses the first array whose length is another than C takes it to have.
func expect(arrays ...array) error {
	for _, a := range arrays {
		if a.length != a.needed {
			return newError(StatusShape, "%s has %d elements, %d are needed", a.name, a.length,
				a.needed)
		}
	}
	return nil
}
