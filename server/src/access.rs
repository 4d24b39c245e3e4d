//! Every decision about who is served and who may write, in one place. Pure: a log's state, the directory's and the
//! clock go in, a yes or a reason comes out. The ledger judges by position; what is judged here is *now*.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use zegel_crypto::{Hash, VerifyingKey, sabotage};
use zegel_ledger::{
    Change, Commit, CompartmentId, Delegation, DeviceId, Directory, Disclose, File, Gate, GrantId, GrantState, HalfId,
    Head, Log, LogId, LogKind, PersonId, Receiver, Rights, Slip, Standing, Statement,
};
use zegel_protocol::Problem;

/// Who asks, proved by the signature of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A living device of a living member.
    Member {
        /// Whose.
        person: PersonId,
        /// Which.
        device: DeviceId,
    },
    /// A device of somebody outside the organisation.
    Party {
        /// Whose.
        person: PersonId,
        /// Which.
        device: DeviceId,
        /// The one log that knows them.
        log: LogId,
    },
    /// Whoever holds a link and its code.
    Link {
        /// The link.
        id: PersonId,
        /// The log whose grant made it.
        log: LogId,
        /// That grant.
        grant: GrantId,
    },
    /// Whoever holds the key card of a person: may fetch and store that keyring, read the log that knows them (the
    /// directory, or a party's dossier), and certify a new device of theirs in it.
    Card {
        /// Whose.
        person: PersonId,
        /// That keyring's account key.
        account: VerifyingKey,
    },
    /// Whoever brought the recovery sheets together and so holds the organisation's root key.
    Root {
        /// The author of its entries: [`Directory::recovery_author`].
        author: PersonId,
    },
}

impl Asker {
    /// As whom slips are posted and readings are written down.
    pub fn person(self) -> PersonId {
        match self {
            Self::Member { person, .. } | Self::Party { person, .. } | Self::Card { person, .. } => person,
            Self::Link { id, .. } => id,
            Self::Root { author } => author,
        }
    }

    /// The device, of a member or a party.
    pub fn device(self) -> Option<DeviceId> {
        match self {
            Self::Member { device, .. } | Self::Party { device, .. } => Some(device),
            _ => None,
        }
    }
}

/// The present: the directory as it is and the time, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// The directory.
    pub directory: &'a Directory,
    /// The time.
    pub time: u64,
    /// What ended before the relay was put back to an earlier state, by id: it stays so although that state may not know.
    pub ended: &'a HashSet<[u8; 16]>,
}

