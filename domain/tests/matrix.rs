//! The golden permission matrix: group × act for what an organisation starts with. A
//! change of a rule or of a seeded right shows here as a line that somebody must read.

use domain::{
    Locale, OrganisationId, UserId,
    access::{
        Action, Actor, Denied, FEDERAL, Held, Right, RoleFacts, decide, decide_on_account,
        decide_on_role, seeded_groups,
    },
    organisation::OrganisationKind,
};
use std::fmt::Write as _;

fn member_of(rights: &[Right]) -> Actor {
    Actor {
        organisation: OrganisationId(1),
        user: Some(UserId(1)),
        name: "Prova".to_owned(),
        locale: Locale::It,
        held: rights
            .iter()
            .map(|right| Held {
                right: *right,
                unit: None,
            })
            .collect(),
        must_change_password: false,
        must_accept_terms: false,
        profile: None,
        must_choose_profile: false,
        authenticated_at: None,
    }
}

fn verdict(actor: &Actor, action: Action) -> String {
    match decide(actor, action) {
        Ok(()) => "yes".to_owned(),
        Err(Denied::Missing(right)) => format!("needs {}", right.code()),
        Err(other) => format!("{other}"),
    }
}

fn matrix(kind: OrganisationKind) -> String {
    let mut out = String::new();
    for group in seeded_groups(kind) {
        let _ = writeln!(
            out,
            "{} [{}] {}",
            group.code,
            group.category,
            group.name(Locale::It)
        );
        for action in Action::ALL {
            let _ = writeln!(
                out,
                "  {:<18} {}",
                format!("{action:?}"),
                verdict(&member_of(group.rights), action)
            );
        }
    }
    out
}

#[test]
fn a_school_begins_with_these_permissions() {
    insta::assert_snapshot!("school", matrix(OrganisationKind::School));
}

#[test]
fn a_canton_begins_with_these_permissions() {
    insta::assert_snapshot!("canton", matrix(OrganisationKind::Canton));
}

#[test]
fn nobody_may_touch_an_account_stronger_than_their_own() {
    let mut out = String::new();
    for kind in OrganisationKind::ALL {
        for actor in seeded_groups(kind).iter().filter(|g| !g.rights.is_empty()) {
            let touches: Vec<_> = seeded_groups(kind)
                .iter()
                .filter(|target| decide_on_account(&member_of(actor.rights), target.rights).is_ok())
                .map(|target| target.code)
                .collect();
            let _ = writeln!(out, "{}: {}", actor.code, touches.join(" "));
        }
    }
    insta::assert_snapshot!("stronger", out);
}

#[test]
fn who_may_put_people_into_which_group() {
    let mut out = String::new();
    for kind in OrganisationKind::ALL {
        for granter in seeded_groups(kind) {
            let actor = member_of(granter.rights);
            if decide(&actor, Action::ChangeGroups).is_err() {
                continue;
            }
            let federal = granter.category == FEDERAL || actor.holds(Right::Administer);
            let gives: Vec<_> = seeded_groups(kind)
                .iter()
                .filter(|role| {
                    let facts = RoleFacts {
                        code: role.code,
                        category: role.category,
                        rights: role.rights,
                    };
                    decide_on_role(&actor, federal, facts).is_ok()
                })
                .map(|role| role.code)
                .collect();
            let _ = writeln!(out, "{}: {}", granter.code, gives.join(" "));
        }
    }
    insta::assert_snapshot!("granting", out);
}

#[test]
fn a_temporary_password_allows_choosing_an_own_one_and_nothing_else() {
    let mut actor = member_of(&[Right::Administer]);
    actor.must_change_password = true;
    for action in Action::ALL {
        let expected = if action == Action::ChangeOwnPassword {
            Ok(())
        } else {
            Err(Denied::MustChangePassword)
        };
        assert_eq!(decide(&actor, action), expected, "{action:?}");
    }
}

#[test]
fn a_right_limited_to_units_never_reaches_the_whole_organisation() {
    use domain::{UnitId, access::Scope};
    let mut actor = member_of(&[]);
    assert_eq!(
        Scope::of(&actor, Right::ReadUsers).units(),
        Some(&[][..]),
        "without the right: nothing"
    );
    actor.held = vec![Held {
        right: Right::ReadUsers,
        unit: Some(UnitId(7)),
    }];
    assert_eq!(
        Scope::of(&actor, Right::ReadUsers).units(),
        Some(&[UnitId(7)][..])
    );
    assert_eq!(
        Scope::of(&actor, Right::ManageUsers).units(),
        Some(&[][..]),
        "another right opens nothing here"
    );
    actor.held.push(Held {
        right: Right::Administer,
        unit: None,
    });
    assert_eq!(
        Scope::of(&actor, Right::ReadUsers).units(),
        None,
        "the whole organisation includes its units"
    );
}
