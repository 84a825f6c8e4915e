//! Session tokens: 256 random bits for the browser, their SHA-256 for the database.

use crate::entropy::Entropy;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::OrganisationId;
use sha2::{Digest as _, Sha256};

/// What the cookie carries and what the database looks up.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The organisation of the session: keys begin with it.
    pub organisation: OrganisationId,
    secret: [u8; 32],
}

impl Token {
    /// A fresh token.
    pub fn generate(organisation: OrganisationId, entropy: &Entropy) -> Self {
        Self {
            organisation,
            secret: entropy.bytes(),
        }
    }

    /// Reads a cookie's value; anything of another form is `None`.
    pub fn parse(value: &str) -> Option<Self> {
        let (organisation, secret) = value.split_once('.')?;
        let secret = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        Some(Self {
            organisation: organisation.parse().ok()?,
            secret,
        })
    }

    /// The cookie's value.
    pub fn encode(&self) -> String {
        format!(
            "{}.{}",
            self.organisation,
            URL_SAFE_NO_PAD.encode(self.secret)
        )
    }

    /// What the database keeps: with it alone nobody can sign in.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.secret).to_vec()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token({}.…)", self.organisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_cookie_and_shows_itself_nowhere_else() {
        let token = Token::generate(OrganisationId(7), &Entropy::seeded(1));
        let cookie = token.encode();
        assert_eq!(Token::parse(&cookie), Some(token.clone()));
        assert!(cookie.len() < 60 && cookie.starts_with("7."));
        assert!(!format!("{token:?}").contains(&cookie[2..]));
        for junk in [
            "",
            "7",
            "7.",
            "x.AAAA",
            "7.AAAA",
            &cookie[1..],
            &cookie[..cookie.len() - 1],
        ] {
            assert_eq!(Token::parse(junk), None, "{junk}");
        }
    }
}
