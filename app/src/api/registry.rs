//! «Anagrafiche»: the list, a person's page, data, enrolments, folders. All calls are POST
//! with a JSON body: names and codes stand in no access log. Files come and go by plain
//! routes with limits of their own.

use super::ApiResult;
use domain::{
    AuditId, FolderId, PersonId, UnitId,
    page::Page,
    person::{
        Enrolment, EnrolmentDraft, PersonCreation, PersonDeleted, PersonDraft, PersonFilter,
        PersonPage, PersonQuery, PersonRow, PersonSaved, folder::Folder,
    },
    user::HistoryEntry,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// A page of the list with its totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonList {
    /// The cards, with the exact total.
    pub page: Page<PersonRow>,
    /// Of those the other filters find, how many have no user: «Solo non collegate (793)».
    pub unlinked: u64,
}

/// A class as it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassChoice {
    /// First calendar year.
    pub school_year: i16,
    /// School site.
    pub site: Option<UnitId>,
    /// Its name; empty for enrolments without a class.
    pub class: String,
}

/// What the list and the forms need beside their data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryFrame {
    /// «Plesso»: school sites and institutes, by name.
    pub sites: Vec<(UnitId, String)>,
    /// Years, sites and classes as they occur together.
    pub classes: Vec<ClassChoice>,
    /// The present school year, its first calendar year.
    pub year: i16,
    /// The present day where the organisation is.
    pub today: jiff::civil::Date,
    /// When a file of persons was last applied.
    pub imported_at: Option<jiff::Timestamp>,
    /// The reader may change persons.
    pub may_edit: bool,
    /// The reader may add persons.
    pub may_create: bool,
    /// The reader may link them.
    pub may_link: bool,
}

/// Body of `POST /anagrafiche/esporta`, as JSON in the form field `richiesta`.
pub type RegistryExport = PersonFilter;

/// A page of the list. With `usual_rows` the person's usual «Righe per pagina» is taken
/// instead of the query's; the answer tells which.
#[server(prefix = "/api", endpoint = "registry/list", input = Json)]
pub async fn list_persons(query: PersonQuery, usual_rows: bool) -> ApiResult<PersonList> {
    let cx = crate::ssr::context()?;
    let found = cx
        .backend
        .registry
        .list(&cx.actor, query, usual_rows)
        .await
        .map_err(crate::ssr::surface)?;
    Ok(PersonList {
        page: found.page,
        unlinked: found.unlinked,
    })
}

/// Sites, classes, years and rights.
#[server(prefix = "/api", endpoint = "registry/frame", input = Json)]
pub async fn read_registry_frame() -> ApiResult<RegistryFrame> {
    let cx = crate::ssr::context()?;
    let frame = cx
        .backend
        .registry
        .frame(&cx.actor)
        .await
        .map_err(crate::ssr::surface)?;
    let classes = frame.classes.into_iter().map(|c| ClassChoice {
        school_year: c.school_year,
        site: c.site,
        class: c.class,
    });
    Ok(RegistryFrame {
        sites: frame.sites,
        classes: classes.collect(),
        year: frame.year,
        today: frame.today,
        imported_at: frame.imported_at,
        may_edit: frame.may_edit,
        may_create: frame.may_create,
        may_link: frame.may_link,
    })
}

/// Everything `/anagrafiche/:id` shows.
#[server(prefix = "/api", endpoint = "registry/read", input = Json)]
pub async fn read_person(id: PersonId) -> ApiResult<PersonPage> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .page(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// Entries of «Cronologia» older than `before`.
#[server(prefix = "/api", endpoint = "registry/history", input = Json)]
pub async fn person_history(id: PersonId, before: AuditId) -> ApiResult<Vec<HistoryEntry>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .history(&cx.actor, id, before)
        .await
        .map_err(crate::ssr::surface)
}

/// «Nuova anagrafica»; `force` creates also where the codice fiscale is there already.
#[server(prefix = "/api", endpoint = "registry/create", input = Json)]
pub async fn create_person(draft: PersonDraft, force: bool) -> ApiResult<PersonCreation> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .create(&cx.actor, &draft, force)
        .await
        .map_err(crate::ssr::surface)
}

/// Changes the data; `version` is the one that was read.
#[server(prefix = "/api", endpoint = "registry/save", input = Json)]
pub async fn save_person(id: PersonId, version: i32, draft: PersonDraft) -> ApiResult<PersonSaved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .edit(&cx.actor, id, version, &draft)
        .await
        .map_err(crate::ssr::surface)
}

/// «Elimina».
#[server(prefix = "/api", endpoint = "registry/delete", input = Json)]
pub async fn delete_person(id: PersonId) -> ApiResult<PersonDeleted> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .delete(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// Undoes a deletion.
#[server(prefix = "/api", endpoint = "registry/restore", input = Json)]
pub async fn restore_person(entry: AuditId) -> ApiResult<PersonRow> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .restore(&cx.actor, entry)
        .await
        .map_err(crate::ssr::surface)
}

/// Writes the enrolment of a year; gives all of them.
#[server(prefix = "/api", endpoint = "registry/enrol", input = Json)]
pub async fn enrol(id: PersonId, draft: EnrolmentDraft) -> ApiResult<Vec<Enrolment>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .enrol(&cx.actor, id, &draft)
        .await
        .map_err(crate::ssr::surface)
}

/// Takes the enrolment of a year away; gives what was there, to put it back.
#[server(prefix = "/api", endpoint = "registry/unenrol", input = Json)]
pub async fn unenrol(id: PersonId, school_year: i16) -> ApiResult<EnrolmentDraft> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .unenrol(&cx.actor, id, school_year)
        .await
        .map_err(crate::ssr::surface)
}

/// Deletes a folder with its files; gives those left.
#[server(prefix = "/api", endpoint = "registry/delete-folder", input = Json)]
pub async fn delete_folder(folder: FolderId) -> ApiResult<Vec<Folder>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registry
        .delete_folder(&cx.actor, folder)
        .await
        .map_err(crate::ssr::surface)
}
