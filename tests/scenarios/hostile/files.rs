//! A relay that tampers with files, chunk by chunk, and with the bits of every kind of answer.

use std::cell::RefCell;

use zegel_crypto::{
    Canonical as _, blob_name,
    seal::{CHUNK, HEADER, TAG},
};
use zegel_ledger::{Change, Entry, File, FileId, Refusal};
use zegel_protocol::calls::{Call, Changes, Fetch, FetchKeyring, Halves, Hello, Pull};
use zegel_tests::{
    hostile::{
        Insider, answering, bytes_of,
        scene::{Scene, TITLE, own_key, save},
    },
    world::{self, DOCUMENT, PASSPHRASE, REPORT, passphrase},
};
use zegel_vault::{Vault, VaultError, view::ItemKind};

use crate::bare;

#[tokio::test]
async fn inject_file() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let bytes = b"%PDF-1.4 niet van hier".to_vec();
    let home = held.log.files().next().unwrap().file.home;
    let (blob, length) = (blob_name(&bytes), bytes.len() as u64);
    let file = File { file: FileId([1; 16]), home, half: zegel_ledger::HalfId([1; 16]), blob, length };
    let entry = Entry::sign(&keys.commit(&held.log, directory.head(), vec![Change::File(file)]), &own_key(1));
    scene.refuses(entry, vec![bytes], Refusal::Signature).await;
    assert_eq!(scene.iris.vault.dossier(&scene.dossier).await.unwrap().items.len(), 2);
    scene.kept_quiet().await;
}

/// Bits of every kind of answer are flipped while a device fetches everything anew. What it shows is true, or not shown.
#[tokio::test]
async fn flip_bits() {
    let mut scene = Scene::new().await;
    save(&mut scene.iris, &scene.dossier, "nog een verslag").await.unwrap();
    let mut shown = 0;
    for path in [Hello::PATH, Changes::PATH, Pull::PATH, Halves::PATH, Fetch::PATH, FetchKeyring::PATH] {
        for round in 0..10_usize {
            scene.world.clock.pass(1);
            scene.relay.relent();
            scene.relay.play(bytes_of(path, move |bytes| {
                let at = (round * 7919 + 13) % bytes.len();
                bytes[at] ^= 1 << (round % 8);
            }));
            let (ports, _) = bare(&scene).await;
            let Ok(mut vault) = Vault::unlock(ports, passphrase()).await else { continue };
            let Ok(view) = vault.dossier(&scene.dossier).await else { continue };
            assert!(view.summary.title.is_empty() || view.summary.title == TITLE);
            for item in &view.items {
                match &item.kind {
                    ItemKind::Report { text, .. } => assert!(text == REPORT || text == "nog een verslag"),
                    ItemKind::Document { name, .. } => assert_eq!(name, "cv.pdf"),
                }
            }
            let mut sink = world::Bytes(Vec::new());
            if vault.read_file(&scene.dossier, &scene.document, &mut sink, &()).await.is_ok() {
                assert_eq!(sink.0, DOCUMENT);
                shown += 1;
            }
        }
    }
    assert!(shown > 0, "some bits are in what nobody reads");
    scene.kept_quiet().await;
}

const WHOLE: usize = CHUNK + TAG;

/// Reads a file of several chunks whose ciphertext is bent; expects a refusal, and nothing written but what is true.
async fn chunks(bend: impl Fn(&mut Vec<u8>, &[u8]) + 'static) {
    let mut scene = Scene::new().await;
    let content: Vec<u8> = (0..5 * CHUNK).map(|at| (at / 7 % 251) as u8).collect();
    let other = scene.iris.add(&scene.dossier, "ander.pdf", &vec![7; 5 * CHUNK]).await.unwrap();
    let item = scene.iris.add(&scene.dossier, "groot.pdf", &content).await.unwrap();
    let spare = RefCell::new(Vec::new());
    scene.relay.take_transcript();
    assert_eq!(scene.iris.read(&scene.dossier, &item).await.unwrap(), content);
    let fetched = scene.relay.transcript().0;
    let call = fetched.iter().find(|request| request.path == Fetch::PATH).unwrap();
    let wanted = Fetch::from_canonical(&call.body).unwrap().blob;
    scene.iris.read(&scene.dossier, &other).await.unwrap();
    let requests = scene.relay.transcript().0;
    let call = requests.iter().rfind(|request| request.path == Fetch::PATH).unwrap();
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let of_other = keys.call(&scene.world.relay(), &Fetch::from_canonical(&call.body).unwrap()).await.unwrap();
    *spare.borrow_mut() = of_other.bytes.0;

    scene.relay.play(answering::<Fetch>(move |call, fetched| {
        if call.blob == wanted && call.offset == 0 {
            bend(&mut fetched.bytes.0, &spare.borrow());
        } else if call.blob == wanted {
            fetched.bytes.0.clear();
        }
    }));
    let before = scene.heads(Scene::IRIS).await;
    let mut sink = world::Bytes(Vec::new());
    let outcome = scene.iris.vault.read_file(&scene.dossier, &item, &mut sink, &()).await;
    assert_eq!(outcome.err(), Some(VaultError::Unreadable));
    assert!(content.starts_with(&sink.0));
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    scene.kept_quiet().await;
}

fn chunk(number: usize) -> std::ops::Range<usize> {
    HEADER + number * WHOLE..HEADER + (number + 1) * WHOLE
}

#[tokio::test]
async fn chunk_reordered() {
    chunks(|bytes, _| {
        let first = bytes[chunk(1)].to_vec();
        bytes.copy_within(chunk(2), chunk(1).start);
        bytes[chunk(2)].copy_from_slice(&first);
    })
    .await;
}

#[tokio::test]
async fn chunk_dropped() {
    chunks(|bytes, _| drop(bytes.drain(chunk(1)))).await;
}

#[tokio::test]
async fn chunk_duplicated() {
    chunks(|bytes, _| {
        let twice = bytes[chunk(1)].to_vec();
        bytes.splice(chunk(1).start..chunk(1).start, twice);
    })
    .await;
}

#[tokio::test]
async fn chunk_truncated() {
    chunks(|bytes, _| bytes.truncate(chunk(2).end)).await;
}

#[tokio::test]
async fn chunk_spliced() {
    chunks(|bytes, other| bytes[chunk(1)].copy_from_slice(&other[chunk(1)])).await;
}

#[tokio::test]
async fn chunk_of_another_file_whole() {
    chunks(|bytes, other| *bytes = other.to_vec()).await;
}

#[tokio::test]
async fn chunk_flipped() {
    chunks(|bytes, _| bytes[chunk(3).start + 9] ^= 4).await;
}
