//! Padding inside the seal, so that a size tells little: Padmé (Nikitin et al., PoPETs 2019, section 4) for the length,
//! ISO/IEC 7816-4 (0x80, then zeros) for the filling.

/// No record is shorter than this, padded.
pub const RECORD_FLOOR: u64 = 1024;
/// No file is shorter than this, padded.
pub const FILE_FLOOR: u64 = 16384;

/// The padding is not of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the padding is not in the expected form")]
pub struct PadError;

/// `length` rounded up so that at most ⌊log₂ log₂ length⌋ + 1 of its leading bits vary: at most 12 % more.
pub const fn padme(length: u64) -> u64 {
    if length < 2 {
        return length;
    }
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1u64 << (exponent.saturating_sub(kept))) - 1;
    length.saturating_add(mask) & !mask
}

/// What `length` bytes become, padded to no less than `floor`.
pub const fn padded_len(length: u64, floor: u64) -> u64 {
    let least = length.saturating_add(1);
    padme(if least < floor { floor } else { least })
}

/// Pads to [`padded_len`].
pub fn pad(mut plaintext: Vec<u8>, floor: u64) -> Vec<u8> {
    let length = padded_len(plaintext.len() as u64, floor);
    plaintext.push(0x80);
    // On a 32-bit machine a vector cannot hold more than an `usize` anyway.
    plaintext.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
    plaintext
}

/// Takes the padding off.
pub fn unpad(mut padded: Vec<u8>) -> Result<Vec<u8>, PadError> {
    let length = unpadded_len(&padded)?;
    padded.truncate(length);
    Ok(padded)
}

/// How many of these bytes are not padding. Looks at the end only, so the tail of a long file will do.
pub fn unpadded_len(padded: &[u8]) -> Result<usize, PadError> {
    let mark = padded.iter().rposition(|&byte| byte != 0).ok_or(PadError)?;
    if padded[mark] == 0x80 { Ok(mark) } else { Err(PadError) }
}
