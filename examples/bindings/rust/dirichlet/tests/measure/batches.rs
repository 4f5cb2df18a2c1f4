//! Batches with all that may be known of their samples.

use dirichlet::regularizer::{energy_penalty_batch, EnergyPenaltyOptions};
use dirichlet::{
    Batch, Dense, Gradient, MatrixMut, Method, Model, Options, PenaltyOptions, Probes, Status,
};

use crate::sine::*;

/// The same rows with two elements that nobody may look at behind each but the last.
fn padded(x: &[f64]) -> Vec<f64> {
    let mut rows: Vec<f64> =
        x.chunks(INPUTS).flat_map(|row| [row, &[f64::NAN, 1e300]].concat()).collect();
    rows.truncate(rows.len() - 2);
    rows
}

#[test]
fn rows_have_a_stride() {
    let (w, x) = (weights::<f64>(), samples(8));
    let mut found = [f64::NAN; 8];
    let rows = padded(&x);
    let mut estimator = estimator(vjp_model(&w), &Options::default());
    let batch = Batch::new(&rows).row_stride(INPUTS + 2).energies(&mut found);
    estimator.update_batch(batch).unwrap();
    assert_all_close(&found, &energies(&w, &x));
    // With the padding of the last row, too.
    let whole = [&rows[..], &[0.0, 0.0]].concat();
    estimator.update_batch(Batch::new(&whole).row_stride(INPUTS + 2)).unwrap();
    assert_eq!(estimator.result().unwrap().samples, 16);
    assert_close(estimator.result().unwrap().value, complexity(&w, &x), 1e-14);
}

#[test]
fn groups_are_averaged_for_themselves() {
    let (w, x) = (weights::<f64>(), samples(20));
    let shares: Vec<f64> = (0..20).map(|i| f64::from(i % 4)).collect();
    let groups: Vec<i64> = (0..20).map(|i| i % 3 - 1).collect();
    let options = Options { groups: 3, ..Options::default() };
    let mut estimator = estimator(vjp_model(&w), &options);
    estimator.update_batch(Batch::new(&x).weights(&shares).groups(&groups)).unwrap();
    let energies = energies(&w, &x);
    let mean = |is_in: &dyn Fn(usize) -> bool| {
        let weight = |i: usize| if is_in(i) { shares[i] } else { 0.0 };
        let sum: f64 = (0..20).map(|i| weight(i) * energies[i]).sum();
        sum / (0..20).map(weight).sum::<f64>()
    };
    assert_close(estimator.result().unwrap().value, mean(&|_| true), 1e-14);
    for group in 0..2 {
        let found = estimator.group_result(group).unwrap();
        assert_close(found.value, mean(&|i| groups[i] == group as i64), 1e-14);
        assert!(found.samples == 6 || found.samples == 7, "{found:?}");
        assert!(found.standard_error > 0.0, "{found:?}");
    }
    // Nobody is in the last one, and there is none behind it.
    assert_eq!(estimator.group_result(2).unwrap_err().status(), Status::NoData);
    assert_eq!(estimator.group_result(3).unwrap_err().status(), Status::Range);
    let error = estimator.group_result(u64::MAX).unwrap_err();
    assert!(error.to_string().contains("group is 18446744073709551615"), "{error}");
    let error = estimator.update_batch(Batch::new(&x[..INPUTS]).groups(&[3])).unwrap_err();
    assert_eq!(error.status(), Status::Range);
    assert!(error.to_string().contains("group"), "{error}");

    let state = estimator.into_state();
    assert_close(state.group_result(0).unwrap().value, mean(&|i| groups[i] == 0), 1e-14);
}

