//! A log as this vault holds it: its verified state and the seeds its owner was given.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use minicbor::{Decode, Encode};
use zegel_crypto::{Half, Hash, Key, Label, Seed, derive_key, labelled};
use zegel_dossier::{CompartmentKind, Compartments};
use zegel_ledger::{
    CompartmentEpoch, CompartmentId, DeviceId, Directory, FileId, HalfId, Head, Log, LogId, OrganisationId, PersonId,
    RecordId, SignedSlip, Statement,
};

use crate::VaultError;

/// Halves the relay has served; in memory only.
pub(crate) type Halves = HashMap<HalfId, Half>;

/// A log's seeds by compartment and epoch.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Seeds {
    #[n(0)]
    pub(crate) by_epoch: BTreeMap<CompartmentEpoch, Seed>,
}

impl Seeds {
    /// The key of a compartment's epoch. Checked against what the epoch committed to, so that a relay that serves a
    /// false half is noticed before anything is opened or sealed with it.
    pub(crate) fn key(
        &self,
        organisation: OrganisationId,
        log: &Log,
        halves: &Halves,
        at: CompartmentEpoch,
    ) -> Result<Key, VaultError> {
        let epoch = log.epoch(at).ok_or(VaultError::NotFound)?;
        let seed = self.by_epoch.get(&at).ok_or(VaultError::NoRight)?;
        let half = halves.get(&epoch.half).ok_or(VaultError::NoRight)?;
        let key = compartment_key(seed, half, organisation, log.id(), at);
        if key.commitment() == epoch.key_commitment || zegel_crypto::sabotage::is("key-commitment") {
            Ok(key)
        } else {
            Err(VaultError::Unreadable)
        }
    }
}

/// A dossier, disclosure or personal log with what its reader holds.
#[derive(Clone, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Book {
    /// The state up to the head that was verified.
    #[n(0)]
    pub(crate) log: Log,
    /// The seeds that were unwrapped.
    #[n(1)]
    pub(crate) seeds: Seeds,
    /// Which compartment is which.
    #[n(2)]
    pub(crate) kinds: Compartments,
    /// Two histories were seen: nothing is added any more.
    #[n(3)]
    pub(crate) read_only: bool,
    /// Another device of this person verified every signature up to here; the chain that leads to it is enough.
    #[n(4)]
    pub(crate) attested: Option<Head>,
    /// Entries by a device that was removed before they were seen here, and that nobody else has confirmed since.
    #[n(5)]
    pub(crate) doubtful: BTreeSet<u64>,
    /// Who sealed a record again with other words than it had.
    #[n(6)]
    pub(crate) altered: BTreeSet<PersonId>,
    /// The slips of newcomers who wait: once an entry has taken note of them the relay sends them no more.
    #[n(7)]
    pub(crate) registered: Vec<SignedSlip>,
    /// When and by whom this person was let in, until they open it.
    #[n(8)]
    pub(crate) let_in: Option<(u64, PersonId)>,
}

impl Book {
    pub(crate) fn new(log: Log) -> Self {
        Self {
            log,
            seeds: Seeds::default(),
            kinds: Compartments::default(),
            read_only: false,
            attested: None,
            doubtful: BTreeSet::new(),
            altered: BTreeSet::new(),
            registered: Vec::new(),
            let_in: None,
        }
    }

    /// Remembers who came with which invitation, and forgets whose invitation was used or withdrawn.
    pub(crate) fn keep_registered(&mut self, slips: &[SignedSlip]) {
        let lives = |signed: &SignedSlip| {
            let by = signed.slip().ok().filter(|slip| matches!(slip.statement, Statement::Register { .. }));
            by.is_some_and(|slip| self.log.grants_of(slip.author).next().is_some())
        };
        let genuine = |signed: &SignedSlip| {
            self.log.took_note_of(&signed.hash()) || self.log.pending_slips().any(|hash| hash == signed.hash())
        };
        let new = slips.iter().filter(|signed| genuine(signed) && !self.registered.contains(signed));
        let kept = self.registered.iter().chain(new).filter(|signed| lives(signed)).cloned().collect();
        self.registered = kept;
    }

    /// Doubts entries from number `first` on whose device is removed by now and which nobody has confirmed; what was
    /// verified here before the removal stays as it is.
    pub(crate) fn doubt(&mut self, first: u64, directory: &Directory) {
        let open = self.log.unconfirmed(directory).into_iter();
        self.doubtful = open.filter(|entry| *entry >= first || self.doubtful.contains(entry)).collect();
    }

    /// The epoch in force of the person's compartment of a kind.
    pub(crate) fn current(&self, kind: CompartmentKind) -> Result<CompartmentEpoch, VaultError> {
        let compartment = self.kinds.find(kind).ok_or(VaultError::NoRight)?;
        let epoch = self.log.current_epoch(compartment).ok_or(VaultError::NotFound)?.epoch;
        Ok(CompartmentEpoch { compartment, epoch })
    }

    /// Halves that opening the whole book takes and that are not in `halves` yet.
    pub(crate) fn missing_halves(&self, halves: &Halves) -> Vec<(LogId, HalfId)> {
        let held = self.seeds.by_epoch.keys().filter_map(|at| self.log.epoch(*at)).map(|epoch| epoch.half);
        held.filter(|half| !halves.contains_key(half)).map(|half| (self.log.id(), half)).collect()
    }
}

/// The key of a compartment's epoch.
pub(crate) fn compartment_key(
    seed: &Seed,
    half: &Half,
    organisation: OrganisationId,
    log: LogId,
    at: CompartmentEpoch,
) -> Key {
    derive_key(Label::CompartmentKey, seed, half, &(organisation, log, at.compartment, at.epoch))
}

/// The key of a file.
pub(crate) fn file_key(seed: &Seed, half: &Half, organisation: OrganisationId, home: LogId, file: FileId) -> Key {
    derive_key(Label::FileKey, seed, half, &(organisation, home, file))
}

/// What a file's seal binds.
pub(crate) fn file_context(organisation: OrganisationId, home: LogId, file: FileId) -> Vec<u8> {
    labelled(Label::FileContext, &(organisation, home, file))
}

/// The key of a shelf slot, a book, a draft or an index segment: ends with the log's life half.
pub(crate) fn shelf_key(notes_root: &Seed, life: &Half, organisation: OrganisationId, log: LogId) -> Key {
    derive_key(Label::ShelfKey, notes_root, life, &(organisation, log))
}

/// What a shelf slot's seal binds.
pub(crate) fn shelf_context(table: &str, organisation: OrganisationId, log: LogId) -> Vec<u8> {
    labelled(Label::ShelfContext, &(table, organisation, log))
}

/// Everything that says which version of which record this is, so that nothing can be served as something else.
pub(crate) struct Place {
    pub(crate) organisation: OrganisationId,
    pub(crate) log: LogId,
    pub(crate) at: CompartmentEpoch,
    pub(crate) record: RecordId,
    pub(crate) version: u64,
    pub(crate) previous: Option<Hash>,
    pub(crate) author: PersonId,
    pub(crate) device: DeviceId,
}

impl Place {
    /// What the record's seal binds.
    pub(crate) fn context(&self) -> Vec<u8> {
        let CompartmentEpoch { compartment, epoch } = self.at;
        let place: (CompartmentId, u64, RecordId, u64) = (compartment, epoch, self.record, self.version);
        let body = (self.organisation, self.log, place, self.previous, self.author, self.device);
        labelled(Label::RecordContext, &body)
    }
}
