use std::cell::Cell;
use std::fmt;
use std::os::raw::c_void;

use crate::callback::conclude;
use crate::error::{no_details, text};
use crate::numbers::numbered;
use crate::real::Real;
use crate::sized::sized;
use crate::sys::*;
use crate::view::{count, expect_length};
use crate::{Model, Result};

numbered! {
    /// What [`check_model`] looks at, for every closure that the model has; see check.h.
    CheckItem {
        /// It returns no error.
        Return = DIRICHLET_CHECK_RETURN,
        /// Every element of its output is written.
        Written = DIRICHLET_CHECK_WRITTEN,
        /// Nothing before or behind its output is.
        Bounds = DIRICHLET_CHECK_BOUNDS,
        /// x and the directions are as they were.
        Inputs = DIRICHLET_CHECK_INPUTS,
        /// Where x is finite, so is what it writes: which a closure of Rust that leaves something
        /// out does not, for its outputs come filled with NaN.
        Finite = DIRICHLET_CHECK_FINITE,
        /// Energies and norms are not negative.
        Nonnegative = DIRICHLET_CHECK_NONNEGATIVE,
        /// The same call twice gives the same bits.
        Repeat = DIRICHLET_CHECK_REPEAT,
        /// A sample alone and among others gives the same.
        Rows = DIRICHLET_CHECK_ROWS,
        /// So does a direction.
        Directions = DIRICHLET_CHECK_DIRECTIONS,
        /// And several points of a sample.
        Points = DIRICHLET_CHECK_POINTS,
        /// jvp is linear in v, vjp in u, parameter_vjp in its cotangents.
        Linear = DIRICHLET_CHECK_LINEAR,
        /// <u, J v> = <J^T u, v>
        Transposed = DIRICHLET_CHECK_TRANSPOSED,
        /// Products are what differences of forward show.
        Derivative = DIRICHLET_CHECK_DERIVATIVE,
        /// Energies are the squares of all products.
        Energies = DIRICHLET_CHECK_ENERGIES,
        /// product_norms are ||J^T u||^2.
        Norms = DIRICHLET_CHECK_NORMS,
        /// parameter_vjp is what differences of f show.
        Parameters = DIRICHLET_CHECK_PARAMETERS,
    }
}

numbered! {
    /// Of which closure.
    Callback {
        /// [`Model::forward`]
        Forward = DIRICHLET_CALLBACK_FORWARD,
        /// [`Model::jvp`]
        Jvp = DIRICHLET_CALLBACK_JVP,
        /// [`Model::vjp`]
        Vjp = DIRICHLET_CALLBACK_VJP,
        /// [`Model::energies`]
        Energies = DIRICHLET_CALLBACK_ENERGIES,
        /// [`Model::product_norms`]
        ProductNorms = DIRICHLET_CALLBACK_PRODUCT_NORMS,
        /// [`Model::parameter_vjp`]
        ParameterVjp = DIRICHLET_CALLBACK_PARAMETER_VJP,
        /// [`Model::prepare`]
        Prepare = DIRICHLET_CALLBACK_PREPARE,
    }
}

impl fmt::Display for CheckItem {
    /// Its name in the library: "repeat".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: takes any value and returns a static string.
        formatter.write_str(&unsafe { text(dirichlet_check_item_name(self.to_c())) })
    }
}

impl fmt::Display for Callback {
    /// Its name in the library: "vjp".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: takes any value and returns a static string.
        formatter.write_str(&unsafe { text(dirichlet_callback_name(self.to_c())) })
    }
}

/// One item of one closure.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// What was looked at.
    pub item: CheckItem,
    /// Of which closure.
    pub callback: Callback,
    /// Whether it holds.
    pub holds: bool,
    /// Of [`CheckItem::Return`]: what C was given back.
    pub callback_code: i32,
    /// Index of the sample where it is worst, if it is one's.
    pub sample: Option<u64>,
    /// By how much the two sides differ there.
    pub found: f64,
    /// By how much they may.
    pub allowed: f64,
    /// All of that in words, and what is likely.
    pub text: String,
}

/// What [`check_model`] has found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// All that was looked at, what does not hold first.
    pub findings: Vec<Finding>,
    /// How many of them do not hold.
    pub failed: usize,
    /// Calls of closures that were made.
    pub calls: u64,
}

/// How a model is checked. The defaults are those of the library, which 0 stands for.
#[derive(Clone, Debug)]
pub struct CheckOptions<'a, T: Real> {
    /// Of the directions.
    pub seed: u64,
    /// Index of the first sample in the data set.
    pub first_sample: u64,
    /// Relative error of what the model computes; 0: measured.
    pub forward_noise: f64,
    /// For [`Model::parameter_vjp`]: the parameters. They are changed during the call, and as
    /// before after it. None of them: it is not compared with differences.
    pub parameters: &'a [Cell<T>],
    /// And the gradient that it adds to, likewise.
    pub gradient: &'a [Cell<T>],
}

