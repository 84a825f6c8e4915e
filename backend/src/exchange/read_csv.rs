//! CSV: delimiter, header row and rows of a text.

use super::{Each, HEADER_WITHIN, Row, encoding, shifted};
use csv::{ReaderBuilder, StringRecord};
use domain::import::{
    FileError, FileFormat, FoundInstead, Header, ImportKind, Problem, Recognised,
};

const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];
/// A cell that runs over more lines than this was opened by a stray quotation mark.
const LINES_OF_A_ROW: u64 = 30;

pub(super) fn read(
    kind: ImportKind,
    bytes: &[u8],
    each: &mut Each<'_>,
) -> Result<Recognised, FileError> {
    let decoded = encoding::decode(bytes)?;
    let text = skip_hint(&decoded.text);
    if text.trim().is_empty() {
        return Err(FileError::Empty);
    }
    let skipped = decoded.text.len() - text.len();
    let lines_skipped = count_lines(&decoded.text.as_bytes()[..skipped]);

    let (delimiter, records_above) = layout(kind, text)?;
    let mut reader = reader(text, delimiter);
    let mut record = StringRecord::new();
    for _ in 0..=records_above {
        if !next(&mut reader, &mut record)? {
            return Err(FileError::Empty);
        }
    }
    let header_cells: Vec<&str> = record.iter().collect();
    let header = Header::find(kind, &header_cells)?;
    let header_line = line_of(text, &record, lines_skipped);
    let recognised = Recognised {
        format: FileFormat::Csv,
        encoding: decoded.name.to_owned(),
        delimiter: Some(char::from(delimiter)),
        header_line,
        columns: header.columns(),
        ignored: header.ignored.clone(),
        ..Recognised::default()
    };
    let mut row = StringRecord::new();
    while next(&mut reader, &mut row)? {
        let cells: Vec<&str> = row.iter().collect();
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        let started = row.position().map_or(0, csv::Position::line);
        let fault = if reader.position().line().saturating_sub(started) > LINES_OF_A_ROW {
            Some(Problem::UnclosedQuote)
        } else {
            shifted(&header, &cells)
        };
        each(Row {
            line: line_of(text, &row, lines_skipped),
            fault,
            header: &header,
            cells: &cells,
        })?;
    }
    Ok(recognised)
}

/// Excel's own hint («sep=;») is not a row.
fn skip_hint(text: &str) -> &str {
    match text.split_once('\n') {
        Some((first, rest))
            if first.len() < 12 && first.trim().to_lowercase().starts_with("sep=") =>
        {
            rest
        }
        _ => text,
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

fn next(reader: &mut csv::Reader<&[u8]>, record: &mut StringRecord) -> Result<bool, FileError> {
    reader
        .read_record(record)
        .map_err(|_| FileError::NotATable {
            found: FoundInstead::Unknown,
        })
}

/// The delimiter, and how many records stand above the header.
fn layout(kind: ImportKind, text: &str) -> Result<(u8, usize), FileError> {
    let mut best: Option<(usize, usize, std::cmp::Reverse<usize>, u8)> = None;
    for delimiter in DELIMITERS {
        let mut reader = reader(text, delimiter);
        let mut record = StringRecord::new();
        for above in 0..HEADER_WITHIN {
            if !next(&mut reader, &mut record)? {
                break;
            }
            let cells: Vec<&str> = record.iter().collect();
            let filled = cells.iter().filter(|c| !c.trim().is_empty()).count();
            let score = (
                Header::score(kind, &cells),
                filled,
                std::cmp::Reverse(above),
                delimiter,
            );
            // Among equals the first row and the more usual delimiter stay.
            if best.is_none_or(|b| (score.0, score.1, score.2) > (b.0, b.1, b.2)) {
                best = Some(score);
            }
        }
    }
    match best {
        None => Err(FileError::Empty),
        Some((0, 0 | 1, ..)) => Err(FileError::NotATable {
            found: FoundInstead::Unknown,
        }),
        // No header known: the first row is what the person takes for it.
        Some((0, .., delimiter)) => Ok((delimiter, 0)),
        Some((_, _, above, delimiter)) => Ok((delimiter, above.0)),
    }
}

/// The line on which a record begins. The reader's own position stands before the line
/// end (and before blank lines) that close the record above.
fn line_of(text: &str, record: &StringRecord, lines_skipped: u64) -> u32 {
    let Some(position) = record.position() else {
        return 0;
    };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let ends = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    let passed = ends.filter(|b| **b == b'\n').count() as u64;
    u32::try_from(position.line() + passed + lines_skipped).unwrap_or(u32::MAX)
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}
