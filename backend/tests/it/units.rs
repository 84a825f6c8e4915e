//! The tree of units, the unit worked in, and the terms of use.

use crate::support::{self, backend, canton, group_id, now, unit, user};
use backend::{Backend, ServiceError, service::SignIn};
use domain::{
    OrganisationId, UnitId, UserId,
    access::{Actor, Denied, Right},
    problem::Conflict,
    terms::VERSION,
    unit::{NewUnit, UnitDraft, UnitLock, UnitNames},
    user::ListQuery,
};
use sqlx::PgPool;

const PASSWORD: &str = "vento-lago-pietra-2026";
const WHY: &str = "Sede trasferita altrove";

/// canton → hospital (two sites) and another hospital.
struct Land {
    b: Backend,
    o: OrganisationId,
    canton: UnitId,
    hospital: UnitId,
    site: UnitId,
    other: UnitId,
}

async fn land(pool: PgPool) -> Land {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let root = unit(&b, o, None, "TI").await;
    let hospital = unit(&b, o, Some(root), "100000001").await;
    let site = unit(&b, o, Some(hospital), "10000001").await;
    let other = unit(&b, o, Some(root), "100000002").await;
    for (id, level) in [
        (root, "canton"),
        (hospital, "enterprise"),
        (other, "enterprise"),
    ] {
        sqlx::query("update units set level = $2 where id = $1")
            .bind(id.0)
            .bind(level)
            .execute(&b.core.pool)
            .await
            .unwrap();
    }
    Land {
        b,
        o,
        canton: root,
        hospital,
        site,
        other,
    }
}

async fn at_home(land: &Land, name: &str, home: UnitId) -> UserId {
    let id = user(&land.b, land.o).username(name).create().await;
    sqlx::query("update users set unit_id = $2 where id = $1")
        .bind(id.0)
        .bind(home.0)
        .execute(&land.b.core.pool)
        .await
        .unwrap();
    id
}

/// A delegate of the whole canton, signed in, who has accepted the terms.
async fn delegate(land: &Land) -> String {
    let id = user(&land.b, land.o)
        .username("delegata")
        .group("kt-superuser")
        .password(PASSWORD)
        .create()
        .await;
    let token = sign_in(land).await;
    let actor = land.b.sessions.resume(&token).await.unwrap().unwrap();
    assert_eq!(actor.user, Some(id));
    land.b.terms.accept(&actor, VERSION).await.unwrap();
    token
}

async fn sign_in(land: &Land) -> String {
    let typed = SignIn {
        organisation: "ti".into(),
        username: "delegata".into(),
        password: PASSWORD.into(),
        ..SignIn::default()
    };
    land.b.sessions.sign_in(typed).await.unwrap().token
}

