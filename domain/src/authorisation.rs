//! Authorisations as the wizard edits them: profiles with grants, what changes, and what a
//! check of them answers (X11–X16, X21).

mod change;

pub use change::{Changes, ProfileChange, changes};

use crate::{
    GroupId, ProfileId, UnitId, UserId,
    access::{DELEGATION, GrantRefusal},
    locale::Locale,
    registration::Registration,
    user::UserState,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names of profiles at most this long (characters).
pub const PROFILE_NAME_MAX: usize = 60;
/// Profiles of one person at most.
pub const PROFILES_MAX: usize = 20;
/// Grants of one profile at most.
pub const GRANTS_MAX: usize = 200;

/// Whether a profile may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileState {
    /// «Attivo».
    #[default]
    Active,
    /// «Inattivo».
    Inactive,
    /// «Archiviato»: final.
    Archived,
}

impl ProfileState {
    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Archived => "archived",
        }
    }

    /// Reads a value of the database.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Active, Self::Inactive, Self::Archived]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// A grant as edited.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DraftGrant {
    /// The role.
    pub role: GroupId,
    /// The unit it is limited to; `None` is the whole organisation.
    pub unit: Option<UnitId>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// «inclusa la rappresentanza»: delegated management may be passed on.
    pub pass_on: bool,
}

impl DraftGrant {
    /// The same role in the same unit: a profile holds it once.
    pub fn same_place(&self, other: &Self) -> bool {
        self.role == other.role && self.unit == other.unit
    }
}

/// A profile as edited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftProfile {
    /// The stored one; `None` is new.
    pub id: Option<ProfileId>,
    /// Its name; may be empty for the first.
    pub name: String,
    /// Whether it may be used.
    pub state: ProfileState,
    /// Its grants.
    pub grants: Vec<DraftGrant>,
}

/// What the wizard keeps for 24 hours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorisationDraft {
    /// The profiles, in order.
    pub profiles: Vec<DraftProfile>,
    /// Place of the profile that is worked on, and for which the registration is started.
    pub chosen: usize,
    /// «Motivazione dell'autorizzazione (rintracciabilità)».
    pub reason: String,
}

impl AuthorisationDraft {
    /// The profile worked on.
    pub fn profile(&self) -> Option<&DraftProfile> {
        self.profiles.get(self.chosen)
    }
}

/// A role that can be chosen, or why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChoice {
    /// Its number.
    pub id: GroupId,
    /// Its code, by which its description is found.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// Its category (X21).
    pub category: String,
    /// Why it cannot be granted by this person in any unit.
    pub refusal: Option<GrantRefusal>,
}

impl RoleChoice {
    /// One of the three rights of delegated management.
    pub fn is_delegation(&self) -> bool {
        self.category == DELEGATION
    }
}

/// A unit that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitChoice {
    /// Its number.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// Depth below the first unit shown, for the indentation.
    pub depth: usize,
    /// The actor manages users and authorisations there.
    pub open: bool,
}

/// Everything the wizard shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WizardView {
    /// The person.
    pub user: UserId,
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Indirizzo e-mail».
    pub email: Option<String>,
    /// «Unità»: the home unit, where there is one.
    pub unit: Option<String>,
    /// «Numero di telefono», where it is known.
    pub phone: Option<String>,
    /// The address is of a provider for private people (P14).
    pub private_mail: bool,
    /// Codice utente.
    pub username: String,
    /// «IDext».
    pub external_id: i64,
    /// Language of correspondence.
    pub locale: Locale,
    /// Whether the account may sign in.
    pub state: UserState,
    /// Version of the user that was read.
    pub version: i32,
    /// The profiles as stored.
    pub stored: Vec<DraftProfile>,
    /// Grants stored that this person may not change: by profile and role, with why.
    pub fixed: Vec<(ProfileId, DraftGrant, GrantRefusal)>,
    /// The profiles as edited; the same as stored where nothing was edited.
    pub draft: AuthorisationDraft,
    /// The draft was kept from earlier.
    pub kept: bool,
    /// The same key starts once.
    pub key: Uuid,
    /// The roles.
    pub roles: Vec<RoleChoice>,
    /// The units.
    pub units: Vec<UnitChoice>,
    /// The actor may grant without a unit.
    pub whole: bool,
    /// The current registration of each profile.
    pub registrations: Vec<Registration>,
    /// Where a code is redeemed; carries no code.
    pub registration_link: String,
}

impl WizardView {
    /// A role by its number.
    pub fn role(&self, id: GroupId) -> Option<&RoleChoice> {
        self.roles.iter().find(|r| r.id == id)
    }

    /// Name of a unit.
    pub fn unit(&self, id: UnitId) -> Option<&str> {
        self.units
            .iter()
            .find(|u| u.id == id)
            .map(|u| u.name.as_str())
    }

    /// The category of a profile: that of its first role that is no delegated management.
    pub fn category(&self, profile: &DraftProfile) -> Option<&str> {
        category(&profile.grants, |id| {
            self.role(id).map(|r| r.category.as_str())
        })
    }
}

/// The category of a profile's grants; delegated management has none of its own.
pub fn category<'a>(
    grants: &[DraftGrant],
    of: impl Fn(GroupId) -> Option<&'a str>,
) -> Option<&'a str> {
    grants
        .iter()
        .filter_map(|g| of(g.role))
        .find(|c| *c != DELEGATION)
}

/// What is wrong with edited authorisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum DraftProblem {
    /// A role or unit that does not exist, a profile of somebody else, too many of anything:
    /// the page never makes one.
    #[error("unknown")]
    Unknown,
    /// The profile mixes categories (X21): this role needs another profile.
    #[error("other category")]
    OtherCategory(GroupId),
    /// The person may not grant or withdraw this role there.
    #[error("refused: {1}")]
    Refused(GroupId, GrantRefusal),
    /// Ends before it begins, or has ended already.
    #[error("dates")]
    Dates(GroupId),
    /// The unit is closed.
    #[error("closed unit")]
    ClosedUnit(GroupId),
    /// Two profiles bear this name, or it is too long or empty where it must not be.
    #[error("name")]
    Name(String),
    /// The chosen profile holds no role: there is nothing to register for.
    #[error("no role")]
    NoRole,
    /// The chosen profile is not active.
    #[error("not active")]
    NotActive,
}

/// What starting the registration answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The profile it is for.
    pub profile: ProfileId,
    /// A registration was prepared (or stood prepared).
    pub registration: bool,
}
