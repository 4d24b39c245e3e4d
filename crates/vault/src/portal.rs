//! What somebody outside the organisation does with keys of their own: reads the one dossier that knows them. Nothing of
//! it is kept on their device but how far they read; the rest is fetched and verified anew.

mod devices;
mod reading;
mod restored;
mod shown;
mod visit;

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use zegel_crypto::{
    Hash, VerifyingKey,
    printed::{Link, LinkKeys},
    unlock,
};
use zegel_ledger::{
    Certificate, Change, DeviceId, Entry, Founding, GivenUp, Head, LogId, LogKind, PersonId, Receiver, RecordId,
    RecordState, Vouched,
};
use zegel_protocol::calls::{FetchChain, Pull};
use zeroize::Zeroizing;

use crate::{
    Vault, VaultError,
    book::{Book, Halves},
    inbox::refused,
    keys::{DeviceRecord, Keys},
    people::uninvited,
    ports::Ports,
    relay::{Relay, Signer},
    session::{Brought, DeviceState, FreshPerson, anchor, device_record, open_keyring, passphrase_strength, text},
    share::fingerprint,
    view::{Alarm, PrintedView},
};

/// One dossier, opened by somebody outside the organisation.
pub struct Portal {
    ports: Rc<Ports>,
    relay: Relay,
    keys: Keys,
    record: DeviceRecord,
    log: LogId,
    book: Book,
    /// The members whose word is believed here.
    staff: Vouched,
    halves: Halves,
    /// What came along and was not opened yet.
    blobs: HashMap<Hash, Vec<u8>>,
    opened: BTreeMap<RecordId, (RecordState, zegel_dossier::Record)>,
    /// Up to where all of it was opened.
    shown: Option<Head>,
    /// When more of it opens, by a grant that was claimed, in seconds since 1970.
    opens: Option<u64>,
    /// The highest head that was verified on this device, now or before.
    head: Option<Head>,
    /// The directory's head that the last entry of it relied on.
    relied: Option<Head>,
    /// What a director gave up and is still to be told.
    given_up: Option<GivenUp>,
    /// The relay may have an older keyring than this device, or none: it was put back.
    keyring_lost: bool,
    /// When this person's devices said that they came, in seconds since 1970.
    arrived: BTreeMap<DeviceId, u64>,
    /// Whether this is a visit to somebody else's machine.
    visit: bool,
    alarms: Vec<Alarm>,
    offline: bool,
    waiting: bool,
}

