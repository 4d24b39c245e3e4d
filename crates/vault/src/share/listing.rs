//! What was shared, and what became of it.

use zegel_dossier::{ConsentRecord, Record, ShareRecord, VerificationRecord};
use zegel_ledger::{
    Change, ConsentId, Disclose, Grant, Log, PersonId, Receiver, RecordId, RecordState, SignedSlip, Statement,
};
use zegel_protocol::{
    calls::{Pull, Readings},
    limits,
};

use crate::{
    Vault, VaultError,
    book::Book,
    consents::{Said, is_as_noted, is_proven, replaces, share_state},
    order::{latest_first, sort_by_bytes},
    people::{Newcomer, words},
    view::{ReceiverKeys, ShareState, ShareView},
};

/// What a trail says of shares.
#[derive(Default)]
pub(super) struct Known {
    pub(super) shares: Vec<(RecordId, RecordState, ShareRecord)>,
    consents: Vec<(RecordState, ConsentRecord)>,
    /// Who says that they compared whose words.
    pub(super) said: Vec<(PersonId, VerificationRecord)>,
}

impl Known {
    /// The share that goes on in the place of this one.
    pub(super) fn successor(&self, log: &Log, former: (RecordId, &ShareRecord)) -> Option<(RecordId, &ShareRecord)> {
        let goes_on = |state: &RecordState, share: &ShareRecord| {
            is_as_noted(log, state, share) && replaces(share, former, &|id| self.said(log, id))
        };
        self.shares.iter().find(|(_, state, share)| goes_on(state, share)).map(|(id, _, share)| (*id, share))
    }

    pub(super) fn share(&self, id: RecordId) -> Option<&(RecordId, RecordState, ShareRecord)> {
        self.shares.iter().find(|(known, ..)| *known == id)
    }

    pub(super) fn said<'c>(&'c self, log: &'c Log, id: ConsentId) -> Option<Said<'c>> {
        let (record, terms) = self.consents.iter().find(|(_, terms)| terms.consent == id)?;
        Some(Said { entry: log.consent(id)?, record, terms })
    }
}

/// What a disclosure's receiver said beside it.
#[derive(Default)]
pub(super) struct Heard {
    /// Days on which they say they opened it.
    pub(super) opened: Vec<u32>,
    /// The keys of their own that they registered.
    pub(super) registered: Vec<Newcomer>,
}

impl Vault {
    /// What of a dossier is or was shared, newest first. Asks the relay what it handed out; offline that stays empty.
    pub async fn shares(&mut self, dossier: &str) -> Result<Vec<ShareView>, VaultError> {
        let log = self.dossier_id(dossier)?;
        let mut shares = self.known_shares(dossier).await?;
        let book = self.book(log).await?.clone();
        self.end_left_over(&book).await;
        for (share, record) in &mut shares {
            share.delivered = self.delivered(record).await.unwrap_or_default();
            let heard = self.heard_from(&book, record).await.unwrap_or_default();
            share.opened = heard.opened;
            if share.state == ShareState::Live {
                share.keys = match heard.registered.as_slice() {
                    [] => continue,
                    [made] => ReceiverKeys::Made { words: words(&made.account, &made.receiving) },
                    _ => ReceiverKeys::Twice,
                };
            }
        }
        Ok(shares.into_iter().map(|(share, _)| share).collect())
    }

    /// Ends what is left of disclosures on a consent that ended: a colleague's end of it leaves them to whoever made them.
    async fn end_left_over(&mut self, book: &Book) {
        let over = |made: &&Disclose| book.log.consent(made.consent).is_some_and(|state| state.withdrawn.is_some());
        for made in book.log.disclosures().filter(over) {
            // The relay serves nothing of it; what does not succeed now does another time.
            let _ = self.end_disclosure(made.disclosure).await;
        }
    }

