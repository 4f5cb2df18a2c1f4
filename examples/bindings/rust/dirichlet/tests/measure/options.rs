//! That every option arrives.

use dirichlet::regularizer::*;
use dirichlet::{
    measure, Dense, DenseOptions, Error, Estimator, Gradient, Matrix, Measurement, Method, Model,
    Options, PenaltyOptions, Probes, Result, SpectralOptions, Status, StopReason,
};

use crate::sine::*;

fn measured(options: Options) -> Result<Measurement> {
    let w = weights::<f64>();
    let mut model = vjp_model(&w);
    measure(&mut model, &samples(40), &options)
}

#[test]
fn tolerance_and_min_samples_stop() {
    let found =
        measured(Options { tolerance: 10.0, min_samples: 5, ..Options::default() }).unwrap();
    assert_eq!((found.samples, found.stop_reason), (5, StopReason::Tolerance));
}

#[test]
fn the_whole_population_has_no_error() {
    let found = measured(Options { population: 40, ..Options::default() }).unwrap();
    assert!(found.standard_error_data == 0.0, "{found:?}");
    let found = measured(Options::default()).unwrap();
    assert!(found.standard_error_data > 0.0, "{found:?}");
}

#[test]
fn confidence_widens_the_interval() {
    let width = |confidence| {
        let found = measured(Options { confidence, ..Options::default() }).unwrap();
        assert_eq!(found.confidence, confidence);
        assert!(found.lower < found.value && found.value < found.upper, "{found:?}");
        found.upper - found.lower
    };
    assert!(width(0.5) < width(0.99));
}

#[test]
fn samples_that_are_not_finite_are_skipped() {
    let (w, mut x) = (weights::<f64>(), samples(4));
    x[INPUTS] = f64::NAN;
    let error = measure(&mut vjp_model(&w), &x, &Options::default()).unwrap_err();
    assert_eq!(error.status(), Status::NotFinite);
    let options = Options { skip_nonfinite: true, ..Options::default() };
    let found = measure(&mut vjp_model(&w), &x, &options).unwrap();
    assert_eq!((found.samples, found.skipped), (3, 1));
}

#[test]
fn probes_and_seeds_are_the_callers() {
    let value = |probes: u64, seed| {
        let options =
            Options { method: Method::Gaussian, probes: probes.into(), seed, ..Options::default() };
        let found = measured(options).unwrap();
        assert_eq!((found.products, found.exact), (40 * probes, false));
        assert_eq!(found.method, Method::Gaussian);
        found.value
    };
    assert_eq!(value(2, 1), value(2, 1));
    assert!((value(2, 1) - value(2, 2)).abs() > 1e-6);
    assert!((value(2, 1) - value(3, 1)).abs() > 1e-6);
}

/// f(x) = x from R^30.
#[test]
fn all_probes_are_all_directions() {
    for (probes, products) in [(Probes::All, 30), (Probes::Default, 16), (7.into(), 7)] {
        let mut model = Model::new(30, 30).vjp(|_, _: &[f64], u, jtu| {
            jtu.copy_from_slice(u);
            Ok(())
        });
        let options = Options { method: Method::Orthogonal, probes, ..Options::default() };
        let found = measure(&mut model, &[0.5; 30], &options).unwrap();
        assert_eq!((found.products, found.exact), (products, products == 30), "{probes:?}");
    }
}

/// f(x) = x^3 at 0, whose central difference is the square of the step.
#[test]
fn steps_of_differences_are_the_callers() {
    let cube = || {
        Model::new(1, 1).forward(|x: &[f64], y| {
            x.iter().zip(y).for_each(|(x, y)| *y = x.powi(3));
            Ok(())
        })
    };
    let options = Options { step: 0.5, ..Options::default() };
    assert_close(measure(&mut cube(), &[0.0], &options).unwrap().value, 0.0625, 1e-14);
    let options = Options { forward_noise: 1e-3, ..Options::default() };
    let coarse = measure(&mut cube(), &[1.0], &options).unwrap().value;
    let fine = measure(&mut cube(), &[1.0], &Options::default()).unwrap().value;
    assert_close(fine, 9.0, 1e-8);
    assert!((coarse - 9.0).abs() > 1e-4, "{coarse}");

    let options = EnergyPenaltyOptions { step: 0.5, ..EnergyPenaltyOptions::default() };
    assert_close(energy_value(&mut cube(), &[0.0], &options).unwrap().value, 0.0625, 1e-14);
}

