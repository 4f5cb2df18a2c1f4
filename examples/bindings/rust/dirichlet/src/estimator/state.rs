use std::fmt;
use std::os::raw::c_void;
use std::ptr;

use super::result::{empty_result, EstimatorDescription, Measurement};
use crate::error::{check, create, no_details};
use crate::sized::sized;
use crate::sys::*;
use crate::view::count;
use crate::Result;

/// What has been measured, without a model: it gives its result, merges and serializes.
///
/// It is `Send`, so threads can measure parts and hand back their states; not `Sync`.
///
/// ```compile_fail,E0277
/// fn share<T: Sync>() {}
/// share::<dirichlet::State>();
/// ```
pub struct State {
    pub(super) handle: *mut dirichlet_estimator,
}

// SAFETY: the library keeps nothing for a thread, and a state alone calls no closures.
unsafe impl Send for State {}

impl State {
    /// Read a state that `serialize` wrote, on any machine. Nothing in the bytes is trusted.
    pub fn deserialize(bytes: &[u8]) -> Result<Self> {
        let handle = create(|out, error| {
            let start = bytes.as_ptr() as *const c_void;
            // SAFETY: the bytes are read during the call only.
            unsafe { dirichlet_estimator_deserialize(start, bytes.len(), ptr::null(), out, error) }
        })?;
        Ok(State { handle })
    }

    /// The state as bytes that any machine can read; equal states give equal bytes.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        let mut size = 0;
        // SAFETY: a null buffer asks for the size only.
        let status =
            unsafe { dirichlet_estimator_serialize(self.handle, ptr::null_mut(), 0, &mut size) };
        check(status, no_details)?;
        let mut bytes = vec![0; size];
        let buffer = bytes.as_mut_ptr() as *mut c_void;
        // SAFETY: the buffer has `size` bytes.
        let status = unsafe { dirichlet_estimator_serialize(self.handle, buffer, size, &mut size) };
        check(status, no_details)?;
        Ok(bytes)
    }

    /// The result so far.
    pub fn result(&self) -> Result<Measurement> {
        let mut result = empty_result();
        // SAFETY: the handle lives, the struct is of the size it says.
        let status = unsafe { dirichlet_estimator_result(self.handle, &mut result) };
        check(status, no_details)?;
        Ok(Measurement::from_c(&result))
    }

    /// The result of one group alone: the weighted mean over its samples, and its error.
    pub fn group_result(&self, group: u64) -> Result<Measurement> {
        let group = count("group", group)?;
        let mut result = empty_result();
        // SAFETY: the handle lives, the struct is of the size it says.
        let status = unsafe { dirichlet_estimator_group_result(self.handle, group, &mut result) };
        check(status, no_details)?;
        Ok(Measurement::from_c(&result))
    }

    /// What it is: sizes, method, options.
    pub fn describe(&self) -> Result<EstimatorDescription> {
        // SAFETY: a struct of the C interface.
        let mut description: dirichlet_estimator_description = unsafe { sized() };
        // SAFETY: the handle lives, the struct is of the size it says.
        let status = unsafe { dirichlet_estimator_describe(self.handle, &mut description) };
        check(status, no_details)?;
        Ok(EstimatorDescription::from_c(&description))
    }

    /// Add what `source` has seen, exactly and in any order. `source` stays as it is.
    pub fn merge(&mut self, source: &State) -> Result<()> {
        // SAFETY: both handles live; they differ, since one is borrowed mutably.
        let status = unsafe { dirichlet_estimator_merge(self.handle, source.handle) };
        check(status, || self.details())
    }

    /// Why the last call that changes the handle has failed.
    pub(super) fn details(&self) -> dirichlet_error {
        let mut details = no_details();
        // SAFETY: the handle lives, the struct is of the size it says.
        unsafe { dirichlet_estimator_last_error(self.handle, &mut details) };
        details
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: made by the library and destroyed nowhere else.
        unsafe { dirichlet_estimator_destroy(self.handle) }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("State").field(&self.result()).finish()
    }
}
