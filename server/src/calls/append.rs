//! Appending: many logs, all or nothing.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, params};
use zegel_crypto::{Canonical as _, Half, Hash, blob_name, sabotage};
use zegel_ledger::{
    Certificate, Change, Commit, CompartmentId, DeviceId, Directory, Entry, HalfId, Head, Log, LogId, LogKind,
    PersonId, Receiver, Refusal, SignedSlip, Statement,
};
use zegel_protocol::{
    Problem,
    calls::{Append, Appended, LogAppend},
    limits,
};

use super::names;
use crate::{
    access::{self, Asker, Now, Openings},
    failure::Failure,
    relay::Relay,
    store::{
        logs::{self, Known, KnownDirectory, kind_number, signed},
        writer::{Batch, directory_of},
    },
};

/// An append whose blobs were named before the writer has it: hashing is not the writer's work.
pub(super) struct Prepared {
    logs: Vec<LogAppend>,
    blobs: HashMap<Hash, Vec<u8>>,
    halves: HashMap<(LogId, HalfId), Half>,
}

/// What a request is for.
pub(super) enum Mode {
    /// What its sender writes now.
    Append,
    /// The same; a directory may begin.
    Found,
    /// What others or the sender wrote before the relay was put back.
    HandBack(HandedBack),
}

/// What entries that are handed back rest on, besides what came with them.
#[derive(Default)]
pub(super) struct HandedBack {
    /// The lengths of those of their files that are here.
    pub(super) stored: HashMap<Hash, u64>,
    /// The slips that they name.
    pub(super) slips: HashMap<Hash, SignedSlip>,
}

/// The author of all entries of a request.
#[derive(Clone, Copy)]
pub(super) struct Author {
    pub(super) person: PersonId,
    pub(super) device: DeviceId,
    /// Who asks for it.
    pub(super) asker: Asker,
}

pub(crate) async fn append(relay: Relay, asker: Asker, call: Append) -> Result<Appended, Failure> {
    let prepared = Prepared::new(call)?;
    let (person, device) = match asker {
        Asker::Member { person, device } | Asker::Party { person, device, .. } => (person, device),
        Asker::Card { person, .. } => (person, prepared.new_device().ok_or(Problem::NotFound)?),
        Asker::Link { .. } => return Err(Problem::NotFound.into()),
        Asker::Root { .. } => relay.directory().ok_or(Problem::NotFound)?.directory.recovery_author(),
    };
    if !relay.folder().has_room()? && prepared.adds() {
        relay.folder().require_room()?;
    }
    let time = relay.time();
    let author = Author { person, device, asker };
    relay.writer().run(move |batch| prepared.append(batch, author, time, Mode::Append)).await
}

impl Prepared {
    pub(super) fn new(call: Append) -> Result<Self, Failure> {
        let entries: usize = call.logs.iter().map(|log| log.entries.len()).sum();
        let mut logs = call.logs;
        let large = |log: &LogAppend| {
            log.entries.iter().any(|entry| entry.len() > limits::ENTRY)
                || log.blobs.iter().any(|blob| blob.0.len() > limits::INLINE_BLOB)
        };
        if entries > limits::ENTRIES || logs.iter().any(large) {
            return Err(Problem::TooLarge.into());
        }
        let blobs = logs.iter_mut().flat_map(|log| std::mem::take(&mut log.blobs));
        let blobs = blobs.map(|blob| (blob_name(&blob.0), blob.0)).collect();
        let halves = call.halves.into_iter().map(|stored| ((stored.log, stored.id), stored.half)).collect();
        Ok(Self { logs, blobs, halves })
    }

    /// The logs, without their blobs.
    pub(super) fn logs(&self) -> &[LogAppend] {
        &self.logs
    }

