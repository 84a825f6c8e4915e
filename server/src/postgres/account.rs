//! Which account Postgres runs under.

use super::binaries::Binaries;
use anyhow::{Context, Result};
use std::{
    io,
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

/// The account of the database's processes and files.
#[derive(Clone, Debug)]
pub enum Account {
    /// The one we run under.
    Own,
    /// Another one: we are root.
    Other {
        /// Number of the user.
        uid: u32,
        /// Number of its group.
        gid: u32,
    },
}

/// Whether this process may do everything.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Account {
    /// The account of that name.
    pub fn named(name: &str) -> Result<Self> {
        let number = |flag: &str| -> Result<u32> {
            let out = Command::new("id")
                .args([flag, name])
                .output()
                .context("the program id is missing")?;
            String::from_utf8_lossy(&out.stdout).trim().parse().with_context(|| {
                format!("Postgres may not run as root, and there is no account {name}: install the package postgresql, or run Delega as an ordinary user")
            })
        };
        Ok(Self::Other {
            uid: number("-u")?,
            gid: number("-g")?,
        })
    }

    /// Its number.
    pub fn uid(&self) -> u32 {
        match self {
            Self::Own => rustix::process::geteuid().as_raw(),
            Self::Other { uid, .. } => *uid,
        }
    }

    /// A program run under this account in `folder`.
    pub fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        if let Self::Other { uid, gid } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Makes it the owner.
    pub fn own(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(*uid), Some(*gid)),
        }
    }

    /// Whether it may run a program in the folder: asked by doing it.
    pub fn can_enter(&self, folder: &Path, binaries: &Binaries) -> bool {
        self.command(&binaries.program("postgres"), folder)
            .arg("--version")
            .output()
            .is_ok_and(|o| o.status.success())
    }
}
