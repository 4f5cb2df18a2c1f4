use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::os::raw::c_void;
use std::ptr;

use crate::callback::{guard, input, output, CallbackResult, Failure, Lent};
use crate::real::Real;
use crate::sys::dirichlet_model;
use crate::view::{count, rows};
use crate::{Error, Result};

/// Marks models whose closures, and so they themselves, may move to another thread.
#[derive(Debug)]
pub enum Movable {}

/// Marks models of any closures, which stay on their thread.
#[derive(Debug)]
pub enum Local {}

/// Closures that a model marked so accepts: those that are `Send`, or all.
///
/// # Safety
/// What fits `Movable` may be used on another thread than the one it was made on.
pub unsafe trait Fits<Mark> {}
// SAFETY: that is what Send says.
unsafe impl<F: Send> Fits<Movable> for F {}
// SAFETY: nothing is said of Local.
unsafe impl<F> Fits<Local> for F {}

/// The function f to be measured, from R^d to R^k: closures over batches of samples, of which
/// any may be left out that the method does not need.
///
/// Arrays are row-major, n samples and m directions a sample; n follows from the lengths.
/// Outputs come filled with NaN, so that what a closure leaves out is found: write every element,
/// and add into none before. Rows must not depend on which other rows share a call. A closure may
/// fail, or panic: see [`CallbackResult`].
///
/// ```
/// use dirichlet::{measure, Model, Options};
///
/// // f(x, y) = x y, of which only the forward pass is known: finite differences.
/// let mut model = Model::new(2, 1).forward(|x: &[f64], y| {
///     for (x, y) in x.chunks(2).zip(y) {
///         *y = x[0] * x[1];
///     }
///     Ok(())
/// });
/// let gc = measure(&mut model, &[3.0, 4.0, 1.0, 0.0], &Options::default())?;
/// assert!((gc.value - (25.0 + 1.0) / 2.0).abs() < 1e-6);
/// # Ok::<(), dirichlet::Error>(())
/// ```
///
/// A model of [`Model::new`] is `Send`, and so are its closures. One of [`Model::local`] takes
/// other closures too, and is not.
///
/// ```
/// # use dirichlet::Model;
/// let calls = std::cell::Cell::new(0);
/// Model::<f64, _>::local(1, 1).forward(|_, _| Ok(calls.set(calls.get() + 1)));
/// ```
///
/// ```compile_fail,E0277
/// # use dirichlet::Model;
/// let calls = std::cell::Cell::new(0);
/// Model::<f64, _>::new(1, 1).forward(|_, _| Ok(calls.set(calls.get() + 1)));
/// ```
///
/// ```compile_fail,E0277
/// fn movable<M: Send>(_: M) {}
/// movable(dirichlet::Model::<f64, _>::local(1, 1));
/// ```
pub struct Model<'a, T: Real, Mark = Movable> {
    table: dirichlet_model<T>,
    /// None where the callbacks are not closures.
    closures: Option<Lent<Closures<'a, T>>>,
    _marks: PhantomData<(&'a mut T, Mark)>,
}

// SAFETY: `closures` takes only those that are Send, and C keeps nothing for a thread. What
// `from_raw` says of its table it says of other threads too.
unsafe impl<T: Real> Send for Model<'_, T, Movable> {}

type Forward<'a, T, Y> = Option<Box<dyn FnMut(&[T], &mut [Y]) -> CallbackResult + 'a>>;
type Products<'a, T, Y> =
    Option<Box<dyn FnMut(usize, &[T], &[T], &mut [Y]) -> CallbackResult + 'a>>;

struct Closures<'a, T> {
    inputs: usize,
    outputs: usize,
    forward: Forward<'a, T, T>,
    jvp: Products<'a, T, T>,
    vjp: Products<'a, T, T>,
    energies: Forward<'a, T, f64>,
    product_norms: Products<'a, T, f64>,
    failure: Option<Failure>,
}

impl<'a, T: Real> Model<'a, T> {
    /// A model with d = `inputs` and k = `outputs` and no closures yet, which must be `Send`.
    pub fn new(inputs: usize, outputs: usize) -> Self {
        Self::with_mark(inputs, outputs)
    }
}

