//! A receiver with keys of their own. Whoever made a link can open it like its receiver; a reading card, and the passphrase
//! that goes with it, only its owner ever had.

use zegel_crypto::{
    Hash, Label, Seed, VerifyingKey, labelled,
    printed::{ReadingCard, reading_keys},
    sabotage,
};
use zegel_ledger::{DeviceCertificate, DeviceId, Founding, OrganisationId, PersonId, SignedSlip, Slip, Statement};
use zegel_protocol::{Problem, calls::Post};

use super::{Handed, Inbox, Promise, fragment};
use crate::{
    VaultError,
    people::words,
    ports::TransportError,
    relay::Signer,
    session::{passphrase_strength, spelled},
    view::ReadingCardView,
};

impl Inbox {
    /// Makes keys of the receiver's own, and the card from which they derive together with this passphrase. Nobody knows of
    /// them yet: the card is to be kept first, and then [`Inbox::register`] tells of its keys.
    pub fn make_own(&mut self, passphrase: &str) -> Result<ReadingCardView, VaultError> {
        passphrase_strength(passphrase)?;
        let mut rng = self.ports.rng();
        let (id, device) = (PersonId::make(&mut rng), DeviceId::make(&mut rng));
        let secret = *Seed::make(&mut rng).expose();
        drop(rng);
        let keys = reading_keys(&secret, &spelled(passphrase));
        let (account, receiving) = (keys.account.verifying(), keys.link.receiving.public());
        let (signing, request) = (keys.link.signing.verifying(), keys.link.request.verifying());
        let certificate = DeviceCertificate::sign(id, device, signing, request, &keys.account).signature;
        let words = words(&account, &receiving);
        // Their name is known to whoever shared it, who opens nothing that is introduced here.
        let introduction = Vec::new();
        let statement =
            Statement::Register { person: id, account, receiving, device, signing, request, certificate, introduction };
        let slip = Slip { log: self.log, author: self.link, device: None, statement };
        self.made = Some(SignedSlip::sign(&slip, &self.keys.signing));
        let card = ReadingCard { id: id.0, secret, fingerprint: fingerprint(&self.root, self.organisation) };
        Ok(ReadingCardView { card: format!("/o#{}", card.to_fragment().as_str()), words })
    }

    /// Tells of the keys that were made here, in the name of the link. Until somebody has compared their words and agreed,
    /// the link goes on opening. Saying it again changes nothing.
    pub async fn register(&mut self) -> Result<(), VaultError> {
        let slip = self.made.clone().ok_or(VaultError::NotFound)?;
        let signer = Signer { key_id: self.link.to_string(), key: &self.keys.request };
        let posted = self.relay.call(&self.ports, &signer, &Post { slip }).await;
        posted.map(drop).map_err(|error| match error {
            // The relay takes one registration for each link.
            TransportError::Problem(Problem::Refused(_)) => VaultError::ShareTaken,
            other => super::refused(other),
        })
    }
}

/// Reads a reading card and derives its keys, if it is meant to be one.
pub(super) fn read(text: &str, passphrase: &str) -> Result<Option<Handed>, VaultError> {
    let fragment = fragment(text);
    if !ReadingCard::is_meant(&fragment) {
        return Ok(None);
    }
    let card = ReadingCard::from_fragment(&fragment).map_err(|_| VaultError::BadReadingCard)?;
    let keys = reading_keys(&card.secret, &spelled(passphrase)).link;
    Ok(Some(Handed { id: PersonId(card.id), keys, promise: Promise::Root(card.fingerprint) }))
}

/// What a refusal means to the holder of a reading card. The relay knows nobody whose keys were not agreed to.
pub(super) fn refused(error: TransportError) -> VaultError {
    match super::refused(error) {
        VaultError::WrongCode => VaultError::ReadingRefused,
        other => other,
    }
}

/// Whether a disclosure is of the organisation that the card was made for.
pub(super) fn fits(promised: [u8; 16], founding: &Founding) -> bool {
    fingerprint(&founding.root, founding.organisation) == promised || sabotage::is("reading-fingerprint")
}

fn fingerprint(root: &VerifyingKey, organisation: OrganisationId) -> [u8; 16] {
    let hash = Hash::of(&labelled(Label::ReadingFingerprint, &(root, organisation)));
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&hash.0[..16]);
    fingerprint
}
