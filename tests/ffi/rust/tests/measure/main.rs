//! Models in Rust, measured by the C library.

mod callbacks;
mod dense;
mod sine;
mod states;
