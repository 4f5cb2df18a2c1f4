//! Dense networks over borrowed weights.

use dirichlet::{
    sys, Activation, Dense, DenseOptions, Kink, Layer, Matrix, Options, SpectralOptions, Status,
    TransferOptions,
};

use crate::sine::*;

fn agrees<T: Number>(bound: f64) {
    let (w, x) = (weights::<T>(), samples::<T>(40));
    let mut network = Dense::new(&[sine_layer(&w)]).unwrap();
    let mut of_network = estimator(network.model(), &Options::default());
    of_network.update(&x).unwrap();
    let mut of_closures = estimator(vjp_model(&w), &Options::default());
    of_closures.update(&x).unwrap();
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

/// The same network with its weights in x out, and with each bias after its weights.
#[test]
fn strides_are_those_of_the_caller() {
    let (w, bias, x) = (weights::<f64>(), numbers::<f64>(OUTPUTS, 5), samples(6));
    let by_output = sine_layer(&w).bias(&bias);
    let transposed: Vec<f64> =
        (0..INPUTS * OUTPUTS).map(|i| w[i % OUTPUTS * INPUTS + i / OUTPUTS]).collect();
    let by_input = Layer::new(Matrix::by_columns(OUTPUTS, INPUTS, &transposed)).bias(&bias);
    let interleaved: Vec<f64> =
        w.chunks(INPUTS).zip(&bias).flat_map(|(row, &b)| [row, &[b]].concat()).collect();
    let with_bias = Layer::new(Matrix::strided(OUTPUTS, INPUTS, INPUTS + 1, 1, &interleaved))
        .strided_bias(&interleaved[INPUTS..], INPUTS + 1);
    let [by_input, with_bias] = [by_input, with_bias].map(|l| l.activation(Activation::Sin));
    let outputs = [by_output, by_input, with_bias].map(|layer| {
        let mut y = vec![f64::NAN; 6 * OUTPUTS];
        Dense::new(&[layer]).unwrap().forward(&x, &mut y).unwrap();
        y
    });
    assert_all_close(&outputs[1], &outputs[0]);
    assert_all_close(&outputs[2], &outputs[0]);
}

/// A line is c a(s z) of any slope, a kink is where the inputs are 0.
#[test]
fn activations_have_parameters() {
    let (w, x, slopes) = (weights::<f64>(), samples(6), [-0.5, 0.0, 2.0]);
    let energies_of = |layer: Layer<'_, f64>, x: &[f64]| {
        let mut found = vec![f64::NAN; x.len() / INPUTS];
        Dense::new(&[layer]).unwrap().energies(x, &mut found).unwrap();
        found
    };
    let layer = Layer::new(Matrix::by_rows(OUTPUTS, INPUTS, &w));
    let prelu = layer.activation(Activation::Prelu(0.0)).negative_slopes(&slopes);
    let row = |o: usize| &w[o * INPUTS..(o + 1) * INPUTS];
    let expected = x.chunks(INPUTS).map(|x| {
        let energy = |o: usize| {
            let z: f64 = row(o).iter().zip(x).map(|(w, x)| w * x).sum();
            let slope = if z > 0.0 { 1.0 } else { slopes[o] };
            slope * slope * row(o).iter().map(|w| w * w).sum::<f64>()
        };
        (0..OUTPUTS).map(energy).sum()
    });
    assert_all_close(&energies_of(prelu, &x), &expected.collect::<Vec<f64>>());
    let squares: f64 = w.iter().map(|w| w * w).sum();
    let zero = [0.0; INPUTS];
    let clamp = layer.activation(Activation::Clamp(-1.0, 2.0)).scales(3.0, 0.5);
    assert_all_close(&energies_of(clamp, &zero), &[2.25 * squares]);
    let leaky = |slope| layer.activation(Activation::LeakyRelu(slope));
    for (slope, expected) in [(None, 0.01), (Some(0.0), 0.0), (Some(-0.5), -0.5)] {
        let energy = energies_of(leaky(slope), &zero)[0];
        assert_all_close(&[energy], &[expected * expected * squares]);
    }
    let elu = layer.activation(Activation::Elu(Some(0.0)));
    assert_all_close(&energies_of(elu, &zero), &[0.0]);
    let inside = leaky(None).kink(Kink::Inside);
    assert_all_close(&energies_of(inside, &zero), &[squares]);
}

