//! Long work: taken from the database under a lease, kept while it goes on, ended once.

pub mod ends;
pub mod import;
mod mailing;
pub mod tend;
pub mod worker;
