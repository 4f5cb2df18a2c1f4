//! Regularizers for any trainer: see regularizer.h.

mod model;
mod objective;
mod parameter;
mod spectral;

pub use model::{
    energy_penalty, energy_penalty_batch, energy_value, jacobian_norms, EnergyPenaltyOptions,
    JacobianNorms, JacobianNormsOptions,
};
pub use objective::{flatness_penalty, Objective};
pub use parameter::{
    parameter_norm, spectral_penalty, Norm, Parameter, Singular, SpectralPenaltyOptions,
};
pub use spectral::operator_norm;
