//! Argon2id (19 MiB, t=2, p=1: OWASP's first choice) off the async threads.
//!
//! With a key (`DELEGA_SECRET_KEY`) every hash is made with it: whoever gets hold of the
//! database alone, or of a backup, cannot try passwords and PINs against it. Hashes made
//! with the key bear a mark, so that those made before there was one still fit.

use crate::{
    entropy::Entropy,
    error::{Result, ServiceError},
};
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::SaltString,
};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What a hash made with the key begins with.
const KEYED: &str = "k1";

/// Hashes and verifies, at most one a core at once, so that a mass send never starves
/// the people who sign in.
#[derive(Clone)]
pub struct Hasher {
    slots: Arc<Semaphore>,
    entropy: Entropy,
    key: Option<Arc<[u8; 32]>>,
}

impl Hasher {
    /// `slots` hashes at once.
    pub fn new(slots: usize, entropy: Entropy) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(slots.max(1))),
            entropy,
            key: None,
        }
    }

    /// The same with the key of this installation.
    pub fn with_key(mut self, key: Option<&str>) -> Self {
        self.key = key.map(|k| Arc::new(Sha256::digest(k.as_bytes()).into()));
        self
    }

    /// Hashes a secret into a PHC string.
    ///
    /// # Errors
    /// Internal, where the thread pool is gone.
    pub async fn hash(&self, secret: String) -> Result<String> {
        let salt = SaltString::encode_b64(&self.entropy.bytes::<16>())
            .map_err(|e| ServiceError::internal(e.to_string()))?;
        let key = self.key.clone();
        let made = self
            .off_thread(move || {
                let hash = argon(key.as_deref())?.hash_password(secret.as_bytes(), &salt)?;
                let mark = if key.is_some() { KEYED } else { "" };
                Ok::<_, argon2::password_hash::Error>(format!("{mark}{hash}"))
            })
            .await?;
        made.map_err(|e| ServiceError::internal(e.to_string()))
    }

    /// Whether the secret fits the hash. `None` does the same work and answers `false`, so
    /// that an unknown account costs what a known one costs.
    ///
    /// # Errors
    /// Internal, where the thread pool is gone.
    pub async fn verify(&self, secret: String, hash: Option<String>) -> Result<bool> {
        // Argon2id of a value nobody has, with the same parameters.
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$hV8dVYnhVTnyRyqhJ8vhzbGsq3Ftf4mQQyxE6W4u5a8";
        let key = self.key.clone();
        self.off_thread(move || {
            let known = hash.is_some();
            let text = hash.unwrap_or_else(|| NOBODY.to_owned());
            let (plain, key) = match text.strip_prefix(KEYED) {
                Some(plain) => (plain, key.as_deref()),
                None => (text.as_str(), None),
            };
            let fits = PasswordHash::new(plain).is_ok_and(|h| {
                argon(key).is_ok_and(|a| a.verify_password(secret.as_bytes(), &h).is_ok())
            });
            known && fits
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _slot = self
            .slots
            .clone()
            .acquire_owned()
            .await
            .map_err(ServiceError::internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(ServiceError::internal)
    }
}

fn argon(key: Option<&[u8; 32]>) -> std::result::Result<Argon2<'_>, argon2::Error> {
    match key {
        Some(key) => {
            Argon2::new_with_secret(key, Algorithm::Argon2id, Version::V0x13, Params::default())
        }
        None => Ok(Argon2::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_own_secret_only_and_nobody_fits_nothing() {
        let hasher = Hasher::new(1, Entropy::seeded(1));
        let hash = hasher.hash("uno due tre".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            hasher
                .verify("uno due tre".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify("uno due tré".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(!hasher.verify(String::new(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_made_with_the_key_fits_with_the_key_alone_and_older_ones_still_fit() {
        let plain = Hasher::new(1, Entropy::seeded(1));
        let keyed = plain
            .clone()
            .with_key(Some("una chiave di almeno 32 caratteri"));
        let other = plain
            .clone()
            .with_key(Some("un'altra chiave di 32 caratteri!!"));
        let hash = keyed.hash("uno due tre".into()).await.unwrap();
        assert!(!hash.starts_with('$'));
        for (hasher, fits) in [(&keyed, true), (&other, false), (&plain, false)] {
            let said = hasher.verify("uno due tre".into(), Some(hash.clone()));
            assert_eq!(said.await.unwrap(), fits);
        }
        let before = plain.hash("uno due tre".into()).await.unwrap();
        assert!(
            keyed
                .verify("uno due tre".into(), Some(before))
                .await
                .unwrap()
        );
    }
}
