//! Checking a typed code. What the redemption makes of it belongs to `/registrazione`.

use super::Registrations;
use crate::{
    credentials::{
        registration_code::{hash_typed, same},
        throttle::{Failures, Patience},
    },
    db::registrations as rows,
    error::Result,
};
use domain::{
    OrganisationId, ProfileId, RegistrationId, UserId,
    registration::{CodeRefusal, RegistrationState},
};
use jiff::{SignedDuration, Timestamp};

/// How patient a code is with wrong tries: it locks, the person never does.
const CODE: Patience = Patience {
    free: 5,
    base: 15,
    ceiling: 60 * 60,
};

/// A code that was recognised together with its address. Nothing is used up yet: that is
/// [`rows::redeem`], in the transaction of the redemption, with this `hash`.
#[derive(Clone)]
pub struct Verified {
    /// The organisation that invited.
    pub organisation: OrganisationId,
    /// The registration.
    pub registration: RegistrationId,
    /// The invited person.
    pub user: UserId,
    /// The profile it opens.
    pub profile: ProfileId,
    /// End of the code.
    pub expires_at: Timestamp,
    /// What is stored of the code.
    pub hash: Vec<u8>,
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verified({}/{})", self.organisation, self.registration)
    }
}

impl Registrations {
    /// Checks an address and a typed code. Unknown address, wrong code, code of another
    /// person or organisation are one answer; that a code has ended is told only to who has
    /// both right. A wrong try is counted against the codes of that address, which lock
    /// for growing times; while they are locked a right code gets the same answer.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn verify(&self, email: &str, typed: &str) -> Result<Result<Verified, CodeRefusal>> {
        let (email, now) = (email.trim(), self.0.clock.now());
        let hash = hash_typed(typed);
        let mut tx = self.0.pool.begin().await?;
        let tries = rows::hold_tries(&mut tx, email).await?;
        let lock = tries
            .iter()
            .filter_map(|t| t.3)
            .filter(|at| *at > now)
            .max();
        if let Some(until) = lock {
            let seconds = until
                .duration_since(now)
                .as_secs()
                .clamp(1, i64::from(CODE.ceiling));
            return Ok(Err(CodeRefusal::Locked {
                seconds: u32::try_from(seconds).unwrap_or(CODE.ceiling),
            }));
        }
        let found = match &hash {
            Some(hash) => rows::by_hash(&mut tx, hash).await?,
            None => None,
        };
        // Both comparisons always run: the time tells nothing of what was wrong.
        let nothing = Vec::new();
        let right_code = same(
            hash.as_ref().unwrap_or(&nothing),
            found.as_ref().map_or(&[0_u8; 32][..], |f| &f.hash),
        );
        let right_email = found
            .as_ref()
            .and_then(|f| f.email.as_deref())
            .is_some_and(|e| same(e.to_lowercase().as_bytes(), email.to_lowercase().as_bytes()));
        if let Some(found) = found.filter(|f| right_code && right_email && f.active) {
            let over = found.state == RegistrationState::Expired;
            return Ok(match found.expires_at {
                Some(end) if end > now && !over => Ok(Verified {
                    organisation: found.organisation,
                    registration: found.id,
                    user: found.user,
                    profile: found.profile,
                    expires_at: end,
                    hash: found.hash,
                }),
                _ => Err(CodeRefusal::Expired),
            });
        }
        for (organisation, registration, failed, _) in tries {
            let failures = Failures {
                count: failed.saturating_add(1),
                last: Some(now),
            };
            let wait = CODE.wait(failures, now);
            let until = now
                .checked_add(SignedDuration::from_secs(i64::from(wait)))
                .ok()
                .filter(|_| wait > 0);
            rows::book_try(&mut tx, organisation, registration, until).await?;
        }
        tx.commit().await?;
        Ok(Err(CodeRefusal::NotRecognised))
    }
}
