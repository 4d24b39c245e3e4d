//! AES-256-GCM and SHA-256 by the browser, many times faster than in wasm.

use async_trait::async_trait;
use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, Crypto, CryptoKey, SubtleCrypto};
use zegel_crypto::{
    Hash,
    seal::{CHUNK, OpenError, Opener, Sealer, TAG, hazmat::Chunks},
};
use zeroize::Zeroizing;

use crate::ports::{Accelerator, InProcess, plain_chunks, sealed_chunks};

/// Below this a call to the browser costs more than it saves.
const WORTHWHILE: usize = 4096;

/// The browser's own cryptography; where it is missing or fails, the work is done in wasm, with the same result.
pub struct WebCrypto {
    subtle: Option<SubtleCrypto>,
}

impl WebCrypto {
    /// That of this page or worker.
    pub fn new() -> Self {
        let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok();
        let subtle = crypto.and_then(|crypto| crypto.dyn_into::<Crypto>().ok()).map(|crypto| crypto.subtle());
        // Outside a secure context it is not there, whatever the type says.
        Self { subtle: subtle.filter(|subtle| !subtle.is_undefined()) }
    }

    fn worthwhile(&self, bytes: &[u8]) -> Option<&SubtleCrypto> {
        self.subtle.as_ref().filter(|_| bytes.len() >= WORTHWHILE)
    }
}

impl Default for WebCrypto {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait(?Send)]
impl Accelerator for WebCrypto {
    async fn seal_chunks(&self, sealer: &Sealer, first: u64, plaintext: &[u8], last: bool) -> Vec<u8> {
        if let Some(subtle) = self.worthwhile(plaintext)
            && let Ok(sealed) = seal(subtle, sealer.hazmat(), first, plaintext, last).await
        {
            return sealed;
        }
        InProcess.seal_chunks(sealer, first, plaintext, last).await
    }

    async fn open_chunks(
        &self,
        opener: &Opener,
        first: u64,
        sealed: &[u8],
        last: bool,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if let Some(subtle) = self.worthwhile(sealed)
            && let Ok(plaintext) = open(subtle, opener.hazmat(), first, sealed, last).await
        {
            return Ok(plaintext);
        }
        // Whether the browser or the message is at fault shows here.
        InProcess.open_chunks(opener, first, sealed, last).await
    }

    async fn sha256(&self, bytes: &[u8]) -> Hash {
        let hashed = match self.worthwhile(bytes) {
            Some(subtle) => digest(subtle, bytes).await.ok(),
            None => None,
        };
        match hashed.and_then(|hash| hash.try_into().ok()) {
            Some(hash) => Hash(hash),
            None => InProcess.sha256(bytes).await,
        }
    }
}

async fn digest(subtle: &SubtleCrypto, bytes: &[u8]) -> Result<Vec<u8>, JsValue> {
    let hash = JsFuture::from(subtle.digest_with_str_and_u8_array("SHA-256", bytes)?).await?;
    Ok(Uint8Array::new(&hash).to_vec())
}

async fn seal(
    subtle: &SubtleCrypto,
    chunks: &Chunks,
    first: u64,
    plaintext: &[u8],
    last: bool,
) -> Result<Vec<u8>, JsValue> {
    let key = import(subtle, chunks, "encrypt").await?;
    // The browser copies a chunk when it is called; all of them are under way before the first is awaited.
    let sealing = (first..)
        .zip(plain_chunks(plaintext, last))
        .map(|(index, chunk)| subtle.encrypt_with_object_and_u8_array(&parameters(chunks, index), &key, chunk));
    let sealing = sealing.collect::<Result<Vec<Promise>, _>>()?;
    let mut sealed = Vec::with_capacity(plaintext.len() + sealing.len() * TAG);
    for chunk in sealing {
        append(&mut sealed, &Uint8Array::new(&JsFuture::from(chunk).await?));
    }
    Ok(sealed)
}

async fn open(
    subtle: &SubtleCrypto,
    chunks: &Chunks,
    first: u64,
    sealed: &[u8],
    last: bool,
) -> Result<Zeroizing<Vec<u8>>, JsValue> {
    let key = import(subtle, chunks, "decrypt").await?;
    let opening = (first..).zip(sealed_chunks(sealed, last)).map(|(index, (chunk, is_last))| {
        if is_last != (chunk.len() < CHUNK + TAG) {
            return Err(JsValue::NULL);
        }
        subtle.decrypt_with_object_and_u8_array(&parameters(chunks, index), &key, chunk)
    });
    let opening = opening.collect::<Result<Vec<Promise>, _>>()?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(sealed.len()));
    for chunk in opening {
        let opened = Uint8Array::new(&JsFuture::from(chunk).await?);
        append(&mut plaintext, &opened);
        opened.fill(0, 0, opened.length());
    }
    Ok(plaintext)
}

async fn import(subtle: &SubtleCrypto, chunks: &Chunks, usage: &str) -> Result<CryptoKey, JsValue> {
    let bytes = Uint8Array::from(&chunks.chunk_key()[..]);
    let usages = Array::of1(&usage.into());
    let key = subtle.import_key_with_str("raw", &bytes, "AES-GCM", false, &usages);
    // The browser has its own copy; this one would wait for the garbage collector.
    bytes.fill(0, 0, bytes.length());
    JsFuture::from(key?).await?.dyn_into()
}

fn parameters(chunks: &Chunks, index: u64) -> AesGcmParams {
    AesGcmParams::new_with_u8_array("AES-GCM", &Uint8Array::from(&chunks.nonce(index)[..]))
}

/// Copies a result out of the browser's memory.
fn append(bytes: &mut Vec<u8>, result: &Uint8Array) {
    let start = bytes.len();
    bytes.resize(start + result.length() as usize, 0);
    result.copy_to(&mut bytes[start..]);
}
