//! CSV as spreadsheets open it by double click: BOM, `;`, CRLF, no formulas.

use std::borrow::Cow;

/// A cell that a spreadsheet would run as a formula gets `'` in front; others stay.
pub fn neutralise(cell: &str) -> Cow<'_, str> {
    if cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
    ]) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Writes rows into memory, to be taken out piece by piece while they are sent.
#[derive(Debug)]
pub struct CsvWriter {
    out: Vec<u8>,
}

impl Default for CsvWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl CsvWriter {
    /// Begins with the byte order mark, by which Excel knows UTF-8.
    pub fn new() -> Self {
        Self {
            out: "\u{feff}".as_bytes().to_vec(),
        }
    }

    /// Writes a row; formulas are neutralised.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        for (i, cell) in cells.into_iter().enumerate() {
            if i > 0 {
                self.out.push(b';');
            }
            let cell = neutralise(cell.as_ref());
            if cell.contains([';', '"', '\r', '\n', ',', '\t'])
                || cell.starts_with(' ')
                || cell.ends_with(' ')
            {
                self.out.push(b'"');
                self.out
                    .extend_from_slice(cell.replace('"', "\"\"").as_bytes());
                self.out.push(b'"');
            } else {
                self.out.extend_from_slice(cell.as_bytes());
            }
        }
        self.out.extend_from_slice(b"\r\n");
    }

    /// Bytes written and not yet taken.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Takes what was written so far.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}
