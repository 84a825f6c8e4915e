//! What a call can answer instead of a value, as the browser sees it.

use domain::{
    access::Denied,
    import::FileError,
    problem::{Conflict, SignInRefusal},
    user::FieldErrors,
};
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;

/// Closed: every case has a sentence in [`crate::i18n::api_error`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiError {
    /// Nobody is signed in, or the session has ended.
    Unauthenticated,
    /// Not allowed.
    Denied(Denied),
    /// Fields that are wrong.
    Invalid(FieldErrors),
    /// Does not exist or is not visible to this person.
    NotFound,
    /// Does not fit what is stored now.
    Conflict(Conflict),
    /// Sign-in refused.
    SignIn(SignInRefusal),
    /// A registration code that opens nothing.
    Code(domain::registration::CodeRefusal),
    /// A file that is not a table.
    File(FileError),
    /// The call itself is malformed.
    BadRequest,
    /// No connection, or the server is restarting.
    Unreachable,
    /// Ours to repair; the number stands in the server's log.
    Internal {
        /// Eight hexadecimal digits.
        incident: String,
    },
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(e: ServerFnErrorErr) -> Self {
        match e {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Self::BadRequest,
            // The variants carry library prose: never shown, and logged where it arose.
            _ => Self::Internal {
                incident: String::new(),
            },
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for ApiError {}
