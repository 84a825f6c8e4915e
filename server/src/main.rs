//! Delega.
fn main() {}
