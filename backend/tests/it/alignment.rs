//! «Allineamento Anagrafiche con utenti»: the files of a school, staging, proposals,
//! saving pair by pair, dissolving and bringing back (A12, A23–A28).

use crate::support::{actor, actor_in, backend, now, school, unit, user};
use backend::{Backend, ServiceError};
use bytes::Bytes;
use domain::{
    OrganisationId, PersonId, UserId,
    access::{Actor, Denied, Right},
    alignment::{
        AlignmentQuery, AlignmentRow, CodeMatch, Likelihood, LinkMethod, LinkedRow, PairProblem,
        Proposed,
    },
    import::ImportKind,
    page::{PageRequest, PageSize},
    person::PersonKind,
    problem::Conflict,
};
use sqlx::PgPool;
use uuid::Uuid;

const PERSONS: &[u8] = include_bytes!("../../../data/demo/anagrafiche.csv");
const USERS: &[u8] = include_bytes!("../../../data/demo/utenti.csv");
const EXPECTED: &str = include_str!("../../../data/demo/expected.json");

pub const OFFICE: [Right; 4] = [
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::SendCredentials,
];

fn expected(file: &str, key: &str) -> u64 {
    let all: serde_json::Value = serde_json::from_str(EXPECTED).unwrap();
    all[file][key].as_u64().expect(key)
}

pub async fn office(pool: PgPool) -> (Backend, OrganisationId, Actor) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    let actor = actor(&backend, organisation, &OFFICE).await;
    (backend, organisation, actor)
}

/// A record of the registry.
pub async fn person(
    backend: &Backend,
    organisation: OrganisationId,
    kind: PersonKind,
    (surname, given_name): (&str, &str),
    code: Option<&str>,
) -> PersonId {
    let id = sqlx::query_scalar(
        "insert into persons (organisation_id, code, kind, surname, given_name, fiscal_code, created_at)
         select $1, coalesce(max(code), 1000) + 1, $2, $3, $4, $5, now() from persons where organisation_id = $1
         returning id",
    )
    .bind(organisation.0)
    .bind(kind.code())
    .bind(surname)
    .bind(given_name)
    .bind(code)
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    PersonId(id)
}

async fn import_files(backend: &Backend, actor: &Actor) {
    for (kind, bytes) in [(ImportKind::Persons, PERSONS), (ImportKind::Users, USERS)] {
        let id = backend
            .imports
            .preview(actor, kind, "file.csv", Bytes::from_static(bytes))
            .await
            .unwrap();
        let key = Uuid::from_u128(u128::try_from(id.0).unwrap());
        let job = backend.imports.confirm(actor, id, "", key).await.unwrap();
        backend::jobs::import::run(&backend.core, actor.organisation, job)
            .await
            .unwrap();
    }
}

fn query(kind: PersonKind, text: &str) -> AlignmentQuery {
    AlignmentQuery {
        kind: Some(kind),
        text: text.to_owned(),
        staged: None,
        page: PageRequest {
            number: 1,
            size: PageSize::Hundred,
        },
    }
}

async fn row(backend: &Backend, actor: &Actor, kind: PersonKind, user: UserId) -> AlignmentRow {
    let page = backend
        .alignment
        .rows(actor, &query(kind, ""))
        .await
        .unwrap();
    page.items.into_iter().find(|r| r.user.id == user).unwrap()
}

async fn proposals(backend: &Backend, actor: &Actor, users: &[UserId]) -> Vec<Proposed> {
    backend
        .alignment
        .proposals(actor, PersonKind::Employee, users)
        .await
        .unwrap()
}

