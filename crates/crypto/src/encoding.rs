//! Deterministic CBOR (RFC 8949, section 4.2.1): one meaning, one encoding.
//!
//! What is signed, hashed, bound or derived takes the form `[label, suite, body]`. A decoder accepts only what it would
//! itself have written: it decodes, encodes again and compares, so that no second spelling of a value exists.

use minicbor::{Decode, Decoder, Encode, Encoder, encode::Write};

use crate::{Label, sabotage};

/// The only suite there is: SHA-256, Ed25519, X-Wing, Cobblestone-256, Argon2id. There is no negotiation.
pub const SUITE: u8 = 1;

/// Bytes that are not what was expected. One error for every reason, so that a refusal tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not in the expected form")]
pub struct DecodeError;

/// A value with exactly one encoding.
pub trait Canonical: Sized {
    /// The encoding.
    fn to_canonical(&self) -> Vec<u8>;
    /// The value, if `bytes` are its encoding to the last byte.
    fn from_canonical(bytes: &[u8]) -> Result<Self, DecodeError>;
}

impl<T> Canonical for T
where
    T: Encode<()> + for<'b> Decode<'b, ()>,
{
    fn to_canonical(&self) -> Vec<u8> {
        encode(self)
    }

    fn from_canonical(bytes: &[u8]) -> Result<Self, DecodeError> {
        let value: T = Decoder::new(bytes).decode().map_err(|_| DecodeError)?;
        let again = written(&value, Out::Expected(bytes));
        let canonical = matches!(again, Some(Out::Expected([])));
        if canonical || sabotage::is("canonical") { Ok(value) } else { Err(DecodeError) }
    }
}

/// Where an encoding goes. One type for both, so that each type's `Encode` is compiled once: the app is downloaded.
enum Out<'b> {
    Bytes(Vec<u8>),
    /// What is still to be written. Comparing as it is encoded saves a copy of every message.
    Expected(&'b [u8]),
}

impl Write for Out<'_> {
    type Error = DecodeError;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        match self {
            Self::Bytes(written) => written.extend_from_slice(bytes),
            Self::Expected(rest) => *rest = rest.strip_prefix(bytes).ok_or(DecodeError)?,
        }
        Ok(())
    }
}

/// Where it went; none if that was not what was expected.
fn written<'b, T: Encode<()> + ?Sized>(value: &T, out: Out<'b>) -> Option<Out<'b>> {
    let mut encoder = Encoder::new(out);
    encoder.encode(value).is_ok().then(|| encoder.into_writer())
}

/// `[label, suite, body]`.
pub fn labelled<T: Encode<()>>(label: Label, body: &T) -> Vec<u8> {
    encode(&(label.text(), SUITE, body))
}

/// The body of `[label, suite, body]`, if label and suite are the expected ones and the encoding is canonical.
pub fn open_labelled<T: Canonical>(label: Label, bytes: &[u8]) -> Result<T, DecodeError> {
    let prefix = prefix(label);
    let body = bytes.strip_prefix(prefix.as_slice()).ok_or(DecodeError)?;
    T::from_canonical(body)
}

fn prefix(label: Label) -> Vec<u8> {
    let mut bytes = vec![0x83];
    bytes.extend(encode(&label.text()));
    bytes.push(SUITE);
    bytes
}

fn encode<T: Encode<()> + ?Sized>(value: &T) -> Vec<u8> {
    // Writing into a vector cannot fail; a type whose `Encode` fails by itself would be caught by its round-trip test.
    match written(value, Out::Bytes(Vec::new())) {
        Some(Out::Bytes(bytes)) => bytes,
        _ => Vec::new(),
    }
}
