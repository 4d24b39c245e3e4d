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
        let mut decoder = Decoder::new(bytes);
        let value: T = decoder.decode().map_err(|_| DecodeError)?;
        let mut again = Encoder::new(Expected(bytes));
        let canonical = again.encode(&value).is_ok() && again.into_writer().0.is_empty();
        if canonical || sabotage::is("canonical") { Ok(value) } else { Err(DecodeError) }
    }
}

/// What is still to be written. Comparing as it is encoded saves a copy of every message.
struct Expected<'b>(&'b [u8]);

impl Write for Expected<'_> {
    type Error = DecodeError;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.0 = self.0.strip_prefix(bytes).ok_or(DecodeError)?;
        Ok(())
    }
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
    let mut encoder = Encoder::new(Vec::new());
    // Writing into a vector cannot fail; a type whose `Encode` fails by itself would be caught by its round-trip test.
    let _ = encoder.encode(value);
    encoder.into_writer()
}
