//! Folders of a person and their files, whose bytes stand in chunks.

use crate::error::Result;
use bytes::Bytes;
use domain::{
    FolderFileId, FolderId, OrganisationId, PersonId,
    access::Actor,
    person::folder::{FileType, Folder, FolderFile, NewFolder},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

/// Bytes of a chunk.
pub const CHUNK: usize = 256 * 1024;

#[derive(Debug, Deserialize)]
struct FileRow {
    id: i64,
    name: String,
    kind: String,
    size: u64,
}

/// The folders of a person, newest first, each with its files by name.
///
/// # Errors
/// Where the database fails.
pub async fn of_person(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Vec<Folder>> {
    let rows = sqlx::query!(
        r#"select d.id, d.title, d.day as "day: jiff_sqlx::Date", d.note, d.created_name, d.created_at,
             coalesce((select jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'kind', f.kind,
               'size', f.size) order by f.name, f.id) from folder_files f
               where f.organisation_id = d.organisation_id and f.folder_id = d.id), '[]') as "files!: Json<Vec<FileRow>>"
           from folders d where d.organisation_id = $1 and d.person_id = $2
           order by d.day desc, d.id desc"#,
        organisation.0,
        person.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Folder {
            id: FolderId(r.id),
            title: r.title,
            day: r.day.to_jiff(),
            note: r.note,
            files: r.files.0.into_iter().filter_map(file).collect(),
            created_by: r.created_name,
            created_at: r.created_at.to_jiff(),
        })
        .collect())
}

fn file(row: FileRow) -> Option<FolderFile> {
    Some(FolderFile {
        id: FolderFileId(row.id),
        name: row.name,
        kind: FileType::from_code(&row.kind)?,
        size: row.size,
    })
}

/// Adds a folder.
///
/// # Errors
/// Where the database fails.
pub async fn insert(
    tx: &mut PgConnection,
    actor: &Actor,
    person: PersonId,
    new: &NewFolder,
    now: Timestamp,
) -> Result<FolderId> {
    let id = sqlx::query_scalar!(
        "insert into folders (organisation_id, person_id, title, day, note, created_by, created_name, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        actor.organisation.0,
        person.0,
        new.title,
        new.day.to_sqlx() as _,
        new.note,
        actor.user.map(|u| u.0),
        actor.name,
        now.to_sqlx() as _,
    )
    .fetch_one(tx)
    .await?;
    Ok(FolderId(id))
}

/// Adds a file, already checked, in chunks.
///
/// # Errors
/// Where the database fails.
pub async fn add_file(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    folder: FolderId,
    name: &str,
    kind: FileType,
    bytes: &Bytes,
    sha256: &[u8],
) -> Result<FolderFileId> {
    let id = sqlx::query_scalar!(
        "insert into folder_files (organisation_id, folder_id, name, kind, size, sha256)
         values ($1, $2, $3, $4, $5, $6) returning id",
        organisation.0,
        folder.0,
        name,
        kind.code(),
        i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256,
    )
    .fetch_one(&mut *tx)
    .await?;
    for (position, piece) in (0_i32..).zip(bytes.chunks(CHUNK)) {
        sqlx::query!(
            "insert into folder_chunks (organisation_id, file_id, position, data) values ($1, $2, $3, $4)",
            organisation.0,
            id,
            position,
            piece,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(FolderFileId(id))
}

/// A folder as the trail names it.
#[derive(Debug)]
pub struct Named {
    /// Its person.
    pub person: PersonId,
    /// Its title.
    pub title: String,
    /// Names of its files.
    pub files: Vec<String>,
}

/// A folder of the organisation.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn named(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    folder: FolderId,
) -> Result<Named> {
    let row = sqlx::query!(
        r#"select d.person_id, d.title, coalesce((select array_agg(f.name order by f.name, f.id)
             from folder_files f where f.organisation_id = d.organisation_id and f.folder_id = d.id), '{}') as "files!"
           from folders d where d.organisation_id = $1 and d.id = $2"#,
        organisation.0,
        folder.0
    )
    .fetch_one(conn)
    .await?;
    Ok(Named {
        person: PersonId(row.person_id),
        title: row.title,
        files: row.files,
    })
}

/// Deletes a folder with its files.
///
/// # Errors
/// Where the database fails.
pub async fn delete(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    folder: FolderId,
) -> Result<()> {
    sqlx::query!(
        "delete from folders where organisation_id = $1 and id = $2",
        organisation.0,
        folder.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A file, and the person and folder it belongs to.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn file_of(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: FolderFileId,
) -> Result<(PersonId, String, FolderFile)> {
    let row = sqlx::query!(
        "select d.person_id, d.title, f.name, f.kind, f.size from folder_files f
         join folders d on (d.organisation_id, d.id) = (f.organisation_id, f.folder_id)
         where f.organisation_id = $1 and f.id = $2",
        organisation.0,
        id.0
    )
    .fetch_one(conn)
    .await?;
    let found = file(FileRow {
        id: id.0,
        name: row.name,
        kind: row.kind,
        size: u64::try_from(row.size).unwrap_or_default(),
    });
    match found {
        Some(file) => Ok((PersonId(row.person_id), row.title, file)),
        None => Err(crate::ServiceError::NotFound),
    }
}

/// A chunk of a file; `None` past the end.
///
/// # Errors
/// Where the database fails.
pub async fn chunk(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: FolderFileId,
    position: i32,
) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!(
        "select data from folder_chunks where organisation_id = $1 and file_id = $2 and position = $3",
        organisation.0,
        id.0,
        position
    )
    .fetch_optional(conn)
    .await?)
}
