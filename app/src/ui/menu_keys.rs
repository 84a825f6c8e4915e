//! Which item of a menu takes the focus next: pure, so that it is tested
//! without a browser.

/// The index that takes the focus when `key` is pressed with the focus on
/// `current`; `None` when the key does not move the focus. Arrows wrap, Home
/// and End go to the ends, a letter goes to the next item that begins with it.
pub(super) fn next_item(key: &str, current: Option<usize>, labels: &[String]) -> Option<usize> {
    let count = labels.len();
    if count == 0 {
        return None;
    }
    match key {
        "ArrowDown" => Some(current.map_or(0, |index| (index + 1) % count)),
        "ArrowUp" => Some(current.map_or(count - 1, |index| (index + count - 1) % count)),
        "Home" | "PageUp" => Some(0),
        "End" | "PageDown" => Some(count - 1),
        _ => {
            let mut letters = key.chars();
            let letter = letters.next().filter(|_| letters.next().is_none())?;
            let wanted = letter.to_lowercase().to_string();
            let start = current.map_or(0, |index| index + 1);
            (0..count)
                .map(|step| (start + step) % count)
                .find(|&index| {
                    labels[index]
                        .trim_start()
                        .to_lowercase()
                        .starts_with(&wanted)
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::next_item;

    fn labels() -> Vec<String> {
        ["Invio credenziali", "Stampa lettere", "Invio promemoria"]
            .map(String::from)
            .to_vec()
    }

    #[test]
    fn arrows_wrap_at_both_ends() {
        assert_eq!(next_item("ArrowDown", Some(2), &labels()), Some(0));
        assert_eq!(next_item("ArrowUp", Some(0), &labels()), Some(2));
        assert_eq!(next_item("ArrowUp", None, &labels()), Some(2));
    }

    #[test]
    fn a_letter_jumps_to_the_next_item_that_begins_with_it() {
        assert_eq!(next_item("i", Some(0), &labels()), Some(2));
        assert_eq!(next_item("I", Some(2), &labels()), Some(0));
        assert_eq!(next_item("z", Some(0), &labels()), None);
    }

    #[test]
    fn other_keys_and_empty_menus_move_nothing() {
        assert_eq!(next_item("Shift", Some(0), &labels()), None);
        assert_eq!(next_item("ArrowDown", None, &[]), None);
    }
}
