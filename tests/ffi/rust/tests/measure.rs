//! Geometric complexity of f(x) = sin(W x) from Rust closures against its closed form
//! ||J||_F^2 = sum_o cos(w_o x)^2 ||w_o||^2, and everything that must come back across C.

use dirichlet::sys::*;
use dirichlet::{Dense, Estimator, Layer, Model, Options};
use std::panic::{catch_unwind, AssertUnwindSafe};

const D: usize = 5;
const K: usize = 3;

fn numbers(count: usize, mut state: u64) -> Vec<f64> {
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        })
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn exact(w: &[f64], x: &[f64]) -> f64 {
    let energy = |x: &[f64]| -> f64 {
        w.chunks(D).map(|row| dot(row, x).cos().powi(2) * dot(row, row)).sum()
    };
    x.chunks(D).map(energy).sum::<f64>() / (x.len() / D) as f64
}

fn forward(w: &[f64], x: &[f64], y: &mut [f64]) {
    for (x, y) in x.chunks(D).zip(y.chunks_mut(K)) {
        for (row, y) in w.chunks(D).zip(y) {
            *y = dot(row, x).sin();
        }
    }
}

fn vjp(w: &[f64], m: usize, x: &[f64], u: &[f64], out: &mut [f64]) {
    for (i, (u, out)) in u.chunks(K).zip(out.chunks_mut(D)).enumerate() {
        let x = &x[i / m * D..][..D];
        out.fill(0.0);
        for (row, u) in w.chunks(D).zip(u) {
            let factor = dot(row, x).cos() * u;
            out.iter_mut().zip(row).for_each(|(out, w)| *out += factor * w);
        }
    }
}

fn jvp(w: &[f64], m: usize, x: &[f64], v: &[f64], out: &mut [f64]) {
    for (i, (v, out)) in v.chunks(D).zip(out.chunks_mut(K)).enumerate() {
        let x = &x[i / m * D..][..D];
        for (row, out) in w.chunks(D).zip(out) {
            *out = dot(row, x).cos() * dot(row, v);
        }
    }
}

fn model_with_vjp(w: &[f64]) -> Model<'_> {
    Model::new(D, K).vjp(move |m, x, u, out| {
        vjp(w, m, x, u, out);
        Ok(())
    })
}

fn assert_close(value: f64, expected: f64, bound: f64) {
    let error = (value / expected - 1.0).abs();
    assert!(error <= bound, "{value} against {expected}: {error:e}");
}

#[test]
fn closures_give_the_closed_form() {
    let (w, x) = (numbers(K * D, 1), numbers(40 * D, 2));
    let products = Model::new(D, K).jvp(|m, x, v, out| {
        jvp(&w, m, x, v, out);
        Ok(())
    });
    let differences = Model::new(D, K).forward(|x, y| {
        forward(&w, x, y);
        Ok(())
    });
    for (model, bound) in [(model_with_vjp(&w), 1e-14), (products, 1e-14), (differences, 1e-8)] {
        let mut estimator = Estimator::new(model, &Options::default()).unwrap();
        estimator.update(&x).unwrap();
        let result = estimator.result().unwrap();
        assert_eq!(result.samples, 40);
        assert_close(result.value, exact(&w, &x), bound);
    }
}

#[test]
fn probes_say_their_error() {
    let (w, x) = (numbers(K * D, 1), numbers(4000 * D, 2));
    let options = Options { method: DIRICHLET_METHOD_RADEMACHER, probes: 2, ..Options::default() };
    let mut estimator = Estimator::new(model_with_vjp(&w), &options).unwrap();
    estimator.update(&x).unwrap();
    let result = estimator.result().unwrap();
    let error = (result.value - exact(&w, &x)).abs();
    assert!(result.standard_error_probes > 0.0);
    assert!(error <= 5.0 * result.standard_error_probes, "{error} {result:?}");
}

#[test]
fn closures_capture_what_they_like() {
    let (w, x) = (numbers(K * D, 1), numbers(10 * D, 2));
    let mut products = 0;
    let model = Model::new(D, K).vjp(|m, x, u, out| {
        products += m * x.len() / D;
        vjp(&w, m, x, u, out);
        Ok(())
    });
    let mut estimator = Estimator::new(model, &Options::default()).unwrap();
    estimator.update(&x).unwrap();
    let counted = estimator.result().unwrap().products;
    drop(estimator);
    assert_eq!(counted as usize, products);
    assert_eq!(products, 10 * K);
}

