//! The vault itself: unlock, enrol a device, lock.

mod brought;
mod founding;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use zegel_crypto::{
    Canonical as _, Hash, Label, labelled,
    unlock::{self, Keyring, M, SealedKeyring, SlotSecret, UnlockError},
};
use zegel_dossier::{Record, VerificationRecord, policy::Role};
use zegel_ledger::{
    Change, CompartmentEpoch, CompartmentId, DeviceCertificate, Directory, Gate, Grant, GrantId, Head, LogId,
    OrganisationId, PersonId, Receiver, RecordId, Rights,
};
use zegel_protocol::{Problem, calls::FetchKeyring};
use zeroize::Zeroizing;

use crate::{
    VaultError,
    beacons::Watch,
    book::{Book, Halves, Seeds},
    bundle,
    doorkeeper::AtDoor,
    dormant::Closed,
    hand_back::Lost,
    keys::{DeviceRecord, Keys},
    people::{Newcomer, words},
    policy::InForce,
    ports::{Ports, Table, TransportError, Write},
    queue::Queued,
    relay::{Relay, Signer},
    search::Index,
    shelf::{Resealed, Slot, Version},
    spelling::composed,
    view::{Alarm, SessionView},
    write::Draft,
};
pub(crate) use brought::Brought;
pub(crate) use founding::FreshPerson;
pub use founding::NewOrganisation;

/// What is on this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// Nothing.
    Empty,
    /// A vault that a passphrase opens.
    Locked,
    /// One dossier, to somebody outside the organisation, that a passphrase opens.
    Portal,
}

/// What the relay says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayState {
    /// The organisation it serves, if any.
    pub organisation: Option<String>,
    /// Its clock minus this machine's, in seconds.
    pub clock_skew: i64,
}

/// An unlocked vault.
pub struct Vault {
    pub(crate) ports: Rc<Ports>,
    pub(crate) relay: Relay,
    pub(crate) keys: Keys,
    pub(crate) record: DeviceRecord,
    pub(crate) directory: Directory,
    pub(crate) directory_entries: Vec<zegel_ledger::Entry>,
    pub(crate) names: Seeds,
    pub(crate) books: BTreeMap<LogId, Book>,
    pub(crate) slots: BTreeMap<LogId, Slot>,
    pub(crate) halves: Halves,
    pub(crate) opened: HashMap<Version, Record>,
    pub(crate) heads: BTreeMap<LogId, Head>,
    pub(crate) cursor: u64,
    /// The day, since 1970, on which the relay was last asked for the head of every log.
    pub(crate) looked_on: u64,
    /// Logs whose slots in the personal log are not what they are here, and whether seeds are among it.
    pub(crate) unshelved: BTreeMap<LogId, bool>,
    /// Who left or renewed their keys, and may still hold or be granted keys in force by the old ones somewhere.
    pub(crate) unsettled: BTreeSet<PersonId>,
    /// Whom members were before they lost every key, and how many dossiers wait under that name.
    pub(crate) formerly: BTreeMap<PersonId, PersonId>,
    pub(crate) waiting_dossiers: BTreeMap<PersonId, usize>,
    /// Dossiers that are closed to this person and may open.
    pub(crate) closed: BTreeMap<LogId, Closed>,
    /// By which wishes each dossier's dormant grants were last seen to.
    pub(crate) tended: BTreeMap<LogId, Hash>,
    pub(crate) alarms: Vec<Alarm>,
    /// What was pulled and not compared yet.
    pub(crate) resealed: Vec<Resealed>,
    pub(crate) queue: Vec<Queued>,
    pub(crate) index: Index,
    pub(crate) people: BTreeMap<PersonId, String>,
    pub(crate) organisation: String,
    pub(crate) roles: BTreeMap<PersonId, Role>,
    pub(crate) policy: Option<InForce>,
    pub(crate) policy_record: Option<RecordId>,
    pub(crate) invitations: BTreeMap<PersonId, zegel_dossier::InvitationRecord>,
    pub(crate) newcomers: BTreeMap<PersonId, Vec<Newcomer>>,
    /// Who says, in which entry and record, that they compared whose words: in the order of the log, which nobody can
    /// change.
    pub(crate) verifications: BTreeMap<(u64, RecordId), (PersonId, VerificationRecord)>,
    /// On which day, counted from 1970, and by whom it was last said that those who are authorised may stay so.
    pub(crate) reviewed: Option<(u64, PersonId)>,
    /// What is known of the relay's earlier states.
    pub(crate) lost: Lost,
    /// What colleagues' devices know, and what this one told them.
    pub(crate) watch: Watch,
    pub(crate) offline: bool,
    pub(crate) waiting: bool,
    /// Whether this is a visit to somebody else's machine.
    pub(crate) visit: bool,
    /// A new device that this one was asked to let in.
    pub(crate) at_door: Option<AtDoor>,
}

