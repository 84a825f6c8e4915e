//! What `delega serve --demo` prepares, once: a school and a canton with the files of
//! `data/demo`, and one person in each who can sign in.

use crate::{command::refusal, settings::Settings};
use anyhow::{Context, Result, ensure};
use backend::{Backend, db::installation, service::Imports};
use bytes::Bytes;
use domain::{
    Locale, OrganisationId,
    access::Actor,
    import::{ImportKind, ImportState},
    organisation::OrganisationKind,
};

/// A file and what it holds.
type File = (ImportKind, &'static str, &'static [u8]);

/// A person who can sign in.
struct Staff {
    /// The terms of use are accepted already; whoever has not meets them at the first sign-in.
    accepted: bool,
    username: &'static str,
    password: &'static str,
    groups: &'static [&'static str],
}

struct Demo {
    code: &'static str,
    kind: OrganisationKind,
    name: &'static str,
    contact: &'static str,
    reply_to: &'static str,
    files: &'static [File],
    staff: &'static [Staff],
}

const DEMOS: [Demo; 2] = [
    Demo {
        code: "scuola-demo",
        kind: OrganisationKind::School,
        name: "IC Esempio",
        contact: "Segreteria IC Esempio, segreteria@scuola.example",
        reply_to: "segreteria@scuola.example",
        files: &[
            (
                ImportKind::Persons,
                "anagrafiche.csv",
                include_bytes!("../../data/demo/anagrafiche.csv"),
            ),
            (
                ImportKind::Users,
                "utenti.csv",
                include_bytes!("../../data/demo/utenti.csv"),
            ),
        ],
        staff: &[Staff {
            accepted: true,
            username: "segreteria",
            password: "demo-Segreteria-2026",
            groups: &["ufficio-didattica", "ufficio-personale"],
        }],
    },
    Demo {
        code: "ti",
        kind: OrganisationKind::Canton,
        name: "Cantone Ticino",
        contact: "Delegata del Cantone Ticino, delegata@ti.example",
        reply_to: "delegata@ti.example",
        files: &[
            (
                ImportKind::Units,
                "unita.csv",
                include_bytes!("../../data/demo/unita.csv"),
            ),
            (
                ImportKind::Users,
                "utenti-cantone.csv",
                include_bytes!("../../data/demo/utenti-cantone.csv"),
            ),
        ],
        staff: &[
            Staff {
                accepted: true,
                username: "delegata",
                password: "demo-Delegata-2026",
                groups: &["kt-superuser"],
            },
            Staff {
                accepted: false,
                username: "supplente",
                password: "demo-Supplente-2026",
                groups: &["kt-superuser"],
            },
        ],
    },
];

/// Prepares what is missing. The staff comes last: where it stands, everything does, and
/// what people have changed since is left alone.
pub async fn prepare(backend: &Backend) -> Result<()> {
    for demo in &DEMOS {
        let id = match backend
            .organisations
            .find(demo.code)
            .await
            .map_err(refusal)?
        {
            Some(found) => {
                ensure!(
                    found.demo,
                    "the organisation {} exists and is not a demo: this database is used by real people",
                    demo.code
                );
                found.id
            }
            None => create(backend, demo).await?,
        };
        let mut missing = Vec::new();
        for staff in demo.staff {
            if !installation::has_account(&backend.core.pool, id, staff.username)
                .await
                .map_err(refusal)?
            {
                missing.push(staff);
            }
        }
        if missing.len() == demo.staff.len() {
            for file in demo.files {
                import(backend, id, file)
                    .await
                    .with_context(|| format!("the demo file {}", file.1))?;
            }
        }
        for staff in missing {
            employ(backend, id, staff).await?;
        }
    }
    Ok(())
}

async fn create(backend: &Backend, demo: &Demo) -> Result<OrganisationId> {
    let id = backend
        .organisations
        .create(demo.code, demo.kind, demo.name, Locale::It)
        .await
        .map_err(refusal)?;
    backend.organisations.mark_demo(id).await.map_err(refusal)?;
    backend
        .organisations
        .set_contact(id, demo.contact, Some(demo.reply_to))
        .await
        .map_err(refusal)?;
    Ok(id)
}

/// The same way a person imports: preview, confirm, and the job does the work.
async fn import(
    backend: &Backend,
    organisation: OrganisationId,
    (kind, name, bytes): &File,
) -> Result<()> {
    let actor = Actor::system(organisation, "delega");
    let id = backend
        .imports
        .preview(&actor, *kind, name, Bytes::from_static(bytes))
        .await
        .map_err(refusal)?;
    let job = backend
        .imports
        .confirm(&actor, id, "", Imports::key_of(id))
        .await
        .map_err(refusal)?;
    backend::jobs::import::apply(backend, organisation, job)
        .await
        .map_err(refusal)?;
    let state = backend
        .imports
        .get(&actor, id)
        .await
        .map_err(refusal)?
        .state;
    ensure!(
        state == ImportState::Applied,
        "its import ended as {state:?}"
    );
    Ok(())
}

async fn employ(backend: &Backend, organisation: OrganisationId, staff: &Staff) -> Result<()> {
    let (first, more) = staff
        .groups
        .split_first()
        .context("staff without a group")?;
    let user = backend
        .organisations
        .create_account(organisation, staff.username, staff.password, first, false)
        .await
        .map_err(refusal)?;
    if !more.is_empty() {
        let actor = Actor::system(organisation, "delega");
        let known = backend
            .organisations
            .groups(&actor, Locale::It)
            .await
            .map_err(refusal)?;
        let groups: Vec<_> = known
            .iter()
            .filter(|g| staff.groups.contains(&g.code.as_str()))
            .map(|g| g.id)
            .collect();
        backend
            .users
            .change_groups(&actor, user, 1, &groups, true, Locale::It)
            .await
            .map_err(refusal)?;
    }
    if staff.accepted {
        let person = Actor {
            user: Some(user),
            ..Actor::system(organisation, staff.username)
        };
        backend
            .terms
            .accept(&person, domain::terms::VERSION)
            .await
            .map_err(refusal)?;
    }
    Ok(())
}

/// What the person at the terminal needs to begin.
pub fn sign_ins(settings: &Settings) -> String {
    let mut text = format!("\n  {}\n", settings.base_url);
    for demo in &DEMOS {
        let Some(staff) = demo.staff.first() else {
            continue;
        };
        text += &format!(
            "\n  {}\n    Ente          {}\n    Nome utente   {}\n    Password      {}\n",
            demo.name, demo.code, staff.username, staff.password
        );
    }
    text + &match settings.smtp_url {
        None => format!("\n  Posta di prova  {}/posta-di-prova\n", settings.base_url),
        Some(_) => "\n  Mails leave by SMTP.\n".to_owned(),
    }
}
