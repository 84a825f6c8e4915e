//! Being written.

use crate::Core;

/// Being written.
#[derive(Clone)]
pub struct Imports(pub(crate) Core);
