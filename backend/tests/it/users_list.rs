//! The list of users: what is found, in which order, how many, and by whom.

use crate::support;
use backend::{
    Backend, ServiceError,
    service::{ExportFormat, ExportWords},
};
use domain::{
    OrganisationId, UserId,
    access::{Actor, Right},
    page::{Page, PageRequest, PageSize},
    user::{ListQuery, Selection, SortColumn, UserFilter, UserRow, UserSort, UserState},
};
use futures::StreamExt;
use jiff::SignedDuration;
use sqlx::PgPool;
use std::collections::BTreeSet;

fn reader(organisation: OrganisationId) -> Actor {
    Actor::system(organisation, "prova")
}

fn text(words: &str) -> ListQuery {
    ListQuery {
        filter: UserFilter {
            text: words.to_owned(),
            ..UserFilter::default()
        },
        ..ListQuery::default()
    }
}

fn in_group(code: &str) -> UserFilter {
    UserFilter {
        groups: vec![code.to_owned()],
        ..UserFilter::default()
    }
}

async fn list(b: &Backend, organisation: OrganisationId, query: &ListQuery) -> Page<UserRow> {
    let page = b.users.list(&reader(organisation), query).await.unwrap();
    // The one total of the page is the one that is counted alone.
    assert_eq!(
        b.users
            .count(&reader(organisation), &query.filter)
            .await
            .unwrap(),
        page.total,
        "{query:?}"
    );
    page
}

