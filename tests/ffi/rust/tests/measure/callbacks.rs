//! Closures as callbacks: what they compute, and how they fail.

use std::num::NonZeroI32;
use std::panic::{catch_unwind, panic_any, AssertUnwindSafe};

use dirichlet::{sys, Estimator, Method, Model, Options};

use crate::sine::*;

/// The closed form, by each kind of closure alone.
fn closed_form<T: Number>(products_bound: f64, differences_bound: f64) {
    let (w, x) = (weights::<T>(), samples::<T>(40));
    let products = Model::new(INPUTS, OUTPUTS).jvp(|_, m, x, v, jv| {
        jvp(&w, m, x, v, jv);
        Ok(())
    });
    let differences = Model::new(INPUTS, OUTPUTS).forward(|_, x, y| {
        forward(&w, x, y);
        Ok(())
    });
    let cases = [
        (vjp_model(&w), Method::Exact, products_bound),
        (products, Method::Exact, products_bound),
        (differences, Method::FiniteDifference, differences_bound),
    ];
    for (model, method, bound) in cases {
        let mut estimator = estimator(model, &Options::default());
        estimator.update(&x, None, None).unwrap();
        let result = estimator.result().unwrap();
        assert_eq!((result.samples, result.method), (40, method as i32));
        assert_close(result.value, complexity(&w, &x), bound);
    }
}

#[test]
fn closures_give_the_closed_form() {
    closed_form::<f64>(1e-14, 1e-8);
    closed_form::<f32>(2e-6, 1e-4);
}

#[test]
fn weights_and_energies_pass_through() {
    let (w, x) = (weights::<f64>(), samples(20));
    let shares: Vec<f64> = (0..20).map(|i| f64::from(i % 3)).collect();
    let mut found = vec![f64::NAN; 20];
    let mut estimator = estimator(vjp_model(&w), &Options::default());
    estimator.update(&x, Some(&shares), Some(&mut found)).unwrap();
    let expected = energies(&w, &x);
    for (&found, &expected) in found.iter().zip(&expected) {
        assert_close(found, expected, 1e-14);
    }
    let mean = dot(&shares, &expected) / shares.iter().sum::<f64>();
    assert_close(estimator.result().unwrap().value, mean, 1e-14);
}

#[test]
fn closures_capture_state() {
    let (w, x) = (weights::<f64>(), samples(10));
    let (mut largest, mut products) = (0, 0);
    let model = Model::new(INPUTS, OUTPUTS).max_samples(4).vjp(|n, m, x, u, jtu| {
        largest = largest.max(n);
        products += n * m;
        vjp(&w, m, x, u, jtu);
        Ok(())
    });
    let mut estimator = estimator(model, &Options::default());
    estimator.update(&x, None, None).unwrap();
    let counted = estimator.result().unwrap().products;
    drop(estimator);
    assert_eq!((products, counted), (10 * OUTPUTS, 10 * OUTPUTS as i64));
    assert_eq!(largest, 4);
}

/// A model whose products, once `calls` of them were right, end as `fail` does.
fn failing<'a>(
    w: &'a [f64],
    calls: usize,
    mut fail: impl FnMut() -> dirichlet::Flow + 'a,
) -> Model<'a, f64> {
    let mut call = 0;
    Model::new(INPUTS, OUTPUTS).max_samples(4).vjp(move |_, m, x, u, jtu| {
        vjp(w, m, x, u, jtu);
        call += 1;
        if call == calls + 1 {
            return fail();
        }
        Ok(())
    })
}

/// That an estimator, having failed in its second batch, goes on as if nothing were.
fn goes_on(mut estimator: Estimator<'_, f64>, before: &[u8], w: &[f64], x: &[f64]) {
    assert_eq!(before, estimator.serialize().unwrap());
    estimator.update(&x[INPUTS * 4..], None, None).unwrap();
    let result = estimator.result().unwrap();
    assert_eq!(result.samples, 12);
    assert_close(result.value, complexity(w, x), 1e-14);
}

#[test]
fn error_codes_come_back() {
    let (w, x) = (weights::<f64>(), samples(12));
    for code in [1234, -1, i32::MIN] {
        let code = NonZeroI32::new(code).unwrap();
        let mut estimator = estimator(failing(&w, 2, || Err(code)), &Options::default());
        estimator.update(&x[..INPUTS * 4], None, None).unwrap();
        let before = estimator.serialize().unwrap();
        let error = estimator.update(&x[INPUTS * 4..], None, None).unwrap_err();
        assert_eq!(error.status(), sys::DIRICHLET_E_CALLBACK);
        assert_eq!(error.callback_code(), Some(code));
        assert!(error.to_string().contains("vjp"), "{error}");
        goes_on(estimator, &before, &w, &x);
    }
}

#[test]
fn panics_come_back() {
    let (w, x) = (weights::<f64>(), samples(12));
    let model = failing(&w, 2, || panic_any(String::from("a payload")));
    let mut estimator = estimator(model, &Options::default());
    estimator.update(&x[..INPUTS * 4], None, None).unwrap();
    let before = estimator.serialize().unwrap();
    let update = AssertUnwindSafe(|| estimator.update(&x[INPUTS * 4..], None, None));
    let payload = catch_unwind(update).unwrap_err();
    assert_eq!(payload.downcast_ref::<String>().unwrap(), "a payload");
    goes_on(estimator, &before, &w, &x);
}

#[test]
fn missing_closures_are_named() {
    let w = weights::<f64>();
    let options = Options { method: Method::HutchPp, ..Options::default() };
    let error = Estimator::new(vjp_model(&w), &options).err().unwrap();
    assert_eq!(error.status(), sys::DIRICHLET_E_MISSING_CALLBACK);
    assert!(error.to_string().contains("jvp"), "{error}");
}

#[test]
fn slices_of_other_lengths_are_refused() {
    let (w, x) = (weights::<f64>(), samples(4));
    let mut estimator = estimator(vjp_model(&w), &Options::default());
    let mut short = [0.0; 3];
    for result in [
        estimator.update(&x[1..], None, None),
        estimator.update(&x, Some(&[1.0; 5]), None),
        estimator.update(&x, None, Some(&mut short)),
    ] {
        assert_eq!(result.unwrap_err().status(), sys::DIRICHLET_E_SHAPE);
    }
    let none = Model::<f64>::new(0, 1).vjp(|_, _, _, _, _| Ok(()));
    let error = Estimator::new(none, &Options::default()).err().unwrap();
    assert_eq!(error.status(), sys::DIRICHLET_E_RANGE);
    assert!(error.to_string().contains("inputs"), "{error}");
}
