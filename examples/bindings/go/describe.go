package dirichlet

// #include <dirichlet/dirichlet.h>
// #include "precision.h"
import "C"

// Capabilities are what the linked library can do.
type Capabilities struct {
	Version                              int // 10000 * major + 100 * minor + patch
	OldestStateFormat, NewestStateFormat int // that are read; the newest is written
	CBLAS                                bool
	LargestParallelLanes                 int
}

// DescribeLibrary tells what the linked library can do.
func DescribeLibrary() (Capabilities, error) {
	c := C.dirichlet_capabilities{struct_size: C.sizeof_dirichlet_capabilities}
	if err := failure(C.dirichlet_describe_library(&c), nil); err != nil {
		return Capabilities{}, err
	}
	return Capabilities{
		Version:              int(c.version),
		OldestStateFormat:    int(c.oldest_state_format),
		NewestStateFormat:    int(c.newest_state_format),
		CBLAS:                c.cblas != 0,
		LargestParallelLanes: int(c.largest_parallel_lanes),
	}, nil
}

// Description is what an estimator, or the state of one, is; see dirichlet_estimator_description.
type Description struct {
	Inputs, Outputs               int
	ProductsPerSample, Directions int64
	FirstSample, NextSample       int64 // NextSample: the index of the next sample
	Population, Groups            int64
	WorkspaceBytes, TileSamples   int64 // 0 without a model
	Seed                          uint64
	Confidence                    float64
	Step, ForwardNoise            float64
	Method                        Method // never Auto
	Single                        bool   // float32, else float64
	Exact                         bool
	HasModel                      bool // else it was deserialized
	StateFormat                   int
	ErrorsUnknown                 bool // finite differences of version 0.1
}

// Describe the estimator or state.
func (s *State) Describe() (Description, error) {
	m, err := s.use("estimator")
	if err != nil {
		return Description{}, err
	}
	defer m.release()
	d := C.dirichlet_estimator_description{
		struct_size: C.sizeof_dirichlet_estimator_description}
	if err := failure(C.dirichlet_estimator_describe(m.handle, &d), nil); err != nil {
		return Description{}, err
	}
	return descriptionOf(&d), nil
}

func descriptionOf(d *C.dirichlet_estimator_description) Description {
	return Description{
		Inputs:            int(d.inputs),
		Outputs:           int(d.outputs),
		ProductsPerSample: int64(d.products_per_sample),
		Directions:        int64(d.directions),
		FirstSample:       int64(d.first_sample),
		NextSample:        int64(d.next_sample),
		Population:        int64(d.population),
		Groups:            int64(d.groups),
		WorkspaceBytes:    int64(d.workspace_bytes),
		TileSamples:       int64(d.tile_samples),
		Seed:              uint64(d.seed),
		Confidence:        float64(d.confidence),
		Step:              float64(d.step),
		ForwardNoise:      float64(d.forward_noise),
		Method:            Method(d.method),
		Single:            d.element_size == 4,
		Exact:             d.exact != 0,
		HasModel:          d.has_model != 0,
		StateFormat:       int(d.state_format),
		ErrorsUnknown:     d.errors_unknown != 0,
	}
}

// DenseDescription is what a network is.
type DenseDescription struct {
	Inputs, Outputs, Layers             int
	Weights, Biases                     int64 // elements of all of them
	WorkspaceBytes, LeastWorkspaceBytes int64
}

// Describe the network.
func (n *Dense[T]) Describe() (DenseDescription, error) {
	if err := n.check(); err != nil {
		return DenseDescription{}, err
	}
	d := C.dirichlet_dense_description{struct_size: C.sizeof_dirichlet_dense_description}
	status := C.godirichlet_dense_describe(single[T](), n.handle, &d)
	if err := failure(status, nil); err != nil {
		return DenseDescription{}, err
	}
	return DenseDescription{
		Inputs:              int(d.inputs),
		Outputs:             int(d.outputs),
		Layers:              int(d.layers),
		Weights:             int64(d.weights),
		Biases:              int64(d.biases),
		WorkspaceBytes:      int64(d.workspace_bytes),
		LeastWorkspaceBytes: int64(d.least_workspace_bytes),
	}, nil
}
