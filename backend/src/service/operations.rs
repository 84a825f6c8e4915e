//! Being written.

use crate::Core;

/// Being written.
#[derive(Clone)]
pub struct Operations(pub(crate) Core);