#[test]
fn error_codes_come_back() {
    let x = numbers(10 * D, 2);
    let model = Model::new(D, K).vjp(|_, _, _, _| Err(1234));
    let mut estimator = Estimator::new(model, &Options::default()).unwrap();
    let before = estimator.serialize();
    let error = estimator.update(&x).unwrap_err();
    assert_eq!((error.status, error.code), (DIRICHLET_E_CALLBACK, Some(1234)));
    assert!(error.message.contains("vjp"), "{error}");
    assert_eq!(before, estimator.serialize());
}

#[test]
fn panics_come_back() {
    let (w, x) = (numbers(K * D, 1), numbers(10 * D, 2));
    let mut fail = true;
    let model = Model::new(D, K).vjp(|m, x, u, out| {
        if std::mem::take(&mut fail) {
            std::panic::panic_any(String::from("a payload"));
        }
        vjp(&w, m, x, u, out);
        Ok(())
    });
    let mut estimator = Estimator::new(model, &Options::default()).unwrap();
    let payload = catch_unwind(AssertUnwindSafe(|| estimator.update(&x))).unwrap_err();
    assert_eq!(payload.downcast_ref::<String>().unwrap(), "a payload");
    estimator.update(&x).unwrap();
    assert_close(estimator.result().unwrap().value, exact(&w, &x), 1e-14);
}

#[test]
fn missing_callbacks_are_named() {
    let options = Options { method: DIRICHLET_METHOD_HUTCHPP, ..Options::default() };
    let w = numbers(K * D, 1);
    let error = Estimator::new(model_with_vjp(&w), &options).err().unwrap();
    assert_eq!(error.status, DIRICHLET_E_MISSING_CALLBACK);
    assert!(error.message.contains("jvp"), "{error}");
}

#[test]
fn parts_merge_to_the_same_bits() {
    let (w, x) = (numbers(K * D, 1), numbers(90 * D, 2));
    let options = Options { method: DIRICHLET_METHOD_SPHERE, seed: 9, ..Options::default() };
    let mut whole = Estimator::new(model_with_vjp(&w), &options).unwrap();
    whole.update(&x).unwrap();
    let mut left = Estimator::new(model_with_vjp(&w), &options).unwrap();
    left.update(&x[..31 * D]).unwrap();
    let mut right = Estimator::new(model_with_vjp(&w), &options).unwrap();
    right.seek(31).unwrap();
    for batch in x[31 * D..].chunks(7 * D) {
        right.update(batch).unwrap();
    }
    let sent = Estimator::deserialize(&left.serialize()).unwrap();
    right.merge(&sent).unwrap();
    assert_eq!(right.result().unwrap(), whole.result().unwrap());
    assert_eq!(right.serialize(), whole.serialize());
    let mut damaged = left.serialize();
    damaged[40] ^= 1;
    assert!(Estimator::deserialize(&damaged).is_err());
}

#[test]
fn dense_network_agrees_with_closures() {
    let (w, x) = (numbers(K * D, 1), numbers(40 * D, 2));
    let layer = Layer {
        inputs: D,
        outputs: K,
        weights: &w,
        bias: None,
        activation: DIRICHLET_ACTIVATION_SIN,
    };
    let mut dense = Dense::new(&[layer]).unwrap();
    let mut estimator = Estimator::of_dense(&mut dense, &Options::default()).unwrap();
    let mut energies = vec![0.0; 40];
    estimator.update_energies(&x, &mut energies).unwrap();
    assert_close(estimator.result().unwrap().value, exact(&w, &x), 1e-14);
    assert_close(energies.iter().sum::<f64>() / 40.0, exact(&w, &x), 1e-14);
    let short = Layer { weights: &w[1..], ..layer };
    assert!(Dense::new(&[short]).is_err());
}

/// Time of one call of a closure from C, beside the work it does.
#[test]
fn overhead_of_a_call() {
    let calls = 200_000;
    let x = vec![0.0; calls];
    let model = Model::new(1, 1).vjp(|_, _, u, out| {
        out.copy_from_slice(u);
        Ok(())
    });
    let options = Options { method: DIRICHLET_METHOD_EXACT, ..Options::default() };
    let mut estimator = Estimator::new(model, &options).unwrap();
    let start = std::time::Instant::now();
    for x in x.chunks(1) {
        estimator.update(x).unwrap();
    }
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(estimator.result().unwrap().value, 1.0);
    println!(
        "an update of one sample with one closure call: {:.0} ns",
        1e9 * seconds / calls as f64
    );
}
