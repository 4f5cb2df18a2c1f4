//! Which network the tensors of a file are: by the rules of examples/measure, as far as they go
//! without options. Whatever they leave open is refused.

use std::cmp::Ordering;

use dirichlet::{Activation, Layer, Matrix};

use crate::file::{File, Tensor};
use crate::{names, Result};

struct Named<'a> {
    path: &'a str,
    weight: &'a Tensor,
    bias: Option<&'a Tensor>,
    outputs: usize,
    inputs: usize,
}

fn weights(tensors: &[Tensor]) -> Result<Vec<Named<'_>>> {
    let mut found = Vec::new();
    for weight in tensors {
        if let Some(path) = weight.name.strip_suffix(".weight") {
            let (outputs, inputs) = match weight.shape[..] {
                [outputs, inputs] => (outputs, inputs),
                _ => return Err(format!("{path}.weight has no two axes").into()),
            };
            let name = format!("{path}.bias");
            let bias = tensors.iter().find(|tensor| tensor.name == name);
            found.push(Named { path, weight, bias, outputs, inputs });
        } else if !tensor_is_bias(weight, tensors) {
            return Err(format!("tensor '{}' is no weight and no bias of one", weight.name).into());
        }
    }
    Ok(found)
}

fn tensor_is_bias(tensor: &Tensor, tensors: &[Tensor]) -> bool {
    let path = tensor.name.strip_suffix(".bias");
    let weight = path.map(|path| format!("{path}.weight"));
    tensor.shape.len() == 1 && tensors.iter().any(|other| Some(&other.name) == weight.as_ref())
}

/// In the order that numbers in the names give.
fn sort(layers: &mut [Named<'_>]) -> Result<()> {
    for (i, a) in layers.iter().enumerate() {
        for b in &layers[i + 1..] {
            if names::order(a.path, b.path).is_none() {
                return Err(
                    format!("no number says which comes first: {}, {}", a.path, b.path).into()
                );
            }
        }
    }
    layers.sort_by(|a, b| names::order(a.path, b.path).unwrap_or(Ordering::Equal));
    for (i, a) in layers.iter().enumerate() {
        if let Some(b) = layers[i + 1..].iter().find(|b| names::are_branches(a.path, b.path)) {
            return Err(format!("{} and {} may stand beside each other", a.path, b.path).into());
        }
    }
    let paths: Vec<&str> = layers.iter().map(|layer| layer.path).collect();
    if let Some(path) = paths.iter().find(|path| names::is_doubtful(path)) {
        return Err(format!("{path} may be more than a layer behind the one before").into());
    }
    if !names::are_one_sequence(&paths) {
        return Err(format!("layers of more than one sequence: {}", paths.join(", ")).into());
    }
    if names::has_uneven_gaps(&paths) {
        let paths = paths.join(", ");
        return Err(format!("is there an activation between all of {paths}?").into());
    }
    Ok(())
}

/// Whether the sizes fit each other and the data, with each matrix inputs x outputs instead.
fn fits(layers: &[Named<'_>], inputs: usize, transposed: bool) -> bool {
    let mut width = inputs;
    layers.iter().all(|layer| {
        let (takes, gives) = match transposed {
            true => (layer.outputs, layer.inputs),
            false => (layer.inputs, layer.outputs),
        };
        let fits = takes == width && layer.bias.map_or(true, |bias| bias.shape == [gives]);
        width = gives;
        fits
    })
}

/// The layers of a file from the input to the output, for samples of `inputs` numbers; relu between
/// them.
pub fn layers(file: &File, inputs: usize) -> Result<Vec<Layer<'_, f32>>> {
    let shares = |(key, value): &&(String, String)| {
        let is_part = key.ends_with(".weight") || key.ends_with(".bias");
        is_part || file.tensors.iter().any(|tensor| tensor.name == *value)
    };
    if let Some((key, _)) = file.metadata.iter().find(shares) {
        return Err(format!("__metadata__ says that '{key}' is shared").into());
    }
    let mut named = weights(&file.tensors)?;
    sort(&mut named)?;
    if named.is_empty() || !fits(&named, inputs, false) {
        return Err(format!("the sizes do not fit each other and samples of {inputs}").into());
    }
    let is_pytorch = file.metadata.iter().any(|(key, value)| key == "format" && value == "pt");
    if !is_pytorch && fits(&named, inputs, true) {
        return Err("weights of outputs x inputs and of inputs x outputs fit alike".into());
    }
    let last = named.len() - 1;
    let layer = |(index, named): (usize, &Named<'_>)| {
        let tensors = &file.tensors;
        let values = |wanted: &Tensor| tensors.iter().find(|tensor| tensor.name == wanted.name);
        let matrix = Matrix::by_rows(named.outputs, named.inputs, &values(named.weight)?.values);
        let mut layer = Layer::new(matrix);
        if let Some(bias) = named.bias {
            layer = layer.bias(&values(bias)?.values);
        }
        Some(if index < last { layer.activation(Activation::Relu) } else { layer })
    };
    named.iter().enumerate().map(layer).collect::<Option<_>>().ok_or_else(|| "no layers".into())
}
