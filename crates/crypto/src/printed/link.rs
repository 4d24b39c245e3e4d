//! A link, and the card that takes its place: what stands after the `#` of an address, which a browser never sends.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::secret::opaque_debug;

/// What a link carries. With its code, which goes another way, it is a receiver.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Link {
    /// What the relay knows it by.
    pub id: [u8; 16],
    /// Its secret, from which its keys derive together with the code.
    pub secret: [u8; 32],
    /// What the relay's answers are checked against.
    pub fingerprint: [u8; 16],
}

opaque_debug!(Link);

/// Why a link was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// A part is missing or its last characters: it was not copied whole.
    #[error("the link is not whole: copy it again, to its last character")]
    Incomplete,
    /// Its check does not fit.
    #[error("the link has a wrong character: copy it instead of typing it")]
    Damaged,
    /// A later program made it.
    #[error("the link is of a newer kind: reload the page or update the program")]
    UnknownVersion,
}

/// What somebody who receives keeps of keys of their own. With their passphrase, which is in their head, it is a receiver as
/// a link is.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ReadingCard {
    /// What the relay knows it by, once somebody agreed to its keys.
    pub id: [u8; 16],
    /// Its secret, from which its keys derive together with the passphrase.
    pub secret: [u8; 32],
    /// What the relay's answers are checked against.
    pub fingerprint: [u8; 16],
}

opaque_debug!(ReadingCard);

/// What a link's fragment begins with.
const LINK: &str = "1";
/// What a reading card's fragment begins with.
const CARD: &str = "r1";

impl Link {
    /// `1.id.secret.fingerprint.check` with each part in base64url.
    pub fn to_fragment(&self) -> Zeroizing<String> {
        written(LINK, &self.id, &self.secret, &self.fingerprint)
    }

    /// The link with this fragment, with or without its `#`.
    pub fn from_fragment(fragment: &str) -> Result<Self, LinkError> {
        let (id, secret, fingerprint) = read(LINK, fragment)?;
        Ok(Self { id, secret, fingerprint })
    }
}

impl ReadingCard {
    /// `r1.id.secret.fingerprint.check` with each part in base64url.
    pub fn to_fragment(&self) -> Zeroizing<String> {
        written(CARD, &self.id, &self.secret, &self.fingerprint)
    }

    /// The card with this fragment, with or without its `#`.
    pub fn from_fragment(fragment: &str) -> Result<Self, LinkError> {
        let (id, secret, fingerprint) = read(CARD, fragment)?;
        Ok(Self { id, secret, fingerprint })
    }

    /// Whether this is meant to be a reading card, whole or not: then it goes with a passphrase, and else with a code.
    pub fn is_meant(fragment: &str) -> bool {
        fragment.trim().trim_start_matches('#').split_once('.').is_some_and(|(version, _)| version == CARD)
    }
}

fn written(version: &str, id: &[u8], secret: &[u8], fingerprint: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(128));
    text.push_str(version);
    for part in [id, secret, fingerprint] {
        text.push('.');
        BASE64URL.encode_string(part, &mut text);
    }
    let check = check(&text);
    text.push('.');
    text.push_str(&check);
    text
}

type Parts = ([u8; 16], [u8; 32], [u8; 16]);

fn read(expected: &str, fragment: &str) -> Result<Parts, LinkError> {
    let fragment = fragment.trim().trim_start_matches('#');
    let (version, _) = fragment.split_once('.').ok_or(LinkError::Incomplete)?;
    if version != expected {
        return Err(LinkError::UnknownVersion);
    }
    let mut parts = fragment.split('.').skip(1);
    let mut part = || parts.next().ok_or(LinkError::Incomplete);
    let (id, secret, fingerprint, typed) = (part()?, part()?, part()?, part()?);
    if typed.len() < 4 {
        return Err(LinkError::Incomplete);
    }
    let body = fragment.len() - typed.len() - 1;
    if parts.next().is_some() || !fragment.is_char_boundary(body) || check(&fragment[..body]) != typed {
        return Err(LinkError::Damaged);
    }
    Ok((decode(id)?, decode(secret)?, decode(fingerprint)?))
}

pub(super) fn check(text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"zegel/printed");
    hash.update(text);
    BASE64URL.encode(&hash.finalize()[..3])
}

pub(super) fn decode<const N: usize>(part: &str) -> Result<[u8; N], LinkError> {
    let bytes = Zeroizing::new(BASE64URL.decode(part).map_err(|_| LinkError::Damaged)?);
    bytes.as_slice().try_into().map_err(|_| LinkError::Damaged)
}
