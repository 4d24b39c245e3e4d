//! Dossiers that are closed to this person and may open: their entries are verified like any, and kept for this device alone.

use minicbor::{Decode, Encode};
use zegel_crypto::Canonical as _;
use zegel_ledger::{Change, Entry, GrantState, HalfId, Log, LogId, LogKind, PersonId, Receiver, Rights};
use zegel_protocol::calls::Append;

use super::{DormantLine, lines};
use crate::{
    Vault, VaultError,
    book::Book,
    ports::{Table, Write},
    relay::Outcome,
    shelf::HEAD,
    view::Alarm,
    write::{ATTEMPTS, Draft, Part},
};

/// Before a log's id: what this device keeps of a dossier that is closed to its owner.
const CLOSED: &[u8] = b"closed/";

/// A dossier that is closed to this person, in a list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Closed {
    #[n(0)]
    pub(crate) life: HalfId,
    /// When it was begun and last changed, as the authors say.
    #[n(1)]
    pub(crate) since: u64,
    #[n(2)]
    pub(crate) changed: u64,
    /// The colleagues who read it, or have claimed that.
    #[n(3)]
    pub(crate) readers: Vec<Reading>,
    #[n(4)]
    pub(crate) dormant: Vec<DormantLine>,
    /// How many slips wait for the next entry.
    #[n(5)]
    pub(crate) pending: u32,
    /// Until when somebody outside the organisation reads it, or part of it that was shared with them, in seconds since 1970.
    #[n(6)]
    pub(crate) outside: Option<u64>,
    /// When it is destroyed, in seconds since 1970.
    #[n(7)]
    pub(crate) destroyed: Option<u64>,
}

impl Closed {
    /// Who reads it at some time.
    pub(crate) fn read_at(&self, now: u64) -> Vec<PersonId> {
        let reads = self.readers.iter().filter(|reading| reading.from <= now && !reading.is_over(now));
        let mut people: Vec<PersonId> = reads.map(|reading| reading.person).collect();
        people.dedup();
        people
    }
}

/// That a colleague reads a closed dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Reading {
    #[n(0)]
    pub(crate) person: PersonId,
    /// From when, in seconds since 1970: later than now where days pass after a claim.
    #[n(1)]
    pub(crate) from: u64,
    /// Until when.
    #[n(2)]
    pub(crate) until: Option<u64>,
}

impl Reading {
    /// Whether that is over.
    pub(crate) fn is_over(&self, now: u64) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

impl Vault {
    /// Reads what this device has of closed dossiers.
    pub(crate) async fn load_closed(&mut self) -> Result<(), VaultError> {
        for (key, sealed) in self.ports.store.all(Table::Shelf).await? {
            let Some(Ok(log)) = key.strip_prefix(CLOSED).map(TryInto::try_into) else { continue };
            let bytes = self.keys.open_local(Table::Shelf, &key, &sealed)?;
            let closed = Closed::from_canonical(&bytes).map_err(|_| VaultError::EarlierVersion)?;
            self.closed.insert(LogId(log), closed);
        }
        Ok(())
    }

    /// The book of a closed dossier, to go on from; none if it has opened since, for then it is read from the beginning.
    pub(crate) async fn closed_book(&mut self, log: LogId) -> Result<Option<Book>, VaultError> {
        let Some(life) = self.closed.get(&log).map(|closed| closed.life) else { return Ok(None) };
        let key = [CLOSED, &log.0].concat();
        if self.is_served(log, life).await? {
            return Ok(None);
        }
        let Some(sealed) = self.ports.store.get(Table::Book, &key).await? else { return Ok(None) };
        let bytes = self.keys.open_local(Table::Book, &key, &sealed)?;
        Book::from_canonical(&bytes).map(Some).map_err(|_| VaultError::EarlierVersion)
    }

    /// Whether this person may be let into a log by a dormant grant, and by nothing else.
    pub(crate) fn waits_in(&self, log: &Log) -> bool {
        let own = self.keys.person;
        let named = |state: &GrantState| state.grant.receiver.is(own) || state.names(own);
        let waits = log.grants().any(|state| state.lives() && state.gate().is_some() && named(state));
        let now = self.relay_time();
        let over = |state: &GrantState| state.grant.until.is_some_and(|until| until <= now);
        waits && log.grants_of(own).all(|state| state.gate().is_some() || over(state))
    }

    /// Whether the relay serves a log's life half now: what was fetched before says nothing of that.
    pub(crate) async fn is_served(&mut self, log: LogId, life: HalfId) -> Result<bool, VaultError> {
        self.halves.remove(&life);
        self.fetch_halves(vec![(log, life)]).await?;
        Ok(self.halves.contains_key(&life))
    }

