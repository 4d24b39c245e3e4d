//! What a new device shows to one that is known: under which name it waits at the relay, and the check of its keys.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};

use super::link::{check, decode};
use crate::{Hash, Label, derive_secret, labelled};

/// What is shown as a QR code, or copied. Nothing in it is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knock {
    /// What the relay knows it by.
    pub id: [u8; 16],
    /// What the relay's answer is checked against: the first half of the hash of the new device's keys.
    pub fingerprint: [u8; 16],
}

/// The text is not one of these, or was not copied whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the text of a device that waits: copy it again, from its beginning to its end")]
pub struct KnockError;

impl Knock {
    /// The name under which whoever holds this token waits.
    pub fn id_of(token: &[u8; 32]) -> [u8; 16] {
        let mut id = [0; 16];
        id.copy_from_slice(&derive_secret(Label::KnockId, token, &[], &())[..16]);
        id
    }

    /// `k1.id.fingerprint.check` with each part in base64url.
    pub fn to_text(&self) -> String {
        let parts = [self.id, self.fingerprint].map(|part| BASE64URL.encode(part));
        let body = format!("k1.{}", parts.join("."));
        format!("{body}.{}", check(&body))
    }

    /// The one in this text, which may be a whole address.
    pub fn from_text(text: &str) -> Result<Self, KnockError> {
        let text = text.trim();
        let text = text.rsplit_once('#').map_or(text, |(_, fragment)| fragment);
        let (body, typed) = text.rsplit_once('.').ok_or(KnockError)?;
        let mut parts = body.split('.');
        let (version, id, fingerprint) = (parts.next(), parts.next(), parts.next());
        let (Some("k1"), Some(id), Some(fingerprint), None) = (version, id, fingerprint, parts.next()) else {
            return Err(KnockError);
        };
        if check(body) != typed {
            return Err(KnockError);
        }
        let part = |text| decode(text).map_err(|_| KnockError);
        Ok(Self { id: part(id)?, fingerprint: part(fingerprint)? })
    }

    /// The bytes of which both devices show words: the new one's keys, and what was promised to it.
    pub fn words(request: &Hash, promise: &Hash) -> Vec<u8> {
        labelled(Label::KnockWords, &(request, promise))
    }
}