#[test]
fn deviations_are_those_of_the_probes() {
    let (w, x) = (weights::<f64>(), samples(500));
    let deviations = |method, probes| {
        let options = Options { method, probes: Probes::Count(probes), ..Options::default() };
        let mut estimator = estimator(vjp_model(&w), &options);
        let (mut found, mut deviations) = (vec![f64::NAN; 500], vec![-1.0; 500]);
        let batch = Batch::new(&x).energies(&mut found).deviations(&mut deviations);
        estimator.update_batch(batch).unwrap();
        (found, deviations)
    };
    let (_, exact) = deviations(Method::Exact, 1);
    assert!(exact.iter().all(|&deviation| deviation == 0.0));
    let (_, unknown) = deviations(Method::Sphere, 1);
    assert!(unknown.iter().all(|deviation| deviation.is_nan()));
    // The squares of errors are on average those that the deviations say.
    let (found, deviations) = deviations(Method::Gaussian, 20);
    let errors: Vec<f64> = found.iter().zip(energies(&w, &x)).map(|(e, right)| e - right).collect();
    assert_close(dot(&deviations, &deviations), dot(&errors, &errors), 0.2);
}

/// Probes go with the index of a sample, wherever it stands.
#[test]
fn probes_go_with_the_index() {
    let (w, x) = (weights::<f64>(), samples(3));
    let options = Options { method: Method::Sphere, seed: 4, ..Options::default() };
    let measured = |x: &[f64], indices: &[i64]| {
        let mut found = [f64::NAN; 3];
        let mut estimator = estimator(vjp_model(&w), &options);
        estimator.update_batch(Batch::new(x).indices(indices).energies(&mut found)).unwrap();
        (found, estimator.describe().unwrap().next_sample)
    };
    let (found, next) = measured(&x, &[2, 9, 4]);
    assert_eq!(next, 10);
    let turned: Vec<f64> = x.rchunks(INPUTS).flatten().copied().collect();
    let ([c, b, a], _) = measured(&turned, &[4, 9, 2]);
    assert_eq!(found, [a, b, c]);
    assert!(measured(&x, &[3, 9, 4]).0[0] != a);
}

#[test]
fn batches_that_do_not_fit_are_named() {
    let (w, x) = (weights::<f64>(), samples(3));
    let mut estimator = estimator(vjp_model(&w), &Options { groups: 1, ..Options::default() });
    let (mut short, mut long) = ([0.0; 2], [0.0; 4]);
    for (batch, argument) in [
        (Batch::new(&x[1..]), "x has 14"),
        (Batch::new(&x).row_stride(INPUTS - 1), "row_stride is 4"),
        (Batch::new(&x).row_stride(7), "x has 15"),
        (Batch::new(&x).weights(&[1.0; 4]), "weights has 4"),
        (Batch::new(&x).indices(&[0; 2]), "indices has 2"),
        (Batch::new(&x).groups(&[0; 1]), "groups has 1"),
        (Batch::new(&x).energies(&mut short), "energies has 2"),
        (Batch::new(&x).deviations(&mut long), "deviations has 4"),
    ] {
        let error = estimator.update_batch(batch).unwrap_err();
        assert_eq!(error.status(), Status::Shape, "{error}");
        assert!(error.to_string().contains(argument), "{error}");
    }
    let error = estimator.update_batch(Batch::new(&x).indices(&[0, -1, 2])).unwrap_err();
    assert_eq!(error.status(), Status::Range);
    assert!(error.to_string().contains("ind"), "{error}");
    let error = estimator.update_batch(Batch::new(&x).weights(&[0.0, -1.0, 2.0])).unwrap_err();
    assert!(error.to_string().contains("weights"), "{error}");
    estimator.update_batch(Batch::new(&[])).unwrap();
    assert_eq!(estimator.result().unwrap_err().status(), Status::NoData);
}