impl<T: Real> Default for CheckOptions<'_, T> {
    fn default() -> Self {
        CheckOptions {
            seed: 0,
            first_sample: 0,
            forward_noise: 0.0,
            parameters: &[],
            gradient: &[],
        }
    }
}

impl<T: Real> CheckOptions<'_, T> {
    fn to_c(&self) -> Result<dirichlet_check_options> {
        // SAFETY: a struct of the C interface.
        let mut options: dirichlet_check_options = unsafe { sized() };
        options.seed = self.seed;
        options.first_sample = count("options.first_sample", self.first_sample)?;
        options.forward_noise = self.forward_noise;
        expect_length("options.gradient", self.gradient.len(), self.parameters.len())?;
        if !self.parameters.is_empty() {
            options.parameter_count = self.parameters.len() as i64;
            // What is behind a shared reference to cells may be written.
            options.parameters = self.parameters.as_ptr() as *mut c_void;
            options.gradient = self.gradient.as_ptr() as *mut c_void;
        }
        Ok(options)
    }
}

/// Whether a model keeps its contract: run this once over a few samples of x (n, d), 2 to 16,
/// before believing any number of its. Most trouble with closures is a wrong closure, and it
/// gives a plausible value.
///
/// What does not hold is an error of [`Status::Contract`](crate::Status::Contract), whose message
/// has the worst and whose [report](crate::Error::report) has all.
///
/// ```
/// use dirichlet::{check_model, CheckItem, CheckOptions, Model};
///
/// let square = |x: &[f64], y: &mut [f64]| Ok(x.iter().zip(y).for_each(|(x, y)| *y = x * x));
/// let right = |m: usize, x: &[f64], u: &[f64], jtu: &mut [f64]| {
///     Ok(jtu.iter_mut().enumerate().for_each(|(j, jtu)| *jtu = 2.0 * x[j / m] * u[j]))
/// };
/// let wrong = |_: usize, x: &[f64], u: &[f64], jtu: &mut [f64]| {
///     Ok(jtu.iter_mut().enumerate().for_each(|(j, jtu)| *jtu = 2.0 * x[0] * u[j]))
/// };
/// let (x, options) = ([0.1, 0.2, 0.3], CheckOptions::default());
/// let report = check_model(&mut Model::new(1, 1).forward(square).vjp(right), &x, &options)?;
/// assert_eq!(report.failed, 0);
///
/// let error = check_model(&mut Model::new(1, 1).forward(square).vjp(wrong), &x, &options);
/// let error = error.unwrap_err();
/// let failed = error.report().unwrap().findings.iter().filter(|finding| !finding.holds);
/// assert!(failed.into_iter().any(|finding| finding.item == CheckItem::Rows));
/// # Ok::<(), dirichlet::Error>(())
/// ```
pub fn check_model<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    x: &[T],
    options: &CheckOptions<'_, T>,
) -> Result<Report> {
    let samples = model.samples(x)? as i64;
    let options = options.to_c()?;
    // SAFETY: structs of the C interface.
    let (finding, mut report): (dirichlet_check_finding, dirichlet_check_report) =
        unsafe { (sized(), sized()) };
    let mut findings = vec![finding; DIRICHLET_CHECK_MOST_FINDINGS];
    report.capacity = findings.len() as i64;
    report.findings = findings.as_mut_ptr();
    let mut error = no_details();
    // SAFETY: `x` has so many samples, and the report as much room as it says.
    let status = unsafe {
        (T::C.model_check)(model.table(), samples, x.as_ptr(), &options, &mut report, &mut error)
    };
    findings.truncate(report.count as usize);
    let report = Report {
        findings: findings.iter().map(finding_from_c).collect(),
        failed: report.failed as usize,
        calls: report.calls as u64,
    };
    match conclude(model.take_failure(), status, || error) {
        Ok(()) => Ok(report),
        Err(error) if status == DIRICHLET_E_CONTRACT => Err(error.with_report(report)),
        Err(error) => Err(error),
    }
}

fn finding_from_c(finding: &dirichlet_check_finding) -> Finding {
    Finding {
        item: CheckItem::from_c(finding.item),
        callback: Callback::from_c(finding.callback),
        holds: finding.holds != 0,
        callback_code: finding.callback_code,
        sample: finding.sample.try_into().ok(),
        found: finding.found,
        allowed: finding.allowed,
        // SAFETY: the library ends it with a zero, and it is all zeros where it has not.
        text: unsafe { text(finding.text.as_ptr()) },
    }
}
