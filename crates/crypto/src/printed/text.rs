//! Lines of groups, with a check per line and one over the whole.
//!
//! `version ‖ kind ‖ payload ‖ check` in symbols of five bits fills whole lines of 19 symbols; the check is the start of
//! a SHA-256 and takes what the last line leaves, four symbols at least. The twentieth symbol of a line is a weighted
//! sum over GF(2⁵) of the others and the line's number: any one wrong character, any two exchanged ones and any
//! exchanged lines show.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const VERSION: u8 = 1;
const GROUP: usize = 5;
const LINE: usize = 20;
const DATA: usize = LINE - 1;
const LEAST_CHECK: usize = 4;

/// Why a printed text was not read, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintedError {
    /// A line, counted from one, has a wrong character.
    #[error("line {line} has a wrong character: compare its groups with the paper")]
    DamagedGroup {
        /// The line, counted from one.
        line: usize,
    },
    /// Characters are missing at the end.
    #[error("characters are missing: type every line to its end")]
    TooShort,
    /// There is more than the paper holds.
    #[error("there are characters too many: type only what is on this paper")]
    TooLong,
    /// A later program printed this.
    #[error("this paper is of a newer kind: update the program")]
    UnknownVersion,
    /// It is another paper, such as a sheet where a card is asked for.
    #[error("this is another kind of paper: look for the one that is asked for")]
    WrongKind,
    /// Each line is sound, but they do not belong together.
    #[error("these lines do not belong together: type all of one paper")]
    Mixed,
}

/// What a paper is, as its second character says.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Card = b'K' as isize,
    Sheet = b'S' as isize,
}

/// The lines, one for each.
pub(super) fn print(kind: Kind, payload: &[u8]) -> Zeroizing<String> {
    let mut symbols = Zeroizing::new(vec![VERSION, symbol(kind as u8).unwrap_or(0)]);
    symbols.extend(to_symbols(payload).iter());
    let lines = (symbols.len() + LEAST_CHECK).div_ceil(DATA);
    let check = whole_check(&symbols);
    let missing = lines * DATA - symbols.len();
    symbols.extend(&check[..missing]);
    let mut text = Zeroizing::new(String::with_capacity(lines * (LINE + LINE / GROUP)));
    for (number, line) in symbols.chunks(DATA).enumerate() {
        let all = line.iter().copied().chain([line_check(number, line)]);
        for (at, value) in all.enumerate() {
            if at == 0 && number > 0 {
                text.push('\n');
            } else if at > 0 && at % GROUP == 0 {
                text.push(' ');
            }
            text.push(char::from(ALPHABET[usize::from(value)]));
        }
    }
    text
}

/// The payload of `length` bytes of a printed text.
pub(super) fn read(kind: Kind, length: usize, text: &str) -> Result<Zeroizing<Vec<u8>>, PrintedError> {
    let typed = || text.bytes().filter(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'-' | b'.'));
    let mut symbols = Zeroizing::new(Vec::with_capacity(typed().count()));
    for (at, byte) in typed().enumerate() {
        symbols.push(symbol(byte).ok_or(PrintedError::DamagedGroup { line: at / LINE + 1 })?);
    }
    match symbols.first() {
        None => return Err(PrintedError::TooShort),
        Some(&VERSION) => {}
        // A mistyped first character would look like another version; the line's check tells the two apart.
        Some(_) if symbols.len() >= LINE && !line_is_sound(0, &symbols[..LINE]) => {
            return Err(PrintedError::DamagedGroup { line: 1 });
        }
        Some(_) => return Err(PrintedError::UnknownVersion),
    }
    for (number, line) in symbols.chunks_exact(LINE).enumerate() {
        if !line_is_sound(number, line) {
            return Err(PrintedError::DamagedGroup { line: number + 1 });
        }
    }
    if symbols.get(1).copied() != symbol(kind as u8) {
        return Err(PrintedError::WrongKind);
    }
    let payload = (length * 8).div_ceil(5);
    let lines = (2 + payload + LEAST_CHECK).div_ceil(DATA);
    match symbols.len() {
        short if short < lines * LINE => return Err(PrintedError::TooShort),
        long if long > lines * LINE => return Err(PrintedError::TooLong),
        _ => {}
    }
    let data: Zeroizing<Vec<u8>> =
        Zeroizing::new(symbols.chunks_exact(LINE).flat_map(|line| &line[..DATA]).copied().collect());
    let (body, check) = data.split_at(2 + payload);
    if whole_check(body)[..check.len()] != *check {
        return Err(PrintedError::Mixed);
    }
    from_symbols(&body[2..], length).ok_or(PrintedError::Mixed)
}

/// One group as it is compared: upper case, with the letters that look like digits read as such.
pub(super) fn normal(group: &str) -> Option<Vec<u8>> {
    group.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(symbol).collect()
}

fn symbol(byte: u8) -> Option<u8> {
    let byte = match byte.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.iter().position(|&one| one == byte).and_then(|at| u8::try_from(at).ok())
}

fn to_symbols(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut symbols = Zeroizing::new(Vec::with_capacity(bytes.len() * 8 / 5 + 1));
    let (mut held, mut bits) = (0u32, 0);
    for &byte in bytes {
        held = held << 8 | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            symbols.push((held >> bits & 31) as u8);
        }
    }
    if bits > 0 {
        symbols.push((held << (5 - bits) & 31) as u8);
    }
    symbols
}

/// `None` if bits are left over that are not zero: a second spelling.
fn from_symbols(symbols: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    let (mut held, mut bits) = (0u32, 0);
    for &symbol in symbols {
        held = held << 5 | u32::from(symbol);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 255) as u8);
        }
    }
    (held & ((1 << bits) - 1) == 0 && bytes.len() == length).then_some(bytes)
}

fn whole_check(symbols: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"zegel/printed");
    hash.update(symbols);
    to_symbols(&hash.finalize()).to_vec()
}

fn line_is_sound(number: usize, line: &[u8]) -> bool {
    line.split_last().is_some_and(|(check, data)| line_check(number, data) == *check)
}

/// Σ αⁱ·symbolᵢ over the line and, last, its number.
fn line_check(number: usize, data: &[u8]) -> u8 {
    let number = u8::try_from(number % 32).unwrap_or(0);
    data.iter().chain([&number]).fold(0, |sum, &value| double(sum) ^ double(value))
}

/// Times α in GF(2⁵) with the primitive polynomial x⁵ + x² + 1.
fn double(value: u8) -> u8 {
    (value << 1 ^ if value & 16 != 0 { 0b10_0101 } else { 0 }) & 31
}
