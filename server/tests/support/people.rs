//! People with devices, and people with links.

use chacha20::ChaCha20Rng;
use zegel_crypto::{
    Hash, ReceivingKey, SigningKey,
    unlock::{Keyring, SealedKeyring, SlotKind, SlotSecret, Stretch, make_keyring, seal_keyring},
};
use zegel_ledger::{
    Admission, DeviceCertificate, DeviceId, GrantId, LinkReceiver, LogId, PersonId, Receiver, Standing,
};

/// Somebody with a device.
pub struct Person {
    pub id: PersonId,
    pub device: DeviceId,
    pub keyring: Keyring,
    pub sealed: SealedKeyring,
    pub card: SlotSecret,
    pub signing: SigningKey,
    pub request: SigningKey,
}

/// Somebody with a link and its code.
pub struct Link {
    pub id: PersonId,
    pub log: LogId,
    pub grant: GrantId,
    pub receiving: ReceivingKey,
    pub signing: SigningKey,
    pub request: SigningKey,
}

/// Who signs a request.
#[derive(Clone)]
pub struct Key {
    pub name: String,
    pub key: SigningKey,
}

impl Person {
    pub fn make(rng: &mut ChaCha20Rng) -> Self {
        let id = PersonId::make(rng);
        let keyring = make_keyring(rng, id.0, Hash([7; 32]));
        let card = SlotSecret::make(rng);
        let slots = [card.offer([1; 16], SlotKind::Card)];
        let stretch = Stretch::make(rng);
        let (sealed, _) = seal_keyring(rng, &keyring, b"horse", stretch, &slots, 1).unwrap();
        let device = DeviceId::make(rng);
        let (signing, request) = (SigningKey::make(rng), SigningKey::make(rng));
        Self { id, device, keyring, sealed, card, signing, request }
    }

    pub fn key(&self) -> Key {
        Key { name: self.device.to_string(), key: self.request.clone() }
    }

    pub fn card_key(&self) -> Key {
        Key { name: self.id.to_string(), key: self.card.request() }
    }

    pub fn certificate(&self) -> DeviceCertificate {
        let account = self.keyring.account();
        DeviceCertificate::sign(self.id, self.device, self.signing.verifying(), self.request.verifying(), &account)
    }

    pub fn admission(&self, standing: Standing) -> Admission {
        let (account, receiving) = (self.keyring.account().verifying(), self.keyring.receiving().public());
        Admission { person: self.id, account, receiving, standing, until: None }
    }
}

impl Link {
    pub fn make(rng: &mut ChaCha20Rng, log: LogId) -> Self {
        let receiving = ReceivingKey::make(rng);
        let (signing, request) = (SigningKey::make(rng), SigningKey::make(rng));
        Self { id: PersonId::make(rng), log, grant: GrantId::make(rng), receiving, signing, request }
    }

    pub fn key(&self) -> Key {
        Key { name: self.id.to_string(), key: self.request.clone() }
    }

    pub fn receiver(&self) -> Receiver {
        Receiver::Link(LinkReceiver {
            id: self.id,
            receiving: self.receiving.public(),
            signing: self.signing.verifying(),
            request: self.request.verifying(),
        })
    }
}
