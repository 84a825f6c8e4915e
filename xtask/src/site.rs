//! The folder that the server serves: hashed names, compressed siblings, and
//! the two files that say what is current.

use crate::client::Client;
use crate::compress::{self, Effort};
use crate::style::{self, Style};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Files of earlier builds stay this long: a page opened before the build
/// still finds what it asks for.
const GRACE: Duration = Duration::from_secs(60 * 60);

/// Writes everything under hashed names into `pkg/`, then `manifest.json` and
/// `hash.txt`, last, because it is what turns the pages over to the new files.
///
/// `hash.txt` has the form that Leptos' `HydrationScripts` and
/// `HashedStylesheet` read: one `kind: hash` a line.
pub fn publish(workspace: &Workspace, client: &Client, style: &Style) -> Result<()> {
    let mut site = Site::open(workspace.site())?;
    let effort = if client.release {
        Effort::Best
    } else {
        Effort::Quick
    };

    let mut font_urls = BTreeMap::new();
    for (name, path) in &style.fonts {
        let stem = format!("fonts/{}", name.trim_end_matches(".woff2"));
        let file = site.add(&stem, "woff2", &read(path)?, Effort::Best)?;
        font_urls.insert(name.clone(), file.path);
    }
    let css = style::with_hashed_urls(&style.css, &font_urls)?;
    let css = site.add("delega", "css", css.as_bytes(), Effort::Best)?;
    let js = site.add("delega", "js", &read(&client.script)?, Effort::Best)?;
    let wasm = site.add("delega", "wasm", &read(&client.wasm)?, effort)?;
    site.add_folder(&client.snippets, "snippets")?;
    for (name, path) in &style.public {
        site.write(Path::new(name), &read(path)?, Effort::Best)?;
    }

    let manifest = serde_json::to_string_pretty(&site.manifest)?;
    replace(&site.root.join("manifest.json"), manifest.as_bytes())?;
    let hashes = format!("js: {}\nwasm: {}\ncss: {}\n", js.hash, wasm.hash, css.hash);
    let changed = replace(&site.root.join("hash.txt"), hashes.as_bytes())?;
    site.remove_old()?;
    if changed {
        site.report(&[&wasm, &js, &css])?;
    }
    Ok(())
}

struct Published {
    /// Relative to `pkg/`.
    path: String,
    hash: String,
}

struct Site {
    root: PathBuf,
    /// Logical name to URL path.
    manifest: BTreeMap<String, String>,
    /// Files of this build, relative to the root.
    current: BTreeSet<PathBuf>,
}

impl Site {
    fn open(root: PathBuf) -> Result<Self> {
        fs::create_dir_all(root.join("pkg"))?;
        Ok(Self {
            root,
            manifest: BTreeMap::new(),
            current: BTreeSet::new(),
        })
    }

    /// Publishes bytes as `pkg/<stem>.<hash>.<extension>`.
    fn add(
        &mut self,
        stem: &str,
        extension: &str,
        bytes: &[u8],
        effort: Effort,
    ) -> Result<Published> {
        let hash = hex::encode(&Sha256::digest(bytes)[..8]);
        let path = format!("{stem}.{hash}.{extension}");
        self.write(&Path::new("pkg").join(&path), bytes, effort)?;
        self.manifest
            .insert(format!("{stem}.{extension}"), format!("/pkg/{path}"));
        Ok(Published { path, hash })
    }

    /// Copies a folder under its own names; theirs carry a hash already.
    fn add_folder(&mut self, from: &Path, to: &str) -> Result<()> {
        let Ok(entries) = fs::read_dir(from) else {
            return Ok(());
        };
        for entry in entries {
            let entry = entry?;
            let name = format!("{to}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.add_folder(&entry.path(), &name)?;
            } else {
                let bytes = read(&entry.path())?;
                self.write(&Path::new("pkg").join(&name), &bytes, Effort::Best)?;
            }
        }
        Ok(())
    }

