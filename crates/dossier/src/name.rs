//! File names as they come, and as they may be shown and saved.

/// The longest file name that common file systems take, in bytes.
pub const NAME_BYTES: usize = 255;

/// A name that means the same everywhere: no folders, no control or direction-changing characters, nothing that a
/// file system keeps for itself, at most [`NAME_BYTES`] bytes with its ending kept. Never empty.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut safe: String = last.chars().filter(|c| !c.is_control() && !changes_direction(*c)).map(plain).collect();
    while safe.ends_with(['.', ' ']) {
        safe.pop();
    }
    let safe = safe.trim_start();
    if safe.is_empty() { "document".to_owned() } else { shorten(safe) }
}

fn changes_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn plain(c: char) -> char {
    if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c }
}

fn shorten(name: &str) -> String {
    if name.len() <= NAME_BYTES {
        return name.to_owned();
    }
    let ending = match name.rfind('.') {
        Some(dot) if name.len() - dot <= 16 => &name[dot..],
        _ => "",
    };
    let mut cut = NAME_BYTES - ending.len();
    while !name.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}{ending}", &name[..cut])
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn folders_dots_and_directions_do_not_survive() {
        assert_eq!(safe_name("../../etc/passwd"), "passwd");
        assert_eq!(safe_name("..\\..\\boot.ini"), "boot.ini");
        assert_eq!(safe_name("..."), "document");
        assert_eq!(safe_name(""), "document");
        assert_eq!(safe_name("cv\u{202e}fdp.exe"), "cvfdp.exe");
        assert_eq!(safe_name("a\0b\n.txt"), "ab.txt");
        assert_eq!(safe_name("what?.txt"), "what_.txt");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = format!("{}.pdf", "é".repeat(300));
        let safe = safe_name(&name);
        assert!(safe.len() <= 255 && safe.ends_with(".pdf"));
    }

    #[test]
    fn an_ordinary_name_stays_as_it_is() {
        for name in ["CV Łukasz Wiśniewski.docx", "kopie (1) van verslag — definitief (2).txt", ".gitignore"] {
            assert_eq!(safe_name(name), name);
        }
    }
}