async fn links(backend: &Backend, actor: &Actor, kind: PersonKind) -> Vec<LinkedRow> {
    let page = backend.alignment.linked(actor, &query(kind, "")).await;
    page.unwrap().items
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_files_of_the_school_link_as_many_users_as_their_codes_say(pool: PgPool) {
    let (backend, _, actor) = office(pool).await;
    import_files(&backend, &actor).await;
    let mut saved = 0;
    for kind in PersonKind::ALL {
        let before = backend
            .alignment
            .counters(&actor, kind, true)
            .await
            .unwrap();
        let result = backend.alignment.save(&actor, kind).await.unwrap();
        assert_eq!((result.saved, result.failed_total), (before.staged, 0));
        saved += result.saved;
    }
    let inactive: i64 = sqlx::query_scalar(
        "select count(distinct u.id) from users u join persons p using (organisation_id, fiscal_code)
         where u.state <> 'active'",
    )
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    let linkable = expected("utenti.csv", "linkable_by_fiscal_code");
    assert_eq!(saved + u64::try_from(inactive).unwrap(), linkable);
    let after = backend
        .alignment
        .counters(&actor, PersonKind::Employee, true)
        .await
        .unwrap();
    assert_eq!((after.linked_users, after.staged), (saved, 0));
    assert_eq!(
        after.unlinked_persons,
        expected("anagrafiche.csv", "valid_persons") - saved
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn only_equal_codes_are_staged_by_themselves_and_nothing_is_linked_before_saving(
    pool: PgPool,
) {
    let (backend, school, actor) = office(pool).await;
    let a = user(&backend, school)
        .surname("ROSSI")
        .given_name("MARIA")
        .fiscal_code("RSSMRA80A41H501Y")
        .create()
        .await;
    let b = user(&backend, school)
        .surname("BIANCHI")
        .given_name("LEA")
        .create()
        .await;
    let exact = person(
        &backend,
        school,
        PersonKind::Employee,
        ("ROSSI", "MARIA"),
        Some("RSSMRA80A41H501Y"),
    )
    .await;
    person(
        &backend,
        school,
        PersonKind::Employee,
        ("LEA", "BIANCHI"),
        None,
    )
    .await;
    let c = backend
        .alignment
        .counters(&actor, PersonKind::Employee, true)
        .await
        .unwrap();
    assert_eq!((c.staged, c.linked_users), (1, 0));
    let staged = row(&backend, &actor, PersonKind::Employee, a)
        .await
        .staged
        .unwrap();
    assert_eq!(staged.person.unwrap().id, exact);
    assert_eq!(staged.method, LinkMethod::Automatic);
    assert!(
        row(&backend, &actor, PersonKind::Employee, b)
            .await
            .staged
            .is_none()
    );
    // Names in any order are a proposal, no more.
    let found = proposals(&backend, &actor, &[b]).await;
    assert_eq!(
        found[0].proposals[0].score.likelihood(),
        Likelihood::Possible
    );
    let result = backend
        .alignment
        .save(&actor, PersonKind::Employee)
        .await
        .unwrap();
    assert_eq!(
        (result.saved, result.forced, result.failed_total),
        (1, 0, 0)
    );
    let stored = links(&backend, &actor, PersonKind::Employee).await;
    assert_eq!(stored[0].method, LinkMethod::Automatic);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_seeds_own_pair_with_different_codes_is_forced(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let id = user(&backend, school)
        .surname("USER")
        .given_name("SUPER")
        .fiscal_code("02180610137")
        .create()
        .await;
    let other = person(
        &backend,
        school,
        PersonKind::Employee,
        ("AXIOS ITALIA SERVICE SRL", ""),
        Some("06331261005"),
    )
    .await;
    backend.alignment.stage(&actor, id, other).await.unwrap();
    let result = backend
        .alignment
        .save(&actor, PersonKind::Employee)
        .await
        .unwrap();
    assert_eq!((result.saved, result.forced), (1, 1));
    let stored = links(&backend, &actor, PersonKind::Employee).await;
    assert_eq!(stored[0].method, LinkMethod::Forced);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn one_character_and_omocodia_suggest_and_a_refusal_is_remembered(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let near = user(&backend, school)
        .surname("ROSSI")
        .given_name("MARIA")
        .fiscal_code("RSSMRA80A41H501Y")
        .create()
        .await;
    let one = person(
        &backend,
        school,
        PersonKind::Employee,
        ("ROSSI", "MARIA"),
        Some("RSSMRA80A41H501X"),
    )
    .await;
    let omocodic = person(
        &backend,
        school,
        PersonKind::Employee,
        ("MARIA", "ROSSI"),
        Some("RSSMRA80A41H50MQ"),
    )
    .await;
    let found = proposals(&backend, &actor, &[near]).await;
    let codes: Vec<_> = found[0]
        .proposals
        .iter()
        .map(|p| (p.person.id, p.score.code))
        .collect();
    assert!(codes.contains(&(one, CodeMatch::OneDifferent)));
    assert!(codes.contains(&(omocodic, CodeMatch::SameBase)));
    backend
        .alignment
        .refuse(&actor, near, omocodic, Some("È la sorella, non lei"))
        .await
        .unwrap();
    let found = proposals(&backend, &actor, &[near]).await;
    assert!(found[0].proposals.iter().all(|p| p.person.id != omocodic));
    let site = unit(&backend, school, None, "dante").await;
    let limited = actor_in(&backend, school, &OFFICE, Some(site)).await;
    let refused = backend
        .alignment
        .refuse(&limited, near, omocodic, None)
        .await;
    assert!(
        matches!(refused, Err(ServiceError::NotFound)),
        "{refused:?}"
    );
    backend
        .alignment
        .refuse(&actor, near, omocodic, None)
        .await
        .unwrap();
    let found = proposals(&backend, &actor, &[near]).await;
    assert!(found[0].proposals.iter().any(|p| p.person.id == omocodic));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn two_users_with_one_code_are_contested_and_only_one_can_have_the_record(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let id = user(&backend, school)
            .surname("VERDI")
            .given_name("ANNA")
            .fiscal_code("RSSMRA80A41H501Y")
            .create()
            .await;
        ids.push(id);
    }
    let record = person(
        &backend,
        school,
        PersonKind::Employee,
        ("VERDI", "ANNA"),
        Some("RSSMRA80A41H501Y"),
    )
    .await;
    let c = backend
        .alignment
        .counters(&actor, PersonKind::Employee, true)
        .await
        .unwrap();
    assert_eq!(c.staged, 0);
    let found = proposals(&backend, &actor, &ids).await;
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|f| f.proposals[0].contested));
    backend
        .alignment
        .stage(&actor, ids[0], record)
        .await
        .unwrap();
    let refused = backend.alignment.stage(&actor, ids[1], record).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Conflict(Conflict::Contested))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_a_thousand_staged_pairs_three_fail_and_stay_with_their_reasons(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    sqlx::query(
        "insert into persons (organisation_id, code, kind, surname, given_name, fiscal_code, created_at)
         select $1, 2000 + n, 'guardian', 'COGNOME' || n, 'NOME', 'X' || n, now() from generate_series(1, 1000) n",
    )
    .bind(school.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    sqlx::query(
        "insert into users (organisation_id, username, surname, given_name, fiscal_code, created_at)
         select $1, 'u' || n, 'COGNOME' || n, 'NOME', 'X' || n, now() from generate_series(1, 1000) n",
    )
    .bind(school.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let kind = PersonKind::Guardian;
    let c = backend
        .alignment
        .counters(&actor, kind, true)
        .await
        .unwrap();
    assert_eq!(c.staged, 1000);
    // One record linked by somebody else, one deleted, one user deactivated.
    let rival = user(&backend, school).username("0000311").create().await;
    sqlx::query(
        "insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at)
         select $1, $2, id, kind, 'manual', now() from persons where organisation_id = $1 and fiscal_code = 'X1'",
    )
    .bind(school.0)
    .bind(rival.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    sqlx::query("delete from persons where fiscal_code = 'X2'")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    sqlx::query("update users set state = 'inactive' where fiscal_code = 'X3'")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let result = backend.alignment.save(&actor, kind).await.unwrap();
    assert_eq!((result.saved, result.failed_total), (997, 3));
    let problems: Vec<_> = result
        .failed
        .iter()
        .map(|f| (f.user.username.as_str(), f.problem.clone()))
        .collect();
    assert_eq!(
        problems,
        [
            ("u1", PairProblem::PersonLinked("0000311".into())),
            ("u2", PairProblem::PersonGone),
            ("u3", PairProblem::UserInactive),
        ]
    );
    // They stay staged, come first, and survive a reload.
    let page = backend
        .alignment
        .rows(&actor, &query(kind, ""))
        .await
        .unwrap();
    let first: Vec<_> = page.items[..3]
        .iter()
        .map(|r| r.staged.as_ref().unwrap().problem.is_some())
        .collect();
    assert_eq!(first, [true, true, true]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_link_is_dissolved_and_brought_back_and_not_staged_again_by_itself(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let kind = PersonKind::Employee;
    let code = Some("RSSMRA80A41H501Y");
    let id = user(&backend, school)
        .fiscal_code("RSSMRA80A41H501Y")
        .create()
        .await;
    person(&backend, school, kind, ("ROSSI", "MARIA"), code).await;
    backend
        .alignment
        .counters(&actor, kind, true)
        .await
        .unwrap();
    backend.alignment.save(&actor, kind).await.unwrap();
    let done = backend
        .alignment
        .unlink(&actor, id, kind, "")
        .await
        .unwrap();
    assert_eq!(done.links, 1);
    let c = backend
        .alignment
        .counters(&actor, kind, true)
        .await
        .unwrap();
    assert_eq!((c.links, c.staged), (0, 0));
    let back = backend.alignment.restore(&actor, done.batch).await.unwrap();
    assert_eq!((back.links, back.kept), (1, 0));
    let stored = links(&backend, &actor, kind).await;
    assert_eq!(stored[0].method, LinkMethod::Automatic);
    assert!(matches!(
        backend.alignment.restore(&actor, done.batch).await,
        Err(ServiceError::NotFound)
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn dissolving_all_wants_the_number_and_a_motivation_and_can_be_undone(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let kind = PersonKind::Pupil;
    for n in 0..3 {
        let id = user(&backend, school).create().await;
        let name = format!("ALUNNO{n}");
        let record = person(&backend, school, kind, (&name, "A"), None).await;
        backend.alignment.link(&actor, id, record).await.unwrap();
    }
    let reason = "Riallineamento di inizio anno";
    assert!(matches!(
        backend.alignment.unlink_all(&actor, kind, 3, "no").await,
        Err(ServiceError::Invalid(_))
    ));
    assert!(matches!(
        backend.alignment.unlink_all(&actor, kind, 2, reason).await,
        Err(ServiceError::Conflict(Conflict::SelectionChanged {
            now: 3,
            ..
        }))
    ));
    let done = backend
        .alignment
        .unlink_all(&actor, kind, 3, reason)
        .await
        .unwrap();
    assert_eq!(done.links, 3);
    let back = backend.alignment.restore(&actor, done.batch).await.unwrap();
    assert_eq!(back.links, 3);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_teacher_who_is_a_parent_gets_both_records_on_one_account(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let code = Some("RSSMRA80A41H501Y");
    let id = user(&backend, school)
        .fiscal_code("RSSMRA80A41H501Y")
        .create()
        .await;
    for kind in [PersonKind::Employee, PersonKind::Guardian] {
        person(&backend, school, kind, ("ROSSI", "MARIA"), code).await;
    }
    for kind in [PersonKind::Employee, PersonKind::Guardian] {
        let c = backend
            .alignment
            .counters(&actor, kind, true)
            .await
            .unwrap();
        assert_eq!(c.staged, 1, "{kind:?}");
        assert_eq!(backend.alignment.save(&actor, kind).await.unwrap().saved, 1);
    }
    let c = backend
        .alignment
        .counters(&actor, PersonKind::Employee, false)
        .await
        .unwrap();
    assert_eq!(c.linked_users, 1);
    assert_eq!(
        links(&backend, &actor, PersonKind::Guardian).await[0]
            .user
            .id,
        id
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_only_reads_stages_and_links_nothing_and_stronger_accounts_are_out_of_reach(
    pool: PgPool,
) {
    let (backend, school, office) = office(pool).await;
    let reader = actor(&backend, school, &[Right::ReadUsers]).await;
    let kind = PersonKind::Employee;
    let director = user(&backend, school)
        .fiscal_code("RSSMRA80A41H501Y")
        .group("amministratori")
        .create()
        .await;
    let record = person(
        &backend,
        school,
        kind,
        ("ROSSI", "MARIA"),
        Some("RSSMRA80A41H501Y"),
    )
    .await;
    let c = backend
        .alignment
        .counters(&reader, kind, true)
        .await
        .unwrap();
    assert!(!c.may_link && c.staged == 0);
    assert!(matches!(
        backend.alignment.stage(&reader, director, record).await,
        Err(ServiceError::Denied(Denied::Missing(Right::ManageRegistry)))
    ));
    backend
        .alignment
        .stage(&office, director, record)
        .await
        .unwrap();
    let result = backend.alignment.save(&office, kind).await.unwrap();
    assert_eq!(result.failed[0].problem, PairProblem::Stronger);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_is_limited_to_a_unit_sees_and_links_nobody_elses_users(pool: PgPool) {
    let (backend, school, _) = office(pool).await;
    let site = unit(&backend, school, None, "PLESSO-A").await;
    let limited = actor_in(&backend, school, &OFFICE, Some(site)).await;
    let stranger = user(&backend, school).create().await;
    let record = person(
        &backend,
        school,
        PersonKind::Employee,
        ("NERI", "ADA"),
        None,
    )
    .await;
    assert!(matches!(
        backend.alignment.stage(&limited, stranger, record).await,
        Err(ServiceError::NotFound)
    ));
    let page = backend
        .alignment
        .rows(&limited, &query(PersonKind::Employee, ""))
        .await
        .unwrap();
    assert!(page.items.iter().all(|r| r.user.id != stranger));
}

/// Measures, not a check: `cargo nextest run -p backend --run-ignored only measure_alignment`.
#[sqlx::test(migrator = "backend::db::MIGRATOR")]
#[ignore = "takes a minute: 100,000 records against 200,000 users"]
#[allow(clippy::print_stdout, reason = "a measure, run by hand")]
async fn measure_alignment(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let pool = &backend.core.pool;
    let names = "(array['ROSSI','BIANCHI','FERRARI','ESPOSITO','RUSSO','COLOMBO','RICCI','MARINO','GRECO','BRUNO',
        'GALLO','CONTI','DE LUCA','MANCINI','COSTA','GIORDANO','RIZZO','LOMBARDI','MORETTI','BARBIERI'])[1 + n % 20]
        || chr(65 + (n / 20) % 26) || chr(65 + (n / 520) % 26)";
    let given = "(array['MARIA','ANNA','GIULIA','SOFIA','LUCA','MARCO','PAOLO','ANDREA','LEA','IVO'])[1 + (n / 7) % 10]";
    let code = "'RSSMRA' || lpad((n % 100)::text, 2, '0') || 'A' || lpad((n / 100 % 28 + 1)::text, 2, '0') || 'H'
        || lpad((n / 2800 % 1000)::text, 3, '0') || 'X'";
    for statement in [
        format!(
            "insert into persons (organisation_id, code, kind, surname, given_name, fiscal_code, created_at)
             select {0}, 10000 + n, 'employee', {names}, {given}, {code}, now() from generate_series(1, 100000) n",
            school.0
        ),
        format!(
            "insert into users (organisation_id, username, surname, given_name, fiscal_code, created_at)
             select {0}, 'm' || n, {names}, {given}, case when n % 2 = 0 then {code} end, now()
             from generate_series(1, 200000) n",
            school.0
        ),
        "analyze".to_owned(),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(pool).await.unwrap();
    }
    let kind = PersonKind::Employee;
    let clock = std::time::Instant::now();
    let c = backend
        .alignment
        .counters(&actor, kind, true)
        .await
        .unwrap();
    println!("staged {} in {:?}", c.staged, clock.elapsed());
    let clock = std::time::Instant::now();
    backend
        .alignment
        .counters(&actor, kind, true)
        .await
        .unwrap();
    println!("counters again in {:?}", clock.elapsed());
    let clock = std::time::Instant::now();
    let mut wanted = query(kind, "");
    wanted.staged = Some(false);
    let page = backend.alignment.rows(&actor, &wanted).await.unwrap();
    println!(
        "a page of {} rows of {} in {:?}",
        page.items.len(),
        page.total,
        clock.elapsed()
    );
    let ids: Vec<UserId> = page.items.iter().map(|r| r.user.id).take(50).collect();
    for id in &ids[..5] {
        let clock = std::time::Instant::now();
        let found = proposals(&backend, &actor, &[*id]).await;
        println!(
            "proposals for one user in {:?}: {}",
            clock.elapsed(),
            found.len()
        );
    }
    let coded = user(&backend, school)
        .surname("ROSSIAB")
        .given_name("MARIA")
        .fiscal_code("RSSMRA80A41H501Y")
        .create()
        .await;
    let clock = std::time::Instant::now();
    proposals(&backend, &actor, &[coded]).await;
    println!(
        "proposals for one user with a code in {:?}",
        clock.elapsed()
    );
    let clock = std::time::Instant::now();
    proposals(&backend, &actor, &ids).await;
    println!("proposals for fifty users in {:?}", clock.elapsed());
    let clock = std::time::Instant::now();
    backend
        .alignment
        .search(&actor, kind, coded, "rossi")
        .await
        .unwrap();
    println!("search in {:?}", clock.elapsed());
    let clock = std::time::Instant::now();
    let saved = backend.alignment.save(&actor, kind).await.unwrap();
    println!("saved {} in {:?}", saved.saved, clock.elapsed());
    let clock = std::time::Instant::now();
    let reason = "Misura del tempo di scioglimento";
    let gone = backend
        .alignment
        .unlink_all(&actor, kind, saved.saved, reason)
        .await
        .unwrap();
    println!("dissolved {} in {:?}", gone.links, clock.elapsed());
}
