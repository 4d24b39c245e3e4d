//! What changes in a keyring, whoever has it: another passphrase, one more card, the old cards ended, a device's slot gone. What comes
//! out is the next generation; a member and somebody outside the organisation store it each in their own way.

use zegel_crypto::{
    printed::KeyCard,
    unlock::{self, Keyring, M, SealedKeyring, Slot, SlotKind, SlotSecret, Stretch},
};
use zegel_ledger::{DeviceId, RecordId};

use crate::{
    VaultError,
    dossiers::id,
    keys::DeviceRecord,
    ports::Ports,
    session::{open_keyring, spelled},
    view::{NewCardView, WaysInView},
};

impl DeviceRecord {
    /// Opens the keyring as it is here.
    pub(crate) fn open(&self, passphrase: &str) -> Result<(Keyring, M), VaultError> {
        open_keyring(&self.keyring, passphrase, &self.slot, &self.fingerprint)
    }

    /// With another passphrase.
    pub(crate) fn with_passphrase(&self, ports: &Ports, old: &str, new: &str) -> Result<SealedKeyring, VaultError> {
        let (keyring, m) = self.open(old)?;
        let mut rng = ports.rng();
        let stretch = Stretch::make(&mut rng);
        let next = unlock::change_passphrase(&mut rng, &self.keyring, &keyring, &m, &spelled(new), stretch);
        next.map_err(|_| VaultError::StretchRefused)
    }

    /// With one more key card, which is given as well.
    pub(crate) fn with_card(
        &self,
        ports: &Ports,
        passphrase: &str,
    ) -> Result<(SealedKeyring, NewCardView), VaultError> {
        let (keyring, m) = self.open(passphrase)?;
        let mut rng = ports.rng();
        let (secret, slot) = (SlotSecret::make(&mut rng), RecordId::make(&mut rng));
        let next = unlock::add_slot(&self.keyring, &keyring, &m, &secret.offer(slot.0, SlotKind::Card));
        let card = KeyCard { person: self.person.0, secret, fingerprint: self.fingerprint }.to_text().to_string();
        Ok((next, NewCardView { card, slot: slot.to_string() }))
    }

    /// Without any key card but the one of this slot.
    pub(crate) fn with_one_card(
        &self,
        ports: &Ports,
        passphrase: &str,
        keep: &str,
    ) -> Result<SealedKeyring, VaultError> {
        let keep: RecordId = id(keep)?;
        let (keyring, _) = self.open(passphrase)?;
        let sealed = &self.keyring;
        if !sealed.slots.iter().any(|slot| slot.id == keep.0 && slot.kind == SlotKind::Card) {
            return Err(VaultError::NotFound);
        }
        let stays = |slot: &&Slot| slot.kind != SlotKind::Card || slot.id == keep.0;
        let offers: Vec<_> = sealed.slots.iter().filter(stays).map(Slot::offer).collect();
        let (stretch, generation) = (sealed.stretch, sealed.generation + 1);
        let next = unlock::seal_keyring(&mut ports.rng(), &keyring, &spelled(passphrase), stretch, &offers, generation);
        Ok(next.map_err(|_| VaultError::StretchRefused)?.0)
    }

    /// Without the slot of this device; nothing if it has none.
    pub(crate) fn without_device(
        &self,
        ports: &Ports,
        (passphrase, m): (&str, &M),
        device: DeviceId,
    ) -> Result<Option<SealedKeyring>, VaultError> {
        if self.keyring.slots.iter().all(|slot| slot.id != device.0) {
            return Ok(None);
        }
        let next = unlock::remove_slot(&mut ports.rng(), &self.keyring, m, &spelled(passphrase), &device.0);
        Ok(Some(next.map_err(|_| VaultError::WrongPassphrase)?.0))
    }

    /// How many ways into it there are, of each kind.
    pub(crate) fn ways_in(&self) -> WaysInView {
        let of = |kind| self.keyring.slots.iter().filter(|slot| slot.kind == kind).count();
        WaysInView { cards: of(SlotKind::Card), devices: of(SlotKind::Device), passkeys: of(SlotKind::Passkey) }
    }
}
