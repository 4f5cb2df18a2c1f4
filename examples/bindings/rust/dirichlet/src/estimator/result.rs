use super::{Method, StopReason};
use crate::sized::sized;
use crate::sys::*;

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
pub(super) fn empty_result() -> dirichlet_result {
    // SAFETY: a struct of the C interface.
    unsafe { sized() }
}

/// What an estimator is, live or from a serialized state.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EstimatorDescription {
    /// d.
    pub inputs: usize,
    /// k.
    pub outputs: usize,
    /// Jacobian products that a sample takes, as [`Measurement::products`] counts them.
    pub products_per_sample: u64,
    /// Directions that are drawn for each sample; 0 where energies are asked for.
    pub directions: u64,
    /// As in the options.
    pub first_sample: u64,
    /// Index of the next sample.
    pub next_sample: u64,
    /// As in the options.
    pub population: u64,
    /// As in the options.
    pub groups: u64,
    /// In use; 0 without a model.
    pub workspace_bytes: usize,
    /// Samples that are measured at a time; 0 without a model.
    pub tile_samples: u64,
    /// As in the options.
    pub seed: u64,
    /// As in the options.
    pub confidence: f64,
    /// As in the options.
    pub step: f64,
    /// As in the options.
    pub forward_noise: f64,
    /// The one used, never [`Method::Auto`].
    pub method: Method,
    /// Bytes of a number: 8 of `f64`, 4 of `f32`.
    pub element_size: usize,
    /// Whether the method finds exact energies.
    pub exact: bool,
    /// Whether it can be updated.
    pub has_model: bool,
    /// Format of the bytes it came from, or would be written in.
    pub state_format: i32,
    /// Whether it holds finite differences of version 0.1, without their errors.
    pub errors_unknown: bool,
}

impl EstimatorDescription {
    pub(super) fn from_c(description: &dirichlet_estimator_description) -> Self {
        EstimatorDescription {
            inputs: description.inputs as usize,
            outputs: description.outputs as usize,
            products_per_sample: description.products_per_sample as u64,
            directions: description.directions as u64,
            first_sample: description.first_sample as u64,
            next_sample: description.next_sample as u64,
            population: description.population as u64,
            groups: description.groups as u64,
            workspace_bytes: description.workspace_bytes as usize,
            tile_samples: description.tile_samples as u64,
            seed: description.seed,
            confidence: description.confidence,
            step: description.step,
            forward_noise: description.forward_noise,
            method: Method::from_c(description.method),
            element_size: description.element_size as usize,
            exact: description.exact != 0,
            has_model: description.has_model != 0,
            state_format: description.state_format,
            errors_unknown: description.errors_unknown != 0,
        }
    }
}
