//! Build tasks of Delega: `cargo xtask build` and `cargo xtask dev`.
//!
//! Why a program of ours and not cargo-leptos: docs/adr/0001.

mod client;
mod compress;
mod dev;
mod run;
mod site;
mod style;
mod workspace;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use std::process::ExitCode;
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build tasks of Delega")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the client into target/site, then the server.
    Build(BuildArgs),
    /// Build, run `delega serve --demo`, and do both again after every change.
    Dev(DevArgs),
}

#[derive(Args)]
struct BuildArgs {
    /// Optimise client and server for delivery.
    #[arg(long)]
    release: bool,
    /// Build the client only.
    #[arg(long)]
    client: bool,
}

#[derive(Args)]
struct DevArgs {
    /// Arguments of `delega` in place of `serve --demo`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Build(arguments) => build(&workspace, arguments),
        Task::Dev(arguments) => dev::watch(&workspace, arguments.arguments),
    }
}

fn build(workspace: &Workspace, arguments: BuildArgs) -> Result<()> {
    build_client(workspace, arguments.release)?;
    if !arguments.client {
        run::cargo(workspace, &server_arguments(arguments.release))?;
    }
    Ok(())
}

/// Wasm, glue, style sheet and static files, published into `target/site`.
fn build_client(workspace: &Workspace, release: bool) -> Result<()> {
    let _lock = workspace.lock()?;
    let client = client::build(workspace, release)?;
    let style = style::build(workspace)?;
    site::publish(workspace, &client, &style)
}

/// The style sheet alone: what a change under `style/` needs.
fn rebuild_style(workspace: &Workspace) -> Result<()> {
    let _lock = workspace.lock()?;
    let client = client::staged(workspace, false)?;
    let style = style::build(workspace)?;
    site::publish(workspace, &client, &style)
}

fn server_arguments(release: bool) -> Vec<&'static str> {
    let mut arguments = vec!["build", "--package", "server"];
    if release {
        arguments.push("--release");
    }
    arguments
}
