//! A device that is new and has no key card: it knocks, a known device of the same person lets it in.
//!
//! The new device makes its keys and shows a text with their check, which goes to the known one past the relay, as a QR code
//! or by hand. Both then show words, of the new one's keys and of what the known one promises to hand over; the relay carries
//! both and can exchange neither unseen. Nothing that is handed over opens anything by itself: the known device gives the new
//! one a slot in the keyring, and that takes the passphrase, as every slot of a device does.

use std::rc::Rc;

use minicbor::{Decode, Encode};
use zegel_crypto::{
    Canonical as _, Hash, Label, ReceivingKey, ReceivingPublic, Seed, SigningKey, VerifyingKey, Wrapped, labelled,
    printed::{self, verification_words},
    sabotage,
    unlock::{SealedKeyring, SlotKind, SlotOffer, SlotSecret},
    unwrap,
};
use zegel_ledger::{DeviceId, Directory, Head, OrganisationId, PersonId};
use zegel_protocol::{
    Problem,
    calls::{self, AwaitAnswer, FetchKeyring},
};
use zeroize::Zeroizing;

use crate::{
    Vault, VaultError,
    book::Seeds,
    keys::{DeviceRecord, Keys},
    ports::{Ports, TransportError},
    relay::{Relay, Signer},
    session::{DeviceState, open_keyring},
    view::KnockView,
};

/// The public keys of a device that knocks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Request {
    /// The device it will be.
    #[n(0)]
    pub(crate) device: DeviceId,
    /// Will sign its entries.
    #[n(1)]
    pub(crate) signing: VerifyingKey,
    /// Will sign its requests.
    #[n(2)]
    pub(crate) request: VerifyingKey,
    /// Its slot in the keyring.
    #[n(3)]
    pub(crate) slot: SlotOffer,
    /// To which the handover is wrapped, this once.
    #[n(4)]
    pub(crate) handover: ReceivingPublic,
}

/// What a known device hands over: where the new one belongs, and from where on it is not to be deceived.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Handover {
    #[n(0)]
    pub(crate) organisation: OrganisationId,
    #[n(1)]
    pub(crate) person: PersonId,
    /// Of the account key, against which the keyring is checked.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) fingerprint: [u8; 16],
    /// The directory as the known device has verified it.
    #[n(3)]
    pub(crate) directory: Head,
    /// The person's own log likewise; it holds the heads of all others.
    #[n(4)]
    pub(crate) personal: Option<Head>,
    /// Keeps the promise from being guessed.
    #[n(5)]
    pub(crate) blind: Seed,
}

impl Request {
    pub(crate) fn hash(&self) -> Hash {
        Hash::of(&labelled(Label::KnockRequest, self))
    }

    pub(crate) fn fingerprint(&self) -> [u8; 16] {
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&self.hash().0[..16]);
        fingerprint
    }

    /// What the wrap of a handover is bound to.
    pub(crate) fn context(&self) -> Vec<u8> {
        labelled(Label::KnockHandover, &self.hash())
    }

    /// What both devices show, of what the known one promised.
    pub(crate) fn words(&self, promise: &Hash) -> Vec<String> {
        let words = verification_words(&printed::Knock::words(&self.hash(), promise));
        words.iter().map(|word| (*word).to_owned()).collect()
    }
}

impl Handover {
    pub(crate) fn promise(&self) -> Hash {
        Hash::of(&Zeroizing::new(labelled(Label::KnockPromise, self)))
    }
}

/// A device that knocks. All of it is in memory: whoever goes away knocks again.
pub struct Knock {
    ports: Rc<Ports>,
    relay: Relay,
    token: Zeroizing<[u8; 32]>,
    slot: SlotSecret,
    signing: SigningKey,
    asking: SigningKey,
    receiving: ReceivingKey,
    request: Request,
    promise: Option<Hash>,
    handover: Option<Handover>,
}

