//! The one format in which content is sealed: C2SP `chunked-encryption` as "Cobblestone-256", that is HKDF-Expand with
//! SHA-512 and AES-256-GCM.
//!
//! A sealed message is `salt (24) ‖ commitment (32) ‖ chunks`; a chunk is 16 KiB and its tag of 16 bytes, the last one
//! is the first that is shorter, and may be empty. The commitment makes it impossible to have one ciphertext open under
//! two keys; the context says what was sealed, so nothing can be served as something else.

use aes_gcm::{Aes256Gcm, KeyInit, aead::AeadInOut};
use hkdf::Hkdf;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use sha2::Sha512;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{Hash, Key, Label, encoding::labelled, sabotage, secret::random};

use hazmat::Chunks;

/// Bytes of plaintext in every chunk but the last.
pub const CHUNK: usize = 16384;
/// Bytes that a chunk is longer when sealed.
pub const TAG: usize = 16;
/// Bytes before the first chunk: salt and commitment.
pub const HEADER: usize = 56;

const INFO: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";
const MAX_CHUNKS: u64 = 1 << 38;

/// It does not open: another key, another context, changed, cut off or never sealed. Which one is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this does not open")]
pub struct OpenError;

/// The 24 bytes that make a seal's key its own. Never repeats under one [`Key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Salt(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 24]);

/// A salt that stays fresh even if the generator is stuck: a hash over randomness, the device's own secret state and
/// counter, the object's id and, where known, the hash of the plaintext.
pub fn make_salt(
    rng: &mut impl CryptoRng,
    device_state: &[u8],
    counter: u64,
    object: &[u8],
    plaintext_hash: Option<Hash>,
) -> Salt {
    let random = Hash(random(rng));
    let body = (bytes(device_state), counter, bytes(object), random, plaintext_hash);
    let hash = Hash::of(&Zeroizing::new(labelled(Label::Salt, &body)));
    let mut salt = [0; 24];
    salt.copy_from_slice(&hash.0[..24]);
    Salt(salt)
}

fn bytes(slice: &[u8]) -> &minicbor::bytes::ByteSlice {
    slice.into()
}

/// Bytes of a sealed message of `plain` bytes.
pub const fn sealed_len(plain: u64) -> u64 {
    HEADER as u64 + plain + TAG as u64 * (plain / CHUNK as u64 + 1)
}

/// Bytes of the plaintext in a sealed message of `sealed` bytes, if a sealed message can be that long.
pub const fn plain_len(sealed: u64) -> Option<u64> {
    const WHOLE: u64 = (CHUNK + TAG) as u64;
    let Some(chunks) = sealed.checked_sub(HEADER as u64) else {
        return None;
    };
    let Some(last) = (chunks % WHOLE).checked_sub(TAG as u64) else {
        return None;
    };
    Some(chunks / WHOLE * CHUNK as u64 + last)
}

/// Seals `plaintext`.
pub fn seal(key: &Key, salt: &Salt, context: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let sealer = Sealer::new(key, salt, context);
    let mut sealed = Vec::with_capacity(sealed_len(plaintext.len() as u64) as usize);
    sealed.extend_from_slice(&sealer.header());
    let whole = plaintext.chunks_exact(CHUNK);
    let (last, count) = (whole.remainder(), whole.len() as u64);
    for (index, chunk) in (0..).zip(whole) {
        sealer.chunks.seal_onto(&mut sealed, index, chunk);
    }
    sealer.chunks.seal_onto(&mut sealed, count, last);
    sealed
}

/// Opens what [`seal`] made with the same key and context.
pub fn open(key: &Key, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (header, body) = sealed.split_first_chunk().ok_or(OpenError)?;
    let length = plain_len(sealed.len() as u64).ok_or(OpenError)?;
    let opener = Opener::new(key, context, header)?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(length as usize));
    let whole = body.chunks_exact(CHUNK + TAG);
    let (last, count) = (whole.remainder(), whole.len() as u64);
    for (index, chunk) in (0..).zip(whole) {
        opener.chunks.open_onto(&mut plaintext, index, chunk)?;
    }
    opener.chunks.open_onto(&mut plaintext, count, last)?;
    Ok(plaintext)
}

/// Seals a message chunk by chunk, in any order.
pub struct Sealer {
    header: [u8; HEADER],
    chunks: Chunks,
}

/// Opens a message chunk by chunk, in any order.
pub struct Opener {
    chunks: Chunks,
}

crate::secret::opaque_debug!(Sealer, Opener);

impl Sealer {
    /// A sealer for one message. The salt must be new for this key.
    pub fn new(key: &Key, salt: &Salt, context: &[u8]) -> Self {
        let (chunks, commitment) = derive(key, salt, context);
        let mut header = [0; HEADER];
        header[..24].copy_from_slice(&salt.0);
        header[24..].copy_from_slice(&commitment);
        Self { header, chunks }
    }

    /// What goes before the first chunk.
    pub fn header(&self) -> [u8; HEADER] {
        self.header
    }

    /// Seals chunk number `index`, once. Every chunk holds [`CHUNK`] bytes, but the last: it holds fewer, and is there
    /// even when it holds none.
    ///
    /// # Panics
    /// If `plaintext` is longer than a chunk or `index` beyond 2³⁸.
    pub fn seal_chunk(&self, index: u64, plaintext: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(plaintext.len() + TAG);
        self.chunks.seal_onto(&mut sealed, index, plaintext);
        sealed
    }