/// f(x, y) = x + 2 y: the energy along one vector of signs is 1 or 9, along both coordinates 5.
#[test]
fn directions_of_the_energy_penalty_are_the_callers() {
    let mut model = Model::new(2, 1).forward(|x: &[f64], y| {
        x.chunks(2).zip(y).for_each(|(x, y)| *y = x[0] + 2.0 * x[1]);
        Ok(())
    });
    let mut value = |options: EnergyPenaltyOptions<'_>| {
        energy_value(&mut model, &[0.0, 0.0], &options).unwrap().value.round()
    };
    for probes in [Probes::Count(2), Probes::All, Probes::Default] {
        assert_eq!(value(EnergyPenaltyOptions { probes, ..EnergyPenaltyOptions::default() }), 5.0);
    }
    let probes = Probes::Count(1);
    let mut both = |options: &dyn Fn(u64) -> EnergyPenaltyOptions<'static>| {
        let values: Vec<f64> = (0..20).map(|i| value(options(i))).collect();
        assert!(values.contains(&1.0) && values.contains(&9.0), "{values:?}");
    };
    both(&|seed| EnergyPenaltyOptions { probes, seed, ..EnergyPenaltyOptions::default() });
    both(&|first_sample| EnergyPenaltyOptions { probes, first_sample, ..Default::default() });
}

#[test]
fn budgets_are_kept() {
    let w = weights::<f64>();
    let too_small = 1;
    let options = Options { workspace_bytes: too_small, ..Options::default() };
    let of_estimator = measured(options).unwrap_err();
    let options =
        JacobianNormsOptions { workspace_bytes: too_small, ..JacobianNormsOptions::default() };
    let of_norms = jacobian_norms(&mut vjp_model(&w), &samples(1), &options, None).unwrap_err();
    let layers = [sine_layer(&w)];
    let options = dirichlet::DenseOptions { workspace_bytes: too_small, ..Default::default() };
    let of_network = dirichlet::Dense::with_options(&layers, &options).unwrap_err();
    let mut model = Model::new(1, 1).forward(|x: &[f64], y| {
        y.copy_from_slice(x);
        Ok(())
    });
    let options =
        EnergyPenaltyOptions { workspace_bytes: too_small, ..EnergyPenaltyOptions::default() };
    let of_penalty = energy_value(&mut model, &[0.0], &options).unwrap_err();
    for error in [of_estimator, of_norms, of_network, of_penalty] {
        assert_eq!(error.status(), Status::Workspace, "{error}");
        assert!(error.least_bytes() > Some(1), "{error:?}");
    }
}

