//! What a person may pass on: nobody grants what they do not hold, where they do not hold it.

use super::{Action, Actor, Denied, Held, Right, actor::covers, decide, decide_on_account};
use crate::UnitId;
use serde::{Deserialize, Serialize};

/// Category of the federal roles: with [`KT_SUPERUSER`] only their own side grants them.
pub const FEDERAL: &str = "bfs";
/// Category of the three rights of delegated management (X13): they stand in any profile.
pub const DELEGATION: &str = "delegation";
/// Category of a school's groups: whoever manages users puts people into them.
pub const SCHOOL: &str = "school";
/// The role of the canton's delegates (P1).
pub const KT_SUPERUSER: &str = "kt-superuser";

/// A role as far as granting goes.
#[derive(Clone, Copy, Debug)]
pub struct RoleFacts<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its category (X21).
    pub category: &'a str,
    /// Rights it carries.
    pub rights: &'a [Right],
}

impl RoleFacts<'_> {
    /// Granted by the platform's administrator only (decision 10).
    pub fn is_federal(&self) -> bool {
        self.category == FEDERAL || self.code == KT_SUPERUSER
    }
}

/// Whether `actor` may put somebody into a group, or take somebody out of it, outside the
/// wizard: in the dialog «Gruppi», with a new user, a file or a selection. A school's groups
/// go with the management of users; a canton's roles are authorisations and need that right
/// too. `federal` is [`Granter::federal`].
///
/// # Errors
/// [`Denied`].
pub fn decide_on_role(actor: &Actor, federal: bool, role: RoleFacts<'_>) -> Result<(), Denied> {
    if role.is_federal() && !federal {
        return Err(Denied::Stronger);
    }
    if role.category != SCHOOL && !actor.holds(Right::ManageAuthorisations) {
        return Err(Denied::Missing(Right::ManageAuthorisations));
    }
    decide_on_account(actor, role.rights)
}

/// Whether `actor` may create, change or delete a group that carries these rights (those it
/// has and those it gets). Groups belong to the whole organisation: who administers a part of
/// it, or works in one unit, only reads them; and nobody puts into a group what they do not
/// hold themselves.
///
/// # Errors
/// [`Denied`].
pub fn decide_on_group(actor: &Actor, rights: &[Right]) -> Result<(), Denied> {
    decide(actor, Action::ManageGroups)?;
    if actor.units(Right::Administer).is_some() {
        return Err(Denied::Missing(Right::Administer));
    }
    let everywhere = |right: &Right| actor.holds(*right) && actor.units(*right).is_none();
    if rights.iter().all(everywhere) {
        Ok(())
    } else {
        Err(Denied::Stronger)
    }
}

/// Whether `actor` may see and change what is set for the whole organisation: who administers
/// a part of it, or works in one unit, does not.
///
/// # Errors
/// [`Denied`].
pub fn decide_on_settings(actor: &Actor) -> Result<(), Denied> {
    decide(actor, Action::ManageSettings)?;
    if actor.units(Right::Administer).is_some() {
        return Err(Denied::Missing(Right::Administer));
    }
    Ok(())
}

/// Whether `actor` may save, rename, share or delete a view. Sharing (`shares`: it is shared
/// afterwards) needs its right; a view that another one shares is changed by whom administers
/// the whole organisation, so that it does not outlive its owner for ever. Views that are
/// neither own nor shared do not exist for the actor: they never come here.
///
/// # Errors
/// [`Denied`].
pub fn decide_on_view(actor: &Actor, own: bool, shares: bool) -> Result<(), Denied> {
    decide(actor, Action::KeepViews)?;
    if shares {
        decide(actor, Action::ShareViews)?;
    }
    if own || (actor.holds(Right::Administer) && actor.units(Right::Administer).is_none()) {
        Ok(())
    } else {
        Err(Denied::Missing(Right::Administer))
    }
}

/// Why a role cannot be granted or withdrawn by this person there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum GrantRefusal {
    /// KT_Superuser and the roles of the federal office are granted by the platform's
    /// administrator only.
    #[error("only the federal side grants it")]
    OnlyFederal,
    /// It carries a right that the person does not hold there.
    #[error("the person does not hold it")]
    NotHeld,
    /// The person holds it without «inclusa la rappresentanza»: not to be passed on.
    #[error("held without representation")]
    NotPassedOn,
    /// The person does not manage users and authorisations in that unit.
    #[error("outside the units")]
    Outside,
}

/// What somebody may pass on: rights with their units, and whether from the federal side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granter {
    /// Everything held.
    pub held: Vec<Held>,
    /// Of which may be passed on: all but delegated management without representation.
    pub passable: Vec<Held>,
    /// Holds a federal role, or administers the platform.
    pub federal: bool,
}

impl Granter {
    /// Whether authorisations may be managed at all in that unit: both rights are needed.
    pub fn works_in(&self, path: Option<&[UnitId]>) -> bool {
        covers(&self.held, Right::ManageUsers, path)
            && covers(&self.held, Right::ManageAuthorisations, path)
    }

