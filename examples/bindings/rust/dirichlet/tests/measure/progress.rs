//! What long calls say of their progress, and that they can be broken off.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::panic::{catch_unwind, panic_any, AssertUnwindSafe};

use dirichlet::regularizer::*;
use dirichlet::{
    Dense, Error, Estimator, Layer, Matrix, Model, Options, Probes, Progress, SpectralOptions,
    Status, TransferOptions, Watch,
};

use crate::sine::*;

fn stop_if(stop: bool) -> ControlFlow<()> {
    match stop {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

#[test]
fn an_update_is_told_and_can_be_cancelled() {
    let (w, x) = (weights::<f64>(), samples(12));
    let mut seen = Vec::new();
    let model = vjp_model(&w).max_samples(4);
    let progress = |progress: &Progress| {
        seen.push(progress.clone());
        stop_if(progress.samples > 8)
    };
    let mut estimator = Estimator::with_progress(model, &Options::default(), progress).unwrap();
    estimator.update(&x[..INPUTS * 8]).unwrap();
    let before = estimator.state().serialize().unwrap();
    let error = estimator.update(&x[INPUTS * 8..]).unwrap_err();
    assert_eq!((error.status(), error.callback_code()), (Status::Cancelled, 1));
    assert_eq!(before, estimator.state().serialize().unwrap());
    drop(estimator);
    assert_eq!(seen.last().unwrap().samples, 12);
    for progress in &seen {
        let samples = progress.samples as usize;
        assert_close(progress.value, complexity(&w, &x[..samples * INPUTS]), 1e-13);
        assert_eq!((progress.products, progress.skipped), ((samples * OUTPUTS) as u64, 0));
        assert!(progress.standard_error > 0.0, "{progress:?}");
    }
}

#[test]
fn a_panic_in_an_update_comes_back() {
    let (w, x) = (weights::<f64>(), samples(12));
    let progress = |_: &Progress| panic_any("tired");
    let mut estimator =
        Estimator::with_progress(vjp_model(&w), &Options::default(), progress).unwrap();
    let payload = catch_unwind(AssertUnwindSafe(|| estimator.update(&x))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"tired"));
    // The update was undone.
    assert_eq!(estimator.result().unwrap_err().status(), Status::NoData);
}

/// That a call tells of its progress, of `steps` steps in all, goes on if it may, stops if it may
/// not, and lets a panic through.
fn is_watched(steps: u64, call: &dyn Fn(Watch<'_>) -> Result<(), Error>) {
    let seen = RefCell::new(Vec::new());
    let watch = |progress: &Progress| {
        seen.borrow_mut().push(progress.clone());
        stop_if(false)
    };
    call(Watch::new(&watch)).unwrap();
    let seen = seen.borrow();
    println!("{seen:?}");
    let last = seen.last().unwrap();
    assert!(last.samples >= steps - 1 && last.samples <= steps, "{last:?}");
    assert!(last.total.map_or(true, |total| total == steps), "{last:?}");

    let watch = |_: &Progress| stop_if(true);
    let error = call(Watch::new(&watch)).unwrap_err();
    assert_eq!((error.status(), error.callback_code()), (Status::Cancelled, 1), "{error}");

    let watch = |_: &Progress| panic_any("tired");
    let payload = catch_unwind(AssertUnwindSafe(|| call(Watch::new(&watch)))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"tired"));
}

#[test]
fn norms_and_penalties_are_watched() {
    let (w, x) = (weights::<f64>(), samples(5));
    is_watched(5, &|progress| {
        let options = JacobianNormsOptions { progress, ..Default::default() };
        jacobian_norms(&mut vjp_model(&w), &x, &options, None).map(drop)
    });
    let model = || {
        Model::<f64>::new(INPUTS, OUTPUTS)
            .forward(|x, y| {
                forward(&w, x, y);
                Ok(())
            })
            .parameter_vjp(|_, _| Ok(()))
    };
    is_watched(5, &|progress| {
        let options = EnergyPenaltyOptions { progress, probes: Probes::All, ..Default::default() };
        energy_penalty(&mut model(), &x, &options, 1.0).map(drop)
    });
    is_watched(5, &|progress| {
        let options = EnergyPenaltyOptions { progress, ..Default::default() };
        energy_value(&mut model(), &x, &options).map(drop)
    });
    is_watched(1, &|progress| {
        let options = SpectralOptions { progress, ..Default::default() };
        operator_norm(Matrix::by_rows(OUTPUTS, INPUTS, &w), &options).map(drop)
    });
}

#[test]
fn networks_are_watched() {
    let (w, v, x) = (weights::<f64>(), numbers::<f64>(2 * OUTPUTS, 6), samples(5));
    let layers = [sine_layer(&w), Layer::new(Matrix::by_rows(2, OUTPUTS, &v))];
    is_watched(2, &|progress| {
        let options = SpectralOptions { progress, ..Default::default() };
        Dense::new(&layers)?.spectral_norms(&options).map(drop)
    });
    is_watched(5, &|progress| {
        Dense::new(&layers)?.transfer(&x, &TransferOptions { progress }).map(drop)
    });
}
