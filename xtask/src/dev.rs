//! `cargo xtask dev`: build, serve, watch, again.

use crate::workspace::Workspace;
use crate::{build_client, rebuild_style, run, server_arguments};
use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

const SOURCES: [&str; 7] = [
    "domain",
    "backend",
    "app",
    "frontend",
    "server",
    "data",
    "Cargo.toml",
];
const PAUSE: Duration = Duration::from_millis(400);

/// Runs until it gets a signal. A build that fails leaves the server that runs
/// as it is, and waits for the next change.
pub fn watch(workspace: &Workspace, arguments: Vec<String>) -> Result<()> {
    let arguments = if arguments.is_empty() {
        vec!["serve".to_owned(), "--demo".to_owned()]
    } else {
        arguments
    };
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }

    let mut server: Option<Server> = None;
    let mut built = Seen::default();
    while !stop.load(Ordering::Relaxed) {
        let seen = Seen::now(workspace)?;
        if seen == built {
            sleep(PAUSE);
            continue;
        }
        let started = Instant::now();
        let outcome = if seen.sources == built.sources {
            rebuild_style(workspace)
        } else {
            build_client(workspace, false)
                .and_then(|()| run::cargo(workspace, &server_arguments(false)))
        };
        match outcome {
            Ok(()) => {
                eprintln!("dev: built in {:.1} s", started.elapsed().as_secs_f32());
                let restart = seen.sources != built.sources;
                if restart && !stop.load(Ordering::Relaxed) {
                    drop(server.take());
                    server = Some(Server::start(workspace, &arguments)?);
                }
            }
            Err(error) => eprintln!("dev: {error:#}; waiting for a change"),
        }
        built = seen;
    }
    Ok(())
}

/// The newest change and the number of files: a removed file counts too.
type Mark = (Option<SystemTime>, usize);

#[derive(Default, PartialEq, Eq)]
struct Seen {
    sources: Mark,
    style: Mark,
}

impl Seen {
    fn now(workspace: &Workspace) -> Result<Self> {
        let sources = SOURCES.iter().map(|name| workspace.root.join(name));
        Ok(Self {
            sources: mark(sources.collect())?,
            style: mark(vec![workspace.root.join("style")])?,
        })
    }
}

fn mark(mut paths: Vec<PathBuf>) -> Result<Mark> {
    let (mut newest, mut count) = (None, 0);
    while let Some(path) = paths.pop() {
        // An editor may remove a file between the listing and the look at it.
        let Ok(data) = fs::metadata(&path) else {
            continue;
        };
        if data.is_dir() {
            paths.extend(children(&path)?);
        } else {
            newest = newest.max(data.modified().ok());
            count += 1;
        }
    }
    Ok((newest, count))
}

fn children(folder: &Path) -> Result<Vec<PathBuf>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

/// The running server; it ends with this value.
struct Server(Child);

impl Server {
    fn start(workspace: &Workspace, arguments: &[String]) -> Result<Self> {
        let program = workspace.server();
        let child = Command::new(&program)
            .current_dir(&workspace.root)
            .args(arguments)
            // Its own group: Ctrl-C would reach it beside our signal, and a second
            // signal makes it leave before its database is stopped.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Self(child))
    }
}

impl Drop for Server {
    /// Asks with SIGTERM, so that the server can stop its database; insists
    /// after ten seconds.
    fn drop(&mut self) {
        let id = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        for _ in 0..100 {
            if matches!(self.0.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
