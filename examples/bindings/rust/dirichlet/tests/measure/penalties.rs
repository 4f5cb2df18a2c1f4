//! Gradients of a network's losses and penalties, against closed forms and differences.

use std::error::Error;

use dirichlet::{
    Activation, Dense, DenseOptions, Gradient, Layer, Loss, Matrix, MatrixMut, Method,
    PenaltyOptions, Probes, Status, Tangent,
};

use crate::sine::*;

const HIDDEN: usize = 4;
const SAMPLES: usize = 6;
const COUNT: usize = HIDDEN * INPUTS + HIDDEN + OUTPUTS * HIDDEN;

/// A smooth network of two layers, the first with a bias, whose parameters stand one after
/// another in `theta`.
fn network(theta: &[f64]) -> Dense<'_, f64> {
    let (w1, rest) = theta.split_at(HIDDEN * INPUTS);
    let (b1, w2) = rest.split_at(HIDDEN);
    Dense::new(&[
        Layer::new(Matrix::by_rows(HIDDEN, INPUTS, w1)).bias(b1).activation(Activation::Tanh),
        Layer::new(Matrix::by_columns(OUTPUTS, HIDDEN, w2)),
    ])
    .unwrap()
}

fn gradients(gradient: &mut [f64]) -> [Gradient<'_, f64>; 2] {
    let (w1, rest) = gradient.split_at_mut(HIDDEN * INPUTS);
    let (b1, w2) = rest.split_at_mut(HIDDEN);
    [
        Gradient::new(MatrixMut::by_rows(HIDDEN, INPUTS, w1)).bias(b1),
        Gradient::new(MatrixMut::by_columns(OUTPUTS, HIDDEN, w2)),
    ]
}

fn tangents(direction: &[f64]) -> [Tangent<'_, f64>; 2] {
    let (w1, rest) = direction.split_at(HIDDEN * INPUTS);
    let (b1, w2) = rest.split_at(HIDDEN);
    [
        Tangent::new(Matrix::by_rows(HIDDEN, INPUTS, w1)).bias(b1),
        Tangent::new(Matrix::by_columns(OUTPUTS, HIDDEN, w2)),
    ]
}

fn theta() -> Vec<f64> {
    numbers(COUNT, 11)
}

fn probing(probes: u64, seed: u64, first_sample: u64) -> PenaltyOptions {
    PenaltyOptions { method: Method::Auto, probes: Probes::Count(probes), seed, first_sample }
}

/// That `add` adds, twice, `strength` times the gradient of the value it returns.
fn fits(strength: f64, mut add: impl FnMut(Dense<'_, f64>, &mut [Gradient<'_, f64>]) -> f64) {
    let theta = theta();
    let mut gradient = vec![0.0; COUNT];
    for _ in 0..2 {
        add(network(&theta), &mut gradients(&mut gradient));
    }
    let mut value = |i: usize, step: f64| {
        let mut moved = theta.clone();
        moved[i] += step;
        add(network(&moved), &mut gradients(&mut [0.0; COUNT]))
    };
    let step = 1e-5;
    let (mut error, mut size) = (0.0, 0.0);
    for (i, gradient) in gradient.iter().enumerate() {
        let difference = (value(i, step) - value(i, -step)) / (2.0 * step);
        error += (gradient / (2.0 * strength) - difference).powi(2);
        size += difference.powi(2);
    }
    let error = (error / size).sqrt();
    println!("gradient against differences: {error:.1e}");
    assert!(error <= 1e-8, "{error:e}");
}

#[test]
fn gradients_are_those_of_the_values() {
    let x = samples::<f64>(SAMPLES);
    let targets = numbers::<f64>(SAMPLES * OUTPUTS, 12);
    let labels = [0, 1, 2, 2, 1, 0];
    let probabilities = [0.5, 0.25, 0.25].repeat(SAMPLES);
    fits(0.5, |mut network, gradients| network.energy_penalty(&x, 0.5, gradients).unwrap().value);
    let probes = probing(2, 1, 3);
    fits(0.5, |mut network, gradients| {
        network.energy_penalty_with(&x, &probes, 0.5, gradients).unwrap().value
    });
    fits(-2.0, |mut network, gradients| {
        network.loss_gradient(&x, &mut Loss::squared(&targets), -2.0, gradients).unwrap()
    });
    fits(1.0, |mut network, gradients| {
        network.loss_gradient(&x, &mut Loss::cross_entropy(&labels), 1.0, gradients).unwrap()
    });
    fits(1.0, |mut network, gradients| {
        let mut loss = Loss::soft_cross_entropy(&probabilities);
        network.loss_gradient(&x, &mut loss, 1.0, gradients).unwrap()
    });
    fits(0.25, |mut network, gradients| {
        let mut loss = Loss::squared(&targets);
        let found = network.flatness_penalty(&x, &mut loss, 0.4, 0.25, Some(gradients)).unwrap();
        assert_close(found.implicit_regularizer, 0.1 * found.squared_gradient_norm, 1e-14);
        assert!(found.exact);
        found.squared_gradient_norm
    });
}

