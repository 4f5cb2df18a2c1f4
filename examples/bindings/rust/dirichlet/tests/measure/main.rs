//! Models in Rust, measured by the C library.

mod callbacks;
mod dense;
mod options;
mod penalties;
mod random;
mod regularizers;
mod sine;
mod states;
mod threads;