impl Now<'_> {
    /// Whether somebody is a member whose time has not run out.
    pub fn is_member(self, person: PersonId) -> bool {
        let member = self.directory.now().member(person).filter(|_| !self.ended.contains(&person.0));
        member.is_some_and(|member| member.admission.until.is_none_or(|until| self.time < until))
    }

    /// Whether a device is certified and its person a member.
    pub fn has_device(self, person: PersonId, device: DeviceId) -> bool {
        let lives = self.directory.now().device(person, device).is_some() && !self.ended.contains(&device.0);
        lives && self.is_member(person)
    }

    /// Whether somebody changes the directory: a director, or who acts for one until a day that has not come.
    fn leads(self, person: PersonId) -> bool {
        let now = self.directory.now();
        let over = |until: u64| until <= self.time && !sabotage::is("delegate-until");
        let ended = |made: &Delegation| {
            let name = delegation_name(self.directory, person, made);
            name.is_none_or(|name| self.ended.contains(&name)) && !sabotage::is("delegate-put-back")
        };
        now.is_director(person) || now.delegation(person).is_some_and(|made| !over(made.until) && !ended(made))
    }

    fn is_staff(self, person: PersonId) -> bool {
        let standing = self.directory.now().member(person).map(|member| member.admission.standing);
        standing.is_some_and(|standing| standing.0 & (Standing::STAFF.0 | Standing::DIRECTOR.0) != 0)
    }

    /// Whether a grant is served: not revoked, begun, not over.
    fn serves(self, state: &GrantState) -> Result<(), Problem> {
        let grant = &state.grant;
        // Where there is nothing to wait for, nobody waits for two clocks to agree.
        let at_once = state.opens().is_some() && state.gate().is_some_and(|gate| gate.days == 0);
        if state.revoked.is_some() || self.ended.contains(&grant.id.0) {
            Err(Problem::Withdrawn)
        } else if grant.until.is_some_and(|until| until <= self.time) {
            Err(Problem::Expired)
        } else if grant.from.is_some_and(|from| self.time < from) {
            Err(Problem::NotYet)
        } else if !at_once && state.opens().is_none_or(|opens| self.time < opens) && !sabotage::is("gate-clock") {
            // Nobody claimed it, or the days after that are not over.
            Err(Problem::NotYet)
        } else {
            Ok(())
        }
    }

    /// Whether somebody is to receive or to claim a dormant grant here that was not ended.
    fn waits(self, log: &Log, person: PersonId) -> bool {
        let named = |state: &&GrantState| {
            let ended = !state.lives() || self.ended.contains(&state.grant.id.0);
            !ended && state.gate().is_some() && (state.grant.receiver.is(person) || state.names(person))
        };
        log.grants().any(|state| named(&state))
    }

    fn grants_in_force(self, log: &Log, person: PersonId) -> impl Iterator<Item = &GrantState> {
        log.grants_of(person).filter(move |state| self.serves(state).is_ok())
    }

    fn party_grants(self, log: &Log, person: PersonId) -> impl Iterator<Item = &GrantState> {
        log.party_grants(person).filter(move |state| self.serves(state).is_ok())
    }

    /// Whether a disclosure may be served: its dossier names it, on a consent that lives.
    fn discloses(self, source: &Log, log: LogId) -> bool {
        let consent = source.disclosure(log).map(|made| made.consent);
        source.discloses(log, self.time) && consent.is_some_and(|consent| !self.ended.contains(&consent.0))
    }

    /// Whether this entry does nothing but close a dossier that its author does not read, and that nobody is to read but whoever
    /// left them to close it: what a client gets, or somebody else reads, is not theirs to end.
    fn closes_unread(self, log: &Log, commit: &Commit) -> bool {
        let closes = |change: &Change| matches!(change, Change::Close(Some(_)));
        let given = |state: &&GrantState| state.grant.rights.allow(Rights::CLOSE);
        let left: Vec<PersonId> =
            self.grants_in_force(log, commit.author).filter(given).map(|state| state.author).collect();
        let reads = |state: &GrantState| {
            let lives = state.lives() && state.grant.until.is_none_or(|until| self.time < until);
            lives
                && state.grant.rights.allow(Rights::READ)
                && match &state.grant.receiver {
                    Receiver::Party(_) => true,
                    // What was arranged and nobody claimed is read by nobody; a client's is theirs beforehand.
                    Receiver::Person(person) => {
                        state.opens().is_some() && self.is_member(*person) && !left.contains(person)
                    }
                    Receiver::Recovery | Receiver::Link(_) => false,
                }
        };
        // What was shared goes with its dossier.
        let shared = |made: &Disclose| self.discloses(log, made.disclosure) && !sabotage::is("close-shared");
        let unread = !log.grants().any(reads) || sabotage::is("close-read");
        let unread = unread && !log.disclosures().any(shared);
        let only = commit.changes.iter().all(closes) || sabotage::is("close-only");
        !commit.changes.is_empty() && only && unread
    }

    /// Whether somebody closes this dossier as one who reads it: both by the same grant.
    fn ends(self, log: &Log, person: PersonId) -> bool {
        let both = |state: &GrantState| state.grant.rights.allow(Rights::READ | Rights::CLOSE);
        self.grants_in_force(log, person).any(both) || sabotage::is("close-by-two-grants")
    }

    fn rights(self, log: &Log, person: PersonId) -> Rights {
        self.grants_in_force(log, person).fold(Rights::default(), |rights, state| rights | state.grant.rights)
    }

    fn rights_in(self, log: &Log, person: PersonId, compartment: CompartmentId) -> Rights {
        let covers = |state: &&GrantState| state.grant.compartments.binary_search(&compartment).is_ok();
        let grants = self.grants_in_force(log, person).filter(covers);
        grants.fold(Rights::default(), |rights, state| rights | state.grant.rights)
    }
}

