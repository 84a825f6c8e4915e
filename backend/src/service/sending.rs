//! Being written.

use crate::Core;

/// Being written.
#[derive(Clone)]
pub struct Sending(pub(crate) Core);
