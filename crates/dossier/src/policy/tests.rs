//! What needs a look inside: which keys the reader asks for.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use super::read::findings;
use super::{Day, Policy, Profile, Reason};

/// Every key that any profile may have, as `dossiers.*.receivers[*].to`.
fn known() -> BTreeSet<String> {
    let texts = Profile::all().map(|profile| profile.text(Day::EPOCH));
    texts.iter().flat_map(|text| findings(text).unwrap().1.known).collect()
}

#[test]
fn the_reference_lists_every_key_and_no_other() {
    let reference = include_str!("../../../../docs/policy.md");
    // The key is the first cell of a row, its section the heading above: ## `[session]`.
    let (mut section, mut listed) = (String::new(), BTreeSet::new());
    for line in reference.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section =
                if heading.starts_with('`') { heading.trim_matches(['`', '[', ']']).to_owned() } else { String::new() };
            for name in ["<type>", "<role>", "<compartment>"] {
                section = section.replace(name, "*");
            }
            if heading.starts_with("`[[") {
                section.push_str("[*]");
            }
            if !section.is_empty() {
                section.push('.');
            }
        } else if let Some((key, _)) = line.strip_prefix("| `").and_then(|row| row.split_once('`')) {
            listed.insert(format!("{section}{key}"));
        }
    }
    let known = known();
    let is_section = |key: &str| {
        let [below, each] = [format!("{key}."), format!("{key}[")];
        known.iter().any(|other| other.starts_with(&below) || other.starts_with(&each))
    };
    let leaves: BTreeSet<_> = known.iter().filter(|key| !is_section(key)).cloned().collect();
    assert_eq!(listed.difference(&leaves).collect::<Vec<_>>(), Vec::<&String>::new(), "listed, but not read");
    assert_eq!(leaves.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "read, but not listed");
}

#[test]
fn a_policy_without_any_one_of_its_keys_is_refused_and_the_key_is_named() {
    for profile in Profile::all() {
        let text = profile.text(Day::EPOCH);
        let document = DeTable::parse(&text).unwrap();
        let mut leaves = Vec::new();
        collect(document.get_ref(), "", &mut leaves);
        assert!(leaves.len() > 70, "{profile:?} has {} keys", leaves.len());
        for (path, start, end) in leaves {
            let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
            let shortened = format!("{}{}", &text[..line], &text[end..]);
            let missing = Policy::parse(&shortened).map_err(|error| {
                error.faults.into_iter().filter(|fault| fault.reason == Reason::Missing).map(|fault| fault.path)
            });
            let key = path.rsplit('.').next().unwrap_or_default();
            // `review_every` and `copy_wait` are needed wherever a profile has them, since another key asks for them.
            let optional = key == "en" || key == "client" && path != "client";
            match missing {
                Ok(_) => assert!(optional, "{profile:?} does without {path}"),
                Err(mut missing) => {
                    assert!(!optional, "{profile:?} needs {path}");
                    assert!(missing.any(|named| named == path), "{profile:?}: {path} is not named as missing");
                }
            }
        }
    }
}

/// The path of every value, and where it stands with its key.
fn collect(table: &DeTable<'_>, path: &str, leaves: &mut Vec<(String, usize, usize)>) {
    for (key, value) in table {
        let path = if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
        match value.get_ref() {
            DeValue::Table(inner) => collect(inner, &path, leaves),
            DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                for (index, item) in items.iter().enumerate() {
                    collect(item.get_ref().as_table().unwrap(), &format!("{path}[{}]", index + 1), leaves);
                }
            }
            _ => leaves.push((path, key.span().start, value.span().end)),
        }
    }
}