/// What a delegation is called among what ended: the entry that says it, and of whom.
pub fn delegation_name(directory: &Directory, person: PersonId, made: &Delegation) -> Option<[u8; 16]> {
    let entry = directory.hash_at(made.since)?;
    let mut name = person.0;
    name.iter_mut().zip(entry.0).for_each(|(byte, other)| *byte ^= other);
    Some(name)
}

/// Decides whether somebody is heard while the relay was put back to an earlier state and no director has confirmed it:
/// members of staff, who hand back what was lost, and whoever holds the recovery sheets. What a receiver would be shown may
/// have ended since.
pub fn while_put_back(asker: Asker, now: Now<'_>) -> Result<(), Problem> {
    let heard = match asker {
        Asker::Member { person, .. } | Asker::Card { person, .. } => now.is_staff(person),
        Asker::Root { .. } => true,
        Asker::Link { .. } | Asker::Party { .. } => false,
    };
    if heard || sabotage::is("put-back") { Ok(()) } else { Err(Problem::PutBack) }
}

/// How often a link was opened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Openings {
    /// Readings begun, the present one included.
    pub begun: u32,
    /// Whether one is going on.
    pub open: bool,
}

/// What somebody may be served of one log.
#[derive(Debug)]
pub struct Reader<'a> {
    log: &'a Log,
    source: Option<&'a Log>,
    scope: Scope<'a>,
    places: OnceCell<HashMap<HalfId, CompartmentId>>,
}

#[derive(Debug)]
enum Scope<'a> {
    /// The directory's members, the owner of a personal log, the colleagues on the dossier of a disclosure, the root.
    Everything,
    /// What these grants cover.
    Grants(Vec<&'a GrantState>),
    /// What this link's grant covers, and the files disclosed with it.
    Link(&'a GrantState),
    /// The entries alone: an invitation into the directory; a dormant grant, for who is to claim or to receive it.
    Entries,
    /// The first entry alone: an invitation into a dossier.
    First,
}

/// What is done about a half that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HalfDecision {
    /// Hand it out; it is kept under this log.
    Serve(LogId),
    /// It was destroyed.
    Destroyed,
    /// No, and why.
    No(Problem),
}

/// Decides whether somebody may read a log at all. `source` is the dossier that a disclosure rests on.
///
/// Errors: why a grant that was once theirs is no longer served, or [`Problem::NotFound`] if there never was one.
pub fn reader<'a>(
    asker: Asker,
    log: &'a Log,
    source: Option<&'a Log>,
    openings: Openings,
    now: Now<'_>,
) -> Result<Reader<'a>, Problem> {
    let scope = match asker {
        _ if sabotage::is("relay-access") => Scope::Everything,
        Asker::Card { person, .. } if log.kind() == LogKind::Directory => member(person, log, source, now)?,
        Asker::Card { person, account } => {
            // An id stands for one account in each log; whose card this is, its keyring says.
            log.party(person).filter(|known| known.party.account == account).ok_or(Problem::NotFound)?;
            party(person, log, now)?
        }
        Asker::Party { person, device, log: home } if home == log.id() => {
            let scope = party(person, log, now)?;
            log.party_device(person, device).ok_or(Problem::Unauthenticated)?;
            scope
        }
        Asker::Party { .. } => return Err(Problem::NotFound),
        Asker::Root { .. } if matches!(log.kind(), LogKind::Directory | LogKind::Dossier) => Scope::Everything,
        Asker::Root { .. } => return Err(Problem::NotFound),
        Asker::Member { person, .. } => member(person, log, source, now)?,
        Asker::Link { id, log: home, .. } if home == log.id() => link(id, log, source, openings, now)?,
        Asker::Link { .. } => return Err(Problem::NotFound),
    };
    Ok(Reader { log, source, scope, places: OnceCell::new() })
}

