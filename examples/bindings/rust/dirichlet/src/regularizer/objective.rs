use std::fmt;
use std::os::raw::c_void;
use std::ptr;

use crate::callback::{conclude, guard, input, output, CallbackResult, Failure, Lent};
use crate::error::no_details;
use crate::penalty::empty_flatness;
use crate::sized::sized;
use crate::sys::*;
use crate::view::expect_length;
use crate::{Flatness, Real, Result};

/// A loss as a function of all its p parameters in one slice, on a fixed batch.
///
/// It must depend on them alone: no fresh dropout masks.
pub struct Objective<'a, T: Real> {
    parameters: usize,
    closures: Lent<Closures<'a, T>>,
}

type Gradient<'a, T> = dyn FnMut(&[T], &mut [T]) -> CallbackResult<f64> + 'a;
type Product<'a, T> = dyn FnMut(&[T], &[T], &mut [T]) -> CallbackResult + 'a;

struct Closures<'a, T> {
    parameters: usize,
    gradient: Box<Gradient<'a, T>>,
    hvp: Option<Box<Product<'a, T>>>,
    failure: Option<Failure>,
}

impl<'a, T: Real> Objective<'a, T> {
    /// `gradient`, of the arguments `(theta, gradient)`, returns the loss and writes its gradient,
    /// (p) both.
    pub fn new<F>(parameters: usize, gradient: F) -> Self
    where
        F: FnMut(&[T], &mut [T]) -> CallbackResult<f64> + 'a,
    {
        let gradient = Box::new(gradient);
        let closures = Lent::new(Closures { parameters, gradient, hvp: None, failure: None });
        Objective { parameters, closures }
    }

    /// With Hessian-vector products H(theta) v: `(theta, v, hv)`. Without them a difference of
    /// gradients is taken, which is wrong across the kinks of relu.
    #[must_use]
    pub fn hvp<F>(mut self, hvp: F) -> Self
    where
        F: FnMut(&[T], &[T], &mut [T]) -> CallbackResult + 'a,
    {
        self.closures.get().hvp = Some(Box::new(hvp));
        self
    }

    fn as_c(&mut self) -> dirichlet_objective<T> {
        let mut objective = dirichlet_objective {
            user: self.closures.address(),
            parameters: self.parameters as i64,
            gradient: Some(gradient::<T>),
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        };
        if self.closures.get().hvp.is_some() {
            objective.hvp = Some(hvp::<T>);
        }
        objective
    }
}

impl<T: Real> fmt::Debug for Objective<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Objective({})", self.parameters)
    }
}

/// R = ||grad Loss(theta)||^2; gradient += strength * dR/dtheta, unless it is None.
///
/// ```
/// use dirichlet::regularizer::{flatness_penalty, Objective};
///
/// // Loss = theta^2 / 2, so R = theta^2.
/// let mut objective = Objective::new(1, |theta: &[f64], gradient| {
///     gradient[0] = theta[0];
///     Ok(theta[0] * theta[0] / 2.0)
/// })
/// .hvp(|_, v, hv| Ok(hv.copy_from_slice(v)));
/// let mut gradient = [0.0];
/// let found = flatness_penalty(&mut objective, &[3.0], 0.1, 0.5, Some(&mut gradient))?;
/// assert_eq!((found.loss, found.squared_gradient_norm, gradient[0]), (4.5, 9.0, 3.0));
/// # Ok::<(), dirichlet::Error>(())
/// ```
pub fn flatness_penalty<T: Real>(
    objective: &mut Objective<'_, T>,
    theta: &[T],
    learning_rate: f64,
    strength: f64,
    gradient: Option<&mut [T]>,
) -> Result<Flatness> {
    expect_length("theta", theta.len(), objective.parameters)?;
    if let Some(gradient) = &gradient {
        expect_length("gradient", gradient.len(), objective.parameters)?;
    }
    let gradient = gradient.map_or(ptr::null_mut(), <[T]>::as_mut_ptr);
    let c_objective = objective.as_c();
    let mut flatness = empty_flatness();
    let mut error = no_details();
    // SAFETY: the lengths have been checked.
    let status = unsafe {
        (T::C.flatness_penalty)(
            &c_objective,
            theta.as_ptr(),
            learning_rate,
            strength,
            gradient,
            ptr::null(),
            &mut flatness,
            &mut error,
        )
    };
    conclude(objective.closures.get().failure.take(), status, || error)?;
    Ok(Flatness::from_c(&flatness))
}

// SAFETY of both: `user` is the Closures of an objective that the running call borrows, and the
// buffers are as large as regularizer.h says and do not overlap.

unsafe extern "C" fn gradient<T: Real>(
    theta: *const T,
    loss: *mut f64,
    gradient: *mut T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let theta = input(theta, closures.parameters);
    let gradient = output(gradient, closures.parameters);
    let closure = &mut closures.gradient;
    guard(&mut closures.failure, || {
        *loss = closure(theta, gradient)?;
        Ok(())
    })
}

unsafe extern "C" fn hvp<T: Real>(
    theta: *const T,
    v: *const T,
    hv: *mut T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let theta = input(theta, closures.parameters);
    let v = input(v, closures.parameters);
    let hv = output(hv, closures.parameters);
    let closure = &mut closures.hvp;
    guard(&mut closures.failure, || (closure.as_mut().unwrap())(theta, v, hv))
}
