//! Sharing with a third party: consent, then grant, then wrap; and ending it.

mod listing;
mod own_keys;

use zegel_crypto::{
    Hash, Label, Seed, VerifyingKey, labelled,
    printed::{Code, Link, LinkKeys, link_keys},
};
use zegel_dossier::{CompartmentKind, ConsentForm, ConsentRecord, Face, LentDocument, Record, ShareRecord};
use zegel_ledger::{
    Certificate, Change, CompartmentEpoch, CompartmentId, Consent, ConsentId, ConsentPosition, Disclose, FileId, Gate,
    Grant, GrantId, GrantState, LinkReceiver, Log, LogId, LogKind, PersonId, Receiver, RecordId, Rights, Source,
};

use crate::{
    Vault, VaultError,
    book::{Book, Seeds},
    dossiers::{id, item},
    relay::Outcome,
    session::{staff_grant, text},
    view::SharedView,
    write::{Draft, Part},
};

/// What is to be shared, with whom and why.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// Items of one dossier.
    pub items: Vec<String>,
    /// The receiver's name.
    pub to: String,
    /// What they need it for.
    pub purpose: String,
    /// Served before this time, in seconds since 1970.
    pub until: u64,
    /// How often it may be opened; none is no limit.
    pub readings: Option<u32>,
    /// The item that proves the consent; without, it shows as incomplete.
    pub evidence: Option<String>,
    /// The text of the consent as it was shown, and its language (BCP 47).
    pub consent_text: (String, String),
}

/// What a share rests on, and what is noted of it.
pub(crate) struct Terms {
    pub(crate) consent: ConsentRecord,
    pub(crate) readings: Option<u32>,
    /// Whom it is for, where they made keys of their own.
    pub(crate) own: Option<own_keys::Agreed>,
}

/// A link's public half and what goes to its holder.
pub(crate) struct MadeLink {
    pub(crate) id: PersonId,
    pub(crate) secret: [u8; 32],
    pub(crate) code: Code,
    pub(crate) keys: LinkKeys,
}

impl MadeLink {
    pub(crate) fn receiver(&self) -> LinkReceiver {
        LinkReceiver {
            id: self.id,
            receiving: self.keys.receiving.public(),
            signing: self.keys.signing.verifying(),
            request: self.keys.request.verifying(),
        }
    }

    /// The link's fragment; `page` is the path before it.
    pub(crate) fn view(&self, id: String, page: &str, fingerprint: [u8; 16], until: u64) -> SharedView {
        let link = Link { id: self.id.0, secret: self.secret, fingerprint };
        SharedView {
            id,
            link: format!("{page}#{}", link.to_fragment().as_str()),
            code: self.code.to_text().to_string(),
            until,
        }
    }
}

/// What a link promises: this root, this directory, this first entry.
pub(crate) fn fingerprint(root: &VerifyingKey, directory: Hash, first: Hash) -> [u8; 16] {
    let hash = Hash::of(&labelled(Label::LinkFingerprint, &(root, directory, first)));
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&hash.0[..16]);
    fingerprint
}

impl Vault {
    pub(crate) fn make_link(&self) -> MadeLink {
        let mut rng = self.ports.rng();
        let id = PersonId::make(&mut rng);
        let secret = *Seed::make(&mut rng).expose();
        let code = Code::make(&mut rng);
        let keys = link_keys(&secret, &code);
        MadeLink { id, secret, code, keys }
    }

    /// Records a consent and shares items on it. Costs keys and a kilobyte or two an item, never their attachments. Gives
    /// a link and a code, to be sent apart; the link's text begins at `/o`, after the relay's address.
    pub async fn share(&mut self, dossier: &str, new: NewShare) -> Result<SharedView, VaultError> {
        let log = self.dossier_id(dossier)?;
        text("to", &new.to)?;
        text("purpose", &new.purpose)?;
        if new.items.is_empty() {
            return Err(VaultError::NothingChosen);
        }
        if new.until <= self.ports.clock.now() {
            return Err(VaultError::DateInPast);
        }
        let items = new.items.iter().map(|item| id(item)).collect::<Result<Vec<RecordId>, _>>()?;
        let evidence = new.evidence.as_deref().map(id).transpose()?;
        let link = self.make_link();
        let consent = ConsentRecord {
            consent: ConsentId::make(&mut self.ports.rng()),
            to: new.to.trim().to_owned(),
            purpose: new.purpose.trim().to_owned(),
            items,
            compartments: Vec::new(),
            text: new.consent_text.0,
            language: new.consent_text.1,
            from: self.ports.clock.now(),
            until: new.until,
            form: ConsentForm::Recorded(evidence),
        };
        let terms = Terms { consent, readings: new.readings, own: None };
        for _ in 0..5 {
            let book = self.book(log).await?.clone();
            self.need_halves(&[&book]).await?;
            if let Some(evidence) = evidence {
                book.log.record(evidence).ok_or(VaultError::NotFound)?;
            }
            let (parts, share, fingerprint) = self.draft_share(book, &terms, &link.receiver()).await?;
            match self.send(parts).await {
                Ok(()) => return Ok(link.view(share.to_string(), "/o", fingerprint, new.until)),
                Err(Outcome::Conflict) => self.pull(log).await?,
                Err(other) => return Err(other.into()),
            }
        }
        Err(VaultError::ChangedFirst)
    }

