//! Closures as callbacks: what they compute, and how they fail.

use std::cell::Cell;
use std::error::Error;
use std::os::raw::c_void;
use std::panic::{catch_unwind, panic_any, AssertUnwindSafe};
use std::rc::Rc;

use dirichlet::{
    measure, sys, CallbackResult, Estimator, Method, Model, Options, Probes, Status, StopReason,
};

use crate::sine::*;

/// The closed form, by each kind of closure alone.
fn closed_form<T: Number>(products_bound: f64, differences_bound: f64) {
    let (w, x) = (weights::<T>(), samples::<T>(40));
    let products = Model::new(INPUTS, OUTPUTS).jvp(|m, x, v, jv| {
        jvp(&w, m, x, v, jv);
        Ok(())
    });
    let differences = Model::new(INPUTS, OUTPUTS).forward(|x, y| {
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
        estimator.update(&x).unwrap();
        let result = estimator.result().unwrap();
        assert_eq!((result.samples, result.method), (40, method));
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
    estimator.update_with(&x, Some(&shares), Some(&mut found)).unwrap();
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
    let (mut largest, mut most, mut products) = (0, 0, 0);
    let model = Model::new(INPUTS, OUTPUTS).max_samples(4).max_directions(2).vjp(|m, x, u, jtu| {
        largest = largest.max(x.len() / INPUTS);
        most = most.max(m);
        products += u.len() / OUTPUTS;
        vjp(&w, m, x, u, jtu);
        Ok(())
    });
    let mut estimator = estimator(model, &Options::default());
    estimator.update(&x).unwrap();
    let counted = estimator.result().unwrap().products;
    drop(estimator);
    assert_eq!((products, counted), (10 * OUTPUTS, 10 * OUTPUTS as u64));
    assert_eq!((largest, most), (4, 2));
}

/// What a closure leaves out is no zero.
#[test]
fn outputs_left_out_are_found() {
    let (w, x) = (weights::<f64>(), samples(10));
    let model = Model::new(INPUTS, OUTPUTS).vjp(|m, x, u, jtu| {
        let mut written = vec![0.0; jtu.len()];
        vjp(&w, m, x, u, &mut written);
        for (i, (to, from)) in jtu.iter_mut().zip(written).enumerate() {
            if i % INPUTS != 1 {
                *to = from;
            }
        }
        Ok(())
    });
    let error = estimator(model, &Options::default()).update(&x).unwrap_err();
    assert_eq!(error.status(), Status::NotFinite);
}

/// A model whose products, once `calls` of them were right, end as `fail` does.
fn failing<'a>(
    w: &'a [f64],
    calls: usize,
    mut fail: impl FnMut() -> CallbackResult + Send + 'a,
) -> Model<'a, f64> {
    let mut call = 0;
    Model::new(INPUTS, OUTPUTS).max_samples(4).vjp(move |m, x, u, jtu| {
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
    assert_eq!(before, estimator.state().serialize().unwrap());
    estimator.update(&x[INPUTS * 4..]).unwrap();
    let result = estimator.result().unwrap();
    assert_eq!(result.samples, 12);
    assert_close(result.value, complexity(w, x), 1e-14);
}

#[derive(Debug, PartialEq)]
struct OutOfCoffee(u32);

impl std::fmt::Display for OutOfCoffee {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} cups left", self.0)
    }
}

impl std::error::Error for OutOfCoffee {}

#[test]
fn errors_come_back() {
    let (w, x) = (weights::<f64>(), samples(12));
    let mut estimator =
        estimator(failing(&w, 2, || Err(OutOfCoffee(7).into())), &Options::default());
    estimator.update(&x[..INPUTS * 4]).unwrap();
    let before = estimator.state().serialize().unwrap();
    let error = estimator.update(&x[INPUTS * 4..]).unwrap_err();
    assert_eq!((error.status(), error.callback_code()), (Status::Callback, 1));
    assert_eq!((error.sample(), error.least_bytes()), (None, None));
    assert!(error.message().contains("vjp"), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "7 cups left");
    let own = error.into_callback_error().unwrap().downcast::<OutOfCoffee>().unwrap();
    assert_eq!(*own, OutOfCoffee(7));
    goes_on(estimator, &before, &w, &x);
}

#[test]
fn panics_come_back() {
    let (w, x) = (weights::<f64>(), samples(12));
    let model = failing(&w, 2, || panic_any(String::from("a payload")));
    let mut estimator = estimator(model, &Options::default());
    estimator.update(&x[..INPUTS * 4]).unwrap();
    let before = estimator.state().serialize().unwrap();
    let update = AssertUnwindSafe(|| estimator.update(&x[INPUTS * 4..]));
    let payload = catch_unwind(update).unwrap_err();
    assert_eq!(payload.downcast_ref::<String>().unwrap(), "a payload");
    goes_on(estimator, &before, &w, &x);
}

#[test]
fn missing_closures_are_named() {
    let w = weights::<f64>();
    let options = Options { method: Method::HutchPp, ..Options::default() };
    let error = Estimator::new(vjp_model(&w), &options).unwrap_err();
    assert_eq!(error.status(), Status::MissingCallback);
    assert!(error.to_string().contains("jvp"), "{error}");
}

