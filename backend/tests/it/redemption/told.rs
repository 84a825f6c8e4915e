//! Who is told, and what the mail says.

use super::*;
use backend::{jobs, settings::MailRoute};

const BOTH: [Right; 2] = [Right::ManageUsers, Right::ManageAuthorisations];

impl Scene {
    /// Others who could be told, or could not; the numbers of those who may decide.
    async fn others(&self, everywhere: usize) -> Vec<i64> {
        let (backend, canton) = (&self.backend, self.canton);
        let home = unit(backend, canton, None, "casa").await;
        let elsewhere = unit(backend, canton, None, "altrove").await;
        self.sql(&format!(
            "update users set unit_id = {home} where id = {}",
            self.lea
        ))
        .await;
        let mut able = Vec::new();
        for _ in 0..everywhere {
            able.push(actor(backend, canton, &BOTH).await.user.unwrap().0);
        }
        able.insert(0, {
            let near = actor_in(backend, canton, &BOTH, Some(home)).await;
            near.user.unwrap().0
        });
        actor_in(backend, canton, &BOTH, Some(elsewhere)).await;
        actor(backend, canton, &[Right::ManageUsers]).await;
        let off = actor(backend, canton, &BOTH).await.user.unwrap();
        self.sql("update users set email = username || '@ti.example' where email is null")
            .await;
        self.sql(&format!(
            "update users set state = 'inactive' where id = {off}"
        ))
        .await;
        able
    }

    async fn sql(&self, statement: &str) {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&self.backend.core.pool)
            .await
            .unwrap();
    }

    async fn told(&self, kind: &str) -> Vec<i64> {
        sqlx::query_scalar(
            "select user_id from outbox where kind = $1 and state <> 'superseded' order by id",
        )
        .bind(kind)
        .fetch_all(&self.backend.core.pool)
        .await
        .unwrap()
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn where_the_delegate_is_gone_up_to_five_others_who_may_decide_are_told(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let able = scene.others(5).await;
    let delegate = scene.delegate.user.unwrap();
    scene
        .sql(&format!(
            "update users set state = 'inactive' where id = {delegate}"
        ))
        .await;
    scene.redeem("Ugo", "Verdi", EMAIL).await;
    // The one with a unit of their own first.
    assert_eq!(scene.told("discrepancy_opened").await, able[..5]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_delegate_alone_is_told_and_not_after_losing_the_right(pool: PgPool) {
    let mut scene = Scene::new(pool).await;
    let able = scene.others(2).await;
    let delegate = scene.delegate.user.unwrap();
    scene.redeem("Ugo", "Verdi", EMAIL).await;
    assert_eq!(scene.told("discrepancy_opened").await, [delegate.0]);
    scene.new_code().await;
    scene
        .sql(&format!("delete from grants where user_id = {delegate}"))
        .await;
    let month = SignedDuration::from_hours(24 * 31);
    scene.backend.core.clock.advance(month);
    jobs::worker::drain(&scene.backend).await.unwrap();
    // Not who holds one right alone, works elsewhere or is switched off.
    assert_eq!(scene.told("registration_expired").await, able);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_mail_says_where_to_decide_and_carries_no_secret(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Ugo", "Verdi", EMAIL).await;
    jobs::worker::drain(&scene.backend).await.unwrap();
    let MailRoute::Folder(folder) = &scene.backend.core.settings.mail else {
        panic!("mails go into a folder");
    };
    let mails: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.is_file())
        .map(|p| std::fs::read_to_string(p).unwrap().replace("=\r\n", ""))
        .filter(|mail| mail.contains("delegata@ti.example"))
        .collect();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    let subject = mail
        .lines()
        .find(|line| line.starts_with("Subject:"))
        .unwrap();
    assert!(
        subject.contains("Dati diversi alla registrazione"),
        "{subject}"
    );
    assert!(mail.contains("http://127.0.0.1:3000/discrepanze"), "{mail}");
    assert!(mail.contains("Lea Bianchi"), "{mail}");
    for secret in [&*scene.code, PASSWORD, "Ugo", "Verdi"] {
        assert!(!mail.contains(secret), "{mail}");
    }
}
