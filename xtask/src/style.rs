//! The style sheet: one file out of `style/main.css` and what it imports.

use crate::run;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The style sheet and the files it stands on, before they are named.
pub struct Style {
    /// Bundled and minified, its `url()`s still as written.
    pub css: String,
    /// Font files by their file name.
    pub fonts: BTreeMap<String, PathBuf>,
    /// Files served from the site's root under their own path.
    pub public: BTreeMap<String, PathBuf>,
}

/// Bundles the style sheet. Quick enough (some 20 ms) to do at every build.
pub fn build(workspace: &Workspace) -> Result<Style> {
    let folder = workspace.root.join("style");
    let output = workspace.client_target().join("stage/style.css");
    fs::create_dir_all(output.parent().context("stage has a parent")?)?;
    run::program(
        workspace,
        &workspace.npm_program("lightningcss")?,
        &[
            "--bundle".as_ref(),
            "--minify".as_ref(),
            "--output-file".as_ref(),
            output.as_os_str(),
            folder.join("main.css").as_os_str(),
        ],
    )?;
    let css = fs::read_to_string(&output)?;
    let fonts = files_under(&folder.join("fonts"))?
        .into_iter()
        .filter(|(name, _)| name.ends_with(".woff2"))
        .collect();
    let public = files_under(&folder.join("public"))?;
    Ok(Style { css, fonts, public })
}

/// Puts the published path of every font into the style sheet's `url()`s.
///
/// `names` maps a font's file name to its path below the style sheet's folder.
/// A `url()` that points to no known file is an error: it would be a request
/// that fails on every page.
pub fn with_hashed_urls(css: &str, names: &BTreeMap<String, String>) -> Result<String> {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("url(") {
        let (before, after) = rest.split_at(start + "url(".len());
        let (raw, tail) = url_token(after)?;
        out.push_str(before);
        let url = raw.trim_matches(['"', '\'']);
        let file = url.rsplit('/').next().unwrap_or(url);
        if let Some(name) = names.get(file) {
            out.push_str(name);
        } else if url.starts_with("data:") || url.starts_with('#') || url.starts_with('/') {
            out.push_str(raw);
        } else {
            bail!("style: url({url}) names no file of style/fonts");
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

/// Splits `"a(b)")…` or `a)…` into the token and what follows, `)` first.
fn url_token(text: &str) -> Result<(&str, &str)> {
    let end = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].find(quote).map(|at| at + 2),
        _ => text.find(')'),
    };
    let end = end.context("style: a url( is not closed")?;
    Ok(text.split_at(end))
}

/// Every file below a folder by its path relative to it; none when there is no
/// such folder.
fn files_under(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        let Ok(entries) = fs::read_dir(&current) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
                found.insert(name, path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> BTreeMap<String, String> {
        BTreeMap::from([("a.woff2".to_owned(), "fonts/a.0f.woff2".to_owned())])
    }

    #[test]
    fn a_font_gets_its_published_name_however_it_is_written() {
        for url in [
            "fonts/a.woff2",
            "\"../fonts/a.woff2\"",
            "'./a.woff2'",
            "a.woff2",
        ] {
            let css = format!("@font-face{{src:url({url})format(\"woff2\")}}");
            assert_eq!(
                with_hashed_urls(&css, &names()).unwrap(),
                "@font-face{src:url(fonts/a.0f.woff2)format(\"woff2\")}"
            );
        }
    }

    #[test]
    fn data_fragment_and_rooted_urls_stay() {
        let css = "a{b:url(\"data:image/svg+xml,<svg d=')'/>\");c:url(#x);d:url(/favicon.svg)}";
        assert_eq!(with_hashed_urls(css, &names()).unwrap(), css);
    }

    #[test]
    fn a_url_that_names_no_file_is_an_error() {
        let error = with_hashed_urls("a{b:url(fonts/none.woff2)}", &names()).unwrap_err();
        assert!(error.to_string().contains("none.woff2"), "{error}");
    }
}
