//! The columns of the three kinds of files, and finding them in a header.

use super::{ImportKind, fold};
use serde::{Deserialize, Serialize};

/// A column that an import reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// «Codice» of a person.
    Code,
    /// «Cognome».
    Surname,
    /// «Nome» of a person or user.
    GivenName,
    /// «Codice fiscale».
    FiscalCode,
    /// «Partita IVA».
    VatNumber,
    /// «Data di nascita».
    BirthDate,
    /// «Mail», «Mail utente», «Indirizzo e-mail».
    Email,
    /// «Tipo anagrafica».
    PersonKind,
    /// «Plesso».
    Site,
    /// «Anno scolastico».
    SchoolYear,
    /// «Classe».
    Class,
    /// «Nome utente».
    Username,
    /// «IDext».
    ExternalId,
    /// «Gruppi» or «Ruoli».
    Groups,
    /// «Attivo».
    Active,
    /// «Scadenza password».
    PasswordEnd,
    /// «Lingua».
    Language,
    /// «ID unità».
    Unit,
    /// «Unità superiore».
    ParentUnit,
    /// «Nome» of a unit.
    UnitName,
    /// «Livello».
    Level,
    /// «ENTID».
    EntId,
    /// «BUR».
    Bur,
}

impl Column {
    /// The header that Delega itself writes.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Code => "Codice",
            Self::Surname => "Cognome",
            Self::GivenName | Self::UnitName => "Nome",
            Self::FiscalCode => "Codice fiscale",
            Self::VatNumber => "Partita IVA",
            Self::BirthDate => "Data di nascita",
            Self::Email => "Mail",
            Self::PersonKind => "Tipo anagrafica",
            Self::Site => "Plesso",
            Self::SchoolYear => "Anno scolastico",
            Self::Class => "Classe",
            Self::Username => "Nome utente",
            Self::ExternalId => "IDext",
            Self::Groups => "Gruppi",
            Self::Active => "Attivo",
            Self::PasswordEnd => "Scadenza password",
            Self::Language => "Lingua",
            Self::Unit => "ID unità",
            Self::ParentUnit => "Unità superiore",
            Self::Level => "Livello",
            Self::EntId => "ENTID",
            Self::Bur => "BUR",
        }
    }

    /// Folded headers under which offices send it, the usual one first.
    const fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["codice", "codice anagrafica", "id anagrafica", "cod"],
            Self::Surname => &["cognome", "cognome denominazione", "denominazione"],
            Self::GivenName => &["nome"],
            Self::FiscalCode => &[
                "codice fiscale",
                "cod fiscale",
                "cod fisc",
                "codicefiscale",
                "cf",
                "c f",
            ],
            Self::VatNumber => &["partita iva", "p iva", "piva", "partitaiva"],
            Self::BirthDate => &["data di nascita", "data nascita", "nato il", "datanascita"],
            Self::Email => &[
                "mail",
                "mail utente",
                "e mail",
                "email",
                "indirizzo e mail",
                "indirizzo email",
                "indirizzo mail",
                "posta elettronica",
            ],
            Self::PersonKind => &["tipo anagrafica", "tipo", "tipologia"],
            Self::Site => &["plesso", "sede scolastica"],
            Self::SchoolYear => &["anno scolastico", "a s", "annoscolastico"],
            Self::Class => &["classe"],
            Self::Username => &[
                "nome utente",
                "codice utente",
                "username",
                "utente",
                "nomeutente",
            ],
            Self::ExternalId => &["idext", "id ext", "extid", "id esterno", "id utente"],
            Self::Groups => &["gruppi", "gruppo", "ruoli", "ruolo"],
            Self::Active => &["attivo", "stato", "stato utente"],
            Self::PasswordEnd => &["scadenza password", "scadenza", "scadenzapassword"],
            Self::Language => &["lingua", "lingua di corrispondenza"],
            Self::Unit => &["id unita", "unita", "codice unita", "idunita"],
            Self::ParentUnit => &[
                "unita superiore",
                "id unita superiore",
                "unita padre",
                "superiore",
            ],
            Self::UnitName => &["nome", "nome unita", "denominazione"],
            Self::Level => &["livello"],
            Self::EntId => &["entid", "ent id", "numero ent"],
            Self::Bur => &["bur", "ris", "numero bur", "bur ris"],
        }
    }

    /// The columns of a kind of file, in their usual order.
    pub const fn of(kind: ImportKind) -> &'static [Self] {
        match kind {
            ImportKind::Persons => &[
                Self::Code,
                Self::Surname,
                Self::GivenName,
                Self::FiscalCode,
                Self::VatNumber,
                Self::BirthDate,
                Self::Email,
                Self::PersonKind,
                Self::Site,
                Self::SchoolYear,
                Self::Class,
            ],
            ImportKind::Users => &[
                Self::Username,
                Self::ExternalId,
                Self::Surname,
                Self::GivenName,
                Self::FiscalCode,
                Self::Email,
                Self::Unit,
                Self::Groups,
                Self::Active,
                Self::PasswordEnd,
                Self::Language,
            ],
            ImportKind::Units => &[
                Self::Unit,
                Self::ParentUnit,
                Self::UnitName,
                Self::Level,
                Self::EntId,
                Self::Bur,
            ],
        }
    }

    /// Columns without which a file cannot be read. (A users' file needs «Nome utente» or «IDext».)
    pub const fn required(kind: ImportKind) -> &'static [Self] {
        match kind {
            ImportKind::Persons => &[Self::Surname, Self::GivenName, Self::PersonKind],
            ImportKind::Users => &[Self::Surname, Self::GivenName, Self::Groups],
            ImportKind::Units => &[Self::Unit, Self::ParentUnit, Self::UnitName, Self::Level],
        }
    }
}