    /// The three entries of a share: the consent, the disclosure that rests on it, and the dossier's note of it.
    async fn draft_share(
        &mut self,
        book: Book,
        terms: &Terms,
        receiver: &LinkReceiver,
    ) -> Result<(Vec<Part>, RecordId, [u8; 16]), VaultError> {
        let log = book.log.id();
        let contents = self.contents(&book, &terms.consent.items).await?;
        let titles = contents.iter().filter_map(|record| item(record).map(|(title, _)| title)).collect();
        let consent = terms.consent.consent;
        let mut rng = self.ports.rng();
        let grant = GrantId::make(&mut rng);
        let (consent_record, share_record) = (RecordId::make(&mut rng), RecordId::make(&mut rng));
        let disclosure = LogId::make(&mut rng);
        drop(rng);

        let mut dossier = Part::new(book);
        let mut draft = Draft::default();
        let content = Record::Consent(terms.consent.clone());
        self.draft_kind(&mut draft, &dossier.book, CompartmentKind::Trail, consent_record, &content)?;
        draft.changes.push(Change::Consent(Consent {
            consent,
            receiver_key: receiver.receiving.hash(),
            until: Some(terms.consent.until),
            record: consent_record,
        }));
        self.sign(&mut dossier, draft)?;
        let entry = dossier.book.log.consent(consent).ok_or(VaultError::NotFound)?.entry;
        let position = ConsentPosition { log, entry, consent };

        let (lent, files) = lend(&dossier.book, contents)?;
        let part = self.draft_disclosure(disclosure, position, grant, terms, lent, receiver)?;
        let first = part.entries.first().ok_or(VaultError::NotFound)?.hash();

        let mut draft = Draft::default();
        let share = Record::Share(ShareRecord {
            disclosure,
            consent,
            grant,
            receiver: receiver.id,
            titles,
            readings: terms.readings,
            own: terms.own.as_ref().map(|agreed| agreed.keys),
        });
        self.draft_kind(&mut draft, &dossier.book, CompartmentKind::Trail, share_record, &share)?;
        draft.changes.push(Change::Disclose(Disclose { disclosure, first, consent, files }));
        if let Some(agreed) = &terms.own {
            self.draft_agreed(&mut draft, &dossier.book, agreed)?;
        }
        self.sign(&mut dossier, draft)?;

        let root = *self.directory.root().ok_or(VaultError::Waiting)?;
        let directory = self.directory.head().ok_or(VaultError::Waiting)?.hash;
        Ok((vec![dossier, part], share_record, fingerprint(&root, directory, first)))
    }

    async fn contents(&mut self, book: &Book, items: &[RecordId]) -> Result<Vec<Record>, VaultError> {
        let mut contents = Vec::new();
        for record in items {
            let content = self.record(book, *record).await?;
            item(&content).ok_or(VaultError::NotFound)?;
            contents.push(content);
        }
        Ok(contents)
    }

