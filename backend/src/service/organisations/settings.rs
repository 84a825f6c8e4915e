//! What is set for the house: automatic reminders, where «altra persona» is reported.

use super::Organisations;
use crate::{
    db::{self, audit},
    error::{Result, ServiceError},
};
use domain::{
    access::{Actor, decide_on_settings},
    organisation::{HouseSettings, SettingsDraft},
};
use serde_json::{Map, Value, json};

impl Organisations {
    /// What is set.
    ///
    /// # Errors
    /// [`domain::access::Denied`] for who does not administer the whole organisation.
    pub async fn settings(&self, actor: &Actor) -> Result<HouseSettings> {
        decide_on_settings(actor)?;
        let mut conn = self.0.pool.acquire().await?;
        db::organisations::settings(&mut conn, actor.organisation, false).await
    }

    /// Sets it. Reminders that already left stay; a day added later counts for codes that
    /// run on, too.
    ///
    /// # Errors
    /// As for [`Organisations::settings`]; the fields of [`SettingsDraft::check`].
    pub async fn change_settings(
        &self,
        actor: &Actor,
        draft: &SettingsDraft,
    ) -> Result<HouseSettings> {
        decide_on_settings(actor)?;
        let settings = draft.check().map_err(ServiceError::Invalid)?;
        let mut tx = self.0.pool.begin().await?;
        let was = db::organisations::settings(&mut tx, actor.organisation, true).await?;
        let (before, after) = difference(&was, &settings);
        if after.is_empty() {
            return Ok(settings);
        }
        db::organisations::set_settings(&mut tx, actor.organisation, &settings).await?;
        let house = db::organisations::get(&mut tx, actor.organisation).await?;
        let entry = audit::Entry {
            action: "organisation.settings_changed",
            object_kind: "organisation",
            object_id: Some(actor.organisation.0),
            object_name: &house.name,
            before: Some(Value::Object(before)),
            after: Some(Value::Object(after)),
            ..audit::Entry::default()
        };
        audit::record(&mut tx, actor, self.0.clock.now(), entry).await?;
        tx.commit().await?;
        Ok(settings)
    }
}

/// What differs, as it was and as it will be.
fn difference(was: &HouseSettings, is: &HouseSettings) -> (Map<String, Value>, Map<String, Value>) {
    let (mut before, mut after) = (Map::new(), Map::new());
    let (old, new) = (SettingsDraft::of(was), SettingsDraft::of(is));
    for (field, was, is) in [
        ("reminder_days", old.reminder_days, new.reminder_days),
        ("report_address", old.report_address, new.report_address),
    ] {
        if was != is {
            before.insert(field.to_owned(), json!(was));
            after.insert(field.to_owned(), json!(is));
        }
    }
    (before, after)
}
