//! The database goes away in the middle of a send and comes back, as at a restart: every
//! connection breaks and new ones are refused for a while.

use super::*;
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};

/// The way to the server that goes on while one of its databases is shut.
async fn beside(pool: &PgPool) -> (PgConnection, String) {
    let options: PgConnectOptions = (*pool.connect_options()).clone();
    let database = options.get_database().unwrap().to_owned();
    let conn = PgConnection::connect_with(&options.database("postgres"))
        .await
        .unwrap();
    (conn, database)
}

async fn shut(conn: &mut PgConnection, database: &str) {
    let sql = format!("alter database \"{database}\" with allow_connections false");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(&mut *conn)
        .await
        .unwrap();
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1")
        .bind(database)
        .execute(conn)
        .await
        .unwrap();
}

async fn open(conn: &mut PgConnection, database: &str) {
    let sql = format!("alter database \"{database}\" with allow_connections true");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(conn)
        .await
        .unwrap();
}

/// Looks until something holds; a wait in vain fails.
async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_vain = Duration::from_secs(120);
    tokio::time::timeout(in_vain, looking)
        .await
        .expect("what was waited for");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_database_that_goes_away_in_the_middle_of_a_send_loses_nobody(pool: PgPool) {
    const USERS: usize = 60;
    let s = Scene::new(pool.clone()).await;
    let mut users = Vec::new();
    for i in 0..USERS {
        users.push(s.user(&format!("u{i}")).await);
    }
    let job = s.send(&users).await;
    let (mut admin, database) = beside(&pool).await;

    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(worker::run(s.backend.clone(), stopped));
    until(async || s.server.received().len() >= 10).await;
    shut(&mut admin, &database).await;
    assert!(
        sqlx::query("select 1").execute(&pool).await.is_err(),
        "it is away"
    );
    let before = s.server.received().len();
    assert!(before < USERS * 2, "it went away in the middle");
    open(&mut admin, &database).await;

    // What was on its way is taken again when the lease is over: the clock is moved on now
    // and then, not at each look, or no mail would be held long enough to leave.
    let mut looks = 0_u32;
    until(async || {
        if looks.is_multiple_of(100) {
            s.advance(61);
        }
        looks += 1;
        let view = s.backend.operations.view(&s.sender, job).await;
        view.is_ok_and(|view| view.state == JobState::Done)
    })
    .await;
    stop.send(true).unwrap();
    running.await.unwrap();

    for (i, user) in users.iter().enumerate() {
        assert_eq!(
            s.states(job, *user).await,
            [MailState::Accepted, MailState::Accepted],
            "u{i}"
        );
        let mails = s.server.to(&format!("u{i}@example.it"));
        assert!(mails.iter().any(|m| m.pin().is_some()), "u{i}: the PIN");
    }
    // The last password that somebody was mailed is the one that opens.
    for i in [0, USERS / 2, USERS - 1] {
        let username = format!("u{i}");
        let password = s.mailed_password(&username);
        assert_eq!(
            s.signs_in(&username, &password).await,
            Some(true),
            "{username}"
        );
    }
}
