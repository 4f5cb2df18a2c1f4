//! Regularizers for any trainer: see regularizer.h.

mod model;
mod objective;
mod parameter;

pub use model::{
    energy_penalty, energy_value, jacobian_norms, EnergyPenaltyOptions, JacobianNorms,
    JacobianNormsOptions,
};
pub use objective::{flatness_penalty, Objective};
pub use parameter::{
    operator_norm, parameter_norm, spectral_penalty, Norm, Parameter, Singular, SpectralNorm,
    SpectralPenaltyOptions,
};
