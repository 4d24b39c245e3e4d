//! A passkey in the place of the passphrase, on one device. The passphrase always works as well.
//!
//! What opens is the passkey's secret and the device's together (`zegel_crypto::unlock::PasskeyPlace`). The browser asks the
//! passkey; here only the 32 bytes arrive that it gave, and nothing of them is kept.

use std::rc::Rc;

use zegel_crypto::unlock::{self, PasskeyPlace, SlotKind, UnlockError};
use zegel_ledger::RecordId;
use zegel_protocol::calls::Bytes;
use zeroize::Zeroizing;

use crate::{
    Vault, VaultError,
    keys::DeviceRecord,
    ports::Ports,
    session::{device_record, spelled},
    view::{NewPasskeyView, PasskeyView},
};

/// What a passkey gave.
pub type PasskeySecret = Zeroizing<[u8; 32]>;

impl Vault {
    /// The passkey of this device, if its keyring has one as far as this device knows.
    pub async fn passkey(ports: &Ports) -> Result<Option<PasskeyView>, VaultError> {
        let Some(record) = device_record(ports).await? else { return Ok(None) };
        let known = record.keyring.slots.iter().any(|slot| slot.device == Some(record.device.0));
        let credential = record.passkey.clone().filter(|_| known);
        Ok(credential.map(|credential| PasskeyView { credential: credential.0, input: place(&record).input() }))
    }

    /// Opens the vault that is on this device with what its passkey gave.
    pub async fn unlock_with_passkey(ports: impl Into<Rc<Ports>>, given: PasskeySecret) -> Result<Self, VaultError> {
        let open = |record: &DeviceRecord, sealed: &unlock::SealedKeyring| {
            let secret = place(record).secret(&given, &record.slot);
            unlock::open_with_passkey(sealed, &secret, &record.fingerprint).map_err(|_| VaultError::PasskeyRefused)
        };
        let vault = Self::unlock_by(ports.into(), open).await?;
        // It may have been allowed when the passkey was made.
        if vault.passkey_policy() == Some(false) { Err(VaultError::PasskeyNotAllowed) } else { Ok(vault) }
    }

    /// What a browser needs to make a passkey for this device. Asks for the passphrase first, so that nobody is left with a
    /// passkey that opens nothing.
    pub async fn begin_passkey(&mut self, passphrase: &str) -> Result<NewPasskeyView, VaultError> {
        self.may_add_passkey()?;
        self.open_own_keyring(passphrase).await?;
        let place = place(&self.record);
        Ok(NewPasskeyView { user: [place.person, place.device].concat(), input: place.input() })
    }

    /// Adds the passkey that a browser made: `credential` finds it again, `given` is what it gave. It takes the place of one
    /// that this device had.
    pub async fn add_passkey(
        &mut self,
        passphrase: &str,
        credential: Vec<u8>,
        given: PasskeySecret,
    ) -> Result<(), VaultError> {
        self.may_add_passkey()?;
        let (_, m) = self.open_own_keyring(passphrase).await?;
        let place = place(&self.record);
        let slot = RecordId::make(&mut self.ports.rng());
        let offer = place.offer(slot.0, &place.secret(&given, &self.record.slot));
        let next = unlock::add_passkey(&self.record.keyring, &m, &spelled(passphrase), &offer);
        self.replace_passkey(Some(credential.into()), next.map_err(refused)?).await
    }

    /// Ends the passkey of this device: the keyring is sealed anew without it, which takes the passphrase.
    pub async fn remove_passkey(&mut self, passphrase: &str) -> Result<(), VaultError> {
        let (_, m) = self.open_own_keyring(passphrase).await?;
        let sealed = &self.record.keyring;
        let of_this =
            |slot: &&unlock::Slot| slot.kind == SlotKind::Passkey && slot.device == Some(self.record.device.0);
        let Some(slot) = sealed.slots.iter().find(of_this).map(|slot| slot.id) else {
            return Err(VaultError::NotFound);
        };
        let next = unlock::remove_slot(&mut self.ports.rng(), sealed, &m, &spelled(passphrase), &slot);
        self.replace_passkey(None, next.map_err(refused)?.0).await
    }

    /// Stores a keyring and, in the same write on this device, by what its passkey is found.
    async fn replace_passkey(&mut self, passkey: Option<Bytes>, next: unlock::SealedKeyring) -> Result<(), VaultError> {
        let generation = next.generation;
        let before = core::mem::replace(&mut self.record.passkey, passkey);
        let stored = self.replace_keyring(next).await;
        if self.record.keyring.generation < generation {
            self.record.passkey = before;
        }
        stored
    }

    fn may_add_passkey(&self) -> Result<(), VaultError> {
        if self.visit {
            Err(VaultError::OnVisit)
        } else if self.passkey_policy() == Some(true) {
            Ok(())
        } else {
            Err(VaultError::PasskeyNotAllowed)
        }
    }
}

fn place(record: &DeviceRecord) -> PasskeyPlace {
    PasskeyPlace { organisation: record.organisation.0, person: record.person.0, device: record.device.0 }
}

fn refused(error: UnlockError) -> VaultError {
    match error {
        UnlockError::StretchRefused => VaultError::StretchRefused,
        _ => VaultError::WrongPassphrase,
    }
}