impl Vault {
    /// Whether a vault is on this device.
    pub async fn state(ports: &Ports) -> Result<DeviceState, VaultError> {
        Ok(match device_record(ports).await? {
            None => DeviceState::Empty,
            Some(record) if record.dossier.is_some() => DeviceState::Portal,
            Some(_) => DeviceState::Locked,
        })
    }

    /// Who the relay is.
    pub async fn relay(ports: &Ports) -> Result<RelayState, VaultError> {
        let mut relay = Relay::default();
        let welcome = relay.hello(ports).await?;
        Ok(RelayState {
            organisation: welcome.organisation.map(|id| id.to_string()),
            clock_skew: welcome.time.cast_signed().saturating_sub(ports.clock.now().cast_signed()),
        })
    }

    /// Opens the vault that is on this device.
    pub async fn unlock(ports: impl Into<Rc<Ports>>, passphrase: Zeroizing<String>) -> Result<Self, VaultError> {
        let open = |record: &DeviceRecord, sealed: &SealedKeyring| {
            open_keyring(sealed, &passphrase, &record.slot, &record.fingerprint).map(|(keyring, _)| keyring)
        };
        Self::unlock_by(ports.into(), open).await
    }

    /// Opens the vault that is on this device in one of the ways that its keyring knows.
    pub(crate) async fn unlock_by(
        ports: Rc<Ports>,
        open: impl Fn(&DeviceRecord, &SealedKeyring) -> Result<Keyring, VaultError>,
    ) -> Result<Self, VaultError> {
        let record = device_record(&ports).await?.filter(|record| record.dossier.is_none());
        let mut record = record.ok_or(VaultError::NothingHere)?;
        let keys = Keys::open(open(&record, &record.keyring)?, &record)?;
        let mut relay = Relay::default();
        // Somebody may have changed the passphrase or the slots on another device.
        if relay.hello(&ports).await.is_ok() {
            let call = FetchKeyring { person: keys.person };
            if let Ok(stored) = relay.call(&ports, &keys.signer(), &call).await
                && let Ok(newer) = SealedKeyring::from_canonical(&stored.keyring.0)
                && newer.generation > record.keyring.generation
                && open(&record, &newer).is_ok()
            {
                record.keyring = newer;
            }
        }
        let directory = Directory::new(record.organisation);
        let mut vault = Self::assemble(ports, relay, keys, record, directory, Seeds::default());
        vault.load().await?;
        vault.keep_device().await?;
        vault.sync().await?;
        Ok(vault)
    }

