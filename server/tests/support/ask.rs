//! Requests to a relay in process, signed as a vault signs them.

use axum::body::{Body, to_bytes};
use http::Request;
use tower::ServiceExt as _;
use zegel_crypto::Canonical as _;
use zegel_protocol::{
    Problem,
    calls::{Call, Hello, Welcome},
    signature,
};
use zegel_relay::{Relay, router};

use super::Key;

/// Posts a call, signed by `key` if there is one.
pub async fn post(relay: &Relay, path: &str, body: Vec<u8>, key: Option<&Key>) -> Result<Vec<u8>, Problem> {
    let mut request = Request::post(path);
    if let Some(key) = key {
        let welcome = hello(relay).await;
        let headers = signature::sign(path, &body, &key.name, &welcome.challenge, &key.key);
        request = request
            .header(signature::CONTENT_DIGEST, headers.content_digest)
            .header(signature::SIGNATURE_INPUT, headers.signature_input)
            .header(signature::SIGNATURE, headers.signature);
    }
    send(relay, request.body(Body::from(body)).unwrap()).await
}

pub async fn send(relay: &Relay, request: http::Request<Body>) -> Result<Vec<u8>, Problem> {
    let response = router(relay).oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
    if status.is_success() {
        return Ok(body);
    }
    let problem = Problem::from_canonical(&body).unwrap();
    assert_eq!(problem.status(), status.as_u16());
    Err(problem)
}

pub async fn hello(relay: &Relay) -> Welcome {
    let body = Hello { version: zegel_protocol::VERSION }.to_canonical();
    let request = http::Request::post(Hello::PATH).body(Body::from(body)).unwrap();
    Welcome::from_canonical(&send(relay, request).await.unwrap()).unwrap()
}

pub async fn call<C: Call>(relay: &Relay, key: Option<&Key>, call: &C) -> Result<C::Answer, Problem> {
    let body = post(relay, C::PATH, call.to_canonical(), key).await?;
    Ok(C::Answer::from_canonical(&body).unwrap())
}
