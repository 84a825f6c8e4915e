//! Export of the registry: everyone the filter finds, streamed as CSV.

use super::{Registry, list::reading};
use crate::{
    Core,
    db::{
        audit,
        persons::{
            kind,
            search::{self, ExportRow},
        },
    },
    error::Result,
    exchange::CsvWriter,
};
use bytes::Bytes;
use domain::{
    Locale,
    access::{Action, Actor, Scope, decide},
    person::{PersonFilter, PersonKind, padded_code, school_year_words},
};
use futures::{Stream, StreamExt};
use jiff::civil::Date;
use serde_json::json;
use std::{io, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// Bytes sent at once.
const CHUNK: usize = 64 * 1024;
/// A reader that takes nothing for so long is gone: its connection to Postgres is freed.
const STALLED: Duration = Duration::from_secs(60);

/// The words of the file, in the reader's language.
#[derive(Clone, Debug)]
pub struct RegistryWords {
    /// «Codice», «Cognome», «Nome», «Codice fiscale», «Partita IVA», «Data di nascita»,
    /// «Mail», «Tipo anagrafica», «Plesso», «Anno scolastico», «Classe», «Attivo»,
    /// «Nome utente»: in Italian the headers that an import reads again.
    pub header: [String; 13],
    /// The word of a kind.
    pub kind: fn(Locale, PersonKind) -> &'static str,
    /// «Sì», «No».
    pub states: [String; 2],
    /// A day as the language writes it.
    pub day: fn(Locale, Date) -> String,
}

impl Registry {
    /// The bytes of a file with everyone the filter finds, by name; cells that a
    /// spreadsheet would run are neutralised. Written to the trail before the first byte
    /// leaves.
    ///
    /// # Errors
    /// As for [`Registry::list`]. A failure after the beginning ends the stream with it.
    pub async fn export(
        &self,
        actor: &Actor,
        filter: PersonFilter,
        words: RegistryWords,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
        decide(actor, Action::ReadPersons)?;
        let scope = reading(actor);
        let mut tx = self.0.pool.begin().await?;
        let rows = search::count(&mut tx, &scope, &filter).await?;
        // Words typed into the search can be names: only that some were.
        let entry = audit::Entry {
            action: "persons.exported",
            object_kind: "organisation",
            after: Some(json!({
                "format": "csv", "rows": rows, "kind": filter.kind.map(PersonKind::code),
                "school_year": filter.school_year, "class": filter.class, "linked": filter.linked,
                "searched": !filter.text.trim().is_empty(),
            })),
            ..audit::Entry::default()
        };
        audit::record(&mut tx, actor, self.0.clock.now(), entry).await?;
        tx.commit().await?;
        let (send, receive) = mpsc::channel(4);
        let job = Job {
            core: self.0.clone(),
            scope,
            filter,
            locale: actor.locale,
            words,
            send,
        };
        tokio::spawn(async move {
            let send = job.send.clone();
            if let Err(e) = job.run().await {
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

/// An export under way. It ends when its reader goes away.
struct Job {
    core: Core,
    scope: Scope,
    filter: PersonFilter,
    locale: Locale,
    words: RegistryWords,
    send: mpsc::Sender<io::Result<Bytes>>,
}

impl Job {
    async fn run(self) -> io::Result<()> {
        let mut file = CsvWriter::new();
        file.row(&self.words.header);
        let mut conn = self.core.pool.acquire().await.map_err(io::Error::other)?;
        let mut query = search::export(&self.scope, &self.filter);
        let mut rows = query.build_query_as::<ExportRow>().fetch(&mut *conn);
        while let Some(row) = rows.next().await {
            file.row(self.cells(row.map_err(io::Error::other)?));
            if file.len() >= CHUNK {
                self.give(file.take()).await?;
            }
        }
        self.give(file.take()).await
    }

    async fn give(&self, piece: Vec<u8>) -> io::Result<()> {
        match timeout(STALLED, self.send.send(Ok(piece.into()))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn cells(&self, row: ExportRow) -> [String; 13] {
        let born = row.birth_date.map(jiff_sqlx::Date::to_jiff);
        let active = usize::from(row.state != "active");
        [
            padded_code(row.code),
            row.surname,
            row.given_name,
            row.fiscal_code.unwrap_or_default(),
            row.vat_number.unwrap_or_default(),
            born.map(|d| (self.words.day)(self.locale, d))
                .unwrap_or_default(),
            row.email.unwrap_or_default(),
            (self.words.kind)(self.locale, kind(&row.kind)).to_owned(),
            row.site.unwrap_or_default(),
            row.school_year.map(school_year_words).unwrap_or_default(),
            row.class.unwrap_or_default(),
            self.words.states[active].clone(),
            row.username.unwrap_or_default(),
        ]
    }
}