fn member<'a>(person: PersonId, log: &'a Log, source: Option<&'a Log>, now: Now<'_>) -> Result<Scope<'a>, Problem> {
    if !now.is_member(person) {
        return Err(Problem::NotFound);
    }
    match log.kind() {
        LogKind::Directory => return Ok(Scope::Everything),
        LogKind::Personal if log.founder() == Some(person) => return Ok(Scope::Everything),
        LogKind::Personal => return Err(Problem::NotFound),
        LogKind::Dossier | LogKind::Disclosure => {}
    }
    let reads = |state: &&GrantState| state.grant.rights.allow(Rights::READ);
    let grants: Vec<_> = now.grants_in_force(log, person).filter(reads).collect();
    if !grants.is_empty() {
        return Ok(Scope::Grants(grants));
    }
    if source.is_some_and(|source| now.rights(source, person).allow(Rights::READ)) {
        return Ok(Scope::Everything);
    }
    // Who may have to open it needs the chain, to believe in the grant and to name it.
    if now.waits(log, person) {
        return Ok(Scope::Entries);
    }
    let former = log.grants().filter(|state| state.grant.receiver.is(person) && reads(state));
    Err(former.map(|state| now.serves(state)).find_map(Result::err).unwrap_or(Problem::NotFound))
}

/// Somebody outside the organisation reads what their grants in this one dossier list, and nothing of any other log.
fn party<'a>(person: PersonId, log: &'a Log, now: Now<'_>) -> Result<Scope<'a>, Problem> {
    if log.kind() != LogKind::Dossier {
        return Err(Problem::NotFound);
    }
    let reads = |state: &&GrantState| state.grant.rights.allow(Rights::READ);
    let grants: Vec<_> = now.party_grants(log, person).filter(reads).collect();
    if !grants.is_empty() {
        return Ok(Scope::Grants(grants));
    }
    let former = log.grants().filter(|state| state.grant.receiver == Receiver::Party(person));
    Err(former.map(|state| now.serves(state)).find_map(Result::err).unwrap_or(Problem::NotFound))
}

fn link<'a>(
    id: PersonId,
    log: &'a Log,
    source: Option<&'a Log>,
    openings: Openings,
    now: Now<'_>,
) -> Result<Scope<'a>, Problem> {
    let state = log.grants().find(|state| state.grant.receiver.is(id)).ok_or(Problem::NotFound)?;
    now.serves(state)?;
    // Removing a member ends every link they made.
    if !now.is_member(state.author) {
        return Err(Problem::Withdrawn);
    }
    match log.kind() {
        LogKind::Directory => return Ok(Scope::Entries),
        LogKind::Dossier => return Ok(Scope::First),
        LogKind::Disclosure => {}
        LogKind::Personal => return Err(Problem::NotFound),
    }
    let source = source.ok_or(Problem::NotFound)?;
    if !now.discloses(source, log.id()) && !sabotage::is("relay-consent") {
        let made = source.disclosure(log.id()).and_then(|made| source.consent(made.consent));
        let ended = |id: &[u8; 16]| now.ended.contains(id);
        let over = made.is_some_and(|made| made.withdrawn.is_none() && !ended(&made.consent.consent.0));
        return Err(if over { Problem::Expired } else { Problem::Withdrawn });
    }
    // What was agreed to is this receiver's key; handed back, an entry is asked that nowhere else.
    let agreed = source.disclosure(log.id()).and_then(|made| source.consent(made.consent));
    if agreed.is_none_or(|agreed| agreed.consent.receiver_key != state.grant.receiver_key)
        && !sabotage::is("consented-key")
    {
        return Err(Problem::Withdrawn);
    }
    let spent = state.grant.readings.is_some_and(|most| openings.begun >= most && !openings.open);
    if spent && !sabotage::is("readings") {
        return Err(Problem::Exhausted);
    }
    Ok(Scope::Link(state))
}

