//! Compiles `messages/nl.ftl` and `messages/en.ftl` to one typed function per message, so that a missing translation or
//! a wrong variable does not compile and no message parser is shipped.
//!
//! A line is `key = text`; `{name}` is a variable; ` | ` parts the singular from the plural of a message with a variable
//! `count`; a line that starts with `#` is for translators. Lines that start with a space go on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=messages");
    if let Err(error) = compile() {
        println!("cargo::error={error}");
        std::process::exit(1);
    }
}

fn compile() -> Result<(), String> {
    let (dutch, english) = (read("messages/nl.ftl")?, read("messages/en.ftl")?);
    let keys: BTreeSet<&String> = dutch.keys().chain(english.keys()).collect();
    let mut code = String::from("impl Language {\n");
    for key in keys {
        let (Some(nl), Some(en)) = (dutch.get(key), english.get(key)) else {
            return Err(format!("message {key} is in one language only"));
        };
        let names = variables(nl);
        if names != variables(en) {
            return Err(format!("message {key} has other variables in the other language"));
        }
        function(&mut code, key, &names, nl, en).map_err(|error| error.to_string())?;
    }
    code.push_str("}\n");
    let out = std::env::var("OUT_DIR").map_err(|error| error.to_string())?;
    std::fs::write(Path::new(&out).join("messages.rs"), code).map_err(|error| error.to_string())
}

fn read(path: &str) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mut messages: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix(' ') {
            let message = messages.get_mut(&last).ok_or(format!("{path}:{}: goes on from nothing", number + 1))?;
            message.push(' ');
            message.push_str(rest.trim());
            continue;
        }
        let (key, value) = line.split_once(" = ").ok_or(format!("{path}:{}: no ` = `", number + 1))?;
        last = key.trim().to_owned();
        if messages.insert(last.clone(), value.trim().to_owned()).is_some() {
            return Err(format!("{path}:{}: {last} is there twice", number + 1));
        }
    }
    Ok(messages)
}

fn variables(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
}

fn function(code: &mut String, key: &str, names: &BTreeSet<String>, nl: &str, en: &str) -> std::fmt::Result {
    let name = key.replace('-', "_");
    writeln!(code, "    /// nl: {nl} en: {en}")?;
    if names.is_empty() {
        writeln!(code, "    pub(crate) fn {name}(self) -> &'static str {{")?;
        writeln!(code, "        match self {{ Self::Dutch => {nl:?}, Self::English => {en:?} }}\n    }}")?;
        return Ok(());
    }
    let parameters: Vec<String> = names
        .iter()
        .map(|name| format!("{name}: {}", if name == "count" { "usize" } else { "impl std::fmt::Display" }))
        .collect();
    writeln!(code, "    pub(crate) fn {name}(self, {}) -> String {{\n        match self {{", parameters.join(", "))?;
    for (language, text) in [("Dutch", nl), ("English", en)] {
        match text.split_once(" | ") {
            Some((one, many)) => {
                writeln!(code, "            Self::{language} if count == 1 => {},", filled(one))?;
                writeln!(code, "            Self::{language} => {},", filled(many))?;
            }
            None => writeln!(code, "            Self::{language} => {},", filled(text))?,
        }
    }
    writeln!(code, "        }}\n    }}")
}

/// The expression of a text: the singular may do without its number.
fn filled(text: &str) -> String {
    if text.contains('{') { format!("format!({text:?})") } else { format!("{text:?}.to_owned()") }
}
