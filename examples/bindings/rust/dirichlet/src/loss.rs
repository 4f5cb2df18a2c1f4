use std::os::raw::c_void;

use crate::callback::{guard, input, output, CallbackResult, Failure, Lent};
use crate::sized::sized;
use crate::sys::*;
use crate::view::expect_length;
use crate::{Real, Result};

/// A loss over the outputs f (n, k) of a network, averaged over the n samples of a call.
#[derive(Debug)]
pub struct Loss<'a, T: Real>(Kind<'a, T>);

enum Kind<'a, T: Real> {
    Labels(&'a [i64]),
    Probabilities(&'a [T]),
    Squared(&'a [T]),
    Custom(Lent<Custom<'a, T>>),
}

struct Custom<'a, T> {
    /// k of the network that is called.
    outputs: usize,
    function: Box<Function<'a, T>>,
    curvature: Option<Box<Curvature<'a, T>>>,
    failure: Option<Failure>,
}

type Function<'a, T> = dyn FnMut(usize, &[T], &mut [f64], &mut [T]) -> CallbackResult + 'a;
type Curvature<'a, T> = dyn FnMut(usize, &[T], &[T], &mut [T]) -> CallbackResult + 'a;

impl<'a, T: Real> Loss<'a, T> {
    /// Softmax cross-entropy with a label of 0 .. k - 1 for each sample.
    pub fn cross_entropy(labels: &'a [i64]) -> Self {
        Loss(Kind::Labels(labels))
    }

    /// Softmax cross-entropy with the probabilities of all classes for each sample, (n, k).
    pub fn soft_cross_entropy(probabilities: &'a [T]) -> Self {
        Loss(Kind::Probabilities(probabilities))
    }

    /// 1/2 ||f - t||^2 with targets t (n, k).
    pub fn squared(targets: &'a [T]) -> Self {
        Loss(Kind::Squared(targets))
    }

    /// One of the caller's: `(first, f, values, cotangents)` is called for some of the samples,
    /// from the index `first` on, and writes their losses l and dl/df, of the shape of f.
    pub fn custom<F>(function: F) -> Self
    where
        F: FnMut(usize, &[T], &mut [f64], &mut [T]) -> CallbackResult + 'a,
    {
        Loss(Kind::Custom(Lent::new(Custom {
            outputs: 0,
            function: Box::new(function),
            curvature: None,
            failure: None,
        })))
    }

    /// What Hessian-vector products need beside [`Loss::custom`]: `(first, f, tangents,
    /// products)` writes (d^2 l / df^2) tangents.
    ///
    /// # Panics
    /// On a loss of another kind, whose curvature is known.
    #[must_use]
    pub fn curvature<F>(mut self, curvature: F) -> Self
    where
        F: FnMut(usize, &[T], &[T], &mut [T]) -> CallbackResult + 'a,
    {
        match &mut self.0 {
            Kind::Custom(custom) => custom.get().curvature = Some(Box::new(curvature)),
            _ => panic!("only a custom loss takes a curvature"),
        }
        self
    }

    /// The C struct, if labels or targets are those of so many samples.
    pub(crate) fn as_c(&mut self, samples: usize, outputs: usize) -> Result<dirichlet_loss<T>> {
        // SAFETY: a struct of the C interface.
        let mut loss: dirichlet_loss<T> = unsafe { sized() };
        loss.kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY;
        match &mut self.0 {
            Kind::Labels(labels) => {
                expect_length("loss.labels", labels.len(), samples)?;
                loss.labels = labels.as_ptr();
            }
            Kind::Probabilities(targets) => {
                expect_length("loss.probabilities", targets.len(), samples * outputs)?;
                loss.targets = targets.as_ptr();
            }
            Kind::Squared(targets) => {
                expect_length("loss.targets", targets.len(), samples * outputs)?;
                loss.kind = DIRICHLET_LOSS_SQUARED;
                loss.targets = targets.as_ptr();
            }
            Kind::Custom(custom) => {
                custom.get().outputs = outputs;
                loss.kind = DIRICHLET_LOSS_CUSTOM;
                loss.function = Some(function::<T>);
                if custom.get().curvature.is_some() {
                    loss.curvature = Some(curvature::<T>);
                }
                loss.user = custom.address();
            }
        }
        Ok(loss)
    }

    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        match &mut self.0 {
            Kind::Custom(custom) => custom.get().failure.take(),
            _ => None,
        }
    }
}

impl<T: Real> std::fmt::Debug for Kind<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Kind::Labels(_) => "cross_entropy",
            Kind::Probabilities(_) => "soft_cross_entropy",
            Kind::Squared(_) => "squared",
            Kind::Custom(_) => "custom",
        })
    }
}

// SAFETY of both: `user` is the Custom of a loss that the running call borrows, and the buffers
// are as large as loss.h says and do not overlap.

unsafe extern "C" fn function<T: Real>(
    first: i64,
    samples: i64,
    f: *const T,
    values: *mut f64,
    cotangents: *mut T,
    user: *mut c_void,
) -> i32 {
    let custom = &mut *(user as *mut Custom<'_, T>);
    let length = samples as usize * custom.outputs;
    let f = input(f, length);
    let values = output(values, samples as usize);
    let cotangents = output(cotangents, length);
    let closure = &mut custom.function;
    guard(&mut custom.failure, || closure(first as usize, f, values, cotangents))
}

unsafe extern "C" fn curvature<T: Real>(
    first: i64,
    samples: i64,
    f: *const T,
    tangents: *const T,
    products: *mut T,
    user: *mut c_void,
) -> i32 {
    let custom = &mut *(user as *mut Custom<'_, T>);
    let length = samples as usize * custom.outputs;
    let (f, tangents) = (input(f, length), input(tangents, length));
    let products = output(products, length);
    let closure = &mut custom.curvature;
    guard(&mut custom.failure, || {
        (closure.as_mut().unwrap())(first as usize, f, tangents, products)
    })
}
