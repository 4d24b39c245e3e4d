//! Looking for what should not be there, however it is spelled.

use std::{fmt::Write as _, fs, path::Path};

use base64::{Engine as _, engine::general_purpose as base64_of};

/// Words and bytes that no relay may ever hold, each with a name.
#[derive(Clone, Debug, Default)]
pub struct Canaries(Vec<(String, Vec<Vec<u8>>)>);

impl Canaries {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more, with a name to report it by. At least eight bytes, or it would be found by chance.
    pub fn and(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        assert!(bytes.len() >= 8, "{name} is too short to look for");
        self.0.push((name.to_owned(), spellings(bytes)));
        self
    }

    /// The names of those found in `haystack`.
    pub fn found_in(&self, haystack: &[u8]) -> Vec<&str> {
        let found = self.0.iter().filter(|(_, spelled)| spelled.iter().any(|needle| contains(haystack, needle)));
        found.map(|(name, _)| name.as_str()).collect()
    }

    /// The names of those found in any file under a folder, with the file.
    pub fn found_under(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                found.extend(self.found_under(&path));
            } else {
                let bytes = fs::read(&path).expect("a file");
                let name = path.to_string_lossy();
                let names = self.found_in(name.as_bytes()).into_iter().chain(self.found_in(&bytes));
                found.extend(names.map(|canary| format!("{canary} in {name}")));
            }
        }
        found
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

/// The bytes as they are, in hexadecimal, in base64 and base64url at each of the three places in a group, and, for text,
/// in UTF-16.
pub fn spellings(bytes: &[u8]) -> Vec<Vec<u8>> {
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let mut all = vec![bytes.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    for skip in 0..3 {
        // Only whole groups: what stands at the edges depends on the neighbours.
        let whole = &bytes[skip..];
        let whole = &whole[..whole.len() / 3 * 3];
        all.push(base64_of::STANDARD_NO_PAD.encode(whole).into_bytes());
        all.push(base64_of::URL_SAFE_NO_PAD.encode(whole).into_bytes());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_found_wherever_it_stands() {
        let canaries = Canaries::new().and("name", "Yasemin Öztürk");
        for lead in 0..3 {
            let text = [&b"xyz"[..lead], "Yasemin Öztürk".as_bytes(), b" en meer"].concat();
            for spelled in [base64_of::STANDARD.encode(&text), base64_of::URL_SAFE_NO_PAD.encode(&text)] {
                assert_eq!(canaries.found_in(spelled.as_bytes()), ["name"]);
            }
        }
        let wide: Vec<u8> = "van Yasemin Öztürk".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(canaries.found_in(&wide), ["name"]);
        assert!(canaries.found_in(b"Yasemin O").is_empty());
    }
}
