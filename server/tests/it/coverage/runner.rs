//! Knocks at every door as everybody who must not get through.

use super::{
    Case, Everybody, Guard, Ids, Needs, NeedsAll, Route, SignedIn, Standing, cases, furnish, routes,
};
use crate::{
    harness::{Answer, House, PASSWORD},
    support,
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{OrganisationId, UserId, access::Right};
use serde_json::Value;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// A function or a route, and how it is asked.
struct Door {
    path: &'static str,
    guard: Guard,
    standing: Standing,
    method: Method,
    ask: Ask,
}

enum Ask {
    Function(fn(&Ids) -> Value),
    Route(fn(&Ids) -> String, fn(&Ids) -> (&'static str, String)),
}

impl Door {
    /// Address, kind and text of the request for these things.
    fn words(&self, ids: &Ids) -> (String, &'static str, String) {
        match self.ask {
            Ask::Function(args) => (
                self.path.to_owned(),
                "application/json",
                args(ids).to_string(),
            ),
            Ask::Route(address, body) => {
                let (kind, text) = body(ids);
                (address(ids), kind, text)
            }
        }
    }

    async fn knock(&self, house: &House, ids: &Ids, cookie: Option<&str>) -> Answer {
        let (address, kind, text) = self.words(ids);
        let accept = match self.ask {
            Ask::Function(_) => "application/json",
            Ask::Route(..) => "text/event-stream",
        };
        let mut request = Request::builder()
            .method(&self.method)
            .uri(address)
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, kind)
            .header("sec-fetch-site", "same-origin");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        house.send(request.body(Body::from(text)).unwrap()).await
    }

    fn is_function(&self) -> bool {
        matches!(self.ask, Ask::Function(_))
    }

    /// Sets of rights that are not enough, though each holds all that is not asked for.
    fn not_enough(&self) -> Vec<Vec<Right>> {
        let all_but = |missing: &[Right]| -> Vec<Right> {
            Right::ALL
                .into_iter()
                .filter(|r| *r != Right::Administer && !missing.contains(r))
                .collect()
        };
        match self.guard {
            Needs(rights) => vec![all_but(rights)],
            NeedsAll(rights) => rights.iter().map(|r| all_but(&[*r])).collect(),
            Everybody(_) | SignedIn => Vec::new(),
        }
    }

    /// Rights that are enough; none where no right is asked for.
    fn enough(&self) -> Option<&'static [Right]> {
        match self.guard {
            Needs(rights) | NeedsAll(rights) => Some(rights),
            Everybody(_) | SignedIn => None,
        }
    }
}

/// Every function and every route that is not for everybody.
fn doors() -> Vec<Door> {
    let methods: BTreeMap<&str, Method> = server_fn::axum::server_fn_paths().collect();
    let functions = cases().into_iter().filter_map(|case: Case| {
        Some(Door {
            path: case.path,
            guard: case.guard,
            standing: case.standing,
            // One that is no more is told by a test of its own.
            method: methods.get(case.path)?.clone(),
            ask: Ask::Function(case.args),
        })
    });
    let routes = routes().into_iter().map(|route: Route| Door {
        path: route.path,
        guard: route.guard,
        standing: route.standing,
        method: route.method,
        ask: Ask::Route(route.address, route.body),
    });
    functions
        .chain(routes)
        .filter(|door| match door.guard {
            Everybody(reason) => {
                assert!(!reason.is_empty());
                false
            }
            _ => true,
        })
        .collect()
}

/// What was expected and did not happen.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn expect(&mut self, door: &Door, who: &str, answer: &Answer, fits: bool) {
        if !fits {
            let said: String = answer.body.chars().take(120).collect();
            self.0
                .push(format!("{} for {who}: {} {said}", door.path, answer.status));
        }
    }

    fn none(self) {
        assert!(
            self.0.is_empty(),
            "{} faults:\n{}",
            self.0.len(),
            self.0.join("\n")
        );
    }
}

fn refused(answer: &Answer) -> bool {
    matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
}

/// The call came as far as the act itself.
fn through(answer: &Answer) -> bool {
    answer.status.is_success()
        || matches!(
            answer.status,
            StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY
        )
}

/// Two answers that tell nothing apart.
fn same(a: &Answer, b: &Answer) -> bool {
    a.status == b.status && a.body == b.body
}

/// Persons made once for each set of rights.
struct Cast<'a> {
    house: &'a House,
    organisation: OrganisationId,
    prefix: &'static str,
    known: BTreeMap<Vec<Right>, (UserId, String)>,
}

impl<'a> Cast<'a> {
    fn new(house: &'a House, organisation: OrganisationId, prefix: &'static str) -> Self {
        Self {
            house,
            organisation,
            prefix,
            known: BTreeMap::new(),
        }
    }

