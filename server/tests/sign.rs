//! Request signatures, challenges and guesses.

mod support;

use axum::body::Body;
use http::Request;
use support::{Key, Organisation, Terms, call, hello, post, repeatable, send};
use zegel_crypto::{Canonical as _, SigningKey};
use zegel_ledger::DeviceId;
use zegel_protocol::{
    Problem,
    calls::{Call as _, Changes, Hello, Pull},
    limits, signature,
};

#[tokio::test]
async fn unknown_and_known_names_with_a_wrong_key_are_answered_alike() {
    let org = Organisation::found().await;
    let wrong = SigningKey::make(&mut repeatable(99));
    let names =
        [org.director.device.to_string(), DeviceId([4; 16]).to_string(), org.director.id.to_string(), "x".into()];
    for name in names {
        let key = Key { name, key: wrong.clone() };
        let answer = call(org.relay(), Some(&key), &Changes { cursor: 0 }).await;
        assert_eq!(answer.unwrap_err(), Problem::Unauthenticated);
    }
    assert_eq!(call(org.relay(), None, &Changes { cursor: 0 }).await.unwrap_err(), Problem::Unauthenticated);
}

#[tokio::test]
async fn a_signature_is_for_one_path_and_one_body() {
    let org = Organisation::found().await;
    let key = org.director.key();
    let welcome = hello(org.relay()).await;
    let body = Changes { cursor: 0 }.to_canonical();
    let headers = signature::sign(Changes::PATH, &body, &key.name, &welcome.challenge, &key.key);
    for (path, body) in [(Changes::PATH, Changes { cursor: 1 }.to_canonical()), ("/v1/readings", body)] {
        let request = Request::post(path)
            .header(signature::CONTENT_DIGEST, &headers.content_digest)
            .header(signature::SIGNATURE_INPUT, &headers.signature_input)
            .header(signature::SIGNATURE, &headers.signature)
            .body(Body::from(body));
        assert_eq!(send(org.relay(), request.unwrap()).await.unwrap_err(), Problem::Unauthenticated);
    }
}

#[tokio::test]
async fn a_challenge_lasts_its_time_and_must_be_the_relays() {
    let org = Organisation::found().await;
    let key = org.director.key();
    let welcome = hello(org.relay()).await;
    let body = Changes { cursor: 0 }.to_canonical();
    let ask = async |challenge: &str| {
        let headers = signature::sign(Changes::PATH, &body, &key.name, challenge, &key.key);
        let request = Request::post(Changes::PATH)
            .header(signature::CONTENT_DIGEST, headers.content_digest)
            .header(signature::SIGNATURE_INPUT, headers.signature_input)
            .header(signature::SIGNATURE, headers.signature)
            .body(Body::from(body.clone()));
        send(org.relay(), request.unwrap()).await.map(drop)
    };
    org.clock.forward(limits::CHALLENGE_SECONDS - 1);
    assert_eq!(ask(&welcome.challenge).await, Ok(()));
    org.clock.forward(61);
    assert_eq!(ask(&welcome.challenge).await, Err(Problem::StaleChallenge));
    let mut forged = hello(org.relay()).await.challenge.into_bytes();
    let last = forged.len() - 2;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    assert_eq!(ask(&String::from_utf8(forged).unwrap()).await, Err(Problem::StaleChallenge));
}

#[tokio::test]
async fn a_link_is_locked_after_too_many_wrong_codes_even_over_a_restart() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms::default()).await;
    let wrong = Key { name: shared.link.id.to_string(), key: SigningKey::make(&mut repeatable(99)) };
    for _ in 0..limits::GUESSES {
        assert_eq!(org.pull(&wrong, shared.link.log).await.unwrap_err(), Problem::Unauthenticated);
    }
    org.restart();
    assert_eq!(org.pull(&wrong, shared.link.log).await.unwrap_err(), Problem::Locked);
    assert_eq!(org.pull(&shared.link.key(), shared.link.log).await.unwrap_err(), Problem::Locked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_that_come_at_once_are_counted_one_by_one() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms::default()).await;
    let log = shared.link.log;
    // All of them are signed before the first is counted; the right one is among them, behind the wrong ones.
    let welcome = hello(org.relay()).await;
    let guesses = (0..5 * u64::from(limits::GUESSES)).map(|number| SigningKey::make(&mut repeatable(1000 + number)));
    let asked = guesses.chain([shared.link.request.clone()]).map(|key| {
        let body = Pull { log, from: 0, limit: 1, blobs: false }.to_canonical();
        let headers = signature::sign(Pull::PATH, &body, &shared.link.id.to_string(), &welcome.challenge, &key);
        let request = Request::post(Pull::PATH)
            .header(signature::CONTENT_DIGEST, headers.content_digest)
            .header(signature::SIGNATURE_INPUT, headers.signature_input)
            .header(signature::SIGNATURE, headers.signature)
            .body(Body::from(body))
            .unwrap();
        let relay = org.relay().clone();
        tokio::spawn(async move { send(&relay, request).await.map(drop) })
    });
    let asked: Vec<_> = asked.collect();
    let mut answers = Vec::new();
    for answer in asked {
        answers.push(answer.await.unwrap());
    }
    let wrong = answers.iter().filter(|answer| **answer == Err(Problem::Unauthenticated)).count();
    assert_eq!(wrong, limits::GUESSES as usize, "no more are told that they are wrong");
    let told = |answer: &&Result<(), Problem>| **answer == Err(Problem::Locked);
    let locked = answers.iter().filter(told).count();
    let right = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((wrong + locked + right, right <= 1), (answers.len(), true), "{answers:?}");
    assert_eq!(org.pull(&shared.link.key(), log).await.unwrap_err(), Problem::Locked);
}

#[tokio::test]
async fn another_version_is_told_ours_and_rubbish_is_refused() {
    let org = Organisation::found().await;
    let answer = call(org.relay(), None, &Hello { version: 999 }).await;
    assert_eq!(answer.unwrap_err(), Problem::Version(zegel_protocol::VERSION));
    let key = org.director.key();
    let answer = post(org.relay(), Changes::PATH, vec![0xff; 40], Some(&key)).await;
    assert_eq!(answer.unwrap_err(), Problem::Malformed);
    let answer = post(org.relay(), Changes::PATH, vec![0; limits::BODY + 1], Some(&key)).await;
    assert_eq!(answer.unwrap_err(), Problem::TooLarge);
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let mut org = Organisation::found().await;
    let key = org.director.key();
    org.restart_with(|config| config.rate_per_key = 2);
    let ask = async || call(org.relay(), Some(&key), &Changes { cursor: u64::MAX }).await.map(drop);
    for _ in 0..4 {
        assert_eq!(ask().await, Ok(()));
    }
    assert_eq!(ask().await, Err(Problem::Busy));
    org.clock.forward(1);
    assert_eq!(ask().await, Ok(()));
}