#[test]
fn slices_that_are_too_short_are_refused() {
    let w = weights::<f64>();
    let layer = sine_layer(&w);
    let matrix = |outputs, row_stride, values| {
        Layer::new(Matrix::strided(outputs, INPUTS, row_stride, 1, values))
    };
    for (wrong, argument) in [
        (matrix(OUTPUTS, INPUTS, &w[1..]), "layers[0].weights has 14 elements"),
        (matrix(OUTPUTS, INPUTS + 1, &w), "layers[0].weights"),
        (matrix(OUTPUTS, usize::MAX, &w), "layers[0].weights"),
        (matrix(usize::MAX, INPUTS, &w), "layers[0].weights"),
        (matrix(OUTPUTS, INPUTS, &[]), "layers[0].weights has 0 elements"),
        (layer.bias(&w[..OUTPUTS - 1]), "layers[0].bias has 2 elements"),
        (layer.strided_bias(&w, usize::MAX), "layers[0].bias"),
        (layer.negative_slopes(&w), "layers[0].negative_slopes"),
    ] {
        let error = Dense::new(&[wrong]).unwrap_err();
        assert_eq!(error.status(), Status::Shape, "{error}");
        assert!(error.to_string().contains(argument), "{error}");
    }
    let mut network = Dense::new(&[layer]).unwrap();
    for (error, argument) in [
        (network.forward(&[0.0; INPUTS], &mut [0.0; OUTPUTS + 1]).unwrap_err(), "y has 4"),
        (network.energy_sum(&[0.0; INPUTS + 1]).unwrap_err(), "x has 6"),
        (network.energies(&[0.0; INPUTS], &mut []).unwrap_err(), "energies has 0"),
    ] {
        assert_eq!(error.status(), Status::Shape);
        assert!(error.to_string().contains(argument), "{error}");
    }
}

#[test]
fn no_samples_are_none() {
    let w = weights::<f64>();
    let mut network = Dense::new(&[sine_layer(&w)]).unwrap();
    network.forward(&[], &mut []).unwrap();
    network.jvp(&[], &[], &mut []).unwrap();
    network.vjp(&[], &[], &mut []).unwrap();
    network.energies(&[], &mut []).unwrap();
    for (error, argument) in [
        (network.jvp(&[], &[1.0; INPUTS], &mut []).unwrap_err(), "v has 5"),
        (network.vjp(&[], &[1.0; OUTPUTS], &mut []).unwrap_err(), "u has 3"),
        (network.jvp(&[], &[], &mut [0.0]).unwrap_err(), "jv has 1"),
    ] {
        assert_eq!(error.status(), Status::Shape);
        assert!(error.to_string().contains(argument), "{error}");
    }
}

#[test]
fn what_the_library_refuses_is_named() {
    let w = weights::<f64>();
    let overlapping = Layer::new(Matrix::strided(OUTPUTS, INPUTS, 0, 1, &w));
    for (layers, argument) in [
        (vec![], "layer_count"),
        (vec![sine_layer(&w), sine_layer(&w)], "inputs"),
        (vec![overlapping], "output_stride"),
    ] {
        let error = Dense::new(&layers).unwrap_err();
        assert!(error.to_string().contains(argument), "{error}");
    }
}

#[test]
fn the_first_layers_alone_are_a_network() {
    let (w, v, x) = (weights::<f64>(), numbers::<f64>(2 * OUTPUTS, 6), samples(7));
    let layers = [sine_layer(&w), Layer::new(Matrix::by_rows(2, OUTPUTS, &v))];
    let options = DenseOptions { layers: 1, ..DenseOptions::default() };
    let mut embedding = Dense::with_options(&layers, &options).unwrap();
    assert_eq!((embedding.inputs(), embedding.outputs()), (INPUTS, OUTPUTS));
    assert_close(embedding.energy_sum(&x).unwrap() / 7.0, complexity(&w, &x), 1e-13);
    let whole = Dense::new(&layers).unwrap();
    assert_eq!((whole.inputs(), whole.outputs()), (INPUTS, 2));
}