    /// Opens a vault on a device that does not know it yet, with the printed key card.
    pub async fn enrol(
        ports: impl Into<Rc<Ports>>,
        card: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<Self, VaultError> {
        let ports = ports.into();
        if Self::state(&ports).await? != DeviceState::Empty {
            return Err(VaultError::AlreadyHere);
        }
        let mut relay = Relay::default();
        let brought = Brought::fetch(&ports, &mut relay, card, &passphrase).await?;
        Self::enrol_by(ports, relay, brought).await
    }

    /// The same, with what the card and the passphrase opened.
    pub(crate) async fn enrol_by(ports: Rc<Ports>, mut relay: Relay, brought: Brought) -> Result<Self, VaultError> {
        let organisation = brought.organisation;
        let request = brought.card.secret.request();
        let (keys, record) = brought.settle(&ports, &mut relay, None).await?;
        let signer = Signer { key_id: keys.person.to_string(), key: &request };
        let directory = Directory::new(organisation);
        let vault = Self::assemble(ports, relay, keys, record, directory, Seeds::default());
        let keyring = (vault.record.keyring.generation, vault.record.keyring.hash());
        vault.arrive(&signer, Some(keyring)).await
    }

    /// Certifies this device, with the keyring that has a slot for it if one was made, and brings it up to date.
    pub(crate) async fn arrive(
        mut self,
        signer: &Signer<'_>,
        keyring: Option<(u64, Hash)>,
    ) -> Result<Self, VaultError> {
        self.pull_directory(signer).await?;
        self.change_directory(Some(signer), |vault, draft| {
            draft.changes.push(Change::Certify(vault.keys.certificate()));
            draft.changes.extend(keyring.map(|(made, hash)| Change::Keyring(vault.keys.person, made, hash)));
            Ok(())
        })
        .await?;
        self.keep_device().await?;
        self.pull_personal().await?;
        self.sync().await?;
        Ok(self)
    }

    /// Who is here.
    pub fn session(&self) -> SessionView {
        SessionView {
            person: self.keys.person.to_string(),
            name: self.name_of(self.keys.person),
            organisation: self.organisation.clone(),
            organisation_id: self.record.organisation.to_string(),
            director: self.directory.now().is_director(self.keys.person),
            delegate_until: self.delegation(self.keys.person).map(|made| made.until),
            waiting: self.waiting,
            visit: self.visit,
            outside: false,
            words: words(&self.keys.keyring.account().verifying(), &self.keys.receiving.public()),
            backup_due: self.relay.welcome().is_some_and(|welcome| welcome.backup_due),
            pledge_due: !self.waiting && self.policy.is_some() && !self.has_pledged(self.keys.person),
            lock_after: self.idle_lock().0,
            lock_at_most: self.idle_lock().1,
            put_back: self.relay.put_back(),
            passkeys: self.passkey_policy() == Some(true),
            alarms: self.alarms.clone(),
        }
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

    pub(crate) fn assemble(
        ports: Rc<Ports>,
        relay: Relay,
        keys: Keys,
        record: DeviceRecord,
        directory: Directory,
        names: Seeds,
    ) -> Self {
        Self {
            ports,
            relay,
            keys,
            record,
            directory,
            directory_entries: Vec::new(),
            names,
            books: BTreeMap::new(),
            slots: BTreeMap::new(),
            halves: Halves::new(),
            opened: HashMap::new(),
            heads: BTreeMap::new(),
            cursor: 0,
            looked_on: 0,
            unshelved: BTreeMap::new(),
            unsettled: BTreeSet::new(),
            formerly: BTreeMap::new(),
            waiting_dossiers: BTreeMap::new(),
            closed: BTreeMap::new(),
            tended: BTreeMap::new(),
            alarms: Vec::new(),
            resealed: Vec::new(),
            queue: Vec::new(),
            index: Index::default(),
            people: BTreeMap::new(),
            organisation: String::new(),
            roles: BTreeMap::new(),
            policy: None,
            policy_record: None,
            invitations: BTreeMap::new(),
            newcomers: BTreeMap::new(),
            verifications: BTreeMap::new(),
            reviewed: None,
            lost: Lost::default(),
            watch: Watch::default(),
            offline: false,
            waiting: false,
            visit: false,
            at_door: None,
        }
    }

    /// Takes over the keyring that the directory names, if it is newer than the one here. A relay that hides it, or shows
    /// another, is reported.
    pub(crate) async fn check_keyring(&mut self) -> Result<(), VaultError> {
        // Of the account key before a renewal that the directory has yet to hear of, nothing is taken.
        let member = self.directory.now().member(self.keys.person);
        let member = member.filter(|member| *member.account() == self.record.keyring.account);
        let Some((generation, hash)) = member.and_then(|member| member.keyring) else { return Ok(()) };
        if generation <= self.record.keyring.generation {
            return Ok(());
        }
        let call = FetchKeyring { person: self.keys.person };
        let stored = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
        match SealedKeyring::from_canonical(&stored.keyring.0) {
            Ok(newer) if newer.hash() == hash && newer.account == self.record.keyring.account => {
                self.record.keyring = newer;
                self.keep_device().await
            }
            // The one after it may be there already; then the directory will say so in a moment.
            Ok(newer) if newer.generation > generation => Ok(()),
            _ => {
                self.raise(Alarm::Rollback(self.keys.person.to_string()));
                Ok(())
            }
        }
    }

    pub(crate) async fn keep_device(&self) -> Result<(), VaultError> {
        self.record.keep(&self.ports).await
    }

    pub(crate) fn raise(&mut self, alarm: Alarm) {
        if !self.alarms.contains(&alarm) {
            self.alarms.push(alarm);
        }
    }
}

const DEVICE: &[u8] = b"device";

impl DeviceRecord {
    pub(crate) async fn keep(&self, ports: &Ports) -> Result<(), VaultError> {
        let write = Write::Put(Table::Device, DEVICE.to_vec(), self.to_canonical());
        Ok(ports.store.write(vec![write]).await?)
    }

    /// Takes over the keyring that the relay has, if it is newer and the passphrase opens it: somebody may have changed
    /// passphrase or slots on another device. Says whether the relay has an older one than this device, or none.
    pub(crate) async fn take_newer(&mut self, ports: &Ports, relay: &mut Relay, keys: &Keys, passphrase: &str) -> bool {
        if relay.hello(ports).await.is_err() {
            return false;
        }
        let stored = match relay.call(ports, &keys.signer(), &FetchKeyring { person: keys.person }).await {
            Ok(stored) => SealedKeyring::from_canonical(&stored.keyring.0).ok(),
            Err(error) => return matches!(error, TransportError::Problem(Problem::NotFound)),
        };
        let Some(stored) = stored else { return false };
        let newer = stored.generation > self.keyring.generation || zegel_crypto::sabotage::is("older-keyring");
        let older = !newer && stored.generation < self.keyring.generation;
        if newer && open_keyring(&stored, passphrase, &self.slot, &self.fingerprint).is_ok() {
            self.keyring = stored;
        }
        older
    }

    /// Takes over a later keyring of the same keys that another device stored and had no time to record.
    pub(crate) async fn take_stored(
        &mut self,
        ports: &Ports,
        relay: &mut Relay,
        keys: &Keys,
    ) -> Result<(), VaultError> {
        let stored = relay.call(ports, &keys.signer(), &FetchKeyring { person: keys.person }).await?;
        match SealedKeyring::from_canonical(&stored.keyring.0) {
            Ok(newer) if newer.generation > self.keyring.generation && newer.account == self.keyring.account => {
                newer.verify().map_err(|_| VaultError::Unreadable)?;
                self.keyring = newer;
                self.keep(ports).await
            }
            _ => Err(VaultError::Unreadable),
        }
    }
}

impl Keys {
    /// This device, certified by its person.
    pub(crate) fn certificate(&self) -> DeviceCertificate {
        let (signing, request) = (self.signing.verifying(), self.request.verifying());
        DeviceCertificate::sign(self.person, self.device, signing, request, &self.keyring.account())
    }
}

/// What a keyring is tied to, so that a relay cannot show its owner another organisation.
pub(crate) fn anchor(organisation: OrganisationId, root: &zegel_crypto::VerifyingKey) -> Hash {
    Hash::of(&labelled(Label::Anchor, &(organisation, root)))
}

/// A grant to staff or to the recovery key: no end, no limit, no consent needed.
pub(crate) fn staff_grant(
    id: GrantId,
    receiver: Receiver,
    receiver_key: Hash,
    rights: Rights,
    mut compartments: Vec<CompartmentId>,
) -> Grant {
    compartments.sort_unstable();
    Grant {
        id,
        receiver,
        receiver_key,
        rights,
        compartments,
        from: None,
        until: None,
        readings: None,
        gate: Gate::Open,
        consent: None,
    }
}

impl Draft {
    /// A grant with the wrap that serves it.
    pub(crate) fn grant(
        &mut self,
        log: LogId,
        grant: &Grant,
        to: &zegel_crypto::ReceivingPublic,
        epochs: &[CompartmentEpoch],
        seeds: &Seeds,
    ) {
        self.changes.push(Change::Grant(grant.clone()));
        self.wrap(log, grant, to, epochs, seeds);
    }

    /// A wrap for a grant; none for one that opens nothing.
    pub(crate) fn wrap(
        &mut self,
        log: LogId,
        grant: &Grant,
        to: &zegel_crypto::ReceivingPublic,
        epochs: &[CompartmentEpoch],
        seeds: &Seeds,
    ) {
        let mut epochs = epochs.to_vec();
        epochs.sort_unstable();
        if epochs.is_empty() {
            return;
        }
        if let Some((wrap, bytes)) = bundle::make(log, grant, to, &epochs, seeds) {
            self.changes.push(Change::Wrap(wrap));
            self.blobs.push(bytes);
        }
    }
}

pub(crate) async fn device_record(ports: &Ports) -> Result<Option<DeviceRecord>, VaultError> {
    let Some(bytes) = ports.store.get(Table::Device, DEVICE).await? else { return Ok(None) };
    let record = DeviceRecord::from_canonical(&bytes);
    record.map(Some).map_err(|_| VaultError::StoreUnusable("it holds something else".to_owned()))
}

pub(crate) fn open_keyring(
    sealed: &SealedKeyring,
    passphrase: &str,
    slot: &SlotSecret,
    fingerprint: &[u8; 16],
) -> Result<(Keyring, M), VaultError> {
    unlock::open_keyring(sealed, &spelled(passphrase), slot, fingerprint).map_err(|error| match error {
        UnlockError::StretchRefused => VaultError::StretchRefused,
        _ => VaultError::WrongPassphrase,
    })
}

/// One spelling for what looks the same: NFC (UAX #15).
pub(crate) fn spelled(passphrase: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(composed(passphrase).into_bytes())
}

/// At least twelve characters: beneath it lies a 256-bit card secret, so this guards against the finder of a card.
pub(crate) fn passphrase_strength(passphrase: &str) -> Result<(), VaultError> {
    if Zeroizing::new(composed(passphrase)).chars().count() < 12 { Err(VaultError::WeakPassphrase) } else { Ok(()) }
}

/// A name or title: something, and not too much.
pub(crate) fn text(field: &'static str, value: &str) -> Result<(), VaultError> {
    if value.trim().is_empty() || value.chars().count() > 200 { Err(VaultError::BadText(field)) } else { Ok(()) }
}
