//! One `.eml` file a mail; it appears whole or not at all.

use super::{Parcel, TransportError};
use std::path::Path;

/// Makes the folder where it is missing. The mails in it hold working passwords, so it is
/// for this account alone.
pub async fn prepare(folder: &Path) -> Result<(), TransportError> {
    let made = tokio::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .await;
    made.map_err(TransportError::Folder)
}

/// Writes beside and renames: a reader never sees half a mail.
pub async fn write(folder: &Path, parcel: &Parcel) -> std::io::Result<()> {
    let stamp = parcel.date.strftime("%Y%m%dT%H%M%S%6fZ");
    let name = format!("{stamp}-{}.eml", parcel.message_id);
    let beside = folder.join(format!(".{name}.part"));
    let written = async {
        tokio::fs::write(&beside, &parcel.bytes).await?;
        tokio::fs::rename(&beside, folder.join(&name)).await
    }
    .await;
    if written.is_err() {
        // A full disk leaves a half file: it must not stay, it holds a secret.
        let _ = tokio::fs::remove_file(&beside).await;
    }
    written
}
