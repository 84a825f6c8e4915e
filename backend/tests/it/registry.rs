//! «Anagrafiche»: what is found and how fast, what is written, refused and kept.

use crate::support;
use backend::{
    Backend, ServiceError,
    db::persons::search,
    service::{RegistryWords, Uploaded},
};
use bytes::Bytes;
use domain::{
    OrganisationId, PersonId, UnitId, UserId,
    access::{Actor, Denied, Right, Scope},
    page::{PageRequest, PageSize},
    person::{
        EnrolmentDraft, PersonCreation, PersonDraft, PersonFilter, PersonKind, PersonQuery,
        PersonRow, PersonWarning, RegistryConflict,
        folder::{FILE_MAX, FileProblem, FolderDraft},
    },
    problem::Conflict,
    user::FieldError,
};
use futures::{StreamExt, TryStreamExt};
use sqlx::PgPool;

fn office(organisation: OrganisationId) -> Actor {
    Actor::system(organisation, "prova")
}

fn draft(kind: PersonKind, surname: &str, given_name: &str, code: &str) -> PersonDraft {
    PersonDraft {
        kind: Some(kind),
        surname: surname.into(),
        given_name: given_name.into(),
        fiscal_code: code.into(),
        ..PersonDraft::default()
    }
}

async fn add(b: &Backend, o: OrganisationId, draft: &PersonDraft) -> PersonRow {
    match b.registry.create(&office(o), draft, true).await.unwrap() {
        PersonCreation::Created(saved) => saved.row,
        PersonCreation::SameFiscalCode(_) => panic!("forced"),
    }
}

async fn link(b: &Backend, o: OrganisationId, user: UserId, person: PersonId, kind: &str) {
    sqlx::query(
        "insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at)
         values ($1, $2, $3, $4, 'manual', now())",
    )
    .bind(o.0)
    .bind(user.0)
    .bind(person.0)
    .bind(kind)
    .execute(&b.core.pool)
    .await
    .unwrap();
}

async fn found(b: &Backend, actor: &Actor, filter: PersonFilter) -> (Vec<String>, u64, u64) {
    let query = PersonQuery {
        filter,
        ..PersonQuery::default()
    };
    let found = b.registry.list(actor, query, false).await.unwrap();
    let names = found.page.items.iter().map(|p| p.surname.clone()).collect();
    (names, found.page.total, found.unlinked)
}

async fn enrolled(
    b: &Backend,
    o: OrganisationId,
    id: PersonId,
    year: i16,
    site: Option<UnitId>,
    class: &str,
) {
    let draft = EnrolmentDraft {
        school_year: year,
        site,
        class: class.into(),
    };
    b.registry.enrol(&office(o), id, &draft).await.unwrap();
}

