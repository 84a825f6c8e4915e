//! The chain of the trail: whatever is changed past the product is named.

use crate::support::{backend, now, school, user};
use backend::{
    Backend,
    service::{ChainFault, VerifiedTrail},
};
use domain::OrganisationId;
use sqlx::PgPool;

/// A trail of twelve entries.
async fn trail(pool: PgPool) -> (Backend, OrganisationId, Vec<i64>) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    user(&backend, organisation).create().await;
    sqlx::query(
        "insert into audit (organisation_id, at, actor_name, action, object_kind, before, after, reason)
         select $1, now() + n * interval '1 second', 'delega', 'user.edited', 'user',
           jsonb_build_object('n', n), jsonb_build_object('n', n + 1), 'perché' from generate_series(1, 12) n",
    )
    .bind(organisation.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let entries = sqlx::query_scalar("select id from audit where organisation_id = $1 order by id")
        .bind(organisation.0)
        .fetch_all(&backend.core.pool)
        .await
        .unwrap();
    (backend, organisation, entries)
}

async fn verify(backend: &Backend, organisation: OrganisationId) -> VerifiedTrail {
    let mut all = backend.audit.verify(Some(organisation)).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// What somebody with the keys of the database does.
async fn tamper(backend: &Backend, statements: &[String]) {
    let mut tx = backend.core.pool.begin().await.unwrap();
    for table in ["audit", "audit_chain"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "alter table {table} disable trigger all"
        )))
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    for statement in statements {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.clone()))
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    for table in ["audit", "audit_chain"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "alter table {table} enable trigger all"
        )))
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_untouched_trail_is_in_order_and_its_head_moves_with_every_entry(pool: PgPool) {
    let (backend, organisation, entries) = trail(pool).await;
    let first = verify(&backend, organisation).await;
    assert_eq!(first.entries, i64::try_from(entries.len()).unwrap());
    assert_eq!(first.broken, None);
    assert_eq!(
        verify(&backend, organisation).await,
        first,
        "again the same"
    );
    sqlx::query("insert into audit (organisation_id, at, actor_name, action, object_kind) values ($1, now(), '', 'user.edited', 'user')")
        .bind(organisation.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let then = verify(&backend, organisation).await;
    assert_eq!(then.entries, first.entries + 1);
    assert_ne!(then.head, first.head);
    // The product itself changes nothing that was written.
    let changed = sqlx::query("update audit set reason = ''")
        .execute(&backend.core.pool)
        .await;
    assert!(changed.is_err());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_row_changed_by_sql_is_named_and_so_is_the_first_of_two(pool: PgPool) {
    let (backend, organisation, entries) = trail(pool).await;
    verify(&backend, organisation).await;
    let (fifth, ninth) = (entries[4], entries[8]);
    tamper(
        &backend,
        &[
            format!("update audit set after = '{{\"n\": 99}}' where id = {ninth}"),
            format!("update audit set reason = null where id = {fifth}"),
        ],
    )
    .await;
    let found = verify(&backend, organisation).await;
    let broken = found.broken.unwrap();
    assert_eq!((broken.entry.0, broken.fault), (fifth, ChainFault::Changed));
    assert_eq!(broken.position, Some(5));
    assert_eq!(broken.said.unwrap().1, "user.edited");
    assert_eq!(found.entries, 4);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_hash_made_to_fit_gives_itself_away_at_the_next_entry(pool: PgPool) {
    let (backend, organisation, entries) = trail(pool).await;
    verify(&backend, organisation).await;
    let id = entries[4];
    tamper(
        &backend,
        &[
            format!("update audit set reason = 'altro' where id = {id}"),
            format!(
                "update audit_chain c set hash = audit_hash(
                   (select p.hash from audit_chain p where p.organisation_id = c.organisation_id
                     and p.position = c.position - 1), a)
                 from audit a where a.id = {id} and c.organisation_id = a.organisation_id and c.audit_id = a.id"
            ),
        ],
    )
    .await;
    let broken = verify(&backend, organisation).await.broken.unwrap();
    assert_eq!(broken.entry.0, entries[5]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_entry_taken_out_or_put_in_past_the_product_is_named(pool: PgPool) {
    let (backend, organisation, entries) = trail(pool).await;
    verify(&backend, organisation).await;
    let gone = entries[2];
    tamper(&backend, &[format!("delete from audit where id = {gone}")]).await;
    let broken = verify(&backend, organisation).await.broken.unwrap();
    assert_eq!((broken.entry.0, broken.fault), (gone, ChainFault::Missing));
    assert_eq!(broken.said, None);

    let other = school_with_entry(&backend).await;
    tamper(
        &backend,
        &[format!(
            "insert into audit (organisation_id, at, actor_name, action, object_kind)
             values ({}, now(), '', 'user.edited', 'user')",
            other.0
        )],
    )
    .await;
    let broken = verify(&backend, other).await.broken.unwrap();
    assert_eq!(broken.fault, ChainFault::Foreign);
}

async fn school_with_entry(backend: &Backend) -> OrganisationId {
    let organisation = crate::support::school_called(backend, "altra", "Altra").await;
    sqlx::query("insert into audit (organisation_id, at, actor_name, action, object_kind) values ($1, now(), '', 'user.edited', 'user')")
        .bind(organisation.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    verify(backend, organisation).await;
    organisation
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn writers_of_entries_do_not_wait_for_each_other_nor_for_the_chain(pool: PgPool) {
    let (backend, organisation, _) = trail(pool).await;
    let insert = "insert into audit (organisation_id, at, actor_name, action, object_kind) values ($1, now(), '', 'user.edited', 'user')";
    let mut slow = backend.core.pool.begin().await.unwrap();
    sqlx::query(insert)
        .bind(organisation.0)
        .execute(&mut *slow)
        .await
        .unwrap();
    // While the slow one has not committed, another writes and the chain goes on.
    sqlx::query(insert)
        .bind(organisation.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let before = verify(&backend, organisation).await;
    slow.commit().await.unwrap();
    let after = verify(&backend, organisation).await;
    assert_eq!(after.entries, before.entries + 1);
    assert_eq!((before.broken, after.broken), (None, None));
}
