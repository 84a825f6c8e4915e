//! Being written.

use crate::Core;

/// Being written.
#[derive(Clone)]
pub struct Organisations(pub(crate) Core);