async fn surnames(b: &Backend, organisation: OrganisationId, query: &ListQuery) -> Vec<String> {
    list(b, organisation, query)
        .await
        .items
        .into_iter()
        .map(|u| u.surname)
        .collect()
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn words_are_found_in_any_order_case_and_accent(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    support::user(&b, o)
        .surname("D'Angelò")
        .given_name("Maria")
        .username("0000001")
        .create()
        .await;
    support::user(&b, o)
        .surname("MÜLLER")
        .given_name("Zoë")
        .email("z.muller@posta.example")
        .create()
        .await;
    support::user(&b, o)
        .surname("O’Neill")
        .given_name("Sean")
        .email("sean.o'neill@posta.example")
        .create()
        .await;
    support::user(&b, o)
        .surname("ROSSI")
        .given_name("Li")
        .fiscal_code("RSSLIX80A41F205X")
        .create()
        .await;
    for (typed, found) in [
        ("dangelo", "D'Angelò"),
        ("d'angelò", "D'Angelò"),
        ("D’ANGELO", "D'Angelò"),
        ("dangelo\u{300}", "D'Angelò"),
        ("maria dangelo", "D'Angelò"),
        ("  ANGELO   mari ", "D'Angelò"),
        ("0000001", "D'Angelò"),
        ("muller", "MÜLLER"),
        ("Müller", "MÜLLER"),
        ("zoe", "MÜLLER"),
        ("z.muller@posta.example", "MÜLLER"),
        ("oneill", "O’Neill"),
        ("sean.o'neill@posta", "O’Neill"),
        ("rsslix80a41f205x", "ROSSI"),
        ("RSSLIX", "ROSSI"),
        ("li", "ROSSI"),
        ("li rossi", "ROSSI"),
        ("ro l", "ROSSI"),
    ] {
        assert_eq!(surnames(&b, o, &text(typed)).await, [found], "{typed}");
    }
    assert!(surnames(&b, o, &text("rossi maria")).await.is_empty());
    assert_eq!(
        list(&b, o, &text(" ' ")).await.total,
        4,
        "an apostrophe alone is no word"
    );
    let long = "x".repeat(300);
    assert!(surnames(&b, o, &text(&long)).await.is_empty());
    assert!(surnames(&b, o, &text("\0")).await.len() == 4);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn wildcards_are_looked_for_as_they_are_typed(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    support::user(&b, o)
        .surname("CENTO")
        .username("100%")
        .create()
        .await;
    support::user(&b, o)
        .surname("MILLE")
        .username("1000")
        .create()
        .await;
    support::user(&b, o)
        .surname("BASSO")
        .username("a_b")
        .create()
        .await;
    support::user(&b, o)
        .surname("BARRA")
        .username(r"c:\dir")
        .create()
        .await;
    assert_eq!(surnames(&b, o, &text("100%")).await, ["CENTO"]);
    assert_eq!(
        surnames(&b, o, &text("％")).await,
        ["CENTO"],
        "a full-width sign folds to a plain one"
    );
    assert_eq!(surnames(&b, o, &text("_")).await, ["BASSO"]);
    assert_eq!(surnames(&b, o, &text("a_b")).await, ["BASSO"]);
    assert_eq!(surnames(&b, o, &text(r":\d")).await, ["BARRA"]);
    assert_eq!(surnames(&b, o, &text(r"\dir")).await, ["BARRA"]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn every_column_sorts_both_ways_with_missing_values_last(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let soon = support::now() + SignedDuration::from_hours(24);
    let later = support::now() + SignedDuration::from_hours(48);
    let secret = "quattro-parole-a-caso";
    support::user(&b, o)
        .surname("Bo")
        .given_name("Zoe")
        .username("3")
        .email("B@x.example")
        .temporary_password(secret, later)
        .create()
        .await;
    support::user(&b, o)
        .surname("Àlba")
        .given_name("Ugo")
        .username("2")
        .create()
        .await;
    support::user(&b, o)
        .surname("Ca")
        .given_name("Èva")
        .username("1")
        .email("a@x.example")
        .inactive()
        .create()
        .await;
    support::user(&b, o)
        .surname("Da")
        .given_name("Ugo")
        .username("4")
        .temporary_password(secret, soon)
        .create()
        .await;
    let expected = |column| match column {
        SortColumn::Surname => ["Àlba Bo Ca Da", "Da Ca Bo Àlba"],
        SortColumn::GivenName => ["Ca Àlba Da Bo", "Bo Da Àlba Ca"],
        SortColumn::Username => ["Ca Àlba Bo Da", "Da Bo Àlba Ca"],
        SortColumn::Email => ["Ca Bo Àlba Da", "Bo Ca Da Àlba"],
        SortColumn::State => ["Àlba Bo Da Ca", "Ca Da Bo Àlba"],
        SortColumn::PasswordEnd => ["Da Bo Àlba Ca", "Bo Da Ca Àlba"],
    };
    for column in SortColumn::ALL {
        for (descending, order) in [false, true].into_iter().zip(expected(column)) {
            let walked = ListQuery {
                sort: UserSort { column, descending },
                ..ListQuery::default()
            };
            assert_eq!(
                surnames(&b, o, &walked).await.join(" "),
                order,
                "{column:?} {descending}"
            );
            // The same order where rows are collected and sorted.
            let found = ListQuery {
                sort: UserSort { column, descending },
                ..text("a")
            };
            let collected = surnames(&b, o, &found).await;
            let kept: Vec<&str> = order
                .split(' ')
                .filter(|n| collected.iter().any(|c| c == n))
                .collect();
            assert_eq!(collected, kept, "{column:?} {descending}");
        }
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn pages_follow_each_other_without_gap_in_every_order_and_way(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    for n in 0..25 {
        let mut user = support::user(&b, o)
            .surname(&format!("ROSSI{:02}", n % 7))
            .group("docenti");
        if n % 3 > 0 {
            user = user.email(&format!("m{n:02}@x.example"));
        }
        user.create().await;
    }
    let filters = [
        UserFilter::default(),
        in_group("docenti"),
        text("rossi").filter,
    ];
    for filter in filters {
        for column in SortColumn::ALL {
            for descending in [false, true] {
                let mut seen = Vec::new();
                for number in 1..=3 {
                    let page = PageRequest {
                        number,
                        size: PageSize::Ten,
                    };
                    let query = ListQuery {
                        filter: filter.clone(),
                        sort: UserSort { column, descending },
                        page,
                        view: None,
                    };
                    let read = b.users.list(&reader(o), &query).await.unwrap();
                    assert_eq!((read.total, read.number, read.pages()), (25, number, 3));
                    seen.extend(read.items.iter().map(|u| u.id));
                }
                assert_eq!(
                    seen.iter().collect::<BTreeSet<_>>().len(),
                    25,
                    "{filter:?} {column:?} {descending}"
                );
            }
        }
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_page_past_the_end_becomes_the_first_and_says_so(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    support::user(&b, o)
        .surname("ROSSI")
        .group("docenti")
        .create()
        .await;
    for filter in [
        UserFilter::default(),
        in_group("docenti"),
        text("rossi").filter,
    ] {
        for size in [PageSize::Ten, PageSize::All] {
            let query = ListQuery {
                filter: filter.clone(),
                page: PageRequest { number: 9, size },
                ..ListQuery::default()
            };
            let page = list(&b, o, &query).await;
            assert_eq!((page.number, page.total, page.items.len()), (1, 1, 1));
        }
    }
    let nobody = ListQuery {
        page: PageRequest {
            number: 9,
            size: PageSize::Ten,
        },
        ..text("nessuno")
    };
    assert_eq!(list(&b, o, &nobody).await.items, []);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_row_shows_all_groups_once_in_the_language_of_the_reader(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let ends = "2026-11-30T23:00:00Z".parse().unwrap();
    let id = support::user(&b, o)
        .surname("BA")
        .group("tutori")
        .group("docenti")
        .temporary_password("quattro-parole", ends)
        .create()
        .await;
    support::user(&b, o)
        .surname("CE")
        .group("alunni")
        .create()
        .await;
    let both = UserFilter {
        groups: vec!["docenti".into(), "tutori".into(), "boh".into()],
        ..UserFilter::default()
    };
    let page = list(
        &b,
        o,
        &ListQuery {
            filter: both,
            ..ListQuery::default()
        },
    )
    .await;
    assert_eq!((page.total, page.items.len()), (1, 1));
    let row = &page.items[0];
    assert_eq!(
        (row.id, row.email.as_deref(), row.state),
        (id, None, UserState::Active)
    );
    assert_eq!(
        row.groups
            .iter()
            .map(|g| g.code.as_str())
            .collect::<Vec<_>>(),
        ["docenti", "tutori"]
    );
    // Midnight in Rome at the end of 30 November: that day is the last one.
    let end = row.password_end.unwrap();
    assert_eq!(
        (end.day.to_string().as_str(), end.over),
        ("2026-11-30", false)
    );
    let german = Actor {
        locale: domain::Locale::De,
        ..reader(o)
    };
    let page = b
        .users
        .list(
            &german,
            &ListQuery {
                filter: in_group("docenti"),
                ..ListQuery::default()
            },
        )
        .await
        .unwrap();
    assert_ne!(page.items[0].groups[0].name, row.groups[0].name);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn archived_users_are_shown_only_where_they_are_asked_for(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    support::user(&b, o)
        .surname("ATTIVA")
        .group("docenti")
        .create()
        .await;
    support::user(&b, o)
        .surname("FERMA")
        .group("docenti")
        .inactive()
        .create()
        .await;
    support::user(&b, o)
        .surname("VIA")
        .group("docenti")
        .archived()
        .create()
        .await;
    for base in [UserFilter::default(), in_group("docenti"), text("u").filter] {
        for (state, found) in [
            (None, vec!["ATTIVA", "FERMA"]),
            (Some(UserState::Active), vec!["ATTIVA"]),
            (Some(UserState::Inactive), vec!["FERMA"]),
            (Some(UserState::Archived), vec!["VIA"]),
        ] {
            let filter = UserFilter {
                state,
                ..base.clone()
            };
            assert_eq!(
                surnames(
                    &b,
                    o,
                    &ListQuery {
                        filter,
                        ..ListQuery::default()
                    }
                )
                .await,
                found
            );
        }
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_is_seen_beyond_the_own_organisation_and_units(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let (o, other) = (
        support::school(&b).await,
        support::school_called(&b, "altra", "Altra").await,
    );
    let above = support::unit(&b, o, None, "istituto").await;
    let below = support::unit(&b, o, Some(above), "plesso").await;
    let sibling = support::unit(&b, o, Some(above), "altro-plesso").await;
    let mine = support::user(&b, o)
        .surname("ROSSI")
        .group("docenti")
        .unit(below)
        .create()
        .await;
    let aside = support::user(&b, o)
        .surname("ROSSI")
        .group("docenti")
        .unit(sibling)
        .create()
        .await;
    let everywhere = support::user(&b, o)
        .surname("ROSSI")
        .group("docenti")
        .create()
        .await;
    let foreign = support::user(&b, other)
        .surname("ROSSI")
        .group("docenti")
        .create()
        .await;
    let delegate = support::actor_in(&b, o, &[Right::ReadUsers], Some(below)).await;
    let chief = support::actor_in(&b, o, &[Right::ReadUsers], Some(above)).await;
    let nowhere = support::actor(&b, o, &[Right::SendCredentials]).await;
    for filter in [text("rossi").filter, in_group("docenti")] {
        let query = ListQuery {
            filter: filter.clone(),
            ..ListQuery::default()
        };
        let page = b.users.list(&delegate, &query).await.unwrap();
        assert_eq!((page.total, page.items[0].id), (1, mine));
        assert_eq!(b.users.count(&delegate, &filter).await.unwrap(), 1);
        assert_eq!(b.users.list(&chief, &query).await.unwrap().total, 2);
        assert_eq!(b.users.list(&reader(o), &query).await.unwrap().total, 3);
        assert!(matches!(
            b.users.list(&nowhere, &query).await,
            Err(ServiceError::Denied(_))
        ));
        assert!(matches!(
            b.users.count(&nowhere, &filter).await,
            Err(ServiceError::Denied(_))
        ));
    }
    // Also the delegate's own account stands in the unit, and nobody else's.
    assert_eq!(
        b.users
            .list(&delegate, &ListQuery::default())
            .await
            .unwrap()
            .total,
        2
    );
    let picked = Selection::Only(BTreeSet::from([
        mine,
        aside,
        everywhere,
        foreign,
        UserId(999),
    ]));
    assert_eq!(b.users.count_selected(&delegate, &picked).await.unwrap(), 1);
    assert_eq!(
        b.users.count_selected(&reader(o), &picked).await.unwrap(),
        3
    );
    let exported = export(&b, &delegate, picked, ExportFormat::Csv).await;
    assert_eq!(String::from_utf8(exported).unwrap().lines().count(), 2);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn everyone_found_is_selected_but_the_ones_unticked(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let one = support::user(&b, o)
        .surname("ROSSI")
        .group("docenti")
        .create()
        .await;
    support::user(&b, o)
        .surname("ROSSI")
        .group("docenti")
        .create()
        .await;
    support::user(&b, o)
        .surname("VERDI")
        .group("docenti")
        .create()
        .await;
    let mut all = Selection::AllFound {
        filter: in_group("docenti"),
        except: BTreeSet::new(),
        found: 3,
    };
    assert_eq!(b.users.count_selected(&reader(o), &all).await.unwrap(), 3);
    all.set(one, false);
    assert_eq!(
        b.users.count_selected(&reader(o), &all).await.unwrap(),
        all.len()
    );
    support::user(&b, o)
        .surname("NERI")
        .group("docenti")
        .create()
        .await;
    assert_eq!(
        b.users.count_selected(&reader(o), &all).await.unwrap(),
        3,
        "the selection is evaluated when it is used"
    );
    let searched = Selection::AllFound {
        filter: text("rossi").filter,
        except: BTreeSet::from([one]),
        found: 2,
    };
    assert_eq!(
        b.users.count_selected(&reader(o), &searched).await.unwrap(),
        1
    );
}

async fn export(b: &Backend, actor: &Actor, selection: Selection, format: ExportFormat) -> Vec<u8> {
    let words = ExportWords {
        sheet: "Utenti".into(),
        header: [
            "Nome utente",
            "Cognome",
            "Nome",
            "Codice fiscale",
            "Mail utente",
            "Gruppi",
            "Attivo",
            "Scadenza password",
            "Lingua",
        ]
        .map(str::to_owned),
        states: ["Sì", "No", "Archiviato"].map(str::to_owned),
        day: |_, day| day.strftime("%d/%m/%Y").to_string(),
    };
    let stream = b
        .users
        .export(actor, selection, UserSort::default(), format, words)
        .await
        .unwrap();
    let mut bytes = Vec::new();
    let mut stream = std::pin::pin!(stream);
    while let Some(piece) = stream.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_exported_cell_is_never_a_formula_and_the_export_is_audited(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    support::user(&b, o)
        .surname("=1+1")
        .given_name("A;B")
        .username("u1")
        .group("docenti")
        .group("tutori")
        .create()
        .await;
    support::user(&b, o)
        .surname("ZORZI")
        .given_name("Ada")
        .username("u2")
        .email("ada@x.example")
        .inactive()
        .create()
        .await;
    let found = || Selection::AllFound {
        filter: UserFilter::default(),
        except: BTreeSet::new(),
        found: 2,
    };
    let csv = String::from_utf8(export(&b, &reader(o), found(), ExportFormat::Csv).await).unwrap();
    assert_eq!(
        csv,
        "\u{feff}Nome utente;Cognome;Nome;Codice fiscale;Mail utente;Gruppi;Attivo;Scadenza password;Lingua\r\n\
         u1;'=1+1;\"A;B\";;;\"Docenti, Tutori\";Sì;;IT\r\n\
         u2;ZORZI;Ada;;ada@x.example;;No;;IT\r\n"
    );
    let xlsx = export(&b, &reader(o), found(), ExportFormat::Xlsx).await;
    assert!(xlsx.starts_with(b"PK"));
    assert_eq!(
        support::audit_actions(&b, o)
            .await
            .iter()
            .filter(|a| *a == "users.exported")
            .count(),
        2
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_total_is_never_older_than_its_rows_whichever_process_changed_the_list(pool: PgPool) {
    let b = support::backend(pool.clone(), support::now());
    // Another process on the same database, with totals of its own.
    let other = support::backend(pool.clone(), support::now());
    let o = support::school(&b).await;
    let one = support::user(&b, o)
        .surname("ROSSI")
        .group("docenti")
        .create()
        .await;
    let total = async |b: &Backend, filter: UserFilter| {
        let query = ListQuery {
            filter,
            ..ListQuery::default()
        };
        b.users.list(&reader(o), &query).await.unwrap().total
    };
    let both = async |everyone: u64, teachers: u64| {
        for b in [&b, &other] {
            // Twice: counted, then given again.
            for _ in 0..2 {
                assert_eq!(total(b, UserFilter::default()).await, everyone);
                assert_eq!(total(b, in_group("docenti")).await, teachers);
            }
        }
    };
    both(1, 1).await;
    support::user(&other, o).surname("VERDI").create().await;
    both(2, 1).await;
    let run = async |sql: &'static str| {
        sqlx::query(sql)
            .bind(o.0)
            .bind(one.0)
            .execute(&pool)
            .await
            .unwrap()
    };
    run("update users set state = 'archived' where organisation_id = $1 and id = $2").await;
    both(1, 0).await;
    run("update users set state = 'active' where organisation_id = $1 and id = $2").await;
    both(2, 1).await;
    run("delete from grants where organisation_id = $1 and user_id = $2").await;
    both(2, 0).await;
    run("delete from users where organisation_id = $1 and id = $2").await;
    both(1, 0).await;
    // Nothing that was rolled back counts; many changes are added up without loss.
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("delete from users where organisation_id = $1")
        .bind(o.0)
        .execute(&mut *tx)
        .await
        .unwrap();
    both(1, 0).await;
    tx.rollback().await.unwrap();
    both(1, 0).await;
    for n in 2..60 {
        support::user(&b, o).create().await;
        assert_eq!(total(&other, UserFilter::default()).await, n);
    }
}
