//! Initialization and noise.

use dirichlet::random::*;
use dirichlet::{MatrixMut, Status};

use crate::sine::*;

#[test]
fn weights_have_the_variance_of_the_scheme() {
    let (outputs, inputs) = (200, 100);
    for (scheme, variance) in [
        (Scheme::LeCun, 1.0 / 100.0),
        (Scheme::Glorot, 2.0 / 300.0),
        (Scheme::He, 2.0 / 100.0),
        (Scheme::PyTorch, 1.0 / 300.0),
    ] {
        let initialization = Initialization { seed: 5, ..Initialization::new(scheme) };
        assert_close(initialization.variance(inputs, outputs).unwrap(), variance, 1e-15);
        let mut by_rows = vec![0.0; outputs * inputs];
        initialization.fill(1, MatrixMut::by_rows(outputs, inputs, &mut by_rows), None).unwrap();
        let found = dot(&by_rows, &by_rows) / by_rows.len() as f64;
        assert_close(found, variance, 0.05);

        // The layout does not matter.
        let mut by_columns = vec![0.0; outputs * inputs];
        let view = MatrixMut::by_columns(outputs, inputs, &mut by_columns);
        initialization.fill(1, view, None).unwrap();
        assert_eq!(by_columns[3 * outputs + 2], by_rows[2 * inputs + 3]);
    }
}

#[test]
fn draws_are_those_of_seed_layer_scale_and_distribution() {
    let draw = |layer, initialization: &Initialization| {
        let mut weights = vec![0.0_f64; 1000];
        initialization.fill(layer, MatrixMut::by_rows(100, 10, &mut weights), None).unwrap();
        weights
    };
    let base = Initialization { seed: 1, ..Initialization::new(Scheme::PyTorch) };
    let first = draw(0, &base);
    assert_eq!(first, draw(0, &base));
    assert!(first[0] != draw(1, &base)[0]);
    assert!(first[0] != draw(0, &Initialization { seed: 2, ..base.clone() })[0]);
    let doubled = draw(0, &Initialization { scale: Some(2.0), ..base.clone() });
    assert_close(doubled[0], 2.0 * first[0], 1e-14);
    let none = draw(0, &Initialization { scale: Some(0.0), ..base.clone() });
    assert!(none.iter().all(|&weight| weight == 0.0));
    // Uniform on +- 1 / sqrt(10), but for another distribution.
    let beyond = |weights: &[f64]| weights.iter().filter(|w| w.abs() > 0.1_f64.sqrt()).count();
    assert_eq!(beyond(&first), 0);
    let distribution = Some(Distribution::Normal);
    assert!(beyond(&draw(0, &Initialization { distribution, ..base })) > 20);
}

#[test]
fn biases_are_zero_or_uniform() {
    let (mut weights, mut bias) = ([0.0_f32; 8], [9.0_f32; 2]);
    let mut initialization = Initialization::new(Scheme::PyTorch);
    let view = MatrixMut::by_rows(2, 4, &mut weights);
    initialization.fill(0, view, Some(&mut bias)).unwrap();
    assert_eq!(bias, [0.0; 2]);
    initialization.uniform_bias = true;
    initialization.distribution = Some(Distribution::Uniform);
    let view = MatrixMut::by_rows(2, 4, &mut weights);
    initialization.fill(0, view, Some(&mut bias)).unwrap();
    assert!(bias.iter().all(|b| *b != 0.0 && b.abs() <= 0.5), "{bias:?}");
}

#[test]
fn noise_is_of_its_step_and_size() {
    let noise = Noise { seed: 3, step: 4, first_sample: 0 };
    let draw = |noise: &Noise, stream| {
        let mut values = vec![1.0_f64; 20_000];
        noise.add(stream, 2, 0.5, &mut values).unwrap();
        values
    };
    let values = draw(&noise, Stream::Target);
    assert_eq!(values, draw(&noise, Stream::Target));
    assert!(values[0] != draw(&noise, Stream::Input)[0]);
    assert!(values[0] != draw(&Noise { step: 5, ..noise.clone() }, Stream::Target)[0]);
    assert!(values[0] != draw(&Noise { seed: 4, ..noise.clone() }, Stream::Target)[0]);
    assert_eq!(values[2], draw(&Noise { first_sample: 1, ..noise }, Stream::Target)[0]);
    let spread: f64 = values.iter().map(|value| (value - 1.0).powi(2)).sum();
    assert_close((spread / 20_000.0).sqrt(), 0.5, 0.03);
}

