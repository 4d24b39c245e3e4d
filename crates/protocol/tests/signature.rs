//! The signature profile: what is covered, and that nothing outside it is read.

use zegel_crypto::SigningKey;
use zegel_protocol::signature::{SignatureHeaders, read, sign};

const PATH: &str = "/v1/pull";
const BODY: &[u8] = b"body";

fn signed() -> (SignatureHeaders, SigningKey) {
    let key = SigningKey::from_seed(&[7; 32]);
    (sign(PATH, BODY, "AAAAAAAAAAAAAAAAAAAAAA", "challenge", &key), key)
}

#[test]
fn a_request_is_read_and_verified() {
    let (headers, key) = signed();
    let claimed = read(PATH, BODY, &headers).unwrap();
    assert_eq!((claimed.key_id.as_str(), claimed.challenge.as_str()), ("AAAAAAAAAAAAAAAAAAAAAA", "challenge"));
    claimed.verify(&key.verifying()).unwrap();
    assert!(claimed.verify(&SigningKey::from_seed(&[8; 32]).verifying()).is_err());
}

#[test]
fn the_headers_are_those_of_rfc_9421_and_rfc_9530() {
    let (headers, _) = signed();
    // SHA-256 of "body", computed with coreutils.
    assert_eq!(headers.content_digest, "sha-256=:Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU=:");
    let input = r#"zegel=("@method" "@path" "content-digest");keyid="AAAAAAAAAAAAAAAAAAAAAA";alg="ed25519";nonce="challenge";tag="zegel-1""#;
    assert_eq!(headers.signature_input, input);
}

#[test]
fn another_body_or_path_is_refused() {
    let (headers, key) = signed();
    assert!(read(PATH, b"other", &headers).is_err());
    let elsewhere = read("/v1/append", BODY, &headers).unwrap();
    assert!(elsewhere.verify(&key.verifying()).is_err());
}

#[test]
fn every_change_of_the_headers_is_refused() {
    let (headers, key) = signed();
    let accepted = |headers: &SignatureHeaders| {
        read(PATH, BODY, headers).is_ok_and(|claimed| claimed.verify(&key.verifying()).is_ok())
    };
    assert!(accepted(&headers));
    for index in 0..headers.signature_input.len() {
        let mut changed = headers.clone();
        changed.signature_input.replace_range(index..=index, "~");
        assert!(!accepted(&changed), "input, character {index}");
    }
    for index in 0..headers.signature.len() {
        let other = if headers.signature.as_bytes()[index] == b'A' { "B" } else { "A" };
        let mut changed = headers.clone();
        changed.signature.replace_range(index..=index, other);
        assert!(!accepted(&changed), "signature, character {index}");
    }
}
