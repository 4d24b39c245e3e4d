//! Large blobs.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use support::{DAY, Dossier, Organisation, Person, call, half_of, post};
use zegel_crypto::{Canonical as _, Hash, blob_name};
use zegel_ledger::{Change, File, FileId, HalfId, LogKind};
use zegel_protocol::{
    Problem,
    calls::{BeginUpload, Fetch, FinishUpload, HalfServed, UPLOAD_CHUNK, UploadState},
    limits,
};

const UPLOAD: [u8; 16] = [6; 16];

fn path(offset: u64) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    format!("{UPLOAD_CHUNK}/{}/{offset}", URL_SAFE_NO_PAD.encode(UPLOAD))
}

async fn send(org: &Organisation, who: &Person, offset: u64, chunk: &[u8]) -> Result<u64, Problem> {
    let body = post(org.relay(), &path(offset), chunk.to_vec(), Some(&who.key())).await?;
    Ok(UploadState::from_canonical(&body).unwrap().received)
}

async fn begin(org: &Organisation, who: &Person, dossier: &Dossier, length: usize) -> Result<u64, Problem> {
    let begin = BeginUpload { log: dossier.log, upload: UPLOAD, length: length as u64 };
    Ok(call(org.relay(), Some(&who.key()), &begin).await?.received)
}

async fn finish(org: &Organisation, who: &Person, blob: Hash) -> Result<u64, Problem> {
    Ok(call(org.relay(), Some(&who.key()), &FinishUpload { upload: UPLOAD, blob }).await?.received)
}

async fn upload(org: &Organisation, who: &Person, dossier: &Dossier, bytes: &[u8]) {
    begin(org, who, dossier, bytes.len()).await.unwrap();
    send(org, who, 0, bytes).await.unwrap();
    finish(org, who, blob_name(bytes)).await.unwrap();
}

fn listing(org: &mut Organisation, who: &Person, dossier: &Dossier, bytes: &[u8]) -> (File, support::Draft) {
    let (file, half) = (FileId::make(&mut org.rng), HalfId::make(&mut org.rng));
    let file = File { file, home: dossier.core.id, half, blob: blob_name(bytes), length: bytes.len() as u64 };
    let mut draft = org.draft(who, dossier.log, LogKind::Dossier, vec![Change::File(file)], Vec::new());
    draft.halves.push(org.half(dossier.log, half));
    (file, draft)
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped_and_is_served_in_ranges() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let bytes = org.blob(limits::CHUNK * 2 + 777);
    assert_eq!(begin(&org, &director, &dossier, bytes.len()).await, Ok(0));
    let (first, rest) = bytes.split_at(limits::CHUNK);
    assert_eq!(send(&org, &director, 0, first).await, Ok(limits::CHUNK as u64));
    org.restart();
    assert_eq!(begin(&org, &director, &dossier, bytes.len()).await, Ok(limits::CHUNK as u64));
    // What is there already changes nothing; what would leave a gap neither.
    assert_eq!(send(&org, &director, 0, first).await, Ok(limits::CHUNK as u64));
    assert_eq!(send(&org, &director, 2 * limits::CHUNK as u64, &rest[limits::CHUNK..]).await, Ok(limits::CHUNK as u64));
    for (index, chunk) in rest.chunks(limits::CHUNK).enumerate() {
        send(&org, &director, ((index + 1) * limits::CHUNK) as u64, chunk).await.unwrap();
    }
    assert_eq!(finish(&org, &director, blob_name(&bytes)).await, Ok(bytes.len() as u64));
    assert_eq!(finish(&org, &director, blob_name(&bytes)).await, Ok(bytes.len() as u64), "again");

    let name = blob_name(&bytes);
    assert_eq!(org.fetch(&director.key(), dossier.log, name).await, Err(Problem::NotFound), "no entry lists it yet");
    let (file, draft) = listing(&mut org, &director, &dossier, &bytes);
    org.push(&director, vec![draft]).await.unwrap();
    assert_eq!(begin(&org, &director, &dossier, bytes.len()).await, Ok(bytes.len() as u64), "again, after all");
    let fetch = Fetch { log: dossier.log, blob: name, offset: limits::CHUNK as u64 + 5, length: limits::CHUNK as u64 };
    let fetched = call(org.relay(), Some(&director.key()), &fetch).await.unwrap();
    assert_eq!(fetched.total, bytes.len() as u64);
    assert_eq!(fetched.bytes.0, bytes[limits::CHUNK + 5..limits::CHUNK * 2 + 5]);
    let past = Fetch { log: dossier.log, blob: name, offset: bytes.len() as u64, length: 9 };
    assert!(call(org.relay(), Some(&director.key()), &past).await.unwrap().bytes.0.is_empty());
    let half = org.ask_half(&director.key(), dossier.log, file.half).await;
    assert_eq!(half, HalfServed::Half(half_of(file.half)));
}

