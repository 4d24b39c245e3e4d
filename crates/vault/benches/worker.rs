//! Sealing, opening and key derivation in a dedicated worker of a real browser. The limit is a loop in JavaScript over the
//! browser's own cryptography, with nothing of ours in it. `cargo xtask bench` runs this and reads the lines that begin
//! with `figure`: a name, then numbers.
#![cfg(target_arch = "wasm32")]

use std::future::Future;

use js_sys::{Promise, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use zegel_crypto::{
    Key,
    seal::{Opener, Salt, Sealer},
    unlock::Stretch,
};
use zegel_vault::{browser::WebCrypto, ports::Accelerator as _};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const MIB: usize = 1 << 20;
/// Mebibytes in a visit. A round is limit, vault, vault, limit.
const VISIT: u64 = 64;
const ROUNDS: usize = 3;
const DERIVATIONS: usize = 5;

// Calls of 16 KiB, a mebibyte of them under way at once, as in the vault; one after another takes as long.
#[wasm_bindgen(inline_js = r#"
    const CHUNK = 16384, TAG = 16;
    const imported = crypto.subtle.importKey("raw", new Uint8Array(32).fill(7), "AES-GCM", false, ["encrypt", "decrypt"]);
    const nonce = (index) => { const iv = new Uint8Array(12); new DataView(iv.buffer).setUint32(8, index); return iv; };
    const calls = async (method, bytes, length) => {
        const key = await imported, calls = [];
        for (let at = 0; at < bytes.length; at += length)
            calls.push(crypto.subtle[method]({ name: "AES-GCM", iv: nonce(at / length) }, key, bytes.subarray(at, at + length)));
        return calls;
    };
    export const bareSeal = async (bytes) =>
        Promise.all([...await calls("encrypt", bytes, CHUNK), crypto.subtle.digest("SHA-256", bytes)]);
    export const bareOpen = async (bytes) => Promise.all(await calls("decrypt", bytes, CHUNK + TAG));
    export const joined = async (sealed) => new Uint8Array(await new Blob(sealed.slice(0, -1)).arrayBuffer());
"#)]
extern "C" {
    /// Seals a mebibyte; gives its chunks and its SHA-256.
    #[wasm_bindgen(js_name = bareSeal)]
    fn bare_seal(bytes: &Uint8Array) -> Promise;
    /// Opens chunks.
    #[wasm_bindgen(js_name = bareOpen)]
    fn bare_open(bytes: &Uint8Array) -> Promise;
    /// The chunks that were sealed, one after another.
    fn joined(sealed: &JsValue) -> Promise;
}

#[wasm_bindgen_test]
async fn sealing_and_opening() {
    let key = Key::from_bytes([7; 32]);
    let sealer = Sealer::new(&key, &Salt([1; 24]), b"bench");
    let opener = Opener::new(&key, b"bench", &sealer.header()).unwrap();
    let plaintext: Vec<u8> = (0..MIB).map(|at| (at * at % 251) as u8).collect();
    let sealed = WebCrypto::new().seal_chunks(&sealer, 0, &plaintext, false).await;
    assert_eq!(*WebCrypto::new().open_chunks(&opener, 0, &sealed, false).await.unwrap(), plaintext);
    let bare = Uint8Array::from(&plaintext[..]);
    let bare_sealed = JsFuture::from(bare_seal(&bare)).await.unwrap();
    let bare_sealed: Uint8Array = JsFuture::from(joined(&bare_sealed)).await.unwrap().unchecked_into();

    compare(
        "seal",
        async || drop(JsFuture::from(bare_seal(&bare)).await.unwrap()),
        async || {
            let accelerator = WebCrypto::new();
            let sealed = accelerator.seal_chunks(&sealer, 0, &plaintext, false).await;
            accelerator.sha256(&sealed).await;
        },
    )
    .await;
    let before = memory();
    compare(
        "open",
        async || drop(JsFuture::from(bare_open(&bare_sealed)).await.unwrap()),
        async || drop(WebCrypto::new().open_chunks(&opener, 0, &sealed, false).await.unwrap()),
    )
    .await;
    console_log!("figure memory {before} {}", memory());
}

#[wasm_bindgen_test]
fn deriving_a_key() {
    let stretch = Stretch::with_salt([1; 16]);
    let mut times: Vec<f64> = (0..DERIVATIONS)
        .map(|_| {
            let began = now();
            stretch.stretch(b"vier woorden zijn genoeg").unwrap();
            now() - began
        })
        .collect();
    console_log!("figure derivation {}", middle(&mut times));
}

/// Prints mebibytes a second of the vault and of the limit, and the median of the rounds' ratios.
async fn compare<B, V>(name: &str, mut bare: impl FnMut() -> B, mut vault: impl FnMut() -> V)
where
    B: Future<Output = ()>,
    V: Future<Output = ()>,
{
    let (mut ours, mut limits, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let first = rate(&mut bare).await;
        let [second, third] = [rate(&mut vault).await, rate(&mut vault).await];
        let fourth = rate(&mut bare).await;
        ratios.push((second + third) / (first + fourth));
        ours.extend([second, third]);
        limits.extend([first, fourth]);
    }
    console_log!("figure {name} {} {} {}", middle(&mut ours), middle(&mut limits), middle(&mut ratios));
}

/// Mebibytes a second of one visit.
async fn rate<F: Future<Output = ()>>(piece: &mut impl FnMut() -> F) -> f64 {
    let began = now();
    for _ in 0..VISIT {
        piece().await;
    }
    VISIT as f64 * 1e3 / (now() - began)
}

/// Milliseconds since this worker began.
fn now() -> f64 {
    let performance = Reflect::get(&js_sys::global(), &"performance".into()).unwrap();
    let now: js_sys::Function = Reflect::get(&performance, &"now".into()).unwrap().unchecked_into();
    now.call0(&performance).unwrap().as_f64().unwrap()
}

/// Mebibytes that this program has of the browser.
fn memory() -> f64 {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    f64::from(buffer.byte_length()) / MIB as f64
}

/// The one in the middle; of an even count, the higher.
fn middle(numbers: &mut [f64]) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
