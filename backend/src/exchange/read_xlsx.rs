//! XLSX: the sheet with the table, read as a stream of cells.

use super::{Each, HEADER_WITHIN, Row, shifted};
use calamine::{DataRef, Reader, SheetType, Style, Xlsx, open_workbook_from_rs};
use domain::import::{
    FileError, FileFormat, FoundInstead, Header, HeaderProblem, ImportKind, MAX_ROWS, Recognised,
};
use std::io::{Cursor, Read, copy, sink};

/// Bytes that a workbook may have when unpacked: what 200,000 full rows need, twice.
const MAX_UNPACKED: u64 = 300 * 1024 * 1024;
/// Files that a workbook may hold.
const MAX_PARTS: usize = 2_000;
/// Columns that are looked at.
const MAX_COLUMNS: usize = 256;

/// Whether a ZIP file is a workbook of bearable size. Everything is really unpacked (and
/// thrown away): the sizes that a ZIP file declares may lie.
pub(super) fn check(bytes: &[u8]) -> Result<(), FileError> {
    check_within(bytes, MAX_UNPACKED)
}

pub(super) fn check_within(bytes: &[u8], max_unpacked: u64) -> Result<(), FileError> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileError::Damaged)?;
    if zip.len() > MAX_PARTS {
        return Err(FileError::TooLargeUnpacked);
    }
    let names: Vec<String> = zip
        .file_names()
        .flatten()
        .map(|n| n.to_lowercase())
        .collect();
    let has = |part: &str| names.iter().any(|n| n.starts_with(part));
    if !has("xl/workbook.xml") {
        let found =
            if has("word/") || has("ppt/") || has("xl/") || has("mimetype") || has("content.xml") {
                FoundInstead::Document
            } else {
                FoundInstead::Archive
            };
        return Err(FileError::NotATable { found });
    }
    let mut left = max_unpacked;
    for i in 0..zip.len() {
        let part = zip.by_index(i).map_err(|_| FileError::Damaged)?;
        let unpacked =
            copy(&mut part.take(left + 1), &mut sink()).map_err(|_| FileError::Damaged)?;
        left = left
            .checked_sub(unpacked)
            .ok_or(FileError::TooLargeUnpacked)?;
    }
    Ok(())
}

pub(super) fn read(
    kind: ImportKind,
    bytes: &[u8],
    each: &mut Each<'_>,
) -> Result<Recognised, FileError> {
    let mut book: Xlsx<Cursor<&[u8]>> =
        open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| FileError::Damaged)?;
    let sheets: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| s.name.clone())
        .collect();
    let mut refused = None;
    for sheet in &sheets {
        match header(kind, &mut book, sheet)? {
            Found::Header(row, header) => return rows(&mut book, sheet, row, &header, each),
            Found::Problem(problem) => refused = refused.or(Some(problem)),
            Found::Nothing => {}
        }
    }
    Err(refused.map_or(FileError::Empty, FileError::from))
}

enum Found {
    Header(u32, Header),
    Problem(HeaderProblem),
    Nothing,
}

/// The best header among the first rows of a sheet.
fn header(
    kind: ImportKind,
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
) -> Result<Found, FileError> {
    let mut best: Option<(usize, u32, Vec<String>)> = None;
    let mut seen = 0;
    each_row(book, sheet, |row, cells| {
        seen += 1;
        let score = Header::score(kind, cells);
        if best.as_ref().is_none_or(|b| score > b.0) {
            best = Some((score, row, cells.to_vec()));
        }
        Ok(seen < HEADER_WITHIN)
    })?;
    Ok(match best {
        None => Found::Nothing,
        Some((_, row, cells)) => match Header::find(kind, &cells) {
            Ok(header) => Found::Header(row, header),
            Err(problem) => Found::Problem(problem),
        },
    })
}

fn rows(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    header_row: u32,
    header: &Header,
    each: &mut Each<'_>,
) -> Result<Recognised, FileError> {
    each_row(book, sheet, |row, cells| {
        if row > header_row {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            each(Row {
                line: row + 1,
                fault: shifted(header, &cells),
                header,
                cells: &cells,
            })?;
        }
        Ok(true)
    })?;
    Ok(Recognised {
        format: FileFormat::Xlsx,
        header_line: header_row + 1,
        columns: header.columns(),
        ignored: header.ignored.clone(),
        ..Recognised::default()
    })
}

/// Gives the rows that are not blank, until `each` answers false.
fn each_row(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    mut each: impl FnMut(u32, &[String]) -> Result<bool, FileError>,
) -> Result<(), FileError> {
    let mut reader = book
        .worksheet_cells_reader(sheet)
        .map_err(|_| FileError::Damaged)?;
    let formats: Vec<usize> = reader.styles().iter().map(leading_zeros).collect();
    let mut cells: Vec<String> = Vec::new();
    let mut current = 0;
    while let Some((cell, style)) = reader
        .next_cell_with_style_id()
        .map_err(|_| FileError::Damaged)?
    {
        let (row, column) = cell.get_position();
        if row != current {
            if cells.iter().any(|c| !c.trim().is_empty()) && !each(current, &cells)? {
                return Ok(());
            }
            cells.clear();
            // A sheet may place a lone cell in its last row; that alone is no table.
            if row > MAX_ROWS * 5 {
                return Err(FileError::TooManyRows { max: MAX_ROWS });
            }
            current = row;
        }
        let column = column as usize;
        if column < MAX_COLUMNS {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = text(cell.get_value(), formats.get(style).copied().unwrap_or(0));
        }
    }
    if cells.iter().any(|c| !c.trim().is_empty()) {
        each(current, &cells)?;
    }
    Ok(())
}

/// Digits that a number format such as `0000000` fills with zeros: user names live by it.
fn leading_zeros(style: &Style) -> usize {
    style
        .number_format
        .as_ref()
        .map(|f| f.format_code.trim_matches('"'))
        .filter(|code| code.len() > 1 && code.bytes().all(|b| b == b'0'))
        .map_or(0, str::len)
}

/// A cell as its CSV would show it.
fn text(cell: &DataRef<'_>, zeros: usize) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_owned(),
        DataRef::Int(i) => format!("{i:0zeros$}"),
        #[allow(
            clippy::cast_possible_truncation,
            reason = "checked to be whole and small"
        )]
        DataRef::Float(f) if f.fract() == 0.0 && f.abs() < 1e15 => format!("{:0zeros$}", *f as i64),
        DataRef::Float(f) => f.to_string(),
        DataRef::Bool(true) => "Si".to_owned(),
        DataRef::Bool(false) => "No".to_owned(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{day:02}/{month:02}/{year:04}")
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) => "#".to_owned(),
    }
}
