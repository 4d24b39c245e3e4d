//! The way to the relay with `fetch`.

use async_trait::async_trait;
use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};
use zegel_crypto::Canonical as _;
use zegel_protocol::{
    Problem,
    signature::{CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, SignatureHeaders},
};

use crate::ports::{Transport, TransportError};

/// From the first byte sent to the last received: a request of 16 MiB over a slow line.
const TIMEOUT_MS: u32 = 240_000;

#[wasm_bindgen]
extern "C" {
    /// The same function in a page and in a worker.
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(request: &Request) -> Promise;
}

/// The way to one relay.
pub struct FetchTransport {
    origin: String,
}

impl FetchTransport {
    /// The way to the relay at `origin`, such as `https://relay.example.org`.
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.trim_end_matches('/').to_owned() }
    }

    fn request(&self, path: &str, body: &[u8], signature: Option<SignatureHeaders>) -> Result<Request, JsValue> {
        let headers = Headers::new()?;
        headers.set("content-type", "application/octet-stream")?;
        if let Some(signature) = signature {
            headers.set(CONTENT_DIGEST, &signature.content_digest)?;
            headers.set(SIGNATURE_INPUT, &signature.signature_input)?;
            headers.set(SIGNATURE, &signature.signature)?;
        }
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_headers_headers(&headers);
        init.set_body_opt_u8_array(Some(&Uint8Array::from(body)));
        init.set_credentials(RequestCredentials::Omit);
        init.set_cache(RequestCache::NoStore);
        // Who redirects could send a signed request elsewhere.
        init.set_redirect(RequestRedirect::Error);
        init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
        Request::new_with_str_and_init(&format!("{}{path}", self.origin), &init)
    }
}

#[async_trait(?Send)]
impl Transport for FetchTransport {
    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Vec<u8>, TransportError> {
        let (status, answer) = async {
            let request = self.request(path, &body, signature)?;
            let response: Response = JsFuture::from(fetch(&request)).await?.dyn_into()?;
            let answer: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
            Ok::<_, JsValue>((response.status(), Uint8Array::new(&answer).to_vec()))
        }
        .await
        // A browser does not tell a page why a request failed.
        .map_err(|_| TransportError::Unreachable)?;
        if status == 200 {
            return Ok(answer);
        }
        Err(Problem::from_canonical(&answer).map_or(TransportError::NotARelay, Into::into))
    }
}