/// Where the columns of a kind stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    places: Vec<(Column, usize)>,
    /// Headers that are not used, as written.
    pub ignored: Vec<String>,
    /// Cells of the header row.
    pub width: usize,
}

/// Why a row cannot be the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderProblem {
    /// Required columns are missing.
    Missing {
        /// The columns.
        columns: Vec<Column>,
        /// The kind of file that it would be the header of.
        looks_like: Option<ImportKind>,
    },
    /// A column stands twice.
    Repeated(Column),
}

impl Header {
    /// Finds the columns of `kind` among `cells`.
    ///
    /// # Errors
    /// [`HeaderProblem`].
    pub fn find<S: AsRef<str>>(kind: ImportKind, cells: &[S]) -> Result<Self, HeaderProblem> {
        let folded: Vec<String> = cells.iter().map(|cell| fold(cell.as_ref())).collect();
        let mut places: Vec<(Column, usize)> = Vec::new();
        for column in Column::of(kind) {
            // Of «Mail» and «Indirizzo e-mail» in one file the more usual spelling counts.
            let Some(spelling) = column
                .spellings()
                .iter()
                .find(|s| folded.iter().any(|f| f == *s))
            else {
                continue;
            };
            let mut found = folded
                .iter()
                .enumerate()
                .filter(|(_, f)| f == spelling)
                .map(|(i, _)| i);
            places.extend(found.next().map(|i| (*column, i)));
            if found.next().is_some() {
                return Err(HeaderProblem::Repeated(*column));
            }
        }
        places.sort_by_key(|(_, i)| *i);
        let ignored = (0..cells.len())
            .filter(|i| !folded[*i].is_empty() && !places.iter().any(|(_, place)| place == i))
            .map(|i| cells[i].as_ref().trim().chars().take(60).collect())
            .collect();
        let has = |column: Column| places.iter().any(|(c, _)| *c == column);
        let mut missing: Vec<Column> = Column::required(kind)
            .iter()
            .copied()
            .filter(|c| !has(*c))
            .collect();
        if kind == ImportKind::Users && !has(Column::Username) && !has(Column::ExternalId) {
            missing.insert(0, Column::Username);
        }
        if missing.is_empty() {
            let width = cells
                .iter()
                .rposition(|c| !c.as_ref().trim().is_empty())
                .map_or(0, |i| i + 1);
            return Ok(Self {
                places,
                ignored,
                width,
            });
        }
        let looks_like = ImportKind::ALL
            .into_iter()
            .filter(|other| *other != kind)
            .find(|other| {
                Column::required(*other).iter().all(|c| {
                    cells
                        .iter()
                        .any(|cell| c.spellings().contains(&fold(cell.as_ref()).as_str()))
                })
            });
        Err(HeaderProblem::Missing {
            columns: missing,
            looks_like,
        })
    }

    /// How many of the cells are headers of any column: tells the delimiter and the header row.
    pub fn score<S: AsRef<str>>(kind: ImportKind, cells: &[S]) -> usize {
        cells
            .iter()
            .filter(|cell| {
                let folded = fold(cell.as_ref());
                Column::of(kind)
                    .iter()
                    .any(|c| c.spellings().contains(&folded.as_str()))
            })
            .count()
    }

    /// Where a column stands.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places
            .iter()
            .find(|(c, _)| *c == column)
            .map(|(_, i)| *i)
    }

    /// The columns found, in the order of the file.
    pub fn columns(&self) -> Vec<Column> {
        self.places.iter().map(|(c, _)| *c).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_in_any_order_case_and_with_extra_columns() {
        let header = Header::find(
            ImportKind::Persons,
            &["NOTE", " tipo  anagrafica ", "nome", "COGNOME", "E-Mail"],
        )
        .unwrap();
        assert_eq!(header.place(Column::Surname), Some(3));
        assert_eq!(header.place(Column::Email), Some(4));
        assert_eq!(header.place(Column::Code), None);
        assert_eq!(header.ignored, ["NOTE"]);
    }

    #[test]
    fn missing_columns_are_named_and_another_kind_of_file_is_recognised() {
        let users = [
            "Nome utente",
            "Cognome",
            "Nome",
            "Codice fiscale",
            "Mail utente",
            "Gruppi",
            "Attivo",
        ];
        assert_eq!(
            Header::find(ImportKind::Persons, &users),
            Err(HeaderProblem::Missing {
                columns: vec![Column::PersonKind],
                looks_like: Some(ImportKind::Users)
            })
        );
        assert_eq!(
            Header::find(ImportKind::Users, &["Cognome", "Nome", "Gruppi"]),
            Err(HeaderProblem::Missing {
                columns: vec![Column::Username],
                looks_like: None
            })
        );
    }

    #[test]
    fn the_same_column_twice_is_refused() {
        assert_eq!(
            Header::find(
                ImportKind::Persons,
                &["Cognome", "Nome", "Tipo", "Mail", "MAIL"]
            ),
            Err(HeaderProblem::Repeated(Column::Email))
        );
        let header = Header::find(
            ImportKind::Persons,
            &["Cognome", "Nome", "Tipo", "Email", "Mail"],
        )
        .unwrap();
        assert_eq!(header.place(Column::Email), Some(4));
        assert_eq!(header.ignored, ["Email"]);
    }
}
