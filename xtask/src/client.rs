//! The wasm client: cargo, wasm-bindgen, and wasm-opt for a delivery.

use crate::run;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// Raise it when this file makes other output of the same input.
const RECIPE: &str = "1";

/// The client's files before they get their hashed names.
pub struct Client {
    /// The ES module that loads the wasm.
    pub script: PathBuf,
    /// The program.
    pub wasm: PathBuf,
    /// Scripts of dependencies which the module imports by relative path.
    pub snippets: PathBuf,
    /// Compress as small as possible, not as quickly as possible.
    pub release: bool,
}

/// Compiles the client. Cargo knows whether the wasm changed; what follows is
/// skipped when it did not.
pub fn build(workspace: &Workspace, release: bool) -> Result<Client> {
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    let target = workspace.client_target();
    run::cargo(
        workspace,
        &[
            "build",
            "--package=frontend",
            "--target=wasm32-unknown-unknown",
            &format!("--profile={profile}"),
            &format!("--target-dir={}", target.display()),
        ],
    )?;
    let input = target
        .join("wasm32-unknown-unknown")
        .join(profile)
        .join("frontend.wasm");
    let bytes = fs::read(&input).with_context(|| format!("cannot read {}", input.display()))?;

    let client = paths(workspace, release);
    let stage = stage(workspace, release);
    let stamp = stage.join("made-from");
    let made_from = format!("{RECIPE} {}", hex::encode(Sha256::digest(&bytes)));
    if fs::read_to_string(&stamp).is_ok_and(|text| text == made_from) {
        return Ok(client);
    }

    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    fs::create_dir_all(&stage)?;
    bindgen(bytes, &stage, release)?;
    if release {
        optimise(workspace, &client.wasm)?;
    }
    fs::write(&stamp, made_from)?;
    Ok(client)
}

/// The client of the last build.
pub fn staged(workspace: &Workspace, release: bool) -> Result<Client> {
    let client = paths(workspace, release);
    ensure!(client.wasm.exists(), "the client was not built yet");
    Ok(client)
}

fn stage(workspace: &Workspace, release: bool) -> PathBuf {
    let name = if release { "release" } else { "dev" };
    workspace.client_target().join("stage").join(name)
}

fn paths(workspace: &Workspace, release: bool) -> Client {
    let stage = stage(workspace, release);
    Client {
        script: stage.join("delega.js"),
        wasm: stage.join("delega_bg.wasm"),
        snippets: stage.join("snippets"),
        release,
    }
}

fn bindgen(bytes: Vec<u8>, stage: &Path, release: bool) -> Result<()> {
    Bindgen::new()
        .input_bytes("delega", bytes)
        .web(true)?
        // Leptos names the wasm file when it starts the module.
        .omit_default_module_path(true)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(stage)
        .context("wasm-bindgen failed")
}

fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let small = wasm.with_extension("small");
    // The features that the compiler used stand in the file's target_features
    // section, where wasm-opt reads them: nothing to repeat here.
    run::program(
        workspace,
        &workspace.npm_program("wasm-opt")?,
        &[
            "-Oz".as_ref(),
            wasm.as_os_str(),
            "-o".as_ref(),
            small.as_os_str(),
        ],
    )?;
    fs::rename(&small, wasm)?;
    Ok(())
}
