//! The store and the accelerator of a browser, in a real one.
#![cfg(all(target_arch = "wasm32", feature = "browser"))]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use zegel_crypto::{
    Hash, Key,
    seal::{CHUNK, HEADER, Opener, Salt, Sealer, TAG, seal},
};
use zegel_vault::{
    browser::{BlobSink, BlobSource, IndexedDbStore, WebCrypto, databases, remove},
    contract,
    ports::{Accelerator as _, FileSink as _, FileSource as _, InProcess, Store as _, Table, Write},
};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn indexed_db_keeps_the_contract() {
    contract::keeps(async || IndexedDbStore::open("contract").await.unwrap()).await;
}

#[wasm_bindgen_test]
async fn two_databases_are_two_stores() {
    let [one, other] = [IndexedDbStore::open("one").await.unwrap(), IndexedDbStore::open("other").await.unwrap()];
    let put = Write::Put(Table::Draft, vec![1], vec![2]);
    one.write(vec![put]).await.unwrap();
    assert_eq!(one.get(Table::Draft, &[1]).await, Ok(Some(vec![2])));
    assert_eq!(other.get(Table::Draft, &[1]).await, Ok(None));
    one.wipe().await.unwrap();
}

#[wasm_bindgen_test]
async fn a_database_that_was_removed_is_gone_and_leaves_others_alone() {
    let put = || vec![Write::Put(Table::Device, vec![1], vec![2])];
    let [stays, goes] = [IndexedDbStore::open("stays").await.unwrap(), IndexedDbStore::open("goes").await.unwrap()];
    stays.write(put()).await.unwrap();
    goes.write(put()).await.unwrap();
    drop(goes);
    remove("goes").await.unwrap();
    remove("never there").await.unwrap();
    let left = databases().await.unwrap();
    assert!(left.contains(&"stays".to_owned()) && !left.contains(&"goes".to_owned()), "{left:?}");
    assert!(!left.contains(&"never there".to_owned()), "to look made it");
    assert_eq!(stays.get(Table::Device, &[1]).await, Ok(Some(vec![2])));
    let again = IndexedDbStore::open("goes").await.unwrap();
    assert_eq!(again.get(Table::Device, &[1]).await, Ok(None));
}

#[wasm_bindgen_test]
async fn web_crypto_gives_the_same_bytes() {
    let (key, salt, context) = (Key::from_bytes([7; 32]), Salt([3; 24]), b"context");
    for length in [0, 1, 5000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 64 * CHUNK + 9] {
        let plaintext: Vec<u8> = (0..length).map(|at| (at % 253) as u8).collect();
        let sealed = seal(&key, &salt, context, &plaintext);
        let (header, body) = sealed.split_first_chunk::<HEADER>().unwrap();

        let sealer = Sealer::new(&key, &salt, context);
        assert!(WebCrypto::new().seal_chunks(&sealer, 0, &plaintext, true).await == body, "{length}");

        let opener = Opener::new(&key, context, header).unwrap();
        let opened = WebCrypto::new().open_chunks(&opener, 0, body, true).await.unwrap();
        assert!(*opened == plaintext, "{length}");

        let mut damaged = body.to_vec();
        *damaged.last_mut().unwrap() ^= 1;
        assert!(WebCrypto::new().open_chunks(&opener, 0, &damaged, true).await.is_err());
        assert!(WebCrypto::new().open_chunks(&opener, 1, body, true).await.is_err());
        assert!(WebCrypto::new().open_chunks(&opener, 0, body, false).await.is_err());
    }
}

#[wasm_bindgen_test]
async fn a_message_is_not_cut_at_a_chunk() {
    let (key, salt) = (Key::from_bytes([7; 32]), Salt([3; 24]));
    let sealed = seal(&key, &salt, b"", &[5; 2 * CHUNK + 5]);
    let (header, body) = sealed.split_first_chunk::<HEADER>().unwrap();
    let opener = Opener::new(&key, b"", header).unwrap();
    let cut = &body[..2 * (CHUNK + TAG)];
    assert!(WebCrypto::new().open_chunks(&opener, 0, cut, true).await.is_err());
    assert!(InProcess.open_chunks(&opener, 0, cut, true).await.is_err());
}

#[wasm_bindgen_test]
async fn web_crypto_hashes_the_same() {
    for length in [0, 100, 5000, 1 << 20] {
        let bytes = vec![9; length];
        assert_eq!(WebCrypto::new().sha256(&bytes).await, Hash::of(&bytes));
    }
}

#[wasm_bindgen_test]
async fn a_blob_goes_out_and_comes_in() {
    let bytes: Vec<u8> = (0..(20 << 20) + 3).map(|at| (at % 249) as u8).collect();
    let mut sink = BlobSink::new();
    for piece in bytes.chunks(1 << 20) {
        sink.write(piece).await.unwrap();
    }
    let blob = sink.finish("application/octet-stream").unwrap();
    assert_eq!(blob.type_(), "application/octet-stream");
    let mut source = BlobSource::new(blob);
    assert_eq!(source.size(), bytes.len() as u64);
    let whole = source.read(0, bytes.len()).await.unwrap();
    assert!(whole == bytes);
    assert_eq!(source.read(5, 3).await.unwrap(), &bytes[5..8]);
    assert_eq!(source.read(bytes.len() as u64 - 2, 100).await.unwrap(), &bytes[bytes.len() - 2..]);
    assert_eq!(source.read(bytes.len() as u64 + 7, 100).await.unwrap(), b"");
}
