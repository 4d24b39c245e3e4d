//! Hands out the web app that lies in the binary, under headers that let it run nothing else.
//!
//! Mount [`respond`] as the fallback of the relay's router. What is below `/assets/` carries a hash in its name and may
//! be kept for ever; every other path that a browser opens is a page of the app, which routes by itself.

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;

/// One file of the built app, compressed ahead of time where that helps.
struct File {
    path: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/app_files.rs"));

/// Nothing but the app's own files runs, loads, frames or is framed; wasm may be compiled; the one Trusted Types policy
/// names the worker's script. A worker takes these rules from its own response, so they stand on every file.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
    style-src 'self'; font-src 'self'; img-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types vault";

const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
    geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    publickey-credentials-create=(self), publickey-credentials-get=(self), serial=(), usb=()";

/// What every answer of the app carries.
static HEADERS: [(HeaderName, HeaderValue); 8] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS_POLICY)),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-embedder-policy"), HeaderValue::from_static("require-corp")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::VARY, HeaderValue::from_static("accept-encoding")),
];

const NOT_BUILT: &[u8] = b"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Zegel</title><h1>Zegel</h1>\
    <p>This relay was compiled without the app. It serves the command line; for the app, build with \
    <code>cargo xtask start</code>.</p></html>";

/// Answers a request that no route of the relay took: a file of the app, one of its pages, or 404.
pub(crate) async fn respond(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let found = match method {
        Method::GET | Method::HEAD => find(FILES, uri.path(), &headers),
        _ => None,
    };
    let Some(answer) = found else {
        return response(StatusCode::NOT_FOUND, Body::from("not found"), "text/plain; charset=utf-8", "no-store");
    };
    // hyper takes the length from the body and leaves the body out for HEAD.
    let body = Body::from(Bytes::from_static(answer.bytes));
    let mut response = response(StatusCode::OK, body, answer.content_type, answer.cache);
    if let Some(encoding) = answer.encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Bytes that lie ready, and how they are to be kept and read.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    bytes: &'static [u8],
    content_type: &'static str,
    encoding: Option<&'static str>,
    cache: &'static str,
}

fn find(files: &[File], path: &str, headers: &HeaderMap) -> Option<Answer> {
    let asset = path.starts_with("/assets/");
    let name = if asset { path.strip_prefix('/')? } else { "index.html" };
    if !asset && (path.starts_with("/v1/") || !opens_page(headers)) {
        return None;
    }
    let cache = if asset { "public, max-age=31536000, immutable" } else { "no-cache" };
    let Some(file) = files.iter().find(|file| file.path == name) else {
        let page = Answer { bytes: NOT_BUILT, content_type: "text/html; charset=utf-8", encoding: None, cache };
        return (!asset && files.is_empty()).then_some(page);
    };
    let (encoding, bytes) = match (file.brotli, file.gzip) {
        (Some(packed), _) if accepts(headers, "br") => (Some("br"), packed),
        (_, Some(packed)) if accepts(headers, "gzip") => (Some("gzip"), packed),
        _ => (None, file.plain),
    };
    Some(Answer { bytes, content_type: file.content_type, encoding, cache })
}

/// Whether somebody opens a page, rather than a program asking for a route that this relay does not have.
fn opens_page(headers: &HeaderMap) -> bool {
    list(headers, header::ACCEPT).any(|(kind, _)| kind == "text/html" || kind == "*/*")
}

/// Whether the client takes this encoding: named, and not with `q=0`.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    list(headers, header::ACCEPT_ENCODING).any(|(name, weight)| name == encoding && weight > 0.0)
}

/// The elements of a weighted list header (RFC 9110, 12.4.2).
fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = (&str, f32)> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|element| {
        let (name, rest) = element.split_once(';').unwrap_or((element, ""));
        let weight = rest.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
        (name.trim(), weight.and_then(|weight| weight.trim().parse().ok()).unwrap_or(1.0))
    })
}

fn response(status: StatusCode, body: Body, content_type: &'static str, cache: &'static str) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.extend(HEADERS.iter().cloned());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT: &[File] = &[
        File {
            path: "assets/app-1.js",
            content_type: "text/javascript",
            plain: b"plain",
            brotli: Some(b"br"),
            gzip: Some(b"gz"),
        },
        File { path: "index.html", content_type: "text/html", plain: b"page", brotli: None, gzip: None },
    ];

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn served(files: &[File], path: &str, pairs: &[(HeaderName, &'static str)]) -> Option<&'static [u8]> {
        find(files, path, &headers(pairs)).map(|answer| answer.bytes)
    }

    #[test]
    fn assets_come_in_the_best_encoding_that_is_accepted() {
        let path = "/assets/app-1.js";
        let bytes = |accepted| served(BUILT, path, &[(header::ACCEPT_ENCODING, accepted)]);
        assert_eq!(bytes("gzip, deflate, br, zstd"), Some(b"br".as_slice()));
        assert_eq!(bytes("gzip, br;q=0"), Some(b"gz".as_slice()));
        assert_eq!(bytes("identity"), Some(b"plain".as_slice()));
        assert_eq!(served(BUILT, path, &[]), Some(b"plain".as_slice()));
    }

    #[test]
    fn unknown_assets_and_programs_get_no_page() {
        let page = [(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")];
        assert_eq!(served(BUILT, "/assets/app-0.js", &page), None);
        assert_eq!(served(BUILT, "/v1/nothing", &page), None);
        assert_eq!(served(BUILT, "/dossier/7", &[(header::ACCEPT, "application/cbor")]), None);
        assert_eq!(served(BUILT, "/dossier/7", &page), Some(b"page".as_slice()));
    }

    #[test]
    fn hashed_names_are_kept_and_the_page_is_asked_for_again() {
        let page = headers(&[(header::ACCEPT, "text/html")]);
        assert_eq!(find(BUILT, "/", &page).unwrap().cache, "no-cache");
        assert!(find(BUILT, "/assets/app-1.js", &page).unwrap().cache.contains("immutable"));
    }

    #[test]
    fn a_relay_without_the_app_says_so() {
        assert_eq!(served(&[], "/", &[(header::ACCEPT, "text/html")]), Some(NOT_BUILT));
        assert_eq!(served(&[], "/assets/app-1.js", &[]), None);
    }
}
