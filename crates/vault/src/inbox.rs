//! What a third party does: opens a link with its code, or a reading card with its passphrase, reads, and says so. Nothing
//! is kept on their device.

mod own;

use std::collections::BTreeMap;

use zegel_crypto::{
    VerifyingKey,
    printed::{Code, Link, LinkKeys, link_keys},
};
use zegel_dossier::{Face, LentDocument, Record};
use zegel_ledger::{
    Certificate, Change, Commit, Entry, Founding, Log, LogId, LogKind, PersonId, RecordId, RecordState, Refusal,
    SignedSlip, Slip, Statement,
};
use zegel_protocol::{
    Problem,
    calls::{Changes, HalfServed, Halves, Post, Pull},
    limits,
};

use crate::{
    VaultError,
    book::{Book, Halves as HeldHalves},
    bundle,
    dossiers::{id, item},
    files::Opening,
    order::{alphabetical, sort_by_bytes},
    ports::{FileSink, Ports, Progress, TransportError},
    relay::{Relay, Signer},
    share::fingerprint,
    shelf::open_record,
    sync::named,
    view::{DisclosureView, ItemView},
};

/// An opened disclosure.
pub struct Inbox {
    ports: Ports,
    relay: Relay,
    keys: LinkKeys,
    link: PersonId,
    log: LogId,
    organisation: LogId,
    root: VerifyingKey,
    face: Face,
    items: BTreeMap<RecordId, (RecordState, Record)>,
    /// Whether a reading card opened it.
    by_card: bool,
    /// The receiver's own keys, once they made some.
    made: Option<SignedSlip>,
}

impl Inbox {
    /// Opens a link with its code, or a reading card with its passphrase; either whole, or from its `#` on.
    pub async fn open(ports: Ports, link: &str, code: &str) -> Result<Self, VaultError> {
        let Handed { id, keys, promise } = Handed::read(link, code)?;
        let by_card = matches!(promise, Promise::Root(_));
        let refused = |error| if by_card { own::refused(error) } else { refused(error) };
        let mut relay = Relay::default();
        let signer = Signer { key_id: id.to_string(), key: &keys.request };
        let changed = relay.call(&ports, &signer, &Changes { cursor: 0 }).await.map_err(refused)?;
        let log = changed.logs.iter().find(|changed| changed.kind == LogKind::Disclosure);
        let log = log.ok_or(VaultError::LinkWithdrawn)?.log;

        let mut book = Book::new(Log::new(log, LogKind::Disclosure));
        let mut blobs = std::collections::HashMap::new();
        loop {
            let from = book.log.next_sequence();
            let call = Pull { log, from, limit: limits::PAGE, blobs: true };
            let page = relay.call(&ports, &signer, &call).await.map_err(refused)?;
            blobs.extend(named(&page));
            for entry in &page.entries {
                let commit = take(&mut book.log, entry, promise)?;
                learn(&mut book, &commit, &blobs, id, &keys)?;
            }
            if page.entries.is_empty() || book.log.head() == page.head {
                break;
            }
        }
        let founding = book.log.founding().cloned().ok_or(VaultError::LinkNotWhatWasPromised)?;

        let wanted: Vec<_> = book.missing_halves(&HeldHalves::new());
        let answer = relay.call(&ports, &signer, &Halves { wanted: wanted.clone() }).await.map_err(refused)?;
        let mut halves = HeldHalves::new();
        for ((_, half), served) in wanted.into_iter().zip(answer.served) {
            match served {
                HalfServed::Half(bytes) => {
                    halves.insert(half, bytes);
                }
                HalfServed::Destroyed => return Err(VaultError::LinkWithdrawn),
                HalfServed::No(problem) => return Err(refused(problem.into())),
            }
        }

        let mut face = None;
        let mut items = BTreeMap::new();
        for (id, state) in book.log.records() {
            let key = book.seeds.key(founding.organisation, &book.log, &halves, state.at)?;
            let sealed = blobs.get(&state.blob).ok_or(VaultError::Unreadable)?;
            match open_record(founding.organisation, log, &key, id, state, sealed)? {
                Record::Face(opened) => face = Some(opened),
                other => {
                    items.insert(id, (*state, other));
                }
            }
        }
        let face = face.ok_or(VaultError::Unreadable)?;
        let Founding { organisation, root, .. } = founding;
        let mut inbox =
            Self { ports, relay, keys, link: id, log, organisation, root, face, items, by_card, made: None };
        inbox.confirm().await;
        Ok(inbox)
    }

    /// What was disclosed.
    pub fn view(&self) -> DisclosureView {
        let items = self.items.iter().filter_map(|(id, (state, record))| {
            let shown = match record {
                Record::Lent(lent) => item(&Record::Document(lent.document.clone())),
                other => item(other),
            };
            let (title, kind) = shown?;
            Some(ItemView {
                id: id.to_string(),
                version: state.version,
                title,
                compartment: String::new(),
                author: self.face.from.clone(),
                changed: state.written,
                unconfirmed: false,
                kind,
            })
        });
        let mut items: Vec<ItemView> = items.collect();
        sort_by_bytes(&mut items, |item| alphabetical(&item.title, &item.id));
        DisclosureView {
            from: self.face.from.clone(),
            organisation: self.face.organisation.clone(),
            to: self.face.to.clone(),
            purpose: self.face.purpose.clone(),
            until: self.face.until,
            items,
            by_card: self.by_card,
        }
    }