/// Samples of weight 2 count as if they stood there twice.
#[test]
fn a_networks_penalty_takes_batches() {
    let (w, x) = (weights::<f64>(), samples(3));
    let twice = [&x[..], &x[INPUTS..2 * INPUTS]].concat();
    let penalty = |batch: Batch<'_, f64>, options: &PenaltyOptions| {
        let mut gradient = [0.0; OUTPUTS * INPUTS];
        let view = MatrixMut::by_rows(OUTPUTS, INPUTS, &mut gradient);
        let mut network = Dense::new(&[sine_layer(&w)]).unwrap();
        let found =
            network.energy_penalty_batch(batch, options, 0.5, &mut [Gradient::new(view)])?;
        Ok::<_, dirichlet::Error>((found, gradient))
    };
    let exact = PenaltyOptions::default();
    let (expected, of_expected) = penalty(Batch::new(&twice), &exact).unwrap();
    assert_close(expected.value, complexity(&w, &twice), 1e-14);
    let rows = padded(&x);
    let batch = Batch::new(&rows).row_stride(INPUTS + 2).weights(&[1.0, 2.0, 1.0]);
    let (found, of_found) = penalty(batch, &exact).unwrap();
    assert_close(found.value, expected.value, 1e-14);
    assert_all_close(&of_found, &of_expected);
    assert_eq!((found.samples, found.exact), (3, true));

    // Indices stand in the place of the first sample.
    let signs = |first_sample| PenaltyOptions {
        method: Method::Rademacher,
        probes: Probes::Count(2),
        first_sample,
        ..Default::default()
    };
    let (by_first, _) = penalty(Batch::new(&x), &signs(7)).unwrap();
    let (by_index, _) = penalty(Batch::new(&x).indices(&[7, 8, 9]), &signs(0)).unwrap();
    let (others, _) = penalty(Batch::new(&x), &signs(0)).unwrap();
    assert_close(by_index.value, by_first.value, 1e-14);
    assert!((others.value - by_first.value).abs() > 1e-9);

    let mut energies = [0.0; 3];
    let error = penalty(Batch::new(&x).energies(&mut energies), &exact).unwrap_err();
    assert!(error.to_string().contains("energies"), "{error}");
    let error = penalty(Batch::new(&x).weights(&[0.0; 3]), &exact).unwrap_err();
    assert_eq!(error.status(), Status::NoData);
}

/// f_i(x) = i theta x: e_i = i^2 theta^2, with the derivative 2 i^2 theta.
#[test]
fn a_models_penalty_takes_batches() {
    let (theta, mut gradient) = (3.0, 0.0);
    let (mut energies, mut deviations) = ([f64::NAN; 3], [f64::NAN; 3]);
    let mut model = Model::new(1, 1)
        .forward_at(|rows, x: &[f64], y| {
            for (i, (x, y)) in x.iter().zip(y).enumerate() {
                *y = theta * (rows.first + i / rows.points) as f64 * x;
            }
            Ok(())
        })
        .parameter_vjp_at(|rows, x, cotangents| {
            for (i, (x, c)) in x.iter().zip(cotangents).enumerate() {
                gradient += (rows.first + i / rows.points) as f64 * x * c;
            }
            Ok(())
        });
    let batch = Batch::new(&[0.5, f64::NAN, -1.5, f64::NAN, 2.5])
        .row_stride(2)
        .weights(&[1.0, 2.0, 1.0])
        .indices(&[5, 2, 1])
        .energies(&mut energies)
        .deviations(&mut deviations);
    let options = EnergyPenaltyOptions::default();
    let found = energy_penalty_batch(&mut model, batch, &options, 0.5).unwrap();
    let mean = (25.0 + 2.0 * 4.0 + 1.0) / 4.0;
    assert_close(found.value, 9.0 * mean, 1e-9);
    let error = energy_penalty_batch(&mut model, Batch::new(&[0.5]).groups(&[0]), &options, 0.5);
    assert!(error.unwrap_err().to_string().contains("groups"));
    drop(model);
    assert_close(gradient, 0.5 * 2.0 * 3.0 * mean, 1e-9);
    for (found, index) in energies.iter().zip([5.0_f64, 2.0, 1.0]) {
        assert_close(*found, 9.0 * index.powi(2), 1e-9);
    }
    assert_eq!(deviations, [0.0; 3]);
}
