//! «+ Fascicolo»: folders of a person with their files. Documents are for those who keep
//! the registry; who took one out stands in the trail.

use super::Registry;
use crate::{
    ServiceError,
    db::{
        audit,
        persons::{folders, read, write},
    },
    error::Result,
};
use bytes::Bytes;
use domain::{
    FolderFileId, FolderId, PersonId,
    access::{Action, Actor, Right, Scope, decide},
    person::folder::{
        FILES_MAX, FileProblem, Folder, FolderDraft, FolderFile, NewFolder, check_file,
    },
    user::{FieldError, FieldErrors},
};
use futures::Stream;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io;

/// A file as it came.
#[derive(Debug)]
pub struct Uploaded {
    /// The name on the person's machine.
    pub name: String,
    /// Its bytes; `None` where it was too large to be read to its end.
    pub bytes: Option<Bytes>,
}

/// A file on its way out.
pub struct Download<S> {
    /// Name, type and size.
    pub file: FolderFile,
    /// Its bytes.
    pub bytes: S,
}

impl Registry {
    /// Whether the actor may add folders to the person: asked before a body is read for
    /// somebody who may not.
    ///
    /// # Errors
    /// As for [`Registry::add_folder`].
    pub async fn may_add_folder(&self, actor: &Actor, person: PersonId) -> Result<()> {
        decide(actor, Action::EditPersons)?;
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut conn = self.0.pool.acquire().await?;
        read::row(&mut conn, &scope, person).await?;
        Ok(())
    }

    /// Adds a folder with its files, all or nothing.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with every field and file that is wrong;
    /// [`ServiceError::NotFound`] outside the actor's scope.
    pub async fn add_folder(
        &self,
        actor: &Actor,
        person: PersonId,
        draft: &FolderDraft,
        files: Vec<Uploaded>,
    ) -> Result<Vec<Folder>> {
        decide(actor, Action::EditPersons)?;
        let checked = tokio::task::spawn_blocking({
            let draft = draft.clone();
            move || check(&draft, files)
        })
        .await
        .map_err(ServiceError::internal)?;
        let (new, files) = checked.map_err(ServiceError::Invalid)?;
        let (now, house) = (self.0.clock.now(), actor.organisation);
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut tx = self.0.pool.begin().await?;
        write::hold(&mut tx, &scope, person).await?;
        let name = read::row(&mut tx, &scope, person).await?.full_name();
        let folder = folders::insert(&mut tx, actor, person, &new, now).await?;
        for file in &files {
            folders::add_file(
                &mut tx,
                house,
                folder,
                &file.name,
                file.kind,
                &file.bytes,
                &file.sha256,
            )
            .await?;
        }
        let names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
        let entry = audit::Entry {
            action: "folder.created",
            object_kind: "person",
            object_id: Some(person.0),
            object_name: &name,
            after: Some(json!({ "folder": new.title, "day": new.day, "files": names.join(", ") })),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        let all = folders::of_person(&mut tx, house, person).await?;
        tx.commit().await?;
        Ok(all)
    }

    /// Deletes a folder with its files, for good.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's scope.
    pub async fn delete_folder(&self, actor: &Actor, id: FolderId) -> Result<Vec<Folder>> {
        decide(actor, Action::EditPersons)?;
        let house = actor.organisation;
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut tx = self.0.pool.begin().await?;
        let folder = folders::named(&mut tx, house, id).await?;
        write::hold(&mut tx, &scope, folder.person).await?;
        let name = read::row(&mut tx, &scope, folder.person).await?.full_name();
        folders::delete(&mut tx, house, id).await?;
        let files = folder.files.join(", ");
        let entry = audit::Entry {
            action: "folder.deleted",
            object_kind: "person",
            object_id: Some(folder.person.0),
            object_name: &name,
            before: Some(json!({ "folder": folder.title, "files": files })),
            ..Default::default()
        };
        audit::record(&mut tx, actor, self.0.clock.now(), entry).await?;
        let all = folders::of_person(&mut tx, house, folder.person).await?;
        tx.commit().await?;
        Ok(all)
    }

    /// A file of a person's folder, chunk by chunk. That it was taken out stands in the
    /// trail before its first byte leaves.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's scope, or where the file belongs to
    /// another person.
    pub async fn download(
        &self,
        actor: &Actor,
        person: PersonId,
        id: FolderFileId,
    ) -> Result<Download<impl Stream<Item = io::Result<Bytes>> + Send + use<>>> {
        decide(actor, Action::EditPersons)?;
        let house = actor.organisation;
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut tx = self.0.pool.begin().await?;
        let (owner, folder, file) = folders::file_of(&mut tx, house, id).await?;
        if owner != person {
            return Err(ServiceError::NotFound);
        }
        let name = read::row(&mut tx, &scope, owner).await?.full_name();
        let entry = audit::Entry {
            action: "folder.downloaded",
            object_kind: "person",
            object_id: Some(owner.0),
            object_name: &name,
            after: Some(json!({ "folder": folder, "files": file.name })),
            ..Default::default()
        };
        audit::record(&mut tx, actor, self.0.clock.now(), entry).await?;
        tx.commit().await?;
        let pool = self.0.pool.clone();
        // A connection a chunk, not one for as long as somebody downloads.
        let bytes = futures::stream::try_unfold(0_i32, move |position| {
            let pool = pool.clone();
            async move {
                let mut conn = pool.acquire().await.map_err(io::Error::other)?;
                let piece = folders::chunk(&mut conn, house, id, position)
                    .await
                    .map_err(io::Error::other)?;
                Ok(piece.map(|piece| (Bytes::from(piece), position + 1)))
            }
        });
        Ok(Download { file, bytes })
    }
}

struct Checked {
    name: String,
    kind: domain::person::folder::FileType,
    bytes: Bytes,
    sha256: Vec<u8>,
}

/// Checks the form and every file, and names everything that is wrong.
fn check(
    draft: &FolderDraft,
    files: Vec<Uploaded>,
) -> Result<(NewFolder, Vec<Checked>), FieldErrors> {
    let (new, mut errors) = match draft.check() {
        Ok(new) => (Some(new), FieldErrors::default()),
        Err(errors) => (None, errors),
    };
    if files.len() > FILES_MAX {
        errors.add("files", FieldError::File(FileProblem::TooMany));
    }
    let mut good = Vec::new();
    for file in files {
        let Some(bytes) = file.bytes else {
            let name = domain::person::folder::clean_name(&file.name);
            errors.add("files", FieldError::File(FileProblem::TooLarge { name }));
            continue;
        };
        match check_file(&file.name, &bytes) {
            Ok((kind, name)) => good.push(Checked {
                name,
                kind,
                sha256: Sha256::digest(&bytes).to_vec(),
                bytes,
            }),
            Err(problem) => errors.add("files", FieldError::File(problem)),
        }
    }
    match new {
        Some(new) if errors.is_empty() => Ok((new, good)),
        _ => Err(errors),
    }
}