    /// Opens a document into `sink`.
    pub async fn read_file(
        &mut self,
        item: &str,
        sink: &mut dyn FileSink,
        progress: &dyn Progress,
    ) -> Result<(), VaultError> {
        let record = self.items.get(&id(item)?).map(|(_, record)| record.clone());
        let Some(Record::Lent(LentDocument { document, file })) = record else { return Err(VaultError::NotFound) };
        let signer = Signer { key_id: self.link.to_string(), key: &self.keys.request };
        let wanted = Halves { wanted: vec![(self.log, file.half)] };
        let answer = self.relay.call(&self.ports, &signer, &wanted).await.map_err(refused)?;
        let half = match answer.served.into_iter().next() {
            Some(HalfServed::Half(half)) => half,
            Some(HalfServed::No(problem)) => return Err(refused(problem.into())),
            Some(HalfServed::Destroyed) | None => return Err(VaultError::Destroyed),
        };
        let opening = Opening { organisation: self.organisation, via: self.log, file, document, half };
        opening.run(&mut self.relay, &self.ports, &signer, sink, progress).await
    }

    /// Says that it was opened today. Whoever shared it sees that; not being able to say so takes nothing away.
    async fn confirm(&mut self) {
        let day = u32::try_from(self.ports.clock.now() / 86_400).unwrap_or(u32::MAX);
        let statement = Statement::Opened(day);
        let slip = Slip { log: self.log, author: self.link, device: None, statement };
        let signer = Signer { key_id: self.link.to_string(), key: &self.keys.request };
        let call = Post { slip: SignedSlip::sign(&slip, &self.keys.signing) };
        let _ = self.relay.call(&self.ports, &signer, &call).await;
    }
}

/// What somebody opens with.
struct Handed {
    id: PersonId,
    keys: LinkKeys,
    promise: Promise,
}

/// What the relay's answers are compared with.
#[derive(Clone, Copy)]
enum Promise {
    /// Of a link: this one disclosure, by its first entry.
    First([u8; 16]),
    /// Of a reading card: whatever somebody of this organisation made for its keys.
    Root([u8; 16]),
}

impl Handed {
    fn read(text: &str, code: &str) -> Result<Self, VaultError> {
        if let Some(own) = own::read(text, code)? {
            return Ok(own);
        }
        let (link, keys) = parse(text, code)?;
        Ok(Self { id: PersonId(link.id), keys, promise: Promise::First(link.fingerprint) })
    }
}

/// The part of a link, or of a card, that a browser never sends.
fn fragment(text: &str) -> String {
    // A mail or a letter may have broken it over lines.
    let text: String = text.split_whitespace().collect();
    text.rsplit_once('#').map_or(text.as_str(), |(_, fragment)| fragment).to_owned()
}

/// Reads a link and its code, and derives its keys.
pub(crate) fn parse(link: &str, code: &str) -> Result<(Link, LinkKeys), VaultError> {
    let link = Link::from_fragment(&fragment(link)).map_err(|_| VaultError::BadLink)?;
    let code = Code::parse(code).map_err(|_| VaultError::BadCode)?;
    let keys = link_keys(&link.secret, &code);
    Ok((link, keys))
}

/// What a refusal means to the holder of a link.
pub(crate) fn refused(error: TransportError) -> VaultError {
    match error {
        TransportError::Problem(Problem::Unauthenticated) => VaultError::WrongCode,
        TransportError::Problem(Problem::NotFound) => VaultError::LinkWithdrawn,
        other => other.into(),
    }
}

/// Accepts an entry of a disclosure: its author's device is vouched for by the chain in the first entry, and the first
/// entry is one that was promised.
fn take(log: &mut Log, entry: &Entry, promise: Promise) -> Result<Commit, VaultError> {
    let commit = entry.commit()?;
    let founding = match log.founding() {
        Some(founding) => founding.clone(),
        None => promised(&commit, entry, promise)?,
    };
    let source = founding.source.as_ref().ok_or(VaultError::LinkNotWhatWasPromised)?;
    let certified = Certificate(&source.chain).verify(&founding.root, commit.author, commit.device)?;
    Ok(log.admit_certified(entry, &certified.signing)?)
}

fn promised(commit: &Commit, entry: &Entry, promise: Promise) -> Result<Founding, VaultError> {
    let wrong = VaultError::LinkNotWhatWasPromised;
    let Some(Change::Found(founding)) = commit.changes.first() else { return Err(wrong) };
    let directory = commit.directory.ok_or(wrong.clone())?.hash;
    let fits = match promise {
        Promise::First(promised) => {
            fingerprint(&founding.root, directory, entry.hash()) == promised
                || zegel_crypto::sabotage::is("link-fingerprint")
        }
        Promise::Root(promised) => own::fits(promised, founding),
    };
    if fits { Ok(founding.clone()) } else { Err(wrong) }
}

fn learn(
    book: &mut Book,
    commit: &Commit,
    blobs: &std::collections::HashMap<zegel_crypto::Hash, Vec<u8>>,
    link: PersonId,
    keys: &LinkKeys,
) -> Result<(), VaultError> {
    for change in &commit.changes {
        let Change::Wrap(wrap) = change else { continue };
        let Some(state) = book.log.grant(wrap.grant) else { continue };
        if !state.grant.receiver.is(link) {
            continue;
        }
        let bytes = blobs.get(&wrap.blob).ok_or(VaultError::Unreadable)?;
        let seeds = bundle::open(&book.log, &state.grant, wrap, bytes.clone(), &keys.receiving)
            .map_err(|_: Refusal| VaultError::Unreadable)?;
        book.seeds.by_epoch.extend(seeds);
    }
    Ok(())
}
