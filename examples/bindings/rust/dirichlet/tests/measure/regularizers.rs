//! Regularizers of any trainer, against closed forms.

use std::cell::RefCell;
use std::error::Error;
use std::panic::{catch_unwind, panic_any, AssertUnwindSafe};

use dirichlet::regularizer::*;
use dirichlet::{Matrix, MatrixMut, Model, SpectralOptions, Status};

use crate::sine::*;

#[test]
fn norms_have_their_closed_forms() {
    let (w, b) = ([1.0, -2.0, 3.0, 0.0], [-5.0, 6.0]);
    for (norm, biases, value, of_w, of_b) in [
        (Norm::L1, true, 17.0, [0.5, -0.5, 0.5, 0.0], [-0.5, 0.5]),
        (Norm::L1, false, 6.0, [0.5, -0.5, 0.5, 0.0], [0.0, 0.0]),
        (Norm::SquaredL2, true, 75.0, [1.0, -2.0, 3.0, 0.0], [-5.0, 6.0]),
    ] {
        // The gradient of the weights is stored in the other order.
        let (mut gw, mut gb) = ([0.0; 4], [0.0; 2]);
        let weights = Parameter::weights(Matrix::by_rows(2, 2, &w));
        let mut parameters = [
            weights.gradient(MatrixMut::by_columns(2, 2, &mut gw)),
            Parameter::bias(&b).gradient_alike(&mut gb),
        ];
        let found = parameter_norm(&mut parameters, norm, biases, 0.5).unwrap();
        assert_eq!((found.value, found.exact, found.samples), (value, true, 0));
        assert_eq!(([gw[0], gw[2], gw[1], gw[3]], gb), (of_w, of_b));
    }
}

#[test]
fn the_spectral_penalty_follows_the_largest_singular_value() {
    let w = [0.0_f32, 3.0, 4.0, 0.0];
    let mut gradient = [0.0; 4];
    let weights = Parameter::weights(Matrix::by_rows(2, 2, &w)).gradient_alike(&mut gradient);
    let mut parameters = [weights, Parameter::bias(&w)];
    let mut singular = [Singular::unknown(2), Singular::unknown(0)];
    let options = SpectralPenaltyOptions { iterations: 100, seed: 1 };
    let found = spectral_penalty(&mut parameters, &mut singular, &options, 1.0).unwrap();
    assert_close(found.value, 8.0, 1e-6);
    assert_close(singular[0].sigma, 4.0, 1e-6);
    assert!(singular[0].residual <= 1e-6, "{singular:?}");
    assert_close(gradient[2].into(), 4.0, 1e-6);
    assert_eq!(singular[1], Singular::unknown(0));
}

/// A random start is that of the seed, and one iteration keeps something of it.
#[test]
fn the_spectral_penalty_starts_at_random() {
    let w = [0.0, 3.0, 4.0, 0.0];
    let started = |seed| {
        let mut singular = [Singular::unknown(2)];
        let options = SpectralPenaltyOptions { iterations: 1, seed };
        let mut parameters = [Parameter::weights(Matrix::by_rows(2, 2, &w))];
        spectral_penalty(&mut parameters, &mut singular, &options, 1.0).unwrap();
        singular[0].clone()
    };
    assert_eq!(started(1), started(1));
    assert!(started(1).vector != started(2).vector);
    assert!(started(1).residual > 1e-6, "{:?}", started(1));
}

#[test]
fn spectral_norms_of_jacobians_have_their_closed_form() {
    let (w, x) = ([0.0, 3.0, 4.0, 0.0], [0.1, 0.2, 0.3, 0.4]);
    let mut model = Model::new(2, 2).vjp(|m, _, u, jtu| {
        assert_eq!(u.len(), jtu.len());
        for (u, jtu) in u.chunks(2).zip(jtu.chunks_mut(2)) {
            jtu.copy_from_slice(&[w[2] * u[1], w[1] * u[0]]);
        }
        assert!(m > 0);
        Ok(())
    });
    let mut norms = [f64::NAN; 2];
    let options = JacobianNormsOptions::default();
    let found = jacobian_norms(&mut model, &x, &options, Some(&mut norms)).unwrap();
    assert_close(found.norm, 4.0, 1e-10);
    assert_close(norms[1], 4.0, 1e-10);
    assert_eq!((found.converged_samples, found.converged), (2, true));
    let error = jacobian_norms(&mut model, &x, &options, Some(&mut norms[1..])).unwrap_err();
    assert!(error.to_string().contains("norms has 1"), "{error}");
}

/// f_i(x) = i x, i the index of the sample.
#[test]
fn spectral_norms_of_jacobians_know_their_samples() {
    let mut model = Model::new(1, 1).jvp_at(|rows, _: &[f64], v, jv| {
        for (i, (v, jv)) in v.iter().zip(jv).enumerate() {
            *jv = (rows.first + i / rows.directions) as f64 * v;
        }
        Ok(())
    });
    let options = JacobianNormsOptions { first_sample: 5, ..Default::default() };
    let mut norms = [f64::NAN; 3];
    let found = jacobian_norms(&mut model, &[0.0; 3], &options, Some(&mut norms)).unwrap();
    assert_all_close(&norms, &[5.0, 6.0, 7.0]);
    assert_eq!((found.sample, found.converged_samples), (7, 3));
}

