//! Mail providers of private people in Italy and Switzerland.

/// Domains whose mailboxes belong to private people, not to an employer.
const PRIVATE: [&str; 48] = [
    "aliceposta.it",
    "alice.it",
    "aol.com",
    "aruba.it",
    "bluewin.ch",
    "email.it",
    "fastmail.com",
    "fastwebnet.it",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hispeed.ch",
    "hotmail.ch",
    "hotmail.com",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "inwind.it",
    "iol.it",
    "laposte.net",
    "libero.it",
    "live.com",
    "live.it",
    "mac.com",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "outlook.it",
    "proton.me",
    "protonmail.com",
    "sunrise.ch",
    "swissonline.ch",
    "tim.it",
    "tin.it",
    "tiscali.it",
    "tutanota.com",
    "virgilio.it",
    "vodafone.it",
    "web.de",
    "yahoo.com",
    "yahoo.fr",
    "yahoo.it",
    "ymail.com",
];

/// Whether a mailbox at `domain` is a private person's: the wrong place for an account at work.
pub fn is_private_provider(domain: &str) -> bool {
    PRIVATE.contains(&domain.trim().to_lowercase().as_str())
}

/// The well-known domain that `domain` was probably meant to be: `gmial.com` → `gmail.com`.
/// A hint, never a refusal.
pub fn suggested_domain(domain: &str) -> Option<&'static str> {
    let domain = domain.trim().to_lowercase();
    if domain.len() < 5 || PRIVATE.contains(&domain.as_str()) {
        return None;
    }
    PRIVATE
        .iter()
        .filter(|known| known.len() > 7 && known.len().abs_diff(domain.len()) <= 1)
        .map(|known| (distance(&domain, known), *known))
        .filter(|(distance, _)| *distance == 1)
        .min()
        .map(|(_, known)| known)
}

/// Edits between two texts: insert, delete, replace, or swap two neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_provider_is_suggested() {
        assert_eq!(suggested_domain("gmial.com"), Some("gmail.com"));
        assert_eq!(suggested_domain("gmail.con"), Some("gmail.com"));
        assert_eq!(suggested_domain("libeo.it"), Some("libero.it"));
        assert_eq!(suggested_domain("gmail.com"), None);
        assert_eq!(suggested_domain("scuola.example"), None);
    }

    #[test]
    fn private_providers_are_told_from_employers() {
        assert!(is_private_provider("Bluewin.CH"));
        assert!(!is_private_provider("ospedale.example"));
    }
}