impl<'a, T: Real> Model<'a, T, Local> {
    /// The same for any closures, such as those that share an `Rc` or a `RefCell`.
    pub fn local(inputs: usize, outputs: usize) -> Self {
        Self::with_mark(inputs, outputs)
    }
}

impl<'a, T: Real, Mark> Model<'a, T, Mark> {
    fn with_mark(inputs: usize, outputs: usize) -> Self {
        let closures = Lent::new(Closures {
            inputs,
            outputs,
            forward: None,
            jvp: None,
            vjp: None,
            energies: None,
            product_norms: None,
            failure: None,
        });
        let mut table = empty_table();
        // Sizes too large for C become negative, which `check` refuses.
        table.inputs = inputs as i64;
        table.outputs = outputs as i64;
        table.user = closures.address();
        Model { table, closures: Some(closures), _marks: PhantomData }
    }

    /// A table of C functions. The methods that set closures panic on such a model.
    ///
    /// # Safety
    /// The functions and what `user` points to must be valid for `'a`, on any thread if the
    /// mark is [`Movable`], and nothing else may use them meanwhile.
    pub unsafe fn from_raw(table: dirichlet_model<T>) -> Self {
        Model { table, closures: None, _marks: PhantomData }
    }

    /// y = f(x): `(x, y)` of the shapes (n, d) and (n, k).
    #[must_use]
    pub fn forward<F>(mut self, closure: F) -> Self
    where
        F: FnMut(&[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.table.forward = Some(forward::<T>);
        self.closures().forward = Some(Box::new(closure));
        self
    }

    /// Jacobian-vector products J v: `(m, x, v, jv)`, v (n, m, d) and jv (n, m, k).
    #[must_use]
    pub fn jvp<F>(mut self, closure: F) -> Self
    where
        F: FnMut(usize, &[T], &[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.table.jvp = Some(jvp::<T>);
        self.closures().jvp = Some(Box::new(closure));
        self
    }

    /// Vector-Jacobian products J^T u: `(m, x, u, jtu)`, u (n, m, k) and jtu (n, m, d).
    #[must_use]
    pub fn vjp<F>(mut self, closure: F) -> Self
    where
        F: FnMut(usize, &[T], &[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.table.vjp = Some(vjp::<T>);
        self.closures().vjp = Some(Box::new(closure));
        self
    }

    /// Exact energies ||J||_F^2, for models that know a shorter way than products:
    /// `(x, energies)`.
    #[must_use]
    pub fn energies<F>(mut self, closure: F) -> Self
    where
        F: FnMut(&[T], &mut [f64]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.table.energies = Some(energies::<T>);
        self.closures().energies = Some(Box::new(closure));
        self
    }

    /// Squared norms ||J^T u||^2, for models that can do without the product: `(m, x, u, norms)`
    /// with norms (n, m).
    #[must_use]
    pub fn product_norms<F>(mut self, closure: F) -> Self
    where
        F: FnMut(usize, &[T], &[T], &mut [f64]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.table.product_norms = Some(product_norms::<T>);
        self.closures().product_norms = Some(Box::new(closure));
        self
    }

    /// The largest n the closures accept; 0: any.
    #[must_use]
    pub fn max_samples(mut self, samples: usize) -> Self {
        self.table.max_samples = samples as i64;
        self
    }

    /// The largest m the closures accept; 0: any.
    #[must_use]
    pub fn max_directions(mut self, directions: usize) -> Self {
        self.table.max_directions = directions as i64;
        self
    }

    /// d.
    pub fn inputs(&self) -> usize {
        self.table.inputs as usize
    }

    /// k.
    pub fn outputs(&self) -> usize {
        self.table.outputs as usize
    }

    /// Refuse sizes that C, where they are negative or 0, could not name as they were given.
    pub(crate) fn check(&self) -> Result<()> {
        let table = &self.table;
        for (name, size) in [
            ("inputs", table.inputs),
            ("outputs", table.outputs),
            ("max_samples", table.max_samples),
            ("max_directions", table.max_directions),
        ] {
            if self.closures.is_some() {
                count(format_args!("model.{name}"), size as usize)?;
            }
        }
        if table.inputs < 1 {
            let message = format!("model.inputs is {}: it must be >= 1", table.inputs);
            return Err(Error::range(message));
        }
        Ok(())
    }

    /// The samples of x (n, d).
    pub(crate) fn samples(&self, x: &[T]) -> Result<usize> {
        self.check()?;
        rows("x", x.len(), self.inputs())
    }

    pub(crate) fn table(&self) -> &dirichlet_model<T> {
        &self.table
    }

    /// Why a closure stopped the call that has just returned, if one did.
    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        self.closures.as_mut()?.get().failure.take()
    }

    fn closures(&mut self) -> &mut Closures<'a, T> {
        self.closures.as_mut().expect("a model of C functions takes no closures").get()
    }
}

impl<T: Real, Mark> fmt::Debug for Model<'_, T, Mark> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inputs, outputs) = (self.table.inputs, self.table.outputs);
        write!(formatter, "Model({inputs}, {outputs})")
    }
}

