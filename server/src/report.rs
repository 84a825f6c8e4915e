//! «Scarica l'esito riga per riga»: what became of every row of an import, as CSV.

use app::{i18n::t, pages::import::words};
use backend::exchange::CsvWriter;
use domain::{
    Locale,
    import::{ImportKind, ImportRow},
};

/// Between several problems or changes of one row.
const BETWEEN: &str = " | ";

/// Writes the report.
pub struct Writer {
    locale: Locale,
    csv: CsvWriter,
}

impl Writer {
    /// Begins with the header.
    pub fn new(l: Locale, kind: ImportKind) -> Self {
        let mut csv = CsvWriter::new();
        csv.row([
            t::import::c_line(l),
            t::import::c_outcome(l),
            words::key(l, kind),
            t::import::c_name(l),
            t::import::c_column(l),
            t::import::c_value(l),
            t::import::c_what(l),
        ]);
        Self { locale: l, csv }
    }

    /// Writes a row.
    pub fn row(&mut self, row: &ImportRow) {
        let l = self.locale;
        let (columns, values, texts): (Vec<String>, Vec<String>, Vec<String>) =
            if row.errors.is_empty() {
                let of = |c: &domain::import::Change| {
                    (
                        c.column.header().to_owned(),
                        String::new(),
                        words::change(l, c),
                    )
                };
                unzip(row.changes.iter().map(of))
            } else {
                let of = |e: &domain::import::RowError| {
                    (
                        e.column.map_or("", |c| c.header()).to_owned(),
                        e.value.clone(),
                        words::problem(l, &e.problem),
                    )
                };
                unzip(row.errors.iter().map(of))
            };
        self.csv.row([
            row.line.to_string(),
            words::outcome(l, row.outcome).to_owned(),
            row.key.clone(),
            row.label.clone(),
            columns.join(BETWEEN),
            if values.iter().all(String::is_empty) {
                String::new()
            } else {
                values.join(BETWEEN)
            },
            texts.join(BETWEEN),
        ]);
    }

    /// Takes what was written so far.
    pub fn take(&mut self) -> Vec<u8> {
        self.csv.take()
    }
}

fn unzip(
    parts: impl Iterator<Item = (String, String, String)>,
) -> (Vec<String>, Vec<String>, Vec<String>) {
    let mut all = (Vec::new(), Vec::new(), Vec::new());
    for (a, b, c) in parts {
        all.0.push(a);
        all.1.push(b);
        all.2.push(c);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::import::{Column, Problem, RowError, RowOutcome};

    #[test]
    fn a_row_says_where_what_and_what_to_do_and_no_cell_is_a_formula() {
        let mut writer = Writer::new(Locale::It, ImportKind::Persons);
        writer.row(&ImportRow {
            line: 7,
            outcome: RowOutcome::Error,
            label: "=CMD() Lea".to_owned(),
            key: "12".to_owned(),
            errors: vec![
                RowError::new(Column::BirthDate, "31/02/2010", Problem::NoSuchDay),
                RowError::new(Column::GivenName, "", Problem::Missing),
            ],
            changes: Vec::new(),
        });
        let text = String::from_utf8(writer.take()).unwrap();
        assert_eq!(
            text,
            "\u{feff}Riga;Esito;Codice;Nome;Colonna;Valore;Che cosa fare\r\n\
             7;ERRORE;12;'=CMD() Lea;Data di nascita | Nome;\"31/02/2010 | \";\
             Questo giorno non esiste. Correggi la data (gg/mm/aaaa). | Manca il valore. Scrivilo nella cella.\r\n"
        );
    }
}