#[test]
fn the_c_interface_takes_the_handle() {
    let (w, x, u) = (weights::<f64>(), samples::<f64>(1), numbers::<f64>(OUTPUTS, 4));
    let mut network = Dense::new(&[sine_layer(&w)]).unwrap();
    let (mut jtu, mut norm) = ([0.0; INPUTS], f64::NAN);
    network.vjp(&x, &u, &mut jtu).unwrap();
    let (network, x, u) = (network.as_raw(), x.as_ptr(), u.as_ptr());
    // SAFETY: one sample and one direction, of the sizes of the network.
    let status = unsafe { sys::dirichlet_dense_product_norms_f64(network, 1, 1, x, u, &mut norm) };
    assert_eq!(status, sys::DIRICHLET_OK);
    assert_close(norm, dot(&jtu, &jtu), 1e-13);
}

#[test]
fn spectral_norms_and_plans_come_back() {
    let w = [0.0, 3.0, 4.0, 0.0];
    let layer = Layer::new(Matrix::by_rows(2, 2, &w)).activation(Activation::Sigmoid);
    let mut network = Dense::new(&[layer]).unwrap();
    let found = network.spectral_norms(&SpectralOptions::default()).unwrap();
    assert_close(found.norms[0].norm, 4.0, 1e-10);
    assert_close(found.lipschitz_upper_bound, 1.0, 1e-10);
    assert!(found.converged && found.norms[0].converged);
    let options = SpectralOptions { tolerance: 2.0, ..Default::default() };
    assert!(network.spectral_norms(&options).unwrap_err().to_string().contains("tolerance"));

    assert_eq!(network.last_plan().unwrap(), "");
    network.energy_sum(&[0.0; 4]).unwrap();
    assert!(network.last_plan().unwrap().contains("pivot"));
}

/// f(x) = W x + b, where both sides have a closed form.
#[test]
fn the_transfer_theorem_has_its_closed_form() {
    let (w, b) = ([0.0, 3.0, 4.0, 0.0], [1.0, 2.0]);
    let mut network = Dense::new(&[Layer::new(Matrix::by_rows(2, 2, &w)).bias(&b)]).unwrap();
    let found = network.transfer(&[1.0, 2.0, 0.0, 3.0], &TransferOptions::default()).unwrap();
    assert_all_close(&found.input_side, &[25.0, 25.0]);
    for (i, squares) in [6.0_f64, 10.0].into_iter().enumerate() {
        assert_close(found.parameter_side[i], 2.0 * squares, 1e-8);
        assert_close(found.factors[i], squares.sqrt() / 4.0, 1e-8);
        assert_close(found.ratios[i], 25.0 / 32.0, 1e-7);
        assert!(found.ratios[i] <= 25.0 / 32.0);
    }
    let error = network.transfer(&[1.0], &TransferOptions::default()).unwrap_err();
    assert!(error.to_string().contains("x has 1"), "{error}");
}

#[test]
fn a_network_says_what_it_is() {
    let (w, b, v) = (weights::<f64>(), [0.5; OUTPUTS], numbers::<f64>(2 * OUTPUTS, 6));
    let layers = [sine_layer(&w).bias(&b), Layer::new(Matrix::by_rows(2, OUTPUTS, &v))];
    let found = Dense::new(&layers).unwrap().describe().unwrap();
    assert_eq!((found.inputs, found.outputs, found.layers), (INPUTS, 2, 2));
    assert_eq!(found.weights, (INPUTS * OUTPUTS + OUTPUTS * 2) as u64);
    assert_eq!(found.biases, OUTPUTS as u64);
    assert_eq!(found.workspace_bytes, sys::DIRICHLET_DEFAULT_WORKSPACE_BYTES);

    let with_budget = |workspace_bytes| {
        let options = DenseOptions { workspace_bytes, ..DenseOptions::default() };
        Dense::with_options(&layers, &options)
    };
    let least = found.least_workspace_bytes;
    let network = with_budget(least).unwrap();
    assert_eq!(network.describe().unwrap().workspace_bytes, least);
    let error = with_budget(least - 1).unwrap_err();
    assert_eq!((error.status(), error.least_bytes()), (Status::Workspace, Some(least as u64)));
}
