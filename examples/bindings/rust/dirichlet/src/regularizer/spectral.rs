use std::ptr;

use crate::callback::conclude;
use crate::error::no_details;
use crate::sized::sized;
use crate::sys::*;
use crate::view::Layout;
use crate::{Matrix, Real, Result, SpectralNorm, SpectralOptions};

/// ||A||_2, the largest singular value of a matrix, between bounds.
///
/// ```
/// use dirichlet::{regularizer::operator_norm, Matrix, SpectralOptions};
///
/// let matrix = Matrix::by_rows(2, 2, &[0.0, 3.0, 4.0, 0.0]);
/// let norm = operator_norm(matrix, &SpectralOptions::default())?;
/// assert!(norm.lower <= 4.0 && 4.0 <= norm.upper && norm.converged);
/// # Ok::<(), dirichlet::Error>(())
/// ```
pub fn operator_norm<T: Real>(
    matrix: Matrix<'_, T>,
    options: &SpectralOptions<'_>,
) -> Result<SpectralNorm> {
    matrix.check("matrix")?;
    let Layout { rows, columns, row_stride, column_stride } = matrix.layout;
    let mut watcher = options.progress.watcher();
    let options = options.to_c(&watcher)?;
    // SAFETY: a struct of the C interface.
    let mut result: dirichlet_spectral_result = unsafe { sized() };
    let mut error = no_details();
    // SAFETY: the slice has been checked to hold the matrix.
    let status = unsafe {
        (T::C.operator_norm)(
            matrix.values.as_ptr(),
            rows as i64,
            columns as i64,
            row_stride as i64,
            column_stride as i64,
            &options,
            ptr::null(),
            &mut result,
            &mut error,
        )
    };
    conclude(watcher.take_failure(), status, || error)?;
    Ok(SpectralNorm::from_c(&result))
}
