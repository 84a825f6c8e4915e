//! Plain text of a mail: one line of words, values on lines of their own, 72 columns.

/// Columns of plain text.
pub const COLUMNS: usize = 72;

/// A part of a mail's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A sentence or two on a line of their own.
    Line(Vec<Piece>),
    /// Values with their labels.
    Values(Vec<(String, String)>),
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// An address of ours, shown as it is.
    Link(String),
}

/// Makes one line of a text that came from people: control characters, line and paragraph
/// separators and direction marks become blanks, so that no value can add a line.
pub fn one_line(value: &str) -> String {
    let clean: String = value
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}') { ' ' } else { c })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a filled template: the subject, a blank line, then the body. Lines that begin
/// with `= ` are values; `links` are the addresses that become links, at most one a line.
pub fn parse(filled: &str, links: &[&str]) -> (String, Vec<Block>) {
    let (subject, body) = filled.split_once('\n').unwrap_or((filled, ""));
    let mut blocks: Vec<Block> = Vec::new();
    for line in body.lines().map(str::trim_end).filter(|l| !l.is_empty()) {
        match line.strip_prefix("= ").and_then(|v| v.split_once(" | ")) {
            Some((label, value)) => {
                let row = (label.to_owned(), value.to_owned());
                match blocks.last_mut() {
                    Some(Block::Values(rows)) => rows.push(row),
                    _ => blocks.push(Block::Values(vec![row])),
                }
            }
            None => blocks.push(Block::Line(pieces(line, links))),
        }
    }
    (subject.trim().to_owned(), blocks)
}

fn pieces(line: &str, links: &[&str]) -> Vec<Piece> {
    match links.iter().find_map(|url| {
        line.split_once(url)
            .map(|(before, after)| (before, *url, after))
    }) {
        Some((before, url, after)) => vec![
            Piece::Text(before.to_owned()),
            Piece::Link(url.to_owned()),
            Piece::Text(after.to_owned()),
        ],
        None => vec![Piece::Text(line.to_owned())],
    }
}

/// Plain text of the blocks: values stand apart between blank lines.
pub fn plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Line(pieces) => {
                let line: String = pieces
                    .iter()
                    .map(|p| match p {
                        Piece::Text(t) | Piece::Link(t) => t.as_str(),
                    })
                    .collect();
                wrap(&line, &mut out);
            }
            Block::Values(rows) => {
                out.push('\n');
                let width = rows
                    .iter()
                    .map(|(label, _)| label.chars().count())
                    .max()
                    .unwrap_or(0)
                    + 3;
                for (label, value) in rows {
                    if width + value.chars().count() <= COLUMNS {
                        out.push_str(label);
                        out.extend(std::iter::repeat_n(' ', width - label.chars().count()));
                    } else {
                        // A long user name: the value alone on its line.
                        out.push_str(label);
                        out.push('\n');
                    }
                    out.push_str(value);
                    out.push('\n');
                }
                out.push('\n');
            }
        }
    }
    out
}

/// Appends `line` broken at blanks to at most [`COLUMNS`] columns. A word longer than a
/// line is broken too, but for addresses: a broken link is no link.
fn wrap(line: &str, out: &mut String) {
    let mut column = 0;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > COLUMNS {
            out.push('\n');
            column = 0;
        }
        if column > 0 {
            out.push(' ');
            column += 1;
        }
        if length > COLUMNS && !word.starts_with("http") {
            for c in word.chars() {
                if column == COLUMNS {
                    out.push('\n');
                    column = 0;
                }
                out.push(c);
                column += 1;
            }
        } else {
            out.push_str(word);
            column += length;
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_stand_alone_between_blank_lines() {
        let (subject, blocks) = parse("Oggetto\n\nCiao,\n= A: | 1\n= Lungo: | 2\nFine\n", &[]);
        assert_eq!(subject, "Oggetto");
        assert_eq!(plain(&blocks), "Ciao,\n\nA:       1\nLungo:   2\n\nFine\n");
    }

    #[test]
    fn only_our_address_becomes_a_link() {
        let (_, blocks) = parse(
            "s\n\napri https://a.example/accesso e https://b.example/\n",
            &["https://a.example/accesso"],
        );
        let Block::Line(pieces) = &blocks[0] else {
            panic!("a line")
        };
        assert_eq!(pieces[1], Piece::Link("https://a.example/accesso".into()));
        assert_eq!(pieces[2], Piece::Text(" e https://b.example/".into()));
    }

    proptest! {
        #[test]
        fn whatever_people_are_called_a_name_stays_one_line(name in ".{0,120}") {
            let line = one_line(&name);
            let breaks = line.chars().any(|c| c.is_control() || c == '\u{2028}' || c == '\u{2029}');
            prop_assert!(!breaks);
        }

        #[test]
        fn no_line_is_longer_than_the_columns(text in ".{0,400}") {
            let mut out = String::new();
            wrap(&text.replace("http", ""), &mut out);
            prop_assert!(out.lines().all(|l| l.chars().count() <= COLUMNS), "{out}");
        }
    }
}
