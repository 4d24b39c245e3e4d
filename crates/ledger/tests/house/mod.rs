//! An organisation made by hand: a root, a director, people with keys.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::cell::RefCell;

use zegel_crypto::{
    Hash, ReceivingKey, ReceivingPublic, SigningKey,
    rand_core::{TryCryptoRng, TryRng},
};
use zegel_ledger::{
    Admission, Change, Commit, CompartmentEpoch, CompartmentId, DeviceCertificate, DeviceId, Directory, Entry, Epoch,
    Founding, Gate, Grant, GrantId, HalfId, LinkReceiver, Log, LogId, LogKind, PersonId, Receiver, Recovery, Rights,
    Standing, Wrap,
};

/// Counts: distinct bytes, the same in every run.
pub(crate) struct Counting(u64);

impl TryRng for Counting {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.0 += 1;
        Ok(self.0 as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 += 1;
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&Hash::of(&self.0.to_be_bytes()).0[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// Somebody with keys and one device.
pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) account: SigningKey,
    pub(crate) receiving: ReceivingKey,
    pub(crate) device: DeviceId,
    pub(crate) signing: SigningKey,
    pub(crate) request: SigningKey,
}

impl Person {
    pub(crate) fn make(rng: &mut Counting) -> Self {
        Self {
            id: PersonId::make(rng),
            account: SigningKey::make(rng),
            receiving: ReceivingKey::make(rng),
            device: DeviceId::make(rng),
            signing: SigningKey::make(rng),
            request: SigningKey::make(rng),
        }
    }

    pub(crate) fn other_device(&self, rng: &mut Counting) -> Self {
        Self {
            id: self.id,
            account: SigningKey::from_seed(&self.account.to_seed()),
            receiving: ReceivingKey::from_seed(&self.receiving.to_seed()),
            ..Self::make(rng)
        }
    }

    pub(crate) fn receiving(&self) -> ReceivingPublic {
        self.receiving.public()
    }

    pub(crate) fn admission(&self, standing: Standing) -> Admission {
        let (account, receiving) = (self.account.verifying(), self.receiving.public());
        Admission { person: self.id, account, receiving, standing, until: None }
    }

    pub(crate) fn certificate(&self) -> DeviceCertificate {
        let (signing, request) = (self.signing.verifying(), self.request.verifying());
        DeviceCertificate::sign(self.id, self.device, signing, request, &self.account)
    }
}

/// The organisation.
pub(crate) struct House {
    pub(crate) directory: Directory,
    pub(crate) founding: Entry,
    pub(crate) iris: Person,
    pub(crate) recovery: ReceivingKey,
    root: SigningKey,
    pub(crate) recovery_grant: GrantId,
    rng: RefCell<u64>,
}

impl House {
    pub(crate) fn new() -> Self {
        let mut rng = Counting(0);
        let (iris, root, recovery) = (Person::make(&mut rng), SigningKey::make(&mut rng), ReceivingKey::make(&mut rng));
        let organisation = LogId::make(&mut rng);
        let mut directory = Directory::new(organisation);
        let life = HalfId::make(&mut rng);
        let changes = vec![
            Change::Found(Founding { organisation, root: root.verifying(), life, source: None }),
            Change::Admit(iris.admission(Standing(3))),
            Change::Certify(iris.certificate()),
            Change::Recovery(Recovery { receiving: recovery.public(), threshold: 2, shares: vec![] }),
        ];
        let founding = Entry::sign(&commit(directory.log(), None, &iris, changes), &root);
        directory.admit(&founding).unwrap();
        let recovery_grant = GrantId::make(&mut rng);
        Self { directory, founding, iris, recovery, root, recovery_grant, rng: RefCell::new(rng.0) }
    }

    /// Whoever brought the recovery sheets together.
    pub(crate) fn sheets(&self) -> Person {
        let (id, device) = self.directory.recovery_author();
        let signing = SigningKey::from_seed(&self.root.to_seed());
        Person { id, device, signing, ..Person::make(&mut self.rng()) }
    }

    /// Randomness that differs each time.
    pub(crate) fn rng(&self) -> Counting {
        let mut at = self.rng.borrow_mut();
        *at += 1_000;
        Counting(*at)
    }

    pub(crate) fn directory_entry(&self, by: &Person, changes: Vec<Change>) -> Entry {
        Entry::sign(&commit(self.directory.log(), None, by, changes), &by.signing)
    }

