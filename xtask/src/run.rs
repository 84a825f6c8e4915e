//! Other programs.

use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// Runs cargo in the workspace. `cargo run` has left its own crate's variables
/// in the environment; they are taken out, for build scripts that watch them.
pub fn cargo(workspace: &Workspace, arguments: &[impl AsRef<OsStr>]) -> Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&program);
    command.current_dir(&workspace.root).args(arguments);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    finish(command, Path::new(&program))
}

/// Runs a program in the workspace and fails when it fails.
pub fn program(
    workspace: &Workspace,
    program: &Path,
    arguments: &[impl AsRef<OsStr>],
) -> Result<()> {
    let mut command = Command::new(program);
    command.current_dir(&workspace.root).args(arguments);
    finish(command, program)
}

fn finish(mut command: Command, program: &Path) -> Result<()> {
    let name = program.display();
    let status = command
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} failed ({status})");
    Ok(())
}
