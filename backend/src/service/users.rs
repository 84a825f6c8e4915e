//! Being written.

use crate::Core;

/// Being written.
#[derive(Clone)]
pub struct Users(pub(crate) Core);
