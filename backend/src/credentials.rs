//! Passwords, PINs and tokens: make, hash, verify.

mod hasher;
pub mod phrase;
pub mod policy;
pub mod registration_code;
pub mod secret;
pub mod throttle;
pub mod token;

pub use hasher::Hasher;
