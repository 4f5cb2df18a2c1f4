use crate::sys;
use std::any::Any;
use std::ffi::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// x (n, d) -> y (n, k); an error code stops the call and comes back in [`crate::Error`].
pub type Forward<'a> = dyn FnMut(&[f64], &mut [f64]) -> Result<(), i32> + 'a;

/// (m, x (n, d), v (n, m, .)) -> (n, m, .).
pub type Product<'a> = dyn FnMut(usize, &[f64], &[f64], &mut [f64]) -> Result<(), i32> + 'a;

/// What a closure that panicked returns to C.
const PANICKED: i32 = -77;

/// A function from R^d to R^k as closures; give those you have.
pub struct Model<'a> {
    inputs: usize,
    outputs: usize,
    forward: Option<Box<Forward<'a>>>,
    jvp: Option<Box<Product<'a>>>,
    vjp: Option<Box<Product<'a>>>,
    panic: Option<Box<dyn Any + Send>>,
}

impl<'a> Model<'a> {
    pub fn new(inputs: usize, outputs: usize) -> Model<'a> {
        Model { inputs, outputs, forward: None, jvp: None, vjp: None, panic: None }
    }

    pub fn forward(
        mut self,
        forward: impl FnMut(&[f64], &mut [f64]) -> Result<(), i32> + 'a,
    ) -> Self {
        self.forward = Some(Box::new(forward));
        self
    }

    pub fn jvp(
        mut self,
        jvp: impl FnMut(usize, &[f64], &[f64], &mut [f64]) -> Result<(), i32> + 'a,
    ) -> Self {
        self.jvp = Some(Box::new(jvp));
        self
    }

    pub fn vjp(
        mut self,
        vjp: impl FnMut(usize, &[f64], &[f64], &mut [f64]) -> Result<(), i32> + 'a,
    ) -> Self {
        self.vjp = Some(Box::new(vjp));
        self
    }

    /// The table for C; `user` is this model, which must not move while it is in use.
    pub(crate) fn table(&mut self) -> sys::dirichlet_model_f64 {
        sys::dirichlet_model_f64 {
            struct_size: std::mem::size_of::<sys::dirichlet_model_f64>(),
            inputs: self.inputs as i64,
            outputs: self.outputs as i64,
            max_samples: 0,
            max_directions: 0,
            forward: self.forward.as_ref().map(|_| call_forward as sys::forward_f64),
            jvp: self.jvp.as_ref().map(|_| call_jvp as sys::product_f64),
            vjp: self.vjp.as_ref().map(|_| call_vjp as sys::product_f64),
            energies: None,
            product_norms: None,
            user: (self as *mut Model).cast(),
        }
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    /// The payload of a closure that panicked in the last call.
    pub(crate) fn take_panic(&mut self) -> Option<Box<dyn Any + Send>> {
        self.panic.take()
    }

    /// Run a closure of ours: no panic may pass through C.
    fn guard(&mut self, call: impl FnOnce(&mut Self) -> Result<(), i32>) -> i32 {
        match catch_unwind(AssertUnwindSafe(|| call(self))) {
            Ok(Ok(())) => 0,
            // A zero would read as success.
            Ok(Err(code)) => {
                if code == 0 {
                    PANICKED
                } else {
                    code
                }
            }
            Err(payload) => {
                self.panic = Some(payload);
                PANICKED
            }
        }
    }
}

unsafe extern "C" fn call_forward(n: i64, x: *const f64, y: *mut f64, user: *mut c_void) -> i32 {
    let model = &mut *user.cast::<Model>();
    let x = from_raw_parts(x, n as usize * model.inputs);
    let y = from_raw_parts_mut(y, n as usize * model.outputs);
    model.guard(|model| model.forward.as_mut().unwrap()(x, y))
}

unsafe extern "C" fn call_jvp(
    n: i64,
    m: i64,
    x: *const f64,
    v: *const f64,
    jv: *mut f64,
    user: *mut c_void,
) -> i32 {
    let model = &mut *user.cast::<Model>();
    let (n, m) = (n as usize, m as usize);
    let x = from_raw_parts(x, n * model.inputs);
    let v = from_raw_parts(v, n * m * model.inputs);
    let jv = from_raw_parts_mut(jv, n * m * model.outputs);
    model.guard(|model| model.jvp.as_mut().unwrap()(m, x, v, jv))
}

unsafe extern "C" fn call_vjp(
    n: i64,
    m: i64,
    x: *const f64,
    u: *const f64,
    jtu: *mut f64,
    user: *mut c_void,
) -> i32 {
    let model = &mut *user.cast::<Model>();
    let (n, m) = (n as usize, m as usize);
    let x = from_raw_parts(x, n * model.inputs);
    let u = from_raw_parts(u, n * m * model.outputs);
    let jtu = from_raw_parts_mut(jtu, n * m * model.inputs);
    model.guard(|model| model.vjp.as_mut().unwrap()(m, x, u, jtu))
}
