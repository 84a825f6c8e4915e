//! Parts that several pages share and that, unlike the kit in `ui`, know the domain and
//! call the server. Pages import widgets; pages never import pages.

pub mod email_editor;
pub mod email_hint;
pub mod groups_dialog;
pub mod unsaved;

pub use email_editor::{EmailEditor, EmailTarget};
pub use email_hint::EmailHint;
pub use groups_dialog::GroupsDialog;
pub use unsaved::{LeaveGuard, use_leave_guard};
