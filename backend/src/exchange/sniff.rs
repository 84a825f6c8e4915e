//! What a file is, told by its first bytes.

use super::read_xlsx;
use domain::import::{FileError, FileFormat, FoundInstead};

/// CSV or XLSX.
pub(super) fn format(bytes: &[u8]) -> Result<FileFormat, FileError> {
    let found = |found| Err(FileError::NotATable { found });
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return read_xlsx::check(bytes).map(|()| FileFormat::Xlsx);
    }
    let binary: [(&[u8], FoundInstead); 14] = [
        (b"%PDF", FoundInstead::Pdf),
        (b"\x89PNG", FoundInstead::Image),
        (b"\xff\xd8\xff", FoundInstead::Image),
        (b"GIF8", FoundInstead::Image),
        (b"BM", FoundInstead::Image),
        (b"II*\0", FoundInstead::Image),
        (b"MM\0*", FoundInstead::Image),
        // Compound file: Excel up to 2003, or a workbook behind a password.
        (b"\xd0\xcf\x11\xe0", FoundInstead::OldExcel),
        (b"{\\rtf", FoundInstead::Document),
        (b"\x1f\x8b", FoundInstead::Archive),
        (b"7z\xbc\xaf", FoundInstead::Archive),
        (b"Rar!", FoundInstead::Archive),
        (b"BZh", FoundInstead::Archive),
        (b"\x7fELF", FoundInstead::Unknown),
    ];
    for (magic, kind) in binary {
        // «BM» may also begin a word: an image has zero bytes near by.
        if bytes.starts_with(magic) && (magic.len() > 2 || bytes.iter().take(64).any(|b| *b == 0)) {
            return found(kind);
        }
    }
    let head = &bytes[..bytes.len().min(1024)];
    let start = head
        .iter()
        .position(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(b))
        .unwrap_or(0);
    let lower = head[start..].to_ascii_lowercase();
    if [&b"<!doctype html"[..], b"<html", b"<table", b"<head"]
        .iter()
        .any(|tag| lower.starts_with(tag))
    {
        return found(FoundInstead::Html);
    }
    Ok(FileFormat::Csv)
}
