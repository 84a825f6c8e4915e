//! The ready view «Gruppo da verificare» on the files of a school.

use crate::alignment::office;
use bytes::Bytes;
use domain::{
    import::ImportKind,
    person::PersonKind,
    user::{ListQuery, ReadyView},
};
use sqlx::PgPool;

const PERSONS: &[u8] = include_bytes!("../../../data/demo/anagrafiche.csv");
const USERS: &[u8] = include_bytes!("../../../data/demo/utenti.csv");

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn group_to_check_finds_the_three_planted_users_once_they_are_aligned(pool: PgPool) {
    let (backend, organisation, actor) = office(pool).await;
    for (kind, bytes) in [(ImportKind::Persons, PERSONS), (ImportKind::Users, USERS)] {
        let id = backend
            .imports
            .preview(&actor, kind, "file.csv", Bytes::from_static(bytes))
            .await
            .unwrap();
        let key = backend::service::Imports::key_of(id);
        let job = backend.imports.confirm(&actor, id, "", key).await.unwrap();
        backend::jobs::import::run(&backend.core, organisation, job)
            .await
            .unwrap();
    }
    let query = ListQuery {
        filter: ReadyView::UnlikelyGroup.filter(),
        ..ListQuery::default()
    };
    let before = backend.users.list(&actor, &query).await.unwrap();
    assert_eq!(before.total, 0, "nothing is linked yet, so nothing is odd");

    for kind in PersonKind::ALL {
        backend
            .alignment
            .counters(&actor, kind, true)
            .await
            .unwrap();
        backend.alignment.save(&actor, kind).await.unwrap();
    }
    let found = backend.users.list(&actor, &query).await.unwrap();
    let mut codes: Vec<&str> = found.items.iter().map(|u| u.username.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["0000284", "0000295", "0000373"]);
    // The line of views counts what the list finds.
    let place = ReadyView::ALL
        .iter()
        .position(|v| *v == ReadyView::UnlikelyGroup)
        .unwrap();
    assert_eq!(backend.views.counts(&actor).await.unwrap().ready[place], 3);
}
