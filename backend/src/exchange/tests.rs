use super::*;
use domain::import::{FoundInstead, PersonRecord};
use std::io::Read;

const HEADER: &str = "Cognome;Nome;Tipo anagrafica;Mail";

/// Lines with their cells.
type Lines = Vec<(u32, Vec<String>)>;

fn rows(bytes: &[u8]) -> Result<(Recognised, Lines), FileError> {
    let mut rows = Vec::new();
    let recognised = read(ImportKind::Persons, bytes, |row| {
        let cell = |c| row.get(c).unwrap_or("-").to_owned();
        rows.push((
            row.line,
            vec![
                cell(Column::Surname),
                cell(Column::GivenName),
                cell(Column::Email),
            ],
        ));
    })?;
    Ok((recognised, rows))
}

fn error(bytes: &[u8]) -> FileError {
    rows(bytes).expect_err("refused")
}

#[test]
fn delimiters_encodings_and_line_ends_are_recognised() {
    let table =
        "Cognome;Nome;Tipo anagrafica;Mail\r\nFò;José;Alunni;a@b.example\r\nLüthi;Siân;Tutori;\r\n";
    let (windows, ..) = encoding_rs::WINDOWS_1252.encode(table);
    let utf16: Vec<u8> = std::iter::once(0xfeffu16)
        .chain(table.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let variants: Vec<(Vec<u8>, &str, char)> = vec![
        (table.into(), "UTF-8", ';'),
        (format!("\u{feff}{table}").into(), "UTF-8 BOM", ';'),
        (windows.into_owned(), "Windows-1252", ';'),
        (utf16, "UTF-16", ';'),
        (table.replace(';', ",").into(), "UTF-8", ','),
        (table.replace(';', "\t").into(), "UTF-8", '\t'),
        (table.replace("\r\n", "\n").into(), "UTF-8", ';'),
        (table.replace("\r\n", "\r").into(), "UTF-8", ';'),
        (table.trim_end().into(), "UTF-8", ';'),
    ];
    for (bytes, encoding, delimiter) in variants {
        let (recognised, rows) = rows(&bytes).unwrap();
        assert_eq!(
            (recognised.encoding.as_str(), recognised.delimiter),
            (encoding, Some(delimiter))
        );
        let lines: Vec<u32> = rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 3], "{encoding} {delimiter:?}");
        assert_eq!(rows[0].1, ["Fò", "José", "a@b.example"]);
        assert_eq!(rows[1].1, ["Lüthi", "Siân", ""]);
    }
}

#[test]
fn quoted_line_breaks_blank_lines_and_titles_keep_the_line_numbers_of_the_file() {
    let text = "sep=;\r\nElenco anagrafiche;;;\r\n\r\nCOGNOME; nome ;Tipo Anagrafica;E-mail\r\n\"Ros\r\nsi\";Lea;Alunni;\r\n\r\n;;;\r\n\"B\"\"ianchi\";Ugo;Tutori;\r\n";
    let (recognised, rows) = rows(text.as_bytes()).unwrap();
    assert_eq!(recognised.header_line, 4);
    assert_eq!(rows[0].0, 5);
    assert_eq!(rows[0].1[0], "Ros\r\nsi");
    assert_eq!(rows[1].0, 9);
    assert_eq!(rows[1].1[0], "B\"ianchi");
    assert_eq!(rows.len(), 2);
}

