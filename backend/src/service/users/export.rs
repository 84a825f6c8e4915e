//! Export of the list: all pages of what is found or selected, streamed.

use super::Users;
use crate::{
    Core,
    db::{
        audit,
        users::search::{self, ExportRow},
    },
    error::{Result, ServiceError},
    exchange::{CsvWriter, XlsxWriter},
};
use bytes::Bytes;
use domain::{
    access::{Action, Actor, Right, Scope, decide},
    user::{FieldError, FieldErrors, Selection, UserSort, UserState},
};
use futures::{Stream, StreamExt};
use jiff::civil::Date;
use serde_json::json;
use std::{io, time::Duration};
use tokio::{io::AsyncReadExt, sync::mpsc, time::timeout};

/// Bytes sent at once.
const CHUNK: usize = 64 * 1024;
/// A reader that takes nothing for so long is gone: its connection to Postgres is freed.
const STALLED: Duration = Duration::from_secs(60);
/// Rows of a sheet below its header.
const SHEET_ROWS: u64 = 1_048_575;

/// The kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// `;`, BOM, CRLF.
    Csv,
    /// One sheet.
    Xlsx,
}

/// The words of the file, in the reader's language.
#[derive(Clone, Debug)]
pub struct ExportWords {
    /// Name of the sheet, at most 31 characters.
    pub sheet: String,
    /// «Nome utente», «Cognome», «Nome», «Codice fiscale», «Mail utente», «Gruppi»,
    /// «Attivo», «Scadenza password», «Lingua».
    pub header: [String; 9],
    /// «Sì», «No», «Archiviato».
    pub states: [String; 3],
    /// A day as the language writes it.
    pub day: fn(domain::Locale, Date) -> String,
}

impl Users {
    /// The bytes of a file with everyone in `selection`, in the order of `sort`. What the
    /// filter finds is a selection without exclusions. Written to the audit trail before
    /// the first byte leaves.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`]; [`ServiceError::Invalid`] (`format`) where a sheet
    /// cannot hold so many rows. A failure after the beginning ends the stream with it.
    pub async fn export(
        &self,
        actor: &Actor,
        selection: Selection,
        sort: UserSort,
        format: ExportFormat,
        words: ExportWords,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
        decide(actor, Action::ExportUsers)?;
        let scope = Scope::of(actor, Right::ReadUsers);
        let mut tx = self.0.pool.begin().await?;
        let rows = search::count_selected(&mut tx, &scope, &selection).await?;
        if format == ExportFormat::Xlsx && rows > SHEET_ROWS {
            let errors = FieldErrors::one(
                "format",
                FieldError::TooLong(usize::try_from(SHEET_ROWS).unwrap_or(usize::MAX)),
            );
            return Err(ServiceError::Invalid(errors));
        }
        audit::record(
            &mut tx,
            actor,
            self.0.clock.now(),
            entry(&selection, format, rows),
        )
        .await?;
        tx.commit().await?;
        let (send, receive) = mpsc::channel(4);
        let job = Job {
            core: self.0.clone(),
            scope,
            selection,
            sort,
            locale: actor.locale,
            words,
            send,
        };
        tokio::spawn(async move {
            let send = job.send.clone();
            let done = match format {
                ExportFormat::Csv => job.csv().await,
                ExportFormat::Xlsx => job.xlsx().await,
            };
            if let Err(e) = done {
                let _ = timeout(STALLED, send.send(Err(e))).await;
            }
        });
        let pieces = futures::stream::unfold(receive, |mut r| async move {
            r.recv().await.map(|piece| (piece, r))
        });
        // Compression asks once more after the end, which an unfold answers with a panic.
        Ok(pieces.fuse())
    }
}

/// What was exported. Words typed into the search can be names: only that some were.
fn entry(selection: &Selection, format: ExportFormat, rows: u64) -> audit::Entry<'static> {
    let format = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Xlsx => "xlsx",
    };
    let after = match selection {
        Selection::Only(_) => json!({ "format": format, "rows": rows, "what": "selected" }),
        Selection::AllFound { filter, except, .. } => json!({
            "format": format, "rows": rows, "what": "found", "groups": filter.groups,
            "state": filter.state.map(UserState::code), "searched": !filter.text.trim().is_empty(), "except": except.len(),
        }),
    };
    audit::Entry {
        action: "users.exported",
        object_kind: "organisation",
        after: Some(after),
        ..audit::Entry::default()
    }
}

/// An export under way. It ends when its reader goes away.
struct Job {
    core: Core,
    scope: Scope,
    selection: Selection,
    sort: UserSort,
    locale: domain::Locale,
    words: ExportWords,
    send: mpsc::Sender<io::Result<Bytes>>,
}

impl Job {
    async fn csv(self) -> io::Result<()> {
        let mut file = CsvWriter::new();
        file.row(&self.words.header);
        let mut conn = self.core.pool.acquire().await.map_err(io::Error::other)?;
        let mut query = search::export(&self.scope, &self.selection, self.sort, self.locale);
        let mut rows = query.build_query_as::<ExportRow>().fetch(&mut *conn);
        while let Some(row) = rows.next().await {
            file.row(self.cells(row.map_err(io::Error::other)?));
            if file.len() >= CHUNK {
                self.give(file.take()).await?;
            }
        }
        self.give(file.take()).await
    }

    async fn xlsx(self) -> io::Result<()> {
        let mut file = XlsxWriter::new(&self.words.sheet, &self.words.header)?;
        {
            let mut conn = self.core.pool.acquire().await.map_err(io::Error::other)?;
            let mut query = search::export(&self.scope, &self.selection, self.sort, self.locale);
            let mut rows = query.build_query_as::<ExportRow>().fetch(&mut *conn);
            while let Some(row) = rows.next().await {
                file.row(self.cells(row.map_err(io::Error::other)?))?;
                if self.send.is_closed() {
                    return Ok(());
                }
            }
        }
        // Packing takes seconds of processor time: not on an async thread.
        let file = tokio::task::spawn_blocking(move || file.finish())
            .await
            .map_err(io::Error::other)??;
        let mut file = tokio::fs::File::from_std(file);
        loop {
            let mut piece = Vec::with_capacity(CHUNK);
            if (&mut file)
                .take(CHUNK as u64)
                .read_to_end(&mut piece)
                .await?
                == 0
            {
                return Ok(());
            }
            self.give(piece).await?;
        }
    }

    async fn give(&self, piece: Vec<u8>) -> io::Result<()> {
        match timeout(STALLED, self.send.send(Ok(piece.into()))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn cells(&self, row: ExportRow) -> [String; 9] {
        let state = match row.state.parse() {
            Ok(UserState::Active) => &self.words.states[0],
            Ok(UserState::Archived) => &self.words.states[2],
            _ => &self.words.states[1],
        };
        let end = row
            .password_day
            .map(|d| (self.words.day)(self.locale, d.to_jiff()))
            .unwrap_or_default();
        [
            row.username,
            row.surname,
            row.given_name,
            row.fiscal_code.unwrap_or_default(),
            row.email.unwrap_or_default(),
            row.groups.unwrap_or_default(),
            state.clone(),
            end,
            row.locale.to_uppercase(),
        ]
    }
}
