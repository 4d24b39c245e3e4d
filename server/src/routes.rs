//! The whole API.

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zegel_crypto::{Canonical as _, sabotage};
use zegel_protocol::{
    Problem,
    calls::{
        AnswerKnock, Append, AwaitAnswer, Beacons, BeginUpload, Call, Changes, Fetch, FetchChain, FetchKeyring,
        FinishUpload, Found, Halves, HandBack, Hello, Knock, NOTICE, Post, Pull, ReadKnock, Readings, StoreKeyring,
        UPLOAD_CHUNK,
    },
    limits,
};

use crate::{
    access::Asker,
    app, auth,
    bodies::Received,
    calls,
    failure::{Failure, cbor, cbor_of, line},
    relay::Relay,
};

/// Bytes of the one call that everybody makes first: a version.
const HELLO: usize = 64;

/// Bytes of a knock: a token, and what is sent.
const KNOCK: usize = limits::KNOCK + 64;

/// Everything the relay answers to.
pub fn router(relay: &Relay) -> Router {
    Router::new()
        .route(Hello::PATH, open(HELLO, calls::found::hello))
        .route(Found::PATH, open(limits::BODY, calls::found::found))
        .route(Append::PATH, signed(calls::append::append))
        .route(Post::PATH, signed(calls::post::post))
        .route(Changes::PATH, signed(calls::changes::changes))
        .route(Pull::PATH, post(pull))
        .route(Halves::PATH, signed(calls::halves::halves))
        .route(Fetch::PATH, signed(calls::fetch::fetch))
        .route(BeginUpload::PATH, signed(calls::upload::begin))
        .route(&format!("{UPLOAD_CHUNK}/{{upload}}/{{offset}}"), post(chunk))
        .route(FinishUpload::PATH, signed(calls::upload::finish))
        .route(FetchKeyring::PATH, signed(calls::keyring::fetch))
        .route(StoreKeyring::PATH, signed(calls::keyring::store))
        .route(NOTICE, post(notice))
        .route(Readings::PATH, signed(calls::readings::readings))
        .route(FetchChain::PATH, signed(calls::chain::chain))
        .route(HandBack::PATH, signed(calls::hand_back::hand_back))
        .route(Beacons::PATH, signed(calls::beacons::beacons))
        .route(Knock::PATH, open(KNOCK, calls::knock::knock))
        .route(AwaitAnswer::PATH, open(HELLO, calls::knock::await_answer))
        .route(ReadKnock::PATH, signed(calls::knock::read))
        .route(AnswerKnock::PATH, signed(calls::knock::answer))
        .route("/healthz", get(healthz))
        .with_state(relay.clone())
        .fallback(app::respond)
}

/// A call that anybody may make, with a body of at most `most` bytes.
fn open<C, W>(most: usize, work: impl Fn(Relay, C) -> W + Clone + Send + Sync + 'static) -> MethodRouter<Relay>
where
    C: Call + Send + 'static,
    W: Future<Output = Result<C::Answer, Failure>> + Send,
{
    post(async move |State(relay): State<Relay>, request: Request| {
        let answer = async {
            let (_, body) = admitted(&relay, request)?;
            let body = relay.bodies().receive(body, most).await?;
            work(relay, parse(body.bytes())?).await
        };
        answered(answer.await.map(|answer| answer.to_canonical()))
    })
}

/// A call by somebody who signs it.
fn signed<C, W>(work: impl Fn(Relay, Asker, C) -> W + Clone + Send + Sync + 'static) -> MethodRouter<Relay>
where
    C: Call + Send + 'static,
    W: Future<Output = Result<C::Answer, Failure>> + Send,
{
    post(async move |State(relay): State<Relay>, request: Request| {
        let answer = async {
            let (asker, body) = identify(&relay, request, limits::BODY).await?;
            work(relay, asker, parse(body.bytes())?).await
        };
        answered(answer.await.map(|answer| answer.to_canonical()))
    })
}

async fn pull(State(relay): State<Relay>, request: Request) -> Response {
    let answer = async {
        let (asker, body) = identify(&relay, request, limits::BODY).await?;
        calls::pull::pull(relay, asker, parse(body.bytes())?).await
    };
    match answer.await {
        Ok(pieces) => cbor_of(pieces),
        Err(failure) => failure.into_response(),
    }
}

async fn notice(State(relay): State<Relay>, request: Request) -> Response {
    let opened = async {
        let (asker, _) = identify(&relay, request, 0).await?;
        calls::notice::notice(relay, asker)
    };
    match opened.await {
        Ok(body) => line(body),
        Err(failure) => failure.into_response(),
    }
}

async fn chunk(State(relay): State<Relay>, Path((upload, offset)): Path<(String, u64)>, request: Request) -> Response {
    let answer = async {
        let (asker, body) = identify(&relay, request, limits::CHUNK).await?;
        let upload = URL_SAFE_NO_PAD.decode(upload).ok().and_then(|bytes| bytes.try_into().ok());
        let upload = upload.ok_or(Problem::Malformed)?;
        calls::upload::chunk(relay, asker, upload, offset, body.bytes().clone()).await
    };
    answered(answer.await.map(|answer| answer.to_canonical()))
}

/// 200 while commits reach the disk. After one that did not, it tries again, so that it is true by itself once there is
/// room. The body is a line for each thing that the operator has to see to.
async fn healthz(State(relay): State<Relay>) -> (StatusCode, String) {
    let well = relay.is_healthy() || (relay.rates().admit(relay.millis()) && relay.write_probe().await.is_ok());
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let due = relay.is_set_up() && relay.is_backup_due();
    let put_back = relay.put_back().is_some();
    let lines = [(!well, "cannot write"), (due, "backup due"), (put_back, "put back, not confirmed")];
    (status, lines.into_iter().filter(|(is, _)| *is).map(|(_, line)| format!("{line}\n")).collect())
}

/// Who signed a request, and its body. Without a valid signature the body is read past, and not kept.
async fn identify(relay: &Relay, request: Request, most: usize) -> Result<(Asker, Received), Failure> {
    let (head, body) = admitted(relay, request)?;
    let (asker, claimed) = match auth::authenticate(relay, head.uri.path(), &head.headers).await {
        Ok(found) => found,
        Err(failure) => {
            relay.bodies().discard(body, most).await;
            return Err(failure);
        }
    };
    let body = relay.bodies().receive(body, most).await?;
    if claimed.covers(body.bytes()).is_err() && !sabotage::is("body-digest") {
        return Err(Problem::Unauthenticated.into());
    }
    Ok((asker, body))
}

fn admitted(relay: &Relay, request: Request) -> Result<(Parts, Body), Failure> {
    if relay.rates().admit(relay.millis()) { Ok(request.into_parts()) } else { Err(Problem::Busy.into()) }
}

fn parse<C: Call>(body: &[u8]) -> Result<C, Failure> {
    C::from_canonical(body).map_err(|_| Problem::Malformed.into())
}

fn answered(answer: Result<Vec<u8>, Failure>) -> Response {
    match answer {
        Ok(body) => cbor(body),
        Err(failure) => failure.into_response(),
    }
}