/// A table without callbacks and sizes, its `struct_size` set.
pub(crate) fn empty_table<T>() -> dirichlet_model<T> {
    dirichlet_model {
        struct_size: mem::size_of::<dirichlet_model<T>>(),
        inputs: 0,
        outputs: 0,
        max_samples: 0,
        max_directions: 0,
        forward: None,
        jvp: None,
        vjp: None,
        energies: None,
        product_norms: None,
        user: ptr::null_mut(),
    }
}

// The functions that C calls. Each is set together with the closure it calls.
// SAFETY of all: `user` is the Closures of a model that the running call borrows, and the
// buffers are as large as model.h says and do not overlap.

unsafe extern "C" fn forward<T: Real>(n: i64, x: *const T, y: *mut T, user: *mut c_void) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let x = input(x, n as usize * closures.inputs);
    let y = output(y, n as usize * closures.outputs);
    let closure = &mut closures.forward;
    guard(&mut closures.failure, || (closure.as_mut().unwrap())(x, y))
}

unsafe extern "C" fn jvp<T: Real>(
    n: i64,
    m: i64,
    x: *const T,
    v: *const T,
    jv: *mut T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let (n, m) = (n as usize, m as usize);
    let x = input(x, n * closures.inputs);
    let v = input(v, n * m * closures.inputs);
    let jv = output(jv, n * m * closures.outputs);
    let closure = &mut closures.jvp;
    guard(&mut closures.failure, || (closure.as_mut().unwrap())(m, x, v, jv))
}

unsafe extern "C" fn vjp<T: Real>(
    n: i64,
    m: i64,
    x: *const T,
    u: *const T,
    jtu: *mut T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let (n, m) = (n as usize, m as usize);
    let x = input(x, n * closures.inputs);
    let u = input(u, n * m * closures.outputs);
    let jtu = output(jtu, n * m * closures.inputs);
    let closure = &mut closures.vjp;
    guard(&mut closures.failure, || (closure.as_mut().unwrap())(m, x, u, jtu))
}

unsafe extern "C" fn energies<T: Real>(
    n: i64,
    x: *const T,
    energies: *mut f64,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let x = input(x, n as usize * closures.inputs);
    let energies = output(energies, n as usize);
    let closure = &mut closures.energies;
    guard(&mut closures.failure, || (closure.as_mut().unwrap())(x, energies))
}

unsafe extern "C" fn product_norms<T: Real>(
    n: i64,
    m: i64,
    x: *const T,
    u: *const T,
    norms: *mut f64,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let (n, m) = (n as usize, m as usize);
    let x = input(x, n * closures.inputs);
    let u = input(u, n * m * closures.outputs);
    let norms = output(norms, n * m);
    let closure = &mut closures.product_norms;
    guard(&mut closures.failure, || (closure.as_mut().unwrap())(m, x, u, norms))
}
