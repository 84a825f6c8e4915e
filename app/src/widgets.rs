//! Parts that several pages share and that, unlike the kit in `ui`, know the domain and
//! call the server. Pages import widgets; pages never import pages.

pub mod act_words;
pub mod address;
pub mod brand;
pub mod confirm_password;
pub mod contact_form;
pub mod email_editor;
pub mod email_hint;
pub mod forbidden;
pub mod fresh_key;
pub mod groups_dialog;
pub mod job_words;
pub mod languages;
pub mod mail_status;
pub mod own_sessions;
pub mod page_title;
pub mod person_form;
pub mod person_search;
pub mod person_words;
pub mod public_page;
pub mod random_key;
pub mod row_menu;
pub mod unit_switch;
pub mod unsaved;
pub mod user_form;

pub use brand::BrandMark;
pub use confirm_password::ConfirmPassword;
pub use contact_form::ContactForm;
pub use email_editor::{EmailEditor, EmailTarget};
pub use email_hint::EmailHint;
pub use forbidden::{Forbidden, Guarded};
pub use fresh_key::fresh_key;
pub use groups_dialog::{GroupsDialog, kind_word};
pub use languages::LanguageForm;
pub use mail_status::MailStatus;
pub use own_sessions::OwnSessionsDialog;
pub use page_title::PageTitle;
pub use person_form::{PersonFields, PersonForm};
pub use person_search::PersonSearch;
pub use person_words::kinds_word;
pub use public_page::PublicPage;
pub use random_key::random_key;
pub use row_menu::{RowMenu, RowMenuDialogs};
pub use unit_switch::{UnitChange, UnitChangeDialog, UnitSwitch};
pub use unsaved::{LeaveGuard, Leaving, use_leave_guard};
pub use user_form::{UserFields, UserForm};
