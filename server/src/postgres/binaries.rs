//! Where Postgres' programs stand; Debian keeps them off the PATH.

use anyhow::{Result, bail};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

/// Oldest version that Delega runs on.
pub const OLDEST: u32 = 15;

/// A folder with `initdb`, `pg_ctl`, `createdb` and `postgres`.
#[derive(Clone, Debug)]
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// The newest there is, or those of the version an existing cluster was made with.
    pub fn find(version: Option<u32>) -> Result<Self> {
        let found: BTreeMap<u32, PathBuf> = candidates()
            .into_iter()
            .rev()
            .filter_map(|f| Some((major(&f)?, f)))
            .collect();
        if let Some(wanted) = version {
            return match found.get(&wanted) {
                Some(folder) => Ok(Self {
                    folder: folder.clone(),
                }),
                None => bail!(
                    "the database was made with Postgres {wanted}, which is not installed (there is: {}); \
                     install the package postgresql-{wanted}, or move the data with pg_upgrade",
                    if found.is_empty() {
                        "none".to_owned()
                    } else {
                        found
                            .keys()
                            .map(ToString::to_string)
                            .collect::<Vec<_>>()
                            .join(", ")
                    }
                ),
            };
        }
        match found.into_iter().next_back() {
            Some((major, folder)) if major >= OLDEST => Ok(Self { folder }),
            Some((major, _)) => {
                bail!("Postgres {major} is too old: Delega needs {OLDEST} or newer")
            }
            None => bail!(
                "no Postgres server was found: install it (Debian, Ubuntu: apt-get install postgresql), \
                 or name an outside one in DELEGA_DATABASE_URL"
            ),
        }
    }

    /// One of the programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Folders in order of preference: what `pg_config` says, Debian's, the PATH.
fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(out) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()));
    }
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|v| v.path().join("bin")));
    }
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    folders.retain(|f| {
        ["initdb", "pg_ctl", "createdb", "postgres"]
            .iter()
            .all(|p| f.join(p).is_file())
    });
    folders
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` → 15.
fn major(folder: &Path) -> Option<u32> {
    let out = Command::new(folder.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    parse_major(&String::from_utf8_lossy(&out.stdout))
}

fn parse_major(text: &str) -> Option<u32> {
    let number = text
        .split_whitespace()
        .find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[test]
    fn the_version_is_read_from_what_postgres_prints() {
        assert_eq!(
            parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major(""), None);
    }
}
