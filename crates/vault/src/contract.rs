//! What every store must do, as one test that each of them passes: in memory, on a disk, in a browser.

use crate::ports::{Store, StoreError, Table, Write};

/// Bytes of the largest value that is tried: more than any page, less than any quota.
const LARGE: usize = 5 << 20;

/// Runs the contract. `open` opens the same store, each time anew; the one opened before is closed by then.
///
/// # Panics
/// At the first thing that is not as it must be.
pub async fn keeps<S: Store>(open: impl AsyncFn() -> S) {
    let store = open().await;
    assert_eq!(store.wipe().await, Ok(()), "an empty store can be wiped");
    is_empty(&store).await;
    sorts_by_bytes(&store).await;
    keeps_tables_apart(&store).await;
    takes_values_of_any_size(&store).await;
    applies_a_batch_in_order(&store).await;
    drop(store);
    survives_reopening(&open).await;
}

/// Runs the part of the contract that needs a store without room for `too_much` bytes.
///
/// # Panics
/// At the first thing that is not as it must be.
pub async fn survives_being_full(store: &impl Store, too_much: usize) {
    let kept = put(Table::Draft, b"kept", b"before");
    assert_eq!(store.write(vec![kept]).await, Ok(()));
    let batch = vec![
        put(Table::Draft, b"kept", b"after"),
        Write::Delete(Table::Draft, b"kept".to_vec()),
        put(Table::Queue, b"small", b"fits"),
        Write::Put(Table::Blob, b"large".to_vec(), vec![7; too_much]),
    ];
    assert_eq!(store.write(batch).await, Err(StoreError::Full), "a full store says that it is full");
    has(store, Table::Draft, b"kept", Some(b"before")).await;
    has(store, Table::Queue, b"small", None).await;
    has(store, Table::Blob, b"large", None).await;
    assert_eq!(store.write(vec![put(Table::Queue, b"small", b"fits")]).await, Ok(()), "what fits is still taken");
    has(store, Table::Queue, b"small", Some(b"fits")).await;
}

async fn is_empty(store: &impl Store) {
    for table in Table::ALL {
        assert_eq!(store.all(table).await, Ok(Vec::new()), "{} is empty", table.name());
        assert_eq!(store.get(table, b"nothing").await, Ok(None));
    }
    assert_eq!(store.write(Vec::new()).await, Ok(()), "an empty batch is no error");
}

async fn sorts_by_bytes(store: &impl Store) {
    // A signed, a textual or a by-length order would each give another result.
    let sorted: [&[u8]; 8] = [b"", b"\0", b"\0\0", b"\x01", b"a", b"\x7f\xff", b"\x80", b"\xff"];
    let batch = sorted.iter().rev().map(|key| put(Table::Blob, key, key)).collect();
    assert_eq!(store.write(batch).await, Ok(()));
    let expected: Vec<_> = sorted.iter().map(|key| (key.to_vec(), key.to_vec())).collect();
    assert_eq!(store.all(Table::Blob).await, Ok(expected), "sorted by the bytes of the key");
}

async fn keeps_tables_apart(store: &impl Store) {
    let batch = Table::ALL.iter().map(|table| put(*table, b"same", table.name().as_bytes())).collect();
    assert_eq!(store.write(batch).await, Ok(()));
    for table in Table::ALL {
        has(store, table, b"same", Some(table.name().as_bytes())).await;
    }
    assert_eq!(store.write(vec![Write::Delete(Table::Index, b"same".to_vec())]).await, Ok(()));
    has(store, Table::Index, b"same", None).await;
    has(store, Table::Shelf, b"same", Some(b"shelf")).await;
}

async fn takes_values_of_any_size(store: &impl Store) {
    let large: Vec<u8> = (0..LARGE).map(|at| (at % 251) as u8).collect();
    let batch = vec![put(Table::Blob, b"empty", b""), Write::Put(Table::Blob, b"large".to_vec(), large.clone())];
    assert_eq!(store.write(batch).await, Ok(()));
    has(store, Table::Blob, b"empty", Some(b"")).await;
    assert!(store.get(Table::Blob, b"large").await == Ok(Some(large)), "a large value comes back as it was");
}

async fn applies_a_batch_in_order(store: &impl Store) {
    let batch = vec![
        put(Table::Queue, b"twice", b"first"),
        put(Table::Queue, b"twice", b"second"),
        put(Table::Queue, b"gone", b"here"),
        Write::Delete(Table::Queue, b"gone".to_vec()),
        Write::Delete(Table::Queue, b"never there".to_vec()),
        Write::Delete(Table::Queue, b"back".to_vec()),
        put(Table::Queue, b"back", b"again"),
    ];
    assert_eq!(store.write(batch).await, Ok(()));
    has(store, Table::Queue, b"twice", Some(b"second")).await;
    has(store, Table::Queue, b"gone", None).await;
    has(store, Table::Queue, b"back", Some(b"again")).await;
}

async fn survives_reopening<S: Store>(open: &impl AsyncFn() -> S) {
    let store = open().await;
    has(&store, Table::Queue, b"twice", Some(b"second")).await;
    has(&store, Table::Device, b"same", Some(b"device")).await;
    assert_eq!(store.wipe().await, Ok(()));
    is_empty(&store).await;
    drop(store);
    is_empty(&open().await).await;
}

async fn has(store: &impl Store, table: Table, key: &[u8], value: Option<&[u8]>) {
    assert_eq!(store.get(table, key).await, Ok(value.map(<[u8]>::to_vec)), "{}: {key:?}", table.name());
}

fn put(table: Table, key: &[u8], value: &[u8]) -> Write {
    Write::Put(table, key.to_vec(), value.to_vec())
}
