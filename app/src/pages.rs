//! One file a page; its parts in a folder of the same name. Pages do not import pages.

pub mod accessibility;
pub mod home;
pub mod import;
pub mod layout;
pub mod not_found;
pub mod operation;
pub mod operations;
pub mod outbox;
pub mod password;
pub mod send;
pub mod sign_in;
pub mod terms;
pub mod user;
pub mod user_new;
pub mod users;
