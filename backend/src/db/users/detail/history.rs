//! What the trail says of one user, in words of the reader's language.

use crate::error::Result;
use domain::{
    AuditId, JobId, Locale, UserId,
    access::Scope,
    user::{HISTORY_BLOCK, HistoryChange, HistoryEntry},
};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Audit entries about the user, newest first, older than `before` where given.
///
/// # Errors
/// Where the database fails.
pub async fn history(
    conn: &mut PgConnection,
    scope: &Scope,
    id: UserId,
    before: Option<AuditId>,
    locale: Locale,
) -> Result<Vec<HistoryEntry>> {
    let names = group_names(conn, scope, locale).await?;
    let rows = sqlx::query!(
        "select id, at, actor_name, action, before, after, reason, job_id from audit
         where organisation_id = $1 and object_kind = 'user' and object_id = $2 and ($3::bigint is null or id < $3)
         order by id desc limit $4",
        scope.organisation().0,
        id.0,
        before.map(|b| b.0),
        HISTORY_BLOCK,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| HistoryEntry {
            id: AuditId(r.id),
            at: r.at.to_jiff(),
            actor: r.actor_name,
            action: r.action,
            changes: changes(r.before.as_ref(), r.after.as_ref(), &names),
            reason: r.reason,
            job: r.job_id.map(JobId),
        })
        .collect())
}

/// Names of the organisation's groups by code, in the reader's language.
///
/// # Errors
/// Where the database fails.
pub async fn group_names(
    conn: &mut PgConnection,
    scope: &Scope,
    locale: Locale,
) -> Result<BTreeMap<String, String>> {
    let rows = sqlx::query!(
        r#"select code, case $2 when 'de' then name_de when 'fr' then name_fr when 'en' then name_en
             else name_it end as "name!" from groups where organisation_id = $1"#,
        scope.organisation().0,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.code, r.name)).collect())
}

/// What was recorded beside the fields and is no news to a reader.
const UNSAID: [&str; 3] = ["version", "reverts", "batch"];

/// Parts of names of fields that no reader ever sees, should one have been recorded.
const SECRET: [&str; 5] = ["password", "hash", "token", "secret", "pin_"];

fn is_said(field: &str) -> bool {
    !UNSAID.contains(&field) && !SECRET.iter().any(|s| field.contains(s)) && field != "pin"
}

/// The order in which fields are told; others follow by name.
const ORDER: [&str; 10] = [
    "username",
    "surname",
    "given_name",
    "fiscal_code",
    "email",
    "locale",
    "state",
    "groups",
    "person",
    "kind",
];

/// The fields of an entry that differ, as words.
pub fn changes(
    before: Option<&Value>,
    after: Option<&Value>,
    groups: &BTreeMap<String, String>,
) -> Vec<HistoryChange> {
    let empty = Map::new();
    let before = before.and_then(Value::as_object).unwrap_or(&empty);
    let after = after.and_then(Value::as_object).unwrap_or(&empty);
    let mut fields: Vec<&String> = before
        .keys()
        .chain(after.keys())
        .filter(|k| is_said(k))
        .collect();
    fields.sort_by_key(|f| {
        (
            ORDER.iter().position(|o| o == f).unwrap_or(ORDER.len()),
            (*f).clone(),
        )
    });
    fields.dedup();
    fields
        .into_iter()
        .map(|field| HistoryChange {
            field: field.clone(),
            before: words(before.get(field), groups),
            after: words(after.get(field), groups),
        })
        .filter(|c| c.before != c.after)
        .collect()
}

/// A recorded value as text; a list of groups by their names, each with its unit.
fn words(value: Option<&Value>, groups: &BTreeMap<String, String>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(s)) => s.clone(),
        Some(Value::Array(list)) => list
            .iter()
            .map(|v| group(v, groups))
            .collect::<Vec<_>>()
            .join(", "),
        Some(Value::Object(map)) => match map.get("name") {
            Some(Value::String(name)) => name.clone(),
            _ => map
                .iter()
                .filter(|(k, v)| is_said(k) && !v.is_null())
                .map(|(k, v)| format!("{k}: {}", words(Some(v), groups)))
                .collect::<Vec<_>>()
                .join(", "),
        },
        Some(other) => other.to_string(),
    }
}

fn group(value: &Value, groups: &BTreeMap<String, String>) -> String {
    let code = value
        .as_str()
        .or_else(|| value.get("code")?.as_str())
        .or_else(|| value.get("name")?.as_str())
        .unwrap_or_default();
    let name = groups.get(code).map_or(code, String::as_str);
    match value.get("unit_name").and_then(Value::as_str) {
        Some(unit) => format!("{name} ({unit})"),
        None => name.to_owned(),
    }
}
