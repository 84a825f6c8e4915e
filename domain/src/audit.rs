//! «Registro attività»: what was done, by whom, to what, and what can be put back.

use crate::{AuditId, JobId, UserId, user::HistoryChange};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Entries brought at once.
pub const AUDIT_BLOCK: i64 = 50;

/// «Periodo».
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Everything there is.
    #[default]
    All,
    /// Since midnight, by the organisation's clock.
    Today,
    /// Today and the six days before.
    Week,
    /// Today and the twenty-nine days before.
    Month,
    /// From one day to another, both included; an open end is open.
    Days {
        /// First day.
        from: Option<Date>,
        /// Last day.
        until: Option<Date>,
    },
}

impl Period {
    /// The first and the last day, where `today` is the day at the organisation.
    pub fn days(self, today: Date) -> (Option<Date>, Option<Date>) {
        let back = |days: i64| {
            today
                .checked_sub(jiff::Span::new().days(days))
                .unwrap_or(today)
        };
        match self {
            Self::All => (None, None),
            Self::Today => (Some(today), Some(today)),
            Self::Week => (Some(back(6)), Some(today)),
            Self::Month => (Some(back(29)), Some(today)),
            Self::Days { from, until } => (from, until),
        }
    }
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AuditFilter {
    /// «Periodo».
    pub period: Period,
    /// «Chi»: the number of a user, or [`SYSTEM`].
    pub who: Option<i64>,
    /// «Azione»: `noun.verb` as recorded.
    pub action: Option<String>,
    /// Only entries about this user: the way from «Cronologia».
    pub user: Option<UserId>,
    /// Only entries of one act on many.
    pub batch: Option<i64>,
    /// «Oggetto»: a part of the object's name. Personal: never in an address.
    pub object: String,
}

/// «Chi»: the command line or the product itself.
pub const SYSTEM: i64 = 0;

impl AuditFilter {
    /// Nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the pairs of a query string; what is unknown is passed over.
    pub fn from_pairs<'a>(
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Option<AuditId>) {
        let mut filter = Self::default();
        let (mut from, mut until, mut before) = (None, None, None);
        for (key, value) in pairs {
            match key {
                "periodo" => {
                    filter.period = match value {
                        "oggi" => Period::Today,
                        "settimana" => Period::Week,
                        "mese" => Period::Month,
                        _ => filter.period,
                    }
                }
                "dal" => from = value.parse().ok(),
                "al" => until = value.parse().ok(),
                "chi" => filter.who = value.parse().ok().filter(|n| *n >= 0),
                "azione" if is_action(value) => filter.action = Some(value.to_owned()),
                "utente" => filter.user = value.parse().ok(),
                "insieme" => filter.batch = value.parse().ok(),
                "prima" => before = value.parse().ok(),
                _ => {}
            }
        }
        if from.is_some() || until.is_some() {
            filter.period = Period::Days { from, until };
        }
        (filter, before)
    }

    /// The query string, without `?`. The object's name stands in none.
    pub fn to_query(&self, before: Option<AuditId>) -> String {
        let mut parts = Vec::new();
        match self.period {
            Period::All => {}
            Period::Today => parts.push("periodo=oggi".to_owned()),
            Period::Week => parts.push("periodo=settimana".to_owned()),
            Period::Month => parts.push("periodo=mese".to_owned()),
            Period::Days { from, until } => {
                parts.extend(from.map(|d| format!("dal={d}")));
                parts.extend(until.map(|d| format!("al={d}")));
            }
        }
        parts.extend(self.who.map(|n| format!("chi={n}")));
        parts.extend(self.action.as_ref().map(|a| format!("azione={a}")));
        parts.extend(self.user.map(|n| format!("utente={n}")));
        parts.extend(self.batch.map(|n| format!("insieme={n}")));
        parts.extend(before.map(|n| format!("prima={n}")));
        parts.join("&")
    }
}

/// Acts are recorded as `noun.verb`; nothing else is looked up.
fn is_action(value: &str) -> bool {
    (3..=60).contains(&value.len())
        && value
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_')
}

/// Filter and place in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Which entries.
    pub filter: AuditFilter,
    /// Only those that came before this one.
    pub before: Option<AuditId>,
}

/// An entry, ready to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// The entry.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who, by the name of that time; the number where it was a user.
    pub actor: (Option<UserId>, String),
    /// `noun.verb` as recorded.
    pub action: String,
    /// What it was done to: kind, number, name of that time.
    pub object: AuditObject,
    /// Fields before and after, resolved to names.
    pub changes: Vec<HistoryChange>,
    /// Motivation.
    pub reason: Option<String>,
    /// The operation it belongs to.
    pub job: Option<JobId>,
    /// The act on many that it was a part of.
    pub batch: Option<i64>,
    /// It put back what an earlier entry had changed.
    pub reverts: Option<AuditId>,
    /// What «Ripristina» would do for this reader; `None` where nothing can be put back.
    pub revert: Option<Revert>,
}

/// What an entry was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditObject {
    /// `user`, `job`, `import`, `group`, …
    pub kind: String,
    /// Its number.
    pub id: Option<i64>,
    /// Its name of that time; empty where it had none.
    pub name: String,
    /// It has a page that this reader may open.
    pub open: bool,
}

/// An entry that can be put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revert {
    /// A motivation must be given: what is put back needs one itself (decision 8).
    pub reason_required: bool,
    /// The user comes back not active, whatever it was before.
    pub comes_back_inactive: bool,
}

/// A block of entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Older ones follow.
    pub more: bool,
}

/// What the page needs beside its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFrame {
    /// The reader sees own acts only.
    pub own_only: bool,
    /// Who may be asked for in «Chi»: number and name.
    pub people: Vec<(i64, String)>,
    /// Acts that the trail holds, for «Azione».
    pub actions: Vec<String>,
    /// The user that the address names, for the heading.
    pub user: Option<(UserId, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filtered_is_read_back_from_the_address_and_names_never_stand_there() {
        let filter = AuditFilter {
            period: Period::Days {
                from: Some(jiff::civil::date(2026, 11, 1)),
                until: None,
            },
            who: Some(7),
            action: Some("user.groups_changed".into()),
            user: Some(UserId(12)),
            batch: None,
            object: "Rossi".into(),
        };
        let query = filter.to_query(Some(AuditId(99)));
        assert!(!query.contains("Rossi"));
        let (read, before) =
            AuditFilter::from_pairs(query.split('&').filter_map(|p| p.split_once('=')));
        assert_eq!(before, Some(AuditId(99)));
        assert_eq!(
            read,
            AuditFilter {
                object: String::new(),
                ..filter
            }
        );
    }

    #[test]
    fn a_hand_written_address_with_nonsense_filters_nothing() {
        let pairs = [
            ("periodo", "ieri"),
            ("chi", "-4"),
            ("azione", "DROP TABLE"),
            ("dal", "31/12/2026"),
        ];
        assert_eq!(
            AuditFilter::from_pairs(pairs.into_iter()),
            (AuditFilter::default(), None)
        );
    }

    #[test]
    fn a_week_is_today_and_the_six_days_before() {
        let today = jiff::civil::date(2026, 3, 2);
        assert_eq!(
            Period::Week.days(today),
            (Some(jiff::civil::date(2026, 2, 24)), Some(today))
        );
    }
}
