//! What a call of the library costs in Rust over the same call in C, which calls.c makes. Exit
//! status 1 if it is more than 100 ns.

use std::process;
use std::ptr;
use std::time::Instant;

use dirichlet::sys::{
    dirichlet_dense, dirichlet_dense_destroy_f64, dirichlet_estimator, dirichlet_estimator_destroy,
};
use dirichlet::{
    Dense, Estimator, Gradient, Layer, Loss, Matrix, MatrixMut, Method, Model, Options,
};

const CALLS: usize = 1_000;
const ROUNDS: usize = 500;
const MOST_NANOSECONDS: f64 = 100.0;

extern "C" {
    fn calls_estimator(estimator: *mut *mut dirichlet_estimator) -> i32;
    fn calls_update(
        estimator: *mut dirichlet_estimator,
        calls: i64,
        samples: i64,
        x: *const f64,
    ) -> i32;
    fn calls_network(weight: *const f64, network: *mut *mut dirichlet_dense<f64>) -> i32;
    fn calls_loss_gradient(
        network: *mut dirichlet_dense<f64>,
        calls: i64,
        x: *const f64,
        target: *const f64,
        gradient: *mut f64,
        sum: *mut f64,
    ) -> i32;
}

/// Nanoseconds a call in Rust and in C, for two closures that make CALLS of them: the least of
/// many short rounds, in turn so that a busy machine troubles both alike.
fn compare(mut rust: impl FnMut(), mut c: impl FnMut()) -> [f64; 2] {
    let mut least = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        let start = Instant::now();
        rust();
        let middle = Instant::now();
        c();
        let times = [middle - start, middle.elapsed()];
        for (least, time) in least.iter_mut().zip(times) {
            *least = least.min(1e9 * time.as_secs_f64() / CALLS as f64);
        }
    }
    least
}

/// Updates of a model f(x) = x by its vjp, which is called for one sample at a time.
fn updates() -> [[f64; 2]; 2] {
    let model = Model::new(1, 1).max_samples(1).vjp(|_, _, u, jtu| {
        jtu.copy_from_slice(u);
        Ok(())
    });
    let options = Options { method: Method::Exact, ..Options::default() };
    let mut of_rust = Estimator::new(model, &options).unwrap();
    let mut of_c = ptr::null_mut();
    let x = [0.5; CALLS];
    // SAFETY: the functions of calls.c get what they expect; the handle is destroyed once.
    unsafe {
        assert_eq!(calls_estimator(&mut of_c), 0);
        let update = compare(
            || (0..CALLS).for_each(|_| of_rust.update(&x[..1]).unwrap()),
            || assert_eq!(calls_update(of_c, CALLS as i64, 1, x.as_ptr()), 0),
        );
        let callback = compare(
            || of_rust.update(&x).unwrap(),
            || assert_eq!(calls_update(of_c, 1, CALLS as i64, x.as_ptr()), 0),
        );
        dirichlet_estimator_destroy(of_c);
        let products = of_rust.result().unwrap().products;
        assert_eq!(products, (2 * CALLS * ROUNDS) as u64);
        [update, callback]
    }
}

/// Gradients of a squared loss of a network of one weight.
fn gradients() -> [f64; 2] {
    let (weight, x, target) = ([2.0], [1.0], [1.5]);
    let (mut of_rust, mut of_c) = ([0.0], [0.0]);
    let mut rust_sum = 0.0;
    let mut c_sum = 0.0;
    let mut network = Dense::new(&[Layer::new(Matrix::by_rows(1, 1, &weight))]).unwrap();
    let mut views = [Gradient::new(MatrixMut::by_rows(1, 1, &mut of_rust))];
    let mut loss = Loss::squared(&target);
    let mut handle = ptr::null_mut();
    // SAFETY: as above.
    let times = unsafe {
        assert_eq!(calls_network(weight.as_ptr(), &mut handle), 0);
        let times = compare(
            || {
                for _ in 0..CALLS {
                    rust_sum += network.loss_gradient(&x, &mut loss, 1.0, &mut views).unwrap();
                }
            },
            || {
                let (x, target, to) = (x.as_ptr(), target.as_ptr(), of_c.as_mut_ptr());
                assert_eq!(calls_loss_gradient(handle, CALLS as i64, x, target, to, &mut c_sum), 0)
            },
        );
        dirichlet_dense_destroy_f64(handle);
        times
    };
    assert_eq!((rust_sum, of_rust), (c_sum, of_c));
    times
}

/// Microseconds to make and drop a network for MNIST, as a trainer does in each step.
fn making() -> f64 {
    let weights = vec![0.01_f32; 784 * 128];
    let layers = [784, 128, 128, 10].windows(2).collect::<Vec<_>>();
    let matrix = |sizes: &[usize]| Matrix::by_rows(sizes[1], sizes[0], &weights);
    let layers: Vec<_> = layers.into_iter().map(|sizes| Layer::new(matrix(sizes))).collect();
    let make = || (0..CALLS / 10).for_each(|_| drop(Dense::new(&layers).unwrap()));
    compare(make, || ())[0] * 10.0 / 1e3
}

fn main() {
    let [update, callback] = updates();
    let mut is_fast = true;
    for (what, [rust, c]) in [
        ("an update of one sample, with its callback", update),
        ("a callback alone, of an update of 1000 samples", callback),
        ("a network's loss_gradient", gradients()),
    ] {
        let over = rust - c;
        println!("Rust: {over:.0} ns over C for {what} ({rust:.0} in Rust, {c:.0} in C)");
        is_fast = is_fast && over <= MOST_NANOSECONDS;
    }
    println!("Rust: {:.1} us to make and drop a network 784-128-128-10", making());
    if !is_fast {
        eprintln!("overhead: more than {MOST_NANOSECONDS} ns");
        process::exit(1);
    }
}
