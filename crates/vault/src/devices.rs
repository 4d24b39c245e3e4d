//! The ways into a person's keyring: passphrase, key cards, devices. Each changes without the others, and in an order that
//! leaves a way in wherever it is cut off: the new one is durable before the old one ends.

use zegel_crypto::{
    Canonical as _,
    unlock::{self, SealedKeyring},
};
use zegel_dossier::{DeviceNote, Record};
use zegel_ledger::{Change, DeviceId, RecordId};
use zegel_protocol::{Problem, calls::StoreKeyring};

use crate::{
    Vault, VaultError,
    dossiers::id,
    ports::TransportError,
    session::{passphrase_strength, text},
    view::{Alarm, DeviceView, NewCardView, WaysInView},
};

impl Vault {
    /// This person's devices, the living ones first, oldest first.
    pub async fn devices(&mut self) -> Result<Vec<DeviceView>, VaultError> {
        let own = self.directory.devices().filter(|(_, device)| device.certificate.person == self.keys.person);
        let mut own: Vec<_> = own.map(|(id, device)| (id, device.since, device.revoked)).collect();
        own.sort_by_key(|(_, since, revoked)| (revoked.is_some(), *since));
        let mut list = Vec::new();
        for (id, since, revoked) in own {
            let note = self.device_note(id).await?;
            list.push(DeviceView {
                id: id.to_string(),
                name: note.as_ref().map(|note| note.name.clone()).unwrap_or_default(),
                this: id == self.keys.device,
                visit: revoked.is_none() && self.is_visit(id),
                passkey: self.record.keyring.slots.iter().any(|slot| slot.device == Some(id.0)),
                since: self.directory_time(since),
                last_day: note.map(|note| note.day),
                revoked: revoked.map(|sequence| self.directory_time(sequence)),
            });
        }
        Ok(list)
    }

    /// How many ways into this person's keyring there are, of each kind.
    pub fn ways_in(&self) -> WaysInView {
        self.record.ways_in()
    }

    /// What this person calls this device. At most 200 characters.
    pub async fn name_device(&mut self, name: &str) -> Result<(), VaultError> {
        text("name", name)?;
        let note = DeviceNote { name: name.trim().to_owned(), day: self.today() };
        self.write_personal(&[(RecordId(self.keys.device.0), Record::Device(note))]).await
    }

    /// Notes in the personal log that this device was used today.
    pub(crate) async fn own_note(&mut self) -> Result<(RecordId, Record), VaultError> {
        let known = self.device_note(self.keys.device).await?;
        let note = DeviceNote { name: known.map(|note| note.name).unwrap_or_default(), day: self.today() };
        Ok((RecordId(self.keys.device.0), Record::Device(note)))
    }

    async fn device_note(&mut self, device: DeviceId) -> Result<Option<DeviceNote>, VaultError> {
        let log = self.personal_log();
        if !self.heads.contains_key(&log) {
            return Ok(None);
        }
        let book = self.book(log).await?.clone();
        self.need_halves(&[&book]).await?;
        match self.record(&book, RecordId(device.0)).await {
            Ok(Record::Device(note)) => Ok(Some(note)),
            // A name that cannot be had keeps nobody from ending a device.
            Ok(_) | Err(_) => Ok(None),
        }
    }

