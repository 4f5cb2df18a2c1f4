package dirichlet

// #include "precision.h"
// #include <stdlib.h>
import "C"

import (
	"math"
	"unsafe"
)

// Parameters are one array of weights and biases for the layers of a network, in memory of C:
// those of a Dense network, their Gradient, or a Tangent.
type Parameters[T Real] struct {
	_ noCopy
	*block[T]
}

// block is the array and its layout, for all copies of its Parameters.
type block[T Real] struct {
	all    []T
	memory *C.godirichlet_element
	layout []C.godirichlet_layer
}

// All of the array: a step of gradient descent is a loop over that of the network and that of
// the gradient. Every slice of memory of C is gone after Close.
func (p *Parameters[T]) All() []T {
	if p.block == nil {
		return nil
	}
	return p.all
}

// Weights of a layer, row after row: outputs x inputs, or as its InputsFirst says.
func (p *Parameters[T]) Weights(layer int) []T {
	shape := p.layout[layer]
	return part(p.all, int(shape.weights), int(shape.inputs)*int(shape.outputs))
}

// Bias of a layer; nil if it has none.
func (p *Parameters[T]) Bias(layer int) []T {
	shape := p.layout[layer]
	if shape.bias < 0 {
		return nil
	}
	return part(p.all, int(shape.bias), int(shape.outputs))
}

// Slopes of a layer that has UnitSlopes; else nil. Those of a gradient are not computed and stay 0.
func (p *Parameters[T]) Slopes(layer int) []T {
	shape := p.layout[layer]
	if shape.slopes < 0 {
		return nil
	}
	return part(p.all, int(shape.slopes), int(shape.outputs))
}

// part of a slice, that append cannot grow into the next.
func part[T any](values []T, first, length int) []T {
	return values[first : first+length : first+length]
}

// newParameters are zeros for layers whose sizes an array can have. What else may be wrong with
// the layers the library finds.
func newParameters[T Real](layers []Layer) (p *block[T], err error) {
	count := 0
	layout := make([]C.godirichlet_layer, len(layers))
	for i, layer := range layers {
		if layout[i], err = layoutOf(i, layer, &count); err != nil {
			return p, err
		}
	}
	return allocate[T](layout, count)
}

// allocate zeros, and a copy of the layout that structs for C may point to.
func allocate[T Real](layout []C.godirichlet_layer, count int) (*block[T], error) {
	var number T
	memory := C.calloc(C.size_t(count), C.size_t(unsafe.Sizeof(number)))
	layers := C.calloc(C.size_t(len(layout)), C.sizeof_godirichlet_layer)
	if memory == nil || layers == nil {
		C.free(memory)
		C.free(layers)
		return nil, newError(StatusMemory, "no memory for %d weights and biases", count)
	}
	p := &block[T]{
		all:    unsafe.Slice((*T)(memory), count),
		memory: (*C.godirichlet_element)(memory),
		layout: unsafe.Slice((*C.godirichlet_layer)(layers), len(layout)),
	}
	copy(p.layout, layout)
	return p, nil
}

// layoutOf puts a layer behind the `count` elements that there are.
func layoutOf(i int, layer Layer, count *int) (shape C.godirichlet_layer, err error) {
	for _, size := range []struct {
		name  string
		value int
	}{{"Inputs", layer.Inputs}, {"Outputs", layer.Outputs}} {
		if size.value < 1 || size.value > math.MaxInt32 {
			return shape, newError(StatusRange, "layers[%d].%s is %d: it must be 1 to 2^31 - 1", i,
				size.name, size.value)
		}
	}
	shape.inputs, shape.outputs = C.int64_t(layer.Inputs), C.int64_t(layer.Outputs)
	shape.output_stride, shape.input_stride = shape.inputs, 1
	if layer.InputsFirst {
		shape.output_stride, shape.input_stride = 1, shape.outputs
	}
	shape.activation = C.int32_t(layer.Activation)
	if layer.ParameterGiven {
		shape.parameter_given = 1
	}
	shape.activation_parameter = C.double(layer.ActivationParameter)
	shape.activation_second = C.double(layer.ActivationSecond)
	shape.input_scale = C.double(layer.InputScale)
	shape.output_scale = C.double(layer.OutputScale)
	shape.kink = C.int32_t(layer.Kink)
	shape.weights = C.int64_t(*count)
	size := layer.Inputs*layer.Outputs + 2*layer.Outputs
	if size > math.MaxInt/16-*count {
		return shape, newError(StatusOverflow, "layers[%d] has too many weights", i)
	}
	*count += layer.Inputs * layer.Outputs
	shape.bias = -1
	if !layer.NoBias {
		shape.bias = C.int64_t(*count)
		*count += layer.Outputs
	}
	shape.slopes = -1
	if layer.UnitSlopes {
		shape.slopes = C.int64_t(*count)
		*count += layer.Outputs
	}
	return shape, nil
}

func (b *block[T]) free() {
	if b != nil && b.memory != nil {
		C.free(unsafe.Pointer(b.memory))
		C.free(unsafe.Pointer(&b.layout[0]))
		*b = block[T]{}
	}
}