/// Two calls with the indices of their samples are one: the probes go with the sample.
#[test]
fn probes_are_those_of_the_sample_and_the_seed() {
    let (theta, x) = (theta(), samples::<f64>(SAMPLES));
    let penalty = |x: &[f64], options: PenaltyOptions| {
        let mut buffer = [0.0; COUNT];
        let views = &mut gradients(&mut buffer);
        network(&theta).energy_penalty_with(x, &options, 1.0, views).unwrap()
    };
    let value = |x: &[f64], probes, seed, first_sample| {
        let found = penalty(x, probing(probes, seed, first_sample));
        assert!(!found.exact);
        found.value
    };
    let (left, right) = x.split_at(SAMPLES / 2 * INPUTS);
    let whole = value(&x, 2, 1, 0);
    assert_close((value(left, 2, 1, 0) + value(right, 2, 1, 3)) / 2.0, whole, 1e-13);
    assert!((value(right, 2, 1, 0) - value(right, 2, 1, 3)).abs() > 1e-6);
    assert!((value(&x, 2, 2, 0) - whole).abs() > 1e-6);
    let exact = penalty(&x, PenaltyOptions::default());
    assert!(exact.exact && exact.standard_error == 0.0, "{exact:?}");
    let exact = exact.value;
    assert!((exact - whole).abs() > 1e-6);
    for options in [
        PenaltyOptions { probes: Probes::All, ..Default::default() },
        PenaltyOptions { method: Method::Exact, ..probing(2, 1, 0) },
    ] {
        assert_eq!(penalty(&x, options).value, exact);
    }
    let signs = PenaltyOptions { method: Method::Rademacher, ..probing(2, 1, 0) };
    assert_eq!(penalty(&x, signs).value, whole);
    assert_close(network(&theta).energy_sum(&x).unwrap() / SAMPLES as f64, exact, 1e-13);
}

/// 1/2 ||f - t||^2 by closures.
fn own_squared(targets: &[f64]) -> Loss<'_, f64> {
    Loss::custom(move |first, f, values, cotangents| {
        for (i, f) in f.chunks(OUTPUTS).enumerate() {
            values[i] = 0.0;
            for (j, f) in f.iter().enumerate() {
                let difference = f - targets[(first + i) * OUTPUTS + j];
                values[i] += difference * difference / 2.0;
                cotangents[i * OUTPUTS + j] = difference;
            }
        }
        Ok(())
    })
    .curvature(|_, _, tangents, products| {
        products.copy_from_slice(tangents);
        Ok(())
    })
}

#[test]
fn a_loss_by_closures_is_the_built_in_one() {
    let (theta, x) = (theta(), samples::<f64>(SAMPLES));
    let targets = numbers::<f64>(SAMPLES * OUTPUTS, 12);
    let found = [own_squared(&targets), Loss::squared(&targets)].map(|mut loss| {
        let mut network = network(&theta);
        let (mut first, mut second, mut third) = ([0.0; COUNT], [0.0; COUNT], [0.0; COUNT]);
        let value = network.loss_gradient(&x, &mut loss, 1.0, &mut gradients(&mut first)).unwrap();
        let tangents = &tangents(&first);
        network.loss_hvp(&x, &mut loss, tangents, 2.0, &mut gradients(&mut second)).unwrap();
        let views = &mut gradients(&mut third);
        let flatness = network.flatness_penalty(&x, &mut loss, 0.1, 1.0, Some(views)).unwrap();
        assert_close(dot(&first, &first), flatness.squared_gradient_norm, 1e-13);
        // dR/dtheta = 2 H grad Loss
        assert_all_close(&second, &third);
        let only_value = network.flatness_penalty(&x, &mut loss, 0.1, 1.0, None).unwrap();
        assert_close(only_value.squared_gradient_norm, flatness.squared_gradient_norm, 1e-13);
        let mut all = second.to_vec();
        all.push(value);
        all
    });
    assert_all_close(&found[0], &found[1]);
}

