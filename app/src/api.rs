//! Server functions: three to six lines each, one file a noun. Each takes the context,
//! calls one service method and surfaces the error; no rule and no SQL lives here.

#![allow(
    missing_docs,
    reason = "a server function's arguments become fields of a struct that nobody documents"
)]

pub mod account;
pub mod alignment;
pub mod audit;
pub mod authorisations;
pub mod creation;
pub mod desk;
pub mod discrepancies;
pub mod error;
pub mod group_page;
pub mod groups;
pub mod house;
pub mod import;
pub mod invite;
pub mod letters;
pub mod operations;
pub mod redemption;
pub mod registrations;
pub mod registry;
pub mod sending;
pub mod session;
pub mod terms;
pub mod units;
pub mod user;
pub mod users;
pub mod views;

pub use error::ApiError;

/// Result of a server function.
pub type ApiResult<T> = Result<T, ApiError>;