#[test]
fn short_rows_have_empty_cells_and_long_ones_are_faulty() {
    let text = format!(
        "{HEADER}\nRossi;Lea\nRossi;Lea;Alunni;a@b.example;;\nRossi;Lea;Alunni;a@b.example;x\n"
    );
    let mut faults = Vec::new();
    read(ImportKind::Persons, text.as_bytes(), |row| {
        faults.push(row.fault)
    })
    .unwrap();
    assert_eq!(faults, [None, None, Some(Problem::TooManyCells)]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_noticed() {
    let text = format!(
        "{HEADER}\n\"Rossi;Lea;Alunni;\n{}",
        "Bianchi;Ugo;Tutori;\n".repeat(40)
    );
    let mut faults = Vec::new();
    read(ImportKind::Persons, text.as_bytes(), |row| {
        faults.push((row.line, row.fault))
    })
    .unwrap();
    assert_eq!(faults, [(2, Some(Problem::UnclosedQuote))]);
}

#[test]
fn files_that_are_no_tables_are_named() {
    let found = |found| FileError::NotATable { found };
    assert_eq!(error(b""), FileError::Empty);
    assert_eq!(error(b"\r\n \r\n"), FileError::Empty);
    assert_eq!(error(b"%PDF-1.7\n%\xe2\xe3"), found(FoundInstead::Pdf));
    assert_eq!(error(b"\x89PNG\r\n\x1a\n\0\0"), found(FoundInstead::Image));
    assert_eq!(
        error(b"\xd0\xcf\x11\xe0\xa1\xb1"),
        found(FoundInstead::OldExcel)
    );
    assert_eq!(error(b"<html><table>"), found(FoundInstead::Html));
    assert_eq!(
        error(b"Cara collega,\nti mando i dati.\n"),
        found(FoundInstead::Unknown)
    );
    assert_eq!(
        error(&[0, 1, 2, 3, 4, 0, 9, 200, 0, 0, 17]),
        found(FoundInstead::Unknown)
    );
    assert_eq!(error(b"PK\x03\x04garbage"), FileError::Damaged);
    assert_eq!(error(HEADER.as_bytes()), FileError::NoRows);
    assert!(matches!(
        error(b"a;b;c\n1;2;3\n"),
        FileError::MissingColumns { .. }
    ));
}

#[test]
fn two_hundred_thousand_rows_are_read_and_one_more_is_refused() {
    let row = "Rossi;Lea;Alunni;\n";
    let most = format!("{HEADER}\n{}", row.repeat(MAX_ROWS as usize));
    let mut count = 0;
    read(ImportKind::Persons, most.as_bytes(), |_| count += 1).unwrap();
    assert_eq!(count, MAX_ROWS);
    assert_eq!(
        error(format!("{most}{row}").as_bytes()),
        FileError::TooManyRows { max: MAX_ROWS }
    );
}

#[test]
fn fifty_megabytes_are_the_limit() {
    assert_eq!(
        error(&vec![b'a'; MAX_BYTES + 1]),
        FileError::TooLarge { max_megabytes: 50 }
    );
}

fn workbook() -> rust_xlsxwriter::Workbook {
    rust_xlsxwriter::Workbook::new()
}

#[test]
fn a_workbook_reads_like_its_csv_with_dates_numbers_and_leading_zeros() {
    let mut book = workbook();
    book.add_worksheet()
        .set_name("Note")
        .unwrap()
        .write_string(0, 0, "niente")
        .unwrap();
    let sheet = book.add_worksheet();
    for (column, text) in (0u16..).zip([
        "Codice",
        "Cognome",
        "Nome",
        "Tipo anagrafica",
        "Data di nascita",
        "Codice fiscale",
    ]) {
        sheet.write_string(1, column, text).unwrap();
    }
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2013, 2, 9).unwrap();
    let dates = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    let zeros = rust_xlsxwriter::Format::new().set_num_format("00000000000");
    sheet.write_number(3, 0, 1002).unwrap();
    sheet.write_string(3, 1, "Fontana").unwrap();
    sheet.write_string(3, 2, "Nicolò").unwrap();
    sheet.write_string(3, 3, "Alunni").unwrap();
    sheet
        .write_datetime_with_format(3, 4, &day, &dates)
        .unwrap();
    sheet
        .write_number_with_format(3, 5, 2_180_610_137_f64, &zeros)
        .unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut people = Vec::new();
    let recognised = read(ImportKind::Persons, &bytes, |row| {
        people.push((row.line, PersonRecord::read(|c| row.get(c)).unwrap()));
    })
    .unwrap();
    assert_eq!(
        (recognised.format, recognised.header_line),
        (FileFormat::Xlsx, 2)
    );
    let (line, person) = &people[0];
    assert_eq!(*line, 4);
    assert_eq!(person.code, Some(1002));
    assert_eq!(person.given_name, "Nicolò");
    assert_eq!(person.birth_date, Some(jiff::civil::date(2013, 2, 9)));
    assert_eq!(person.fiscal_code.as_ref().unwrap().as_str(), "02180610137");
}

#[test]
fn a_zip_that_is_no_workbook_is_named_and_a_bomb_is_refused() {
    let zip_of = |name: &str, megabytes: usize| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated);
        for part in [name, "other.bin"] {
            zip.start_file(part, options).unwrap();
            let zeros = vec![0; 1 << 20];
            for _ in 0..megabytes {
                std::io::Write::write_all(&mut zip, &zeros).unwrap();
            }
        }
        zip.finish().unwrap().into_inner()
    };
    assert_eq!(
        error(&zip_of("word/document.xml", 0)),
        FileError::NotATable {
            found: FoundInstead::Document
        }
    );
    assert_eq!(
        error(&zip_of("photo.jpg", 0)),
        FileError::NotATable {
            found: FoundInstead::Archive
        }
    );
    let bomb = zip_of("xl/workbook.xml", 6);
    assert!(bomb.len() < 1 << 16, "a bomb is small");
    assert_eq!(
        read_xlsx::check_within(&bomb, 10 << 20),
        Err(FileError::TooLargeUnpacked)
    );
    assert_eq!(read_xlsx::check_within(&bomb, 12 << 20), Ok(()));
    assert_eq!(error(&zip_of("xl/workbook.xml", 0)), FileError::Damaged);
}

#[test]
fn formulas_are_neutralised_on_the_way_out_and_read_back_as_they_were() {
    for cell in ["=CMD()", "+39 06", "-1", "@SUM(A1)", "\tx", "\0x"] {
        assert_eq!(neutralise(cell), format!("'{cell}"));
    }
    assert_eq!(neutralise("D'Angelo"), "D'Angelo");
    let mut csv = CsvWriter::new();
    csv.row(["Cognome", "Nome", "Tipo anagrafica", "Mail"]);
    csv.row(["=CMD()", "Ro;ssi \"detto\"\r\nBeppe", "Tutori", ""]);
    let bytes = csv.take();
    assert!(bytes.starts_with(b"\xef\xbb\xbfCognome;Nome;"));
    let (_, rows) = rows(&bytes).unwrap();
    assert_eq!(rows[0].1, ["=CMD()", "Ro;ssi \"detto\"\r\nBeppe", ""]);
}

#[test]
fn a_written_workbook_reads_back() {
    let mut book = XlsxWriter::new("Anagrafiche", &["Cognome", "Nome", "Tipo anagrafica"]).unwrap();
    book.row(["=CMD()", "Lea", "Tutori"]).unwrap();
    book.row(["Fò", "", "Esterni"]).unwrap();
    let mut bytes = Vec::new();
    book.finish().unwrap().read_to_end(&mut bytes).unwrap();
    let (_, rows) = rows(&bytes).unwrap();
    assert_eq!(rows[0].1, ["=CMD()", "Lea", "-"]);
    assert_eq!(rows[1].1, ["Fò", "", "-"]);
}