#[test]
fn slices_of_other_lengths_are_refused() {
    let (w, x) = (weights::<f64>(), samples(4));
    let mut estimator = estimator(vjp_model(&w), &Options::default());
    let mut short = [0.0; 3];
    for (result, argument) in [
        (estimator.update(&x[1..]), "x has 19"),
        (estimator.update_with(&x, Some(&[1.0; 5]), None), "weights has 5"),
        (estimator.update_with(&x, None, Some(&mut short)), "energies has 3"),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.status(), Status::Shape);
        assert!(error.to_string().contains(argument), "{error}");
    }
    let none = Model::<f64>::new(0, 1).vjp(|_, _, _, _| Ok(()));
    let error = Estimator::new(none, &Options::default()).unwrap_err();
    assert_eq!(error.status(), Status::Range);
    assert!(error.to_string().contains("inputs"), "{error}");
}

#[test]
fn all_closures_are_called() {
    let (w, x) = (weights::<f64>(), samples(9));
    let own_energies = Model::new(INPUTS, OUTPUTS).energies(|x, found| {
        found.copy_from_slice(&energies(&w, x));
        Ok(())
    });
    let norms = Model::new(INPUTS, OUTPUTS).product_norms(|m, x, u, norms| {
        product_norms(&w, m, x, u, norms);
        Ok(())
    });
    // As many orthogonal probes as outputs are exact.
    let probes = Probes::Count(OUTPUTS as u64);
    let orthogonal = Options { method: Method::Orthogonal, probes, ..Options::default() };
    for (mut model, options) in [(own_energies, Options::default()), (norms, orthogonal)] {
        let gc = measure(&mut model, &x, &options).unwrap();
        assert_close(gc.value, complexity(&w, &x), 1e-13);
        assert_eq!((gc.samples, gc.stop_reason), (9, StopReason::None));
    }
}

#[test]
fn one_call_fails_as_an_estimator_does() {
    let (w, x) = (weights::<f64>(), samples(12));
    let mut model = failing(&w, 0, || Err("no".into()));
    let error = measure(&mut model, &x, &Options::default()).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "no");
    let gc = measure(&mut model, &x, &Options::default()).unwrap();
    assert_close(gc.value, complexity(&w, &x), 1e-14);

    let mut model = failing(&w, 0, || panic_any(3_u8));
    let call = AssertUnwindSafe(|| measure(&mut model, &x, &Options::default()));
    assert_eq!(*catch_unwind(call).unwrap_err().downcast::<u8>().unwrap(), 3);

    let error = measure(&mut vjp_model(&w), &x[1..], &Options::default()).unwrap_err();
    assert!(error.to_string().contains("x has 59"), "{error}");
    let options = Options { confidence: 2.0, ..Options::default() };
    let error = measure(&mut vjp_model(&w), &x, &options).unwrap_err();
    assert_eq!(error.status(), Status::Range);
    assert!(error.to_string().contains("confidence"), "{error}");
}

#[test]
fn a_local_model_takes_any_closure() {
    let (w, x) = (weights::<f64>(), samples(5));
    let calls = Rc::new(Cell::new(0));
    let counter = Rc::clone(&calls);
    let mut model = Model::local(INPUTS, OUTPUTS).max_samples(1).forward(|x, y| {
        counter.set(counter.get() + 1);
        forward(&w, x, y);
        Ok(())
    });
    measure(&mut model, &x, &Options::default()).unwrap();
    assert!(calls.get() > 5, "{} calls", calls.get());
}

#[test]
fn samples_at_fault_are_named() {
    let (w, mut x) = (weights::<f64>(), samples(4));
    x[2 * INPUTS] = f64::NAN;
    let options = Options { first_sample: 40, ..Options::default() };
    let mut estimator = estimator(vjp_model(&w), &options);
    let of_handle = estimator.update(&x).unwrap_err();
    let of_call = measure(&mut vjp_model(&w), &x, &options).unwrap_err();
    for error in [of_handle, of_call] {
        assert_eq!((error.status(), error.sample()), (Status::NotFinite, Some(42)), "{error}");
        assert_eq!(error.callback_code(), 0);
    }
}

unsafe extern "C" fn stops_with_7(
    _: i64,
    _: i64,
    _: i64,
    _: *const f64,
    _: *const f64,
    _: *mut f64,
    _: *mut c_void,
) -> i32 {
    7
}

#[test]
fn callbacks_of_c_keep_their_numbers() {
    // SAFETY: zero is a value of every field.
    let mut table: sys::dirichlet_model<f64> = unsafe { std::mem::zeroed() };
    table.struct_size = std::mem::size_of_val(&table);
    (table.inputs, table.outputs) = (INPUTS as i64, OUTPUTS as i64);
    table.vjp = Some(stops_with_7);
    // SAFETY: the function looks at nothing.
    let model = unsafe { Model::<f64>::from_raw(table) };
    let error = estimator(model, &Options::default()).update(&samples(2)).unwrap_err();
    assert_eq!((error.status(), error.callback_code()), (Status::Callback, 7));
    assert!(error.source().is_none());
}
