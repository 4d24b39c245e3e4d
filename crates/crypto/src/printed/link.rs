//! A link: what stands after the `#` of an address, which a browser never sends.

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

impl Link {
    /// `1.id.secret.fingerprint.check` with each part in base64url.
    pub fn to_fragment(&self) -> Zeroizing<String> {
        let parts = [self.id.as_slice(), &self.secret, &self.fingerprint];
        let mut text = Zeroizing::new(String::with_capacity(128));
        text.push('1');
        for part in parts {
            text.push('.');
            BASE64URL.encode_string(part, &mut text);
        }
        let check = check(&text);
        text.push('.');
        text.push_str(&check);
        text
    }

    /// The link with this fragment, with or without its `#`.
    pub fn from_fragment(fragment: &str) -> Result<Self, LinkError> {
        let fragment = fragment.trim().trim_start_matches('#');
        let (version, _) = fragment.split_once('.').ok_or(LinkError::Incomplete)?;
        if version != "1" {
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
        Ok(Self { id: decode(id)?, secret: decode(secret)?, fingerprint: decode(fingerprint)? })
    }
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