    /// Who holds these rights, and whether they are new on the stage.
    async fn holding(&mut self, rights: &[Right]) -> (UserId, String, bool) {
        let fresh = !self.known.contains_key(rights);
        if fresh {
            let name = format!("{}-{}", self.prefix, self.known.len());
            let person = self
                .house
                .person(self.organisation, "esempio", &name, rights)
                .await;
            self.known.insert(rights.to_vec(), person);
        }
        let (id, cookie) = self.known[rights].clone();
        (id, cookie, fresh)
    }
}

async fn deactivate(pool: &PgPool, organisation: OrganisationId, user: UserId) {
    change(
        pool,
        organisation,
        user,
        "update users set state = 'inactive' where organisation_id = $1 and id = $2",
    )
    .await;
}

async fn take_rights(pool: &PgPool, organisation: OrganisationId, user: UserId) {
    change(
        pool,
        organisation,
        user,
        "delete from grants where organisation_id = $1 and user_id = $2",
    )
    .await;
}

async fn change(pool: &PgPool, organisation: OrganisationId, user: UserId, sql: &'static str) {
    sqlx::query(sql)
        .bind(organisation.0)
        .bind(user.0)
        .execute(pool)
        .await
        .unwrap();
}

#[test]
fn every_server_function_has_a_case() {
    let program: BTreeSet<&str> = server_fn::axum::server_fn_paths()
        .map(|(path, _)| path)
        .collect();
    let written: BTreeSet<&str> = cases().iter().map(|c| c.path).collect();
    assert!(
        program.len() > 10,
        "the functions are not linked in: {program:?}"
    );
    let missing: Vec<_> = program.difference(&written).collect();
    assert!(
        missing.is_empty(),
        "server functions without a case in coverage/: {missing:#?}"
    );
    let gone: Vec<_> = written.difference(&program).collect();
    assert!(
        gone.is_empty(),
        "cases of functions that are no more: {gone:#?}"
    );
}

/// Who adds a public function adds its line here on purpose.
#[test]
fn what_everybody_may_call_is_known() {
    let public: BTreeSet<&str> = cases()
        .iter()
        .filter(|c| matches!(c.guard, Everybody(_)))
        .map(|c| c.path)
        .collect();
    let known: BTreeSet<&str> = include_str!("public.txt").lines().collect();
    assert_eq!(public, known, "left: cases, right: coverage/public.txt");
}

