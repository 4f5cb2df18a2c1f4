//! What a callback in Rust costs over one in C: the time of a call of a closure, less
//! that of a bare function which C calls directly.

use std::mem;
use std::os::raw::c_void;
use std::time::Instant;

use dirichlet::{sys, Estimator, Method, Model, Options};

const CALLS: usize = 1_000;
const ROUNDS: usize = 1_000;

/// f(x) = x, called for one sample at a time.
fn closure() -> Model<'static, f64> {
    Model::new(1, 1).max_samples(1).vjp(|_, _, _, u, jtu| {
        jtu[0] = u[0];
        Ok(())
    })
}

fn bare() -> Model<'static, f64> {
    unsafe extern "C" fn vjp(
        _: i64,
        _: i64,
        _: *const f64,
        u: *const f64,
        jtu: *mut f64,
        _: *mut c_void,
    ) -> i32 {
        *jtu = *u;
        0
    }
    // SAFETY: zero is a value of every field, and the callback needs no `user`.
    unsafe {
        let mut table: sys::dirichlet_model<f64> = mem::zeroed();
        table.struct_size = mem::size_of_val(&table);
        table.inputs = 1;
        table.outputs = 1;
        table.max_samples = 1;
        table.vjp = Some(vjp);
        Model::from_table(table)
    }
}

/// Nanoseconds a call of each model: the least of many short rounds, in turn so that a
/// busy machine troubles both alike.
fn times(models: [Model<'_, f64>; 2]) -> [f64; 2] {
    let x = vec![0.5; CALLS];
    let options = Options { method: Method::Exact, ..Options::default() };
    let mut estimators = models.map(|model| Estimator::new(model, &options).unwrap());
    let mut least = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        for (estimator, least) in estimators.iter_mut().zip(&mut least) {
            let start = Instant::now();
            estimator.update(&x, None, None).unwrap();
            *least = least.min(1e9 * start.elapsed().as_secs_f64() / CALLS as f64);
        }
    }
    for estimator in &estimators {
        assert_eq!(estimator.result().unwrap().products, (CALLS * ROUNDS) as i64);
    }
    least
}

fn main() {
    let [closure, bare] = times([closure(), bare()]);
    println!(
        "Rust: {:.0} ns a callback over C ({closure:.0} with a closure, {bare:.0} with a bare \
         function, the library's own work in both)",
        closure - bare
    );
}
