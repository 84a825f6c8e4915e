//! Argon2id (19 MiB, t=2, p=1: OWASP's first choice) off the async threads.

use crate::{
    entropy::Entropy,
    error::{Result, ServiceError},
};
use argon2::{
    Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _, password_hash::SaltString,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes and verifies, at most one a core at once, so that a mass send never starves
/// the people who sign in.
#[derive(Clone)]
pub struct Hasher {
    slots: Arc<Semaphore>,
    entropy: Entropy,
}

impl Hasher {
    /// `slots` hashes at once.
    pub fn new(slots: usize, entropy: Entropy) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(slots.max(1))),
            entropy,
        }
    }

    /// Hashes a secret into a PHC string.
    ///
    /// # Errors
    /// Internal, where the thread pool is gone.
    pub async fn hash(&self, secret: String) -> Result<String> {
        let salt = SaltString::encode_b64(&self.entropy.bytes::<16>())
            .map_err(|e| ServiceError::internal(e.to_string()))?;
        self.off_thread(move || {
            Argon2::default()
                .hash_password(secret.as_bytes(), &salt)
                .map(|h| h.to_string())
        })
        .await?
        .map_err(|e| ServiceError::internal(e.to_string()))
    }

    /// Whether the secret fits the hash. `None` does the same work and answers `false`, so
    /// that an unknown account costs what a known one costs.
    ///
    /// # Errors
    /// Internal, where the thread pool is gone.
    pub async fn verify(&self, secret: String, hash: Option<String>) -> Result<bool> {
        // Argon2id of a value nobody has, with the same parameters.
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$hV8dVYnhVTnyRyqhJ8vhzbGsq3Ftf4mQQyxE6W4u5a8";
        self.off_thread(move || {
            let known = hash.is_some();
            let text = hash.unwrap_or_else(|| NOBODY.to_owned());
            let fits = PasswordHash::new(&text).is_ok_and(|h| {
                Argon2::default()
                    .verify_password(secret.as_bytes(), &h)
                    .is_ok()
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
}