/// A network that cannot hold all samples at once calls the loss several times.
#[test]
fn a_loss_is_told_which_samples_it_gets() {
    let x = samples::<f64>(1000);
    let (w, targets) = (weights::<f64>(), numbers::<f64>(1000 * OUTPUTS, 12));
    let options = DenseOptions { workspace_bytes: 1 << 15, ..DenseOptions::default() };
    let mut network = Dense::with_options(&[sine_layer(&w)], &options).unwrap();
    let mut firsts = Vec::new();
    let mut values = [own_squared(&targets), Loss::squared(&targets)].map(|mut loss| {
        let mut buffer = [0.0; OUTPUTS * INPUTS];
        let view = MatrixMut::by_rows(OUTPUTS, INPUTS, &mut buffer);
        network.loss_gradient(&x, &mut loss, 1.0, &mut [Gradient::new(view)]).unwrap()
    });
    assert_close(values[0], values[1], 1e-13);
    let mut counting = Loss::custom(|first, f, values, cotangents| {
        firsts.push((first, f.len() / OUTPUTS));
        values.fill(0.0);
        cotangents.fill(0.0);
        Ok(())
    });
    values[0] = network.loss_gradient(&x, &mut counting, 1.0, &mut [Gradient::none()]).unwrap();
    assert_eq!(values[0], 0.0);
    drop(counting);
    assert!(firsts.len() > 1, "{firsts:?}");
    assert_eq!(firsts.iter().map(|(_, count)| count).sum::<usize>(), 1000);
    assert!(firsts.windows(2).all(|pair| pair[0].0 + pair[0].1 == pair[1].0), "{firsts:?}");
}

#[test]
fn cotangents_give_the_gradient_of_the_loss() {
    let (theta, x) = (theta(), samples::<f64>(SAMPLES));
    let mut network = network(&theta);
    let mut f = vec![0.0; SAMPLES * OUTPUTS];
    network.forward(&x, &mut f).unwrap();
    let (mut found, mut expected) = ([0.0; COUNT], [0.0; COUNT]);
    let scale = 1.0 / SAMPLES as f64;
    network.parameter_vjp(&x, &f, scale, &mut gradients(&mut found)).unwrap();
    let targets = vec![0.0; SAMPLES * OUTPUTS];
    let mut loss = Loss::squared(&targets);
    network.loss_gradient(&x, &mut loss, 1.0, &mut gradients(&mut expected)).unwrap();
    assert_all_close(&found, &expected);
}

#[test]
fn errors_of_a_loss_come_back() {
    let theta = theta();
    let mut network = network(&theta);
    let mut loss = Loss::custom(|_, _, _, _| Err("out of labels".into()));
    let (mut buffer, direction) = ([0.0; COUNT], [0.0; COUNT]);
    let views = &mut gradients(&mut buffer)[..];
    let error = network.loss_gradient(&[0.0; INPUTS], &mut loss, 1.0, views).unwrap_err();
    assert_eq!(error.status(), Status::Callback);
    assert!(error.to_string().contains("loss.function"), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "out of labels");

    // A custom loss without its curvature has no Hessian.
    let mut loss = Loss::custom(|_, _, _, _| Ok(()));
    let tangents = &tangents(&direction);
    let error = network.loss_hvp(&[0.0; INPUTS], &mut loss, tangents, 1.0, views).unwrap_err();
    assert_eq!(error.status(), Status::MissingCallback);
}

#[test]
fn buffers_that_do_not_fit_are_named() {
    let (theta, x) = (theta(), samples::<f64>(2));
    let mut network = network(&theta);
    let mut buffer = [0.0; 100];
    let mut refused = |views: &mut [Gradient<'_, f64>], argument: &str| {
        let error = network.energy_penalty(&x, 1.0, views).unwrap_err();
        assert_eq!(error.status(), Status::Shape);
        assert!(error.to_string().contains(argument), "{error}");
    };
    refused(&mut [], "gradients has 0 elements, 2 are needed");
    let wrong = Gradient::new(MatrixMut::by_rows(INPUTS, HIDDEN, &mut buffer));
    refused(&mut [wrong, Gradient::none()], "gradients[0].weights is 5 x 4");
    let short = Gradient::new(MatrixMut::by_rows(OUTPUTS, HIDDEN, &mut buffer[..11]));
    refused(&mut [Gradient::none(), short], "gradients[1].weights has 11");
    let short = Gradient::none().bias(&mut buffer[..3]);
    refused(&mut [short, Gradient::none()], "gradients[0].bias has 3");

    let views = &mut gradients(&mut buffer[..COUNT])[..];
    for (loss, argument) in [
        (Loss::cross_entropy(&[0]), "loss.labels has 1"),
        (Loss::cross_entropy(&[0, 3]), "labels"),
        (Loss::squared(&[0.0; 5]), "loss.targets has 5"),
        (Loss::soft_cross_entropy(&[0.0; 7]), "loss.probabilities has 7"),
    ] {
        let mut loss = loss;
        let error = network.loss_gradient(&x, &mut loss, 1.0, views).unwrap_err();
        assert!(error.to_string().contains(argument), "{error}");
    }
    let error = network.energy_penalty(&[], 1.0, views).unwrap_err();
    assert_eq!(error.status(), Status::NoData);
    let error = network.energy_penalty(&x, f64::NAN, views).unwrap_err();
    assert!(error.to_string().contains("strength"), "{error}");
}
