use crate::sys;
use std::ffi::{c_char, CStr};
use std::fmt;

/// A failed call: the status, the library's message, and what a closure returned if it was
/// one that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    pub status: i32,
    pub message: String,
    pub code: Option<i32>,
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (status {})", self.message, self.status)
    }
}

impl std::error::Error for Error {}

/// A C string of the library, which is never NULL and valid until the next call.
pub(crate) unsafe fn text(pointer: *const c_char) -> String {
    CStr::from_ptr(pointer).to_string_lossy().into_owned()
}

impl Error {
    pub(crate) fn of_status(status: i32) -> Error {
        let message = unsafe { text(sys::dirichlet_status_string(status)) };
        Error { status, message, code: None }
    }

    pub(crate) fn of_shape(message: &str) -> Error {
        Error { status: sys::DIRICHLET_E_RANGE, message: message.to_string(), code: None }
    }
}

/// Run a function that creates a handle and may write a message.
pub(crate) fn create<T>(
    function: impl FnOnce(*mut *mut T, *mut c_char, usize) -> i32,
) -> Result<*mut T, Error> {
    let mut handle = std::ptr::null_mut();
    let mut message = [0 as c_char; sys::DIRICHLET_MESSAGE_SIZE];
    let status = function(&mut handle, message.as_mut_ptr(), message.len());
    if status == sys::DIRICHLET_OK {
        return Ok(handle);
    }
    let message = unsafe { text(message.as_ptr()) };
    Err(Error { status, message, code: None })
}
