//! How long a password must be, where a plain post was refused.

use domain::group::{PASSWORD_MIN, PASSWORD_MIN_MOST};

/// How long a refused password must be, as the address says it after a plain post.
pub fn least_asked(query: &leptos_router::params::ParamsMap) -> usize {
    query
        .get("minimo")
        .and_then(|n| n.parse().ok())
        .filter(|n| (PASSWORD_MIN..=PASSWORD_MIN_MOST).contains(n))
        .unwrap_or(PASSWORD_MIN)
        .into()
}
