use super::closures::{self, Rows};
use super::{Fits, Model};
use crate::callback::CallbackResult;
use crate::real::Real;

/// What a model offers. The closures of the first name of each do not care which samples they
/// get; those with `_at` are told.
///
/// # Panics
/// On a model of C functions, by [`Model::from_raw`].
impl<'a, T: Real, Mark> Model<'a, T, Mark> {
    /// y = f(x): `(x, y)` of the shapes (n, d) and (n, k).
    #[must_use]
    pub fn forward<F>(self, mut closure: F) -> Self
    where
        F: FnMut(&[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.set_forward(move |_, x, y| closure(x, y))
    }

    /// The same: `(rows, x, y)`, of the shapes (n, points, d) and (n, points, k).
    #[must_use]
    pub fn forward_at<F>(self, closure: F) -> Self
    where
        F: FnMut(Rows, &[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.looking().set_forward(closure)
    }

    fn set_forward(
        mut self,
        closure: impl FnMut(Rows, &[T], &mut [T]) -> CallbackResult + 'a,
    ) -> Self {
        self.closures().forward = Some(Box::new(closure));
        self.table.forward = Some(closures::forward::<T>);
        self
    }

    /// Jacobian-vector products J v: `(m, x, v, jv)`, v (n, m, d) and jv (n, m, k).
    #[must_use]
    pub fn jvp<F>(self, mut closure: F) -> Self
    where
        F: FnMut(usize, &[T], &[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.set_jvp(move |rows, x, v, jv| closure(rows.directions, x, v, jv))
    }

    /// The same: `(rows, x, v, jv)`.
    #[must_use]
    pub fn jvp_at<F>(self, closure: F) -> Self
    where
        F: FnMut(Rows, &[T], &[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.looking().set_jvp(closure)
    }

    fn set_jvp(
        mut self,
        closure: impl FnMut(Rows, &[T], &[T], &mut [T]) -> CallbackResult + 'a,
    ) -> Self {
        self.closures().jvp = Some(Box::new(closure));
        self.table.jvp = Some(closures::jvp::<T>);
        self
    }

    /// Vector-Jacobian products J^T u: `(m, x, u, jtu)`, u (n, m, k) and jtu (n, m, d).
    #[must_use]
    pub fn vjp<F>(self, mut closure: F) -> Self
    where
        F: FnMut(usize, &[T], &[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.set_vjp(move |rows, x, u, jtu| closure(rows.directions, x, u, jtu))
    }

    /// The same: `(rows, x, u, jtu)`.
    #[must_use]
    pub fn vjp_at<F>(self, closure: F) -> Self
    where
        F: FnMut(Rows, &[T], &[T], &mut [T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.looking().set_vjp(closure)
    }

    fn set_vjp(
        mut self,
        closure: impl FnMut(Rows, &[T], &[T], &mut [T]) -> CallbackResult + 'a,
    ) -> Self {
        self.closures().vjp = Some(Box::new(closure));
        self.table.vjp = Some(closures::vjp::<T>);
        self
    }

    /// Exact energies ||J||_F^2, for models that know a shorter way than products:
    /// `(x, energies)`.
    #[must_use]
    pub fn energies<F>(self, mut closure: F) -> Self
    where
        F: FnMut(&[T], &mut [f64]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.set_energies(move |_, x, energies| closure(x, energies))
    }

    /// The same: `(rows, x, energies)`.
    #[must_use]
    pub fn energies_at<F>(self, closure: F) -> Self
    where
        F: FnMut(Rows, &[T], &mut [f64]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.looking().set_energies(closure)
    }

    fn set_energies(
        mut self,
        closure: impl FnMut(Rows, &[T], &mut [f64]) -> CallbackResult + 'a,
    ) -> Self {
        self.closures().energies = Some(Box::new(closure));
        self.table.energies = Some(closures::energies::<T>);
        self
    }

    /// Squared norms ||J^T u||^2, for models that can do without the product: `(m, x, u, norms)`
    /// with norms (n, m).
    #[must_use]
    pub fn product_norms<F>(self, mut closure: F) -> Self
    where
        F: FnMut(usize, &[T], &[T], &mut [f64]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.set_product_norms(move |rows, x, u, norms| closure(rows.directions, x, u, norms))
    }

    /// The same: `(rows, x, u, norms)`.
    #[must_use]
    pub fn product_norms_at<F>(self, closure: F) -> Self
    where
        F: FnMut(Rows, &[T], &[T], &mut [f64]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.looking().set_product_norms(closure)
    }

    fn set_product_norms(
        mut self,
        closure: impl FnMut(Rows, &[T], &[T], &mut [f64]) -> CallbackResult + 'a,
    ) -> Self {
        self.closures().product_norms = Some(Box::new(closure));
        self.table.product_norms = Some(closures::product_norms::<T>);
        self
    }

    /// The trainer's backward pass, for penalties: `(x, cotangents)` adds sum_i (df(x_i)/dtheta)^T
    /// c_i to its own gradient, with c (n, k). See
    /// [`energy_penalty`](crate::regularizer::energy_penalty).
    ///
    /// Where closures share something that one of them changes, keep it in a `RefCell` and make
    /// the model by [`Model::local`]: they are never called at the same time.
    #[must_use]
    pub fn parameter_vjp<F>(self, mut closure: F) -> Self
    where
        F: FnMut(&[T], &[T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.set_parameter_vjp(move |_, x, cotangents| closure(x, cotangents))
    }

    /// The same: `(rows, x, cotangents)`, of the shapes (n, points, d) and (n, points, k).
    #[must_use]
    pub fn parameter_vjp_at<F>(self, closure: F) -> Self
    where
        F: FnMut(Rows, &[T], &[T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.looking().set_parameter_vjp(closure)
    }

    fn set_parameter_vjp(
        mut self,
        closure: impl FnMut(Rows, &[T], &[T]) -> CallbackResult + 'a,
    ) -> Self {
        self.closures().parameter_vjp = Some(Box::new(closure));
        self.table.parameter_vjp = Some(closures::parameter_vjp::<T>);
        self
    }

    /// What is called with `(x)` once before the products of some samples: a model of one
    /// direction a call can do its forward pass here. The calls of jvp, vjp and product_norms that
    /// follow have the same rows; before those of other samples it is called again. Calls of
    /// forward and energies have nothing to do with it.
    ///
    /// ```
    /// use std::cell::RefCell;
    ///
    /// use dirichlet::{measure, Model, Options};
    ///
    /// // f(x) = (sin x, cos x): the forward pass is kept for both cotangents.
    /// let kept = RefCell::new(Vec::new());
    /// let mut model = Model::local(1, 2)
    ///     .max_directions(1)
    ///     .prepare(|x: &[f64]| Ok(*kept.borrow_mut() = x.iter().map(|x| x.sin_cos()).collect()))
    ///     .vjp(|_, _, u, jtu| {
    ///         let kept: std::cell::Ref<Vec<(f64, f64)>> = kept.borrow();
    ///         for (i, ((sin, cos), jtu)) in kept.iter().zip(jtu).enumerate() {
    ///             *jtu = u[2 * i] * cos - u[2 * i + 1] * sin;
    ///         }
    ///         Ok(())
    ///     });
    /// let gc = measure(&mut model, &[0.1, 0.2, 0.3], &Options::default())?;
    /// assert!((gc.value - 1.0).abs() < 1e-15);
    /// # Ok::<(), dirichlet::Error>(())
    /// ```
    #[must_use]
    pub fn prepare<F>(self, mut closure: F) -> Self
    where
        F: FnMut(&[T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.set_prepare(move |_, x| closure(x))
    }

    /// The same: `(rows, x)`.
    #[must_use]
    pub fn prepare_at<F>(self, closure: F) -> Self
    where
        F: FnMut(Rows, &[T]) -> CallbackResult + Fits<Mark> + 'a,
    {
        self.looking().set_prepare(closure)
    }

    fn set_prepare(mut self, closure: impl FnMut(Rows, &[T]) -> CallbackResult + 'a) -> Self {
        self.closures().prepare = Some(Box::new(closure));
        self.table.prepare = Some(closures::prepare::<T>);
        self
    }

    /// Rows of samples that do not follow each other may no longer share a call.
    fn looking(mut self) -> Self {
        self.table.ignores_first = 0;
        self
    }
}