    /// Writes a file and its compressed siblings where they are not there.
    fn write(&mut self, relative: &Path, bytes: &[u8], effort: Effort) -> Result<()> {
        let path = self.root.join(relative);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let changed = replace(&path, bytes)?;
        self.current.insert(relative.to_path_buf());
        if !compress::worthwhile(&relative.to_string_lossy()) {
            return Ok(());
        }
        for (suffix, encode) in [
            (
                "br",
                compress::brotli as fn(&[u8], Effort) -> Result<Vec<u8>>,
            ),
            ("gz", compress::gzip),
        ] {
            let sibling = with_suffix(relative, suffix);
            let target = self.root.join(&sibling);
            if changed || !target.exists() {
                replace(&target, &encode(bytes, effort)?)?;
            }
            self.current.insert(sibling);
        }
        Ok(())
    }

    /// Removes what earlier builds left in `pkg/`, after the grace.
    fn remove_old(&self) -> Result<()> {
        let mut folders = vec![PathBuf::from("pkg")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(self.root.join(&folder))? {
                let entry = entry?;
                let relative = folder.join(entry.file_name());
                if entry.path().is_dir() {
                    folders.push(relative);
                } else if !self.current.contains(&relative)
                    && entry.metadata()?.modified()?.elapsed().unwrap_or_default() > GRACE
                {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }

    fn report(&self, files: &[&Published]) -> Result<()> {
        for file in files {
            let path = self.root.join("pkg").join(&file.path);
            let size = |path: &Path| fs::metadata(path).map_or(0, |data| data.len());
            eprintln!(
                "  /pkg/{}  {} kB, brotli {} kB",
                file.path,
                size(&path) / 1000,
                size(&with_suffix(&path, "br")) / 1000
            );
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Writes a file at one stroke, so that a running server never reads half of
/// it; leaves an equal file alone. Says whether it wrote.
fn replace(path: &Path, bytes: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    let draft = with_suffix(path, "draft");
    fs::write(&draft, bytes).with_context(|| format!("cannot write {}", draft.display()))?;
    fs::rename(&draft, path)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        (folder, Workspace { root })
    }

    fn client(workspace: &Workspace, wasm: &[u8]) -> Client {
        let root = &workspace.root;
        fs::write(root.join("c.js"), "export default 1").unwrap();
        fs::write(root.join("c.wasm"), wasm).unwrap();
        Client {
            script: root.join("c.js"),
            wasm: root.join("c.wasm"),
            snippets: root.join("none"),
            release: false,
        }
    }

    fn style() -> Style {
        Style {
            css: "a{color:red}".into(),
            fonts: BTreeMap::new(),
            public: BTreeMap::new(),
        }
    }

    fn hash_of(workspace: &Workspace, kind: &str) -> String {
        let text = fs::read_to_string(workspace.site().join("hash.txt")).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.split_once(':').filter(|(key, _)| *key == kind));
        line.unwrap().1.trim().to_owned()
    }

    #[test]
    fn every_hash_in_the_file_that_leptos_reads_names_a_file_with_its_siblings() {
        let (_folder, workspace) = workspace();
        publish(&workspace, &client(&workspace, b"wasm"), &style()).unwrap();
        for kind in ["js", "wasm", "css"] {
            let hash = hash_of(&workspace, kind);
            let path = workspace.site().join(format!("pkg/delega.{hash}.{kind}"));
            for file in [
                path.clone(),
                with_suffix(&path, "br"),
                with_suffix(&path, "gz"),
            ] {
                assert!(file.exists(), "{}", file.display());
            }
        }
    }

    #[test]
    fn a_changed_program_gets_another_name_and_the_old_one_stays_for_open_pages() {
        let (_folder, workspace) = workspace();
        publish(&workspace, &client(&workspace, b"one"), &style()).unwrap();
        let old = hash_of(&workspace, "wasm");
        publish(&workspace, &client(&workspace, b"two"), &style()).unwrap();
        let new = hash_of(&workspace, "wasm");
        assert_ne!(old, new);
        for hash in [old, new] {
            let path = format!("pkg/delega.{hash}.wasm");
            assert!(workspace.site().join(path).exists());
        }
    }
}
