//! Being written.

use crate::Core;

/// Being written.
#[derive(Clone)]
pub struct Sessions(pub(crate) Core);