    /// Whether this asks for more than ending what there is: what is withdrawn, revoked, removed, closed or destroyed, and
    /// the new epochs that this takes, are small.
    fn adds(&self) -> bool {
        let ends = |change: &Change| {
            matches!(
                change,
                Change::Revoke(_)
                    | Change::Withdraw(_)
                    | Change::Destroy(_)
                    | Change::Remove(_)
                    | Change::Undelegate(_)
                    | Change::RevokeDevice(_)
                    | Change::Close(_)
                    | Change::Hold(_)
                    | Change::Epoch(_)
                    | Change::Wrap(_)
            )
        };
        let mut entries = self.logs.iter().flat_map(|log| &log.entries);
        entries.any(|entry| entry.commit().is_ok_and(|commit| !commit.changes.iter().all(ends)))
    }

    /// The device that signs the one entry of a request with a key card: it joins the log that knows its person, and does
    /// nothing else.
    fn new_device(&self) -> Option<DeviceId> {
        let [LogAppend { kind: LogKind::Directory | LogKind::Dossier, entries, .. }] = self.logs.as_slice() else {
            return None;
        };
        let [entry] = entries.as_slice() else { return None };
        let commit = entry.commit().ok()?;
        let certifies = |change: &Change| matches!(change, Change::Certify(_) | Change::Keyring(..));
        commit.changes.iter().all(certifies).then_some(commit.device)
    }

    /// Admits and stores everything, inside the writer's batch.
    pub(super) fn append(
        self,
        batch: &mut Batch<'_>,
        author: Author,
        time: u64,
        mode: Mode,
    ) -> Result<Appended, Failure> {
        let mut request = Request {
            batch,
            author,
            time,
            mode,
            blobs: self.blobs,
            halves: self.halves,
            disclosures: Vec::new(),
            place: None,
        };
        let mut heads = Vec::with_capacity(self.logs.len());
        for LogAppend { log, kind, entries, .. } in self.logs {
            heads.push(match kind {
                LogKind::Directory => request.directory(log, &entries)?,
                _ => request.log(log, kind, &entries)?,
            });
        }
        request.judge_disclosures()?;
        Ok(Appended { heads })
    }
}

struct Request<'b, 'c> {
    batch: &'b mut Batch<'c>,
    author: Author,
    time: u64,
    mode: Mode,
    blobs: HashMap<Hash, Vec<u8>>,
    halves: HashMap<(LogId, HalfId), Half>,
    disclosures: Vec<LogId>,
    /// The compartment that was found last, with its log's row and its own: many records in one is the rule.
    place: Option<(i64, CompartmentId, i64)>,
}

impl Request<'_, '_> {
    fn hands_back(&self) -> bool {
        matches!(self.mode, Mode::HandBack(_))
    }

    fn directory(&mut self, id: LogId, entries: &[Entry]) -> Result<Head, Failure> {
        let mut known = match self.batch.directory() {
            Some(known) if known.directory.organisation() == id => KnownDirectory::clone(&known),
            None if matches!(self.mode, Mode::Found) => KnownDirectory {
                row: self.insert_log(id, LogKind::Directory)?,
                directory: Directory::new(id),
                ahead: Vec::new(),
            },
            _ => return Err(Problem::NotFound.into()),
        };
        for entry in entries {
            let commit = entry.commit()?;
            if commit.sequence < known.directory.log().next_sequence() {
                self.same(known.row, id, &commit, entry, known.directory.head())?;
                continue;
            }
            if known.directory.head().is_some() {
                self.may_write(&known.directory, known.directory.log(), &commit)?;
            } else {
                self.is_author(&commit)?;
            }
            for slip in self.given_slips(&commit) {
                if known.directory.post(&slip).is_ok() {
                    self.keep_slip(id, &commit, &slip)?;
                }
            }
            let conflict = conflict(id, known.directory.head());
            known.directory.admit(entry).map_err(conflict)?;
            self.store(known.row, id, &commit, entry, known.directory.log(), LogKind::Directory)?;
            self.end_devices(&known.directory, &commit)?;
            self.end_delegations(&known.directory, &commit)?;
            let restored = commit.changes.iter().any(|change| matches!(change, Change::Restored(_)));
            let confirms = restored && !self.hands_back();
            if confirms {
                self.batch.confirm(known.directory.log())?;
            }
            if confirms || !known.ahead.is_empty() {
                known.reach(confirms);
                self.batch.drop_statements(known.directory.log())?;
            }
            self.batch.set_directory(known.clone());
        }
        known.directory.head().ok_or(Failure(Problem::Malformed))
    }

