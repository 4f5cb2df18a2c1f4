//! Whether models keep their contract: sound ones, and each of these broken in one way.

use std::cell::Cell;
use std::error::Error;
use std::panic::{catch_unwind, panic_any, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};

use dirichlet::{
    check_model, Callback, CheckItem, CheckOptions, Dense, Finding, Model, Report, Status,
};

use crate::sine::*;

fn whole<T: Number>(w: &[T]) -> Model<'_, T> {
    Model::new(INPUTS, OUTPUTS)
        .forward(move |x, y| {
            forward(w, x, y);
            Ok(())
        })
        .jvp(move |m, x, v, jv| {
            jvp(w, m, x, v, jv);
            Ok(())
        })
        .vjp(move |m, x, u, jtu| {
            vjp(w, m, x, u, jtu);
            Ok(())
        })
        .energies(move |x, found| {
            found.copy_from_slice(&energies(w, x));
            Ok(())
        })
}

fn is_sound<T: Number>() {
    let (w, x) = (weights::<T>(), samples::<T>(8));
    let options = CheckOptions { seed: 1, first_sample: 3, ..CheckOptions::default() };
    let of_closures = check_model(&mut whole(&w), &x, &options).unwrap();
    let mut network = Dense::new(&[sine_layer(&w)]).unwrap();
    let of_network = check_model(&mut network.model(), &x, &options).unwrap();
    for report in [of_closures, of_network] {
        assert_eq!(report.failed, 0);
        assert!(report.calls > 10, "{report:?}");
        assert!(report.findings.len() > 10, "{report:?}");
        let fits = |finding: &Finding| finding.holds && finding.found <= finding.allowed;
        assert!(report.findings.iter().all(fits), "{report:?}");
        let looked_at = |item, callback| {
            let same = |found: &Finding| found.item == item && found.callback == callback;
            assert!(report.findings.iter().any(same), "{item} of {callback}");
        };
        looked_at(CheckItem::Repeat, Callback::Forward);
        looked_at(CheckItem::Linear, Callback::Jvp);
        looked_at(CheckItem::Derivative, Callback::Vjp);
        looked_at(CheckItem::Energies, Callback::Energies);
    }
}

#[test]
fn sound_models_pass() {
    is_sound::<f64>();
    is_sound::<f32>();
}

/// What does not hold of a model; it is an error.
fn failed<M>(mut model: Model<'_, f64, M>, options: &CheckOptions<'_, f64>) -> Report {
    let error = check_model(&mut model, &samples(8), options).unwrap_err();
    println!("{error}");
    assert_eq!(error.status(), Status::Contract);
    let report = error.report().unwrap().clone();
    assert!(report.failed > 0);
    for (i, finding) in report.findings.iter().enumerate() {
        assert_eq!(finding.holds, i >= report.failed, "{finding:?}");
    }
    assert!(!report.findings[0].text.is_empty());
    report
}

/// That just this is found of this closure.
fn finds<M>(model: Model<'_, f64, M>, item: CheckItem, callback: Callback) {
    let report = failed(model, &CheckOptions::default());
    let names = |finding: &Finding| finding.item == item && finding.callback == callback;
    assert!(report.findings[..report.failed].iter().any(names), "{item} {callback}: {report:?}");
}

#[test]
fn broken_closures_are_found() {
    let w = weights::<f64>();
    let mut calls = 0;
    let dropout = whole(&w).vjp(|m, x, u, jtu| {
        vjp(&w, m, x, u, jtu);
        calls += 1;
        jtu[0] *= f64::from(calls % 2);
        Ok(())
    });
    finds(dropout, CheckItem::Repeat, Callback::Vjp);
    let normalized = whole(&w).forward(|x, y| {
        forward(&w, x, y);
        let mean = y.iter().sum::<f64>() / y.len() as f64;
        y.iter_mut().for_each(|y| *y -= mean);
        Ok(())
    });
    finds(normalized, CheckItem::Rows, Callback::Forward);
    let doubled = whole(&w).vjp(|m, x, u, jtu| {
        vjp(&w, m, x, u, jtu);
        jtu.iter_mut().for_each(|product| *product *= 2.0);
        Ok(())
    });
    finds(doubled, CheckItem::Derivative, Callback::Vjp);
    let halved = whole(&w).energies(|x, found| {
        found.copy_from_slice(&energies(&w, x));
        found.iter_mut().for_each(|energy| *energy /= 2.0);
        Ok(())
    });
    finds(halved, CheckItem::Energies, Callback::Energies);
    // What is left out is NaN.
    let short = whole(&w).jvp(|m, x, v, jv| {
        let mut all = vec![0.0; jv.len()];
        jvp(&w, m, x, v, &mut all);
        jv[1..].copy_from_slice(&all[1..]);
        Ok(())
    });
    finds(short, CheckItem::Finite, Callback::Jvp);
}

/// The first samples of the calls of vjp, and all its cotangents.
fn asked_for(options: &CheckOptions<'_, f64>) -> (Vec<usize>, Vec<f64>) {
    let w = weights::<f64>();
    let (mut firsts, mut cotangents) = (Vec::new(), Vec::new());
    let mut model = whole(&w).vjp_at(|rows, x, u, jtu| {
        firsts.push(rows.first);
        cotangents.extend_from_slice(u);
        vjp(&w, rows.directions, x, u, jtu);
        Ok(())
    });
    check_model(&mut model, &samples(8), options).unwrap();
    drop(model);
    (firsts, cotangents)
}

