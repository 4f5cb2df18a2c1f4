//! Streams: parts, their states as bytes, their sum.

use dirichlet::{
    blas_name, capabilities, sys, Estimator, Method, Options, Probes, State, Status, StopReason,
};

use crate::sine::*;

fn probing(first_sample: u64) -> Options {
    Options {
        method: Method::Sphere,
        probes: Probes::Count(2),
        seed: 9,
        first_sample,
        ..Options::default()
    }
}

#[test]
fn parts_merge_to_the_same_bits() {
    let (w, x) = (weights::<f64>(), samples(90));
    let mut whole = estimator(vjp_model(&w), &probing(0));
    whole.update(&x).unwrap();

    let mut left = estimator(vjp_model(&w), &probing(0));
    left.update(&x[..31 * INPUTS]).unwrap();
    let mut right = estimator(vjp_model(&w), &probing(31));
    for batch in x[31 * INPUTS..].chunks(7 * INPUTS) {
        right.update(batch).unwrap();
    }

    let mut sum = State::deserialize(&right.state().serialize().unwrap()).unwrap();
    sum.merge(left.state()).unwrap();
    left.merge(&State::deserialize(&right.state().serialize().unwrap()).unwrap()).unwrap();
    let expected = whole.result().unwrap();
    for result in [left.result().unwrap(), sum.result().unwrap()] {
        assert_eq!(result.samples, 90);
        assert_eq!(result.value.to_bits(), expected.value.to_bits());
        assert_eq!(result.standard_error.to_bits(), expected.standard_error.to_bits());
    }
    assert_eq!(left.state().serialize().unwrap(), whole.state().serialize().unwrap());

    let error = (expected.value - complexity(&w, &x)).abs();
    assert!(expected.standard_error_probes > 0.0);
    assert!(error <= 5.0 * expected.standard_error_probes, "{error} {expected:?}");
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let w = weights::<f64>();
    let mut one = estimator(vjp_model(&w), &probing(0));
    let other = estimator(vjp_model(&w), &Options { seed: 10, ..probing(0) });
    let before = one.state().serialize().unwrap();
    let error = one.merge(other.state()).unwrap_err();
    assert_eq!(error.status(), Status::Mismatch);
    assert!(error.to_string().contains("seed"), "{error}");
    assert_eq!(before, one.state().serialize().unwrap());
}

#[test]
fn damaged_states_are_refused() {
    let w = weights::<f64>();
    let mut estimator = estimator(vjp_model(&w), &Options::default());
    estimator.update(&samples(3)).unwrap();
    let bytes = estimator.state().serialize().unwrap();
    for length in 0..bytes.len() {
        assert!(State::deserialize(&bytes[..length]).is_err(), "{length} bytes");
    }
    let mut damaged = bytes;
    *damaged.last_mut().unwrap() ^= 1;
    let error = State::deserialize(&damaged).unwrap_err();
    assert_eq!(error.status(), Status::Corrupt);
}

#[test]
fn an_estimator_stops_at_its_cap() {
    let w = weights::<f64>();
    let options = Options { max_samples: 5, ..Options::default() };
    let mut estimator = estimator(vjp_model(&w), &options);
    let error = estimator.result().unwrap_err();
    assert_eq!((error.status(), error.sample()), (Status::NoData, None));
    assert!(!estimator.stopped());
    estimator.update(&samples(8)).unwrap();
    assert!(estimator.stopped());
    let result = estimator.result().unwrap();
    assert_eq!((result.samples, result.stop_reason), (5, StopReason::Samples));
}

#[test]
fn both_go_on_after_a_merge() {
    let (w, x) = (weights::<f64>(), samples(30));
    let (first, second) = x.split_at(10 * INPUTS);
    let mut one = estimator(vjp_model(&w), &Options::default());
    let mut other = estimator(vjp_model(&w), &Options::default());
    one.update(first).unwrap();
    other.update(second).unwrap();
    one.merge(other.state()).unwrap();
    assert_close(one.result().unwrap().value, complexity(&w, &x), 1e-14);

    // The source is as it was, and outlives what it was merged into.
    drop(one);
    other.update(first).unwrap();
    assert_close(other.result().unwrap().value, complexity(&w, &x), 1e-14);

    // A state needs no model: its closures are gone by now.
    let state = other.into_state();
    assert_eq!(state.result().unwrap().samples, 30);
}

#[test]
fn reset_forgets_and_seek_goes_to_a_sample() {
    let (w, x) = (weights::<f64>(), samples(4));
    let energies = |estimator: &mut Estimator<'_, f64>| {
        let mut energies = [f64::NAN; 4];
        estimator.update_with(&x, None, Some(&mut energies)).unwrap();
        energies
    };
    let mut estimator = estimator(vjp_model(&w), &probing(0));
    let first = energies(&mut estimator);
    let second = energies(&mut estimator);
    assert!(first != second, "other samples have other probes");
    estimator.seek(0).unwrap();
    assert_eq!(energies(&mut estimator), first);
    estimator.reset().unwrap();
    assert_eq!(estimator.result().unwrap_err().status(), Status::NoData);
    assert_eq!(energies(&mut estimator), first);
    assert_eq!(estimator.result().unwrap().samples, 4);
    assert!(estimator.seek(u64::MAX).unwrap_err().to_string().contains("sample_index"));
}

#[test]
fn estimators_and_states_say_what_they_are() {
    let w = weights::<f32>();
    let options = Options {
        method: Method::Sphere,
        probes: Probes::Count(2),
        seed: 9,
        first_sample: 7,
        population: 100,
        groups: 2,
        confidence: 0.9,
        ..Options::default()
    };
    let mut estimator = estimator(vjp_model(&w), &options);
    estimator.update(&samples(3)).unwrap();
    let live = estimator.describe().unwrap();
    assert_eq!((live.inputs, live.outputs, live.element_size), (INPUTS, OUTPUTS, 4));
    assert_eq!((live.products_per_sample, live.directions), (2, 2));
    assert_eq!((live.first_sample, live.next_sample, live.population), (7, 10, 100));
    assert_eq!((live.method, live.exact, live.has_model), (Method::Sphere, false, true));
    assert_eq!((live.seed, live.groups, live.confidence), (9, 2, 0.9));
    assert_eq!((live.step, live.forward_noise, live.errors_unknown), (0.0, 0.0, false));
    assert!(live.tile_samples > 0 && live.workspace_bytes > 0, "{live:?}");

    let read = State::deserialize(&estimator.state().serialize().unwrap()).unwrap();
    let read = read.describe().unwrap();
    let newest = capabilities().unwrap().newest_state_format;
    assert_eq!((live.state_format, read.state_format), (newest, newest));
    let mut without_model = live;
    without_model.has_model = false;
    without_model.tile_samples = 0;
    without_model.workspace_bytes = 0;
    assert_eq!(read, without_model);
}

#[test]
fn the_library_says_what_it_can_do() {
    let found = capabilities().unwrap();
    // SAFETY: takes nothing.
    assert_eq!(found.version, unsafe { sys::dirichlet_version() });
    assert!(found.version >= sys::DIRICHLET_VERSION);
    assert!(found.oldest_state_format >= 1, "{found:?}");
    assert!(found.newest_state_format >= found.oldest_state_format, "{found:?}");
    assert_eq!(found.has_cblas, blas_name() != "none");
    assert!(found.largest_parallel_lanes >= 1, "{found:?}");
}
