//! A visit to a machine of somebody else: the vault is opened with key card and passphrase, everything is in memory, and
//! its end is the end of its device.
//!
//! The relay serves a card's key the keyring and the directory and nothing else, so a visit is a device like any other, with
//! a certificate of its own. What tells it from the others is that no keyring has a slot for it: nothing of it is to be
//! opened again. So every device of the same person knows a visit that was never ended, and ends it.

use std::rc::Rc;

use zegel_ledger::{DeviceId, Directory};
use zeroize::Zeroizing;

use crate::{
    Vault, VaultError,
    book::Seeds,
    memory::MemoryStore,
    ports::{Ports, Table},
    relay::{Relay, Signer},
    session::Brought,
    sync::DAY,
};

/// The same ports, over a store that ends with them.
pub(crate) fn passing(ports: Ports) -> Rc<Ports> {
    Rc::new(Ports { store: Box::new(MemoryStore::new()), ..ports })
}

impl Vault {
    /// Opens a vault for as long as somebody is here. The store of these ports is not touched: a visit keeps what it has
    /// in memory, its card's secret included.
    pub async fn visit(ports: Ports, card: &str, passphrase: Zeroizing<String>) -> Result<Self, VaultError> {
        let ports = passing(ports);
        let mut relay = Relay::default();
        let brought = Brought::fetch(&ports, &mut relay, card, &passphrase).await?;
        Self::visit_by(ports, relay, brought).await
    }

    /// The same, with what the card and the passphrase opened.
    pub(crate) async fn visit_by(ports: Rc<Ports>, relay: Relay, brought: Brought) -> Result<Self, VaultError> {
        let (organisation, request) = (brought.organisation, brought.card.secret.request());
        let (keys, record) = brought.pass(&ports, None);
        let signer = Signer { key_id: keys.person.to_string(), key: &request };
        let directory = Directory::new(organisation);
        let mut vault = Self::assemble(ports, relay, keys, record, directory, Seeds::default());
        vault.visit = true;
        vault.arrive(&signer, None).await
    }

    /// How many drafts and changes are here and nowhere else: they end with a visit.
    pub async fn unsaved(&self) -> Result<usize, VaultError> {
        Ok(self.ports.store.all(Table::Draft).await?.len() + self.queue.len())
    }

    /// Ends a visit: what waits is sent, the heads that were seen here stand in the person's own log, so that their next
    /// device does not doubt what was written here, the device ends, and every key is forgotten. Gives how much was lost.
    /// Where the relay is out of reach the device stays certified, without anybody who has its keys, until another device of
    /// this person ends it.
    pub async fn end_visit(mut self) -> Result<usize, VaultError> {
        // The end does not wait for it: keys that stay are worse than a line that is missing.
        let _ = self.sync().await;
        let lost = self.unsaved().await?;
        match self.end_device(self.keys.device).await {
            Err(VaultError::DeviceRemoved) => Ok(lost), // somebody ended it meanwhile
            ended => ended.map(|()| lost),
        }
    }

    /// Ends visits of more than a day that nobody ended: a tab was closed, a machine went off.
    pub(crate) async fn end_left_visits(&mut self) -> Result<(), VaultError> {
        let own = self.directory.devices().filter(|(_, device)| device.certificate.person == self.keys.person);
        let living = own.filter(|(id, device)| device.revoked.is_none() && *id != self.keys.device);
        let left: Vec<DeviceId> = living
            .filter(|(id, device)| {
                self.is_visit(*id) && self.directory_time(device.since) + DAY <= self.ports.clock.now()
            })
            .map(|(id, _)| id)
            .collect();
        for device in left {
            self.end_device(device).await?;
        }
        Ok(())
    }

    /// Whether a device of this person is a visit: the keyring that the directory names has no slot for it.
    pub(crate) fn is_visit(&self, device: DeviceId) -> bool {
        let keyring = &self.record.keyring;
        let recorded = self.directory.now().member(self.keys.person).and_then(|member| member.keyring);
        recorded == Some((keyring.generation, keyring.hash())) && keyring.slots.iter().all(|slot| slot.id != device.0)
    }
}
