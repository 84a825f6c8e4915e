//! The trail as a file: written to the trail itself before the first byte leaves.

use super::{Audit, everywhere, row, sight};
use crate::{
    Core,
    db::{
        audit::{
            self,
            read::{self, Sight, Wanted},
        },
        users::detail,
    },
    error::Result,
    exchange::{CsvWriter, XlsxWriter},
    service::users::ExportFormat,
};
use bytes::Bytes;
use domain::{
    Locale,
    access::{Action, Actor, decide},
    audit::{AuditFilter, AuditQuery, AuditRow},
    user::HistoryChange,
};
use futures::{Stream, StreamExt};
use jiff::{Timestamp, civil::Date};
use serde_json::json;
use std::{collections::BTreeMap, io, time::Duration};
use tokio::{io::AsyncReadExt, sync::mpsc, time::timeout};

/// Entries read at once.
const BLOCK: i64 = 2000;
/// Bytes sent at once.
const CHUNK: usize = 64 * 1024;
/// A reader that takes nothing for so long is gone.
const STALLED: Duration = Duration::from_secs(60);
/// Rows of a sheet below its header: what does not fit is left out of a sheet.
const SHEET_ROWS: usize = 1_048_575;

/// The words of the file, in the reader's language.
#[derive(Clone, Debug)]
pub struct AuditWords {
    /// Name of the sheet, at most 31 characters.
    pub sheet: String,
    /// «Quando», «Chi», «Azione», «Oggetto», «Prima», «Dopo», «Motivo», «Operazione».
    pub header: [String; 8],
    /// An act in words.
    pub act: fn(Locale, &str) -> String,
    /// A field in words.
    pub field: fn(Locale, &str) -> String,
    /// A moment as the language writes it.
    pub moment: fn(Locale, Timestamp) -> String,
}

impl Audit {
    /// The bytes of a file with every entry that the filter finds.
    ///
    /// # Errors
    /// Without [`domain::access::Right::ReadAudit`]. A failure after the beginning ends the
    /// stream with it.
    pub async fn export(
        &self,
        actor: &Actor,
        query: AuditQuery,
        format: ExportFormat,
        words: AuditWords,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
        decide(actor, Action::ExportAudit)?;
        let sight = sight(actor)?;
        let mut tx = self.0.pool.begin().await?;
        let days = self.days(&mut tx, actor, &query).await?;
        let names = detail::group_names(&mut tx, &everywhere(actor), actor.locale).await?;
        audit::record(&mut tx, actor, self.0.clock.now(), entry(&query, format)).await?;
        tx.commit().await?;
        let (send, receive) = mpsc::channel(4);
        let job = Job {
            core: self.0.clone(),
            organisation: actor.organisation.0,
            sight,
            filter: query.filter,
            days,
            names,
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

/// What was exported. Words typed into «Oggetto» can be names: only that some were.
fn entry(query: &AuditQuery, format: ExportFormat) -> audit::Entry<'static> {
    let filter = &query.filter;
    audit::Entry {
        action: "audit.exported",
        object_kind: "organisation",
        after: Some(json!({
            "format": match format { ExportFormat::Csv => "csv", ExportFormat::Xlsx => "xlsx" },
            "action": filter.action, "who": filter.who, "searched": !filter.object.trim().is_empty(),
        })),
        ..audit::Entry::default()
    }
}

/// An export under way. It ends when its reader goes away.
struct Job {
    core: Core,
    organisation: i64,
    sight: Sight,
    filter: AuditFilter,
    days: (Option<Date>, Option<Date>),
    names: BTreeMap<String, String>,
    locale: Locale,
    words: AuditWords,
    send: mpsc::Sender<io::Result<Bytes>>,
}

impl Job {
    /// The entries below `below`, and where the next ones begin.
    async fn block(
        &self,
        below: Option<read::Cursor>,
    ) -> io::Result<(Vec<AuditRow>, Option<read::Cursor>)> {
        let mut conn = self.core.pool.acquire().await.map_err(io::Error::other)?;
        let wanted = Wanted {
            organisation: self.organisation,
            sight: &self.sight,
            filter: &self.filter,
            days: self.days,
            below,
            most: BLOCK,
        };
        let stored = read::block(&mut conn, &wanted)
            .await
            .map_err(io::Error::other)?;
        let next = stored
            .last()
            .filter(|_| stored.len() as i64 == BLOCK)
            .map(|s| (s.at.to_jiff(), s.id));
        let rows = stored
            .into_iter()
            .map(|s| row(s, &self.names, None, false))
            .collect();
        Ok((rows, next))
    }

    async fn csv(self) -> io::Result<()> {
        let mut file = CsvWriter::new();
        file.row(&self.words.header);
        let mut below = None;
        loop {
            let (rows, next) = self.block(below).await?;
            for row in rows {
                file.row(self.cells(row));
            }
            self.give(file.take()).await?;
            match next {
                Some(next) => below = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn xlsx(self) -> io::Result<()> {
        let mut file = XlsxWriter::new(&self.words.sheet, &self.words.header)?;
        let (mut below, mut written) = (None, 0);
        loop {
            let (rows, next) = self.block(below).await?;
            for row in rows.into_iter().take(SHEET_ROWS - written) {
                file.row(self.cells(row))?;
                written += 1;
            }
            match next {
                Some(next) if written < SHEET_ROWS && !self.send.is_closed() => below = Some(next),
                _ => break,
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

    fn cells(&self, row: AuditRow) -> [String; 8] {
        let l = self.locale;
        let side = |value: fn(&HistoryChange) -> &str| {
            row.changes
                .iter()
                .filter(|c| !value(c).is_empty())
                .map(|c| format!("{}: {}", (self.words.field)(l, &c.field), value(c)))
                .collect::<Vec<_>>()
                .join("; ")
        };
        [
            (self.words.moment)(l, row.at),
            row.actor.1.clone(),
            (self.words.act)(l, &row.action),
            row.object.name.clone(),
            side(|c| &c.before),
            side(|c| &c.after),
            row.reason.clone().unwrap_or_default(),
            row.job.map(|j| j.to_string()).unwrap_or_default(),
        ]
    }
}
