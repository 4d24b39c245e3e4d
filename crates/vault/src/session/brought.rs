//! Arriving on a machine that does not know somebody, with key card and passphrase.

use zegel_crypto::{
    Canonical as _,
    printed::{KeyCard, PrintedError},
    unlock::{self, Keyring, M, SealedKeyring, SlotKind, SlotSecret},
};
use zegel_ledger::{DeviceId, LogId, OrganisationId, PersonId};
use zegel_protocol::{
    Problem,
    calls::{FetchKeyring, StoreKeyring},
};

use super::open_keyring;
use crate::{
    VaultError,
    keys::{DeviceRecord, Keys},
    ports::{Ports, TransportError},
    relay::{Relay, Signer},
};

/// What somebody brings to a machine that does not know them: what their key card and passphrase open.
pub(crate) struct Brought {
    pub(crate) organisation: OrganisationId,
    pub(crate) card: KeyCard,
    pub(crate) sealed: SealedKeyring,
    pub(crate) keyring: Keyring,
    m: M,
}

impl Brought {
    /// Fetches the keyring that a key card is for, and opens it.
    pub(crate) async fn fetch(
        ports: &Ports,
        relay: &mut Relay,
        card: &str,
        passphrase: &str,
    ) -> Result<Self, VaultError> {
        let card = KeyCard::from_text(card).map_err(damaged)?;
        let organisation = relay.hello(ports).await?.organisation.ok_or(VaultError::CardNotKnown)?;
        let person = PersonId(card.person);
        let request = card.secret.request();
        let signer = Signer { key_id: person.to_string(), key: &request };
        let stored = relay.call(ports, &signer, &FetchKeyring { person }).await.map_err(|error| match error {
            TransportError::Problem(Problem::Unauthenticated | Problem::NotFound) => VaultError::CardNotKnown,
            other => other.into(),
        })?;
        let sealed = SealedKeyring::from_canonical(&stored.keyring.0).map_err(|_| VaultError::WrongPassphrase)?;
        let (keyring, m) = open_keyring(&sealed, passphrase, &card.secret, &card.fingerprint)?;
        Ok(Self { organisation, card, sealed, keyring, m })
    }

    /// Makes this machine a device of that person: a slot in their keyring, stored with the card's key.
    pub(crate) async fn settle(
        self,
        ports: &Ports,
        relay: &mut Relay,
        dossier: Option<LogId>,
    ) -> Result<(Keys, DeviceRecord), VaultError> {
        let mut rng = ports.rng();
        let device = DeviceId::make(&mut rng);
        let slot = SlotSecret::make(&mut rng);
        let Self { organisation, card, sealed, keyring, m } = self;
        let next = unlock::add_slot(&sealed, &keyring, &m, &slot.offer(device.0, SlotKind::Device));
        let mut keys = Keys::make(&mut rng, keyring, device);
        let record = DeviceRecord {
            organisation,
            person: keys.person,
            device,
            slot,
            fingerprint: card.fingerprint,
            keys: keys.sealed_device_keys(&mut rng),
            keyring: next,
            passkey: None,
            dossier,
        };
        drop(rng);
        let call = StoreKeyring { keyring: record.keyring.to_canonical().into() };
        let request = card.secret.request();
        let signer = Signer { key_id: keys.person.to_string(), key: &request };
        relay.call(ports, &signer, &call).await?;
        Ok((keys, record))
    }

    /// Makes this machine a device for a while: the keyring gets no slot for it.
    pub(crate) fn pass(self, ports: &Ports, dossier: Option<LogId>) -> (Keys, DeviceRecord) {
        let mut rng = ports.rng();
        let device = DeviceId::make(&mut rng);
        let Self { organisation, card, sealed, keyring, .. } = self;
        let mut keys = Keys::make(&mut rng, keyring, device);
        let record = DeviceRecord {
            organisation,
            person: keys.person,
            device,
            slot: card.secret,
            fingerprint: card.fingerprint,
            keys: keys.sealed_device_keys(&mut rng),
            keyring: sealed,
            dossier,
            passkey: None,
        };
        (keys, record)
    }
}

fn damaged(error: PrintedError) -> VaultError {
    match error {
        PrintedError::DamagedGroup { line } => VaultError::DamagedCard(line),
        _ => VaultError::NotACard,
    }
}
