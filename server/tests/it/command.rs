//! The program itself: commands, exit statuses, the embedded database.

use crate::{harness::PASSWORD, support};
use sqlx::PgPool;
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A folder that the account which runs Postgres can enter, also when root runs this.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// `delega` in an empty folder, with a client that only looks built.
fn delega(here: &Path) -> Command {
    let site = here.join("site");
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    std::fs::write(site.join("hash.txt"), "js: 0\nwasm: 0\ncss: 0\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_delega"));
    command.current_dir(here).env_clear();
    for name in ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .env("DELEGA_SITE_ROOT", site)
        .env("DELEGA_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null());
    command
}

/// Runs to the end; what should refuse and serves instead is ended after a minute.
fn run(mut command: Command) -> Output {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn with_password(mut command: Command, password: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(password.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

/// The URL of the database that a test was given.
fn url_of(pool: &PgPool) -> String {
    let server = std::env::var("DATABASE_URL").or_else(|_| {
        let file = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.env"))
            .unwrap_or_default();
        file.lines()
            .find_map(|l| l.strip_prefix("DATABASE_URL=").map(str::to_owned))
            .ok_or(())
    });
    let server = server.expect("DATABASE_URL");
    let name = pool.connect_options().get_database().unwrap().to_owned();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

/// A server that says that it serves.
fn serving(mut command: Command) -> Child {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    if !line.starts_with("Delega: http://") {
        let output = child.wait_with_output().unwrap();
        panic!("it does not serve: {line}{}", errors(&output));
    }
    child
}

fn signal(child: &Child, name: &str) {
    assert!(
        Command::new("kill")
            .args([name, &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
}

/// Whether the embedded server of this data folder runs.
fn postgres_runs(here: &Path) -> bool {
    postgres_pid(here).is_some()
}

fn postgres_pid(here: &Path) -> Option<String> {
    let file = std::fs::read_to_string(here.join("var/database/data/postmaster.pid")).ok()?;
    let pid = file.lines().next()?.trim().to_owned();
    std::fs::read_to_string(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|c| c.contains("postgres"))
        .then_some(pid)
}

#[test]
fn every_command_explains_itself_and_nonsense_is_refused() {
    let here = folder();
    for words in [
        &[][..],
        &["serve"],
        &["work"],
        &["migrate"],
        &["seed"],
        &["import"],
        &["organisation", "create"],
        &["admin", "create"],
        &["audit", "verify"],
        &["doctor"],
    ] {
        let mut command = delega(here.path());
        command.args(words).arg("--help");
        let output = run(command);
        assert!(output.status.success(), "{words:?}: {}", errors(&output));
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("Usage: delega"),
            "{words:?}"
        );
    }
    for words in [
        &["sevre"][..],
        &["organisation", "create", "--code", "x"],
        &["serve", "--port", "3"],
    ] {
        let mut command = delega(here.path());
        command.args(words);
        let output = run(command);
        assert!(
            !output.status.success() && output.stdout.is_empty() && !output.stderr.is_empty(),
            "{words:?}"
        );
    }
}

#[test]
fn without_a_key_real_people_are_not_served() {
    let here = folder();
    for word in ["serve", "work"] {
        let mut command = delega(here.path());
        command
            .arg(word)
            .env("DELEGA_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
        let output = run(command);
        assert_eq!(output.status.code(), Some(1));
        let errors = errors(&output);
        assert!(errors.contains("DELEGA_SECRET_KEY is not set"), "{errors}");
    }
}

#[test]
fn an_unknown_variable_stops_every_command() {
    let here = folder();
    let mut command = delega(here.path());
    command
        .arg("migrate")
        .env("DELEGA_SMTP_ULR", "smtp://u:geheim@h");
    let output = run(command);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors(&output).contains("DELEGA_SMTP_ULR") && !errors(&output).contains("geheim"),
        "{}",
        errors(&output)
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn with_demo_accounts_real_people_are_not_served(pool: PgPool) {
    let here = folder();
    let backend = support::backend(pool.clone(), support::now());
    let organisation = support::school(&backend).await;
    backend.organisations.mark_demo(organisation).await.unwrap();
    for word in ["serve", "work"] {
        let mut command = delega(here.path());
        command
            .arg(word)
            .env("DELEGA_DATABASE_URL", url_of(&pool))
            .env("DELEGA_SECRET_KEY", KEY);
        let output = run(command);
        assert_eq!(output.status.code(), Some(1));
        let errors = errors(&output);
        assert!(
            errors.contains("demo organisations esempio") && errors.contains("--demo"),
            "{errors}"
        );
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_demo_does_not_settle_among_real_people(pool: PgPool) {
    let here = folder();
    let backend = support::backend(pool.clone(), support::now());
    support::canton(&backend).await;
    let mut command = delega(here.path());
    command
        .args(["serve", "--demo"])
        .env("DELEGA_DATABASE_URL", url_of(&pool));
    let output = run(command);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors(&output).contains("ti exists and is not a demo"),
        "{}",
        errors(&output)
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_organisation_and_its_first_administrator_are_made_on_the_command_line(pool: PgPool) {
    let here = folder();
    let database = url_of(&pool);
    let command = |words: &[&str]| {
        let mut command = delega(here.path());
        command.args(words).env("DELEGA_DATABASE_URL", &database);
        command
    };
    let create = [
        "organisation",
        "create",
        "--code",
        "ic-rossi",
        "--kind",
        "school",
        "--name",
        "IC Rossi",
    ];
    let output = run(command(&create));
    assert!(output.status.success(), "{}", errors(&output));
    let output = run(command(&create));
    assert!(
        !output.status.success() && errors(&output).contains("code"),
        "{}",
        errors(&output)
    );

    let admin = [
        "admin",
        "create",
        "--organisation",
        "ic-rossi",
        "--username",
        "dirigente",
        "--password-stdin",
    ];
    let output = with_password(command(&admin), "kurz");
    assert!(
        !output.status.success() && !errors(&output).contains("kurz"),
        "{}",
        errors(&output)
    );
    let output = with_password(command(&admin), &format!("{PASSWORD}\n"));
    assert!(output.status.success(), "{}", errors(&output));
    let nowhere = [
        "admin",
        "create",
        "--organisation",
        "none",
        "--username",
        "x",
        "--password-stdin",
    ];
    assert!(!with_password(command(&nowhere), PASSWORD).status.success());

    let backend = support::backend(pool, support::now());
    let typed = backend::service::SignIn {
        organisation: "ic-rossi".into(),
        username: "dirigente".into(),
        password: PASSWORD.into(),
        ..Default::default()
    };
    assert!(
        !backend
            .sessions
            .sign_in(typed)
            .await
            .unwrap()
            .must_change_password
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_changed_entry_of_the_trail_is_named_with_exit_status_1(pool: PgPool) {
    let here = folder();
    let verify = || {
        let mut command = delega(here.path());
        command
            .env("DELEGA_DATABASE_URL", url_of(&pool))
            .args(["audit", "verify"]);
        command
    };
    let mut create = delega(here.path());
    create.env("DELEGA_DATABASE_URL", url_of(&pool)).args([
        "organisation",
        "create",
        "--code",
        "prova",
        "--kind",
        "school",
        "--name",
        "Prova",
    ]);
    assert!(run(create).status.success());
    let output = run(verify());
    assert!(output.status.success(), "{}", errors(&output));
    assert!(
        String::from_utf8_lossy(&output.stdout).starts_with("ok       prova: 1 entries, head ")
    );

    sqlx::raw_sql(
        "alter table audit disable trigger all; update audit set actor_name = 'altri'; alter table audit enable trigger all",
    )
    .execute(&pool)
    .await
    .unwrap();
    let output = run(verify());
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.starts_with("broken   prova: entry ")
            && said.contains("organisation.created) was changed"),
        "{said}"
    );
    assert!(errors(&output).contains("1 of 1 audit trails"));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_doctor_names_what_is_wrong_and_what_to_do(pool: PgPool) {
    let here = folder();
    let doctor = |key: &str, smtp: &str| {
        let mut command = delega(here.path());
        command
            .arg("doctor")
            .env("DELEGA_DATABASE_URL", url_of(&pool));
        command
            .env("DELEGA_SECRET_KEY", key)
            .env("DELEGA_SMTP_URL", smtp);
        let output = run(command);
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let (status, words) = doctor(KEY, "");
    assert_eq!(status, Some(0), "{words}");
    assert!(words.contains("schema up to date"), "{words}");
    let (status, words) = doctor("", "smtp://u:geheim@127.0.0.1:1");
    assert_eq!(status, Some(1));
    let problems: Vec<_> = words.lines().filter(|l| l.starts_with("problem")).collect();
    assert_eq!(problems.len(), 2, "{words}");
    assert!(
        words.contains("openssl rand")
            && words.contains("DELEGA_SMTP_URL")
            && !words.contains("geheim"),
        "{words}"
    );
}

#[test]
fn an_outside_database_that_does_not_answer_is_named() {
    let here = folder();
    let mut command = delega(here.path());
    command.arg("migrate").env(
        "DELEGA_DATABASE_URL",
        "postgres://u:geheim@127.0.0.1:1/none",
    );
    let output = run(command);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors(&output).contains("DELEGA_DATABASE_URL") && !errors(&output).contains("geheim"),
        "{}",
        errors(&output)
    );
}

#[test]
fn the_embedded_database_is_shared_survives_a_kill_and_ends_with_its_last_user() {
    let here = folder();
    let command = |words: &[&str]| {
        let mut command = delega(here.path());
        command.args(words).env("DELEGA_SECRET_KEY", KEY);
        command
    };
    let output = run(command(&["migrate"]));
    assert!(output.status.success(), "{}", errors(&output));
    assert!(
        !postgres_runs(here.path()),
        "a command that ends takes the database along"
    );

    // Killed: the database stays behind, and the next one finds it.
    let mut killed = serving(command(&["serve"]));
    signal(&killed, "-KILL");
    killed.wait().unwrap();
    assert!(postgres_runs(here.path()));

    // The database itself killed: whoever uses it starts it again.
    let mut first = serving(command(&["serve"]));
    let pid =
        std::fs::read_to_string(here.path().join("var/database/data/postmaster.pid")).unwrap();
    assert!(
        Command::new("kill")
            .args(["-KILL", pid.lines().next().unwrap()])
            .status()
            .unwrap()
            .success()
    );
    let begin = Instant::now();
    while postgres_pid(here.path()).is_none_or(|p| pid.starts_with(&p)) {
        assert!(begin.elapsed().as_secs() < 30, "it stays dead");
        std::thread::sleep(Duration::from_millis(100));
    }
    let mut second = serving(command(&["serve"]));
    signal(&first, "-TERM");
    assert!(first.wait().unwrap().success());
    assert!(postgres_runs(here.path()), "somebody still uses it");
    let create = [
        "organisation",
        "create",
        "--code",
        "a",
        "--kind",
        "canton",
        "--name",
        "A",
    ];
    let output = run(command(&create));
    assert!(output.status.success(), "{}", errors(&output));
    assert!(
        postgres_runs(here.path()),
        "a command beside a server leaves the database alone"
    );
    signal(&second, "-INT");
    assert!(second.wait().unwrap().success());
    assert!(!postgres_runs(here.path()), "the last one stops it");
}
