//! The way to the relay with `fetch`.

use async_trait::async_trait;
use js_sys::{Array, ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReadableStreamDefaultReader, Request, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect, Response,
};
use zegel_crypto::Canonical as _;
use zegel_protocol::{
    Problem, limits,
    signature::{CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, SignatureHeaders},
};

use crate::ports::{Line, Opening, SILENCE, Transport, TransportError};

/// From the first byte sent to the last received: a request of 16 MiB over a slow line.
const TIMEOUT_MS: u32 = 240_000;

/// The same for a line, which the relay ends before that.
const LINE_MS: u32 = 2_000 * limits::LINE_SECONDS as u32;

#[wasm_bindgen]
extern "C" {
    /// The same function in a page and in a worker.
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(request: &Request) -> Promise;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(then: &Function, millis: i32) -> JsValue;
}

/// Waits. A browser may take its time with a page that nobody sees.
pub async fn wait(seconds: u64) {
    let _ = JsFuture::from(after(seconds)).await;
}

fn after(seconds: u64) -> Promise {
    let millis = i32::try_from(seconds.saturating_mul(1_000)).unwrap_or(i32::MAX);
    Promise::new(&mut |resolve, _| drop(set_timeout(&resolve, millis)))
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

    fn request(
        &self,
        path: &str,
        body: &[u8],
        signature: Option<SignatureHeaders>,
        millis: u32,
    ) -> Result<Request, JsValue> {
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
        init.set_signal(Some(&AbortSignal::timeout_with_u32(millis)));
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
            let request = self.request(path, &body, signature, TIMEOUT_MS)?;
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

    fn listen(&self, path: &str, signature: SignatureHeaders) -> Opening {
        let request = self.request(path, &[], Some(signature), LINE_MS);
        Box::pin(async move {
            let opened = async {
                let response: Response = JsFuture::from(fetch(&request?)).await?.dyn_into()?;
                if response.status() != 200 {
                    let answer: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
                    return Ok(Err(Uint8Array::new(&answer).to_vec()));
                }
                let body = response.body().ok_or(JsValue::UNDEFINED)?;
                Ok::<_, JsValue>(Ok(body.get_reader().dyn_into::<ReadableStreamDefaultReader>()?))
            };
            match opened.await {
                Ok(Ok(reader)) => Ok(Box::new(Pieces(reader)) as Box<dyn Line>),
                Ok(Err(answer)) => Err(Problem::from_canonical(&answer).map_or(TransportError::NotARelay, Into::into)),
                Err(_) => Err(TransportError::Unreachable),
            }
        })
    }
}

/// A body as it comes.
struct Pieces(ReadableStreamDefaultReader);

#[async_trait(?Send)]
impl Line for Pieces {
    async fn next(&mut self) -> Result<Vec<u8>, TransportError> {
        let first = Promise::race(&Array::of2(&self.0.read(), &after(SILENCE)));
        let read = JsFuture::from(first).await.map_err(|_| TransportError::Unreachable)?;
        let part = |name: &str| Reflect::get(&read, &name.into());
        match (part("done"), part("value")) {
            (Ok(done), _) if done == JsValue::TRUE => Ok(Vec::new()),
            (_, Ok(value)) if value.is_instance_of::<Uint8Array>() => Ok(Uint8Array::new(&value).to_vec()),
            // Silence.
            _ => Err(TransportError::Unreachable),
        }
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        let ended = JsFuture::from(self.0.cancel());
        wasm_bindgen_futures::spawn_local(async move { drop(ended.await) });
    }
}
