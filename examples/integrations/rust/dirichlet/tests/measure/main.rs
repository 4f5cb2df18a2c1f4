//! Models in Rust, measured by the C library.

mod callbacks;
mod dense;
mod penalties;
mod random;
mod regularizers;
mod sine;
mod states;
mod threads;
