use std::fmt;

use super::layer::Shape;
use crate::sized::sized;
use crate::sys::*;
use crate::view::{expect_length, Layout, Matrix, MatrixMut};
use crate::{Error, Real, Result};

/// Where the gradient of one layer is added, in a layout of its own. What has no buffer has no
/// gradient.
#[derive(Debug, Default)]
pub struct Gradient<'g, T> {
    weights: Option<MatrixMut<'g, T>>,
    bias: Option<&'g mut [T]>,
}

impl<'g, T: Real> Gradient<'g, T> {
    /// No buffers: the layer's parameters are constants.
    pub fn none() -> Self {
        Gradient { weights: None, bias: None }
    }

    /// Of the weights, outputs x inputs.
    pub fn new(weights: MatrixMut<'g, T>) -> Self {
        Gradient { weights: Some(weights), bias: None }
    }

    /// And of the bias, an element for each output.
    #[must_use]
    pub fn bias(mut self, bias: &'g mut [T]) -> Self {
        self.bias = Some(bias);
        self
    }

    /// The C struct, if the buffers are those of a layer of the shape.
    fn as_c(
        &mut self,
        name: fmt::Arguments<'_>,
        shape: Shape,
    ) -> Result<dirichlet_dense_gradient<T>> {
        // SAFETY: a struct of the C interface.
        let mut view: dirichlet_dense_gradient<T> = unsafe { sized() };
        (view.output_stride, view.input_stride, view.bias_stride) = (1, 1, 1);
        if let Some(weights) = &mut self.weights {
            expect_shape(name, weights.layout, shape)?;
            weights.check(format_args!("{name}.weights"))?;
            view.weights = weights.values.as_mut_ptr();
            view.output_stride = weights.layout.row_stride as i64;
            view.input_stride = weights.layout.column_stride as i64;
        }
        if let Some(bias) = &mut self.bias {
            expect_length(format_args!("{name}.bias"), bias.len(), shape.outputs)?;
            view.bias = bias.as_mut_ptr();
        }
        Ok(view)
    }
}

/// A direction in the parameters of one layer, in a layout of its own. What it does not have is 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tangent<'g, T> {
    weights: Option<Matrix<'g, T>>,
    bias: Option<&'g [T]>,
}

impl<'g, T: Real> Tangent<'g, T> {
    /// 0 for all of the layer's parameters.
    pub fn none() -> Self {
        Tangent { weights: None, bias: None }
    }

    /// Of the weights, outputs x inputs.
    pub fn new(weights: Matrix<'g, T>) -> Self {
        Tangent { weights: Some(weights), bias: None }
    }

    /// And of the bias, an element for each output.
    #[must_use]
    pub fn bias(mut self, bias: &'g [T]) -> Self {
        self.bias = Some(bias);
        self
    }

    /// The C struct, if what there is is that of a layer of the shape.
    fn to_c(self, name: fmt::Arguments<'_>, shape: Shape) -> Result<dirichlet_dense_tangent<T>> {
        // SAFETY: a struct of the C interface.
        let mut view: dirichlet_dense_tangent<T> = unsafe { sized() };
        (view.output_stride, view.input_stride, view.bias_stride) = (1, 1, 1);
        if let Some(weights) = self.weights {
            expect_shape(name, weights.layout, shape)?;
            weights.check(format_args!("{name}.weights"))?;
            view.weights = weights.values.as_ptr();
            view.output_stride = weights.layout.row_stride as i64;
            view.input_stride = weights.layout.column_stride as i64;
        }
        if let Some(bias) = self.bias {
            expect_length(format_args!("{name}.bias"), bias.len(), shape.outputs)?;
            view.bias = bias.as_ptr();
        }
        Ok(view)
    }
}

fn expect_shape(name: fmt::Arguments<'_>, layout: Layout, shape: Shape) -> Result<()> {
    let Layout { rows, columns, .. } = layout;
    let Shape { inputs, outputs } = shape;
    if (rows, columns) == (outputs, inputs) {
        return Ok(());
    }
    Err(Error::shape(format!(
        "{name}.weights is {rows} x {columns}, the layer's weights are {outputs} x {inputs}"
    )))
}

/// The C structs of an element of `gradients` for each layer in use.
pub(super) fn gradients_to_c<T: Real>(
    gradients: &mut [Gradient<'_, T>],
    shapes: &[Shape],
) -> Result<Vec<dirichlet_dense_gradient<T>>> {
    expect_length("gradients", gradients.len(), shapes.len())?;
    let mut views = Vec::with_capacity(shapes.len());
    for (l, (gradient, shape)) in gradients.iter_mut().zip(shapes).enumerate() {
        views.push(gradient.as_c(format_args!("gradients[{l}]"), *shape)?);
    }
    Ok(views)
}

/// The same of an element of `tangents` for each.
pub(super) fn tangents_to_c<T: Real>(
    tangents: &[Tangent<'_, T>],
    shapes: &[Shape],
) -> Result<Vec<dirichlet_dense_tangent<T>>> {
    expect_length("tangents", tangents.len(), shapes.len())?;
    let mut views = Vec::with_capacity(shapes.len());
    for (l, (tangent, shape)) in tangents.iter().zip(shapes).enumerate() {
        views.push(tangent.to_c(format_args!("tangents[{l}]"), *shape)?);
    }
    Ok(views)
}
