//! Requests are signed: a fixed profile of HTTP message signatures (RFC 9421) over digest fields (RFC 9530).
//!
//! Covered are the method, the path and the digest of the body; the nonce is the relay's challenge, so neither the
//! client's clock nor a store of seen nonces is needed. Anything outside the profile is refused.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zegel_crypto::{Hash, Signature, SigningKey, VerifyingKey};

/// Header with the digest of the body (RFC 9530).
pub const CONTENT_DIGEST: &str = "content-digest";
/// Header with what is covered and by which key (RFC 9421, section 4.1).
pub const SIGNATURE_INPUT: &str = "signature-input";
/// Header with the signature (RFC 9421, section 4.2).
pub const SIGNATURE: &str = "signature";

const COVERED: &str = r#"("@method" "@path" "content-digest")"#;

/// The three headers of a signed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// Value of [`CONTENT_DIGEST`].
    pub content_digest: String,
    /// Value of [`SIGNATURE_INPUT`].
    pub signature_input: String,
    /// Value of [`SIGNATURE`].
    pub signature: String,
}

/// A request's signature that was read, and not yet verified: the relay must first find the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Whose key it claims: a device's, a link's or, for its keyring, a person's id, as base64url.
    pub key_id: String,
    /// The challenge it answers.
    pub challenge: String,
    digest: String,
    base: String,
    signature: Signature,
}

/// A signature that is absent, outside the profile, or not over this body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request is not signed in the expected form")]
pub struct SignatureError;

/// Signs a `POST` of `body` to `path`.
pub fn sign(path: &str, body: &[u8], key_id: &str, challenge: &str, key: &SigningKey) -> SignatureHeaders {
    let content_digest = digest(body);
    let parameters = parameters(key_id, challenge);
    let signature = key.sign_bytes(base(path, &content_digest, &parameters).as_bytes());
    SignatureHeaders {
        content_digest,
        signature_input: format!("zegel={parameters}"),
        signature: format!("zegel=:{}:", STANDARD.encode(signature.0)),
    }
}

/// Reads the signature of a `POST` of `body` to `path`.
///
/// Errors: [`SignatureError`] unless the headers are exactly what [`sign`] would have written for some key id, challenge
/// and signature.
pub fn read(path: &str, body: &[u8], headers: &SignatureHeaders) -> Result<Claimed, SignatureError> {
    let claimed = read_headers(path, headers)?;
    claimed.covers(body)?;
    Ok(claimed)
}

/// The same, before the body is there: what is signed is its digest. [`Claimed::covers`] must follow.
///
/// Errors: as [`read`], except for the body.
pub fn read_headers(path: &str, headers: &SignatureHeaders) -> Result<Claimed, SignatureError> {
    let input = headers.signature_input.strip_prefix("zegel=").ok_or(SignatureError)?;
    let rest = input.strip_prefix(COVERED).and_then(|rest| rest.strip_prefix(";keyid=\"")).ok_or(SignatureError)?;
    let (key_id, rest) = rest.split_once('"').ok_or(SignatureError)?;
    let rest = rest.strip_prefix(";alg=\"ed25519\";nonce=\"").ok_or(SignatureError)?;
    let (challenge, rest) = rest.split_once('"').ok_or(SignatureError)?;
    if rest != ";tag=\"zegel-1\"" {
        return Err(SignatureError);
    }
    let encoded = headers.signature.strip_prefix("zegel=:").and_then(|rest| rest.strip_suffix(':'));
    let bytes = STANDARD.decode(encoded.ok_or(SignatureError)?).map_err(|_| SignatureError)?;
    Ok(Claimed {
        key_id: key_id.to_owned(),
        challenge: challenge.to_owned(),
        digest: headers.content_digest.clone(),
        base: base(path, &headers.content_digest, input),
        signature: Signature(bytes.try_into().map_err(|_| SignatureError)?),
    })
}

impl Claimed {
    /// Checks the signature with the key that belongs to the key id.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), SignatureError> {
        key.verify_bytes(self.base.as_bytes(), &self.signature).map_err(|_| SignatureError)
    }

    /// Checks that the signed digest is this body's.
    pub fn covers(&self, body: &[u8]) -> Result<(), SignatureError> {
        if self.digest == digest(body) { Ok(()) } else { Err(SignatureError) }
    }
}

fn digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Hash::of(body).0))
}

fn parameters(key_id: &str, challenge: &str) -> String {
    format!("{COVERED};keyid=\"{key_id}\";alg=\"ed25519\";nonce=\"{challenge}\";tag=\"zegel-1\"")
}

fn base(path: &str, digest: &str, parameters: &str) -> String {
    format!("\"@method\": POST\n\"@path\": {path}\n\"content-digest\": {digest}\n\"@signature-params\": {parameters}")
}
