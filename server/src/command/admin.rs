//! `delega admin …`.

use super::{refusal, say};
use crate::{settings::Settings, start};
use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use std::io::{IsTerminal, Read};

/// Longest password that is read, in bytes: 128 characters of up to four.
const PASSWORD: u64 = 4 * 128 + 2;

/// What can be done with administrators.
#[derive(Subcommand)]
pub enum Command {
    /// Create an account with every right in an organisation.
    Create {
        /// Code of the organisation.
        #[arg(long)]
        organisation: String,
        /// Name for signing in.
        #[arg(long)]
        username: String,
        /// Read the password from standard input, one line. The only way: a password on
        /// the command line would be seen by everybody on this machine.
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Demand another password at the first sign-in.
        #[arg(long)]
        must_change_password: bool,
    },
}

/// Runs it.
pub async fn run(settings: Settings, command: Command) -> Result<()> {
    let Command::Create {
        organisation,
        username,
        password_stdin: _,
        must_change_password,
    } = command;
    let password = read_password()?;
    start::with_backend(&settings, |backend| async move {
        let found = backend
            .organisations
            .find(&organisation)
            .await
            .map_err(refusal)?
            .with_context(|| format!("there is no organisation {organisation}; make it with: delega organisation create"))?;
        backend
            .organisations
            .create_admin(found.id, &username, &password, must_change_password)
            .await
            .map_err(refusal)?;
        say(format!("administrator {username} created in {}", found.code));
        Ok(())
    })
    .await
}

/// One line; only its end is taken off, blanks belong to the password.
fn read_password() -> Result<String> {
    let mut text = String::new();
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!("password (it will be visible), then Enter:");
        stdin.read_line(&mut text)?;
    } else {
        stdin
            .take(PASSWORD + 1)
            .read_to_string(&mut text)
            .context("the password is not UTF-8 text")?;
    }
    let line = text.trim_end_matches(['\r', '\n']);
    ensure!(!line.is_empty(), "no password came on standard input");
    ensure!(
        !line.contains('\n'),
        "more than one line came on standard input"
    );
    Ok(line.to_owned())
}
