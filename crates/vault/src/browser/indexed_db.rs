//! The store in a browser profile: one IndexedDB database, one object store for each table.

use async_trait::async_trait;
use idb::{Database, ObjectStore, Transaction, builder::ObjectStoreBuilder};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbTransaction};

use super::{message, name};
use crate::ports::{Store, StoreError, Table, Write};

/// Grows when a table is added: a profile with fewer gets it.
const FORM: u32 = 2;

#[wasm_bindgen]
extern "C" {
    /// A database whose transactions take options, which `web-sys` does not offer yet.
    type WithOptions;
    #[wasm_bindgen(method, catch)]
    fn transaction(this: &WithOptions, names: &Array, mode: &str, options: &Object) -> Result<IdbTransaction, JsValue>;
}

/// A store in this browser profile. Tabs may have it open at the same time; that only one of them writes is the page's
/// affair.
pub struct IndexedDbStore {
    database: IdbDatabase,
}

impl IndexedDbStore {
    /// Opens the database `name`, or makes it. Asks the browser to keep it when room is short.
    ///
    /// Errors: [`StoreError::Unusable`] where the profile keeps no data, as in some private windows.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let tables = Table::ALL.iter().map(|table| ObjectStoreBuilder::new(table.name()));
        let builder =
            tables.fold(Database::builder(name).version(FORM), |builder, table| builder.add_object_store(table));
        let database = builder.build().await.map_err(failed)?.into();
        persist().await;
        Ok(Self { database })
    }

    fn begin(&self, tables: &[Table], mode: &str) -> Result<IdbTransaction, StoreError> {
        let names: Array = tables.iter().map(|table| JsValue::from(table.name())).collect();
        let options = Object::new();
        // Else a browser may say "done" before the disk does.
        Reflect::set(&options, &"durability".into(), &"strict".into()).map_err(thrown)?;
        let database: &WithOptions = self.database.unchecked_ref();
        database.transaction(&names, mode, &options).map_err(thrown)
    }

    fn read(&self, table: Table) -> Result<ObjectStore, StoreError> {
        let transaction = Transaction::from(self.begin(&[table], "readonly")?);
        transaction.object_store(table.name()).map_err(failed)
    }
}

impl Drop for IndexedDbStore {
    fn drop(&mut self) {
        self.database.close();
    }
}

#[async_trait(?Send)]
impl Store for IndexedDbStore {
    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let request = self.read(table)?.get(js(key)).map_err(failed)?;
        Ok(request.await.map_err(failed)?.map(|value| bytes(&value)))
    }

    async fn all(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let store = self.read(table)?;
        // Both are asked before either is awaited, so that they see the same moment.
        let keys = store.get_all_keys(None, None).map_err(failed)?;
        let values = store.get_all(None, None).map_err(failed)?;
        let keys = keys.await.map_err(failed)?;
        let values = values.await.map_err(failed)?;
        Ok(keys.iter().map(bytes).zip(values.iter().map(bytes)).collect())
    }

    async fn write(&self, batch: Vec<Write>) -> Result<(), StoreError> {
        let touched = |one: &Table| batch.iter().any(|write| table(write) == *one);
        let tables: Vec<_> = Table::ALL.into_iter().filter(touched).collect();
        if tables.is_empty() {
            return Ok(());
        }
        let transaction = self.begin(&tables, "readwrite")?;
        let asked = ask(&transaction, &batch);
        if asked.is_err() {
            // What was asked before must not be written either; if it has aborted by itself, so much the better.
            let _ = transaction.abort();
        }
        asked.and(done(&transaction).await)
    }

    async fn wipe(&self) -> Result<(), StoreError> {
        let transaction = self.begin(&Table::ALL, "readwrite")?;
        for table in Table::ALL {
            let store = transaction.object_store(table.name()).map_err(thrown)?;
            store.clear().map_err(thrown)?;
        }
        done(&transaction).await
    }
}

