//! Splitting a secret so that any `threshold` of its shares give it back and fewer tell nothing: Shamir (1979) over
//! GF(2⁸) with the polynomial of AES (FIPS 197, section 4.2), byte by byte. The arithmetic takes the same time for all
//! values.

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Hash, Label, labelled, secret::opaque_debug};

/// One share: its number, from 1, and as many bytes as the secret has.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Share {
    /// Its number, from 1.
    pub index: u8,
    /// Its bytes, each a point on a polynomial.
    pub bytes: Vec<u8>,
}

opaque_debug!(Share);

/// Why a secret was not split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// The threshold is zero or above the number of shares.
    #[error("at least one share is needed, and no more than there are")]
    Threshold,
}

/// Why shares were not put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CombineError {
    /// There are not enough of them yet.
    #[error("more shares are needed")]
    TooFew,
    /// The same share was given twice.
    #[error("the same share was given twice")]
    Twice,
    /// They are not shares of one secret, or one has the number zero.
    #[error("these are not shares of one secret")]
    Unrelated,
}

/// Splits `secret` into `count` shares, any `threshold` of which give it back.
pub fn split(rng: &mut impl CryptoRng, secret: &[u8], threshold: u8, count: u8) -> Result<Vec<Share>, SplitError> {
    if threshold == 0 || threshold > count {
        return Err(SplitError::Threshold);
    }
    // One row of coefficients per power; the secret itself is the constant term.
    let mut rows = vec![Zeroizing::new(secret.to_vec())];
    for _ in 1..threshold {
        let mut row = Zeroizing::new(vec![0; secret.len()]);
        rng.fill_bytes(&mut row);
        rows.push(row);
    }
    let share = |index| {
        let mut bytes = vec![0; secret.len()];
        for row in rows.iter().rev() {
            for (byte, &coefficient) in bytes.iter_mut().zip(row.iter()) {
                *byte = multiply(*byte, index) ^ coefficient;
            }
        }
        Share { index, bytes }
    };
    Ok((1..=count).map(share).collect())
}

/// The secret of which these are shares. Shares beyond `threshold` are not looked at. Whether a share is genuine is not
/// seen here: compare its [`share_hash`] first.
pub fn combine(threshold: u8, shares: &[Share]) -> Result<Zeroizing<Vec<u8>>, CombineError> {
    let shares = shares.get(..usize::from(threshold.max(1))).ok_or(CombineError::TooFew)?;
    let length = shares[0].bytes.len();
    if shares.iter().any(|share| share.index == 0 || share.bytes.len() != length) {
        return Err(CombineError::Unrelated);
    }
    if shares.iter().enumerate().any(|(at, one)| shares[..at].iter().any(|other| other.index == one.index)) {
        return Err(CombineError::Twice);
    }
    let mut secret = Zeroizing::new(vec![0; length]);
    for one in shares {
        // Lagrange's basis polynomial of this share, at zero.
        let weight = shares
            .iter()
            .filter(|other| other.index != one.index)
            .fold(1, |weight, other| multiply(weight, multiply(other.index, inverse(other.index ^ one.index))));
        for (byte, &value) in secret.iter_mut().zip(&one.bytes) {
            *byte ^= multiply(value, weight);
        }
    }
    Ok(secret)
}

/// What the directory keeps of a share, so that each can be checked alone.
pub fn share_hash(share: &Share) -> Hash {
    let bytes: &minicbor::bytes::ByteSlice = share.bytes.as_slice().into();
    Hash::of(&Zeroizing::new(labelled(Label::RecoveryShare, &(share.index, bytes))))
}

fn multiply(mut a: u8, b: u8) -> u8 {
    let mut product = 0;
    for bit in 0..8 {
        product ^= a & (b >> bit & 1).wrapping_neg();
        a = (a << 1) ^ (0x1b & (a >> 7).wrapping_neg());
    }
    product
}

/// `a` to the 254th power, which is its inverse.
fn inverse(a: u8) -> u8 {
    let mut power = a;
    for _ in 0..6 {
        power = multiply(multiply(power, power), a);
    }
    multiply(power, power)
}