#[test]
fn options_are_the_callers() {
    let (firsts, cotangents) = asked_for(&CheckOptions::default());
    let (moved, _) = asked_for(&CheckOptions { first_sample: 30, ..CheckOptions::default() });
    assert!(firsts.iter().all(|first| (0..8).contains(first)), "{firsts:?}");
    assert!(moved.iter().all(|first| (30..38).contains(first)), "{moved:?}");
    assert!(cotangents == asked_for(&CheckOptions::default()).1);
    let (_, others) = asked_for(&CheckOptions { seed: 1, ..CheckOptions::default() });
    assert!(cotangents != others);

    // A product that is wrong in its sixth digit is right in its third.
    let w = weights::<f64>();
    let rough = || {
        whole(&w).vjp(|m, x, u, jtu| {
            vjp(&w, m, x, u, jtu);
            jtu.iter_mut().for_each(|product| *product *= 1.0 + 1e-5);
            Ok(())
        })
    };
    failed(rough(), &CheckOptions::default());
    let options = CheckOptions { forward_noise: 1e-3, ..CheckOptions::default() };
    check_model(&mut rough(), &samples(8), &options).unwrap();
}

/// f(x) = theta x.
#[test]
fn the_parameters_gradient_is_compared_with_differences() {
    let (theta, gradient) = ([Cell::new(3.0)], [Cell::new(0.5)]);
    let model = |factor: f64| {
        let (theta, gradient) = (&theta, &gradient);
        Model::local(1, 1)
            .forward(move |x, y| {
                x.iter().zip(y).for_each(|(x, y)| *y = theta[0].get() * x);
                Ok(())
            })
            .parameter_vjp(move |x: &[f64], cotangents: &[f64]| {
                gradient[0].set(gradient[0].get() + factor * dot(x, cotangents));
                Ok(())
            })
    };
    let options =
        CheckOptions { parameters: &theta, gradient: &gradient, ..CheckOptions::default() };
    let report = check_model(&mut model(1.0), &[0.5, -1.5, 2.0], &options).unwrap();
    let of_parameters = |finding: &Finding| finding.item == CheckItem::Parameters;
    assert!(report.findings.iter().any(of_parameters), "{report:?}");
    let report = failed(model(1.5), &options);
    assert!(report.findings[..report.failed].iter().any(of_parameters), "{report:?}");
    assert_eq!((theta[0].get(), gradient[0].get()), (3.0, 0.5));

    let options = CheckOptions { parameters: &theta, ..CheckOptions::default() };
    let error = check_model(&mut model(1.0), &[0.5], &options).unwrap_err();
    assert!(error.to_string().contains("options.gradient has 0"), "{error}");
}

#[test]
fn closures_that_fail_are_found() {
    let w = weights::<f64>();
    let x = samples(8);
    let mut failing = whole(&w).vjp(|_, _, _, _| Err("no memory".into()));
    let error = check_model(&mut failing, &x, &CheckOptions::default()).unwrap_err();
    let finding = &error.report().unwrap().findings[0];
    assert_eq!((finding.item, finding.callback), (CheckItem::Return, Callback::Vjp));
    assert_eq!((finding.holds, finding.callback_code), (false, 1));
    assert_eq!(error.source().unwrap().to_string(), "no memory");

    // The first of several errors is the source, but a panic goes on, wherever it was.
    let calls = AtomicUsize::new(0);
    let fail = || Err(calls.fetch_add(1, Ordering::Relaxed).to_string().into());
    let mut failing = whole(&w).forward(|_, _| fail()).vjp(|_, _, _, _| fail());
    let error = check_model(&mut failing, &x, &CheckOptions::default()).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "0");
    assert!(calls.load(Ordering::Relaxed) > 1);
    for of_jvp in [true, false] {
        let mut panicking = whole(&w).forward(|_, _| Err("no memory".into()));
        panicking = match of_jvp {
            true => panicking.jvp(|_, _, _, _| panic_any("in a check")),
            false => panicking.vjp(|_, _, _, _| panic_any("in a check")),
        };
        let call = AssertUnwindSafe(|| check_model(&mut panicking, &x, &CheckOptions::default()));
        assert_eq!(catch_unwind(call).unwrap_err().downcast_ref(), Some(&"in a check"));
    }
}

#[test]
fn wrong_arguments_are_named() {
    let (w, x) = (weights::<f64>(), samples(8));
    let huge = CheckOptions { first_sample: u64::MAX, ..CheckOptions::default() };
    for (x, options, argument) in [
        (&x[1..], CheckOptions::default(), "x has 39"),
        (&x[..], huge, "options.first_sample is 18446744073709551615"),
        (&x[..], CheckOptions { forward_noise: -1.0, ..Default::default() }, "forward_noise"),
    ] {
        let error = check_model(&mut whole(&w), x, &options).unwrap_err();
        assert!(error.report().is_none());
        assert!(error.to_string().contains(argument), "{error}");
    }
    let error = check_model(&mut whole(&w), &[], &CheckOptions::default()).unwrap_err();
    assert_eq!(error.status(), Status::NoData);
}

#[test]
fn items_and_closures_have_names() {
    assert_eq!(CheckItem::Repeat.to_string(), "repeat");
    assert_eq!(Callback::Vjp.to_string(), "vjp");
    assert_eq!(Callback::Other(1).to_string(), "unknown");
}
