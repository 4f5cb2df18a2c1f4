//! The geometric complexity of a trained relu network on images:
//!
//!     cargo run --release --example safetensors WEIGHTS.safetensors IMAGES-idx3-ubyte
//!
//! The weights are tensors NAME.weight (outputs x inputs) and NAME.bias, as PyTorch and
//! examples/quickstart save them. The images are not gzipped.

use std::convert::TryInto;
use std::error::Error;
use std::{env, fs, process};

use dirichlet::{measure, Activation, Dense, Layer, Matrix, Method, Options};
use file::Tensor;

mod file;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The layers of a file in the natural order of their names: fc2 before fc10.
fn layers(tensors: &[Tensor]) -> Result<Vec<Layer<'_, f32>>> {
    let mut named = Vec::new();
    for tensor in tensors {
        if let Some(name) = tensor.name.strip_suffix(".weight") {
            let (outputs, inputs) = match tensor.shape[..] {
                [outputs, inputs] => (outputs, inputs),
                _ => return Err(format!("{name}.weight has no two axes").into()),
            };
            let layer = Layer::new(Matrix::by_rows(outputs, inputs, &tensor.values));
            let bias = tensors.iter().find(|tensor| tensor.name == format!("{name}.bias"));
            named.push((name, bias.map_or(layer, |bias| layer.bias(&bias.values))));
        } else if !tensor.name.ends_with(".bias") {
            return Err(format!("tensor '{}' is no weight and no bias", tensor.name).into());
        }
    }
    named.sort_by_key(|(name, _)| natural(name));
    // All but the last, which gives the logits.
    for (_, layer) in named.iter_mut().rev().skip(1) {
        *layer = layer.activation(Activation::Relu);
    }
    Ok(named.into_iter().map(|(_, layer)| layer).collect())
}

/// A name as pairs of text and the number after it.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = vec![(String::new(), 0_u64)];
    for letter in name.chars() {
        let (text, number) = parts.last_mut().unwrap();
        match letter.to_digit(10) {
            Some(digit) => *number = number.saturating_mul(10).saturating_add(digit.into()),
            None if *number > 0 => parts.push((letter.into(), 0)),
            None => text.push(letter),
        }
    }
    parts
}

/// The pixels of an IDX file of images, from 0 to 1.
fn pixels(file: &[u8]) -> Result<Vec<f32>> {
    let word = |i: usize| -> Result<usize> {
        let bytes = file.get(4 * i..4 * i + 4).ok_or("too short for an IDX file")?;
        Ok(u32::from_be_bytes(bytes.try_into()?) as usize)
    };
    if word(0)? != 0x803 {
        return Err("not an IDX file of images".into());
    }
    let sides = [word(1)?, word(2)?, word(3)?];
    let size = sides.iter().try_fold(1_usize, |size, &side| size.checked_mul(side));
    if size != Some(file.len() - 16) {
        return Err("the IDX header promises another number of pixels".into());
    }
    Ok(file[16..].iter().map(|&pixel| f32::from(pixel) / 255.0).collect())
}

fn run(weights: &str, images: &str) -> Result<()> {
    let named = |path: &str, error: Box<dyn Error>| format!("{path}: {error}");
    let tensors = fs::read(weights).map_err(Into::into).and_then(|file| file::parse(&file));
    let tensors = tensors.map_err(|error| named(weights, error))?;
    let x = fs::read(images).map_err(Into::into).and_then(|file| pixels(&file));
    let x = x.map_err(|error| named(images, error))?;

    let layers = layers(&tensors).map_err(|error| named(weights, error))?;
    let mut network = Dense::new(&layers).map_err(|error| named(weights, error.into()))?;
    let options = Options { method: Method::Exact, ..Options::default() };
    let gc = measure(&mut network.model(), &x, &options)?;
    println!("geometric complexity   {}", gc.value);
    println!("  standard error       {}", gc.standard_error);
    println!("samples                {}", gc.samples);
    println!("network                {network:?}");
    Ok(())
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match &arguments[..] {
        [weights, images] => run(weights, images),
        _ => Err("usage: safetensors WEIGHTS.safetensors IMAGES-idx3-ubyte".into()),
    };
    if let Err(error) = result {
        eprintln!("safetensors: {error}");
        process::exit(2);
    }
}