/// The members who may read a log now, some of them twice. `source` is the dossier that a disclosure rests on.
pub fn readers<'a>(log: &'a Log, source: Option<&'a Log>, now: Now<'a>) -> impl Iterator<Item = PersonId> + 'a {
    let own = log.founder().filter(|_| log.kind() == LogKind::Personal);
    let granted = [Some(log), source].into_iter().flatten().flat_map(Log::grants);
    let reads = move |state: &&GrantState| state.grant.rights.allow(Rights::READ) && now.serves(state).is_ok();
    own.into_iter().chain(granted.filter(reads).filter_map(|state| match &state.grant.receiver {
        Receiver::Person(person) => Some(*person),
        Receiver::Recovery | Receiver::Link(_) | Receiver::Party(_) => None,
    }))
}

impl Reader<'_> {
    /// Whether blobs are served at all: an invitation or a dormant grant shows entries only.
    pub fn sees_blobs(&self) -> bool {
        !matches!(self.scope, Scope::Entries | Scope::First)
    }

    /// The first entry, if nothing else is served: what an invitation is checked by.
    pub fn only_head(&self) -> Option<Head> {
        let only = matches!(self.scope, Scope::First) && !sabotage::is("invitation-scope");
        self.log.first().filter(|_| only).map(|hash| Head { sequence: 0, hash })
    }

    /// Whether no compartment is closed to this reader.
    pub fn sees_everything(&self) -> bool {
        match &self.scope {
            Scope::Everything => true,
            Scope::Entries | Scope::First => false,
            Scope::Grants(_) | Scope::Link(_) => self.log.compartments().all(|(id, _)| self.reads(id)),
        }
    }

    /// Whether this compartment's blobs are served.
    pub fn reads(&self, compartment: CompartmentId) -> bool {
        matches!(self.scope, Scope::Everything) || self.covering(compartment).next().is_some()
    }

    /// The file of the source dossier that this disclosure hands on under this blob's name.
    pub fn disclosed_file(&self, blob: Hash) -> Option<(LogId, &File)> {
        self.disclosed_files().find(|(_, file)| file.blob == blob)
    }

    /// Decides about one half of this log, or of a file that this disclosure hands on.
    pub fn half(&self, half: HalfId) -> HalfDecision {
        let here = HalfDecision::Serve(self.log.id());
        if sabotage::is("relay-half") {
            return here;
        }
        if !self.sees_blobs() {
            return HalfDecision::No(Problem::NotFound);
        }
        if self.log.is_destroyed(half) {
            return HalfDecision::Destroyed;
        }
        if self.log.founding().is_some_and(|founding| founding.life == half) {
            // The life half ends what members keep with a log: shelves, notes, drafts. A link keeps nothing.
            let keeps = !matches!(self.scope, Scope::Link(_));
            return if keeps { here } else { HalfDecision::No(Problem::NotFound) };
        }
        if let Some(compartment) = self.places().get(&half) {
            return match self.scope {
                Scope::Everything => here,
                _ => gate(self.covering(*compartment), here),
            };
        }
        match self.disclosed_files().find(|(_, file)| file.half == half) {
            Some(_) if self.source.is_some_and(|source| source.is_destroyed(half)) => HalfDecision::Destroyed,
            Some((home, _)) => gate(self.grants().iter().copied(), HalfDecision::Serve(home)),
            None => HalfDecision::No(Problem::NotFound),
        }
    }

    fn grants(&self) -> &[&GrantState] {
        match &self.scope {
            Scope::Everything | Scope::Entries | Scope::First => &[],
            Scope::Grants(grants) => grants,
            Scope::Link(state) => std::slice::from_ref(state),
        }
    }

    fn covering(&self, id: CompartmentId) -> impl Iterator<Item = &GrantState> {
        self.grants().iter().copied().filter(move |state| state.grant.compartments.binary_search(&id).is_ok())
    }

    /// For those to whom the disclosure was made, not for colleagues who look on.
    fn disclosed_files(&self) -> impl Iterator<Item = (LogId, &File)> {
        let source = self.source.filter(|_| !self.grants().is_empty());
        let made = source.and_then(|source| source.disclosure(self.log.id()).map(|made| (source, made)));
        made.into_iter().flat_map(|(source, made)| {
            made.files.iter().filter_map(move |id| Some((source.id(), &source.file(*id)?.file)))
        })
    }

    fn places(&self) -> &HashMap<HalfId, CompartmentId> {
        self.places.get_or_init(|| {
            let epochs = self.log.compartments().flat_map(|(_, epochs)| epochs);
            let epochs = epochs.map(|epoch| (epoch.half, epoch.compartment));
            epochs.chain(self.log.files().map(|state| (state.file.half, state.file.home))).collect()
        })
    }
}

