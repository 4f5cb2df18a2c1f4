//! Models that look at the index of a sample: f_i(x) = t_i sin(W x), whose energies are those of
//! sine.rs times t_i^2.

use std::cell::RefCell;
use std::error::Error;
use std::panic::{catch_unwind, panic_any, AssertUnwindSafe};

use dirichlet::{Batch, Estimator, Method, Model, Options, Probes, Refusal, Rows, Status};

use crate::sine::*;

/// t_i, of no pattern that batches could share.
fn factor(index: usize) -> f64 {
    1.0 + (index * index % 11) as f64 / 8.0
}

fn scale(rows: Rows, each: usize, width: usize, values: &mut [f64]) {
    for (row, values) in values.chunks_mut(width).enumerate() {
        values.iter_mut().for_each(|value| *value *= factor(rows.first + row / each));
    }
}

/// Each kind of closure alone, the method for it and how far it may be off.
fn models(w: &[f64]) -> Vec<(Model<'_, f64>, Method, f64)> {
    let model = || Model::new(INPUTS, OUTPUTS).max_samples(4);
    let forward = model().forward_at(|rows, x, y| {
        assert_eq!(x.len(), rows.samples * rows.points * INPUTS);
        forward(w, x, y);
        scale(rows, rows.points, OUTPUTS, y);
        Ok(())
    });
    let jvp = model().jvp_at(|rows, x, v, jv| {
        jvp(w, rows.directions, x, v, jv);
        scale(rows, rows.directions, OUTPUTS, jv);
        Ok(())
    });
    let vjp = model().vjp_at(|rows, x, u, jtu| {
        vjp(w, rows.directions, x, u, jtu);
        scale(rows, rows.directions, INPUTS, jtu);
        Ok(())
    });
    let own = model().energies_at(|rows, x, found| {
        found.copy_from_slice(&energies(w, x));
        scale(rows, 1, 1, found);
        scale(rows, 1, 1, found);
        Ok(())
    });
    let norms = model().product_norms_at(|rows, x, u, norms| {
        product_norms(w, rows.directions, x, u, norms);
        scale(rows, rows.directions, 1, norms);
        scale(rows, rows.directions, 1, norms);
        Ok(())
    });
    vec![
        (forward, Method::FiniteDifference, 1e-8),
        (jvp, Method::Exact, 1e-13),
        (vjp, Method::Exact, 1e-13),
        (own, Method::Exact, 1e-13),
        (norms, Method::Orthogonal, 1e-13),
    ]
}

fn expected(w: &[f64], x: &[f64], indices: impl Iterator<Item = usize>) -> Vec<f64> {
    energies(w, x).iter().zip(indices).map(|(energy, i)| factor(i).powi(2) * energy).collect()
}

#[test]
fn closures_are_told_whose_rows_they_hold() {
    let (w, x) = (weights::<f64>(), samples(23));
    for (model, method, bound) in models(&w) {
        let options =
            Options { method, probes: Probes::All, first_sample: 5, ..Options::default() };
        let mut estimator = Estimator::new(model, &options).unwrap();
        let mut found = [f64::NAN; 23];
        let (first, second) = x.split_at(10 * INPUTS);
        estimator.update_with(first, None, Some(&mut found[..10])).unwrap();
        estimator.seek(100).unwrap();
        estimator.update_with(second, None, Some(&mut found[10..])).unwrap();
        for (found, expected) in found.iter().zip(expected(&w, &x, (5..15).chain(100..113))) {
            assert_close(*found, expected, bound);
        }
        assert_eq!(estimator.describe().unwrap().next_sample, 113);
    }
}

#[test]
fn shuffled_samples_keep_their_indices() {
    let (w, x) = (weights::<f64>(), samples(9));
    let indices = [4, 5, 6, 1, 0, 30, 31, 2, 8];
    for (model, method, bound) in models(&w) {
        let options = Options { method, probes: Probes::All, ..Options::default() };
        let mut estimator = Estimator::new(model, &options).unwrap();
        let mut found = [f64::NAN; 9];
        estimator.update_batch(Batch::new(&x).indices(&indices).energies(&mut found)).unwrap();
        let indices = indices.iter().map(|&index| index as usize);
        for (found, expected) in found.iter().zip(expected(&w, &x, indices)) {
            assert_close(*found, expected, bound);
        }
    }
}

