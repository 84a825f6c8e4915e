//! The house's own rules: who may import whom, and how long a file may be.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Lines of a file outside tests.
const LONGEST: usize = 400;

/// Files that are longer today and want splitting, with the length they may not pass.
const TO_SPLIT: [(&str, usize); 3] = [
    ("backend/src/db/users/search.rs", 575),
    ("backend/src/db/alignment/creation.rs", 540),
    ("backend/src/db/registrations.rs", 560),
];

/// Lines that a file may have.
fn longest(name: &str) -> usize {
    TO_SPLIT
        .iter()
        .find(|(known, _)| name.ends_with(known))
        .map_or(LONGEST, |(_, most)| *most)
}

/// Files that may hold SQL types outside `backend/src/db`: they own a transaction or a
/// pool, and hand both to `db`.
const SQLX_OWNERS: [&str; 6] = [
    "backend/src/lib.rs",
    "backend/src/error.rs",
    "backend/src/db.rs",
    "backend/src/service/",
    "backend/src/jobs",
    "backend/src/exchange",
];

/// Files of the interface that may tell the server's side from the browser's.
const SSR_AWARE: [&str; 3] = [
    "app/src/lib.rs",
    "app/src/i18n.rs",
    "app/src/state/request.rs",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// Every Rust source below a folder, by its path from the root, with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(
        !found.is_empty(),
        "{folder} holds no sources: this test looks at nothing"
    );
    found.sort();
    found
}

/// Lines that are neither comments nor inside `#[cfg(test)] mod tests`.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .map(|(n, line)| (n + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn breaches(folder: &str, is_breach: impl Fn(&str, &str) -> bool) -> Vec<String> {
    sources(folder)
        .iter()
        .flat_map(|(name, text)| {
            code(text)
                .filter(|(_, line)| is_breach(name, line))
                .map(|(n, line)| format!("{name}:{n}: {}", line.trim()))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn clean(rule: &str, breaches: Vec<String>) {
    assert!(breaches.is_empty(), "{rule}:\n{}", breaches.join("\n"));
}

/// Names under `[dependencies]`, `[dev-dependencies]` aside.
fn dependencies(krate: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(krate).join("Cargo.toml")).unwrap();
    let mut inside = false;
    let mut names = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if inside && line.starts_with(|c: char| c.is_ascii_lowercase()) {
            names.push(line.split(['.', ' ', '=']).next().unwrap().to_owned());
        }
    }
    assert!(
        !names.is_empty(),
        "{krate} has no dependencies: this test reads the wrong place"
    );
    names
}

#[test]
fn crates_depend_only_on_what_stands_below_them() {
    let has = |krate: &str, name: &str| dependencies(krate).iter().any(|d| d == name);
    let domain = dependencies("domain");
    let allowed = ["serde", "thiserror", "uuid", "jiff"];
    clean(
        "domain stays pure",
        domain
            .into_iter()
            .filter(|d| !allowed.contains(&d.as_str()))
            .collect(),
    );
    for name in ["leptos", "leptos_axum", "axum", "app", "server"] {
        assert!(!has("backend", name), "backend never imports {name}");
    }
    for name in ["sqlx", "lettre", "server"] {
        assert!(!has("app", name), "app never imports {name}");
    }
    for name in ["backend", "domain", "server", "sqlx"] {
        assert!(
            !has("frontend", name),
            "frontend only hydrates app, without {name}"
        );
    }
    for name in ["sqlx", "lettre", "argon2"] {
        assert!(
            !has("server", name),
            "server has no SQL and no rules: {name}"
        );
    }
}

#[test]
fn sql_stands_under_backend_db_alone() {
    clean(
        "statements stand under backend/src/db",
        breaches("backend/src", |name, line| {
            let owner = SQLX_OWNERS.iter().any(|o| name.starts_with(o));
            let statement = line.contains("sqlx::query") || line.contains("QueryBuilder");
            !name.starts_with("backend/src/db/")
                && ((line.contains("sqlx::") && !owner) || statement)
        }),
    );
    for folder in ["domain/src", "app/src", "server/src", "frontend/src"] {
        clean(
            "no SQL outside backend",
            breaches(folder, |_, line| line.contains("sqlx::")),
        );
    }
}

