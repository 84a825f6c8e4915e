//! Turns `locales/<language>/<area>.toml` into typed functions: a text that lacks a
//! language, or whose placeholders differ between languages, does not build.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process,
};

const LANGUAGES: [(&str, &str); 4] = [("it", "It"), ("de", "De"), ("fr", "Fr"), ("en", "En")];

fn main() {
    println!("cargo::rerun-if-changed=locales");
    if let Err(e) = generate() {
        eprintln!("locales: {e}");
        process::exit(1);
    }
}

fn generate() -> Result<(), String> {
    let mut areas: BTreeMap<String, BTreeMap<String, BTreeMap<&str, String>>> = BTreeMap::new();
    for (dir, language) in LANGUAGES {
        let folder = Path::new("locales").join(dir);
        for entry in fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))? {
            let path = entry.map_err(|e| e.to_string())?.path();
            let area = path
                .file_stem()
                .and_then(|s| s.to_str())
                .unwrap_or_default()
                .to_owned();
            let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let table: BTreeMap<String, String> =
                toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
            for (key, value) in table {
                areas
                    .entry(area.clone())
                    .or_default()
                    .entry(key)
                    .or_default()
                    .insert(language, value);
            }
        }
    }
    let mut out = String::new();
    for (area, keys) in &areas {
        out +=
            &format!("#[doc = \"Texts of `{area}`.\"]\npub mod {area} {{\nuse domain::Locale;\n");
        for (key, texts) in keys {
            out += &function(area, key, texts)?;
        }
        out += "}\n";
    }
    let target = Path::new(&env::var("OUT_DIR").map_err(|e| e.to_string())?).join("texts.rs");
    // Same text, same file: nothing is rebuilt.
    if fs::read_to_string(&target).ok().as_deref() != Some(out.as_str()) {
        fs::write(&target, out).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn function(area: &str, key: &str, texts: &BTreeMap<&str, String>) -> Result<String, String> {
    if let Some((dir, _)) = LANGUAGES.iter().find(|(_, l)| !texts.contains_key(l)) {
        return Err(format!("{area}.{key} is missing in {dir}"));
    }
    let wanted = placeholders(&texts["It"]);
    for (language, text) in texts {
        if placeholders(text) != wanted {
            return Err(format!(
                "{area}.{key}: other placeholders in {language} than in It {wanted:?}"
            ));
        }
    }
    let doc = format!("#[doc = {:?}]\n", texts["It"]);
    let arms: String = texts
        .iter()
        .map(|(language, text)| {
            if wanted.is_empty() {
                format!("Locale::{language} => {text:?},\n")
            } else {
                format!("Locale::{language} => format!({text:?}),\n")
            }
        })
        .collect();
    if wanted.is_empty() {
        return Ok(format!(
            "{doc}pub fn {key}(l: Locale) -> &'static str {{ match l {{ {arms} }} }}\n"
        ));
    }
    let list = |f: &dyn Fn(&String) -> String| wanted.iter().map(f).collect::<Vec<_>>().join(", ");
    // The inner function is not generic: one copy in the wasm, whatever is shown.
    Ok(format!(
        "{doc}pub fn {key}(l: Locale, {}) -> String {{ fn inner(l: Locale, {}) -> String {{ match l {{ {arms} }} }} inner(l, {}) }}\n",
        list(&|p| format!("{p}: impl std::fmt::Display")),
        list(&|p| format!("{p}: &dyn std::fmt::Display")),
        list(&|p| format!("&{p}")),
    ))
}

fn placeholders(text: &str) -> BTreeSet<String> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}
