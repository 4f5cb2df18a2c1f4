package dirichlet

// #include <dirichlet/dirichlet.h>
import "C"

// Method is how the energy of a sample is found; see estimator.h.
type Method int32

// The methods.
const (
	Auto             Method = C.DIRICHLET_METHOD_AUTO
	Exact            Method = C.DIRICHLET_METHOD_EXACT
	Rademacher       Method = C.DIRICHLET_METHOD_RADEMACHER
	Sphere           Method = C.DIRICHLET_METHOD_SPHERE
	Gaussian         Method = C.DIRICHLET_METHOD_GAUSSIAN
	Orthogonal       Method = C.DIRICHLET_METHOD_ORTHOGONAL
	Unit             Method = C.DIRICHLET_METHOD_UNIT
	HutchPP          Method = C.DIRICHLET_METHOD_HUTCHPP
	FiniteDifference Method = C.DIRICHLET_METHOD_FINITE_DIFFERENCE
)

func (m Method) String() string {
	return C.GoString(C.dirichlet_method_name(C.dirichlet_method(m)))
}

// Probes is a number of directions a sample. 0: DefaultProbes, or all directions where these are at
// most a quarter more; where exact is the default, that.
type Probes int64

// What Probes may be beside a number of them.
const (
	DefaultProbes Probes = C.DIRICHLET_DEFAULT_PROBES
	AllProbes     Probes = C.DIRICHLET_PROBES_ALL // all directions: no error by probes
)

// Options are those of dirichlet_estimator_options; zero means the default.
type Options struct {
	Method         Method
	SkipNonfinite  bool
	Probes         Probes
	Seed           uint64
	FirstSample    int64
	Population     int64
	MaxSamples     int64
	Tolerance      float64
	MinSamples     int64
	Confidence     float64
	Step           float64
	ForwardNoise   float64
	Groups         int64 // of samples, that are averaged for themselves too
	WorkspaceBytes uint64
	Progress       ProgressFunc // called now and then during an update; nil: not wanted
	// Lanes: goroutines that work on a call, whose results do not depend on it; AllLanes; 0: none.
	Lanes int
}

func (o Options) table() C.dirichlet_estimator_options {
	var table C.dirichlet_estimator_options
	table.struct_size = C.sizeof_dirichlet_estimator_options
	table.method = C.dirichlet_method(o.Method)
	if o.SkipNonfinite {
		table.on_nonfinite = C.DIRICHLET_NONFINITE_SKIP
	}
	table.probes = C.int64_t(o.Probes)
	table.seed = C.uint64_t(o.Seed)
	table.first_sample = C.int64_t(o.FirstSample)
	table.population = C.int64_t(o.Population)
	table.max_samples = C.int64_t(o.MaxSamples)
	table.tolerance = C.double(o.Tolerance)
	table.min_samples = C.int64_t(o.MinSamples)
	table.confidence = C.double(o.Confidence)
	table.step = C.double(o.Step)
	table.forward_noise = C.double(o.ForwardNoise)
	table.groups = C.int64_t(o.Groups)
	table.workspace_bytes = C.size_t(o.WorkspaceBytes)
	return table
}
