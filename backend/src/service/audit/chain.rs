//! The chain of the trail: kept up behind the writers, and verified.

use super::Audit;
use crate::{
    db::audit::chain::{self, Link, Misfit},
    error::Result,
};
use domain::{AuditId, OrganisationId};
use jiff::Timestamp;

/// Entries chained in one transaction at most.
const STEP: i32 = 2_000;
/// Places verified in one statement at most.
const LOOK: i64 = 5_000;

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It, or its place in the chain, is not what was written.
    Changed,
    /// It was taken out of the trail.
    Missing,
    /// It stands in the trail and never came into the chain.
    Foreign,
}

/// The first entry that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number.
    pub entry: AuditId,
    /// Its place in the chain, from 1.
    pub position: Option<i64>,
    /// What is wrong.
    pub fault: Fault,
    /// When it says it was written, and what it says was done; `None` where it is gone.
    pub said: Option<(Timestamp, String)>,
}

/// The trail of one organisation, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Code of the organisation.
    pub organisation: String,
    /// Entries that fit, from the first on.
    pub entries: i64,
    /// Hash of the last of them, in hexadecimal digits. Kept elsewhere it shows later that
    /// nothing was cut off or written anew.
    pub head: Option<String>,
    /// The first that does not.
    pub broken: Option<Broken>,
}

impl Audit {
    /// Chains every entry that waits, of every organisation. Answers how many.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn chain(&self) -> Result<i64> {
        let waiting = chain::waiting(&mut *self.0.pool.acquire().await?).await?;
        let mut all = 0;
        for organisation in waiting {
            all += self.chain_one(organisation).await?;
        }
        Ok(all)
    }

    async fn chain_one(&self, organisation: OrganisationId) -> Result<i64> {
        let mut all = 0;
        loop {
            let mut tx = self.0.pool.begin().await?;
            let done = chain::extend(&mut tx, organisation, STEP).await?;
            tx.commit().await?;
            all += done;
            if done < i64::from(STEP) {
                return Ok(all);
            }
        }
    }

    /// Verifies the trails, of one organisation or of all, after chaining what waits.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn verify(&self, only: Option<OrganisationId>) -> Result<Vec<Verified>> {
        let mut all = chain::organisations(&mut *self.0.pool.acquire().await?).await?;
        all.retain(|(id, _)| only.is_none_or(|only| only == *id));
        let mut verified = Vec::with_capacity(all.len());
        for (id, code) in all {
            self.chain_one(id).await?;
            verified.push(self.walk(id, code).await?);
        }
        Ok(verified)
    }

    async fn walk(&self, organisation: OrganisationId, code: String) -> Result<Verified> {
        let mut conn = self.0.pool.acquire().await?;
        let mut link = Link::default();
        let misfit = loop {
            match chain::look(&mut conn, organisation, &link, LOOK).await? {
                Ok(next) if next == link => break chain::stray(&mut conn, organisation).await?,
                Ok(next) => link = next,
                // Up to the misfit all is well: the places before it are counted too.
                Err(misfit) => break Some(misfit),
            }
        };
        let broken = match misfit {
            None => None,
            Some(Misfit {
                position,
                entry,
                there,
            }) => Some(Broken {
                entry: AuditId(entry),
                position,
                fault: match (there, position) {
                    (false, _) => Fault::Missing,
                    (true, None) => Fault::Foreign,
                    (true, Some(_)) => Fault::Changed,
                },
                said: chain::told(&mut conn, organisation, entry).await?,
            }),
        };
        let place = broken.as_ref().and_then(|b| b.position);
        Ok(Verified {
            organisation: code,
            entries: place.map_or(link.position, |at| at - 1),
            head: link
                .hash
                .map(|h| h.iter().map(|b| format!("{b:02x}")).collect()),
            broken,
        })
    }
}
