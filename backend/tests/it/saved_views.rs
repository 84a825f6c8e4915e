//! Saved views: whose they are, who shares them, and what they find.

use crate::support::{actor, audit_actions, backend, now, school, user};
use backend::{Backend, ServiceError};
use domain::{
    OrganisationId,
    access::{Actor, Denied, Right},
    problem::Conflict,
    user::{FieldError, ListQuery, UserFilter, UserSort, VIEWS_MOST, ViewDraft},
};
use sqlx::PgPool;

const OFFICE: [Right; 2] = [Right::ReadUsers, Right::ManageUsers];

async fn house(pool: PgPool) -> (Backend, OrganisationId, Actor) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    let actor = actor(&backend, organisation, &OFFICE).await;
    (backend, organisation, actor)
}

fn draft(name: &str, shared: bool) -> ViewDraft {
    ViewDraft {
        name: name.into(),
        shared,
        filter: UserFilter {
            text: "rossi".into(),
            ..UserFilter::default()
        },
        sort: UserSort::default(),
    }
}

fn taken<T>(answer: Result<T, ServiceError>) -> bool {
    matches!(answer, Err(ServiceError::Invalid(wrong)) if wrong.of("name") == Some(&FieldError::Taken))
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_view_is_one_s_own_until_it_is_shared_and_only_its_owner_changes_it(pool: PgPool) {
    let (backend, organisation, owner) = house(pool).await;
    let other = actor(&backend, organisation, &OFFICE).await;
    let id = backend
        .views
        .save(&owner, &draft("Prime", false))
        .await
        .unwrap();
    assert!(backend.views.list(&other).await.unwrap().is_empty());
    let query = ListQuery {
        view: Some(id),
        ..ListQuery::default()
    };
    let meant = backend.views.resolve(&owner, query.clone()).await.unwrap();
    assert_eq!(meant.filter.text, "rossi");
    for refused in [
        backend.views.resolve(&other, query.clone()).await.map(drop),
        backend.views.change(&other, id, "Mie", false).await,
        backend.views.delete(&other, id).await,
    ] {
        assert!(matches!(refused, Err(ServiceError::NotFound)));
    }

    backend
        .views
        .change(&owner, id, "Rossi", true)
        .await
        .unwrap();
    let seen = backend.views.list(&other).await.unwrap();
    assert_eq!(
        (seen[0].name.as_str(), seen[0].may_change),
        ("Rossi", false)
    );
    assert!(backend.views.resolve(&other, query).await.is_ok());
    let refused = backend.views.delete(&other, id).await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))));
    // One that its owner left behind is put away by whom administers.
    let chief = actor(&backend, organisation, &[Right::Administer]).await;
    backend.views.delete(&chief, id).await.unwrap();
    assert!(backend.views.list(&owner).await.unwrap().is_empty());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn only_who_manages_users_shares_and_whatever_is_shared_stands_in_the_trail(pool: PgPool) {
    let (backend, organisation, owner) = house(pool).await;
    let reader = actor(&backend, organisation, &[Right::ReadUsers]).await;
    let refused = backend.views.save(&reader, &draft("Prime", true)).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::Missing(Right::ManageUsers)))
    ));
    let own = backend
        .views
        .save(&reader, &draft("Prime", false))
        .await
        .unwrap();
    let refused = backend.views.change(&reader, own, "Prime", true).await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))));
    let told = async || {
        let mut actions = audit_actions(&backend, organisation).await;
        actions.retain(|a| a.starts_with("view."));
        actions
    };
    assert!(told().await.is_empty(), "what is one's own concerns nobody");

    let id = backend
        .views
        .save(&owner, &draft("Tutte", true))
        .await
        .unwrap();
    backend
        .views
        .change(&owner, id, "Tutte quante", true)
        .await
        .unwrap();
    backend
        .views
        .change(&owner, id, "Tutte quante", false)
        .await
        .unwrap();
    backend
        .views
        .change(&owner, id, "Tutte quante", true)
        .await
        .unwrap();
    backend.views.delete(&owner, id).await.unwrap();
    let mut actions = told().await;
    actions.sort();
    assert_eq!(
        actions,
        [
            "view.deleted",
            "view.renamed",
            "view.shared",
            "view.shared",
            "view.unshared"
        ]
    );
    let searched: bool = sqlx::query_scalar(
        "select exists (select from audit where before::text ilike '%rossi%' or after::text ilike '%rossi%')",
    )
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    assert!(!searched, "what is searched for may be somebody's name");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_name_stands_once_among_the_views_that_somebody_sees(pool: PgPool) {
    let (backend, organisation, owner) = house(pool).await;
    let other = actor(&backend, organisation, &OFFICE).await;
    let id = backend
        .views
        .save(&owner, &draft("Prime", false))
        .await
        .unwrap();
    assert!(taken(
        backend.views.save(&owner, &draft(" PRIME ", false)).await
    ));
    // Somebody else's own view of that name is theirs.
    let theirs = backend
        .views
        .save(&other, &draft("Prime", false))
        .await
        .unwrap();
    backend
        .views
        .change(&other, theirs, "Prime", true)
        .await
        .unwrap();
    assert!(taken(backend.views.change(&owner, id, "Prime", true).await));
    backend
        .views
        .change(&owner, id, "Prime mie", true)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_keeps_more_than_thirty(pool: PgPool) {
    let (backend, _, owner) = house(pool).await;
    for n in 0..VIEWS_MOST {
        let draft = draft(&format!("Vista {n}"), false);
        backend.views.save(&owner, &draft).await.unwrap();
    }
    let refused = backend
        .views
        .save(&owner, &draft("Una di troppo", false))
        .await;
    assert!(matches!(
        refused,
        Err(ServiceError::Conflict(Conflict::ViewsFull {
            shared: false,
            ..
        }))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_saved_view_counts_what_the_list_finds_after_every_change(pool: PgPool) {
    let (backend, organisation, owner) = house(pool).await;
    let id = backend
        .views
        .save(&owner, &draft("Rossi", false))
        .await
        .unwrap();
    let count = async || {
        let counts = backend.views.counts(&owner).await.unwrap();
        let query = ListQuery {
            view: Some(id),
            ..ListQuery::default()
        };
        let meant = backend.views.resolve(&owner, query).await.unwrap();
        let found = backend.users.list(&owner, &meant).await.unwrap().total;
        assert_eq!(counts.saved, [(id, found)], "as the list counts");
        found
    };
    assert_eq!(count().await, 0);
    user(&backend, organisation).surname("ROSSI").create().await;
    assert_eq!(count().await, 1);
    sqlx::query("update users set state = 'archived' where surname = 'ROSSI'")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(count().await, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_view_comes_to_mean_another_filter_and_of_a_shared_one_the_trail_tells(pool: PgPool) {
    let (backend, organisation, owner) = house(pool).await;
    let other = actor(&backend, organisation, &OFFICE).await;
    let id = backend
        .views
        .save(&owner, &draft("Prime", false))
        .await
        .unwrap();
    let filter = UserFilter {
        text: " bianchi ".into(),
        without_mail: true,
        ..UserFilter::default()
    };
    let sort = UserSort::default();
    let refused = backend.views.refilter(&other, id, &filter, sort).await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    let endless = UserFilter {
        text: "x".repeat(201),
        ..UserFilter::default()
    };
    let refused = backend.views.refilter(&owner, id, &endless, sort).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));

    backend
        .views
        .refilter(&owner, id, &filter, sort)
        .await
        .unwrap();
    let kept = backend.views.list(&owner).await.unwrap();
    assert_eq!((kept.len(), kept[0].name.as_str()), (1, "Prime"));
    assert_eq!(kept[0].filter.text, "bianchi");
    assert!(kept[0].filter.without_mail);
    let told = async || {
        let actions = audit_actions(&backend, organisation).await;
        actions.iter().filter(|a| *a == "view.refiltered").count()
    };
    assert_eq!(told().await, 0, "what is one's own concerns nobody");

    backend
        .views
        .change(&owner, id, "Prime", true)
        .await
        .unwrap();
    let refused = backend.views.refilter(&other, id, &filter, sort).await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))));
    let wider = UserFilter::default();
    for _ in 0..2 {
        backend
            .views
            .refilter(&owner, id, &wider, sort)
            .await
            .unwrap();
    }
    assert_eq!(told().await, 1, "the second time nothing changed");
    let searched: bool = sqlx::query_scalar(
        "select exists (select from audit where before::text ilike '%bianchi%' or after::text ilike '%bianchi%')",
    )
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    assert!(!searched, "what is searched for may be somebody's name");
}
