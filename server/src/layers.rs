//! What stands around every request.

pub mod csrf;
pub mod gate;
pub mod headers;
pub mod limits;
pub mod panic;
pub mod status;
pub mod trace;
