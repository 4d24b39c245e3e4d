//! A store that forgets: for a third party, who keeps nothing, and for tests.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use async_trait::async_trait;

use crate::ports::{Store, StoreError, Table, Write};

/// In the order of [`Table::ALL`].
type Tables = [BTreeMap<Vec<u8>, Vec<u8>>; Table::ALL.len()];

/// A store in memory. Clones share what is in it, as two runs of a program share a disk.
#[derive(Clone)]
pub struct MemoryStore {
    tables: Rc<RefCell<Tables>>,
    room: usize,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::with_room(usize::MAX)
    }

    /// An empty store that is full at `room` bytes of keys and values.
    pub fn with_room(room: usize) -> Self {
        Self { tables: Rc::default(), room }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait(?Send)]
impl Store for MemoryStore {
    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let tables = self.tables.borrow();
        Ok(tables[table as usize].get(key).cloned())
    }

    async fn all(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let tables = self.tables.borrow();
        Ok(tables[table as usize].iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    async fn write(&self, batch: Vec<Write>) -> Result<(), StoreError> {
        if self.room < usize::MAX && used(&self.tables.borrow()) + asked(&batch) > self.room {
            return Err(StoreError::Full);
        }
        let mut tables = self.tables.borrow_mut();
        for write in batch {
            match write {
                Write::Put(table, key, value) => tables[table as usize].insert(key, value),
                Write::Delete(table, key) => tables[table as usize].remove(&key),
            };
        }
        Ok(())
    }

    async fn wipe(&self) -> Result<(), StoreError> {
        *self.tables.borrow_mut() = Tables::default();
        Ok(())
    }
}

fn used(tables: &Tables) -> usize {
    tables.iter().flatten().map(|(key, value)| key.len() + value.len()).sum()
}

fn asked(batch: &[Write]) -> usize {
    let size = |write: &Write| match write {
        Write::Put(_, key, value) => key.len() + value.len(),
        Write::Delete(..) => 0,
    };
    batch.iter().map(size).sum()
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::contract;

    #[test]
    fn keeps_the_contract() {
        let store = MemoryStore::new();
        block_on(contract::keeps(async || store.clone()));
    }

    #[test]
    fn a_full_store_keeps_what_it_has() {
        let store = MemoryStore::with_room(1 << 20);
        block_on(contract::survives_being_full(&store, 2 << 20));
    }
}