    /// A disclosure's log: one compartment, wrapped to the receiver on the consent, and to whoever made it.
    fn draft_disclosure(
        &mut self,
        log: LogId,
        consent: ConsentPosition,
        grant: GrantId,
        terms: &Terms,
        contents: Vec<Record>,
        to: &LinkReceiver,
    ) -> Result<Part, VaultError> {
        let organisation = self.record.organisation;
        let root = *self.directory.root().ok_or(VaultError::Waiting)?;
        let sequences = Certificate::sequences(&self.directory, self.keys.person, self.keys.device)?;
        let entry = |sequence: &u64| self.directory_entries.get(usize::try_from(*sequence).ok()?).cloned();
        let chain = sequences.iter().map(entry).collect::<Option<Vec<_>>>().ok_or(VaultError::NotFound)?;

        let mut rng = self.ports.rng();
        let at = CompartmentEpoch { compartment: CompartmentId::make(&mut rng), epoch: 1 };
        let seed = Seed::make(&mut rng);
        let mut draft = Draft::default();
        draft.found(&mut rng, log, organisation, root, Some(Source { consent, chain }));
        let key = draft.open_epoch(&mut rng, log, organisation, at, &seed);
        let seeds = Seeds { by_epoch: [(at, seed)].into() };
        let receiver = Grant {
            id: grant,
            receiver: Receiver::Link(to.clone()),
            receiver_key: to.receiving.hash(),
            rights: Rights::READ,
            compartments: vec![at.compartment],
            from: None,
            until: Some(terms.consent.until),
            readings: terms.readings,
            gate: Gate::Open,
            consent: Some(consent),
        };
        draft.grant(log, &receiver, &to.receiving, &[at], &seeds);
        let own = self.keys.receiving.public();
        let maker = Receiver::Person(self.keys.person);
        let maker = staff_grant(GrantId::make(&mut rng), maker, own.hash(), Rights::ADVISOR, vec![at.compartment]);
        draft.grant(log, &maker, &own, &[at], &seeds);

        let face = Record::Face(Face {
            organisation: self.organisation.clone(),
            from: self.name_of(self.keys.person),
            to: terms.consent.to.clone(),
            purpose: terms.consent.purpose.clone(),
            until: terms.consent.until,
        });
        for content in core::iter::once(face).chain(contents) {
            let place = self.keys.place(organisation, log, at, RecordId::make(&mut rng), 1, None);
            draft.put(&mut self.ports.rng(), &mut self.keys, &key, place, &content);
        }
        drop(rng);
        let mut part = Part::new(Book { seeds, ..Book::new(Log::new(log, LogKind::Disclosure)) });
        self.sign(&mut part, draft)?;
        Ok(part)
    }

    /// Ends a share: the consent it rests on is withdrawn, and the relay serves nothing of it from then on. What was read
    /// stays read.
    pub async fn revoke(&mut self, dossier: &str, share: &str) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        let record: RecordId = id(share)?;
        let book = self.book(log).await?.clone();
        self.need_halves(&[&book]).await?;
        book.log.record(record).ok_or(VaultError::NotFound)?;
        let Record::Share(share) = self.record(&book, record).await? else { return Err(VaultError::NotFound) };
        let outcome = self.change(log, |_, book, draft| {
            let consent = book.log.consent(share.consent).ok_or(VaultError::NotFound)?;
            if consent.withdrawn.is_none() {
                draft.changes.push(Change::Withdraw(share.consent));
            }
            Ok(())
        });
        outcome.await?;
        self.end_disclosure(share.disclosure).await
    }

    /// Destroys the relay halves of an ended disclosure, where this vault made it: after that not even its receiver and the
    /// relay together open it.
    async fn end_disclosure(&mut self, disclosure: LogId) -> Result<(), VaultError> {
        if !self.slots.contains_key(&disclosure) || left_of(&self.book(disclosure).await?.log).is_empty() {
            return Ok(());
        }
        self.pull(disclosure).await?;
        // Colleagues on the dossier hold the log too, and may end nothing in it.
        let person = self.keys.person;
        if !self.book(disclosure).await?.log.rights(person).allow(Rights::MANAGE) {
            return Ok(());
        }
        let outcome = self.change(disclosure, |_, book, draft| {
            draft.changes = left_of(&book.log);
            Ok(())
        });
        Ok(outcome.await?)
    }
}

/// What there is still to end in a disclosure: its receiver's grants, and the halves.
fn left_of(log: &Log) -> Vec<Change> {
    let to_link = |state: &&GrantState| matches!(state.grant.receiver, Receiver::Link(_)) && state.revoked.is_none();
    let grants = log.grants().filter(to_link).map(|state| Change::Revoke(state.grant.id));
    let halves = log.compartments().flat_map(|(_, epochs)| epochs).map(|epoch| epoch.half);
    grants.chain(halves.filter(|half| !log.is_destroyed(*half)).map(Change::Destroy)).collect()
}

/// What a receiver gets of each item, and the files whose halves the relay will serve them.
fn lend(book: &Book, contents: Vec<Record>) -> Result<(Vec<Record>, Vec<FileId>), VaultError> {
    let mut files = Vec::new();
    let mut lent = Vec::new();
    for content in contents {
        lent.push(match content {
            Record::Document(mut document) => {
                // Where it lay in somebody's folders is not the receiver's business.
                document.folder.clear();
                let file = book.log.file(document.file).ok_or(VaultError::NotFound)?.file;
                files.push(file.file);
                Record::Lent(LentDocument { document, file })
            }
            other => other,
        });
    }
    Ok((lent, files))
}
