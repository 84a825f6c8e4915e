//! XLSX in constant memory: each row goes to a temporary file as it is written.

use super::neutralise;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::{
    fs::File,
    io::{self, Seek},
};

/// Rows of a sheet, its header included.
const MAX_ROWS: u32 = 1_048_576;

/// Writes one sheet of text cells under a bold header.
pub struct XlsxWriter {
    book: Workbook,
    next: u32,
}

impl XlsxWriter {
    /// Begins a sheet.
    ///
    /// # Errors
    /// Where no temporary file can be made or the name is none for a sheet.
    pub fn new<S: AsRef<str>>(sheet: &str, header: &[S]) -> io::Result<Self> {
        let mut book = Workbook::new();
        let page = book.add_worksheet_with_constant_memory().map_err(fault)?;
        page.set_name(sheet).map_err(fault)?;
        page.set_freeze_panes(1, 0).map_err(fault)?;
        let bold = Format::new().set_bold();
        for (column, cell) in (0u16..).zip(header) {
            page.set_column_width(column, 20).map_err(fault)?;
            page.write_string_with_format(0, column, cell.as_ref(), &bold)
                .map_err(fault)?;
        }
        Ok(Self { book, next: 1 })
    }

    /// Writes a row of text cells; formulas are neutralised (a text cell is none, but the
    /// sheet may be saved as CSV).
    ///
    /// # Errors
    /// Past the last row of a sheet, or where the temporary file fails.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) -> io::Result<()> {
        if self.next >= MAX_ROWS {
            return Err(io::Error::other("a sheet holds no more rows"));
        }
        let page = self.book.worksheet_from_index(0).map_err(fault)?;
        for (column, cell) in (0u16..).zip(cells) {
            let cell = neutralise(cell.as_ref());
            if !cell.is_empty() {
                page.write_string(self.next, column, cell.as_ref())
                    .map_err(fault)?;
            }
        }
        self.next += 1;
        Ok(())
    }

    /// Closes the workbook into a temporary file, to be read from its beginning.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn finish(mut self) -> io::Result<File> {
        let mut file = tempfile::tempfile()?;
        self.book.save_to_writer(&mut file).map_err(fault)?;
        file.rewind()?;
        Ok(file)
    }
}

fn fault(e: XlsxError) -> io::Error {
    io::Error::other(e)
}
