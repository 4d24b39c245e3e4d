//! The devices and the keyring of somebody outside the organisation: the dossier's log knows them, as the directory knows
//! those of members.

use zegel_crypto::{
    Canonical as _,
    unlock::{self, SealedKeyring},
};
use zegel_ledger::{Change, DeviceId};
use zegel_protocol::{
    Problem,
    calls::{FetchKeyring, StoreKeyring},
};

use super::Portal;
use crate::{
    VaultError,
    dossiers::id,
    ports::TransportError,
    session::{open_keyring, spelled},
    view::{Alarm, PortalDevice},
};

impl Portal {
    /// This person's devices, the living ones first, oldest first.
    pub fn devices(&self) -> Vec<PortalDevice> {
        let party = self.book.log.party(self.keys.person);
        let mut devices: Vec<_> = party.into_iter().flat_map(|party| &party.devices).collect();
        devices.sort_by_key(|(_, device)| (device.revoked.is_some(), device.since));
        let view = |(id, device): (&DeviceId, &zegel_ledger::PartyDevice)| PortalDevice {
            id: id.to_string(),
            this: *id == self.keys.device,
            ended: device.revoked.is_some(),
        };
        devices.into_iter().map(view).collect()
    }

    /// Ends a device. The keyring is sealed anew, so that what the device kept opens nothing that comes later.
    pub async fn revoke_device(&mut self, device: &str, passphrase: &str) -> Result<(), VaultError> {
        let device: DeviceId = id(device)?;
        if device == self.keys.device {
            return Err(VaultError::ThisDevice);
        }
        self.sync().await?;
        let party = self.book.log.party(self.keys.person).ok_or(VaultError::Waiting)?;
        let ended = party.devices.get(&device).ok_or(VaultError::NotFound)?.revoked.is_some();
        let sealed = &self.record.keyring;
        let (_, m) = open_keyring(sealed, passphrase, &self.record.slot, &self.record.fingerprint)?;
        // First the key that asks, then the slot that opens; whoever was cut off in between does the second the next time.
        if !ended {
            self.append(None, &[Change::RevokeDevice(device)]).await?;
        }
        if self.record.keyring.slots.iter().any(|slot| slot.id == device.0) {
            let sealed = &self.record.keyring;
            let next = unlock::remove_slot(&mut self.ports.rng(), sealed, &m, &spelled(passphrase), &device.0);
            let next = next.map_err(|_| VaultError::WrongPassphrase)?.0;
            let store = StoreKeyring { keyring: next.to_canonical().into() };
            self.relay.call(&self.ports, &self.keys.signer(), &store).await?;
            self.record.keyring = next;
            self.record.keep(&self.ports).await?;
            self.settle_keyring().await?;
        }
        Ok(())
    }

    /// Takes over the keyring that the log names, if it is newer than the one here, and records the one here where the log
    /// knows an older one, or none. A relay that hides it, or shows another, is reported.
    pub(super) async fn settle_keyring(&mut self) -> Result<(), VaultError> {
        let known = self.book.log.party(self.keys.person).ok_or(VaultError::Waiting)?.keyring;
        let (own, hash) = (self.record.keyring.generation, self.record.keyring.hash());
        match known {
            Some((generation, _)) if generation == own => Ok(()),
            Some((generation, hash)) if generation > own => {
                let call = FetchKeyring { person: self.keys.person };
                let stored = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
                match SealedKeyring::from_canonical(&stored.keyring.0) {
                    Ok(newer) if newer.hash() == hash && newer.account == self.record.keyring.account => {
                        self.record.keyring = newer;
                        self.record.keep(&self.ports).await
                    }
                    // The one after it may be there already; then the log will say so in a moment.
                    Ok(newer) if newer.generation > generation => Ok(()),
                    _ => {
                        self.raise(Alarm::Rollback(self.keys.person.to_string()));
                        Ok(())
                    }
                }
            }
            _ => {
                let store = StoreKeyring { keyring: self.record.keyring.to_canonical().into() };
                match self.relay.call(&self.ports, &self.keys.signer(), &store).await {
                    // Another device has made a later one, and records that.
                    Err(TransportError::Problem(Problem::Generation)) => Ok(()),
                    Ok(_) => self.append(None, &[Change::Keyring(self.keys.person, own, hash)]).await,
                    Err(error) => Err(error.into()),
                }
            }
        }
    }
}