    /// Key and nonces, for who lets another implementation of AES-GCM do the work.
    pub fn hazmat(&self) -> &Chunks {
        &self.chunks
    }
}

impl Opener {
    /// An opener for the message with this header. Checks the commitment, in constant time, before anything else.
    pub fn new(key: &Key, context: &[u8], header: &[u8; HEADER]) -> Result<Self, OpenError> {
        let mut salt = [0; 24];
        salt.copy_from_slice(&header[..24]);
        let (chunks, commitment) = derive(key, &Salt(salt), context);
        if bool::from(commitment.as_slice().ct_eq(&header[24..])) || sabotage::is("commitment") {
            Ok(Self { chunks })
        } else {
            Err(OpenError)
        }
    }

    /// Opens chunk number `index`. `is_last` is what the caller knows from the message's length; a chunk of another
    /// length than that implies is refused.
    pub fn open_chunk(&self, index: u64, sealed: &[u8], is_last: bool) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if is_last != (sealed.len() < CHUNK + TAG) {
            return Err(OpenError);
        }
        let mut plaintext = Zeroizing::new(Vec::with_capacity(sealed.len()));
        self.chunks.open_onto(&mut plaintext, index, sealed)?;
        Ok(plaintext)
    }

    /// Key and nonces, for who lets another implementation of AES-GCM do the work.
    pub fn hazmat(&self) -> &Chunks {
        &self.chunks
    }
}

fn derive(key: &Key, salt: &Salt, context: &[u8]) -> (Chunks, [u8; 32]) {
    // RFC 5869 wants a pseudorandom key as long as the hash; HMAC pads a shorter one with zeros, so this is the same.
    let mut prk = Zeroizing::new([0; 64]);
    prk[..32].copy_from_slice(key.expose());
    let mut out = Zeroizing::new([0; 76]);
    let derived = Hkdf::<Sha512>::from_prk(prk.as_slice())
        .is_ok_and(|hkdf| hkdf.expand_multi_info(&[INFO, &salt.0, context], out.as_mut_slice()).is_ok());
    if !derived {
        unreachable!("64 bytes are a pseudorandom key, and 76 bytes can be had from it");
    }
    let (mut chunk_key, mut base, mut commitment) = (Zeroizing::new([0; 32]), [0; 12], [0; 32]);
    chunk_key.copy_from_slice(&out[..32]);
    base.copy_from_slice(&out[32..44]);
    commitment.copy_from_slice(&out[44..]);
    (Chunks::new(chunk_key, base), commitment)
}

pub mod hazmat {
    //! The key and the nonces of one message's chunks. Whoever holds them can reuse a nonce; use them only to hand the
    //! same work to WebCrypto: AES-256-GCM with [`Chunks::chunk_key`], [`Chunks::nonce`] of the chunk, no associated
    //! data and a tag of 16 bytes gives exactly what [`Sealer::seal_chunk`](super::Sealer::seal_chunk) gives.

    use super::{AeadInOut, Aes256Gcm, CHUNK, KeyInit, MAX_CHUNKS, OpenError, TAG, Zeroizing};

    /// Key and base nonce of one message.
    pub struct Chunks {
        key: Zeroizing<[u8; 32]>,
        base: [u8; 12],
        cipher: Aes256Gcm,
    }

    crate::secret::opaque_debug!(Chunks);

    impl Chunks {
        pub(super) fn new(key: Zeroizing<[u8; 32]>, base: [u8; 12]) -> Self {
            let cipher = Aes256Gcm::new(&(*key).into());
            Self { key, base, cipher }
        }

        /// The AES-256-GCM key of this message.
        pub fn chunk_key(&self) -> &[u8; 32] {
            &self.key
        }

        /// The nonce of chunk number `index`. Seal with it once.
        pub fn nonce(&self, index: u64) -> [u8; 12] {
            let mut nonce = self.base;
            for (byte, counter) in nonce[4..].iter_mut().zip(index.to_be_bytes()) {
                *byte ^= counter;
            }
            nonce
        }

        pub(super) fn seal_onto(&self, sealed: &mut Vec<u8>, index: u64, plaintext: &[u8]) {
            assert!(plaintext.len() <= CHUNK && index < MAX_CHUNKS, "a chunk is at most 16 KiB, one of at most 2^38");
            let start = sealed.len();
            sealed.extend_from_slice(plaintext);
            let nonce = self.nonce(index).into();
            match self.cipher.encrypt_inout_detached(&nonce, &[], sealed[start..].as_mut().into()) {
                Ok(tag) => sealed.extend_from_slice(&tag),
                Err(_) => unreachable!("a chunk is far below the limit of GCM"),
            }
        }

        pub(super) fn open_onto(&self, plaintext: &mut Vec<u8>, index: u64, sealed: &[u8]) -> Result<(), OpenError> {
            let (body, tag) = sealed.split_last_chunk::<TAG>().ok_or(OpenError)?;
            if body.len() > CHUNK || index >= MAX_CHUNKS {
                return Err(OpenError);
            }
            let start = plaintext.len();
            plaintext.extend_from_slice(body);
            let nonce = self.nonce(index).into();
            self.cipher
                .decrypt_inout_detached(&nonce, &[], plaintext[start..].as_mut().into(), &(*tag).into())
                .map_err(|_| OpenError)
        }
    }
}
