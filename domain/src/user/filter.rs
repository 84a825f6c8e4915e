//! The list's filter, and how it stands in the address bar.
//!
//! Query: `gruppo=tutori&stato=attivo&righe=50&pagina=2&ordina=-scadenza`. The free text
//! never stands here: it lives in the fragment (`#q=`), so that names and codes reach
//! neither access logs nor the Referer header.

use super::UserState;
use crate::ViewId;
use crate::page::{PageRequest, PageSize};
use crate::registration::RegistrationState;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Which users are wanted. Empty finds everyone who is not archived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UserFilter {
    /// Codes of groups: a user in any of them is found.
    pub groups: Vec<String>,
    /// Only users in this state.
    pub state: Option<UserState>,
    /// Only users whose registration stands so; whoever has none is to be started.
    #[serde(default)]
    pub registration: Option<RegistrationState>,
    /// Only active users without a mailbox («Senza mail»).
    #[serde(default)]
    pub without_mail: bool,
    /// «Password scaduta»: only users whose password has ended.
    #[serde(default)]
    pub expired: bool,
    /// «Mai entrati»: only users who have never signed in.
    #[serde(default)]
    pub never_entered: bool,
    /// «Mail respinte»: only users whose mailbox refused mail for good.
    #[serde(default)]
    pub bounced: bool,
    /// «Gruppo da verificare»: only users in a group that fits none of their linked records
    /// (a pupil among the guardians).
    #[serde(default)]
    pub unlikely_group: bool,
    /// «Ricerca libera»: every word must be found in surname, name, mail, codice fiscale
    /// or user name, in any order, case or accent.
    pub text: String,
}

impl UserFilter {
    /// Nothing is filtered.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
            && self.state.is_none()
            && !self.without_mail
            && !self.asks_standing()
            && self.registration.is_none()
            && self.text.trim().is_empty()
    }

    /// Whether it asks how the account stands: password, sign-in, mailbox, fit of groups.
    pub fn asks_standing(&self) -> bool {
        self.expired || self.never_entered || self.bounced || self.unlikely_group
    }
}

impl UserFilter {
    /// Gives each key and value of the address to `add`; the free text is none of them.
    fn write(&self, add: &mut impl FnMut(&str, &str)) {
        for group in &self.groups {
            add("gruppo", group);
        }
        if let Some(state) = self.state {
            add("stato", state_code(state));
        }
        if let Some(state) = self.registration {
            add("registrazione", registration_code(state));
        }
        for (asked, key, value) in [
            (self.without_mail, "mail", "manca"),
            (self.expired, "password", "scaduta"),
            (self.never_entered, "accesso", "mai"),
            (self.bounced, "posta", "respinta"),
            (self.unlikely_group, "verifica", "gruppo"),
        ] {
            if asked {
                add(key, value);
            }
        }
    }
}

/// A sortable column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortColumn {
    /// «Cognome», then «Nome».
    #[default]
    Surname,
    /// «Nome».
    GivenName,
    /// «Nome utente».
    Username,
    /// «Mail utente».
    Email,
    /// «Attivo».
    State,
    /// «Scadenza password».
    PasswordEnd,
}

impl SortColumn {
    /// All columns that sort, in the order of the table.
    pub const ALL: [Self; 6] = [
        Self::Surname,
        Self::GivenName,
        Self::Username,
        Self::Email,
        Self::State,
        Self::PasswordEnd,
    ];

    /// Value in a URL.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Surname => "cognome",
            Self::GivenName => "nome",
            Self::Username => "utente",
            Self::Email => "mail",
            Self::State => "attivo",
            Self::PasswordEnd => "scadenza",
        }
    }
}

/// Order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UserSort {
    /// By which column.
    pub column: SortColumn,
    /// From last to first.
    pub descending: bool,
}

/// The whole state of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListQuery {
    /// Which users.
    pub filter: UserFilter,
    /// In which order.
    pub sort: UserSort,
    /// Which part.
    pub page: PageRequest,
    /// A saved view: its filter and order are meant, and nothing of them stands in the
    /// address.
    #[serde(default)]
    pub view: Option<ViewId>,
}

