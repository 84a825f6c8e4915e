//! What a service can answer instead of a value.

use domain::{
    access::Denied,
    problem::{Conflict, SignInRefusal},
    user::FieldErrors,
};

/// Result of a service call.
pub type Result<T, E = ServiceError> = std::result::Result<T, E>;

/// Everything a service refuses or fails with. Display never repeats its source.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nobody is signed in, or the session has ended.
    #[error("not signed in")]
    Unauthenticated,
    /// Not allowed.
    #[error("denied")]
    Denied(#[from] Denied),
    /// Fields that are wrong.
    #[error("invalid")]
    Invalid(FieldErrors),
    /// Does not exist, or lies outside the scope: the answer is the same.
    #[error("not found")]
    NotFound,
    /// Does not fit what is stored now.
    #[error("conflict")]
    Conflict(#[from] Conflict),
    /// Sign-in refused.
    #[error("sign-in refused")]
    SignIn(#[from] SignInRefusal),
    /// A registration code that opens nothing.
    #[error("code refused")]
    Code(#[from] domain::registration::CodeRefusal),
    /// A file that cannot be read as a table.
    #[error("unreadable file")]
    File(#[from] domain::import::FileError),
    /// Ours to repair: logged with an incident number, never shown.
    #[error("internal")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ServiceError {
    /// Wraps a failure that the person cannot answer.
    pub fn internal(e: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(e.into())
    }
}

impl From<sqlx::Error> for ServiceError {
    fn from(e: sqlx::Error) -> Self {
        match e {
            sqlx::Error::RowNotFound => Self::NotFound,
            other => Self::internal(other),
        }
    }
}

/// Turns a breach of a named constraint into the case that people know.
pub fn on_constraint(e: sqlx::Error, name: &str, case: impl Into<ServiceError>) -> ServiceError {
    match &e {
        sqlx::Error::Database(d) if d.constraint() == Some(name) => case.into(),
        _ => e.into(),
    }
}
