//! Rows into a table by COPY, in its text format.

use crate::error::{Result, ServiceError};
use sqlx::PgConnection;
use tokio::sync::mpsc::Receiver;

/// A line of COPY's text format being built.
#[derive(Debug, Default)]
pub struct Line {
    out: Vec<u8>,
    open: bool,
}

impl Line {
    /// Adds a column.
    pub fn add(&mut self, value: &str) -> &mut Self {
        self.next();
        for byte in value.bytes() {
            match byte {
                b'\\' => self.out.extend_from_slice(b"\\\\"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                // Postgres keeps no NUL in a text.
                0 => self.out.extend_from_slice("\u{fffd}".as_bytes()),
                byte => self.out.push(byte),
            }
        }
        self
    }

    /// Adds a column that may be null.
    pub fn maybe(&mut self, value: Option<impl AsRef<str>>) -> &mut Self {
        match value {
            Some(value) => self.add(value.as_ref()),
            None => {
                self.next();
                self.out.extend_from_slice(b"\\N");
                self
            }
        }
    }

    /// Adds a column of JSON.
    ///
    /// # Errors
    /// Where the value has no JSON form.
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<&mut Self> {
        // JSON escapes NUL, which jsonb refuses all the same.
        let text = serde_json::to_string(value)
            .map_err(ServiceError::internal)?
            .replace("\\u0000", "\u{fffd}");
        Ok(self.add(&text))
    }

    /// Ends the line.
    pub fn end(&mut self) {
        self.out.push(b'\n');
        self.open = false;
    }

    /// Bytes that wait.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Takes what waits.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn next(&mut self) {
        if self.open {
            self.out.push(b'\t');
        }
        self.open = true;
    }
}

/// Sends what arrives until the channel closes.
///
/// # Errors
/// Where the database refuses a row.
pub async fn copy_in(
    tx: &mut PgConnection,
    statement: &'static str,
    chunks: &mut Receiver<Vec<u8>>,
) -> Result<()> {
    let mut copy = tx.copy_in_raw(statement).await?;
    while let Some(chunk) = chunks.recv().await {
        if let Err(e) = copy.send(chunk).await {
            // The error that matters is the first one.
            copy.abort("a row was refused").await.ok();
            return Err(e.into());
        }
    }
    copy.finish().await?;
    Ok(())
}
