//! Gradient descent, without and with a penalty on the geometric complexity.
use dirichlet::random::{Initialization, Scheme};
use dirichlet::{Activation, Dense, Gradient, Layer, Loss, Matrix, MatrixMut};

const WIDTH: usize = 32;

/// Fit y = sin 9x by a tanh network; its loss and geometric complexity in the end.
fn train(strength: f64) -> dirichlet::Result<(f64, f64)> {
    let x: Vec<f64> = (0..64).map(|i| f64::from(i) / 32.0 - 1.0).collect();
    let y: Vec<f64> = x.iter().map(|x| (9.0 * x).sin()).collect();
    let (mut w1, mut b1, mut w2) = ([0.0; WIDTH], [0.0; WIDTH], [0.0; WIDTH]);
    let he = Initialization::new(Scheme::He);
    let init = Initialization { uniform_bias: true, scale: Some(3.0), ..he };
    init.fill(0, MatrixMut::by_rows(WIDTH, 1, &mut w1), Some(&mut b1))?;
    let mut figures = (f64::NAN, f64::NAN);
    for _ in 0..3000 {
        let (mut g1, mut h1, mut g2) = ([0.0; WIDTH], [0.0; WIDTH], [0.0; WIDTH]);
        let mut gradients = [
            Gradient::new(MatrixMut::by_rows(WIDTH, 1, &mut g1)).bias(&mut h1),
            Gradient::new(MatrixMut::by_rows(1, WIDTH, &mut g2)),
        ];
        let mut network = Dense::new(&[
            Layer::new(Matrix::by_rows(WIDTH, 1, &w1)).bias(&b1).activation(Activation::Tanh),
            Layer::new(Matrix::by_rows(1, WIDTH, &w2)),
        ])?;
        let loss = network.loss_gradient(&x, &mut Loss::squared(&y), 1.0, &mut gradients)?;
        let gc = network.energy_penalty(&x, strength, &mut gradients)?;
        figures = (loss, gc.value);
        drop(network); // it borrows the weights
        for (weights, gradient) in [(&mut w1, &g1), (&mut b1, &h1), (&mut w2, &g2)] {
            weights.iter_mut().zip(gradient).for_each(|(w, g)| *w -= 0.05 * g);
        }
    }
    Ok(figures)
}

fn main() -> dirichlet::Result<()> {
    let [plain, penalized] = [train(0.0)?, train(0.001)?];
    println!("(loss, GC) without penalty {plain:.4?}, with penalty {penalized:.4?}");
    assert!(plain.0 < 0.1 && penalized.0 < 0.1 && penalized.1 < 0.8 * plain.1);
    Ok(())
}
