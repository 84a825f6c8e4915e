//! Passwords, PINs and tokens: make, hash, verify.

mod hasher;

pub use hasher::Hasher;