/// f(x) = theta x: R = theta^2, with derivative 2 theta, whichever the signs.
#[test]
fn the_energy_of_a_model_has_its_closed_form() {
    // A trainer that has its parameter and its gradient in one place.
    let trainer = RefCell::new((3.0, 0.0));
    let forward = || {
        Model::local(1, 1).forward(|x, y| {
            let theta = trainer.borrow().0;
            x.iter().zip(y).for_each(|(x, y)| *y = theta * x);
            Ok(())
        })
    };
    let mut model = forward().parameter_vjp(|x: &[f64], cotangents: &[f64]| {
        trainer.borrow_mut().1 += dot(x, cotangents);
        Ok(())
    });
    let (x, options) = ([0.5, -1.5], EnergyPenaltyOptions::default());
    let found = energy_penalty(&mut model, &x, &options, 0.5).unwrap();
    assert_close(found.value, 9.0, 1e-9);
    assert_eq!((found.samples, found.products, found.exact), (2, 2, true));
    assert!(found.noise >= 0.0 && found.noise < 1e-6, "{found:?}");
    assert_close(trainer.borrow().1, 0.5 * 6.0, 1e-9);
    assert_close(energy_value(&mut model, &x, &options).unwrap().value, 9.0, 1e-9);
    assert_close(trainer.borrow().1, 0.5 * 6.0, 1e-9);

    let mut model = forward().parameter_vjp(|_: &[f64], _: &[f64]| Err("no gradient".into()));
    let error = energy_penalty(&mut model, &x, &options, 0.5).unwrap_err();
    assert_eq!(error.status(), Status::Callback);
    assert!(error.to_string().contains("parameter_vjp"), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "no gradient");
    // Who asks for the value alone needs no gradient.
    assert_close(energy_value(&mut model, &x, &options).unwrap().value, 9.0, 1e-9);

    let mut model = forward().parameter_vjp(|_: &[f64], _: &[f64]| panic_any("no gradient"));
    let call = AssertUnwindSafe(|| energy_penalty(&mut model, &x, &options, 0.5));
    assert_eq!(catch_unwind(call).unwrap_err().downcast_ref(), Some(&"no gradient"));

    // A gradient that is asked for is never left out.
    let error = energy_penalty(&mut forward(), &x, &options, 0.5).unwrap_err();
    assert_eq!(error.status(), Status::MissingCallback);
    assert!(error.to_string().contains("parameter_vjp"), "{error}");
}

/// Loss = 1/4 sum theta^4: R = sum theta^6, with derivative 6 theta^5.
#[test]
fn flatness_has_its_closed_form() {
    fn objective<'a>() -> Objective<'a, f64> {
        Objective::new(2, |theta: &[f64], gradient| {
            theta.iter().zip(gradient).for_each(|(t, g)| *g = t.powi(3));
            Ok(theta.iter().map(|t| t.powi(4) / 4.0).sum())
        })
    }
    let exact = objective().hvp(|theta, v, hv| {
        for i in 0..2 {
            hv[i] = 3.0 * theta[i].powi(2) * v[i];
        }
        Ok(())
    });
    for (mut objective, is_exact, bound) in [(exact, true, 1e-14), (objective(), false, 1e-8)] {
        let mut gradient = [1.0, 1.0];
        let found =
            flatness_penalty(&mut objective, &[1.0, 2.0], 0.1, 0.5, Some(&mut gradient)).unwrap();
        assert_eq!((found.loss, found.squared_gradient_norm), (4.25, 65.0));
        assert_eq!(found.exact, is_exact);
        assert_close(gradient[0], 1.0 + 3.0, bound);
        assert_close(gradient[1], 1.0 + 96.0, bound);
    }

    let mut objective = Objective::<f64>::new(1, |_, _| Err("stopped".into()));
    let error = flatness_penalty(&mut objective, &[1.0], 0.1, 1.0, None).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "stopped");
    let error = flatness_penalty(&mut objective, &[1.0; 2], 0.1, 1.0, None).unwrap_err();
    assert!(error.to_string().contains("theta has 2"), "{error}");
    let error = flatness_penalty(&mut objective, &[1.0], -1.0, 1.0, None).unwrap_err();
    assert!(error.to_string().contains("learning_rate"), "{error}");
}

#[test]
fn what_does_not_fit_is_named() {
    let w = [1.0, 2.0, 3.0, f64::NAN];
    let mut gradient = [0.0; 3];
    let refused = |parameter: Parameter<'_, f64>, status: Status, argument: &str| {
        let error = parameter_norm(&mut [parameter], Norm::SquaredL2, true, 1.0).unwrap_err();
        assert_eq!(error.status(), status, "{error}");
        assert!(error.to_string().contains(argument), "{error}");
    };
    let matrix = Matrix::by_rows(2, 2, &w);
    refused(Parameter::weights(Matrix::by_rows(3, 2, &w)), Status::Shape, "parameters[0].values");
    refused(Parameter::weights(matrix), Status::NotFinite, "parameters[0]");
    let parameter = Parameter::weights(matrix).gradient_alike(&mut gradient);
    refused(parameter, Status::Shape, "parameters[0].gradient has 3");
    let parameter = Parameter::weights(matrix);
    let parameter = parameter.gradient(MatrixMut::by_rows(1, 3, &mut gradient));
    refused(parameter, Status::Shape, "parameters[0].gradient is 1 x 3");

    let mut parameters = [Parameter::weights(matrix)];
    let options = SpectralPenaltyOptions::default();
    for (mut singular, argument) in
        [(vec![], "singular has 0"), (vec![Singular::unknown(3)], "singular[0].vector has 3")]
    {
        let error = spectral_penalty(&mut parameters, &mut singular, &options, 1.0).unwrap_err();
        assert!(error.to_string().contains(argument), "{error}");
    }
    let error = operator_norm(Matrix::by_rows(3, 2, &w), &SpectralOptions::default()).unwrap_err();
    assert!(error.to_string().contains("matrix has 4"), "{error}");
}
