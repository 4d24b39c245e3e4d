//! Why a call failed, as the problem that is answered.

use std::{convert::Infallible, io};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use futures::stream;
use http::{HeaderValue, StatusCode, header};
use zegel_crypto::Canonical as _;
use zegel_ledger::Refusal;
use zegel_protocol::Problem;

/// A problem on its way to whoever asked. Faults of the disk are told apart (full, not writable, anything else) and
/// printed for the operator; what was asked never is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub Problem);

impl Failure {
    /// Something that cannot be, if this program is right.
    pub fn internal(what: &str) -> Self {
        eprintln!("zegel-relay: {what}");
        Self(Problem::Internal)
    }

    fn storage(problem: Problem, error: &dyn std::error::Error) -> Self {
        eprintln!("zegel-relay: storage: {error}");
        Self(problem)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(Problem::Refused(refusal.to_string()))
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let problem = match error.sqlite_error_code() {
            Some(Code::DiskFull) => Problem::Full,
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => Problem::ReadOnly,
            _ => Problem::Internal,
        };
        Self::storage(problem, &error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let problem = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::Full,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Problem::ReadOnly,
            _ => Problem::Internal,
        };
        Self::storage(problem, &error)
    }
}

impl From<object_store::Error> for Failure {
    fn from(error: object_store::Error) -> Self {
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(inner) = source {
            if let Some(io) = inner.downcast_ref::<io::Error>() {
                return io::Error::from(io.kind()).into();
            }
            source = inner.source();
        }
        Self::storage(Problem::Internal, &error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, cbor(self.0.to_canonical())).into_response();
        if self.0 == Problem::Busy {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// A body of CBOR that nobody keeps.
pub(crate) fn cbor(body: Vec<u8>) -> Response {
    headed(body.into_response())
}

/// The same, in pieces that follow each other.
pub(crate) fn cbor_of<const N: usize>(pieces: [Vec<u8>; N]) -> Response {
    let length: usize = pieces.iter().map(Vec::len).sum();
    let pieces = pieces.map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
    let mut response = headed(Body::from_stream(stream::iter(pieces)).into_response());
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// A body that comes over time. A proxy that keeps it until it is whole would keep it for ever.
pub(crate) fn line(body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn headed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/cbor"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
