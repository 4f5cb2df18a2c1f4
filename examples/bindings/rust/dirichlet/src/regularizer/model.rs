use std::mem;
use std::os::raw::c_void;
use std::ptr;

use crate::callback::{conclude, guard, input, CallbackResult, Failure, Lent};
use crate::error::Message;
use crate::sys::*;
use crate::view::{count, expect_length};
use crate::{Model, Real, Result};

/// How the spectral norms of Jacobians are searched.
#[derive(Clone, Debug, Default)]
pub struct JacobianNormsOptions {
    /// By which the bounds of a norm may differ, relative to the lower one; 0: 1e-10.
    pub tolerance: f64,
    /// For each norm; 0: 200.
    pub max_iterations: u64,
    /// Budget of the workspace.
    pub workspace_bytes: usize,
}

/// The largest of the spectral norms of Jacobians.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JacobianNorms {
    /// It: a lower bound of the Lipschitz constant.
    pub norm: f64,
    /// The largest of the lower bounds.
    pub lower: f64,
    /// The sample that has it.
    pub sample: usize,
    /// Of how many samples the norm is right to the tolerance.
    pub converged_samples: usize,
    /// Whether that is all.
    pub converged: bool,
}

/// ||J(x_i)||_2 for the samples of x (n, d): the largest, and each of them in `norms` (n).
pub fn jacobian_norms<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    x: &[T],
    options: &JacobianNormsOptions,
    norms: Option<&mut [f64]>,
) -> Result<JacobianNorms> {
    let samples = model.samples(x)?;
    if let Some(norms) = &norms {
        expect_length("norms", norms.len(), samples)?;
    }
    let norms = norms.map_or(ptr::null_mut(), <[f64]>::as_mut_ptr);
    let options = dirichlet_jacobian_norms_options {
        struct_size: mem::size_of::<dirichlet_jacobian_norms_options>(),
        tolerance: options.tolerance,
        max_iterations: count("options.max_iterations", options.max_iterations)?,
        workspace_bytes: options.workspace_bytes,
        allocator: ptr::null(),
    };
    // SAFETY: zero is a value of every field.
    let mut result: dirichlet_jacobian_norms = unsafe { mem::zeroed() };
    result.struct_size = mem::size_of_val(&result);
    let mut message = Message::new();
    // SAFETY: the lengths have been checked.
    let status = unsafe {
        (T::C.jacobian_norms)(
            model.table(),
            samples as i64,
            x.as_ptr(),
            &options,
            norms,
            &mut result,
            message.buffer(),
            message.size(),
        )
    };
    conclude(model.take_failure(), status, || message.text())?;
    Ok(JacobianNorms {
        norm: result.norm,
        lower: result.lower,
        sample: result.sample as usize,
        converged_samples: result.converged_samples as usize,
        converged: result.converged != 0,
    })
}

/// How the energy penalty of a model takes its differences.
#[derive(Clone, Debug, Default)]
pub struct EnergyPenaltyOptions {
    /// Directions a sample; 0: 1. From d on: all coordinates.
    pub probes: u64,
    /// Of the directions: a new one in each step of a training.
    pub seed: u64,
    /// Index of the first sample, on which its directions depend.
    pub first_sample: u64,
    /// How far inputs move; 0: what suits the precision.
    pub step: f64,
    /// Budget of the workspace.
    pub workspace_bytes: usize,
}

/// The geometric complexity of a model from its forward passes alone.
pub fn energy_value<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    x: &[T],
    options: &EnergyPenaltyOptions,
) -> Result<f64> {
    let (status, message, value) = penalty(model, None, x, options, 0.0)?;
    conclude(model.take_failure(), status, || message.text())?;
    Ok(value)
}

/// The same with its gradient, from forward and backward passes: `backward`, of the arguments
/// `(x, cotangents)`, adds sum_i (df(x_i)/dtheta)^T c_i to the trainer's own gradient; the
/// cotangents (n, k) hold the strength.
///
/// Where both closures use one network, share it by a `RefCell` and make the model by
/// [`Model::local`]: they are never called at the same time.
pub fn energy_penalty<T: Real, Mark, F>(
    model: &mut Model<'_, T, Mark>,
    backward: F,
    x: &[T],
    options: &EnergyPenaltyOptions,
    strength: f64,
) -> Result<f64>
where
    F: FnMut(&[T], &[T]) -> CallbackResult,
{
    let (inputs, outputs) = (model.inputs(), model.outputs());
    let mut backward = Lent::new(Backward { inputs, outputs, closure: backward, failure: None });
    let callback: dirichlet_parameter_vjp<T> = Some(parameter_vjp::<T, F>);
    let callback = Some((callback, backward.address()));
    let (status, message, value) = penalty(model, callback, x, options, strength)?;
    let failure = model.take_failure().or_else(|| backward.get().failure.take());
    conclude(failure, status, || message.text())?;
    Ok(value)
}

struct Backward<F> {
    inputs: usize,
    outputs: usize,
    closure: F,
    failure: Option<Failure>,
}

/// SAFETY: `user` is the Backward of the running call, the buffers are as regularizer.h says.
unsafe extern "C" fn parameter_vjp<T: Real, F>(
    n: i64,
    x: *const T,
    cotangents: *const T,
    user: *mut c_void,
) -> i32
where
    F: FnMut(&[T], &[T]) -> CallbackResult,
{
    let backward = &mut *(user as *mut Backward<F>);
    let x = input(x, n as usize * backward.inputs);
    let cotangents = input(cotangents, n as usize * backward.outputs);
    let closure = &mut backward.closure;
    guard(&mut backward.failure, || closure(x, cotangents))
}

fn penalty<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    backward: Option<(dirichlet_parameter_vjp<T>, *mut c_void)>,
    x: &[T],
    options: &EnergyPenaltyOptions,
    strength: f64,
) -> Result<(dirichlet_status, Message, f64)> {
    let samples = model.samples(x)?;
    let options = dirichlet_energy_penalty_options {
        struct_size: mem::size_of::<dirichlet_energy_penalty_options>(),
        probes: count("options.probes", options.probes)?,
        seed: options.seed,
        first_sample: count("options.first_sample", options.first_sample)?,
        step: options.step,
        workspace_bytes: options.workspace_bytes,
        allocator: ptr::null(),
        noise: ptr::null_mut(),
    };
    let (parameter_vjp, user) = backward.unwrap_or((None, ptr::null_mut()));
    let mut value = 0.0;
    let mut message = Message::new();
    // SAFETY: `x` has so many samples, and `user` is what the callback takes.
    let status = unsafe {
        (T::C.energy_penalty)(
            model.table(),
            parameter_vjp,
            user,
            samples as i64,
            x.as_ptr(),
            &options,
            strength,
            &mut value,
            message.buffer(),
            message.size(),
        )
    };
    Ok((status, message, value))
}