    pub(crate) fn entry(&self, log: &Log, by: &Person, changes: Vec<Change>) -> Entry {
        Entry::sign(&commit(log, self.directory.head(), by, changes), &by.signing)
    }

    pub(crate) fn admit(&mut self, standing: Standing) -> Person {
        let person = Person::make(&mut self.rng());
        let changes = vec![Change::Admit(person.admission(standing)), Change::Certify(person.certificate())];
        let entry = self.directory_entry(&self.iris, changes);
        self.directory.admit(&entry).unwrap();
        person
    }

    pub(crate) fn grant(
        &self,
        receiver: Receiver,
        key: ReceivingPublic,
        rights: Rights,
        compartment: CompartmentId,
    ) -> Grant {
        Grant {
            id: GrantId::make(&mut self.rng()),
            receiver,
            receiver_key: key.hash(),
            rights,
            compartments: vec![compartment],
            from: None,
            until: None,
            readings: None,
            gate: Gate::Open,
            consent: None,
        }
    }

    pub(crate) fn link(&self) -> LinkReceiver {
        let link = Person::make(&mut self.rng());
        let (signing, request) = (link.signing.verifying(), link.request.verifying());
        LinkReceiver { id: link.id, receiving: link.receiving(), signing, request }
    }

    pub(crate) fn new_log(&self) -> Log {
        Log::new(LogId([3; 16]), LogKind::Dossier)
    }

    pub(crate) fn dossier_changes(&self) -> Vec<Change> {
        let compartment = CompartmentId([4; 16]);
        let mut rng = self.rng();
        let recovery = Grant {
            id: self.recovery_grant,
            ..self.grant(Receiver::Recovery, self.recovery.public(), Rights::READ, compartment)
        };
        let own = self.grant(Receiver::Person(self.iris.id), self.iris.receiving(), Rights::ADVISOR, compartment);
        let epoch = Epoch {
            compartment,
            epoch: 1,
            half: HalfId::make(&mut rng),
            seed_commitment: Hash([1; 32]),
            key_commitment: Hash([2; 32]),
        };
        let founding = Founding {
            organisation: self.directory.organisation(),
            root: *self.directory.root().unwrap(),
            life: HalfId::make(&mut rng),
            source: None,
        };
        let wraps = [recovery.id, own.id].map(|grant| wrap(grant, epoch));
        let mut changes = vec![Change::Found(founding), Change::Epoch(epoch)];
        changes.extend([Change::Grant(recovery), Change::Grant(own)]);
        changes.extend(wraps);
        changes
    }

    pub(crate) fn dossier(&self) -> (Log, CompartmentId) {
        let mut log = self.new_log();
        let entry = self.entry(&log, &self.iris, self.dossier_changes());
        log.admit(&entry, &self.directory).unwrap();
        (log, CompartmentId([4; 16]))
    }

    /// The second epoch of a compartment: whole, and without the wrap for one grant.
    pub(crate) fn second_epoch(&self, log: &Log, compartment: CompartmentId, but: GrantId) -> [Vec<Change>; 2] {
        let (seed_commitment, key_commitment) = (Hash([1; 32]), Hash([2; 32]));
        let next = Epoch { compartment, epoch: 2, half: HalfId([7; 16]), seed_commitment, key_commitment };
        let whole = self.with_wraps(log, next);
        let mut without = whole.clone();
        without.retain(|change| !matches!(change, Change::Wrap(wrap) if wrap.grant == but));
        [whole, without]
    }

    /// An epoch with a wrap for every grant there is.
    pub(crate) fn with_wraps(&self, log: &Log, epoch: Epoch) -> Vec<Change> {
        let wraps = log.grants().map(|state| wrap(state.grant.id, epoch));
        core::iter::once(Change::Epoch(epoch)).chain(wraps).collect()
    }
}

fn wrap(grant: GrantId, epoch: Epoch) -> Change {
    let at = CompartmentEpoch { compartment: epoch.compartment, epoch: epoch.epoch };
    Change::Wrap(Wrap { grant, epochs: vec![at], blob: Hash([8; 32]) })
}

fn commit(log: &Log, directory: Option<zegel_ledger::Head>, by: &Person, changes: Vec<Change>) -> Commit {
    Commit {
        log: log.id(),
        kind: log.kind(),
        sequence: log.next_sequence(),
        previous: log.head().map(|head| head.hash),
        author: by.id,
        device: by.device,
        directory,
        claimed_time: 0,
        slips: log.pending_slips().collect(),
        changes,
    }
}
