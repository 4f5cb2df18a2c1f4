//! The geometric complexity of a trained relu network on images:
//!
//!     cargo run --release --example safetensors WEIGHTS.safetensors DATA
//!
//! The weights are tensors NAME.weight (outputs x inputs) and NAME.bias of float32, as PyTorch and
//! examples/quickstart save them, in the order of the numbers in their names. What that leaves open
//! is refused: examples/measure has options for it. The data are IDX images, not gzipped, or a .npy
//! array of float32.

use std::error::Error;
use std::{env, fs, process};

use dirichlet::{measure, Dense, Method, Options};

mod data;
mod file;
mod layers;
mod names;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn run(weights: &str, data: &str) -> Result<()> {
    let named = |path: &str, error: Box<dyn Error>| format!("{path}: {error}");
    if weights.contains("-of-") {
        return Err(named(weights, "one of several files of weights".into()).into());
    }
    let file = fs::read(weights).map_err(Into::into).and_then(|file| file::parse(&file));
    let file = file.map_err(|error| named(weights, error))?;
    let x = fs::read(data).map_err(Into::into).and_then(|file| data::parse(&file));
    let x = x.map_err(|error| named(data, error))?;

    let layers = layers::layers(&file, x.inputs).map_err(|error| named(weights, error))?;
    let mut network = Dense::new(&layers).map_err(|error| named(weights, error.into()))?;
    let options = Options { method: Method::Exact, ..Options::default() };
    let gc = measure(&mut network.model(), &x.values, &options)?;
    println!("geometric complexity   {}", gc.value);
    println!("  standard error       {}", gc.standard_error);
    println!("samples                {}", gc.samples);
    println!("network                {network:?}");
    Ok(())
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match &arguments[..] {
        [weights, data] => run(weights, data),
        _ => Err("usage: safetensors WEIGHTS.safetensors DATA".into()),
    };
    if let Err(error) = result {
        // Names in files may hold what terminals obey.
        let shown = |c: char| if c.is_control() { '?' } else { c };
        eprintln!("safetensors: {}", error.to_string().chars().map(shown).collect::<String>());
        process::exit(2);
    }
}
