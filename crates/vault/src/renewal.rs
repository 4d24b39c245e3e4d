//! After somebody saw a passphrase together with a card or a device: new account and receiving keys, a new passphrase and a new
//! card, every passkey and every other device ended; and everything this person reads, granted to the new keys.
//!
//! The order leaves a way in wherever it is cut off. First this device has the new keyring, and the new passphrase opens it.
//! What the relay and the colleagues must hear follows from that, now or with a later sync.

use zegel_crypto::{
    printed::KeyCard,
    unlock::{self, SlotKind, SlotSecret, Stretch},
};
use zegel_ledger::{Change, RecordId, Renewal};

use crate::{
    Vault, VaultError,
    session::{passphrase_strength, spelled},
    view::NewCardView,
};

impl Vault {
    /// Renews all keys of this person. Gives the new card, which is nowhere else; old cards and other devices open nothing
    /// from the moment that the relay hears of it. `old` is the passphrase that was seen, `new` takes its place.
    pub async fn renew_keys(&mut self, old: &str, new: &str) -> Result<NewCardView, VaultError> {
        passphrase_strength(new)?;
        if spelled(old) == spelled(new) {
            return Err(VaultError::SamePassphrase);
        }
        if self.visit {
            return Err(VaultError::OnVisit);
        }
        let (keyring, _) = self.open_own_keyring(old).await?;
        // What an earlier renewal left unsaid is said first, or its keys would be skipped.
        self.settle_keyring().await?;
        let mut rng = self.ports.rng();
        let keyring = keyring.renew(&mut rng);
        let (secret, slot) = (SlotSecret::make(&mut rng), RecordId::make(&mut rng));
        let device = self.record.slot.offer(self.keys.device.0, SlotKind::Device);
        let offers = [device, secret.offer(slot.0, SlotKind::Card)];
        let generation = 1;
        let stretch = Stretch::make(&mut rng);
        let sealed = unlock::seal_keyring(&mut rng, &keyring, &spelled(new), stretch, &offers, generation);
        drop(rng);
        let (sealed, _) = sealed.map_err(|_| VaultError::StretchRefused)?;

        let mut next = self.record.clone();
        next.fingerprint = sealed.account.fingerprint();
        next.keyring = sealed;
        // What the passkey gave may have been seen as well.
        next.passkey = None;
        let before = core::mem::replace(&mut self.record, next);
        if let Err(error) = self.keep_device().await {
            self.record = before;
            return Err(error);
        }
        self.keys = self.keys.renewed(keyring);
        let card = KeyCard { person: self.keys.person.0, secret, fingerprint: self.record.fingerprint };
        // The card is nowhere else, so nothing may fail from here on.
        self.offline = self.sync().await.is_err() || self.offline;
        Ok(NewCardView { card: card.to_text().to_string(), slot: slot.to_string() })
    }

    /// Tells the directory the keys of this device's keyring, where it knows others: whoever renewed them was cut off.
    pub(crate) async fn settle_renewal(&mut self) -> Result<(), VaultError> {
        let account = self.record.keyring.account;
        let person = self.keys.person;
        let known = self.directory.now().member(person).ok_or(VaultError::Waiting)?;
        if *known.account() == account {
            return Ok(());
        }
        self.unsettled.insert(person);
        self.keep_directory().await?;
        let receiving = self.keys.receiving.public();
        self.change_directory(None, |vault, draft| {
            if vault.directory.now().member(person).is_some_and(|member| *member.account() != account) {
                draft.changes.push(Change::Renew(Renewal { person, account, receiving: receiving.clone() }));
            }
            Ok(())
        })
        .await
    }
}
