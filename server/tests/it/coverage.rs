//! Every server function and route × everybody who must not get through. The lists are read
//! from the program: one without a case here fails the test.
//!
//! An area has a file of its own under `coverage/` and one line in [`areas`]. It offers
//! `cases() -> Vec<Case>` (server functions), `routes() -> Vec<Route>` (routes written by
//! hand) and, where its cases name things that must exist,
//! `async fn prepare(house, ground, ids)`, which makes them and names them in [`Ids`].

mod access;
mod alignment;
mod audit;
mod bulk;
mod discrepancies;
mod group_page;
mod groups;
mod house;
mod import;
mod operations;
mod outside;
mod registrations;
mod registry;
mod runner;
mod sending;
mod session;
mod units;
mod user;
mod users;
mod views;

/// Gathers what the areas offer, in their order.
macro_rules! areas {
    (@cases cases $area:ident $into:ident) => { $into.extend($area::cases()); };
    (@routes routes $area:ident $into:ident) => { $into.extend($area::routes()); };
    (@prepare prepare $area:ident $house:ident $ground:ident $ids:ident) => {
        $area::prepare($house, $ground, $ids).await;
    };
    (@$wanted:ident $($other:tt)*) => {};
    ($($area:ident: $($part:ident)+;)+) => {
        fn cases() -> Vec<Case> {
            let mut all = Vec::new();
            $($(areas!(@cases $part $area all);)+)+
            all
        }

        fn routes() -> Vec<Route> {
            let mut all = Vec::new();
            $($(areas!(@routes $part $area all);)+)+
            all
        }

        async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
            $($(areas!(@prepare $part $area house ground ids);)+)+
        }
    };
}

areas! {
    users: cases routes prepare;
    views: cases prepare;
    user: cases prepare;
    groups: cases;
    group_page: cases;
    house: cases;
    audit: cases routes prepare;
    bulk: cases;
    sending: cases prepare;
    operations: cases routes;
    import: cases routes prepare;
    registry: cases routes prepare;
    alignment: cases prepare;
    session: cases;
    units: cases prepare;
    discrepancies: cases routes prepare;
    access: cases routes prepare;
    registrations: cases;
    outside: routes;
}

use crate::harness::House;
use axum::http::Method;
use domain::{
    OrganisationId, UnitId,
    access::{Actor, Right},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Who may call a function.
#[derive(Clone, Copy)]
pub enum Guard {
    /// Anybody, for the reason given.
    Everybody(&'static str),
    /// Whoever is signed in: it concerns themselves alone.
    SignedIn,
    /// Whoever holds one of these rights.
    Needs(&'static [Right]),
    /// Whoever holds all of these rights.
    #[allow(dead_code, reason = "for the areas to come")]
    NeedsAll(&'static [Right]),
}
pub use Guard::{Everybody, Needs, NeedsAll, SignedIn};

pub const REGISTRY: Guard = Needs(&[Right::ManageRegistry]);
pub const READ: Guard = Needs(&[Right::ReadUsers]);
pub const MANAGE: Guard = Needs(&[Right::ManageUsers]);
pub const SEND: Guard = Needs(&[Right::SendCredentials]);

/// What the things that a case names hang on, for those whose rights are limited to a unit.
#[derive(Clone, Copy)]
pub enum Standing {
    /// On a unit: whose rights lie beside or below it must not find them.
    Unit,
    /// On who made them: another one limited to the same unit does not find them either.
    Maker,
    /// On nothing below the organisation, for the reason given.
    Organisation(&'static str),
}

/// Things of one organisation by name, or numbers of nothing.
#[derive(Default)]
pub struct Ids {
    things: Option<BTreeMap<&'static str, Value>>,
}

impl Ids {
    /// Numbers and texts that nothing has.
    pub const NOTHING: Self = Self { things: None };

    /// Names something that exists.
    pub fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.things
            .get_or_insert_with(BTreeMap::new)
            .insert(name, value.into());
    }

    /// A number that an area has named.
    pub fn number(&self, name: &'static str) -> i64 {
        match &self.things {
            None => 987_654_321,
            Some(things) => things[name].as_i64().unwrap(),
        }
    }

    /// A text that an area has named.
    #[allow(dead_code, reason = "for the areas to come")]
    pub fn text(&self, name: &'static str) -> String {
        match &self.things {
            None => "nothing".to_owned(),
            Some(things) => things[name].as_str().unwrap().to_owned(),
        }
    }
}

/// Where an area makes its things.
pub struct Ground {
    pub organisation: OrganisationId,
    /// The unit they stand in; `None` is the organisation itself.
    pub unit: Option<UnitId>,
    /// Who makes them.
    pub admin: Actor,
}

/// A server function and the arguments that name things of [`Ids`]. They must be well
/// formed, which the call of an administrator proves.
pub struct Case {
    pub path: &'static str,
    pub guard: Guard,
    pub args: fn(&Ids) -> Value,
    pub standing: Standing,
}

pub fn case(path: &'static str, guard: Guard, args: fn(&Ids) -> Value) -> Case {
    Case {
        path,
        guard,
        args,
        standing: Standing::Unit,
    }
}

impl Case {
    /// Its things hang on something else than a unit.
    pub fn standing(self, standing: Standing) -> Self {
        Self { standing, ..self }
    }
}

/// A route written by hand, beside pages and server functions.
pub struct Route {
    pub path: &'static str,
    pub guard: Guard,
    pub method: Method,
    /// The address for these things.
    pub address: fn(&Ids) -> String,
    /// Content type and body.
    pub body: fn(&Ids) -> (&'static str, String),
    pub standing: Standing,
}

/// A route that is only read.
pub fn get(path: &'static str, guard: Guard, address: fn(&Ids) -> String) -> Route {
    Route {
        path,
        guard,
        method: Method::GET,
        address,
        body: |_| ("text/plain", String::new()),
        standing: Standing::Unit,
    }
}

impl Route {
    /// Its things hang on something else than a unit.
    pub fn standing(self, standing: Standing) -> Self {
        Self { standing, ..self }
    }
}

/// An organisation, or a unit of it, with one of everything.
async fn furnish(house: &House, organisation: OrganisationId, unit: Option<UnitId>) -> Ids {
    let ground = Ground {
        organisation,
        unit,
        admin: Actor::system(organisation, "delega"),
    };
    let mut ids = Ids::default();
    prepare(house, &ground, &mut ids).await;
    ids
}
