//! The keys of an unlocked vault, and what a device keeps to unlock it again.

use minicbor::{Decode, Encode};
use zegel_crypto::{
    Canonical as _, Hash, Key, Label, ReceivingKey, SigningKey, derive_secret, labelled,
    pad::{RECORD_FLOOR, pad, unpad},
    rand_core::CryptoRng,
    seal::{make_salt, open, seal},
    unlock::{Keyring, SealedKeyring, SlotSecret},
};
use zegel_ledger::{DeviceId, Grant, LogId, OrganisationId, PersonId, Receiver};
use zegel_protocol::calls::Bytes;

use crate::{VaultError, ports::Table, relay::Signer};

/// What lies readable on a device: enough to ask for the passphrase, worthless without it.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct DeviceRecord {
    #[n(0)]
    pub(crate) organisation: OrganisationId,
    #[n(1)]
    pub(crate) person: PersonId,
    #[n(2)]
    pub(crate) device: DeviceId,
    /// This device's slot in the keyring.
    #[n(3)]
    pub(crate) slot: SlotSecret,
    /// Of the account key: checked before anything of the keyring is believed.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub(crate) fingerprint: [u8; 16],
    /// The keyring as last seen.
    #[n(5)]
    pub(crate) keyring: SealedKeyring,
    /// The device's two keys, sealed under the keyring.
    #[n(6)]
    pub(crate) keys: Bytes,
    /// By which this browser finds the passkey of this device.
    #[n(7)]
    pub(crate) passkey: Option<Bytes>,
    /// Of somebody outside the organisation: the one log that knows them.
    #[n(8)]
    pub(crate) dossier: Option<LogId>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct DeviceKeys {
    #[cbor(n(0), with = "minicbor::bytes")]
    signing: [u8; 32],
    #[cbor(n(1), with = "minicbor::bytes")]
    request: [u8; 32],
}

/// Everything an unlocked vault signs and opens with.
pub(crate) struct Keys {
    pub(crate) person: PersonId,
    pub(crate) device: DeviceId,
    pub(crate) keyring: Keyring,
    pub(crate) receiving: ReceivingKey,
    /// This key and those before each renewal, by the hash that grants name.
    held: Vec<(Hash, ReceivingKey)>,
    pub(crate) signing: SigningKey,
    pub(crate) request: SigningKey,
    local: Key,
    counter: u64,
}

impl Keys {
    /// A new device of the keyring's person.
    pub(crate) fn make(rng: &mut impl CryptoRng, keyring: Keyring, device: DeviceId) -> Self {
        let (signing, request) = (SigningKey::make(rng), SigningKey::make(rng));
        Self::new(keyring, device, signing, request)
    }

    /// A device with keys that it has already.
    pub(crate) fn new(keyring: Keyring, device: DeviceId, signing: SigningKey, request: SigningKey) -> Self {
        Self {
            person: PersonId(keyring.person()),
            device,
            receiving: keyring.receiving(),
            held: core::iter::once(keyring.receiving())
                .chain(keyring.former_receiving())
                .map(|key| (key.public().hash(), key))
                .collect(),
            local: local_key(&keyring, device),
            keyring,
            signing,
            request,
            counter: 0,
        }
    }

    /// The keys of a known device, opened by its person's keyring.
    pub(crate) fn open(keyring: Keyring, record: &DeviceRecord) -> Result<Self, VaultError> {
        let local = local_key(&keyring, record.device);
        let bytes = open_local(&local, Table::Device, b"keys", &record.keys.0)?;
        let keys = DeviceKeys::from_canonical(&bytes).map_err(|_| VaultError::Unreadable)?;
        let (signing, request) = (SigningKey::from_seed(&keys.signing), SigningKey::from_seed(&keys.request));
        Ok(Self::new(keyring, record.device, signing, request))
    }

    /// The two device keys as they lie on the device.
    pub(crate) fn sealed_device_keys(&mut self, rng: &mut impl CryptoRng) -> Bytes {
        let keys = DeviceKeys { signing: *self.signing.to_seed(), request: *self.request.to_seed() };
        self.seal_local(rng, Table::Device, b"keys", keys.to_canonical()).into()
    }

    /// The key that opens what is wrapped for a grant, if that is this person's.
    pub(crate) fn receives(&self, grant: &Grant) -> Option<&ReceivingKey> {
        let named = self.held.iter().find(|(hash, _)| *hash == grant.receiver_key).map(|(_, key)| key);
        named.filter(|_| grant.receiver.is(self.person) || grant.receiver == Receiver::Party(self.person))
    }

    /// The same device of the same person, with a renewed keyring.
    pub(crate) fn renewed(&self, keyring: Keyring) -> Self {
        Self { counter: self.counter, ..Self::new(keyring, self.device, self.signing.clone(), self.request.clone()) }
    }

    /// Signs requests.
    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer { key_id: self.device.to_string(), key: &self.request }
    }

    /// Seals what stays on this device and is bound to no dossier.
    pub(crate) fn seal_local(
        &mut self,
        rng: &mut impl CryptoRng,
        table: Table,
        key: &[u8],
        plaintext: Vec<u8>,
    ) -> Vec<u8> {
        let salt = self.salt(rng, key, None);
        seal(&self.local, &salt, &local_context(table, key), &pad(plaintext, RECORD_FLOOR))
    }

    /// Opens what [`Keys::seal_local`] sealed.
    pub(crate) fn open_local(&self, table: Table, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        open_local(&self.local, table, key, sealed)
    }

    /// A fresh salt, even if the generator is stuck: the device's secret and a counter enter it.
    pub(crate) fn salt(
        &mut self,
        rng: &mut impl CryptoRng,
        object: &[u8],
        plaintext: Option<Hash>,
    ) -> zegel_crypto::seal::Salt {
        self.counter += 1;
        make_salt(rng, self.signing.to_seed().as_slice(), self.counter, object, plaintext)
    }
}

fn local_key(keyring: &Keyring, device: DeviceId) -> Key {
    Key::from_bytes(*derive_secret(Label::LocalKey, keyring.notes_root().expose(), &device.0, &()))
}

fn local_context(table: Table, key: &[u8]) -> Vec<u8> {
    labelled(Label::LocalContext, &(table.name(), minicbor::bytes::ByteVec::from(key.to_vec())))
}

fn open_local(local: &Key, table: Table, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let padded = open(local, &local_context(table, key), sealed).map_err(|_| VaultError::Unreadable)?;
    unpad(padded.to_vec()).map_err(|_| VaultError::Unreadable)
}
