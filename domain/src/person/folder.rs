//! «Fascicoli»: a folder with a title, a date, a note and uploaded files (A21).

use crate::{
    FolderFileId, FolderId,
    user::{FieldError, FieldErrors},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Largest file, in bytes: ten megabytes.
pub const FILE_MAX: usize = 10 * 1024 * 1024;
/// Most files that come with a folder at once.
pub const FILES_MAX: usize = 5;
/// Longest title, in characters.
pub const TITLE_MAX: usize = 120;
/// Longest note, in characters.
pub const NOTE_MAX: usize = 2000;
/// Longest name of a file that is kept, in characters.
pub const FILE_NAME_MAX: usize = 120;

/// What a file is, told by its content and never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileType {
    /// `%PDF-`.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl FileType {
    /// All types that are taken.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Webp];

    /// The name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// Reads the name in the database.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }

    /// What a browser is told.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// Endings that a name of this type may have; the first is given where it has none.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
        }
    }

    /// Tells the type by the first bytes.
    pub fn of_content(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"%PDF-") {
            Some(Self::Pdf)
        } else if head.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }
}

/// Why a file is not taken; the name is the one on the person's machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum FileProblem {
    /// Larger than [`FILE_MAX`].
    #[error("too large")]
    TooLarge {
        /// Name of the file.
        name: String,
    },
    /// Nothing in it.
    #[error("empty")]
    Empty {
        /// Name of the file.
        name: String,
    },
    /// A web page, whatever its name says.
    #[error("a web page")]
    WebPage {
        /// Name of the file.
        name: String,
    },
    /// Neither PDF nor JPEG, PNG, WebP.
    #[error("another type")]
    OtherType {
        /// Name of the file.
        name: String,
    },
    /// More than [`FILES_MAX`] at once.
    #[error("too many files")]
    TooMany,
}

/// Checks a file's content and makes a name that can be kept: without folders and control
/// characters, with the ending of its type.
///
/// # Errors
/// [`FileProblem`].
pub fn check_file(name: &str, content: &[u8]) -> Result<(FileType, String), FileProblem> {
    let shown = clean_name(name);
    if content.len() > FILE_MAX {
        return Err(FileProblem::TooLarge { name: shown });
    }
    if content.is_empty() {
        return Err(FileProblem::Empty { name: shown });
    }
    let Some(kind) = FileType::of_content(content) else {
        return Err(if looks_like_web_page(content) {
            FileProblem::WebPage { name: shown }
        } else {
            FileProblem::OtherType { name: shown }
        });
    };
    let ending = shown.rsplit_once('.').map(|(_, e)| e.to_lowercase());
    let fits = ending.is_some_and(|e| kind.endings().contains(&e.as_str()));
    Ok((
        kind,
        if fits {
            shown
        } else {
            format!("{shown}.{}", kind.endings()[0])
        },
    ))
}

/// A name as it can be shown and stored.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_direction(*c))
        .take(FILE_NAME_MAX - 5)
        .collect();
    match clean.trim_matches([' ', '.']) {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}

/// Signs that turn the reading direction: with them a name can pretend another ending.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn looks_like_web_page(content: &[u8]) -> bool {
    let head = &content[..content.len().min(1024)];
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<svg",
        "<?xml",
    ]
    .iter()
    .any(|mark| text.starts_with(mark) || text.contains("<html"))
}

/// A file of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderFile {
    /// The file.
    pub id: FolderFileId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FileType,
    /// Bytes.
    pub size: u64,
}

/// A folder with its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// The folder.
    pub id: FolderId,
    /// Title.
    pub title: String,
    /// The day it is about.
    pub day: Date,
    /// Note; may be empty.
    pub note: String,
    /// Its files by name.
    pub files: Vec<FolderFile>,
    /// Who added it, by the name of that time.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// «+ Fascicolo» as typed, beside its files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderDraft {
    /// Title.
    pub title: String,
    /// Day, `2026-11-22`.
    pub day: String,
    /// Note, may be empty.
    pub note: String,
}

/// A checked folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFolder {
    /// Trimmed, 1 to [`TITLE_MAX`] characters.
    pub title: String,
    /// The day.
    pub day: Date,
    /// Trimmed, at most [`NOTE_MAX`] characters.
    pub note: String,
}

impl FolderDraft {
    /// Checks what was typed.
    ///
    /// # Errors
    /// `title`, `day`, `note`.
    pub fn check(&self) -> Result<NewFolder, FieldErrors> {
        let mut errors = FieldErrors::default();
        let title = self.title.trim();
        if title.is_empty() {
            errors.add("title", FieldError::Required);
        } else if title.chars().count() > TITLE_MAX {
            errors.add("title", FieldError::TooLong(TITLE_MAX));
        } else if title.chars().any(char::is_control) {
            errors.add("title", FieldError::ControlCharacters);
        }
        let day = match self.day.trim() {
            "" => {
                errors.add("day", FieldError::Required);
                None
            }
            day => super::draft::read_day(day)
                .map_err(|e| errors.add("day", e))
                .ok(),
        };
        let note = self.note.trim();
        if note.chars().count() > NOTE_MAX {
            errors.add("note", FieldError::TooLong(NOTE_MAX));
        } else if note
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            errors.add("note", FieldError::ControlCharacters);
        }
        match day {
            Some(day) if errors.is_empty() => Ok(NewFolder {
                title: title.to_owned(),
                day,
                note: note.to_owned(),
            }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_and_never_the_name() {
        let page = b"\n<!DOCTYPE html><html><script>alert(1)</script></html>";
        assert_eq!(
            check_file("contratto.pdf", page),
            Err(FileProblem::WebPage {
                name: "contratto.pdf".into()
            })
        );
        assert!(matches!(
            check_file("foto.png", b"MZ\x90"),
            Err(FileProblem::OtherType { .. })
        ));
        assert_eq!(
            check_file("foto.png", &[0xff, 0xd8, 0xff, 0xe0]),
            Ok((FileType::Jpeg, "foto.png.jpg".into()))
        );
        assert_eq!(
            check_file("Carta.PDF", b"%PDF-1.7"),
            Ok((FileType::Pdf, "Carta.PDF".into()))
        );
        let big = vec![0xff; FILE_MAX + 1];
        assert!(matches!(
            check_file("x.jpg", &big),
            Err(FileProblem::TooLarge { .. })
        ));
    }

    #[test]
    fn a_name_keeps_no_folder_and_no_hidden_sign() {
        assert_eq!(clean_name("C:\\Utenti\\a\\carta.pdf"), "carta.pdf");
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("carta\u{202e}fdp.exe\r\n"), "cartafdp.exe");
        assert_eq!(clean_name(" .. "), "file");
    }

    #[test]
    fn a_folder_without_title_or_day_is_named_in_full() {
        let errors = FolderDraft::default().check().unwrap_err();
        let fields: Vec<_> = errors.0.iter().map(|(f, _)| f.as_str()).collect();
        assert_eq!(fields, ["title", "day"]);
    }
}
