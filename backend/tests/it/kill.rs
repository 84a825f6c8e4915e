//! `kill -9` of the worker at any point: nothing lost, hardly anything doubled, and the
//! last mailed password is the one in force. Takes minutes (leases run on the real clock),
//! so it is run on demand:
//!
//!     cargo nextest run -p backend --run-ignored only kill::

use crate::{smtp::Server, support::*};
use backend::{
    Backend, Clock, Core, Entropy, Settings,
    credentials::{Hasher, secret::normalise_temporary_password},
    jobs::worker,
    settings::MailRoute,
};
use domain::{
    access::Right,
    sending::Key,
    user::{Selection, UserFilter},
};
use sqlx::{PgPool, postgres::PgPoolOptions};
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
    sync::Arc,
    time::Duration,
};
use tokio::process::Command;

const USERS: u32 = 500;
const KILLS: u32 = 50;
const DATABASE: &str = "DELEGA_KILL_DATABASE";
const SMTP: &str = "DELEGA_KILL_SMTP";

fn real_backend(pool: PgPool, smtp: &str) -> Backend {
    let settings = Settings {
        base_url: "http://127.0.0.1:3000".to_owned(),
        mail_from: "delega@scuola.example".to_owned(),
        mail: MailRoute::Smtp(smtp.to_owned()),
        send_hold: Duration::ZERO,
    };
    Backend::new(Core {
        pool,
        clock: Clock::System,
        hasher: Hasher::new(2, Entropy::Os),
        entropy: Entropy::Os,
        settings: Arc::new(settings),
    })
}

/// Not a test: the process that is killed. It works until it dies.
#[test]
#[ignore = "the process that `a_killed_worker_…` kills"]
fn a_worker_to_be_killed() {
    let (Ok(database), Ok(smtp)) = (std::env::var(DATABASE), std::env::var(SMTP)) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .connect(&database)
            .await
            .unwrap();
        let (_stay, stop) = tokio::sync::watch::channel(false);
        worker::run(real_backend(pool, &smtp), stop).await;
    });
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
#[ignore = "takes minutes"]
async fn a_killed_worker_loses_nothing_and_the_last_mailed_password_is_in_force(pool: PgPool) {
    let server = Server::start().await;
    let backend = real_backend(pool.clone(), &server.url());
    let school = school(&backend).await;
    let sender = actor(
        &backend,
        school,
        &[Right::ReadUsers, Right::SendCredentials],
    )
    .await;
    sqlx::query(
        "insert into users (organisation_id, username, surname, given_name, email, created_at)
         select $1, 'k' || n, 'UCCISO', 'N' || n, 'k' || n || '@example.it', now() from generate_series(1, $2) n",
    )
    .bind(school.0)
    .bind(i32::try_from(USERS).unwrap())
    .execute(&pool)
    .await
    .unwrap();
    let filter = UserFilter {
        text: "ucciso".to_owned(),
        ..UserFilter::default()
    };
    let everyone = Selection::AllFound {
        filter,
        except: BTreeSet::new(),
        found: u64::from(USERS),
    };
    let n = u64::from(USERS);
    backend
        .sending
        .start(&sender, &everyone, n, Some(n), Key::from_u128(1))
        .await
        .unwrap();

    let options = pool.connect_options();
    let (base, _) = std::env::var("DATABASE_URL")
        .map(|u| {
            u.rsplit_once('/')
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .unwrap()
        })
        .unwrap();
    let database = format!("{base}/{}", options.get_database().unwrap());
    let entropy = Entropy::seeded(9);
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::a_worker_to_be_killed", "--ignored"])
            .env(DATABASE, &database)
            .env(SMTP, server.url())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    };
    let open = async || -> i64 {
        sqlx::query_scalar("select count(*) from outbox where state <> 'accepted'")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    let mut kills = 0;
    while kills < KILLS && open().await > 0 {
        let mut child = start();
        tokio::time::sleep(Duration::from_millis(250 + u64::from(entropy.below(600)))).await;
        child.kill().await.unwrap();
        kills += 1;
    }
    let child = start();
    for _ in 0..1200 {
        if open().await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    drop(child);

    assert_eq!(open().await, 0, "lost");
    let mails = server.received();
    let ids: BTreeSet<_> = mails
        .iter()
        .map(|m| m.header("Message-ID").unwrap())
        .collect();
    let doubled = mails.len() - ids.len();
    #[allow(clippy::print_stdout, reason = "the measure this test is run for")]
    {
        println!("{kills} kills, {} mails, {doubled} doubled", mails.len());
    }
    assert_eq!(ids.len(), USERS as usize * 2);
    let mut last = BTreeMap::new();
    for mail in mails {
        if let Some(password) = mail.password() {
            last.insert(mail.to, password);
        }
    }
    let hashes: Vec<(String, String)> = sqlx::query_as(
        "select u.email, c.password_hash from users u join credentials c on c.organisation_id = u.organisation_id and c.user_id = u.id
         where u.surname = 'UCCISO'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(hashes.len(), USERS as usize);
    for (address, hash) in hashes {
        let typed = normalise_temporary_password(&last[&address]);
        assert!(
            backend.core.hasher.verify(typed, Some(hash)).await.unwrap(),
            "{address}"
        );
    }
    assert!(
        doubled <= kills as usize,
        "{doubled} doubled by {kills} kills"
    );
}
