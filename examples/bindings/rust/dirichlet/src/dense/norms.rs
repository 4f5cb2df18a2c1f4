use super::Dense;
use crate::callback::conclude;
use crate::progress::Watch;
use crate::sized::sized;
use crate::sys::*;
use crate::{Real, Result, SpectralNorm, SpectralOptions};

/// Norms of the layers, see [`Dense::spectral_norms`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpectralNorms {
    /// ||W_l||_2 of each layer.
    pub norms: Vec<SpectralNorm>,
    /// An upper bound of the network's Lipschitz constant: the product of the upper bounds of the
    /// norms and of the Lipschitz constants of the activations. It holds whether or not they have
    /// converged.
    pub lipschitz_upper_bound: f64,
    /// Whether the norms of all layers are right to the tolerance.
    pub converged: bool,
}

/// What [`Dense::transfer`] does beside.
#[derive(Clone, Debug, Default)]
pub struct TransferOptions<'a> {
    /// Called after every tile; the value is the largest ratio so far.
    pub progress: Watch<'a>,
}

/// The two sides of the transfer theorem at n samples, see [`Dense::transfer`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Transfer {
    /// ||J||_F^2, (n).
    pub input_side: Vec<f64>,
    /// ||df/dtheta||_F^2, (n).
    pub parameter_side: Vec<f64>,
    /// T_l, (n, L) with L layers in use.
    pub factors: Vec<f64>,
    /// The left side over the right one, at most 1, (n); 0 where both are 0.
    pub ratios: Vec<f64>,
}

/// What can be said of all inputs, or of parameters and inputs together.
impl<T: Real> Dense<'_, T> {
    /// ||W_l||_2 of each layer, and a bound of the Lipschitz constant.
    ///
    /// ```
    /// use dirichlet::{Dense, Layer, Matrix, SpectralOptions};
    ///
    /// let weights = [0.0, 3.0, 4.0, 0.0];
    /// let mut network = Dense::new(&[Layer::new(Matrix::by_rows(2, 2, &weights))])?;
    /// let found = network.spectral_norms(&SpectralOptions::default())?;
    /// assert!(found.norms[0].lower <= 4.0 && 4.0 <= found.lipschitz_upper_bound);
    /// assert!(found.converged);
    /// # Ok::<(), dirichlet::Error>(())
    /// ```
    pub fn spectral_norms(&mut self, options: &SpectralOptions<'_>) -> Result<SpectralNorms> {
        let mut watcher = options.progress.watcher();
        let options = options.to_c(&watcher)?;
        // SAFETY: structs of the C interface.
        let (norm, mut lipschitz): (dirichlet_spectral_result, dirichlet_dense_lipschitz) =
            unsafe { (sized(), sized()) };
        let mut norms = vec![norm; self.shapes.len()];
        // SAFETY: there is a norm for each layer in use.
        let status = unsafe {
            let norms = norms.as_mut_ptr();
            (T::C.dense_spectral_norms)(self.handle, &options, norms, &mut lipschitz)
        };
        conclude(watcher.take_failure(), status, || self.details())?;
        Ok(SpectralNorms {
            norms: norms.iter().map(SpectralNorm::from_c).collect(),
            lipschitz_upper_bound: lipschitz.upper_bound,
            converged: lipschitz.converged != 0,
        })
    }

    /// The two sides of the transfer theorem (Dherin et al. 2022), by which pressure on the
    /// parameter gradients is pressure on the geometric complexity: at every sample of x (n, d)
    /// ||J||_F^2 sum_l T_l^2 <= ||df/dtheta||_F^2; see dense.h. A diagnostic, not fast.
    pub fn transfer(&mut self, x: &[T], options: &TransferOptions<'_>) -> Result<Transfer> {
        let samples = self.samples(x)?;
        let array = |columns: usize| vec![0.0; samples * columns];
        let mut found = Transfer {
            input_side: array(1),
            parameter_side: array(1),
            factors: array(self.shapes.len()),
            ratios: array(1),
        };
        let mut watcher = options.progress.watcher();
        let (progress, progress_user) = watcher.callback();
        // SAFETY: structs of the C interface.
        let (mut options, mut result): (
            dirichlet_dense_transfer_options,
            dirichlet_dense_transfer_result,
        ) = unsafe { (sized(), sized()) };
        options.progress = progress;
        options.progress_user = progress_user;
        result.input_side = found.input_side.as_mut_ptr();
        result.parameter_side = found.parameter_side.as_mut_ptr();
        result.factors = found.factors.as_mut_ptr();
        result.ratios = found.ratios.as_mut_ptr();
        // SAFETY: `x` has so many samples, and each array an element for each, or for each layer
        // in use too.
        let status = unsafe {
            (T::C.dense_transfer)(self.handle, samples as i64, x.as_ptr(), &options, &mut result)
        };
        conclude(watcher.take_failure(), status, || self.details())?;
        Ok(found)
    }
}
