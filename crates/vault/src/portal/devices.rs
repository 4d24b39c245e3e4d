//! The devices and the keyring of somebody outside the organisation: the dossier's log knows them, as the directory knows
//! those of members.

use zegel_crypto::{Canonical as _, unlock::SealedKeyring};
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
    relay::is_unreachable,
    session::passphrase_strength,
    view::{Alarm, NewCardView, PortalDevice, WaysInView},
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
            visit: device.revoked.is_none() && self.is_visit(*id),
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
        let (_, m) = self.record.open(passphrase)?;
        // First the key that asks, then the slot that opens; whoever was cut off in between does the second the next time.
        if !ended {
            self.append(None, &[Change::RevokeDevice(device)]).await?;
        }
        match self.record.without_device(&self.ports, (passphrase, &m), device)? {
            Some(next) => self.replace_keyring(next).await,
            None => Ok(()),
        }
    }

    /// How many ways into this person's keyring there are, of each kind.
    pub fn ways_in(&self) -> WaysInView {
        self.record.ways_in()
    }

    /// Replaces the passphrase. Cards and devices stay; a device that was not online meanwhile takes the old one once more.
    pub async fn change_passphrase(&mut self, old: &str, new: &str) -> Result<(), VaultError> {
        passphrase_strength(new)?;
        self.be_admitted().await?;
        let next = self.record.with_passphrase(&self.ports, old, new)?;
        self.replace_keyring(next).await
    }

    /// Makes one more key card. The old ones work until [`Self::retire_cards`].
    pub async fn make_card(&mut self, passphrase: &str) -> Result<NewCardView, VaultError> {
        self.be_admitted().await?;
        let (next, card) = self.record.with_card(&self.ports, passphrase)?;
        self.replace_keyring(next).await?;
        Ok(card)
    }

    /// Ends every key card but the one just made: they open nothing that is stored from now on.
    pub async fn retire_cards(&mut self, passphrase: &str, keep: &str) -> Result<(), VaultError> {
        self.be_admitted().await?;
        let next = self.record.with_one_card(&self.ports, passphrase, keep)?;
        self.replace_keyring(next).await
    }

    /// Until somebody is admitted the log does not know whose keyring it is.
    async fn be_admitted(&mut self) -> Result<(), VaultError> {
        self.sync().await?;
        if self.waiting { Err(VaultError::Waiting) } else { Ok(()) }
    }

    /// Stores the next generation: on the relay, on this device, and as a hash in the log. Whoever is cut off in between has the
    /// keyring before it here, and the one after it on the relay for their card; the rest is done by the next sync.
    async fn replace_keyring(&mut self, next: SealedKeyring) -> Result<(), VaultError> {
        let store = StoreKeyring { keyring: next.to_canonical().into() };
        match self.relay.call(&self.ports, &self.keys.signer(), &store).await {
            // Another device of this person was first; what it made is taken over before anything is tried again.
            Err(TransportError::Problem(Problem::Generation)) => {
                self.record.take_stored(&self.ports, &mut self.relay, &self.keys).await?;
                return Err(VaultError::ChangedFirst);
            }
            stored => stored?,
        };
        self.record.keyring = next;
        self.record.keep(&self.ports).await?;
        self.settle_keyring().await
    }

    /// A relay with an earlier keyring gets the one that is here: passphrase and slots stay as they were made. One that has a later
    /// keyring says so, and keeps it.
    pub(super) async fn hand_back_keyring(&mut self) {
        if !self.keyring_lost {
            return;
        }
        let call = StoreKeyring { keyring: self.record.keyring.to_canonical().into() };
        let handed = self.relay.call(&self.ports, &self.keys.signer(), &call).await;
        self.keyring_lost = handed.is_err_and(|error| is_unreachable(&error));
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
