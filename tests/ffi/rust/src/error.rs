use std::ffi::CStr;
use std::fmt;
use std::num::NonZeroI32;
use std::os::raw::c_char;

use crate::sys::{self, dirichlet_status};

pub type Result<T> = std::result::Result<T, Error>;

/// What a call found wrong, in the words of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    status: dirichlet_status,
    message: String,
    callback_code: Option<NonZeroI32>,
}

impl Error {
    /// One of `sys::DIRICHLET_E_*`.
    pub fn status(&self) -> dirichlet_status {
        self.status
    }

    /// The value by which a closure stopped the call, if one did.
    pub fn callback_code(&self) -> Option<NonZeroI32> {
        self.callback_code
    }

    pub(crate) fn shape(message: String) -> Self {
        Error { status: sys::DIRICHLET_E_SHAPE, message, callback_code: None }
    }

    pub(crate) fn with_callback_code(mut self, code: i32) -> Self {
        if self.status == sys::DIRICHLET_E_CALLBACK {
            self.callback_code = NonZeroI32::new(code);
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Turn a status into a result. An empty message is replaced by the status in words.
pub(crate) fn check(status: dirichlet_status, message: impl FnOnce() -> String) -> Result<()> {
    if status == sys::DIRICHLET_OK {
        return Ok(());
    }
    let mut message = message();
    if message.is_empty() {
        // SAFETY: takes any value and returns a static string.
        message = unsafe { text(sys::dirichlet_status_string(status)) };
    }
    Err(Error { status, message, callback_code: None })
}

/// Call a C function that writes a handle and, where it fails, a message.
pub(crate) fn create<H>(
    call: impl FnOnce(*mut *mut H, *mut c_char, usize) -> dirichlet_status,
) -> Result<*mut H> {
    let mut handle = std::ptr::null_mut();
    let mut message: [c_char; sys::DIRICHLET_MESSAGE_SIZE] = [0; sys::DIRICHLET_MESSAGE_SIZE];
    let status = call(&mut handle, message.as_mut_ptr(), message.len());
    // SAFETY: the library ends every message with a zero.
    check(status, || unsafe { text(message.as_ptr()) })?;
    Ok(handle)
}

/// Copy a C string.
///
/// # Safety
/// `string` must point to a string that ends with a zero.
pub(crate) unsafe fn text(string: *const c_char) -> String {
    CStr::from_ptr(string).to_string_lossy().into_owned()
}
