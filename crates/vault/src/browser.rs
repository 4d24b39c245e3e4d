//! The ports of a browser, in a page or a worker: IndexedDB, `fetch`, WebCrypto, blobs.

mod blobs;
mod fetch;
mod indexed_db;
mod web_crypto;

use js_sys::Date;
use wasm_bindgen::JsValue;

pub use blobs::{BlobSink, BlobSource};
pub use fetch::{FetchTransport, wait};
pub use indexed_db::{IndexedDbStore, databases, persist, remove};
pub use web_crypto::WebCrypto;

use crate::{
    memory::MemoryStore,
    ports::{Clock, Entropy, Ports, Store, StoreError},
};

/// The ports of the vault that this browser profile keeps in the database `store`, for the relay at `origin` (without a
/// slash at its end).
pub async fn ports(origin: &str, store: &str) -> Result<Ports, StoreError> {
    Ok(with_store(origin, Box::new(IndexedDbStore::open(store).await?)))
}

/// The same with a store that forgets: for whoever is to leave nothing in this browser profile.
pub fn passing_ports(origin: &str) -> Ports {
    with_store(origin, Box::new(MemoryStore::new()))
}

fn with_store(origin: &str, store: Box<dyn Store>) -> Ports {
    Ports {
        transport: Box::new(FetchTransport::new(origin)),
        store,
        clock: Box::new(BrowserClock),
        entropy: Box::new(BrowserEntropy),
        accelerator: Box::new(WebCrypto::new()),
    }
}

/// The browser's clock.
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> u64 {
        (Date::now() / 1000.0) as u64
    }
}

/// `crypto.getRandomValues`.
pub struct BrowserEntropy;

impl Entropy for BrowserEntropy {
    /// # Panics
    /// If the browser gives none: nothing may be sealed then.
    fn fill(&self, bytes: &mut [u8]) {
        assert!(getrandom::fill(bytes).is_ok(), "this browser gives no randomness");
    }
}

/// What a thrown value says of itself.
fn message(thrown: &JsValue) -> String {
    String::from(js_sys::Object::from(thrown.clone()).to_string())
}

/// The name of a thrown `DOMException`, or nothing.
fn name(thrown: &JsValue) -> String {
    js_sys::Reflect::get(thrown, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}