    /// Keeps the verified entries of a closed dossier.
    pub(crate) async fn keep_closed(&mut self, book: Book, entries: &[Entry]) -> Result<(), VaultError> {
        let id = book.log.id();
        // Whoever read it once, and waits now, has it on the shelf no longer.
        if self.slots.contains_key(&id) {
            self.forget(id).await?;
        }
        let times: Vec<u64> = entries.iter().filter_map(|entry| Some(entry.commit().ok()?.claimed_time)).collect();
        let known = self.closed.get(&id);
        let since = known.map(|known| known.since).or(times.first().copied()).unwrap_or_default();
        let changed = times.last().copied().or(known.map(|known| known.changed)).unwrap_or_default();
        let reading = |state: &GrantState| match &state.grant.receiver {
            Receiver::Person(person) if state.grant.rights.allow(Rights::READ) => {
                Some(Reading { person: *person, from: state.opens()?, until: state.grant.until })
            }
            _ => None,
        };
        let mut readers: Vec<Reading> = book.log.grants().filter(|state| state.lives()).filter_map(reading).collect();
        readers.sort_unstable();
        readers.dedup();
        let outside = |state: &&GrantState| {
            let reads = state.lives() && state.gate().is_none() && state.grant.rights.allow(Rights::READ);
            reads && matches!(state.grant.receiver, Receiver::Party(_))
        };
        let parties = book.log.grants().filter(outside).map(|state| state.grant.until);
        let shared = book.log.disclosures().filter_map(|made| book.log.consent(made.consent));
        let shared = shared.filter(|consent| consent.withdrawn.is_none()).map(|consent| consent.consent.until);
        let closed = Closed {
            life: book.log.founding().ok_or(VaultError::NotFound)?.life,
            since,
            changed,
            readers,
            dormant: lines(&book.log),
            pending: u32::try_from(book.log.pending_slips().count()).unwrap_or(u32::MAX),
            outside: parties.chain(shared).map(|until| until.unwrap_or(u64::MAX)).max(),
            destroyed: book.log.closed().and_then(|closing| closing.destroy_after),
        };
        let book = Book { seeds: crate::book::Seeds::default(), ..book };
        let key = [CLOSED, &id.0].concat();
        let mut writes = Vec::new();
        for (table, bytes) in [(Table::Shelf, closed.to_canonical()), (Table::Book, book.to_canonical())] {
            let sealed = self.keys.seal_local(&mut self.ports.rng(), table, &key, bytes);
            writes.push(Write::Put(table, key.clone(), sealed));
        }
        if let Some(head) = book.log.head() {
            self.heads.insert(id, head);
            writes.push(Write::Put(Table::Device, [HEAD, &id.0].concat(), head.to_canonical()));
        }
        self.ports.store.write(writes).await?;
        self.closed.insert(id, closed);
        Ok(())
    }

    /// Makes an entry in a dossier whose records are closed to this person. If somebody else was first, it is tried on what is
    /// there now, if it may be still. Gives whether it was made.
    pub(crate) async fn change_closed(
        &mut self,
        log: LogId,
        changes: &[Change],
        may: impl Fn(&Self, &Closed) -> bool,
    ) -> Result<bool, VaultError> {
        for _ in 0..ATTEMPTS {
            if !self.closed.get(&log).is_some_and(|closed| may(self, closed)) {
                return Ok(false);
            }
            let book = self.closed_book(log).await?.ok_or(VaultError::NotFound)?;
            let mut part = Part::new(book);
            self.sign(&mut part, Draft { changes: changes.to_vec(), ..Draft::default() })?;
            let append = Append { logs: vec![part.append()], halves: Vec::new() };
            match self.relay.call(&self.ports, &self.keys.signer(), &append).await.map_err(Outcome::from) {
                Ok(_) => return self.keep_closed(part.book, &part.entries).await.map(|()| true),
                Err(Outcome::Conflict) => self.pull_kind(log, LogKind::Dossier).await?,
                Err(other) => return Err(other.into()),
            }
        }
        Err(VaultError::ChangedFirst)
    }

    /// Forgets a closed dossier: it has opened, or is no longer for this person.
    pub(crate) async fn forget_closed(&mut self, log: LogId) -> Result<(), VaultError> {
        if self.closed.remove(&log).is_none() {
            return Ok(());
        }
        let key = [CLOSED, &log.0].concat();
        let deletes = [Table::Shelf, Table::Book].map(|table| Write::Delete(table, key.clone()));
        Ok(self.ports.store.write(deletes.into()).await?)
    }

    /// Looks again at closed dossiers where something happens that the relay does not call for: at those whose days are over, and
    /// once a day at all of them, for what was refused or ended.
    pub(crate) async fn look_at_closed(&mut self, earlier: bool) -> Result<(), VaultError> {
        let (now, own) = (self.relay_time(), self.keys.person);
        let opened = |line: &DormantLine| line.receiver == own && line.opens.is_some_and(|opens| opens <= now);
        let over = |closed: &Closed| closed.dormant.iter().any(|line| opened(line) && line.rights.allow(Rights::READ));
        let due = self.closed.iter().filter(|(_, closed)| !earlier || over(closed));
        for log in due.map(|(log, _)| *log).collect::<Vec<_>>() {
            match self.pull_kind(log, LogKind::Dossier).await {
                Ok(()) => {}
                Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
                Err(VaultError::LinkWithdrawn | VaultError::LinkExpired | VaultError::NotFound) => {
                    self.forget_closed(log).await?;
                }
                Err(error) => self.raise(Alarm::Refused(log.to_string(), error.to_string())),
            }
        }
        Ok(())
    }
}