impl Knock {
    /// Knocks at the relay. The device must have no vault.
    pub async fn make(ports: impl Into<Rc<Ports>>) -> Result<Self, VaultError> {
        let ports = ports.into();
        if Vault::state(&ports).await? != DeviceState::Empty {
            return Err(VaultError::AlreadyHere);
        }
        let mut rng = ports.rng();
        let token = Zeroizing::new(*Seed::make(&mut rng).expose());
        let (device, slot) = (DeviceId::make(&mut rng), SlotSecret::make(&mut rng));
        let (signing, asking) = (SigningKey::make(&mut rng), SigningKey::make(&mut rng));
        let receiving = ReceivingKey::from_seed(Seed::make(&mut rng).expose());
        drop(rng);
        let request = Request {
            device,
            signing: signing.verifying(),
            request: asking.verifying(),
            slot: slot.offer(device.0, SlotKind::Device),
            handover: receiving.public(),
        };
        let relay = Relay::default();
        let call = calls::Knock { token: *token, request: request.to_canonical().into() };
        relay.ask(&ports, &call).await.map_err(knocked)?;
        Ok(Self { ports, relay, token, slot, signing, asking, receiving, request, promise: None, handover: None })
    }

    /// What the known device must get: by its camera, or by hand.
    pub fn text(&self) -> String {
        let id = printed::Knock::id_of(&self.token);
        printed::Knock { id, fingerprint: self.request.fingerprint() }.to_text()
    }

    /// Asks the relay once how far it is.
    pub async fn look(&mut self) -> Result<KnockView, VaultError> {
        if self.handover.is_none() {
            let answer = self.relay.ask(&self.ports, &AwaitAnswer { token: *self.token }).await.map_err(knocked)?;
            if self.promise.is_some() && self.promise != answer.promise {
                return Err(VaultError::KnockChanged);
            }
            self.promise = answer.promise;
            self.handover = answer.handover.map(|sealed| self.take(sealed.0)).transpose()?;
        }
        let words = self.promise.map(|promise| self.request.words(&promise)).unwrap_or_default();
        Ok(KnockView { words, let_in: self.handover.is_some() })
    }

    /// Opens what was handed over, if it is what was promised: the words that were compared are of the promise.
    fn take(&self, sealed: Vec<u8>) -> Result<Handover, VaultError> {
        let opened = unwrap(&self.receiving, &Wrapped(sealed), &self.request.context());
        let opened = opened.map_err(|_| VaultError::KnockChanged)?;
        let handover = Handover::from_canonical(&opened).map_err(|_| VaultError::KnockChanged)?;
        if self.promise != Some(handover.promise()) && !sabotage::is("knock-promise") {
            return Err(VaultError::KnockChanged);
        }
        Ok(handover)
    }

    /// Opens the vault here, once somebody let this device in; with the person's passphrase, which can be tried again.
    pub async fn enter(&self, passphrase: &str) -> Result<Vault, VaultError> {
        let handover = self.handover.as_ref().ok_or(VaultError::KnockNotAnswered)?;
        let (organisation, person) = (handover.organisation, handover.person);
        let mut relay = self.relay.clone();
        let signer = Signer { key_id: self.request.device.to_string(), key: &self.asking };
        let stored = relay.call(&self.ports, &signer, &FetchKeyring { person }).await?;
        let sealed = SealedKeyring::from_canonical(&stored.keyring.0).map_err(|_| VaultError::WrongPassphrase)?;
        let (keyring, _) = open_keyring(&sealed, passphrase, &self.slot, &handover.fingerprint)?;
        let mut keys = Keys::new(keyring, self.request.device, self.signing.clone(), self.asking.clone());
        let record = DeviceRecord {
            organisation,
            person,
            device: self.request.device,
            slot: self.slot.clone(),
            fingerprint: handover.fingerprint,
            keys: keys.sealed_device_keys(&mut self.ports.rng()),
            keyring: sealed,
            passkey: None,
            dossier: None,
        };
        let directory = Directory::new(organisation);
        let mut vault = Vault::assemble(self.ports.clone(), relay, keys, record, directory, Seeds::default());
        vault.pull_directory(&signer).await?;
        vault.directory.at(handover.directory)?;
        let personal = vault.personal_log();
        vault.heads.extend(handover.personal.map(|head| (personal, head)));
        vault.keep_device().await?;
        vault.pull_personal().await?;
        vault.sync().await?;
        Ok(vault)
    }
}

/// What the relay says about a knock.
pub(crate) fn knocked(error: TransportError) -> VaultError {
    match error {
        TransportError::Problem(Problem::NotFound | Problem::Expired) => VaultError::KnockExpired,
        TransportError::Problem(Problem::Exhausted) => VaultError::KnockAnswered,
        TransportError::Problem(Problem::Withdrawn) => VaultError::KnockRefused,
        other => other.into(),
    }
}
