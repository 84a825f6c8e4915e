//! What a redemption makes of a difference.

use super::take_over;
use crate::{
    Core,
    db::{self, audit, discrepancies as rows, redemptions::Ticket, registrations::NewMail},
    error::Result,
};
use domain::{
    OrganisationId,
    access::Actor,
    discrepancy::{DiscrepancyClass, Identity, compare},
    job::MailKind,
    user::full_name,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Who closes what is negligible.
const ITSELF: &str = "Delega";

/// Compares what was stated with what was prepared and writes what follows: nothing, a
/// negligible difference that updates the name and closes by itself, or an open one that
/// the delegates are told of. `stated` is `None` where the person said «Non sono io».
///
/// # Errors
/// Where the database fails.
pub(in crate::service) async fn open(
    core: &Core,
    tx: &mut PgConnection,
    organisation: OrganisationId,
    ticket: &Ticket,
    stated: Option<&Identity>,
    now: Timestamp,
) -> Result<()> {
    let nobody = Identity::default();
    let suggested = match stated {
        Some(stated) => match compare(&ticket.prepared, stated) {
            Some(class) => class,
            None => return Ok(()),
        },
        None => DiscrepancyClass::OtherPerson,
    };
    let closed = suggested == DiscrepancyClass::Negligible;
    let new = rows::New {
        registration: ticket.registration,
        user: ticket.user,
        profile: ticket.profile,
        not_me: stated.is_none(),
        prepared: &ticket.prepared,
        stated: stated.unwrap_or(&nobody),
        suggested,
        closed,
    };
    let id = rows::insert(tx, organisation, &new, ITSELF, now).await?;
    let name = full_name(&ticket.prepared.surname, &ticket.prepared.given_name);
    let entry = audit::Entry {
        action: if closed {
            "discrepancy.closed_by_itself"
        } else {
            "discrepancy.opened"
        },
        object_kind: "user",
        object_id: Some(ticket.user.0),
        object_name: &name,
        after: Some(json!({ "discrepancy": id, "suggested": suggested.code() })),
        ..Default::default()
    };
    audit::record_as(tx, organisation, None, ITSELF, now, entry).await?;
    if closed {
        if let Some(stated) = stated {
            let itself = Actor::system(organisation, ITSELF);
            take_over(tx, &itself, ticket.user, stated, None, now).await?;
        }
        return Ok(());
    }
    let told = db::registrations::delegates(tx, organisation, ticket.registration, now).await?;
    for (to, address, locale) in told {
        let mail = NewMail {
            kind: MailKind::DiscrepancyOpened,
            registration: ticket.registration,
            to,
            address: &address,
            locale,
            key: Uuid::from_bytes(core.entropy.bytes()),
        };
        db::registrations::enqueue(tx, organisation, mail, now).await?;
    }
    Ok(())
}