impl ListQuery {
    /// Reads a query string (without `?`) of `key=value` pairs whose values are already
    /// decoded by `decode`. Unknown keys and values are passed over: a hand-written
    /// address never fails. `rows` is the person's usual page size.
    pub fn from_pairs<'a>(
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
        text: &str,
        rows: PageSize,
    ) -> Self {
        let mut q = Self::default();
        q.page.size = rows;
        q.filter.text = text.to_owned();
        for (key, value) in pairs {
            match key {
                "gruppo" if is_code(value) && !q.filter.groups.iter().any(|g| g == value) => {
                    q.filter.groups.push(value.to_owned());
                }
                "registrazione" => {
                    q.filter.registration = registration_of(value).or(q.filter.registration);
                }
                "mail" => q.filter.without_mail = value == "manca",
                "password" => q.filter.expired = value == "scaduta",
                "accesso" => q.filter.never_entered = value == "mai",
                "posta" => q.filter.bounced = value == "respinta",
                "verifica" => q.filter.unlikely_group = value == "gruppo",
                "stato" => q.filter.state = state_of(value).or(q.filter.state),
                "righe" => q.page.size = PageSize::from_code(value).unwrap_or(q.page.size),
                "pagina" => q.page.number = value.parse().ok().filter(|n| *n > 0).unwrap_or(1),
                "vista" => q.view = value.parse().ok().filter(|v: &ViewId| v.0 > 0),
                "ordina" => q.sort = sort_of(value).unwrap_or(q.sort),
                _ => {}
            }
        }
        q
    }

    /// The query string, without `?`; only what differs from the default (`rows` is the
    /// person's usual page size). Codes need no escaping.
    pub fn to_query(&self, rows: PageSize) -> String {
        let mut out = String::new();
        let mut add = |key: &str, value: &str| {
            let _ = write!(
                out,
                "{}{key}={value}",
                if out.is_empty() { "" } else { "&" }
            );
        };
        match self.view {
            Some(view) => add("vista", &view.to_string()),
            None => self.filter.write(&mut add),
        }
        if self.page.size != rows {
            add("righe", self.page.size.code());
        }
        if self.page.number > 1 {
            add("pagina", &self.page.number.to_string());
        }
        if self.sort != UserSort::default() && self.view.is_none() {
            let sign = if self.sort.descending { "-" } else { "" };
            add("ordina", &format!("{sign}{}", self.sort.column.code()));
        }
        out
    }
}

/// Codes of groups are lower-case words with hyphens; nothing else is looked up.
fn is_code(value: &str) -> bool {
    (1..=60).contains(&value.len())
        && value
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn state_of(value: &str) -> Option<UserState> {
    UserState::ALL.into_iter().find(|s| state_code(*s) == value)
}

const fn state_code(state: UserState) -> &'static str {
    match state {
        UserState::Active => "attivo",
        UserState::Inactive => "inattivo",
        UserState::Archived => "archiviato",
    }
}

fn registration_of(value: &str) -> Option<RegistrationState> {
    RegistrationState::ALL
        .iter()
        .copied()
        .find(|s| registration_code(*s) == value)
}

/// Value in a URL.
const fn registration_code(state: RegistrationState) -> &'static str {
    match state {
        RegistrationState::ToStart => "da-avviare",
        RegistrationState::Running => "in-corso",
        RegistrationState::Completed => "completata",
        RegistrationState::Expired => "scaduta",
        RegistrationState::Revoked => "revocata",
    }
}

fn sort_of(value: &str) -> Option<UserSort> {
    let (descending, code) = value
        .strip_prefix('-')
        .map_or((false, value), |rest| (true, rest));
    let column = SortColumn::ALL.into_iter().find(|c| c.code() == code)?;
    Some(UserSort { column, descending })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(query: &str, rows: PageSize) -> ListQuery {
        ListQuery::from_pairs(query.split('&').filter_map(|p| p.split_once('=')), "", rows)
    }

    #[test]
    fn a_hand_written_address_with_nonsense_reads_as_the_default_list() {
        let q = read(
            "righe=0&pagina=-3&ordina=colore&stato=boh&pippo=1&gruppo=A%20B",
            PageSize::Fifty,
        );
        assert_eq!(q, ListQuery::default());
    }

    fn any_query() -> impl Strategy<Value = (ListQuery, PageSize)> {
        let size = || prop::sample::select(PageSize::ALL.to_vec());
        (
            prop::collection::btree_set("[a-z][a-z0-9-]{0,10}", 0..4),
            prop::option::of(prop::sample::select(UserState::ALL.to_vec())),
            prop::sample::select(SortColumn::ALL.to_vec()),
            any::<(bool, bool, [bool; 4])>(),
            prop::option::of(prop::sample::select(RegistrationState::ALL.to_vec())),
            1_u32..5000,
            (size(), size()),
            prop::option::of(1_i64..5000),
        )
            .prop_map(
                |(
                    groups,
                    state,
                    column,
                    (descending, without_mail, [expired, never_entered, bounced, unlikely_group]),
                    registration,
                    number,
                    (size, rows),
                    view,
                )| {
                    let filter = UserFilter {
                        groups: groups.into_iter().collect(),
                        state,
                        without_mail,
                        expired,
                        never_entered,
                        bounced,
                        unlikely_group,
                        registration,
                        text: String::new(),
                    };
                    let page = PageRequest { number, size };
                    // A view brings its own filter and order: they stand in no address.
                    let query = match view {
                        Some(view) => ListQuery {
                            page,
                            view: Some(ViewId(view)),
                            ..ListQuery::default()
                        },
                        None => ListQuery {
                            filter,
                            sort: UserSort { column, descending },
                            page,
                            view: None,
                        },
                    };
                    (query, rows)
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_written_to_the_address_bar_is_read_back_the_same((q, rows) in any_query()) {
            prop_assert_eq!(read(&q.to_query(rows), rows), q);
        }

        #[test]
        fn no_query_string_whatsoever_makes_reading_fail(s in ".*") {
            let q = read(&s, PageSize::Ten);
            prop_assert!(q.page.number >= 1);
        }
    }
}
