//! Models in Rust, measured by the C library.

mod batches;
mod callbacks;
mod check;
mod dense;
mod options;
mod penalties;
mod progress;
mod random;
mod regularizers;
mod rows;
mod sine;
mod states;
mod threads;
