//! What may move to other threads, does.

use std::panic::AssertUnwindSafe;
use std::thread;

use dirichlet::{Dense, Estimator, Loss, Model, Options, Real, State};

use crate::sine::*;

fn movable<M: Send>(value: M) -> M {
    value
}

fn all_movable<T: Real>() {
    fn send<M: Send>() {}
    send::<Model<'static, T>>();
    send::<Estimator<'static, T>>();
    send::<Dense<'static, T>>();
    send::<State>();
    send::<dirichlet::Error>();
}

#[test]
fn parts_are_measured_by_threads_and_merged() {
    all_movable::<f64>();
    all_movable::<f32>();
    let (w, x) = (weights::<f64>(), samples(80));
    let parts: Vec<State> = thread::scope(|scope| {
        let threads: Vec<_> = x
            .chunks(20 * INPUTS)
            .map(|part| {
                // Made here, used there.
                let mut estimator = movable(estimator(vjp_model(&w), &Options::default()));
                scope.spawn(move || {
                    estimator.update(part).unwrap();
                    estimator.into_state()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut whole = estimator(vjp_model(&w), &Options::default());
    parts.iter().for_each(|part| whole.merge(part).unwrap());
    assert_eq!(whole.result().unwrap().samples, 80);
    assert_close(whole.result().unwrap().value, complexity(&w, &x), 1e-14);
}

#[test]
fn networks_of_the_same_weights_are_used_at_once() {
    let (w, x) = (weights::<f64>(), samples(30));
    let (w, x) = (&w, &x);
    thread::scope(|scope| {
        for _ in 0..4 {
            let mut network = movable(Dense::new(&[sine_layer(w)]).unwrap());
            scope.spawn(move || {
                for _ in 0..50 {
                    let gc = network.energy_sum(x).unwrap() / 30.0;
                    assert!((gc - complexity(w, x)).abs() <= 1e-12, "{gc}");
                }
            });
        }
    });
}

/// A closure that panics ends the thread that called the library, and no other.
#[test]
fn a_panic_stays_in_its_thread() {
    let w = weights::<f64>();
    let result = thread::scope(|scope| {
        let w = &w;
        let thread = scope.spawn(move || {
            let mut network = Dense::new(&[sine_layer(w)]).unwrap();
            let mut loss = Loss::custom(|_, _, _, _| panic!("in a loss"));
            let network = AssertUnwindSafe(&mut network);
            { network }.loss_gradient(&[0.0; INPUTS], &mut loss, 1.0, &mut [Default::default()])
        });
        thread.join()
    });
    assert_eq!(result.unwrap_err().downcast_ref(), Some(&"in a loss"));
}