/// One grant with an open gate suffices; grants with closed ones say that it is not time yet. One that had to be claimed is
/// among them only once it is open: [`Now::serves`].
fn gate<'g>(grants: impl Iterator<Item = &'g GrantState>, served: HalfDecision) -> HalfDecision {
    let mut answer = Problem::NotFound;
    for state in grants {
        if matches!(state.grant.gate, Gate::Open | Gate::Claims(_)) {
            return served;
        }
        answer = Problem::NotYet;
    }
    HalfDecision::No(answer)
}

/// How far the time of a claim may be from the relay's, in seconds: who claims reads the relay's clock beforehand.
const CLAIM_LEEWAY: u64 = 10 * 60;

/// Decides whether somebody may say this beside a log *now*: as the ledger decides by position, narrowed by the clock. What a
/// grant gives whose days are not over is not theirs to use, against its own refusal least of all.
pub fn post(asker: Asker, log: &Log, slip: &Slip, now: Now<'_>) -> Result<(), Problem> {
    let rights = match asker {
        Asker::Member { person, .. } if log.kind() == LogKind::Dossier => now.rights(log, person),
        Asker::Party { person, .. } => {
            now.party_grants(log, person).fold(Rights::default(), |rights, state| rights | state.grant.rights)
        }
        // In the directory a director's standing counts, beside a disclosure the ledger, and a link says what links say.
        _ => return Ok(()),
    };
    let allowed = match &slip.statement {
        Statement::Withdraw(_) => rights.allow(Rights::DISCLOSE) || rights.allow(Rights::CONSENT),
        Statement::Revoke(_) => rights.allow(Rights::MANAGE),
        Statement::Opened(_) => rights.allow(Rights::READ),
        // Dated back, its days would be over before they began.
        Statement::Claim(_, time) => time.abs_diff(now.time) <= CLAIM_LEEWAY || sabotage::is("claim-time"),
        Statement::Register { .. } | Statement::Beacon(..) => true,
    };
    if allowed { Ok(()) } else { Err(Problem::Refused(zegel_ledger::Refusal::Right.to_string())) }
}

/// Time between a closing and the destruction it announces, in seconds: thirty days.
pub const LEAST_NOTICE: u64 = 30 * 24 * 60 * 60;