async fn names(land: &Land, token: &str) -> Vec<String> {
    let actor = land.b.sessions.resume(token).await.unwrap().unwrap();
    let page = land
        .b
        .users
        .list(&actor, &ListQuery::default())
        .await
        .unwrap();
    page.items.into_iter().map(|u| u.username).collect()
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn whoever_works_in_a_unit_sees_its_people_by_home_or_by_role_and_nobody_else(pool: PgPool) {
    let land = land(pool).await;
    at_home(&land, "casa", land.site).await;
    at_home(&land, "altrove", land.other).await;
    user(&land.b, land.o)
        .username("ruolo")
        .group("sp-read-standort")
        .unit(land.site)
        .create()
        .await;
    let token = delegate(&land).await;
    assert_eq!(names(&land, &token).await.len(), 4);

    land.b
        .sessions
        .work_in(&token, Some(land.hospital))
        .await
        .unwrap();
    let mut seen = names(&land, &token).await;
    seen.sort();
    assert_eq!(seen, ["casa", "ruolo"]);
    land.b
        .sessions
        .work_in(&token, Some(land.other))
        .await
        .unwrap();
    assert_eq!(names(&land, &token).await, ["altrove"]);
    // Another session of the same person is not led along.
    assert_eq!(names(&land, &sign_in(&land).await).await.len(), 4);

    // The way out stays open: the tree shows what could be chosen, not what is left.
    let (whole, current) = land.b.sessions.whole(&token).await.unwrap();
    let tree = land
        .b
        .units
        .tree(&whole, current, domain::Locale::It)
        .await
        .unwrap();
    assert_eq!((tree.units.len(), tree.current), (4, Some(land.other)));
    let lines: Vec<_> = tree
        .units
        .iter()
        .map(|u| (u.code.as_str(), u.depth, u.users))
        .collect();
    assert_eq!(
        lines,
        [
            ("TI", 0, 3),
            ("100000001", 1, 2),
            ("10000001", 2, 2),
            ("100000002", 1, 1)
        ]
    );
    land.b.sessions.work_in(&token, None).await.unwrap();
    assert_eq!(names(&land, &token).await.len(), 4);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_unit_outside_the_own_ones_cannot_be_worked_in_edited_or_closed(pool: PgPool) {
    let land = land(pool).await;
    let role = group_id(&land.b, land.o, "kt-superuser").await;
    user(&land.b, land.o)
        .username("delegata")
        .in_group_id(role)
        .unit(land.hospital)
        .password(PASSWORD)
        .create()
        .await;
    let token = sign_in(&land).await;
    for unit in [land.canton, land.other] {
        let refused = land.b.sessions.work_in(&token, Some(unit)).await;
        assert!(
            matches!(refused, Err(ServiceError::Denied(Denied::MustAcceptTerms))),
            "{refused:?}"
        );
    }
    let actor = land.b.sessions.resume(&token).await.unwrap().unwrap();
    land.b.terms.accept(&actor, VERSION).await.unwrap();
    let actor = land.b.sessions.resume(&token).await.unwrap().unwrap();
    for unit in [land.canton, land.other] {
        let refused = land.b.sessions.work_in(&token, Some(unit)).await;
        assert!(
            matches!(refused, Err(ServiceError::NotFound)),
            "{refused:?}"
        );
        let refused = land.b.units.close(&actor, unit, None, WHY).await;
        assert!(
            matches!(refused, Err(ServiceError::NotFound)),
            "{refused:?}"
        );
        let below = NewUnit {
            parent: Some(unit),
            draft: draft("Di frodo", "999999999"),
        };
        assert!(matches!(
            land.b.units.create(&actor, &below).await,
            Err(ServiceError::NotFound)
        ));
    }
    let tree = land
        .b
        .units
        .tree(&actor, None, domain::Locale::It)
        .await
        .unwrap();
    let locks: Vec<_> = tree
        .units
        .iter()
        .map(|u| (u.id, u.locked, u.may_choose))
        .collect();
    assert_eq!(
        locks,
        [
            (land.canton, Some(UnitLock::Above), false),
            (land.hospital, None, true),
            (land.site, None, true)
        ]
    );
    land.b
        .sessions
        .work_in(&token, Some(land.site))
        .await
        .unwrap();
}

fn draft(name: &str, number: &str) -> UnitDraft {
    UnitDraft {
        names: UnitNames {
            it: name.into(),
            ..UnitNames::default()
        },
        ent_id: number.into(),
        canton_geographic: "GR".into(),
        ..UnitDraft::default()
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_unit_is_closed_only_when_nobody_is_in_it_or_its_people_go_elsewhere(pool: PgPool) {
    let land = land(pool).await;
    let someone = at_home(&land, "casa", land.site).await;
    let rights = [
        Right::ManageUnits,
        Right::ManageUsers,
        Right::ManageAuthorisations,
        Right::ReadUsers,
    ];
    let actor = support::actor(&land.b, land.o, &rights).await;

    let refused = land
        .b
        .units
        .close(&actor, land.hospital, Some(land.other), WHY)
        .await;
    assert!(
        matches!(refused, Err(ServiceError::Conflict(Conflict::UnitInUse))),
        "a site below is active"
    );
    let refused = land.b.units.close(&actor, land.site, None, WHY).await;
    assert!(
        matches!(refused, Err(ServiceError::Conflict(Conflict::UnitInUse))),
        "somebody is in it"
    );
    let refused = land
        .b
        .units
        .close(&actor, land.site, Some(land.other), "           ")
        .await;
    assert!(
        matches!(refused, Err(ServiceError::Invalid(_))),
        "blanks are no motivation"
    );
    let check = land
        .b
        .units
        .check_close(&actor, land.site, domain::Locale::It)
        .await
        .unwrap();
    assert_eq!((check.users, check.below), (1, 0));
    let mut targets: Vec<_> = check.targets.iter().map(|(id, _)| *id).collect();
    targets.sort();
    assert_eq!(targets, [land.canton, land.hospital, land.other]);

    let moved = land
        .b
        .units
        .close(&actor, land.site, Some(land.other), WHY)
        .await
        .unwrap();
    assert_eq!(moved, 1);
    let home: i64 = sqlx::query_scalar("select unit_id from users where id = $1")
        .bind(someone.0)
        .fetch_one(&land.b.core.pool)
        .await
        .unwrap();
    assert_eq!(home, land.other.0);
    land.b
        .units
        .close(&actor, land.hospital, None, WHY)
        .await
        .unwrap();
    let refused = land.b.units.reopen(&actor, land.site).await;
    assert!(
        matches!(refused, Err(ServiceError::Conflict(Conflict::TooLate))),
        "the unit above is closed"
    );
    land.b.units.reopen(&actor, land.hospital).await.unwrap();
    land.b.units.reopen(&actor, land.site).await.unwrap();
    let trail = support::audit_actions(&land.b, land.o).await;
    assert_eq!(trail.iter().filter(|a| *a == "unit.closed").count(), 2);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_unit_is_added_and_changed_with_checked_numbers_and_two_cantons(pool: PgPool) {
    let land = land(pool).await;
    let actor = support::actor(&land.b, land.o, &[Right::ManageUnits]).await;
    let new = |draft| NewUnit {
        parent: Some(land.canton),
        draft,
    };
    let refused = land
        .b
        .units
        .create(&actor, &new(draft("Ospedale", "12345678")))
        .await;
    assert!(
        matches!(refused, Err(ServiceError::Invalid(_))),
        "an ENTID has nine digits"
    );
    let refused = land
        .b
        .units
        .create(&actor, &new(draft("Ospedale", "100000002")))
        .await;
    assert!(
        matches!(refused, Err(ServiceError::Invalid(_))),
        "another unit has this ID"
    );
    let id = land
        .b
        .units
        .create(&actor, &new(draft("Ospedale", "100000003")))
        .await
        .unwrap();

    let mut changed = draft("Ospedale nuovo", "100000003");
    changed.names.de = "Neues Spital".into();
    land.b.units.edit(&actor, id, 1, &changed).await.unwrap();
    let late = land
        .b
        .units
        .edit(&actor, id, 1, &draft("Altro", "100000003"))
        .await;
    assert!(matches!(
        late,
        Err(ServiceError::Conflict(Conflict::UnitChanged))
    ));
    let tree = land
        .b
        .units
        .tree(&actor, None, domain::Locale::De)
        .await
        .unwrap();
    let row = tree.units.iter().find(|u| u.id == id).unwrap();
    assert_eq!(
        (
            row.name.as_str(),
            row.canton_geographic.map(|c| c.code()),
            row.depth
        ),
        ("Neues Spital", Some("GR"), 1)
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn before_the_terms_are_accepted_nobody_else_is_managed_and_a_new_version_asks_again(
    pool: PgPool,
) {
    let land = land(pool).await;
    let token = delegate(&land).await;
    assert_eq!(names(&land, &token).await.len(), 1);
    // The text changes: what was accepted was another version.
    sqlx::query("update terms_acceptances set version = version - 1")
        .execute(&land.b.core.pool)
        .await
        .unwrap();
    let actor = land.b.sessions.resume(&token).await.unwrap().unwrap();
    assert!(actor.must_accept_terms);
    let refused = land.b.users.list(&actor, &ListQuery::default()).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::MustAcceptTerms))
    ));
    let other = land.b.terms.accept(&actor, VERSION + 1).await;
    assert!(matches!(
        other,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
    land.b.terms.accept(&actor, VERSION).await.unwrap();
    land.b.terms.accept(&actor, VERSION).await.unwrap();
    assert_eq!(names(&land, &token).await.len(), 1);
    let trail = support::audit_actions(&land.b, land.o).await;
    assert_eq!(trail.iter().filter(|a| *a == "terms.accepted").count(), 2);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn roles_of_a_closed_unit_move_only_where_the_actor_might_give_them(pool: PgPool) {
    let land = land(pool).await;
    user(&land.b, land.o)
        .username("capo")
        .group("kt-superuser")
        .unit(land.site)
        .create()
        .await;
    let rights: Vec<Right> = Right::ALL
        .into_iter()
        .filter(|r| *r != Right::Administer)
        .collect();
    let actor = support::actor(&land.b, land.o, &rights).await;
    let close = async |who| {
        land.b
            .units
            .close(who, land.site, Some(land.canton), WHY)
            .await
    };
    let refused = close(&actor).await;
    assert!(
        matches!(refused, Err(ServiceError::Denied(Denied::Stronger))),
        "a canton-wide KT_Superuser comes from the federal office alone: {refused:?}"
    );
    let office = Actor::system(land.o, "delega");
    assert_eq!(close(&office).await.unwrap(), 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_manages_one_hospital_does_not_touch_the_account_that_manages_the_canton(pool: PgPool) {
    let land = land(pool).await;
    let whole = user(&land.b, land.o)
        .username("capo")
        .email("capo@ti.example")
        .group("kt-superuser")
        .create()
        .await;
    let same = user(&land.b, land.o)
        .username("pari")
        .email("pari@ti.example")
        .group("kt-superuser")
        .unit(land.site)
        .create()
        .await;
    sqlx::query("update users set unit_id = $1 where id in ($2, $3)")
        .bind(land.hospital.0)
        .bind(whole.0)
        .bind(same.0)
        .execute(&land.b.core.pool)
        .await
        .unwrap();
    let rights: Vec<Right> = Right::ALL
        .into_iter()
        .filter(|r| *r != Right::Administer)
        .collect();
    let actor = support::actor_in(&land.b, land.o, &rights, Some(land.hospital)).await;
    let off = async |id| {
        let locale = domain::Locale::It;
        let done = land.b.users.set_state(&actor, id, false, WHY, locale).await;
        done.map(drop)
    };
    let refused = off(whole).await;
    assert!(
        matches!(refused, Err(ServiceError::Denied(Denied::Stronger))),
        "{refused:?}"
    );
    off(same).await.unwrap();
}
