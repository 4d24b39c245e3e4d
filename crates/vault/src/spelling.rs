//! What looks the same is spelled the same. A browser has the tables of Unicode already, so the app downloads none.

use unicode::{normal, without_marks};

/// One spelling for a passphrase: NFC (UAX #15), which no later version of Unicode changes for letters that exist.
pub(crate) fn composed(text: &str) -> String {
    normal(text, "NFC")
}

/// One spelling for what people take to be the same: compatibility decomposition without marks, in lower case, and the
/// letters that Unicode does not take apart as they are typed where a keyboard lacks them.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = without_marks(&normal(text, "NFKD"));
    let mut folded = String::with_capacity(plain.len());
    for letter in plain.chars().flat_map(char::to_lowercase) {
        match letter {
            'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ø' => folded.push('o'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            _ => folded.push(letter),
        }
    }
    folded
}

#[cfg(not(target_arch = "wasm32"))]
mod unicode {
    use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

    pub(super) fn normal(text: &str, form: &str) -> String {
        if form == "NFC" { text.nfc().collect() } else { text.nfkd().collect() }
    }

    pub(super) fn without_marks(text: &str) -> String {
        text.chars().filter(|c| !is_combining_mark(*c)).collect()
    }
}

#[cfg(target_arch = "wasm32")]
mod unicode {
    use js_sys::{JsString, RegExp};

    /// A passphrase of plain letters, as most are, leaves no copy outside this program's memory.
    pub(super) fn normal(text: &str, form: &str) -> String {
        if text.is_ascii() { text.to_owned() } else { JsString::from(text).normalize(form).into() }
    }

    pub(super) fn without_marks(text: &str) -> String {
        JsString::from(text).replace_by_pattern(&RegExp::new(r"\p{M}", "gu"), "").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_looks_the_same_is_found_the_same() {
        assert_eq!(folded("Öztürk, ŁUKASZ: ﬁle №5"), "ozturk, lukasz: file no5");
        assert_eq!(folded("Ayşe Yılmaz, Sørensen, Đorđević, Weiß"), "ayse yilmaz, sorensen, dordevic, weiss");
        assert_eq!(folded("İpek"), "ipek");
        assert_eq!(folded("Zoë"), folded("Zoe\u{308}"));
        assert_eq!(folded("PLAIN"), "plain");
    }

    #[test]
    fn a_passphrase_is_the_same_however_the_keyboard_spells_it() {
        assert_eq!(composed("cafe\u{301} noir"), "café noir");
        // Not what a search takes to be the same: that would make guessing easier.
        assert_ne!(composed("ﬁle"), "file");
    }
}