    /// Whether the role may be granted, or withdrawn, in that unit.
    ///
    /// # Errors
    /// [`GrantRefusal`].
    pub fn decide(&self, role: RoleFacts<'_>, path: Option<&[UnitId]>) -> Result<(), GrantRefusal> {
        if !self.federal && role.is_federal() {
            return Err(GrantRefusal::OnlyFederal);
        }
        if !self.works_in(path) {
            return Err(GrantRefusal::Outside);
        }
        if !role.rights.iter().all(|r| covers(&self.held, *r, path)) {
            return Err(GrantRefusal::NotHeld);
        }
        let passes = |r: &Right| covers(&self.passable, *r, path);
        if role.category == DELEGATION && !role.rights.iter().all(passes) {
            return Err(GrantRefusal::NotPassedOn);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: UnitId = UnitId(1);
    const SITE: UnitId = UnitId(2);
    const SIBLING: UnitId = UnitId(3);

    fn held(rights: &[Right], unit: Option<UnitId>) -> Vec<Held> {
        rights
            .iter()
            .map(|right| Held {
                right: *right,
                unit,
            })
            .collect()
    }

    fn role<'a>(code: &'a str, category: &'a str, rights: &'a [Right]) -> RoleFacts<'a> {
        RoleFacts {
            code,
            category,
            rights,
        }
    }

    const DELEGATE: [Right; 3] = [
        Right::ReadUsers,
        Right::ManageUsers,
        Right::ManageAuthorisations,
    ];

    #[test]
    fn only_the_federal_side_makes_a_delegate_of_a_canton() {
        let kt = role(KT_SUPERUSER, "canton", &DELEGATE);
        let canton = Granter {
            held: held(&DELEGATE, None),
            passable: held(&DELEGATE, None),
            federal: false,
        };
        assert_eq!(canton.decide(kt, None), Err(GrantRefusal::OnlyFederal));
        let bfs = role("bfs-read", FEDERAL, &[]);
        assert_eq!(canton.decide(bfs, None), Err(GrantRefusal::OnlyFederal));
        let federal = Granter {
            federal: true,
            ..canton
        };
        assert_eq!(federal.decide(kt, None), Ok(()));
    }

    #[test]
    fn groups_are_changed_only_by_whom_administers_the_whole_organisation() {
        let actor = |rights: &[Right], unit| Actor {
            held: held(rights, unit),
            ..Actor::system(crate::OrganisationId(1), "")
        };
        let administers = actor(&[Right::Administer], None);
        assert_eq!(decide_on_group(&administers, &Right::ALL), Ok(()));
        let refused = Err(Denied::Missing(Right::Administer));
        for lesser in [
            actor(&DELEGATE, None),
            actor(&[Right::Administer], Some(SITE)),
        ] {
            assert_eq!(decide_on_group(&lesser, &[]), refused);
        }
    }

    #[test]
    fn a_role_is_granted_only_inside_ones_own_units() {
        let site = Granter {
            held: held(&DELEGATE, Some(SITE)),
            passable: held(&DELEGATE, Some(SITE)),
            federal: false,
        };
        let user = role("sp-user-standort", "hospital", &[]);
        assert_eq!(site.decide(user, Some(&[ROOT, SITE])), Ok(()));
        for outside in [None, Some(&[ROOT][..]), Some(&[ROOT, SIBLING][..])] {
            assert_eq!(site.decide(user, outside), Err(GrantRefusal::Outside));
        }
    }

    #[test]
    fn nobody_grants_what_they_do_not_hold() {
        let granter = Granter {
            held: held(&DELEGATE, None),
            passable: held(&DELEGATE, None),
            federal: false,
        };
        let units = role("delega-unita", DELEGATION, &[Right::ManageUnits]);
        assert_eq!(granter.decide(units, None), Err(GrantRefusal::NotHeld));
        let one = Granter {
            held: held(&[Right::ManageAuthorisations], None),
            ..Granter::default()
        };
        assert_eq!(
            one.decide(role("kt-user", "canton", &[]), None),
            Err(GrantRefusal::Outside)
        );
    }

    #[test]
    fn delegated_management_without_representation_is_not_passed_on() {
        let users = role("delega-utenti", DELEGATION, &[Right::ManageUsers]);
        let plain = Granter {
            held: held(&DELEGATE, Some(SITE)),
            passable: Vec::new(),
            federal: false,
        };
        let path = Some(&[ROOT, SITE][..]);
        assert_eq!(plain.decide(users, path), Err(GrantRefusal::NotPassedOn));
        assert_eq!(plain.decide(role("kt-user", "canton", &[]), path), Ok(()));
        let with = Granter {
            passable: plain.held.clone(),
            ..plain
        };
        assert_eq!(with.decide(users, path), Ok(()));
    }
}
