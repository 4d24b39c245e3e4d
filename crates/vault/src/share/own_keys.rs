//! A receiver with keys of their own in the place of a link: compared, agreed to, and the share made anew to them on the
//! consent that it rests on.

use zegel_crypto::{Hash, sabotage};
use zegel_dossier::{
    Compared, CompartmentKind, ConsentForm, ConsentRecord, OwnKeys, Record, ShareRecord, VerificationRecord,
};
use zegel_ledger::{Change, ConsentId, LinkReceiver, RecordId, RecordState};

use super::{Terms, listing::Known};
use crate::{
    Vault, VaultError,
    book::Book,
    consents::{given, is_as_noted, share_state},
    dossiers::{id, item},
    people::{Newcomer, words, words_of},
    relay::Outcome,
    verified::{keys_hash, keys_hash_of, same_words},
    view::{Origin, ReceiverKeys, ShareState, VerificationView, VouchedView},
    write::Draft,
};

/// What is noted when a receiver goes on with keys of their own.
pub(crate) struct Agreed {
    pub(super) keys: OwnKeys,
    /// The consent that ends in the same entry.
    instead_of: ConsentId,
    verified: (RecordId, VerificationRecord),
}

impl Vault {
    /// Makes a share anew to the keys that its receiver made, after their words were compared, and ends what the link opened
    /// in the same go. It rests on the same consent, opens the same items, for as long and as often as was left. Gives the
    /// share that goes on; where somebody agreed before, theirs.
    pub async fn agree_share(
        &mut self,
        dossier: &str,
        share: &str,
        heard: &str,
        how: Compared,
    ) -> Result<String, VaultError> {
        let log = self.dossier_id(dossier)?;
        let former: RecordId = id(share)?;
        self.pull(log).await?;
        let consent = ConsentId::make(&mut self.ports.rng());
        let verified = RecordId::make(&mut self.ports.rng());
        for _ in 0..5 {
            let book = self.book(log).await?.clone();
            let known = self.read_shares(&book).await?;
            let (_, noted, share) = known.share(former).cloned().ok_or(VaultError::NotFound)?;
            if let Some((made, later)) = known.successor(&book.log, (former, &share)) {
                let (_, words) = own_keys(&book, later).ok_or(VaultError::NotFound)?;
                heard_right(heard, &words)?;
                return Ok(made.to_string());
            }
            let terms = self.living_terms(&book, &known, (&noted, &share))?;
            let made = self.registered_for(&book, &share).await?;
            heard_right(heard, &words(&made.account, &made.receiving))?;
            self.check_items(&book, &known, former, &terms).await?;
            let keys = keys_hash(&made.account, &made.receiving);
            let said = VerificationRecord { person: made.person, keys, day: self.today(), how };
            let terms = Terms {
                consent: ConsentRecord {
                    consent,
                    from: self.ports.clock.now(),
                    form: ConsentForm::Carried(share.consent),
                    ..terms
                },
                readings: self.readings_left(&share).await?,
                own: Some(Agreed {
                    keys: OwnKeys { formerly: former, account: made.account },
                    instead_of: share.consent,
                    verified: (verified, said),
                }),
            };
            let (parts, new, _) = self.draft_share(book, &terms, &receiver(made)).await?;
            match self.send(parts).await {
                Ok(()) => {
                    // The consent ended, and the rest can be done later: see [`Vault::shares`].
                    let _ = self.end_disclosure(share.disclosure).await;
                    return Ok(new.to_string());
                }
                Err(Outcome::Conflict) => self.pull(log).await?,
                Err(other) => return Err(other.into()),
            }
        }
        Err(VaultError::ChangedFirst)
    }

