//! The two languages of the app. Each message is a method, made at build time from `messages/`.

use crate::device;
use serde::{Deserialize, Serialize};

/// A language of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Language {
    /// Nederlands.
    Dutch,
    /// English.
    English,
}

const KEPT: &str = "zegel.language";

impl Language {
    /// The language chosen before on this device, or else the browser's, or else English.
    pub(crate) fn preferred() -> Self {
        let kept = device::storage().and_then(|storage| storage.get_item(KEPT).ok().flatten());
        let wanted = kept.or_else(|| device::window().navigator().language()).unwrap_or_default();
        if wanted.starts_with("nl") { Self::Dutch } else { Self::English }
    }

    /// Keeps the choice on this device; without storage it holds until the page closes.
    pub(crate) fn keep(self) {
        if let Some(storage) = device::storage() {
            let _ = storage.set_item(KEPT, self.tag());
        }
    }

    /// The tag of BCP 47.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    /// The locale for dates and numbers.
    pub(crate) fn locale(self) -> &'static str {
        match self {
            Self::Dutch => "nl-NL",
            Self::English => "en-GB",
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn sources(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, text);
            } else {
                text.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_message_is_used() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut text = String::new();
        sources(&root.join("src"), &mut text);
        let messages = std::fs::read_to_string(root.join("messages/en.ftl")).unwrap();
        let unused: Vec<&str> = messages
            .lines()
            .filter(|line| !line.starts_with(['#', ' ']))
            .filter_map(|line| Some(line.split_once(" = ")?.0))
            .filter(|key| !text.contains(&format!(".{}(", key.replace('-', "_"))))
            .collect();
        assert!(unused.is_empty(), "never shown: {unused:?}");
    }
}