#[test]
fn the_server_and_the_browser_part_in_few_places() {
    clean(
        "cfg(feature = \"ssr\") outside the allow-list",
        breaches("app/src", |name, line| {
            line.contains("feature = \"ssr\"")
                && !line.contains("all(test")
                && !SSR_AWARE.contains(&name)
        }),
    );
    clean(
        "backend knows nothing of HTTP",
        breaches("backend/src", |_, l| {
            l.contains("leptos") || l.contains("axum::")
        }),
    );
}

#[test]
fn the_kit_knows_no_domain_and_pages_know_no_pages() {
    clean(
        "app/src/ui imports api, pages or domain",
        breaches("app/src/ui", |_, l| {
            ["crate::api", "crate::pages", "domain::"]
                .iter()
                .any(|m| l.contains(m))
        }),
    );
    clean(
        "a page imports another page",
        breaches("app/src/pages", |name, line| {
            let own = name
                .trim_start_matches("app/src/pages/")
                .split(['/', '.'])
                .next()
                .unwrap();
            line.split("pages::").skip(1).any(|rest| {
                let other: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                !other.is_empty() && other != own
            })
        }),
    );
}

#[test]
fn permissions_are_decided_in_one_place() {
    clean(
        "rules about rights outside domain::access",
        breaches("app/src/api", |_, l| {
            l.contains("Right::") || l.contains(".holds(")
        }),
    );
    for folder in ["app/src", "backend/src", "domain/src", "server/src"] {
        clean(
            "the clock is asked in backend::clock alone",
            breaches(folder, |name, l| {
                !name.ends_with("clock.rs")
                    && ["Timestamp::now()", "Zoned::now()", "SystemTime::now()"]
                        .iter()
                        .any(|c| l.contains(c))
            }),
        );
    }
}

#[test]
fn no_file_grows_beyond_what_one_can_read() {
    for folder in [
        "domain/src",
        "backend/src",
        "app/src",
        "frontend/src",
        "server/src",
    ] {
        let long = sources(folder)
            .iter()
            .filter(|(name, _)| !name.ends_with("/tests.rs"))
            .map(|(name, text)| {
                (
                    name,
                    text.lines()
                        .take_while(|l| !l.starts_with("#[cfg(test)]"))
                        .count(),
                )
            })
            .filter(|(name, lines)| *lines > longest(name))
            .map(|(name, lines)| format!("{name}: {lines} lines"))
            .collect();
        clean("files over 400 lines want splitting", long);
    }
}

/// What looks like an act of the trail and is none: names of files.
const NO_ACTS: [&str; 2] = ["mail.html", "content.xml"];

/// Texts of a line that read like an act: `noun.verb` between quotes of Rust or SQL.
fn acts(line: &str) -> impl Iterator<Item = &str> {
    line.split(['"', '\'']).filter(|text| {
        let word = |w: &str| w.len() > 2 && w.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        text.split_once('.')
            .is_some_and(|(noun, verb)| word(noun) && word(verb))
            && !NO_ACTS.contains(text)
    })
}

#[test]
fn every_act_of_the_trail_has_words_in_every_language() {
    let mut found = std::collections::BTreeSet::new();
    for (name, text) in sources("backend/src") {
        if name.ends_with("/tests.rs") {
            continue;
        }
        for (_, line) in code(&text) {
            found.extend(acts(line).map(str::to_owned));
        }
    }
    assert!(found.len() > 60, "this test looks at too little: {found:?}");
    let wordless = found
        .iter()
        .flat_map(|act| domain::Locale::ALL.map(|l| (l, act)))
        .filter(|(l, act)| app::widgets::act_words::act_words(*l, act).contains(act.as_str()))
        .map(|(l, act)| format!("{act} ({l:?})"))
        .collect();
    clean(
        "acts without words in app/src/widgets/act_words.rs",
        wordless,
    );
}

#[test]
fn no_folder_has_a_mod_rs() {
    for folder in [
        "domain/src",
        "backend/src",
        "app/src",
        "server/src",
        "xtask/src",
    ] {
        clean(
            "foo.rs + foo/, never mod.rs",
            sources(folder)
                .into_iter()
                .map(|(n, _)| n)
                .filter(|n| n.ends_with("mod.rs"))
                .collect(),
        );
    }
}
