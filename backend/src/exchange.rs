//! Tables in and out: CSV and XLSX as offices send them and as spreadsheets open them.

mod encoding;
mod read_csv;
mod read_xlsx;
mod sniff;
mod write_csv;
mod write_xlsx;

pub use write_csv::{CsvWriter, neutralise};
pub use write_xlsx::XlsxWriter;

use domain::import::{
    Column, FileError, FileFormat, Header, ImportKind, MAX_BYTES, MAX_ROWS, Problem, Recognised,
};

/// A row of a file, below its header.
#[derive(Debug)]
pub struct Row<'a> {
    /// Line in the file, from 1.
    pub line: u32,
    /// What is wrong with the row's form, before its cells are looked at.
    pub fault: Option<Problem>,
    header: &'a Header,
    cells: &'a [&'a str],
}

impl<'a> Row<'a> {
    /// The cell of a column; `None` where the file has no such column.
    pub fn get(&self, column: Column) -> Option<&'a str> {
        let place = self.header.place(column)?;
        Some(denude(self.cells.get(place).copied().unwrap_or_default()))
    }
}

/// What [`neutralise`] put in front of a cell goes again, so that an own export reads back.
fn denude(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t']) => rest,
        _ => cell,
    }
}

/// Reads a file row by row; blank rows are passed over. The format is told by the content,
/// whatever the name says.
///
/// # Errors
/// [`FileError`]; rows already given to `each` are then void.
pub fn read(
    kind: ImportKind,
    bytes: &[u8],
    mut each: impl FnMut(Row<'_>),
) -> Result<Recognised, FileError> {
    if bytes.len() > MAX_BYTES {
        return Err(FileError::TooLarge {
            max_megabytes: u32::try_from(MAX_BYTES >> 20).unwrap_or(u32::MAX),
        });
    }
    let mut rows = 0;
    let mut count = |row: Row<'_>| {
        rows += 1;
        if rows > MAX_ROWS {
            return Err(FileError::TooManyRows { max: MAX_ROWS });
        }
        each(row);
        Ok(())
    };
    let recognised = match sniff::format(bytes)? {
        FileFormat::Xlsx => read_xlsx::read(kind, bytes, &mut count)?,
        FileFormat::Csv => read_csv::read(kind, bytes, &mut count)?,
    };
    if rows == 0 {
        Err(FileError::NoRows)
    } else {
        Ok(recognised)
    }
}

type Each<'a> = dyn FnMut(Row<'_>) -> Result<(), FileError> + 'a;

/// Rows among which the header is looked for: titles may stand above it.
const HEADER_WITHIN: usize = 15;

/// Cells beyond the header that are not blank.
fn shifted(header: &Header, cells: &[&str]) -> Option<Problem> {
    let beyond = cells.get(header.width..)?;
    beyond
        .iter()
        .any(|c| !c.trim().is_empty())
        .then_some(Problem::TooManyCells)
}

#[cfg(test)]
mod tests;
