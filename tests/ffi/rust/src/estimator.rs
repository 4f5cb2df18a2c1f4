use std::mem;
use std::ops::Deref;
use std::os::raw::c_void;
use std::ptr;

use crate::error::{check, create, text};
use crate::sys::*;
use crate::{expect_length, rows, Model, Real, Result};

/// How the energy of a sample is found; see estimator.h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum Method {
    #[default]
    Auto = DIRICHLET_METHOD_AUTO,
    Exact = DIRICHLET_METHOD_EXACT,
    Rademacher = DIRICHLET_METHOD_RADEMACHER,
    Sphere = DIRICHLET_METHOD_SPHERE,
    Gaussian = DIRICHLET_METHOD_GAUSSIAN,
    Orthogonal = DIRICHLET_METHOD_ORTHOGONAL,
    Unit = DIRICHLET_METHOD_UNIT,
    HutchPp = DIRICHLET_METHOD_HUTCHPP,
    FiniteDifference = DIRICHLET_METHOD_FINITE_DIFFERENCE,
}

/// The options of `dirichlet_estimator_options`; the default of each is that of the
/// library. Counts too large for the library become negative there and are refused.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub method: Method,
    pub skip_nonfinite: bool,
    pub probes: u64,
    pub seed: u64,
    pub first_sample: u64,
    pub population: u64,
    pub max_samples: u64,
    pub tolerance: f64,
    pub min_samples: u64,
    pub confidence: f64,
    pub step: f64,
    pub forward_noise: f64,
    pub workspace_bytes: usize,
}

impl Options {
    fn to_c(&self) -> dirichlet_estimator_options {
        dirichlet_estimator_options {
            struct_size: mem::size_of::<dirichlet_estimator_options>(),
            method: self.method as dirichlet_method,
            on_nonfinite: match self.skip_nonfinite {
                true => DIRICHLET_NONFINITE_SKIP,
                false => DIRICHLET_NONFINITE_FAIL,
            },
            probes: self.probes as i64,
            seed: self.seed,
            first_sample: self.first_sample as i64,
            population: self.population as i64,
            max_samples: self.max_samples as i64,
            tolerance: self.tolerance,
            min_samples: self.min_samples as i64,
            confidence: self.confidence,
            step: self.step,
            forward_noise: self.forward_noise,
            workspace_bytes: self.workspace_bytes,
            allocator: ptr::null(),
            progress: None,
            progress_user: ptr::null_mut(),
        }
    }
}

/// What has been measured: it gives its result, merges and serializes.
pub struct State {
    handle: *mut dirichlet_estimator,
}

impl State {
    /// Read a state that `serialize` wrote. Nothing in the bytes is trusted.
    pub fn deserialize(bytes: &[u8]) -> Result<Self> {
        let handle = create(|out, message, message_size| {
            // SAFETY: the bytes are read during the call only.
            unsafe {
                dirichlet_estimator_deserialize(
                    bytes.as_ptr() as *const c_void,
                    bytes.len(),
                    ptr::null(),
                    out,
                    message,
                    message_size,
                )
            }
        })?;
        Ok(State { handle })
    }

    pub fn serialize(&self) -> Result<Vec<u8>> {
        let mut size = 0;
        // SAFETY: a null buffer asks for the size only.
        let status =
            unsafe { dirichlet_estimator_serialize(self.handle, ptr::null_mut(), 0, &mut size) };
        check(status, String::new)?;
        let mut bytes = vec![0; size];
        let buffer = bytes.as_mut_ptr() as *mut c_void;
        // SAFETY: the buffer has `size` bytes.
        let status = unsafe { dirichlet_estimator_serialize(self.handle, buffer, size, &mut size) };
        check(status, String::new)?;
        Ok(bytes)
    }

    pub fn result(&self) -> Result<dirichlet_result> {
        // SAFETY: zero is a value of every field.
        let mut result: dirichlet_result = unsafe { mem::zeroed() };
        result.struct_size = mem::size_of_val(&result);
        // SAFETY: the handle lives, the struct is of the size it says.
        let status = unsafe { dirichlet_estimator_result(self.handle, &mut result) };
        check(status, String::new)?;
        Ok(result)
    }

    /// Add what `source` has seen, exactly and in any order.
    pub fn merge(&mut self, source: &State) -> Result<()> {
        // SAFETY: both handles live; they differ, since one is borrowed mutably.
        let status = unsafe { dirichlet_estimator_merge(self.handle, source.handle) };
        check(status, || self.message())
    }

    fn message(&self) -> String {
        // SAFETY: the handle lives, and the string is copied before its next call.
        unsafe { text(dirichlet_estimator_message(self.handle)) }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: made by the library and destroyed nowhere else.
        unsafe { dirichlet_estimator_destroy(self.handle) }
    }
}

/// A state that takes more samples of its model.
pub struct Estimator<'a, T: Real> {
    // Dropped in this order: the handle refers to the model.
    state: State,
    model: Model<'a, T>,
}

impl<'a, T: Real> Estimator<'a, T> {
    pub fn new(model: Model<'a, T>, options: &Options) -> Result<Self> {
        let options = options.to_c();
        let handle = create(|out, message, message_size| {
            // SAFETY: both structs are copied; the model is kept as long as the handle.
            unsafe { (T::C.estimator_create)(model.table(), &options, out, message, message_size) }
        })?;
        Ok(Estimator { state: State { handle }, model })
    }

    /// Take the samples of `x`, row after row, with a weight each or 1. Their energies
    /// go to `energies`. On error, and on a panic of a closure, nothing has changed.
    pub fn update(
        &mut self,
        x: &[T],
        weights: Option<&[f64]>,
        energies: Option<&mut [f64]>,
    ) -> Result<()> {
        let samples = rows("x", x.len(), self.model.table().inputs as usize)?;
        if let Some(weights) = weights {
            expect_length("weights", weights.len(), samples)?;
        }
        if let Some(energies) = &energies {
            expect_length("energies", energies.len(), samples)?;
        }
        // SAFETY: the lengths have been checked.
        let status = unsafe {
            (T::C.estimator_update)(
                self.state.handle,
                samples as i64,
                x.as_ptr(),
                weights.map_or(ptr::null(), <[f64]>::as_ptr),
                energies.map_or(ptr::null_mut(), <[f64]>::as_mut_ptr),
            )
        };
        self.model.resume_panic();
        check(status, || self.state.message()).map_err(|error| {
            // SAFETY: the handle lives.
            error.with_callback_code(unsafe { dirichlet_estimator_callback_code(self.handle) })
        })
    }

    /// See `State::merge`. (The state is not given away mutably: exchanged for that of
    /// another estimator it would call closures that it does not own.)
    pub fn merge(&mut self, source: &State) -> Result<()> {
        self.state.merge(source)
    }

    /// Set the index of the next sample, on which its probes depend.
    pub fn seek(&mut self, sample_index: u64) -> Result<()> {
        // SAFETY: the handle lives.
        let status = unsafe { dirichlet_estimator_seek(self.handle, sample_index as i64) };
        check(status, || self.state.message())
    }

    /// Whether no more samples are taken: `max_samples` or `tolerance` was reached.
    pub fn stopped(&self) -> bool {
        // SAFETY: the handle lives.
        unsafe { dirichlet_estimator_stopped(self.handle) != 0 }
    }
}

impl<T: Real> Deref for Estimator<'_, T> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}
