//! f(x) = sin(W x) from R^5 to R^3, whose energy is known in closed form:
//! ||J||_F^2 = sum over o of cos(w_o x)^2 ||w_o||^2.

use dirichlet::{Activation, Estimator, Layer, Matrix, Model, Options, Real};

pub const INPUTS: usize = 5;
pub const OUTPUTS: usize = 3;

/// Arithmetic in double for both precisions.
pub trait Number: Real + Into<f64> {
    fn of(value: f64) -> Self;
}

impl Number for f64 {
    fn of(value: f64) -> f64 {
        value
    }
}

impl Number for f32 {
    fn of(value: f64) -> f32 {
        value as f32
    }
}

/// Numbers between -1 and 1.
pub fn numbers<T: Number>(count: usize, seed: u64) -> Vec<T> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        T::of((state >> 11) as f64 / (1u64 << 52) as f64 - 1.0)
    };
    std::iter::repeat_with(next).take(count).collect()
}

pub fn samples<T: Number>(count: usize) -> Vec<T> {
    numbers(count * INPUTS, 2)
}

pub fn weights<T: Number>() -> Vec<T> {
    numbers(OUTPUTS * INPUTS, 1)
}

pub fn dot<T: Number>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| a.into() * b.into()).sum()
}

pub fn energies<T: Number>(w: &[T], x: &[T]) -> Vec<f64> {
    let energy = |x: &[T]| -> f64 {
        w.chunks(INPUTS).map(|row| dot(row, x).cos().powi(2) * dot(row, row)).sum()
    };
    x.chunks(INPUTS).map(energy).collect()
}

pub fn complexity<T: Number>(w: &[T], x: &[T]) -> f64 {
    let energies = energies(w, x);
    energies.iter().sum::<f64>() / energies.len() as f64
}

pub fn forward<T: Number>(w: &[T], x: &[T], y: &mut [T]) {
    for (x, y) in x.chunks(INPUTS).zip(y.chunks_mut(OUTPUTS)) {
        for (row, y) in w.chunks(INPUTS).zip(y) {
            *y = T::of(dot(row, x).sin());
        }
    }
}

pub fn jvp<T: Number>(w: &[T], m: usize, x: &[T], v: &[T], jv: &mut [T]) {
    for (i, (v, jv)) in v.chunks(INPUTS).zip(jv.chunks_mut(OUTPUTS)).enumerate() {
        let x = &x[i / m * INPUTS..][..INPUTS];
        for (row, jv) in w.chunks(INPUTS).zip(jv) {
            *jv = T::of(dot(row, x).cos() * dot(row, v));
        }
    }
}

pub fn vjp<T: Number>(w: &[T], m: usize, x: &[T], u: &[T], jtu: &mut [T]) {
    jtu.fill(T::of(0.0));
    for (i, (u, jtu)) in u.chunks(OUTPUTS).zip(jtu.chunks_mut(INPUTS)).enumerate() {
        let x = &x[i / m * INPUTS..][..INPUTS];
        for (row, &u) in w.chunks(INPUTS).zip(u) {
            let factor = dot(row, x).cos() * u.into();
            for (sum, &weight) in jtu.iter_mut().zip(row) {
                *sum = T::of((*sum).into() + factor * weight.into());
            }
        }
    }
}

pub fn product_norms(w: &[f64], m: usize, x: &[f64], u: &[f64], norms: &mut [f64]) {
    let mut jtu = vec![0.0; norms.len() * INPUTS];
    vjp(w, m, x, u, &mut jtu);
    for (norm, jtu) in norms.iter_mut().zip(jtu.chunks(INPUTS)) {
        *norm = dot(jtu, jtu);
    }
}

pub fn vjp_model<T: Number>(w: &[T]) -> Model<'_, T> {
    Model::new(INPUTS, OUTPUTS).vjp(move |m, x, u, jtu| {
        vjp(w, m, x, u, jtu);
        Ok(())
    })
}

pub fn sine_layer<T: Number>(w: &[T]) -> Layer<'_, T> {
    Layer::new(Matrix::by_rows(OUTPUTS, INPUTS, w)).activation(Activation::Sin)
}

pub fn estimator<'a, T: Real>(model: Model<'a, T>, options: &Options) -> Estimator<'a, T> {
    Estimator::new(model, options).unwrap()
}

/// A NaN is not close to anything.
pub fn assert_close(value: f64, expected: f64, bound: f64) {
    let error = (value - expected).abs() / expected.abs().max(1e-300);
    println!("{value} against {expected}: {error:.1e}, at most {bound:e}");
    assert!(error <= bound, "{value} against {expected}: {error:e}");
}

/// Each to 1e-13 of 1.
pub fn assert_all_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-13, "{found} against {expected}");
    }
}