    /// Ends a device. Of this person's own the keyring is sealed anew, so that what the device kept opens nothing that
    /// comes later; that takes the passphrase. A director ends anybody's.
    pub async fn revoke_device(&mut self, device: &str, passphrase: &str) -> Result<(), VaultError> {
        let device: DeviceId = id(device)?;
        let known = self.directory.device(device).ok_or(VaultError::NotFound)?;
        if device == self.keys.device {
            return Err(VaultError::ThisDevice);
        }
        let (ended, own) = (known.revoked.is_some(), known.certificate.person == self.keys.person);
        if !own {
            return if ended { Ok(()) } else { self.end_device(device).await };
        }
        let (_, m) = self.open_own_keyring(passphrase).await?;
        // First the key that asks, then the slot that opens: a thief is refused from the first step on. Whoever was cut off
        // in between does the second step the next time.
        if !ended {
            self.end_device(device).await?;
        }
        match self.record.without_device(&self.ports, (passphrase, &m), device)? {
            Some(next) => self.replace_keyring(next).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn end_device(&mut self, device: DeviceId) -> Result<(), VaultError> {
        self.change_directory(None, |_, draft| {
            draft.changes.push(Change::RevokeDevice(device));
            Ok(())
        })
        .await
    }

    /// Replaces the passphrase. Cards and devices stay; a device that was not online meanwhile takes the old one once more.
    pub async fn change_passphrase(&mut self, old: &str, new: &str) -> Result<(), VaultError> {
        passphrase_strength(new)?;
        self.pull_own_directory().await?;
        let next = self.record.with_passphrase(&self.ports, old, new)?;
        self.replace_keyring(next).await
    }

    /// Makes one more key card. The old ones work until [`Self::retire_cards`], so nothing is lost if this one never
    /// leaves the printer.
    pub async fn make_card(&mut self, passphrase: &str) -> Result<NewCardView, VaultError> {
        self.pull_own_directory().await?;
        let (next, card) = self.record.with_card(&self.ports, passphrase)?;
        self.replace_keyring(next).await?;
        Ok(card)
    }

    /// Ends every key card but the one just made: they open nothing that is stored from now on.
    pub async fn retire_cards(&mut self, passphrase: &str, keep: &str) -> Result<(), VaultError> {
        self.pull_own_directory().await?;
        let next = self.record.with_one_card(&self.ports, passphrase, keep)?;
        self.replace_keyring(next).await
    }

    /// Opens the newest keyring that the directory knows: another device may have changed it.
    pub(crate) async fn open_own_keyring(
        &mut self,
        passphrase: &str,
    ) -> Result<(unlock::Keyring, unlock::M), VaultError> {
        self.pull_own_directory().await?;
        self.record.open(passphrase)
    }

    /// Stores the next generation: on the relay, on this device, and as a hash in the directory.
    pub(crate) async fn replace_keyring(&mut self, next: SealedKeyring) -> Result<(), VaultError> {
        let store = StoreKeyring { keyring: next.to_canonical().into() };
        match self.relay.call(&self.ports, &self.keys.signer(), &store).await {
            // Another device of this person was first; what it made is taken over before anything is tried again.
            Err(TransportError::Problem(Problem::Generation)) => {
                self.take_newer_keyring().await?;
                return Err(VaultError::ChangedFirst);
            }
            stored => stored?,
        };
        self.record.keyring = next;
        self.keep_device().await?;
        self.record_keyring().await
    }

    /// Says in the directory which keyring this person has now.
    async fn record_keyring(&mut self) -> Result<(), VaultError> {
        let (generation, hash) = (self.record.keyring.generation, self.record.keyring.hash());
        self.change_directory(None, |vault, draft| {
            draft.changes.push(Change::Keyring(vault.keys.person, generation, hash));
            Ok(())
        })
        .await
    }

    /// Stores and records the keyring of this device where the directory knows an older one, or none: whoever made it was
    /// cut off before that.
    pub(crate) async fn settle_keyring(&mut self) -> Result<(), VaultError> {
        self.settle_renewal().await?;
        let recorded = self.directory.now().member(self.keys.person).and_then(|member| member.keyring);
        if recorded.is_some_and(|(generation, _)| generation >= self.record.keyring.generation) {
            return Ok(());
        }
        let store = StoreKeyring { keyring: self.record.keyring.to_canonical().into() };
        match self.relay.call(&self.ports, &self.keys.signer(), &store).await {
            // Another device has made a later one since, and records that. If there is none, the relay withholds this one.
            Err(TransportError::Problem(Problem::Generation)) => {
                if self.take_newer_keyring().await == Err(VaultError::Unreadable) {
                    self.raise(Alarm::Rollback(self.keys.person.to_string()));
                }
                Ok(())
            }
            Ok(_) => self.record_keyring().await,
            Err(error) => Err(error.into()),
        }
    }

    /// Takes over what another device stored and had no time to record.
    async fn take_newer_keyring(&mut self) -> Result<(), VaultError> {
        self.record.take_stored(&self.ports, &mut self.relay, &self.keys).await
    }

    /// When an entry of the directory says that it was made, in seconds since 1970.
    pub(crate) fn directory_time(&self, sequence: u64) -> u64 {
        let entry = usize::try_from(sequence).ok().and_then(|index| self.directory_entries.get(index));
        entry.and_then(|entry| entry.commit().ok()).map_or(0, |commit| commit.claimed_time)
    }
}