#[test]
fn wrong_options_are_named() {
    let w = weights::<f64>();
    // A count too large for C, which is named as it is.
    let huge = u64::MAX;
    let named = |error: Error, argument: &str| {
        assert_eq!(error.status(), Status::Range, "{argument}: {error}");
        let text = format!("{argument} is {huge}");
        assert!(error.to_string().contains(&text), "{argument}: {error}");
    };
    for (options, argument) in [
        (Options { method: Method::Other(1), ..Options::default() }, "method"),
        (Options { tolerance: -1.0, ..Options::default() }, "tolerance"),
        (Options { step: f64::NAN, ..Options::default() }, "step"),
        (Options { forward_noise: f64::NAN, ..Options::default() }, "forward_noise"),
    ] {
        let error = measured(options).unwrap_err();
        assert!(error.to_string().contains(argument), "{argument}: {error}");
    }
    for (options, argument) in [
        (JacobianNormsOptions { tolerance: 2.0, ..Default::default() }, "tolerance"),
        (JacobianNormsOptions { tolerance: f64::NAN, ..Default::default() }, "tolerance"),
    ] {
        let x = samples(1);
        let error = jacobian_norms(&mut vjp_model(&w), &x, &options, None).unwrap_err();
        assert!(error.to_string().contains(argument), "{argument}: {error}");
    }

    for (options, argument) in [
        (Options { probes: huge.into(), ..Options::default() }, "probes"),
        (Options { first_sample: huge, ..Options::default() }, "first_sample"),
        (Options { population: huge, ..Options::default() }, "population"),
        (Options { max_samples: huge, ..Options::default() }, "max_samples"),
        (Options { min_samples: huge, ..Options::default() }, "min_samples"),
        (Options { groups: huge, ..Options::default() }, "groups"),
    ] {
        named(measured(options.clone()).unwrap_err(), argument);
        named(Estimator::new(vjp_model(&w), &options).unwrap_err(), argument);
    }
    for (options, argument) in [
        (JacobianNormsOptions { max_iterations: huge, ..Default::default() }, "max_iterations"),
        (JacobianNormsOptions { first_sample: huge, ..Default::default() }, "first_sample"),
    ] {
        let norms = jacobian_norms(&mut vjp_model(&w), &samples(1), &options, None);
        named(norms.unwrap_err(), argument);
    }
    let options = SpectralOptions { max_iterations: huge, ..Default::default() };
    let norm = operator_norm(Matrix::by_rows(1, 1, &[1.0]), &options);
    named(norm.unwrap_err(), "max_iterations");
    for (options, argument) in [
        (EnergyPenaltyOptions { probes: huge.into(), ..Default::default() }, "probes"),
        (EnergyPenaltyOptions { first_sample: huge, ..Default::default() }, "first_sample"),
    ] {
        named(energy_value(&mut vjp_model(&w), &samples(1), &options).unwrap_err(), argument);
    }
    let options = SpectralPenaltyOptions { iterations: huge, ..Default::default() };
    let penalty = spectral_penalty::<f64>(&mut [], &mut [], &options, 1.0);
    named(penalty.unwrap_err(), "iterations");
    let layers = [sine_layer(&w)];
    let options = DenseOptions { layers: huge as usize, ..Default::default() };
    named(Dense::with_options(&layers, &options).unwrap_err(), "layers");
    let mut network = Dense::new(&layers).unwrap();
    for (options, argument) in [
        (PenaltyOptions { probes: huge.into(), ..Default::default() }, "probes"),
        (PenaltyOptions { first_sample: huge, ..Default::default() }, "first_sample"),
    ] {
        let x = samples(1);
        let penalty = network.energy_penalty_with(&x, &options, 1.0, &mut [Gradient::none()]);
        named(penalty.unwrap_err(), argument);
    }
    // 0 has no meaning beside the default.
    let error = measured(Options { probes: Probes::Count(0), ..Options::default() }).unwrap_err();
    assert_eq!(error.to_string(), "options.probes is 0: it must be >= 1");
    let mut estimator = Estimator::new(vjp_model(&w), &Options::default()).unwrap();
    named(estimator.seek(huge).unwrap_err(), "sample_index");
    estimator.seek(i64::MAX as u64).unwrap();
}

#[test]
fn wrong_sizes_of_models_are_named() {
    let huge = usize::MAX;
    let model = Model::<f64>::new;
    for (make, text) in [
        (&(|| model(0, 2)) as &dyn Fn() -> Model<'static, f64>, "model.inputs is 0".to_owned()),
        (&|| model(2, 0), "model.outputs is 0".to_owned()),
        (&|| model(huge, 2), format!("model.inputs is {huge}")),
        (&|| model(2, huge), format!("model.outputs is {huge}")),
        (&|| model(2, 2).max_samples(huge), format!("model.max_samples is {huge}")),
        (&|| model(2, 2).max_directions(huge), format!("model.max_directions is {huge}")),
    ] {
        let make = || make().forward(|_, _| Ok(()));
        let x = [1.0; 4];
        for error in [
            measure(&mut make(), &x, &Options::default()).unwrap_err(),
            Estimator::new(make(), &Options::default()).unwrap_err(),
            jacobian_norms(&mut make(), &x, &JacobianNormsOptions::default(), None).unwrap_err(),
            energy_value(&mut make(), &x, &EnergyPenaltyOptions::default()).unwrap_err(),
        ] {
            assert_eq!(error.status(), Status::Range, "{text}: {error}");
            assert!(error.to_string().contains(&text), "{text}: {error}");
        }
    }
}