/// Decides whether somebody may append this commit *now*: as the ledger decides by position, narrowed by the clock.
/// `log` is the state before it.
pub fn append(asker: Asker, log: &Log, commit: &Commit, now: Now<'_>) -> Result<(), Problem> {
    let person = match asker {
        Asker::Party { person, .. } => return append_as_party(person, log, commit, now),
        Asker::Card { person, .. } if log.kind() == LogKind::Dossier => {
            return append_as_party(person, log, commit, now);
        }
        asker => asker.person(),
    };
    let arrives = log.kind() == LogKind::Directory && now.is_member(commit.author) && certifies_itself(commit);
    // What the root may do, the ledger says by position; it has no dates.
    let recovers = now.directory.is_by_recovery(commit);
    if commit.author != person || !(now.has_device(commit.author, commit.device) || arrives || recovers) {
        return Err(Problem::Unauthenticated);
    }
    if recovers {
        return Ok(());
    }
    let soon = |change: &Change| matches!(change, Change::Close(Some(when)) if *when < now.time + LEAST_NOTICE);
    if commit.changes.iter().any(soon) {
        return Err(Problem::Refused(zegel_ledger::Refusal::Right.to_string()));
    }
    write(person, log, commit, now)
}

/// Decides whether somebody may hand back this entry of a relay that was put back. `now` knows of grants that ended only
/// what others than their holder ended.
///
/// It was written then, and the ledger judges it by position. But who writes one now, and says that it was then, cannot be
/// told from them: what its author may not write any more is handed back by somebody else who read it.
pub fn hand_back(person: PersonId, log: &Log, commit: &Commit, now: Now<'_>) -> Result<(), Problem> {
    if commit.author != person || sabotage::is("hand-back-own") { Ok(()) } else { write(person, log, commit, now) }
}

/// What somebody may write now.
fn write(person: PersonId, log: &Log, commit: &Commit, now: Now<'_>) -> Result<(), Problem> {
    let founds = log.head().is_none();
    let refused = || Err(Problem::Refused(zegel_ledger::Refusal::Right.to_string()));
    if founds && log.kind() == LogKind::Dossier && !now.is_staff(person) {
        return refused();
    }
    let owns = log.kind() == LogKind::Personal && log.founder() == Some(person);
    let leads = log.kind() == LogKind::Directory && now.leads(person);
    if founds || owns || leads {
        return Ok(());
    }
    let rights = now.rights(log, person);
    // Who is shown the entries alone makes none, but for whoever closes what nobody is left to read. A trustee who reads a dossier
    // by another grant ends no more of it than those who read nothing.
    let reads = rights.allow(Rights::READ) && (now.ends(log, person) || !commit.changes.iter().any(ends));
    if log.kind() == LogKind::Dossier && !reads && !now.closes_unread(log, commit) {
        return refused();
    }
    let allowed = commit.changes.iter().all(|change| match change {
        Change::Grant(_) | Change::Revoke(_) | Change::Wrap(_) | Change::Destroy(_) => rights.allow(Rights::MANAGE),
        Change::Epoch(epoch) if epoch.epoch == 1 => rights.allow(Rights::MANAGE),
        Change::Epoch(epoch) => now.rights_in(log, person, epoch.compartment).allow(Rights::MANAGE),
        Change::Put(put) => log.takes_word(put) || now.rights_in(log, person, put.at.compartment).allow(Rights::WRITE),
        Change::Reseal(put) => now.rights_in(log, person, put.at.compartment).allow(Rights::WRITE),
        Change::Reason(_, put) => now.rights_in(log, person, put.at.compartment).allow(Rights::READ),
        Change::File(file) => now.rights_in(log, person, file.home).allow(Rights::WRITE),
        Change::Consent(_) | Change::Withdraw(_) => rights.allow(Rights::DISCLOSE) || rights.allow(Rights::CONSENT),
        Change::Disclose(_) => rights.allow(Rights::DISCLOSE),
        Change::Close(_) | Change::Hold(_) => rights.allow(Rights::CLOSE),
        Change::Party(_) => rights.allow(Rights::MANAGE),
        Change::Certify(_) | Change::RevokeDevice(_) if log.kind() == LogKind::Dossier => rights.allow(Rights::MANAGE),
        // By position a delegate's are admitted until an entry ends that; on the day itself they are heard no more.
        Change::Admit(_) | Change::Remove(_) => false,
        Change::Certify(device) => device.person == person,
        Change::RevokeDevice(id) => log.kind() == LogKind::Directory && owns_device(now, person, *id),
        _ => true,
    });
    if allowed { Ok(()) } else { refused() }
}

