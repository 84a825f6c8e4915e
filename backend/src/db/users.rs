//! Users: the list and its search, single users, and what changes them.

pub mod detail;
pub mod edit;
pub mod search;
