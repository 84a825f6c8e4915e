//! The mail of «Password dimenticata?»: its links are made here, live while the mail is
//! handed over, and are dropped; what is stored is their hash.

use super::{Delivered, Gate, post};
use crate::{
    Core,
    credentials::token::Token,
    db::{
        forgotten,
        outbox::{self, Claim, Ending, MailRow},
        sending,
    },
    error::{Result, ServiceError},
    mail::{Letter, LinkFacts, UserLink, render_links, transport::Opened},
    service::forgotten::{LINK_LIFE, reset_url},
};
use domain::{
    job::{MailReason, MailState},
    user::{UserState, full_name},
};
use jiff::Timestamp;

/// Takes the mail the whole way over an open connection.
///
/// # Errors
/// Where the database fails before the hand-over.
pub(super) async fn deliver(
    core: &Core,
    opened: Opened,
    gate: &Gate,
    claim: &Claim,
) -> Result<Delivered> {
    let Some((mut row, links, until)) = prepare(core, claim).await? else {
        return Ok(Delivered::Done);
    };
    let mut conn = core.pool.acquire().await?;
    let (institution, _) = sending::institution(&mut conn, claim.organisation).await?;
    drop(conn);
    if links.len() > 1 {
        // The envelope names nobody where several share the mailbox.
        row.surname.clear();
        row.given_name.clear();
    }
    let facts = LinkFacts {
        locale: row.locale,
        users: links
            .iter()
            .map(|made| UserLink {
                name: full_name(&made.link.surname, &made.link.given_name),
                greeting: format!("{} {}", made.link.given_name, made.link.surname),
                username: made.link.username.clone(),
                url: reset_url(&core.settings.base_url, &made.token),
            })
            .collect(),
        until,
        reference: format!("PWD-{}", claim.id),
        institution,
    };
    let mail = render_links(&facts).map_err(ServiceError::internal)?;
    let letter = Letter {
        mail: &mail,
        institution: &facts.institution,
    };
    let tokens: Vec<String> = links.iter().map(|made| made.token.encode()).collect();
    let secrets: Vec<&str> = tokens.iter().map(String::as_str).collect();
    post(core, opened, gate, claim, &row, letter, &secrets).await;
    Ok(Delivered::Done)
}

/// A user of the mailbox with the token made for them.
struct Made {
    link: forgotten::Link,
    token: Token,
}

/// Looks at the mail once more, and stores the hash of a token for everybody in it.
async fn prepare(core: &Core, claim: &Claim) -> Result<Option<(MailRow, Vec<Made>, Timestamp)>> {
    let now = core.clock.now();
    let mut tx = core.pool.begin().await?;
    let Some(row) = outbox::read_claimed(&mut tx, claim, now).await? else {
        return Ok(None);
    };
    let links = forgotten::of_mail(&mut tx, claim).await?;
    let held_back = if row.newer {
        Some((MailState::Superseded, MailReason::Newer))
    } else if !links.is_empty() {
        None
    } else if row.user_state != Some(UserState::Active) {
        Some((MailState::Cancelled, MailReason::Inactive))
    } else if row.email.as_deref() != Some(row.address.as_str()) {
        Some((MailState::Cancelled, MailReason::AddressChanged))
    } else {
        Some((MailState::Superseded, MailReason::Newer))
    };
    if let Some((state, reason)) = held_back {
        let ending = Ending {
            state,
            reply: None,
            reply_code: None,
            reason: Some(reason),
        };
        outbox::finish(&mut tx, claim, &ending, now).await?;
        forgotten::drop_mail(&mut tx, claim.organisation, claim.id).await?;
        tx.commit().await?;
        return Ok(None);
    }
    // To the minute, so that the mail says exactly what holds.
    let end = now.checked_add(LINK_LIFE).map_err(ServiceError::internal)?;
    let until = Timestamp::from_second(end.as_second().div_euclid(60) * 60)
        .map_err(ServiceError::internal)?;
    let mut made = Vec::with_capacity(links.len());
    for link in links {
        let token = Token::generate(claim.organisation, &core.entropy);
        forgotten::arm(&mut tx, claim.organisation, link.id, &token.hash(), until).await?;
        made.push(Made { link, token });
    }
    tx.commit().await?;
    Ok(Some((row, made, until)))
}