fn ask(transaction: &IdbTransaction, batch: &[Write]) -> Result<(), StoreError> {
    for write in batch {
        let store = transaction.object_store(table(write).name()).map_err(thrown)?;
        match write {
            Write::Put(_, key, value) => store.put_with_key(&js(value), &js(key)),
            Write::Delete(_, key) => store.delete(&js(key)),
        }
        .map_err(thrown)?;
    }
    Ok(())
}

/// Waits until the transaction is on the disk, or is not.
async fn done(transaction: &IdbTransaction) -> Result<(), StoreError> {
    let ended = Promise::new(&mut |resolve: Function, reject: Function| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    match JsFuture::from(ended).await {
        Ok(_) => Ok(()),
        Err(_) => Err(transaction.error().map_or_else(
            || StoreError::Unusable("the browser broke off a write".into()),
            |error| thrown(error.into()),
        )),
    }
}

/// Asks the browser not to clear what this site keeps when room is short, and tells whether it promises so. A page may
/// ask at any time; in a worker the answer is always no.
pub async fn persist() -> bool {
    let asked = || -> Option<Promise> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let storage = Reflect::get(&navigator, &"storage".into()).ok()?;
        let persist: Function = Reflect::get(&storage, &"persist".into()).ok()?.dyn_into().ok()?;
        persist.call0(&storage).ok()?.dyn_into().ok()
    };
    match asked() {
        Some(promise) => JsFuture::from(promise).await.is_ok_and(|kept| kept.is_truthy()),
        None => false,
    }
}

/// Removes the database `name`, which nobody has open.
pub async fn remove(name: &str) -> Result<(), StoreError> {
    idb::Factory::new().map_err(failed)?.delete(name).map_err(failed)?.await.map_err(failed)
}

/// The names of the databases of this site; none where the browser does not tell, or keeps none. To look by opening would
/// make what was not there.
pub async fn databases() -> Option<Vec<String>> {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).ok()?;
    let list: Function = Reflect::get(&factory, &"databases".into()).ok()?.dyn_into().ok()?;
    let listed: Promise = list.call0(&factory).ok()?.dyn_into().ok()?;
    let listed = Array::from(&JsFuture::from(listed).await.ok()?);
    Some(listed.iter().filter_map(|one| Reflect::get(&one, &"name".into()).ok()?.as_string()).collect())
}

fn table(write: &Write) -> Table {
    match write {
        Write::Put(table, ..) | Write::Delete(table, _) => *table,
    }
}

fn js(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// Keys come back as buffers, values as they were stored.
fn bytes(value: &JsValue) -> Vec<u8> {
    Uint8Array::new(value).to_vec()
}

fn failed(error: idb::Error) -> StoreError {
    use idb::Error::{
        AddFailed, DeleteFailed, DomException, GetAllFailed, GetAllKeysFailed, GetFailed, IndexedDbOpenFailed,
        TransactionOpenFailed,
    };
    match error {
        DomException(exception) => thrown(exception.into()),
        AddFailed(value)
        | DeleteFailed(value)
        | GetAllFailed(value)
        | GetAllKeysFailed(value)
        | GetFailed(value)
        | IndexedDbOpenFailed(value)
        | TransactionOpenFailed(value) => thrown(value),
        other => StoreError::Unusable(other.to_string()),
    }
}

fn thrown(value: JsValue) -> StoreError {
    match name(&value).as_str() {
        "QuotaExceededError" => StoreError::Full,
        "VersionError" => StoreError::Unusable("a later version of Zegel has written it; reload this page".into()),
        "InvalidStateError" => StoreError::Unusable("the browser has closed it; reload this page".into()),
        _ => StoreError::Unusable(message(&value)),
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;
    use web_sys::DomException;

    use super::*;

    #[wasm_bindgen_test]
    fn a_full_profile_is_told_from_a_broken_one() {
        let exception = |name| DomException::new_with_message_and_name("told by the browser", name).unwrap();
        assert_eq!(thrown(exception("QuotaExceededError").into()), StoreError::Full);
        assert_eq!(failed(idb::Error::DomException(exception("QuotaExceededError"))), StoreError::Full);
        let unusable = thrown(exception("UnknownError").into());
        assert_eq!(unusable, StoreError::Unusable("UnknownError: told by the browser".into()));
    }
}
