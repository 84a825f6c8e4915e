//! Why a whole file is refused.

use super::{Column, HeaderProblem, ImportKind};
use serde::{Deserialize, Serialize};

/// The form of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Text with delimiters.
    #[default]
    Csv,
    /// Excel workbook.
    Xlsx,
}

/// What a file is when it is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundInstead {
    /// PDF document.
    Pdf,
    /// PNG, JPEG, GIF or another image.
    Image,
    /// Word, PowerPoint or OpenDocument file.
    Document,
    /// Excel of before 2007, or with a password.
    OldExcel,
    /// ZIP or another archive.
    Archive,
    /// Web page.
    Html,
    /// Text without columns, or bytes of an unknown kind.
    Unknown,
}

/// Why nothing can be read from a file. Every case has its sentence on screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum FileError {
    /// No bytes, or only blank lines.
    #[error("the file is empty")]
    Empty,
    /// More than [`super::MAX_BYTES`].
    #[error("the file is larger than {max_megabytes} MB")]
    TooLarge {
        /// The limit, in megabytes.
        max_megabytes: u32,
    },
    /// More than [`super::MAX_ROWS`].
    #[error("the file has more than {max} rows")]
    TooManyRows {
        /// The limit.
        max: u32,
    },
    /// Unpacked it would be larger than memory allows.
    #[error("the workbook is too large when unpacked")]
    TooLargeUnpacked,
    /// Not a table.
    #[error("the file is not a table")]
    NotATable {
        /// What it seems to be.
        found: FoundInstead,
    },
    /// A workbook that cannot be read.
    #[error("the workbook is damaged")]
    Damaged,
    /// A header and nothing below.
    #[error("the file has a header and no rows")]
    NoRows,
    /// Required columns are missing.
    #[error("required columns are missing")]
    MissingColumns {
        /// The columns.
        columns: Vec<Column>,
        /// The kind of file it looks like, when it is another one.
        looks_like: Option<ImportKind>,
    },
    /// The same column stands twice.
    #[error("a column stands twice")]
    RepeatedColumn {
        /// The column.
        column: Column,
    },
}

impl From<HeaderProblem> for FileError {
    fn from(problem: HeaderProblem) -> Self {
        match problem {
            HeaderProblem::Missing {
                columns,
                looks_like,
            } => Self::MissingColumns {
                columns,
                looks_like,
            },
            HeaderProblem::Repeated(column) => Self::RepeatedColumn { column },
        }
    }
}