impl Portal {
    /// Accepts an invitation into a dossier. Until whoever invited admits them the session is waiting.
    pub(crate) async fn join(
        ports: Rc<Ports>,
        mut relay: Relay,
        (link, link_keys, log): (&Link, &LinkKeys, LogId),
        name: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<(Self, PrintedView), VaultError> {
        text("name", name)?;
        passphrase_strength(&passphrase)?;
        if Vault::state(&ports).await? != DeviceState::Empty {
            return Err(VaultError::AlreadyHere);
        }
        let link_id = PersonId(link.id);
        let signer = Signer { key_id: link_id.to_string(), key: &link_keys.request };
        let invited = |error| uninvited(refused(error));
        let call = Pull { log, from: 0, limit: 1, blobs: false };
        let page = relay.call(&ports, &signer, &call).await.map_err(invited)?;
        let chain = relay.call(&ports, &signer, &FetchChain { log }).await.map_err(invited)?;
        let wrong = VaultError::LinkNotWhatWasPromised;
        let first = page.entries.first().ok_or(wrong.clone())?;
        let founding = founding(log, first).ok_or(wrong.clone())?;
        let staff = Certificate(&chain.entries).follow(&founding.root)?;
        // The link was made for this entry, by the holder of this key: nobody else is told who came.
        let promised = |key: &&zegel_crypto::ReceivingPublic| {
            fingerprint(&founding.root, key.hash(), first.hash()) == link.fingerprint
                || zegel_crypto::sabotage::is("link-fingerprint")
        };
        let inviter = staff.receiving().iter().find(promised).ok_or(wrong)?;

        let mut rng = ports.rng();
        let person = PersonId::make(&mut rng);
        let keyring = unlock::make_keyring(&mut rng, person.0, anchor(log, &founding.root));
        drop(rng);
        let organisation = founding.organisation;
        let mut fresh = FreshPerson::make(&ports, organisation, keyring, &passphrase)?;
        fresh.record.dossier = Some(log);
        fresh.register(&ports, &mut relay, (organisation, log), (link_id, link_keys), inviter, name).await?;
        let card = fresh.card.to_text().to_string();
        let mut portal = Self::assemble(ports, relay, fresh.keys, fresh.record, log);
        portal.waiting = true;
        portal.record.keep(&portal.ports).await?;
        Ok((portal, PrintedView { card, sheets: Vec::new(), threshold: 0 }))
    }

    /// Opens the dossier that this device knows.
    pub async fn unlock(ports: impl Into<Rc<Ports>>, passphrase: Zeroizing<String>) -> Result<Self, VaultError> {
        let ports = ports.into();
        let mut record = device_record(&ports).await?.ok_or(VaultError::NothingHere)?;
        let log = record.dossier.ok_or(VaultError::NothingHere)?;
        let (keyring, _) = open_keyring(&record.keyring, &passphrase, &record.slot, &record.fingerprint)?;
        let keys = Keys::open(keyring, &record)?;
        let mut relay = Relay::default();
        let lost = record.take_newer(&ports, &mut relay, &keys, &passphrase).await;
        let mut portal = Self::assemble(ports, relay, keys, record, log);
        portal.keyring_lost = lost;
        portal.load_head().await?;
        portal.record.keep(&portal.ports).await?;
        portal.sync().await?;
        // Nothing of the dossier is kept here, so without the relay there is nothing to open.
        if portal.offline { Err(VaultError::RelayUnreachable) } else { Ok(portal) }
    }

    /// Opens the dossier on a device that does not know it yet, with what a key card opened.
    pub(crate) async fn enrol(
        ports: Rc<Ports>,
        mut relay: Relay,
        brought: Brought,
        log: LogId,
    ) -> Result<Self, VaultError> {
        let request = brought.card.secret.request();
        let (keys, record) = brought.settle(&ports, &mut relay, Some(log)).await?;
        let portal = Self::assemble(ports, relay, keys, record, log);
        let signer = Signer { key_id: portal.keys.person.to_string(), key: &request };
        let keyring = (portal.record.keyring.generation, portal.record.keyring.hash());
        portal.arrive(&signer, Some(keyring)).await
    }

    /// Certifies this device, with the keyring that has a slot for it if one was made, and opens what it may read.
    async fn arrive(mut self, signer: &Signer<'_>, keyring: Option<(u64, Hash)>) -> Result<Self, VaultError> {
        self.pull(signer).await?;
        let mut changes = vec![Change::Certify(self.keys.certificate())];
        changes.extend(keyring.map(|(made, hash)| Change::Keyring(self.keys.person, made, hash)));
        self.append(Some(signer), &changes).await?;
        self.record.keep(&self.ports).await?;
        self.sync().await?;
        Ok(self)
    }

    /// Forgets every key. What is sealed on this device stays.
    pub fn lock(self) -> Rc<Ports> {
        self.ports
    }

    /// Forgets every key and wipes this device. Whoever comes back needs the key card.
    pub async fn sign_out(self) -> Result<Rc<Ports>, VaultError> {
        self.ports.store.wipe().await?;
        Ok(self.ports)
    }

    fn assemble(ports: Rc<Ports>, relay: Relay, keys: Keys, record: DeviceRecord, log: LogId) -> Self {
        Self {
            ports,
            relay,
            keys,
            record,
            log,
            book: Book::new(zegel_ledger::Log::new(log, LogKind::Dossier)),
            staff: Vouched::default(),
            halves: Halves::new(),
            blobs: HashMap::new(),
            opened: BTreeMap::new(),
            shown: None,
            opens: None,
            head: None,
            relied: None,
            given_up: None,
            keyring_lost: false,
            arrived: BTreeMap::new(),
            visit: false,
            alarms: Vec::new(),
            offline: false,
            waiting: false,
        }
    }

    /// What requests are signed and sent with.
    pub(crate) fn signing(&mut self) -> (&mut Relay, &Ports, &Keys) {
        (&mut self.relay, &self.ports, &self.keys)
    }

    fn raise(&mut self, alarm: Alarm) {
        if !self.alarms.contains(&alarm) {
            self.alarms.push(alarm);
        }
    }

    /// The key of the organisation, as far as this person's keyring is tied to it.
    fn root(&self, entry: &Entry) -> Option<VerifyingKey> {
        let root = match self.book.log.founding() {
            Some(founding) => founding.root,
            None => founding(self.log, entry)?.root,
        };
        let tied = anchor(self.log, &root) == self.keys.keyring.anchor() || zegel_crypto::sabotage::is("anchor");
        tied.then_some(root)
    }

    /// This person's living grants.
    fn grants(&self) -> impl Iterator<Item = &zegel_ledger::GrantState> {
        let own = Receiver::Party(self.keys.person);
        self.book.log.grants().filter(move |state| state.revoked.is_none() && state.grant.receiver == own)
    }
}

/// How a log begins, if this is the entry that begins it.
fn founding(log: LogId, entry: &Entry) -> Option<Founding> {
    let commit = entry.commit().ok()?;
    let begins = commit.log == log && commit.kind == LogKind::Dossier && commit.sequence == 0;
    match commit.changes.into_iter().next() {
        Some(Change::Found(founding)) if begins => Some(founding),
        _ => None,
    }
}