fn refusal(e: ServiceError) -> RegistryConflict {
    match e {
        ServiceError::Conflict(Conflict::Registry(c)) => c,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn every_filter_finds_its_persons_and_says_how_many_have_no_user(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let dante = support::unit(&b, o, None, "Primaria Dante").await;
    let verdi = support::unit(&b, o, None, "Media Verdi").await;
    let anna = add(&b, o, &draft(PersonKind::Pupil, "Rossi", "Anna", "")).await;
    let ugo = add(&b, o, &draft(PersonKind::Pupil, "D'Angelò", "Ugo", "")).await;
    let maria = add(
        &b,
        o,
        &draft(PersonKind::Employee, "Rossi", "Maria", "RSSMRA80A41H501Y"),
    )
    .await;
    enrolled(&b, o, anna.id, 2026, Some(dante), "1A").await;
    enrolled(&b, o, anna.id, 2025, Some(verdi), "3B").await;
    enrolled(&b, o, ugo.id, 2026, Some(verdi), "1A").await;
    let user = support::user(&b, o).create().await;
    link(&b, o, user, maria.id, "employee").await;
    let office = office(o);
    let f = PersonFilter::default;
    let all = found(&b, &office, f()).await;
    assert_eq!(
        all,
        (
            vec!["D'Angelò".into(), "Rossi".into(), "Rossi".into()],
            3,
            2
        )
    );
    let pupils = PersonFilter {
        kind: Some(PersonKind::Pupil),
        ..f()
    };
    assert_eq!(found(&b, &office, pupils).await.1, 2);
    let site = PersonFilter {
        site: Some(dante),
        ..f()
    };
    assert_eq!(found(&b, &office, site).await.0, ["Rossi"]);
    // There and then: in 2026 Anna was not at Verdi.
    let both = PersonFilter {
        site: Some(verdi),
        school_year: Some(2026),
        ..f()
    };
    assert_eq!(found(&b, &office, both).await.0, ["D'Angelò"]);
    let class = PersonFilter {
        class: Some("1A".into()),
        ..f()
    };
    assert_eq!(found(&b, &office, class).await.1, 2);
    let free = PersonFilter {
        linked: Some(false),
        ..f()
    };
    assert_eq!(
        found(&b, &office, free).await,
        (vec!["D'Angelò".into(), "Rossi".into()], 2, 2)
    );
    let linked = PersonFilter {
        linked: Some(true),
        ..f()
    };
    assert_eq!(
        found(&b, &office, linked).await,
        (vec!["Rossi".into()], 1, 2)
    );
    for words in ["dangelo", "ANGELÒ ugo", "maria rossi", "rssmra80a41"] {
        let text = PersonFilter {
            text: words.into(),
            ..f()
        };
        assert_eq!(found(&b, &office, text).await.1, 1, "{words}");
    }
    // Past the end is page 1.
    let query = PersonQuery {
        page: PageRequest {
            number: 9,
            size: PageSize::Ten,
        },
        ..PersonQuery::default()
    };
    let page = b.registry.list(&office, query, false).await.unwrap().page;
    assert_eq!((page.number, page.items.len()), (1, 3));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn somebody_limited_to_a_unit_sees_and_touches_only_who_is_enrolled_there(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let dante = support::unit(&b, o, None, "Primaria Dante").await;
    let verdi = support::unit(&b, o, None, "Media Verdi").await;
    let anna = add(&b, o, &draft(PersonKind::Pupil, "Rossi", "Anna", "")).await;
    let ugo = add(&b, o, &draft(PersonKind::Pupil, "Verdi", "Ugo", "")).await;
    enrolled(&b, o, anna.id, 2026, Some(dante), "1A").await;
    enrolled(&b, o, ugo.id, 2026, Some(verdi), "1A").await;
    let rights = [Right::ManageRegistry];
    let limited = support::actor_in(&b, o, &rights, Some(dante)).await;
    assert_eq!(
        found(&b, &limited, PersonFilter::default()).await.0,
        ["Rossi"]
    );
    assert!(b.registry.page(&limited, anna.id).await.is_ok());
    let edit = draft(PersonKind::Pupil, "Verdi", "Ugo", "");
    let year = EnrolmentDraft {
        school_year: 2027,
        site: Some(verdi),
        class: String::new(),
    };
    let folder = FolderDraft {
        title: "x".into(),
        day: "2026-11-22".into(),
        note: String::new(),
    };
    assert!(matches!(
        b.registry.page(&limited, ugo.id).await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(
        b.registry.edit(&limited, ugo.id, 1, &edit).await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(
        b.registry.delete(&limited, ugo.id).await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(
        b.registry.enrol(&limited, ugo.id, &year).await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(
        b.registry
            .add_folder(&limited, ugo.id, &folder, vec![])
            .await,
        Err(ServiceError::NotFound)
    ));
    // Into another's unit nobody enrols, and whoever belongs to no unit cannot be added.
    assert!(matches!(
        b.registry.enrol(&limited, anna.id, &year).await,
        Err(ServiceError::Invalid(_))
    ));
    assert!(matches!(
        b.registry.create(&limited, &edit, false).await,
        Err(ServiceError::Denied(Denied::Missing(Right::ManageRegistry)))
    ));
    // Who only reads users sees the cards, but neither documents nor the pencil.
    let reader = support::actor(&b, o, &[Right::ReadUsers]).await;
    let page = b.registry.page(&reader, anna.id).await.unwrap();
    assert!(page.folders.is_none() && page.history.is_none() && !page.may_edit);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_changed_code_stays_in_the_history_and_what_does_not_fit_only_warns(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let office = office(o);
    let provisional = draft(PersonKind::Employee, "Rossi", "Maria", "0000002180610137");
    let made = add(&b, o, &provisional).await;
    assert_eq!(made.fiscal_code.as_deref(), Some("02180610137"));
    assert_eq!(made.code, 1);
    let mut edit = PersonDraft::from(&made);
    edit.fiscal_code = "rssmra80a41h501y".into();
    edit.birth_date = "1980-02-01".into();
    let saved = b
        .registry
        .edit(&office, made.id, made.version, &edit)
        .await
        .unwrap();
    assert_eq!(
        saved.warnings,
        [PersonWarning::BirthDate {
            day: 1,
            month: 1,
            year: 80
        }]
    );
    let page = b.registry.page(&office, made.id).await.unwrap();
    assert_eq!(page.old_codes.len(), 1);
    assert_eq!(page.old_codes[0].code, "02180610137");
    let acts: Vec<_> = page
        .history
        .unwrap()
        .into_iter()
        .map(|h| h.action)
        .collect();
    assert_eq!(acts, ["person.edited", "person.created"]);
    // The same version again: somebody else has saved.
    let again = b
        .registry
        .edit(&office, made.id, made.version, &edit)
        .await
        .unwrap_err();
    assert!(
        matches!(refusal(again), RegistryConflict::Changed(row) if row.version == saved.row.version)
    );
    // Back to the old code: it is the present one, and the other is history.
    edit.fiscal_code = "02180610137".into();
    b.registry
        .edit(&office, made.id, saved.row.version, &edit)
        .await
        .unwrap();
    let codes = b.registry.page(&office, made.id).await.unwrap().old_codes;
    assert_eq!(
        codes.iter().map(|c| c.code.as_str()).collect::<Vec<_>>(),
        ["RSSMRA80A41H501Y"]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn one_person_in_two_roles_is_told_and_a_double_in_one_role_is_not_created(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let office = office(o);
    let teacher = add(
        &b,
        o,
        &draft(PersonKind::Employee, "Rossi", "Maria", "RSSMRA80A41H501Y"),
    )
    .await;
    let user = support::user(&b, o).username("0000205").create().await;
    link(&b, o, user, teacher.id, "employee").await;
    let parent = draft(PersonKind::Guardian, "Rossi", "Maria", "RSSMRA80A41H501Y");
    let PersonCreation::Created(saved) = b.registry.create(&office, &parent, false).await.unwrap()
    else {
        panic!("another role is no double");
    };
    assert_eq!(saved.same.len(), 1);
    assert_eq!(saved.same[0].user.as_ref().unwrap().username, "0000205");
    assert_eq!(
        b.registry.page(&office, teacher.id).await.unwrap().same[0].id,
        saved.row.id
    );
    let double = b.registry.create(&office, &parent, false).await.unwrap();
    assert!(matches!(double, PersonCreation::SameFiscalCode(same) if same[0].id == saved.row.id));
    assert_eq!(found(&b, &office, PersonFilter::default()).await.1, 2);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn only_the_unlinked_without_folders_are_deleted_and_come_back_whole(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let office = office(o);
    let dante = support::unit(&b, o, None, "Primaria Dante").await;
    let linked = add(&b, o, &draft(PersonKind::Employee, "Rossi", "Maria", "")).await;
    let user = support::user(&b, o).create().await;
    link(&b, o, user, linked.id, "employee").await;
    let refused = b.registry.delete(&office, linked.id).await.unwrap_err();
    assert_eq!(refusal(refused), RegistryConflict::Linked);
    let mut turned = PersonDraft::from(&linked);
    turned.kind = Some(PersonKind::Guardian);
    let refused = b
        .registry
        .edit(&office, linked.id, 1, &turned)
        .await
        .unwrap_err();
    assert_eq!(refusal(refused), RegistryConflict::Linked);

    let pupil = add(&b, o, &draft(PersonKind::Pupil, "Fò", "Lea", "02180610137")).await;
    let mut edit = PersonDraft::from(&pupil);
    edit.fiscal_code = String::new();
    b.registry.edit(&office, pupil.id, 1, &edit).await.unwrap();
    enrolled(&b, o, pupil.id, 2026, Some(dante), "1A").await;
    let folder = FolderDraft {
        title: "Iscrizione".into(),
        day: "22/11/2026".into(),
        note: String::new(),
    };
    let folders = b
        .registry
        .add_folder(&office, pupil.id, &folder, vec![])
        .await
        .unwrap();
    let refused = b.registry.delete(&office, pupil.id).await.unwrap_err();
    assert_eq!(refusal(refused), RegistryConflict::HasFolders(1));
    b.registry
        .delete_folder(&office, folders[0].id)
        .await
        .unwrap();
    let before = b.registry.page(&office, pupil.id).await.unwrap();
    let gone = b.registry.delete(&office, pupil.id).await.unwrap();
    assert!(matches!(
        b.registry.page(&office, pupil.id).await,
        Err(ServiceError::NotFound)
    ));
    // A code is never given twice, not even one that was just deleted.
    let next = add(&b, o, &draft(PersonKind::Pupil, "Neri", "Ivo", "")).await;
    assert_eq!(next.code, pupil.code + 1);
    let back = b.registry.restore(&office, gone.undo).await.unwrap();
    assert_eq!((back.id, back.code), (pupil.id, pupil.code));
    let after = b.registry.page(&office, pupil.id).await.unwrap();
    assert_eq!(after.enrolments, before.enrolments);
    assert_eq!(after.old_codes, before.old_codes);
    let again = b.registry.restore(&office, gone.undo).await.unwrap_err();
    assert_eq!(refusal(again), RegistryConflict::NotRestorable);
}

fn file(name: &str, bytes: Vec<u8>) -> Uploaded {
    Uploaded {
        name: name.into(),
        bytes: Some(Bytes::from(bytes)),
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn files_come_out_as_they_went_in_and_each_one_taken_out_is_recorded(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let office = office(o);
    let person = add(&b, o, &draft(PersonKind::Pupil, "Fò", "Lea", "")).await;
    let other = add(&b, o, &draft(PersonKind::Pupil, "Neri", "Ivo", "")).await;
    // Several chunks, and the last one not full.
    let mut scan = b"%PDF-1.7\n".to_vec();
    scan.extend((0..700_000_u32).map(|n| (n % 251) as u8));
    let folder = FolderDraft {
        title: "Documenti".into(),
        day: "2026-11-22".into(),
        note: "Copia".into(),
    };
    let files = vec![
        file("carta.pdf", scan.clone()),
        file("foto.png", vec![0xff, 0xd8, 0xff, 1]),
    ];
    let folders = b
        .registry
        .add_folder(&office, person.id, &folder, files)
        .await
        .unwrap();
    let names: Vec<_> = folders[0].files.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["carta.pdf", "foto.png.jpg"]);
    let id = folders[0].files[0].id;
    let found = b.registry.download(&office, person.id, id).await.unwrap();
    let read: Vec<Bytes> = found.bytes.try_collect().await.unwrap();
    assert_eq!(read.concat(), scan);
    assert!(matches!(
        b.registry.download(&office, other.id, id).await,
        Err(ServiceError::NotFound)
    ));
    let reader = support::actor(&b, o, &[Right::ReadUsers]).await;
    assert!(matches!(
        b.registry.download(&reader, person.id, id).await,
        Err(ServiceError::Denied(_))
    ));
    let stranger = support::school_called(&b, "altra", "Altra").await;
    let far = Actor::system(stranger, "altra");
    assert!(matches!(
        b.registry.download(&far, person.id, id).await,
        Err(ServiceError::NotFound)
    ));
    b.registry
        .delete_folder(&office, folders[0].id)
        .await
        .unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from folder_chunks")
        .fetch_one(&b.core.pool)
        .await
        .unwrap();
    assert_eq!(left, 0);
    let acts: Vec<_> = b
        .registry
        .page(&office, person.id)
        .await
        .unwrap()
        .history
        .unwrap();
    let acts: Vec<_> = acts.into_iter().map(|h| h.action).collect();
    assert_eq!(
        acts,
        [
            "folder.deleted",
            "folder.downloaded",
            "folder.created",
            "person.created"
        ]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn every_bad_file_is_named_and_nothing_of_the_folder_is_kept(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let office = office(o);
    let person = add(&b, o, &draft(PersonKind::Pupil, "Fò", "Lea", "")).await;
    let folder = FolderDraft {
        title: String::new(),
        day: "2026-11-22".into(),
        note: String::new(),
    };
    let files = vec![
        file("pagina.pdf", b"<!doctype html><p>x".to_vec()),
        file("vuoto.pdf", vec![]),
        file("buono.pdf", b"%PDF-1.4".to_vec()),
        file("grande.jpg", vec![0xff; FILE_MAX + 1]),
        Uploaded {
            name: "foto.jpg".into(),
            bytes: None,
        },
    ];
    let refused = b
        .registry
        .add_folder(&office, person.id, &folder, files)
        .await
        .unwrap_err();
    let ServiceError::Invalid(errors) = refused else {
        panic!("{refused:?}");
    };
    let name = |n: &str| n.to_owned();
    assert_eq!(
        errors.0.into_iter().map(|(_, e)| e).collect::<Vec<_>>(),
        [
            FieldError::Required,
            FieldError::File(FileProblem::WebPage {
                name: name("pagina.pdf")
            }),
            FieldError::File(FileProblem::Empty {
                name: name("vuoto.pdf")
            }),
            FieldError::File(FileProblem::TooLarge {
                name: name("grande.jpg")
            }),
            FieldError::File(FileProblem::TooLarge {
                name: name("foto.jpg")
            }),
        ]
    );
    assert_eq!(
        b.registry
            .page(&office, person.id)
            .await
            .unwrap()
            .folders
            .unwrap(),
        []
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_export_holds_what_the_filter_finds_and_no_cell_that_runs(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let office = office(o);
    let dante = support::unit(&b, o, None, "Primaria Dante").await;
    let pupil = add(&b, o, &draft(PersonKind::Pupil, "=cmd|x", "Lea", "")).await;
    enrolled(&b, o, pupil.id, 2026, Some(dante), "1A").await;
    add(&b, o, &draft(PersonKind::Employee, "Rossi", "Maria", "")).await;
    let words = RegistryWords {
        header: std::array::from_fn(|i| format!("c{i}")),
        kind: |_, k| k.code(),
        states: ["Sì".into(), "No".into()],
        day: |_, d| d.to_string(),
    };
    let filter = PersonFilter {
        kind: Some(PersonKind::Pupil),
        ..PersonFilter::default()
    };
    let bytes: Vec<_> = b
        .registry
        .export(&office, filter, words)
        .await
        .unwrap()
        .collect()
        .await;
    let text: Vec<u8> = bytes.into_iter().flat_map(Result::unwrap).collect();
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[1],
        "00000000000001;'=cmd|x;Lea;;;;;pupil;Primaria Dante;2026/2027;1A;Sì;"
    );
    assert!(
        support::audit_actions(&b, o)
            .await
            .contains(&"persons.exported".to_owned())
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn no_page_of_a_large_registry_reads_the_whole_table(pool: PgPool) {
    let b = support::backend(pool, support::now());
    let o = support::school(&b).await;
    let other = support::school_called(&b, "altra", "Altra").await;
    let site = support::unit(&b, o, None, "Primaria Dante").await;
    for (house, many) in [(o, 20_000), (other, 60_000)] {
        sqlx::query(
            "insert into persons (organisation_id, code, kind, surname, given_name, fiscal_code, created_at)
             select $1, n, (array['pupil','guardian','employee'])[1 + n % 3], 'Cognome' || (n % 5000), 'Nome' || n,
               'RSS' || n, now() from generate_series(1, $2) n",
        )
        .bind(house.0)
        .bind(many)
        .execute(&b.core.pool)
        .await
        .unwrap();
    }
    sqlx::query(
        "insert into enrolments (organisation_id, person_id, school_year, unit_id, class)
         select organisation_id, id, 2015 + id % 12, case when organisation_id = $1 then $2 end, (1 + id % 5) || 'A'
         from persons where kind = 'pupil'",
    )
    .bind(o.0)
    .bind(site.0)
    .execute(&b.core.pool)
    .await
    .unwrap();
    sqlx::query("vacuum analyze persons, enrolments, user_person_links, folders")
        .execute(&b.core.pool)
        .await
        .unwrap();
    let scope = Scope::of(&office(o), Right::ManageRegistry);
    let f = PersonFilter::default;
    let filters = [
        f(),
        PersonFilter {
            kind: Some(PersonKind::Pupil),
            ..f()
        },
        PersonFilter {
            linked: Some(false),
            ..f()
        },
        PersonFilter {
            school_year: Some(2026),
            class: Some("1A".into()),
            ..f()
        },
        PersonFilter {
            site: Some(site),
            school_year: Some(2026),
            ..f()
        },
        PersonFilter {
            text: "cognome4321".into(),
            ..f()
        },
        PersonFilter {
            text: "RSS123".into(),
            kind: Some(PersonKind::Guardian),
            ..f()
        },
    ];
    for filter in filters {
        let query = PersonQuery {
            filter,
            ..PersonQuery::default()
        };
        let mut conn = b.core.pool.acquire().await.unwrap();
        let plan = search::explain(&mut conn, &scope, &query)
            .await
            .unwrap()
            .join("\n");
        for table in ["persons", "enrolments"] {
            assert!(
                !plan.contains(&format!("Seq Scan on {table}")),
                "{query:?}\n{plan}"
            );
        }
    }
}
