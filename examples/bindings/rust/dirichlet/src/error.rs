use std::ffi::CStr;
use std::fmt;
use std::os::raw::c_char;
use std::ptr;

use crate::callback::BoxError;
use crate::numbers::numbered;
use crate::sys::*;

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

numbered! {
    /// What kind of thing went wrong, see status.h.
    Status {
        /// A required pointer is null.
        Null = DIRICHLET_E_NULL,
        /// A number is outside its range.
        Range = DIRICHLET_E_RANGE,
        /// Not one of the named constants.
        Constant = DIRICHLET_E_CONSTANT,
        /// The library does not accept a struct of this size.
        StructSize = DIRICHLET_E_STRUCT_SIZE,
        /// Lengths, sizes or strides that do not fit together.
        Shape = DIRICHLET_E_SHAPE,
        /// A handle of the other precision.
        Precision = DIRICHLET_E_PRECISION,
        /// No memory.
        Memory = DIRICHLET_E_MEMORY,
        /// Sizes beyond the address space or numbers beyond their type.
        Overflow = DIRICHLET_E_OVERFLOW,
        /// The workspace is too small; the message gives the least that will do.
        Workspace = DIRICHLET_E_WORKSPACE,
        /// NaN or infinity in the data or in what a closure wrote.
        NotFinite = DIRICHLET_E_NOT_FINITE,
        /// No sample of positive weight yet.
        NoData = DIRICHLET_E_NO_DATA,
        /// The rounding noise of the forward pass swamps the value.
        Noise = DIRICHLET_E_NOISE,
        /// The method needs a closure that the model does not have.
        MissingCallback = DIRICHLET_E_MISSING_CALLBACK,
        /// A closure returned an error, which is the [source](std::error::Error::source).
        Callback = DIRICHLET_E_CALLBACK,
        /// The progress closure asked to stop.
        Cancelled = DIRICHLET_E_CANCELLED,
        /// The samples of a call are not independent: say `max_samples` 1.
        Coupled = DIRICHLET_E_COUPLED,
        /// Two states that cannot be merged.
        Mismatch = DIRICHLET_E_MISMATCH,
        /// A serialized state that is truncated or damaged.
        Corrupt = DIRICHLET_E_CORRUPT,
        /// A serialized state of a format that this library does not know.
        Format = DIRICHLET_E_FORMAT,
        /// The library's CBLAS has 64-bit integers; it needs 32-bit ones.
        BlasWidth = DIRICHLET_E_BLAS_WIDTH,
    }
}

/// What a call found wrong, naming the argument.
#[derive(Debug)]
pub struct Error {
    status: Status,
    message: String,
    callback: Option<BoxError>,
}

impl Error {
    /// The kind.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What is wrong, in words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The error that a closure of the caller's returned, if that ended the call.
    pub fn into_callback_error(self) -> Option<BoxError> {
        self.callback
    }

    pub(crate) fn shape(message: String) -> Self {
        Error { status: Status::Shape, message, callback: None }
    }

    pub(crate) fn range(message: String) -> Self {
        Error { status: Status::Range, message, callback: None }
    }

    pub(crate) fn with_callback(mut self, error: BoxError) -> Self {
        self.callback = Some(error);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.callback {
            Some(error) => Some(&**error),
            None => None,
        }
    }
}

/// Turn a status into a result. An empty message is replaced by the status in words.
pub(crate) fn check(status: dirichlet_status, message: impl FnOnce() -> String) -> Result<()> {
    if status == DIRICHLET_OK {
        return Ok(());
    }
    let mut message = message();
    if message.is_empty() {
        // SAFETY: takes any value and returns a static string.
        message = unsafe { text(dirichlet_status_string(status)) };
    }
    Err(Error { status: Status::from_c(status), message, callback: None })
}

/// Room for a message of a C function.
pub(crate) struct Message([c_char; DIRICHLET_MESSAGE_SIZE]);

impl Message {
    pub(crate) fn new() -> Self {
        Message([0; DIRICHLET_MESSAGE_SIZE])
    }

    pub(crate) fn buffer(&mut self) -> *mut c_char {
        self.0.as_mut_ptr()
    }

    pub(crate) fn size(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn text(&self) -> String {
        // SAFETY: all zeros at first, and the library ends every message with a zero.
        unsafe { text(self.0.as_ptr()) }
    }
}

/// Call a C function that writes a message where it fails.
pub(crate) fn call(function: impl FnOnce(*mut c_char, usize) -> dirichlet_status) -> Result<()> {
    let mut message = Message::new();
    let status = function(message.buffer(), message.size());
    check(status, || message.text())
}

/// Call a C function that writes a handle and, where it fails, a message.
pub(crate) fn create<H>(
    function: impl FnOnce(*mut *mut H, *mut c_char, usize) -> dirichlet_status,
) -> Result<*mut H> {
    let mut handle = ptr::null_mut();
    call(|message, size| function(&mut handle, message, size))?;
    Ok(handle)
}

/// Copy a C string.
///
/// # Safety
/// `string` must point to a string that ends with a zero.
pub(crate) unsafe fn text(string: *const c_char) -> String {
    CStr::from_ptr(string).to_string_lossy().into_owned()
}