    fn log(&mut self, id: LogId, kind: LogKind, entries: &[Entry]) -> Result<Head, Failure> {
        let known = self.batch.directory();
        let directory = directory_of(&known)?;
        let now = Now { directory, time: self.time, ended: self.batch.shared().ended() };
        if now.ended.contains(&id.0) {
            return Err(Problem::NotFound.into());
        }
        let cell = self.batch.cell(id);
        let mut state = cell.write(|| self.batch.load(id))?;
        let mut entries = entries.iter().peekable();
        if state.is_none() {
            // Who is known by one log founds no other.
            if !matches!(self.author.asker, Asker::Member { .. }) {
                return Err(Problem::NotFound.into());
            }
            let first = entries.peek().ok_or(Problem::NotFound)?.commit()?;
            if first.sequence != 0 {
                return Err(Problem::Conflict(id, None).into());
            }
            *state = Some(Known {
                row: self.insert_log(id, kind)?,
                log: Log::new(id, kind),
                entries: 0,
                ahead: self.batch.statements(id)?,
            });
            self.batch.changed(id, true);
        } else if let Some(known) = state.as_ref().filter(|_| !self.hands_back()) {
            self.may_know(known, now)?;
        }
        let known = state.as_mut().ok_or(Failure(Problem::Internal))?;
        for entry in entries {
            let commit = entry.commit()?;
            if commit.sequence < known.log.next_sequence() {
                self.same(known.row, id, &commit, entry, known.log.head())?;
                continue;
            }
            if commit.sequence > known.log.next_sequence() {
                return Err(Problem::Conflict(id, known.log.head()).into());
            }
            self.may_write(directory, &known.log, &commit)?;
            if let Some(Change::Found(founding)) = commit.changes.first() {
                self.founds(directory, &commit, founding)?;
            }
            for slip in self.given_slips(&commit) {
                let relied_on = commit.directory.and_then(|head| directory.at(head).ok());
                if relied_on.is_some_and(|view| known.log.post_earlier(&slip, directory, view).is_ok()) {
                    self.keep_slip(id, &commit, &slip)?;
                }
            }
            let conflict = conflict(id, known.log.head());
            known.log.admit(entry, directory).map_err(conflict)?;
            known.entries += entry.len();
            if !known.ahead.is_empty() {
                known.reach();
                self.batch.drop_statements(&known.log)?;
            }
            self.batch.changed(id, commit.changes.iter().any(changes_readers));
            self.store(known.row, id, &commit, entry, &known.log, kind)?;
            let lets_in = |change: &Change| matches!(change, Change::Found(_) | Change::Grant(_) | Change::Wrap(_));
            if kind == LogKind::Disclosure && commit.changes.iter().any(lets_in) {
                self.disclosures.push(id);
            }
        }
        if self.hands_back() {
            // It may be what is handed back that lets the sender in. Whoever reads nothing there learns nothing by trying.
            self.may_know(known, now)?;
        }
        known.log.head().ok_or(Failure(Problem::Malformed))
    }

    /// Whoever may not know a log is not told its head by a conflict either.
    fn may_know(&mut self, known: &Known, now: Now<'_>) -> Result<(), Failure> {
        let asker = self.author.asker;
        let source = known.log.founding().and_then(|founding| founding.source.as_ref());
        let Some(source) = source.map(|source| source.consent.log) else {
            access::reader(asker, &known.log, None, Openings::default(), now)?;
            return Ok(());
        };
        let cell = self.batch.cell(source);
        let source = cell.read(|| self.batch.load(source))?;
        access::reader(asker, &known.log, source.as_ref().map(|known| &known.log), Openings::default(), now)?;
        Ok(())
    }