#[test]
fn labels_are_replaced_at_the_rate() {
    let mut labels = vec![1; 10_000];
    let changed = Noise::default().labels(3, 0.25, &mut labels).unwrap();
    assert_eq!(changed, labels.iter().filter(|&&label| label != 1).count());
    assert_close(changed as f64, 2500.0, 0.1);
    assert!(labels.iter().all(|label| (0..3).contains(label)));

    // Those of a sample do not depend on the batch, but on seed and step.
    let draw = |noise: Noise| {
        let mut labels = [1; 1000];
        noise.labels(3, 0.25, &mut labels).unwrap();
        labels
    };
    let first_sample = 9_000;
    assert_eq!(draw(Noise { first_sample, ..Noise::default() }), labels[9_000..]);
    assert!(draw(Noise { seed: 1, ..Noise::default() }) != labels[..1000]);
    assert!(draw(Noise { step: 1, ..Noise::default() }) != labels[..1000]);
}

#[test]
fn arguments_are_named() {
    let he = Initialization::new(Scheme::He);
    let mut weights = [0.0; 5];
    let error = he.fill(0, MatrixMut::by_rows(2, 3, &mut weights), None).unwrap_err();
    assert!(error.to_string().contains("weights has 5"), "{error}");
    let view = MatrixMut::by_rows(1, 5, &mut weights);
    let error = he.fill(0, view, Some(&mut [0.0; 2])).unwrap_err();
    assert!(error.to_string().contains("bias has 2"), "{error}");
    let error = Initialization::new(Scheme::Other(7)).variance(1, 1).unwrap_err();
    assert_eq!(error.status(), Status::Constant);
    assert!(error.to_string().contains("scheme"), "{error}");
    assert!(he.expected_energy(&[], 0.0).is_err());
    let error = Noise::default().labels(3, 0.5, &mut [0, 3]).unwrap_err();
    assert!(error.to_string().contains("labels"), "{error}");
    let error = Noise::default().add(Stream::Input, 2, -1.0, &mut [0.0; 2]).unwrap_err();
    assert!(error.to_string().contains("standard_deviation"), "{error}");
}

#[test]
fn numbers_beyond_c_are_named_as_they_are() {
    let huge = u64::MAX;
    let he = Initialization::new(Scheme::He);
    let noise = |step, first_sample| Noise { seed: 0, step, first_sample };
    let add = |noise: Noise| noise.add(Stream::Input, 1, 1.0, &mut [0.0]).unwrap_err();
    let labels = |noise: Noise, classes| noise.labels(classes, 0.5, &mut [0]).unwrap_err();
    for (error, argument) in [
        (he.fill(huge, MatrixMut::by_rows(1, 1, &mut [0.0]), None).unwrap_err(), "layer"),
        (he.variance(usize::MAX, 1).unwrap_err(), "inputs"),
        (he.variance(1, usize::MAX).unwrap_err(), "outputs"),
        (add(noise(huge, 0)), "step"),
        (add(noise(0, huge)), "first_sample"),
        (noise(0, 0).add::<f64>(Stream::Input, usize::MAX, 1.0, &mut []).unwrap_err(), "width"),
        (labels(noise(huge, 0), 2), "step"),
        (labels(noise(0, 0), usize::MAX), "classes"),
    ] {
        assert_eq!(error.status(), Status::Range);
        let text = format!("{argument} is {huge}");
        assert!(error.to_string().contains(&text), "{argument}: {error}");
    }
}

#[test]
fn no_widths_are_no_network() {
    let error = Initialization::new(Scheme::He).expected_energy(&[], 0.0).unwrap_err();
    assert_eq!(error.status(), Status::Shape);
    assert_eq!(error.to_string(), "widths is empty");
}
