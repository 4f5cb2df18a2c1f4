//! Matrices and vectors of the caller's, in any layout.

use std::fmt::Display;

use crate::{Error, Result};

/// Where the elements of a matrix are: (i, j) at `i * row_stride + j * column_stride`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) row_stride: usize,
    pub(crate) column_stride: usize,
}

impl Layout {
    /// Refuse a slice of `length` elements that ends before the last one of the matrix. What
    /// else may be wrong with a layout the library finds.
    fn check(&self, name: impl Display, length: usize) -> Result<()> {
        let last = |count: usize, stride: usize| count.saturating_sub(1).checked_mul(stride);
        let reach = last(self.rows, self.row_stride)
            .zip(last(self.columns, self.column_stride))
            .and_then(|(down, along)| down.checked_add(along)?.checked_add(1));
        match reach {
            Some(reach) if reach <= length => Ok(()),
            Some(reach) => Err(Error::shape(format!(
                "{name} has {length} elements, its sizes and strides reach {reach}"
            ))),
            None => {
                Err(Error::shape(format!("{name}: sizes and strides beyond the address space")))
            }
        }
    }
}

macro_rules! matrix {
    ($(#[$about:meta])* $name:ident, $slice:ty) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $name<'a, T> {
            pub(crate) values: $slice,
            pub(crate) layout: Layout,
        }

        impl<'a, T> $name<'a, T> {
            /// Stored row after row: the weights of PyTorch, outputs x inputs.
            pub fn by_rows(rows: usize, columns: usize, values: $slice) -> Self {
                Self::strided(rows, columns, columns, 1, values)
            }

            /// Stored column after column: the kernels of Flax and Keras, which are inputs x
            /// outputs row after row.
            pub fn by_columns(rows: usize, columns: usize, values: $slice) -> Self {
                Self::strided(rows, columns, 1, rows, values)
            }

            /// Element (i, j) is `values[i * row_stride + j * column_stride]`.
            pub fn strided(
                rows: usize,
                columns: usize,
                row_stride: usize,
                column_stride: usize,
                values: $slice,
            ) -> Self {
                $name { values, layout: Layout { rows, columns, row_stride, column_stride } }
            }

            pub(crate) fn check(&self, name: impl Display) -> Result<()> {
                self.layout.check(name, self.values.len())
            }
        }
    };
}

matrix! {
    /// A matrix in a slice of the caller's. That the slice holds all of it is checked where the
    /// matrix is used.
    Matrix, &'a [T]
}

matrix! {
    /// A matrix in a slice of the caller's that is to be written.
    MatrixMut, &'a mut [T]
}

impl<T> Clone for Matrix<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Matrix<'_, T> {}

/// Number of rows of `width` elements in `length` elements.
pub(crate) fn rows(name: &str, length: usize, width: usize) -> Result<usize> {
    if width > 0 && length % width == 0 {
        return Ok(length / width);
    }
    Err(Error::shape(format!("{name} has {length} elements, which are no whole rows of {width}")))
}

/// How many vectors of `width` elements each of so many samples has in `length` elements.
pub(crate) fn directions(name: &str, length: usize, samples: usize, width: usize) -> Result<usize> {
    if samples == 0 && length == 0 {
        return Ok(1); // any number would do, and C wants one
    }
    rows(name, length, samples * width)
}

/// A count for C.
pub(crate) fn count(name: impl Display, value: impl TryInto<i64> + Copy + Display) -> Result<i64> {
    let beyond = |_| Error::range(format!("{name} is {value}: it must be <= {}", i64::MAX));
    value.try_into().map_err(beyond)
}

/// Refuse a slice of another length than the C function takes it to have.
pub(crate) fn expect_length(name: impl Display, length: usize, expected: usize) -> Result<()> {
    if length == expected {
        return Ok(());
    }
    Err(Error::shape(format!("{name} has {length} elements, {expected} are needed")))
}
