package dirichlet

// #include "model.h"
// #include "precision.h"
import "C"

// SpectralOptions of searches for the largest singular value; zero means the default.
type SpectralOptions struct {
	Tolerance     float64
	MaxIterations int64
	Progress      ProgressFunc // called before every matrix
}

func (o SpectralOptions) table() C.dirichlet_spectral_options {
	return C.dirichlet_spectral_options{
		struct_size:    C.sizeof_dirichlet_spectral_options,
		tolerance:      C.double(o.Tolerance),
		max_iterations: C.int64_t(o.MaxIterations),
	}
}

// SpectralResult is a norm between its proven bounds.
type SpectralResult struct {
	Norm, Lower, Upper float64
	Iterations         int64
	Converged          bool
}

func spectralOf(r *C.dirichlet_spectral_result) SpectralResult {
	return SpectralResult{
		Norm:       float64(r.norm),
		Lower:      float64(r.lower),
		Upper:      float64(r.upper),
		Iterations: int64(r.iterations),
		Converged:  r.converged != 0,
	}
}

// OperatorNorm is the largest singular value of a matrix (rows, columns).
func OperatorNorm[T Real](matrix []T, columns int, options SpectralOptions) (SpectralResult, error) {
	count, err := rows("matrix", matrix, columns)
	if err != nil {
		return SpectralResult{}, err
	}
	bound := watch[T](options.Progress)
	defer bound.release()
	table, said := options.table(), newFailure()
	result := C.dirichlet_spectral_result{struct_size: C.sizeof_dirichlet_spectral_result}
	status := C.godirichlet_operator_norm(single[T](), elements(matrix), C.int64_t(count),
		C.int64_t(columns), &table, bound.table.progress, &result, said)
	if err := bound.failure(status, said); err != nil {
		return SpectralResult{}, err
	}
	return spectralOf(&result), nil
}

// Lipschitz is a bound of ||f(x) - f(x')|| / ||x - x'|| for all x and x'.
type Lipschitz struct {
	UpperBound float64
	Converged  bool // the norms of all layers are right to the tolerance
}

// SpectralNorms are those of the weights of each layer, and the bound that they give.
func (n *Dense[T]) SpectralNorms(options SpectralOptions) ([]SpectralResult, Lipschitz, error) {
	bound, err := n.bind(options.Progress)
	if err != nil {
		return nil, Lipschitz{}, err
	}
	defer bound.release()
	table := options.table()
	lipschitz := C.dirichlet_dense_lipschitz{struct_size: C.sizeof_dirichlet_dense_lipschitz}
	norms := make([]C.dirichlet_spectral_result, len(n.layout))
	for i := range norms {
		norms[i].struct_size = C.sizeof_dirichlet_spectral_result
	}
	status := C.godirichlet_spectral_norms(single[T](), n.handle, &table, bound.table.progress,
		&norms[0], &lipschitz)
	if err := bound.functions.explain(n.failure(status)); err != nil {
		return nil, Lipschitz{}, err
	}
	found := make([]SpectralResult, len(norms))
	for i := range norms {
		found[i] = spectralOf(&norms[i])
	}
	return found, Lipschitz{float64(lipschitz.upper_bound), lipschitz.converged != 0}, nil
}

// JacobianNormsOptions of JacobianNorms; zero means the default.
type JacobianNormsOptions struct {
	Tolerance      float64
	MaxIterations  int64
	FirstSample    int64
	WorkspaceBytes uint64
	Progress       ProgressFunc // called after every sample
	// Lanes: goroutines that work on a call, whose results do not depend on it; AllLanes; 0: none.
	Lanes int
}

func (o JacobianNormsOptions) table() C.dirichlet_jacobian_norms_options {
	return C.dirichlet_jacobian_norms_options{
		struct_size:     C.sizeof_dirichlet_jacobian_norms_options,
		workspace_bytes: C.size_t(o.WorkspaceBytes),
		tolerance:       C.double(o.Tolerance),
		max_iterations:  C.int64_t(o.MaxIterations),
		first_sample:    C.int64_t(o.FirstSample),
	}
}

// JacobianNormsResult is the largest of the norms.
type JacobianNormsResult struct {
	Norm, Lower      float64
	Sample           int64 // that has it
	ConvergedSamples int64
	Converged        bool // all of them
}

// JacobianNorms finds the largest singular value of the Jacobian at each sample of x, which goes
// to norms, unless that is nil. The largest is a lower bound of the model's Lipschitz constant.
func JacobianNorms[T Real](model Model[T], x []T, options JacobianNormsOptions,
	norms []float64) (JacobianNormsResult, error) {
	bound, err := model.bind(options.Progress, options.Lanes)
	if err != nil {
		return JacobianNormsResult{}, err
	}
	defer bound.release()
	samples, err := Batch[T]{X: x}.some(bound.inputs)
	if err := first(err, fits("norms", norms, samples)); err != nil {
		return JacobianNormsResult{}, err
	}
	table, said := options.table(), newFailure()
	result := C.dirichlet_jacobian_norms{struct_size: C.sizeof_dirichlet_jacobian_norms}
	status := C.godirichlet_jacobian_norms(single[T](), &bound.table, C.int64_t(samples),
		elements(x), &table, doubles(norms), &result, said)
	if err := bound.failure(status, said); err != nil {
		return JacobianNormsResult{}, err
	}
	return JacobianNormsResult{float64(result.norm), float64(result.lower), int64(result.sample),
		int64(result.converged_samples), result.converged != 0}, nil
}
