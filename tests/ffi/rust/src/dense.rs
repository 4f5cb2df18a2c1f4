use crate::error::{create, Error};
use crate::sys;
use std::marker::PhantomData;

/// One layer: weights (outputs x inputs, row-major) and bias, borrowed from the trainer.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    pub inputs: usize,
    pub outputs: usize,
    pub weights: &'a [f64],
    pub bias: Option<&'a [f64]>,
    pub activation: i32,
}

impl Layer<'_> {
    fn view(&self) -> Result<sys::dirichlet_dense_layer_f64, Error> {
        if self.inputs.checked_mul(self.outputs) != Some(self.weights.len()) {
            return Err(Error::of_shape("weights.len() is not inputs * outputs"));
        }
        if self.bias.map_or(false, |bias| bias.len() != self.outputs) {
            return Err(Error::of_shape("bias.len() is not outputs"));
        }
        Ok(sys::dirichlet_dense_layer_f64 {
            struct_size: std::mem::size_of::<sys::dirichlet_dense_layer_f64>(),
            inputs: self.inputs as i64,
            outputs: self.outputs as i64,
            weights: self.weights.as_ptr(),
            output_stride: self.inputs as i64,
            input_stride: 1,
            bias: self.bias.map_or(std::ptr::null(), |bias| bias.as_ptr()),
            bias_stride: 1,
            activation: self.activation,
            reserved: 0,
            activation_parameter: 0.0,
        })
    }
}

/// A dense network; cannot outlive the weights it looks at.
pub struct Dense<'a> {
    handle: *mut sys::dirichlet_dense_f64,
    inputs: usize,
    weights: PhantomData<&'a [f64]>,
}

// A handle may be used from any one thread at a time.
unsafe impl Send for Dense<'_> {}

impl<'a> Dense<'a> {
    pub fn new(layers: &[Layer<'a>]) -> Result<Dense<'a>, Error> {
        let views = layers.iter().map(Layer::view).collect::<Result<Vec<_>, _>>()?;
        let handle = create(|out, message, size| unsafe {
            sys::dirichlet_dense_create_f64(
                views.as_ptr(),
                views.len() as i64,
                std::ptr::null(),
                out,
                message,
                size,
            )
        })?;
        Ok(Dense { handle, inputs: layers[0].inputs, weights: PhantomData })
    }

    pub(crate) fn table(&mut self) -> Result<sys::dirichlet_model_f64, Error> {
        let mut model: sys::dirichlet_model_f64 = unsafe { std::mem::zeroed() };
        model.struct_size = std::mem::size_of_val(&model);
        let status = unsafe { sys::dirichlet_dense_model_f64(self.handle, &mut model) };
        if status == sys::DIRICHLET_OK {
            Ok(model)
        } else {
            Err(Error::of_status(status))
        }
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }
}

impl Drop for Dense<'_> {
    fn drop(&mut self) {
        unsafe { sys::dirichlet_dense_destroy_f64(self.handle) }
    }
}