/// Whether this change decides about the end of a dossier.
fn ends(change: &Change) -> bool {
    matches!(change, Change::Close(_) | Change::Hold(_))
}

fn owns_device(now: Now<'_>, person: PersonId, device: DeviceId) -> bool {
    now.directory.device(device).is_some_and(|device| device.certificate.person == person)
}

/// Somebody outside the organisation adds and ends devices of their own, and consents where they may; the ledger says
/// which devices are theirs.
fn append_as_party(person: PersonId, log: &Log, commit: &Commit, now: Now<'_>) -> Result<(), Problem> {
    let known = log.party_device(person, commit.device).is_some() || certifies_itself(commit);
    if commit.author != person || !known {
        return Err(Problem::Unauthenticated);
    }
    let rights = now.party_grants(log, person).fold(Rights::default(), |rights, state| rights | state.grant.rights);
    let allowed = rights.allow(Rights::READ)
        && commit.changes.iter().all(|change| match change {
            Change::Certify(_) | Change::RevokeDevice(_) | Change::Keyring(..) => true,
            Change::Consent(_) | Change::Withdraw(_) => rights.allow(Rights::CONSENT),
            _ => false,
        });
    if allowed { Ok(()) } else { Err(Problem::Refused(zegel_ledger::Refusal::Right.to_string())) }
}

/// Whether the author's device is new and brings its own certificate; the ledger checks that.
fn certifies_itself(commit: &Commit) -> bool {
    commit.changes.iter().any(
        |change| matches!(change, Change::Certify(own) if own.person == commit.author && own.device == commit.device),
    )
}

/// Decides whether a disclosure may be founded, or somebody let into it: its consent lives in the dossier that `source`
/// names, the dossier names this disclosure by its first entry, and the author may disclose there.
pub fn disclosure(person: PersonId, log: &Log, first: Hash, source: &Log, now: Now<'_>) -> Result<(), Problem> {
    if sabotage::is("relay-consent") {
        return Ok(());
    }
    let refused = Err(Problem::Refused(zegel_ledger::Refusal::Consent.to_string()));
    let Some(named) = log.founding().and_then(|founding| founding.source.as_ref()) else { return refused };
    let Some(made) = source.disclosure(log.id()) else { return refused };
    let Some(consent) = source.consent(made.consent) else { return refused };
    let rests = named.consent.consent == made.consent && named.consent.entry == consent.entry;
    let lives = now.discloses(source, log.id());
    // What was agreed to is this receiver's key, and no other's.
    let agreed = log.grants().all(|state| match &state.grant.receiver {
        Receiver::Link(_) => state.grant.receiver_key == consent.consent.receiver_key,
        _ => true,
    });
    let rests = rests && agreed;
    if rests && lives && made.first == first && now.rights(source, person).allow(Rights::DISCLOSE) {
        Ok(())
    } else {
        refused
    }
}

/// Decides whether somebody may upload a blob for a log, which may not be there yet.
pub fn upload(person: PersonId, log: Option<&Log>, now: Now<'_>) -> Result<(), Problem> {
    let may = match log {
        None => now.is_member(person),
        Some(log) if log.kind() == LogKind::Directory => now.leads(person),
        Some(log) if log.founder() == Some(person) && log.kind() == LogKind::Personal => true,
        Some(log) => now.rights(log, person).allow(Rights::WRITE),
    };
    if may { Ok(()) } else { Err(Problem::NotFound) }
}