#[tokio::test]
async fn damaged_bytes_are_refused_and_can_be_sent_again() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let bytes = org.blob(100_000);
    begin(&org, &director, &dossier, bytes.len()).await.unwrap();
    let mut damaged = bytes.clone();
    damaged[50_000] ^= 1;
    send(&org, &director, 0, &damaged).await.unwrap();
    assert_eq!(finish(&org, &director, blob_name(&bytes)).await, Err(Problem::Damaged));
    send(&org, &director, 0, &bytes).await.unwrap();
    assert_eq!(finish(&org, &director, blob_name(&bytes)).await, Ok(100_000));
}

#[tokio::test]
async fn only_who_may_write_uploads_and_only_they_go_on() {
    let mut org = Organisation::found().await;
    let (director, other) = (org.director(), org.admit().await);
    let dossier = org.dossier(&director).await;
    assert_eq!(begin(&org, &other, &dossier, 10).await, Err(Problem::NotFound));
    begin(&org, &director, &dossier, 10).await.unwrap();
    assert_eq!(send(&org, &other, 0, &[0; 10]).await, Err(Problem::NotFound));
    assert_eq!(send(&org, &director, 0, &[0; 11]).await, Err(Problem::TooLarge));
    assert_eq!(finish(&org, &other, Hash([0; 32])).await, Err(Problem::NotFound));
}

#[tokio::test]
async fn a_blob_uploaded_for_one_log_is_not_listed_in_another() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let (one, two) = (org.dossier(&director).await, org.dossier(&director).await);
    let bytes = org.blob(1000);
    upload(&org, &director, &one, &bytes).await;
    let (_, draft) = listing(&mut org, &director, &two, &bytes);
    assert_eq!(org.push(&director, vec![draft]).await.unwrap_err(), Problem::MissingBlob(blob_name(&bytes)));
}

#[tokio::test]
async fn what_an_entry_lists_outlives_its_upload() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let bytes = org.blob(1000);
    upload(&org, &director, &dossier, &bytes).await;
    let (_, draft) = listing(&mut org, &director, &dossier, &bytes);
    org.push(&director, vec![draft]).await.unwrap();
    for _ in 0..9 {
        org.relay().maintain().await.unwrap();
        org.clock.forward(DAY);
    }
    assert_eq!(org.fetch(&director.key(), dossier.log, blob_name(&bytes)).await, Ok(bytes));
}

#[tokio::test]
async fn what_no_entry_lists_is_collected_after_a_week() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let bytes = org.blob(1000);
    upload(&org, &director, &dossier, &bytes).await;
    for days in [1, 1, 1, 1, 1, 1, 1, 1] {
        org.relay().maintain().await.unwrap();
        org.clock.forward(days * DAY);
    }
    assert_eq!(org.relay().maintain().await.unwrap().collected, 1);
    let (_, draft) = listing(&mut org, &director, &dossier, &bytes);
    assert_eq!(org.push(&director, vec![draft]).await.unwrap_err(), Problem::MissingBlob(blob_name(&bytes)));
}