#[test]
fn every_route_written_by_hand_has_a_case() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut program = BTreeSet::new();
    for file in [sources.join("router.rs")].into_iter().chain(
        std::fs::read_dir(sources.join("routes"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.is_file()),
    ) {
        let text = std::fs::read_to_string(file).unwrap();
        for rest in text.split(".route(").skip(1) {
            let path = rest
                .trim_start()
                .strip_prefix('"')
                .expect("routes are written as text");
            program.insert(path.split('"').next().unwrap().to_owned());
        }
    }
    let written: BTreeSet<String> = routes().iter().map(|r| r.path.to_owned()).collect();
    assert!(program.len() > 5);
    assert_eq!(
        program, written,
        "left: routes of the program, right: those with a case in coverage/"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_gets_through_where_they_do_not_belong(pool: PgPool) {
    let house = House::new(pool.clone());
    let ours = support::school(&house.backend).await;
    let theirs = support::school_called(&house.backend, "altra", "Altra scuola").await;
    let own = furnish(&house, ours, None).await;
    let foreign = furnish(&house, theirs, None).await;

    let (_, admin) = house
        .person(ours, "esempio", "capo", &[Right::Administer])
        .await;
    let (gone, deactivated) = house
        .person(ours, "esempio", "partita", &[Right::Administer])
        .await;
    deactivate(&pool, ours, gone).await;
    let ends = support::now() + jiff::SignedDuration::from_hours(24);
    support::user(&house.backend, ours)
        .username("nuova")
        .group("amministratori")
        .temporary_password(PASSWORD, ends)
        .create()
        .await;
    let temporary = house.sign_in("esempio", "nuova", PASSWORD).await;
    let mut lacking = Cast::new(&house, ours, "senza");
    let mut once = Cast::new(&house, ours, "prima");
    let mut faults = Faults::default();

    let doors = doors();
    for door in &doors {
        for (who, cookie) in [
            ("the anonymous", None),
            ("a made-up cookie", Some("delega=1.bm90LWEtdG9rZW4")),
            ("the deactivated", Some(deactivated.as_str())),
        ] {
            let answer = door.knock(&house, &own, cookie).await;
            let fits = answer.status == StatusCode::UNAUTHORIZED;
            faults.expect(door, who, &answer, fits);
        }
        let Some(rights) = door.enough() else {
            continue;
        };
        let answer = door.knock(&house, &own, Some(&temporary)).await;
        faults.expect(door, "a temporary password", &answer, refused(&answer));
        for others in door.not_enough() {
            let (_, cookie, _) = lacking.holding(&others).await;
            let answer = door.knock(&house, &own, Some(&cookie)).await;
            faults.expect(door, "one who lacks the right", &answer, refused(&answer));
        }
        let (id, cookie, fresh) = once.holding(rights).await;
        if fresh {
            // The session is in use before the right goes.
            let seen = house.get("/utenti", Some(&cookie)).await;
            assert_ne!(seen.status, StatusCode::UNAUTHORIZED);
            take_rights(&pool, ours, id).await;
        }
        let answer = door.knock(&house, &own, Some(&cookie)).await;
        faults.expect(door, "one whose right was taken", &answer, refused(&answer));

        // Of another organisation: not even that it exists.
        let there = door.knock(&house, &foreign, Some(&admin)).await;
        let nowhere = door.knock(&house, &Ids::NOTHING, Some(&admin)).await;
        let known = door.path == "/api/user/create";
        faults.expect(
            door,
            "the neighbour, asking for what exists elsewhere",
            &there,
            same(&there, &nowhere) || known,
        );
        let sound = there.status != StatusCode::INTERNAL_SERVER_ERROR;
        faults.expect(door, "the neighbour", &there, sound);
    }
    // Last, because these calls do what they say: the arguments above were real ones.
    for door in doors.iter().filter(|d| d.is_function()) {
        if door.enough().is_some() {
            let answer = door.knock(&house, &own, Some(&admin)).await;
            let who = "an administrator (are the arguments right?)";
            let alone = MAKERS_ALONE.contains(&door.path) && answer.status == StatusCode::NOT_FOUND;
            faults.expect(door, who, &answer, through(&answer) || alone);
        }
    }
    faults.none();
}

/// Runs that not even an administrator finds who did not make them, and operations that
/// created nobody: the services' own tests call them with real ones.
const MAKERS_ALONE: [&str; 6] = [
    "/api/creation/result",
    "/api/creation/undo",
    "/api/letters/read",
    "/api/letters/next",
    "/api/letters/confirm",
    "/api/letters/interrupt",
];

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_is_limited_to_a_unit_finds_nothing_beside_or_above_it(pool: PgPool) {
    let house = House::new(pool);
    let ours = support::school(&house.backend).await;
    let parent = support::unit(&house.backend, ours, None, "istituto").await;
    let unit = support::unit(&house.backend, ours, Some(parent), "plesso-a").await;
    let sibling = support::unit(&house.backend, ours, Some(parent), "plesso-b").await;
    let own = furnish(&house, ours, Some(unit)).await;
    let elsewhere = [
        (
            "the sibling unit",
            furnish(&house, ours, Some(sibling)).await,
        ),
        ("the parent unit", furnish(&house, ours, Some(parent)).await),
        ("the whole organisation", furnish(&house, ours, None).await),
    ];
    let rights: Vec<Right> = Right::ALL
        .into_iter()
        .filter(|r| *r != Right::Administer)
        .collect();
    let delegate = house
        .person_in(ours, "esempio", "delegata", &rights, Some(unit))
        .await
        .1;
    let mut faults = Faults::default();
    let doors: Vec<Door> = doors()
        .into_iter()
        .filter(|d| d.enough().is_some())
        .filter(|d| match d.standing {
            Standing::Organisation(reason) => {
                assert!(!reason.is_empty());
                false
            }
            Standing::Unit | Standing::Maker => true,
        })
        .filter(|d| d.words(&own) != d.words(&Ids::NOTHING))
        .collect();
    assert!(doors.len() > 10);
    for door in &doors {
        let nowhere = door.knock(&house, &Ids::NOTHING, Some(&delegate)).await;
        for (where_, ids) in &elsewhere {
            let there = door.knock(&house, ids, Some(&delegate)).await;
            let who = format!("a delegate, asking for what stands in {where_}");
            faults.expect(door, &who, &there, same(&there, &nowhere));
        }
        if matches!(door.standing, Standing::Maker) {
            let another = door.knock(&house, &own, Some(&delegate)).await;
            let who = "a delegate, asking for what another one made";
            faults.expect(door, who, &another, same(&another, &nowhere));
        }
    }
    for door in doors
        .iter()
        .filter(|d| d.is_function() && matches!(d.standing, Standing::Unit))
    {
        let answer = door.knock(&house, &own, Some(&delegate)).await;
        let who = "the delegate of the unit";
        faults.expect(door, who, &answer, through(&answer));
    }
    faults.none();
}
