use std::mem;
use std::os::raw::c_void;
use std::ptr;

use crate::numbers::numbered;
use crate::sys::*;
use crate::view::count;
use crate::Result;

numbered! {
    /// How the energy of a sample is found, from m products a sample; see estimator.h.
    #[derive(Default)]
    Method {
        /// The best of the others for what the model offers.
        #[default]
        Auto = DIRICHLET_METHOD_AUTO,
        /// All of the products, or the model's own energies.
        Exact = DIRICHLET_METHOD_EXACT,
        /// Random signs.
        Rademacher = DIRICHLET_METHOD_RADEMACHER,
        /// Uniform on a sphere.
        Sphere = DIRICHLET_METHOD_SPHERE,
        /// Normal numbers.
        Gaussian = DIRICHLET_METHOD_GAUSSIAN,
        /// A random orthonormal frame.
        Orthogonal = DIRICHLET_METHOD_ORTHOGONAL,
        /// Coordinates without replacement.
        Unit = DIRICHLET_METHOD_UNIT,
        /// One-sided Hutch++.
        HutchPp = DIRICHLET_METHOD_HUTCHPP,
        /// Central differences of the forward pass.
        FiniteDifference = DIRICHLET_METHOD_FINITE_DIFFERENCE,
    }
}

numbered! {
    /// Why an estimator takes no more samples.
    StopReason {
        /// It does take more.
        None = DIRICHLET_STOP_NONE,
        /// [`Options::max_samples`] were used.
        Samples = DIRICHLET_STOP_SAMPLES,
        /// The confidence interval is narrow enough for [`Options::tolerance`].
        Tolerance = DIRICHLET_STOP_TOLERANCE,
    }
}

/// How to measure. The defaults are those of the library, which 0 stands for.
///
/// ```
/// use dirichlet::{Method, Options};
///
/// let options = Options { method: Method::Orthogonal, probes: 8, ..Options::default() };
/// # assert_eq!(options.seed, 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How an energy is found.
    pub method: Method,
    /// Leave out and count samples whose data or energy is not finite, rather than fail.
    pub skip_nonfinite: bool,
    /// Products a sample, m.
    pub probes: u64,
    /// Of the probes.
    pub seed: u64,
    /// Index of the first sample, on which its probes depend.
    pub first_sample: u64,
    /// Size of the finite population that the samples are drawn from without replacement.
    pub population: u64,
    /// Stop after so many samples.
    pub max_samples: u64,
    /// Stop once half the confidence interval is at most this times the value.
    pub tolerance: f64,
    /// Samples before the tolerance is looked at; 0: 512.
    pub min_samples: u64,
    /// Level of the confidence interval; 0: 0.95.
    pub confidence: f64,
    /// Step of finite differences.
    pub step: f64,
    /// Relative rounding noise of the forward pass.
    pub forward_noise: f64,
    /// Budget of the workspace.
    pub workspace_bytes: usize,
}

/// The progress callback of C and its `user`.
pub(crate) type Progress =
    (Option<unsafe extern "C" fn(samples: i64, user: *mut c_void) -> i32>, *mut c_void);

impl Options {
    pub(crate) fn to_c(
        &self,
        (progress, progress_user): Progress,
    ) -> Result<dirichlet_estimator_options> {
        Ok(dirichlet_estimator_options {
            struct_size: mem::size_of::<dirichlet_estimator_options>(),
            method: self.method.to_c(),
            on_nonfinite: match self.skip_nonfinite {
                true => DIRICHLET_NONFINITE_SKIP,
                false => DIRICHLET_NONFINITE_FAIL,
            },
            probes: count("options.probes", self.probes)?,
            seed: self.seed,
            first_sample: count("options.first_sample", self.first_sample)?,
            population: count("options.population", self.population)?,
            max_samples: count("options.max_samples", self.max_samples)?,
            tolerance: self.tolerance,
            min_samples: count("options.min_samples", self.min_samples)?,
            confidence: self.confidence,
            step: self.step,
            forward_noise: self.forward_noise,
            workspace_bytes: self.workspace_bytes,
            allocator: ptr::null(),
            progress,
            progress_user,
        })
    }
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Measurement {
    /// The geometric complexity: the weighted mean of the energies.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The part of it by which samples were seen.
    pub standard_error_data: f64,
    /// The part of it by which probes were drawn; 0 for exact methods.
    pub standard_error_probes: f64,
    /// Level of the interval from `lower` to `upper`.
    pub confidence: f64,
    /// Lower end of the confidence interval.
    pub lower: f64,
    /// Upper end of the confidence interval.
    pub upper: f64,
    /// Samples averaged.
    pub samples: u64,
    /// Samples left out because they are not finite.
    pub skipped: u64,
    /// Sum of the weights.
    pub weight_sum: f64,
    /// The smallest energy.
    pub min_energy: f64,
    /// The largest energy.
    pub max_energy: f64,
    /// Jacobian products spent.
    pub products: u64,
    /// Estimated part of a finite difference's value that is rounding noise.
    pub noise: f64,
    /// The part of the standard error by noise and steps of finite differences.
    pub standard_error_differences: f64,
    /// What steps of finite differences may have put the value off by.
    pub step_error: f64,
    /// The largest noise of an output that was found, relative to the largest output.
    pub forward_noise: f64,
    /// The smallest step of finite differences.
    pub min_step: f64,
    /// The largest step of finite differences.
    pub max_step: f64,
    /// The method used, never [`Method::Auto`].
    pub method: Method,
    /// Whether no probes were drawn.
    pub exact: bool,
    /// Why no more samples are taken.
    pub stop_reason: StopReason,
}

impl Measurement {
    pub(crate) fn from_c(result: &dirichlet_result) -> Self {
        Measurement {
            value: result.value,
            standard_error: result.standard_error,
            standard_error_data: result.standard_error_data,
            standard_error_probes: result.standard_error_probes,
            confidence: result.confidence,
            lower: result.lower,
            upper: result.upper,
            samples: result.samples as u64,
            skipped: result.skipped as u64,
            weight_sum: result.weight_sum,
            min_energy: result.min_energy,
            max_energy: result.max_energy,
            products: result.products as u64,
            noise: result.noise,
            standard_error_differences: result.standard_error_differences,
            step_error: result.step_error,
            forward_noise: result.forward_noise,
            min_step: result.min_step,
            max_step: result.max_step,
            method: Method::from_c(result.method),
            exact: result.exact != 0,
            stop_reason: StopReason::from_c(result.stop_reason),
        }
    }
}

/// A result for C to fill in.
pub(crate) fn empty_result() -> dirichlet_result {
    // SAFETY: zero is a value of every field.
    let mut result: dirichlet_result = unsafe { mem::zeroed() };
    result.struct_size = mem::size_of_val(&result);
    result
}