/// A closure that does not look gets shuffled samples together, one that does gets those that
/// follow each other.
#[test]
fn only_who_looks_is_asked_row_by_row() {
    let (w, x) = (weights::<f64>(), samples(6));
    let mut calls = Vec::new();
    let looking = Model::new(INPUTS, OUTPUTS).vjp_at(|rows, x, u, jtu| {
        assert_eq!(x.len(), rows.samples * INPUTS);
        calls.push((rows.first, rows.samples));
        vjp(&w, rows.directions, x, u, jtu);
        Ok(())
    });
    let mut most = 0;
    let plain = Model::new(INPUTS, OUTPUTS).vjp(|m, x, u, jtu| {
        most = most.max(x.len() / INPUTS);
        vjp(&w, m, x, u, jtu);
        Ok(())
    });
    for model in [looking, plain] {
        let mut estimator = estimator(model, &Options::default());
        estimator.update_batch(Batch::new(&x).indices(&[7, 8, 9, 2, 1, 0])).unwrap();
        assert_close(estimator.result().unwrap().value, complexity(&w, &x), 1e-14);
    }
    assert_eq!(most, 6);
    calls.sort_unstable();
    calls.dedup();
    assert_eq!(calls, [(0, 1), (1, 1), (2, 1), (7, 3)]);
}

#[test]
fn a_model_is_prepared_for_its_products() {
    let (w, x) = (weights::<f64>(), samples(10));
    let (kept, log) = (RefCell::new(Vec::<f64>::new()), RefCell::new(Vec::new()));
    let model = Model::local(INPUTS, OUTPUTS)
        .max_samples(4)
        .max_directions(1)
        .prepare_at(|rows, x| {
            log.borrow_mut().push(("prepare", rows.first, rows.samples));
            *kept.borrow_mut() = x.to_vec();
            Ok(())
        })
        .vjp_at(|rows, x, u, jtu| {
            log.borrow_mut().push(("vjp", rows.first, rows.samples));
            assert_eq!(x, &kept.borrow()[..]);
            vjp(&w, rows.directions, &kept.borrow(), u, jtu);
            Ok(())
        });
    let mut estimator = Estimator::new(model, &Options::default()).unwrap();
    estimator.update(&x).unwrap();
    assert_close(estimator.result().unwrap().value, complexity(&w, &x), 1e-14);
    let log = log.borrow();
    let of_a_tile = |first, samples| {
        let vjp = ("vjp", first, samples);
        [("prepare", first, samples), vjp, vjp, vjp]
    };
    assert_eq!(*log, [of_a_tile(0, 4), of_a_tile(4, 4), of_a_tile(8, 2)].concat());
}

#[test]
fn what_fails_in_prepare_comes_back() {
    let (w, x) = (weights::<f64>(), samples(2));
    let failing = |fail: fn() -> dirichlet::CallbackResult| {
        estimator(vjp_model(&w).prepare(move |_| fail()), &Options::default())
    };
    let error = failing(|| Err("not ready".into())).update(&x).unwrap_err();
    assert_eq!((error.status(), error.callback_code()), (Status::Callback, 1));
    assert!(error.to_string().contains("prepare"), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "not ready");
    let mut panicking = failing(|| panic_any("not at all"));
    let payload = catch_unwind(AssertUnwindSafe(|| panicking.update(&x))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"not at all"));
}

/// Of the twelve samples from index 3 on, f is not defined at the one with index 8.
fn undefined_at_one(w: &[f64]) -> Model<'_, f64> {
    Model::new(INPUTS, OUTPUTS).vjp_at(move |rows, x, u, jtu| {
        if (rows.first..rows.first + rows.samples).contains(&8) {
            return Err(Refusal::OutOfDomain.into());
        }
        vjp(w, rows.directions, x, u, jtu);
        Ok(())
    })
}

#[test]
fn where_a_model_is_not_defined_is_found() {
    let (w, x) = (weights::<f64>(), samples(12));
    let options = Options { first_sample: 3, ..Options::default() };
    let mut failing = estimator(undefined_at_one(&w), &options);
    let error = failing.update(&x).unwrap_err();
    assert_eq!((error.status(), error.sample()), (Status::NotFinite, Some(8)), "{error}");
    assert!(error.into_callback_error().is_none());

    let options = Options { skip_nonfinite: true, ..options };
    let mut skipping = estimator(undefined_at_one(&w), &options);
    skipping.update(&x).unwrap();
    let found = skipping.result().unwrap();
    assert_eq!((found.samples, found.skipped), (11, 1));
    let rest = [&x[..5 * INPUTS], &x[6 * INPUTS..]].concat();
    assert_close(found.value, complexity(&w, &rest), 1e-14);
}

#[test]
fn what_a_model_cannot_do_is_missing() {
    let unsupported = || Err(Refusal::Unsupported.into());
    let model = Model::<f64>::new(INPUTS, OUTPUTS).vjp(move |_, _, _, _| unsupported());
    let error = estimator(model, &Options::default()).update(&samples(2)).unwrap_err();
    assert_eq!(error.status(), Status::MissingCallback);
    assert!(error.to_string().contains("vjp"), "{error}");
}