    /// The slips that this entry names and that came along with it, to be judged as they were.
    fn given_slips(&self, commit: &Commit) -> Vec<SignedSlip> {
        let Mode::HandBack(given) = &self.mode else { return Vec::new() };
        // A claim is timed by its arrival, and those that did arrive are kept apart from what was lost.
        let timed = |slip: &SignedSlip| slip.slip().is_ok_and(|slip| matches!(slip.statement, Statement::Claim(..)));
        let given = commit.slips.iter().filter_map(|hash| given.slips.get(hash));
        given.filter(|slip| !timed(slip) || sabotage::is("claim-handed-back")).cloned().collect()
    }

    fn keep_slip(&mut self, id: LogId, commit: &Commit, slip: &SignedSlip) -> Result<(), Failure> {
        let insert = "INSERT OR IGNORE INTO slip (log, position, hash, bytes) VALUES (?1, ?2, ?3, ?4)";
        let row = params![id.0, signed(commit.sequence), slip.hash().0, slip.to_canonical()];
        self.batch.halves()?.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// Notes, apart from the archive, which delegations this entry of the directory ended.
    fn end_delegations(&mut self, directory: &Directory, commit: &Commit) -> Result<(), Failure> {
        let made =
            directory.members().flat_map(|(person, member)| member.delegations.iter().map(move |made| (person, made)));
        let ended = made.filter(|(_, made)| made.ended == Some(commit.sequence));
        let mut names = ended.filter_map(|(person, made)| access::delegation_name(directory, person, made));
        names.try_for_each(|name| self.batch.end(name))
    }

    /// Notes, apart from the archive, which devices this entry of the directory ended.
    fn end_devices(&mut self, directory: &Directory, commit: &Commit) -> Result<(), Failure> {
        let ends = |change: &Change| matches!(change, Change::Remove(_) | Change::RevokeDevice(_) | Change::Renew(_));
        if !commit.changes.iter().any(ends) {
            return Ok(());
        }
        let ended = directory.devices().filter(|(_, device)| device.revoked == Some(commit.sequence));
        ended.map(|(id, _)| id).try_for_each(|id| self.batch.end(id.0))
    }

    /// Whether the asker may add this entry now, or hand it back.
    fn may_write(&self, directory: &Directory, log: &Log, commit: &Commit) -> Result<(), Failure> {
        let shared = self.batch.shared();
        let at = |ended| Now { directory, time: self.time, ended };
        if self.hands_back() {
            return Ok(access::hand_back(self.author.person, log, commit, at(shared.ended_by_others()))?);
        }
        self.is_author(commit)?;
        Ok(access::append(self.author.asker, log, commit, at(shared.ended()))?)
    }

    fn is_author(&self, commit: &Commit) -> Result<(), Failure> {
        let same = commit.author == self.author.person && commit.device == self.author.device;
        if same { Ok(()) } else { Err(Refusal::Author.into()) }
    }

    /// A log belongs to this organisation, and a disclosure's certificates lead to its author.
    fn founds(&self, directory: &Directory, commit: &Commit, founding: &zegel_ledger::Founding) -> Result<(), Failure> {
        if founding.organisation != directory.organisation() || Some(&founding.root) != directory.root() {
            return Err(Refusal::OtherLog.into());
        }
        if let Some(source) = &founding.source {
            if source.consent.log == commit.log {
                return Err(Refusal::Founding.into());
            }
            Certificate(&source.chain).verify(&founding.root, commit.author, commit.device)?;
        }
        Ok(())
    }

    /// An entry that is already there: the same, or somebody else's.
    fn same(&self, row: i64, id: LogId, commit: &Commit, entry: &Entry, head: Option<Head>) -> Result<(), Failure> {
        let find = "SELECT bytes FROM entry WHERE log = ?1 AND sequence = ?2";
        let mut find = self.batch.archive().prepare_cached(find)?;
        let stored: Option<Vec<u8>> =
            find.query_row(params![row, signed(commit.sequence)], |row| row.get(0)).optional()?;
        if stored == Some(entry.to_canonical()) { Ok(()) } else { Err(Problem::Conflict(id, head).into()) }
    }

    fn insert_log(&self, id: LogId, kind: LogKind) -> Result<i64, Failure> {
        let known: Option<i64> = self
            .batch
            .archive()
            .query_row("SELECT id FROM log WHERE name = ?1", [id.0], |row| row.get(0))
            .optional()?;
        if known.is_some() {
            // Forgotten, or the directory's: a name is used once.
            return Err(Problem::NotFound.into());
        }
        let insert = "INSERT INTO log (name, kind, sequence, hash, slips, changed) VALUES (?1, ?2, -1, x'', 0, 0)";
        self.batch.archive().prepare_cached(insert)?.execute(params![id.0, kind_number(kind)])?;
        Ok(self.batch.archive().last_insert_rowid())
    }

    /// Stores an admitted entry with what it names. `log` is the state after it.
    fn store(
        &mut self,
        row: i64,
        id: LogId,
        commit: &Commit,
        entry: &Entry,
        log: &Log,
        kind: LogKind,
    ) -> Result<(), Failure> {
        self.store_halves(id, commit)?;
        let mut first = 0;
        let mut count = 0;
        for change in &commit.changes {
            match change {
                Change::Put(put) | Change::Reseal(put) | Change::Reason(_, put) => {
                    self.list(row, id, log, Some(put.at.compartment), put.blob, None)?;
                }
                Change::Wrap(wrap) => self.list(row, id, log, None, wrap.blob, None)?,
                Change::File(file) => self.list(row, id, log, Some(file.home), file.blob, Some(file.length))?,
                Change::Destroy(half) => {
                    self.batch.doom(id, *half)?;
                    continue;
                }
                Change::Revoke(grant) => {
                    self.batch.end(grant.0)?;
                    if log.grant(*grant).is_some_and(|state| state.grant.receiver.is(commit.author)) {
                        self.batch.lay_down(*grant)?;
                    }
                    continue;
                }
                // Nobody sees when it was written: whoever reads the dossier has as long to object as always.
                Change::Close(Some(when)) if self.hands_back() && !sabotage::is("hand-back-close") => {
                    let until = self.time.saturating_add(access::LEAST_NOTICE);
                    if *when < until {
                        self.batch.reprieve(row, until)?;
                    }
                    continue;
                }
                Change::Withdraw(consent) => {
                    self.batch.end(consent.0)?;
                    continue;
                }
                Change::Remove(person) => {
                    self.batch.end(person.0)?;
                    continue;
                }
                Change::Grant(grant) => {
                    if let Receiver::Link(link) = &grant.receiver {
                        names::list_link(self.batch, row, link, grant.id)?;
                    }
                    continue;
                }
                Change::RevokeDevice(device) if kind == LogKind::Dossier => {
                    self.batch.end(device.0)?;
                    continue;
                }
                Change::Certify(device) if kind == LogKind::Dossier => {
                    names::list_party(self.batch, row, device)?;
                    continue;
                }
                Change::Certify(device) => {
                    names::may_certify(self.batch, device)?;
                    continue;
                }
                Change::Admit(admission) => {
                    names::may_admit(self.batch, admission)?;
                    continue;
                }
                Change::Found(founding) => {
                    if let (LogKind::Disclosure, Some(source)) = (kind, &founding.source) {
                        self.set_source(row, source.consent.log)?;
                    }
                    continue;
                }
                _ => continue,
            }
            if count == 0 {
                first = self.batch.archive().last_insert_rowid();
            }
            count += 1;
        }
        let insert = "INSERT INTO entry (log, sequence, blobs, blob_count, bytes) VALUES (?1, ?2, ?3, ?4, ?5)";
        let mut insert = self.batch.archive().prepare_cached(insert)?;
        insert.execute(params![row, signed(commit.sequence), first, count, entry.to_canonical()])?;
        Ok(())
    }

    fn set_source(&self, row: i64, source: LogId) -> Result<(), Failure> {
        let update = "UPDATE log SET source = (SELECT id FROM log WHERE name = ?2) WHERE id = ?1";
        self.batch.archive().prepare_cached(update)?.execute(params![row, source.0])?;
        Ok(())
    }

    /// Lists a blob that came along, was uploaded for this log, or may be read by the author here already.
    fn list(
        &mut self,
        row: i64,
        id: LogId,
        log: &Log,
        compartment: Option<CompartmentId>,
        name: Hash,
        length: Option<u64>,
    ) -> Result<(), Failure> {
        let place = match compartment {
            Some(compartment) => self.place(row, compartment)?,
            None => 0,
        };
        let archive = self.batch.archive();
        let insert = "INSERT INTO blob (log, compartment, name, length, data) VALUES (?1, ?2, ?3, ?4, ?5)";
        let mut insert = archive.prepare_cached(insert)?;
        let fits = |found: u64| length.is_none_or(|length| length == found);
        if let Some(bytes) = self.blobs.get(&name).filter(|bytes| fits(bytes.len() as u64)) {
            insert.execute(params![row, place, name.0, signed(bytes.len() as u64), bytes])?;
            return Ok(());
        }
        // The upload stays known for its week, so that a request whose answer was lost can be repeated.
        let find = "SELECT length FROM upload WHERE log = ?1 AND name = ?2 AND person = ?3";
        let mut find = archive.prepare_cached(find)?;
        let upload: Option<i64> =
            find.query_row(params![id.0, name.0, self.author.person.0], |row| row.get(0)).optional()?;
        if let Some(found) = upload.filter(|found| fits(logs::unsigned(*found))) {
            insert.execute(params![row, place, name.0, found, None::<Vec<u8>>])?;
            return Ok(());
        }
        // Nobody has a file's bytes to hand back: its entry comes without, unless they were kept.
        if let (Mode::HandBack(given), Some(length)) = (&self.mode, length) {
            let kept = given.stored.get(&name).copied().unwrap_or(length);
            insert.execute(params![row, place, name.0, signed(kept), None::<Vec<u8>>])?;
            return Ok(());
        }
        // Listed here before. Only in a compartment the author reads: listing must not open another to anyone.
        let find = "SELECT b.length, b.data, c.name FROM blob b LEFT JOIN compartment c ON c.id = b.compartment
                    WHERE b.log = ?1 AND substr(b.name, 1, 8) = substr(?2, 1, 8) AND b.name = ?2";
        let mut find = archive.prepare_cached(find)?;
        let mut rows = find.query(params![row, name.0])?;
        while let Some(known) = rows.next()? {
            let found: i64 = known.get(0)?;
            let at = known.get::<_, Option<[u8; 16]>>(2)?.map(CompartmentId);
            let reads = at.is_none_or(|at| {
                let owns = log.kind() == LogKind::Personal || log.kind() == LogKind::Directory;
                owns || log.rights_in(self.author.person, at).allow(zegel_ledger::Rights::READ)
            });
            if reads && fits(logs::unsigned(found)) {
                insert.execute(params![row, place, name.0, found, known.get::<_, Option<Vec<u8>>>(1)?])?;
                return Ok(());
            }
        }
        Err(Problem::MissingBlob(name).into())
    }

    fn place(&mut self, row: i64, compartment: CompartmentId) -> Result<i64, Failure> {
        if let Some((_, _, place)) = self.place.filter(|(log, name, _)| (*log, *name) == (row, compartment)) {
            return Ok(place);
        }
        let archive = self.batch.archive();
        let mut find = archive.prepare_cached("SELECT id FROM compartment WHERE log = ?1 AND name = ?2")?;
        let place = match find.query_row(params![row, compartment.0], |row| row.get(0)).optional()? {
            Some(place) => place,
            None => {
                let mut insert = archive.prepare_cached("INSERT INTO compartment (log, name) VALUES (?1, ?2)")?;
                insert.execute(params![row, compartment.0])?;
                archive.last_insert_rowid()
            }
        };
        drop(find);
        self.place = Some((row, compartment, place));
        Ok(place)
    }

    /// Keeps the halves that an entry names. Each comes with the request or is there; what was destroyed stays so.
    fn store_halves(&mut self, id: LogId, commit: &Commit) -> Result<(), Failure> {
        for change in &commit.changes {
            let half = match change {
                Change::Found(founding) => founding.life,
                Change::Epoch(epoch) => epoch.half,
                Change::File(file) => file.half,
                _ => continue,
            };
            let key = params![id.0, half.0];
            let halves = self.batch.halves()?;
            let mut gone = halves.prepare_cached("SELECT 1 FROM tombstone WHERE log = ?1 AND id = ?2")?;
            if gone.exists(key)? && !sabotage::is("tombstone") {
                // What was destroyed since stays so; that it was there once belongs to the history.
                if matches!(self.mode, Mode::HandBack(_)) {
                    continue;
                }
                return Err(Refusal::Reference.into());
            }
            let mut find = halves.prepare_cached("SELECT half FROM half WHERE log = ?1 AND id = ?2")?;
            let stored: Option<[u8; 32]> = find.query_row(key, |row| row.get(0)).optional()?;
            match (stored, self.halves.get(&(id, half))) {
                (Some(stored), Some(sent)) if stored != *sent.as_bytes() => return Err(Refusal::Reference.into()),
                (Some(_), _) => {}
                (None, Some(sent)) => {
                    let mut insert = halves.prepare_cached("INSERT INTO half (log, id, half) VALUES (?1, ?2, ?3)")?;
                    insert.execute(params![id.0, half.0, sent.as_bytes()])?;
                }
                (None, None) => return Err(Problem::Refused("a half that the entry names is missing".into()).into()),
            }
        }
        Ok(())
    }

    /// No consent, no disclosure: judged when the whole request is in, for the dossier's entry may come after.
    fn judge_disclosures(&mut self) -> Result<(), Failure> {
        if self.hands_back() {
            // Its consent may have ended since. Whether it lives is asked each time that a link is served.
            return Ok(());
        }
        let known = self.batch.directory();
        let now = Now { directory: directory_of(&known)?, time: self.time, ended: self.batch.shared().ended() };
        for id in std::mem::take(&mut self.disclosures) {
            let cell = self.batch.cell(id);
            let state = cell.read(|| self.batch.load(id))?;
            let known = state.as_ref().ok_or(Failure(Problem::Internal))?;
            let source = known.log.founding().and_then(|founding| founding.source.as_ref());
            let source = source.ok_or(Refusal::Consent)?.consent.log;
            let cell = self.batch.cell(source);
            let state = cell.read(|| self.batch.load(source))?;
            let source = state.as_ref().ok_or(Refusal::Consent)?;
            let mut first =
                self.batch.archive().prepare_cached("SELECT bytes FROM entry WHERE log = ?1 AND sequence = 0")?;
            let first: Vec<u8> = first.query_row([known.row], |row| row.get(0))?;
            let first = Entry::from_canonical(&first).map_err(|_| Refusal::Malformed)?.hash();
            access::disclosure(self.author.person, &known.log, first, &source.log, now)?;
        }
        Ok(())
    }
}

fn changes_readers(change: &Change) -> bool {
    matches!(change, Change::Found(_) | Change::Grant(_) | Change::Revoke(_))
}

/// What a refusal is called: a number or hash that does not follow is a race that was lost, and so is a slip that came
/// in between.
fn conflict(id: LogId, head: Option<Head>) -> impl Fn(Refusal) -> Failure {
    move |refusal| match refusal {
        Refusal::Sequence | Refusal::Fork | Refusal::Slip => Problem::Conflict(id, head).into(),
        refusal => refusal.into(),
    }
}
