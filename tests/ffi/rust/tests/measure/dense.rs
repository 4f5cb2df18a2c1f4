//! Dense networks over borrowed weights.

use dirichlet::{sys, Activation, Dense, Layer, Options};

use crate::sine::*;

fn sine_layer<T: Number>(w: &[T]) -> Layer<'_, T> {
    Layer { activation: Activation::Sin, ..Layer::row_major(INPUTS, OUTPUTS, w) }
}

fn agrees<T: Number>(bound: f64) {
    let (w, x) = (weights::<T>(), samples::<T>(40));
    let mut network = Dense::new(&[sine_layer(&w)]).unwrap();
    let mut of_network = estimator(network.model(), &Options::default());
    of_network.update(&x, None, None).unwrap();
    let mut of_closures = estimator(vjp_model(&w), &Options::default());
    of_closures.update(&x, None, None).unwrap();
    let expected = of_closures.result().unwrap().value;
    assert_close(of_network.result().unwrap().value, expected, bound);
}

#[test]
fn a_network_agrees_with_closures() {
    agrees::<f64>(1e-13);
    agrees::<f32>(2e-6);
}

#[test]
fn its_functions_agree_with_closures() {
    let (n, m) = (6, 2);
    let (w, x) = (weights::<f64>(), samples::<f64>(n));
    let (v, u) = (numbers(n * m * INPUTS, 3), numbers(n * m * OUTPUTS, 4));
    let mut network = Dense::new(&[sine_layer(&w)]).unwrap();

    let mut found = vec![f64::NAN; n * OUTPUTS];
    let mut expected = vec![0.0; n * OUTPUTS];
    network.forward(&x, &mut found).unwrap();
    forward(&w, &x, &mut expected);
    assert_all_close(&found, &expected);

    let mut found = vec![f64::NAN; n * m * OUTPUTS];
    let mut expected = vec![0.0; n * m * OUTPUTS];
    network.jvp(&x, &v, &mut found).unwrap();
    jvp(&w, m, &x, &v, &mut expected);
    assert_all_close(&found, &expected);

    let mut found = vec![f64::NAN; n * m * INPUTS];
    let mut expected = vec![0.0; n * m * INPUTS];
    network.vjp(&x, &u, &mut found).unwrap();
    vjp(&w, m, &x, &u, &mut expected);
    assert_all_close(&found, &expected);

    let mut found = vec![f64::NAN; n];
    network.energies(&x, &mut found).unwrap();
    assert_all_close(&found, &energies(&w, &x));
    assert_all_close(&[network.energy_sum(&x).unwrap()], &[found.iter().sum::<f64>()]);
}

fn assert_all_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-13, "{found} against {expected}");
    }
}

/// The same network with its weights in x out, and with each bias after its weights.
#[test]
fn strides_are_those_of_the_caller() {
    let (w, bias, x) = (weights::<f64>(), numbers::<f64>(OUTPUTS, 5), samples(6));
    let by_output = Layer { bias: Some(&bias), ..sine_layer(&w) };
    let transposed: Vec<f64> =
        (0..INPUTS * OUTPUTS).map(|i| w[i % OUTPUTS * INPUTS + i / OUTPUTS]).collect();
    let by_input =
        Layer { weights: &transposed, output_stride: 1, input_stride: OUTPUTS, ..by_output };
    let interleaved: Vec<f64> =
        w.chunks(INPUTS).zip(&bias).flat_map(|(row, &b)| [row, &[b]].concat()).collect();
    let with_bias = Layer {
        weights: &interleaved,
        output_stride: INPUTS + 1,
        bias: Some(&interleaved[INPUTS..]),
        bias_stride: INPUTS + 1,
        ..by_output
    };
    let outputs = [by_output, by_input, with_bias].map(|layer| {
        let mut y = vec![f64::NAN; 6 * OUTPUTS];
        Dense::new(&[layer]).unwrap().forward(&x, &mut y).unwrap();
        y
    });
    assert_all_close(&outputs[1], &outputs[0]);
    assert_all_close(&outputs[2], &outputs[0]);
}

#[test]
fn slices_that_are_too_short_are_refused() {
    let w = weights::<f64>();
    let layer = sine_layer(&w);
    for wrong in [
        Layer { weights: &w[1..], ..layer },
        Layer { output_stride: INPUTS + 1, ..layer },
        Layer { output_stride: usize::MAX, ..layer },
        Layer { bias: Some(&w[..OUTPUTS - 1]), ..layer },
        Layer { bias: Some(&w), bias_stride: usize::MAX, ..layer },
        Layer { inputs: usize::MAX, ..layer },
        Layer { weights: &[], ..layer },
    ] {
        let error = Dense::new(&[wrong]).err().unwrap();
        assert_eq!(error.status(), sys::DIRICHLET_E_SHAPE, "{error}");
    }
    let mut network = Dense::new(&[layer]).unwrap();
    let error = network.forward(&[0.0; INPUTS], &mut [0.0; OUTPUTS + 1]).unwrap_err();
    assert_eq!(error.status(), sys::DIRICHLET_E_SHAPE);
}

#[test]
fn what_the_library_refuses_is_named() {
    let w = weights::<f64>();
    for (layers, argument) in [
        (vec![], "layer_count"),
        (vec![sine_layer(&w), sine_layer(&w)], "inputs"),
        (vec![Layer { output_stride: 0, ..sine_layer(&w) }], "output_stride"),
    ] {
        let error = Dense::new(&layers).err().unwrap();
        assert!(error.to_string().contains(argument), "{error}");
    }
}