    /// What of a dossier is or was shared, as this device knows it.
    pub(crate) async fn known_shares(&mut self, dossier: &str) -> Result<Vec<(ShareView, ShareRecord)>, VaultError> {
        let log = self.dossier_id(dossier)?;
        let book = self.book(log).await?.clone();
        let known = self.read_shares(&book).await?;
        let mut found = Vec::new();
        for (id, state, share) in &known.shares {
            let Some(consent) = book.log.consent(share.consent) else { continue };
            // It is served as its entry says, whatever became of the words: without them it is listed still, to be ended.
            let said = known.said(&book.log, share.consent);
            let replaced = known.successor(&book.log, (*id, share)).is_some();
            let proven = |said| is_proven(said, &|id| known.said(&book.log, id));
            let view = ShareView {
                id: id.to_string(),
                to: said.map_or_else(|| share.receiver.to_string(), |said| said.terms.to.clone()),
                purpose: said.map(|said| said.terms.purpose.clone()).unwrap_or_default(),
                until: consent.consent.until.unwrap_or_default(),
                items: share.titles.clone(),
                since: state.written,
                state: share_state(consent, replaced, self.ports.clock.now()),
                incomplete: !is_as_noted(&book.log, state, share) || !said.is_some_and(proven),
                delivered: Vec::new(),
                opened: Vec::new(),
                readings: share.readings,
                keys: self.receiver_keys(&book, &known, share),
            };
            found.push((view, share.clone()));
        }
        sort_by_bytes(&mut found, |(view, _)| latest_first(view.since, &view.id));
        Ok(found)
    }

    /// Opens what a trail says of shares.
    pub(super) async fn read_shares(&mut self, book: &Book) -> Result<Known, VaultError> {
        self.need_halves(&[book]).await?;
        let records: Vec<_> = book.log.records().map(|(id, state)| (id, *state)).collect();
        let mut known = Known::default();
        for (id, state) in records {
            match self.record(book, id).await {
                Ok(Record::Share(share)) => known.shares.push((id, state, share)),
                // A consent is what the record says that its entry names, and no other.
                Ok(Record::Consent(terms))
                    if book.log.consent(terms.consent).is_some_and(|consent| consent.consent.record == id) =>
                {
                    known.consents.push((state, terms));
                }
                Ok(Record::Verification(said)) => known.said.push((state.writer, said)),
                _ => {}
            }
        }
        Ok(known)
    }

    /// On which days the relay handed out what opens a share.
    pub(super) async fn delivered(&mut self, share: &ShareRecord) -> Result<Vec<u32>, VaultError> {
        let call = Readings { log: share.disclosure };
        let ledger = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
        let readings = ledger.readings.into_iter().filter(|reading| reading.person == share.receiver);
        let mut days: Vec<u32> = readings.map(|reading| reading.day).collect();
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }

    /// What the receiver of a share said. The relay is believed as to the first entry only where the dossier names it.
    pub(super) async fn heard_from(&mut self, book: &Book, share: &ShareRecord) -> Result<Heard, VaultError> {
        let call = Pull { log: share.disclosure, from: 0, limit: limits::PAGE, blobs: false };
        let page = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
        let first = book.log.disclosure(share.disclosure).map(|made| made.first);
        let first = page
            .entries
            .first()
            .filter(|entry| Some(entry.hash()) == first || zegel_crypto::sabotage::is("heard-first"));
        let grants = first.and_then(|entry| entry.commit().ok()).map(|commit| commit.changes);
        let key = grants.into_iter().flatten().find_map(|change| match change {
            Change::Grant(Grant { receiver: Receiver::Link(link), .. }) if link.id == share.receiver => {
                Some(link.signing)
            }
            _ => None,
        });
        let mut heard = Heard::default();
        let Some(key) = key else { return Ok(heard) };
        let by_them = |slip: &SignedSlip| {
            let said = slip.slip().ok().filter(|said| said.log == share.disclosure && said.author == share.receiver)?;
            slip.verify(&key).ok().map(|()| said.statement)
        };
        for (slip, statement) in page.slips.iter().filter_map(|slip| Some((slip, by_them(slip)?))) {
            match statement {
                Statement::Opened(day) => heard.opened.push(day),
                Statement::Register { .. } => {
                    let made = self.newcomer(slip).map(|(_, made)| made);
                    heard.registered.extend(
                        made.filter(|made| heard.registered.iter().all(|known| known.slip.hash() != made.slip.hash())),
                    );
                }
                _ => {}
            }
        }
        heard.opened.sort_unstable();
        heard.opened.dedup();
        Ok(heard)
    }
}