    /// Says that the words of a receiver's own keys were compared. Refuses words that are not theirs. It is another one's word
    /// only if they did not make the link.
    pub async fn verify_share(
        &mut self,
        dossier: &str,
        share: &str,
        heard: &str,
        how: Compared,
    ) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        self.pull(log).await?;
        let book = self.book(log).await?.clone();
        let known = self.read_shares(&book).await?;
        let (.., share) = known.share(id(share)?).ok_or(VaultError::NotFound)?;
        let (keys, words) = own_keys(&book, share).ok_or(VaultError::NotFound)?;
        heard_right(heard, &words)?;
        let said = VerificationRecord { person: share.receiver, keys, day: self.today(), how };
        let record = RecordId::make(&mut self.ports.rng());
        let outcome = self.change(log, |vault, book, draft| {
            vault.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Verification(said.clone()))
        });
        Ok(outcome.await?)
    }

    /// The end of what the link opened, and that the words were compared.
    pub(super) fn draft_agreed(&mut self, draft: &mut Draft, book: &Book, agreed: &Agreed) -> Result<(), VaultError> {
        draft.changes.push(Change::Withdraw(agreed.instead_of));
        let (record, said) = &agreed.verified;
        self.draft_kind(draft, book, CompartmentKind::Trail, *record, &Record::Verification(said.clone()))
    }

    /// Whose keys open a share, as its dossier says.
    pub(super) fn receiver_keys(&self, book: &Book, known: &Known, share: &ShareRecord) -> ReceiverKeys {
        let Some((keys, words)) = own_keys(book, share) else { return ReceiverKeys::Handed };
        // Whoever made the link that came first could have been its receiver. They recorded the consent that was given; where
        // nobody is found to have given it, no word about these keys counts.
        let find = |id| known.said(&book.log, id);
        let maker = find(share.consent).and_then(|said| given(said, &find)).map(|given| given.entry.author);
        let counts = |said: &VerificationRecord| {
            let known = maker.is_some() || sabotage::is("receiver-maker");
            known && said.person == share.receiver && (said.keys == keys || sabotage::is("receiver-keys"))
        };
        let said = || known.said.iter().filter(|(_, said)| counts(said));
        ReceiverKeys::Own {
            words,
            vouched: VouchedView {
                origin: Origin::Invited,
                invited_by: maker.map(|maker| self.name_of(maker)),
                by_another: said().any(|(author, _)| Some(*author) != maker),
                verifications: said()
                    .map(|said| VerificationView::of(said, self.keys.person, |person| self.name_of(person)))
                    .collect(),
            },
        }
    }

    /// The terms of a share that can be read: those that were agreed to, and not what somebody made of them since.
    fn living_terms(
        &self,
        book: &Book,
        known: &Known,
        (noted, share): (&RecordState, &ShareRecord),
    ) -> Result<ConsentRecord, VaultError> {
        let consent = book.log.consent(share.consent).ok_or(VaultError::NotFound)?;
        if share_state(consent, false, self.ports.clock.now()) != ShareState::Live {
            return Err(VaultError::ShareOver);
        }
        let find = |id| known.said(&book.log, id);
        let said = find(share.consent).filter(|said| given(*said, &find).is_some());
        let said = said.filter(|_| is_as_noted(&book.log, noted, share)).ok_or(VaultError::ConsentChanged)?;
        Ok(said.terms.clone())
    }

    /// The one who registered with a share's link.
    async fn registered_for(&mut self, book: &Book, share: &ShareRecord) -> Result<Newcomer, VaultError> {
        let heard = self.heard_from(book, share).await?;
        match heard.registered.as_slice() {
            [] => Err(VaultError::NoReceiver),
            [made] => Ok(made.clone()),
            [first, ..] if sabotage::is("receiver-twice") => Ok(first.clone()),
            _ => Err(VaultError::ReceiverTwice),
        }
    }

    /// Whether every item is there, in the words that the client agreed to share.
    async fn check_items(
        &mut self,
        book: &Book,
        known: &Known,
        share: RecordId,
        terms: &ConsentRecord,
    ) -> Result<(), VaultError> {
        let (_, noted, share) = known.share(share).ok_or(VaultError::NotFound)?;
        for (at, record) in terms.items.iter().enumerate() {
            let named = || VaultError::SharedChanged(share.titles.get(at).cloned().unwrap_or_default());
            let state = book.log.record(*record).ok_or_else(named)?;
            // Sealed again with the same words it is in a later entry, and not later written.
            let later = if state.changed == state.version {
                state.sequence > noted.made
            } else {
                state.written > noted.written
            };
            if later && !sabotage::is("shared-words") {
                return Err(named());
            }
            let there = match self.record(book, *record).await {
                Ok(content) => item(&content).is_some() && !is_destroyed(book, &content),
                Err(VaultError::Destroyed | VaultError::NotFound | VaultError::Unreadable) => false,
                Err(other) => return Err(other),
            };
            if !there {
                return Err(named());
            }
        }
        Ok(())
    }

    /// How often a share may still be opened. A reading lasts a day, so on each day that the relay handed it out, at most one
    /// began: at worst some of what was agreed is not used.
    async fn readings_left(&mut self, share: &ShareRecord) -> Result<Option<u32>, VaultError> {
        let Some(most) = share.readings else { return Ok(None) };
        let used = u32::try_from(self.delivered(share).await?.len()).unwrap_or(u32::MAX);
        match most.saturating_sub(used) {
            0 if !sabotage::is("readings-left") => Err(VaultError::NoReadingsLeft),
            left => Ok(Some(left)),
        }
    }
}

/// The hash and the words of the keys of a receiver's own that open a share.
fn own_keys(book: &Book, share: &ShareRecord) -> Option<(Hash, Vec<String>)> {
    let (own, consent) = (share.own?, book.log.consent(share.consent)?);
    let receiving = consent.consent.receiver_key;
    Some((keys_hash_of(&own.account, receiving), words_of(&own.account, receiving)))
}

fn heard_right(heard: &str, words: &[String]) -> Result<(), VaultError> {
    let right = same_words(heard, words) || sabotage::is("receiver-words");
    if right { Ok(()) } else { Err(VaultError::WrongWords) }
}

fn is_destroyed(book: &Book, content: &Record) -> bool {
    let Record::Document(document) = content else { return false };
    let destroyed = |half| book.log.is_destroyed(half) && !sabotage::is("shared-destroyed");
    book.log.file(document.file).is_some_and(|state| destroyed(state.file.half))
}

fn receiver(made: Newcomer) -> LinkReceiver {
    let (signing, request) = (made.certificate.signing, made.certificate.request);
    LinkReceiver { id: made.person, receiving: made.receiving, signing, request }
}
