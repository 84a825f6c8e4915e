//! Persons of the registry: the list, single persons, what changes them, their folders.

pub mod folders;
pub mod frame;
pub mod read;
pub mod search;
pub mod write;

use domain::{
    PersonId, UserId,
    person::{CardUser, PersonKind, PersonRow},
};

/// The columns of a card as they come; all missing where a page has no row.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Card {
    id: Option<i64>,
    code: Option<i64>,
    kind: Option<String>,
    legal: Option<bool>,
    surname: Option<String>,
    given_name: Option<String>,
    fiscal_code: Option<String>,
    vat_number: Option<String>,
    birth_date: Option<jiff_sqlx::Date>,
    email: Option<String>,
    state: Option<String>,
    version: Option<i32>,
    user_id: Option<i64>,
    username: Option<String>,
    method: Option<String>,
    folders: Option<i64>,
}

impl Card {
    /// The card; `None` where there is no row.
    pub(crate) fn row(self) -> Option<PersonRow> {
        Some(PersonRow {
            id: PersonId(self.id?),
            code: self.code?,
            kind: kind(&self.kind?),
            legal: self.legal?,
            surname: self.surname?,
            given_name: self.given_name?,
            fiscal_code: self.fiscal_code,
            vat_number: self.vat_number,
            birth_date: self.birth_date.map(jiff_sqlx::Date::to_jiff),
            email: self.email,
            active: self.state? == "active",
            user: card_user(self.user_id, self.username, self.method),
            folders: u32::try_from(self.folders.unwrap_or_default()).unwrap_or(u32::MAX),
            version: self.version?,
        })
    }
}

/// The user of a card, where the columns of the join are there.
pub(crate) fn card_user(
    id: Option<i64>,
    username: Option<String>,
    method: Option<String>,
) -> Option<CardUser> {
    Some(CardUser {
        id: UserId(id?),
        username: username?,
        method: method?.parse().ok()?,
    })
}

/// A kind of the database; the column's check lets nothing else in.
pub(crate) fn kind(code: &str) -> PersonKind {
    code.parse().unwrap_or(PersonKind::External)
}
