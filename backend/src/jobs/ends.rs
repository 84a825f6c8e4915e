//! Roles end by themselves: from the day after their last one they count no longer (every
//! request asks the date); here they are taken away and booked.

use crate::{
    Core,
    db::{audit, grants, users::edit},
    error::Result,
};
use domain::Locale;
use serde_json::json;

/// Users a turn: a transaction stays short.
const BLOCK: i64 = 200;

/// Takes away every role whose last day is over, with an entry for each user. Any number
/// of workers may run it.
///
/// # Errors
/// Where the database fails; what was done so far stays done.
pub async fn grants(core: &Core) -> Result<()> {
    loop {
        let now = core.clock.now();
        let mut tx = core.pool.begin().await?;
        let due = grants::ended(&mut tx, now, BLOCK).await?;
        for ended in &due {
            let before =
                grants::of_user(&mut tx, ended.organisation, ended.user, None, Locale::It).await?;
            grants::remove(&mut tx, ended.organisation, &ended.grants).await?;
            edit::count_edit(&mut tx, ended.organisation, ended.user).await?;
            let left: Vec<_> = before
                .iter()
                .filter(|g| !ended.grants.contains(&g.id))
                .cloned()
                .collect();
            let entry = audit::Entry {
                action: "user.grants_ended",
                object_kind: "user",
                object_id: Some(ended.user.0),
                object_name: &ended.name,
                before: Some(json!({ "groups": crate::service::record_grants(&before) })),
                after: Some(json!({ "groups": crate::service::record_grants(&left) })),
                ..audit::Entry::default()
            };
            audit::record_as(&mut tx, ended.organisation, None, "Delega", now, entry).await?;
        }
        tx.commit().await?;
        if due.is_empty() {
            return Ok(());
        }
    }
}
