use std::ffi::CStr;
use std::fmt;
use std::os::raw::c_char;
use std::ptr;

use crate::callback::BoxError;
use crate::numbers::numbered;
use crate::sized::sized;
use crate::sys::*;
use crate::Report;

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
        /// The workspace is too small; [`Error::least_bytes`] would do.
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
        /// The model does not keep its contract: see [`check_model`](crate::check_model).
        Contract = DIRICHLET_E_CONTRACT,
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
    callback_code: i32,
    sample: Option<u64>,
    least_bytes: Option<u64>,
    message: String,
    callback: Option<BoxError>,
    report: Option<Box<Report>>,
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

    /// The number by which a callback stopped the call; 0: none did. That of a closure which
    /// returned an error is 1; callbacks of C ([`Model::from_raw`](crate::Model::from_raw)) have
    /// their own.
    pub fn callback_code(&self) -> i32 {
        self.callback_code
    }

    /// Index in the data set of the sample at fault, if one is.
    pub fn sample(&self) -> Option<u64> {
        self.sample
    }

    /// Of [`Status::Workspace`]: the smallest `workspace_bytes` that would do.
    pub fn least_bytes(&self) -> Option<u64> {
        self.least_bytes
    }

    /// Of [`Status::Contract`]: what does not hold, and what does.
    pub fn report(&self) -> Option<&Report> {
        self.report.as_deref()
    }

    /// The error that a closure of the caller's returned, if that ended the call.
    pub fn into_callback_error(self) -> Option<BoxError> {
        self.callback
    }

    pub(crate) fn new(status: Status, message: String) -> Self {
        Error {
            status,
            callback_code: 0,
            sample: None,
            least_bytes: None,
            message,
            callback: None,
            report: None,
        }
    }

    pub(crate) fn shape(message: String) -> Self {
        Self::new(Status::Shape, message)
    }

    pub(crate) fn range(message: String) -> Self {
        Self::new(Status::Range, message)
    }

    pub(crate) fn with_callback(mut self, error: BoxError) -> Self {
        self.callback = Some(error);
        self
    }

    pub(crate) fn with_report(mut self, report: Report) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// An empty message is replaced by the status in words.
    fn from_c(status: dirichlet_status, details: &dirichlet_error) -> Self {
        // SAFETY: the library ends every message with a zero, as `no_details` does; the other
        // function takes any value and returns a static string.
        let message = unsafe {
            match details.message[0] {
                0 => text(dirichlet_status_string(status)),
                _ => text(details.message.as_ptr()),
            }
        };
        let least = details.least_bytes;
        Error {
            callback_code: details.callback_code,
            sample: details.sample.try_into().ok(),
            least_bytes: if least > 0 { Some(least) } else { None },
            ..Self::new(Status::from_c(status), message)
        }
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

/// What is known of a failure where the library says no more: also room for it to say so.
pub(crate) fn no_details() -> dirichlet_error {
    // SAFETY: a struct of the C interface.
    dirichlet_error { sample: -1, ..unsafe { sized() } }
}

/// Turn a status into a result.
pub(crate) fn check(
    status: dirichlet_status,
    details: impl FnOnce() -> dirichlet_error,
) -> Result<()> {
    match status {
        DIRICHLET_OK => Ok(()),
        _ => Err(Error::from_c(status, &details())),
    }
}

/// Call a C function that says what is wrong where it fails.
pub(crate) fn call(function: impl FnOnce(*mut dirichlet_error) -> dirichlet_status) -> Result<()> {
    let mut details = no_details();
    let status = function(&mut details);
    check(status, || details)
}

/// Call a C function that writes a handle or says what is wrong.
pub(crate) fn create<H>(
    function: impl FnOnce(*mut *mut H, *mut dirichlet_error) -> dirichlet_status,
) -> Result<*mut H> {
    let mut handle = ptr::null_mut();
    call(|error| function(&mut handle, error))?;
    Ok(handle)
}

/// Copy a C string.
///
/// # Safety
/// `string` must point to a string that ends with a zero.
pub(crate) unsafe fn text(string: *const c_char) -> String {
    CStr::from_ptr(string).to_string_lossy().into_owned()
}
