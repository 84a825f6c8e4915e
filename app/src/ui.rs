//! The domain-free interface kit: every page is built from these parts.
//!
//! Rules of the kit:
//! - it imports no `api`, no `pages` and no `domain`; every visible text comes
//!   in as a prop, because the kit has no catalogue;
//! - ids are passed in or derived from the id passed in, never random, so that
//!   the server's HTML and the client's view are the same;
//! - no inline style attribute and no inline handler (content security policy);
//! - native elements first: `dialog`, `popover`, `progress`, `table`.

pub mod arrival;
pub mod breadcrumb;
pub mod button;
pub mod check;
pub mod chips;
pub mod combobox;
pub mod confirm;
pub mod dialog;
pub mod dom;
pub mod empty;
pub mod error_summary;
pub mod field;
pub mod filter_popover;
pub mod icon;
pub mod live_region;
pub mod menu;
mod menu_keys;
pub mod notice;
pub mod page_header;
pub mod pagination;
pub mod password;
pub mod progress;
pub mod skeleton;
pub mod skip;
pub mod sort;
pub mod split;
pub mod status;
pub mod stepper;
pub mod tabs;
pub mod toast;

#[cfg(all(test, feature = "ssr"))]
mod tests;

pub use arrival::{Arrived, in_browser};
pub use breadcrumb::{Breadcrumb, Crumb};
pub use button::{Button, ButtonKind, IconButton, LinkButton};
pub use check::{CheckboxField, RadioGroup, RowCheckbox, TriState, TriStateCheckbox};
pub use chips::{Chip, ChipList};
pub use combobox::Combobox;
pub use confirm::{ConfirmDialog, UnsavedGuard};
pub use dialog::{Dialog, DialogActions, DialogSize};
pub use empty::EmptyState;
pub use error_summary::{ErrorSummary, FieldError};
pub use field::{ChoiceOption, FieldFrame, SelectField, TextAreaField, TextField};
pub use filter_popover::FilterPopover;
pub use icon::{Icon, IconName};
pub use live_region::LiveRegion;
pub use menu::{MenuButton, MenuEntry};
pub use notice::Notice;
pub use page_header::PageHeader;
pub use pagination::{PageSizeSelect, Pagination};
pub use password::PasswordField;
pub use progress::{BusyBar, Progress};
pub use skeleton::{SkeletonCards, SkeletonRows};
pub use skip::{SkipLinks, VisuallyHidden};
pub use sort::{SortDirection, SortHeader};
pub use split::SplitButton;
pub use status::{Status, Tag, Tone};
pub use stepper::{Step, Stepper};
pub use tabs::{TabItem, TabPanel, Tabs};
pub use toast::ToastStack;
