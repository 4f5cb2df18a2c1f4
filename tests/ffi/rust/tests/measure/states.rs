//! Streams: parts, their states as bytes, their sum.

use dirichlet::{sys, Method, Options, State};

use crate::sine::*;

fn probing(first_sample: u64) -> Options {
    Options { method: Method::Sphere, probes: 2, seed: 9, first_sample, ..Options::default() }
}

#[test]
fn parts_merge_to_the_same_bits() {
    let (w, x) = (weights::<f64>(), samples(90));
    let mut whole = estimator(vjp_model(&w), &probing(0));
    whole.update(&x, None, None).unwrap();

    let mut left = estimator(vjp_model(&w), &probing(0));
    left.update(&x[..31 * INPUTS], None, None).unwrap();
    let mut right = estimator(vjp_model(&w), &probing(31));
    for batch in x[31 * INPUTS..].chunks(7 * INPUTS) {
        right.update(batch, None, None).unwrap();
    }

    let mut sum = State::deserialize(&right.serialize().unwrap()).unwrap();
    sum.merge(&left).unwrap();
    left.merge(&State::deserialize(&right.serialize().unwrap()).unwrap()).unwrap();
    let expected = whole.result().unwrap();
    for result in [left.result().unwrap(), sum.result().unwrap()] {
        assert_eq!(result.samples, 90);
        assert_eq!(result.value.to_bits(), expected.value.to_bits());
        assert_eq!(result.standard_error.to_bits(), expected.standard_error.to_bits());
    }
    assert_eq!(left.serialize().unwrap(), whole.serialize().unwrap());

    let error = (expected.value - complexity(&w, &x)).abs();
    assert!(expected.standard_error_probes > 0.0);
    assert!(error <= 5.0 * expected.standard_error_probes, "{error} {expected:?}");
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let w = weights::<f64>();
    let mut one = estimator(vjp_model(&w), &probing(0));
    let other = estimator(vjp_model(&w), &Options { seed: 10, ..probing(0) });
    let before = one.serialize().unwrap();
    let error = one.merge(&other).unwrap_err();
    assert_eq!(error.status(), sys::DIRICHLET_E_MISMATCH);
    assert!(error.to_string().contains("seed"), "{error}");
    assert_eq!(before, one.serialize().unwrap());
}

#[test]
fn damaged_states_are_refused() {
    let w = weights::<f64>();
    let mut estimator = estimator(vjp_model(&w), &Options::default());
    estimator.update(&samples(3), None, None).unwrap();
    let bytes = estimator.serialize().unwrap();
    for length in 0..bytes.len() {
        assert!(State::deserialize(&bytes[..length]).is_err(), "{length} bytes");
    }
    let mut damaged = bytes;
    *damaged.last_mut().unwrap() ^= 1;
    let error = State::deserialize(&damaged).err().unwrap();
    assert_eq!(error.status(), sys::DIRICHLET_E_CORRUPT);
}

#[test]
fn an_estimator_stops_at_its_cap() {
    let w = weights::<f64>();
    let options = Options { max_samples: 5, ..Options::default() };
    let mut estimator = estimator(vjp_model(&w), &options);
    assert_eq!(estimator.result().unwrap_err().status(), sys::DIRICHLET_E_NO_DATA);
    assert!(!estimator.stopped());
    estimator.update(&samples(8), None, None).unwrap();
    assert!(estimator.stopped());
    let result = estimator.result().unwrap();
    assert_eq!((result.samples, result.stop_reason), (5, sys::DIRICHLET_STOP_SAMPLES));
}
