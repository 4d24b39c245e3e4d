//! Keeping dormant grants as they should be: every dossier that this person manages has those that its policy and its owner wish
//! for, and no others. Looked at anew where a dossier or those wishes changed.

use zegel_crypto::{Canonical as _, Hash};
use zegel_ledger::{
    Change, Claims, CompartmentEpoch, CompartmentId, Gate, Grant, GrantId, GrantState, LogId, LogKind, Member,
    PersonId, Receiver, Rights,
};

use super::{DormantLine, lines};
use crate::{Vault, VaultError, book::Book, session::staff_grant, shelf::Slot, view::Purpose, write::Draft};

/// Whom somebody chose, how many days they wait, and whether they get more than reading.
pub(crate) type Contact = (PersonId, u16, bool);

/// The contact that there is, if any; and none at all where that cannot be told.
pub(crate) type Told = Option<Option<Contact>>;

/// A dormant grant that there should be: to whom, after how many days, and what for.
struct Wish {
    person: PersonId,
    days: u16,
    purpose: Purpose,
    parts: Vec<(Rights, Vec<CompartmentId>)>,
}

impl Vault {
    /// Sees to the dormant grants of every dossier that changed since that was last done, or where the wishes did.
    pub(crate) async fn tend_dormant(&mut self) -> Result<(), VaultError> {
        if self.visit || self.policy.is_none() {
            return Ok(());
        }
        let contact = match self.told_contact().await {
            Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
            told => told.unwrap_or_default(),
        };
        let (wishes, any) = self.wishes(contact);
        // Where there are none and should be none, no dossier is pulled to see that.
        let stale = |(log, slot): (&LogId, &Slot)| {
            let left = |line: &DormantLine| line.purpose() == Purpose::Emergency && !self.is_here(line.author);
            let left = slot.dormant.iter().any(left);
            let mark = if left { Hash::of(&wishes.0) } else { wishes };
            let due = self.tended.get(log) != Some(&mark) && (any || !slot.dormant.is_empty());
            due.then_some((*log, mark))
        };
        let dossiers = self.slots.iter().filter(|(_, slot)| slot.kind == LogKind::Dossier);
        let due: Vec<(LogId, Hash)> = dossiers.filter_map(stale).collect();
        for (log, mark) in &due {
            match self.tend(*log, contact).await {
                Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
                // One that does not take it keeps the others from nothing, and is tried again when something changes there.
                Ok(()) | Err(_) => {
                    self.tended.insert(*log, *mark);
                    // Another device of this person need not look again.
                    self.unshelved.entry(*log).or_default();
                }
            }
        }
        if due.is_empty() { Ok(()) } else { self.keep_directory().await }
    }

    /// Sees to the dormant grants of one dossier.
    pub(crate) async fn tend(&mut self, log: LogId, contact: Told) -> Result<(), VaultError> {
        let first = self.heads.get(&log).copied();
        // Where access has to end with new keys, what is new comes after it.
        for _ in 0..2 {
            let before = self.heads.get(&log).copied();
            let outcome = self.change(log, |vault, book, draft| {
                vault.draft_upkeep(draft, book, contact);
                Ok(())
            });
            outcome.await.map_err(VaultError::from)?;
            if self.heads.get(&log).copied() == before {
                break;
            }
        }
        if self.heads.get(&log).copied() == first { Ok(()) } else { self.tell_names(log).await }
    }

    /// A hash of everything that decides which dormant grants there should be, and whether there should be any.
    fn wishes(&self, told: Told) -> (Hash, bool) {
        let contact = told.flatten();
        let directs = |(_, member): &(PersonId, &Member)| member.admission.standing.is_director();
        let glass: Vec<PersonId> = match self.breaks_glass() {
            true => self.directory.members().filter(directs).map(|(person, _)| person).collect(),
            false => Vec::new(),
        };
        let people = glass.iter().copied().chain(contact.map(|(person, ..)| person));
        let key = |person| self.directory.now().receiving(person).map(|key| key.hash());
        let people: Vec<(PersonId, Option<Hash>, bool)> =
            people.map(|person| (person, key(person), self.may_receive(person))).collect();
        let any = !people.is_empty();
        let terms = contact.map(|(_, days, all)| (days, all));
        (Hash::of(&(told.is_some(), terms, glass, people).to_canonical()), any)
    }

    /// Whether the policy lets a director open a dossier that they do not read.
    pub(crate) fn breaks_glass(&self) -> bool {
        self.policy().is_ok_and(|policy| policy.break_glass.is_some()) || zegel_crypto::sabotage::is("glass-policy")
    }

    fn draft_upkeep(&mut self, draft: &mut Draft, book: &Book, told: Told) {
        let own = self.keys.person;
        if book.read_only || !book.log.rights(own).allow(Rights::MANAGE) {
            return;
        }
        let mut wishes: Vec<Wish> = self.contact_wish(book, told.flatten()).into_iter().collect();
        wishes.extend(self.glass_wishes(book));
        let known = lines(&book.log);
        let gone: Vec<GrantId> =
            known.iter().filter(|line| !self.is_wished(line, &wishes, told)).map(|line| line.grant).collect();
        if !gone.is_empty() {
            let opened = book.log.grants().any(|state| gone.contains(&state.grant.id) && state.opens().is_some());
            if self.draft_refusal(draft, book, |state| gone.contains(&state.grant.id)) && opened {
                return;
            }
        }
        for wish in wishes {
            let there = |line: &&DormantLine| {
                let same = line.receiver == wish.person && line.purpose() == wish.purpose;
                same && !gone.contains(&line.grant) && (line.author == own || wish.purpose == Purpose::BreakGlass)
            };
            if known.iter().filter(there).count() == 0 {
                self.draft_wish(draft, book, &wish);
            }
        }
    }

    /// Whether there should be such a grant. What somebody else arranged for their own absence is theirs while they are here.
    fn is_wished(&self, line: &DormantLine, wishes: &[Wish], told: Told) -> bool {
        let same = |wish: &Wish| wish.person == line.receiver && wish.purpose == line.purpose();
        let wished = wishes.iter().find(|wish| same(wish));
        match line.purpose() {
            Purpose::Release => true,
            // One's own is for others to end: whether one needs it, they see as well as oneself.
            Purpose::BreakGlass => {
                let kept = line.opens.is_some() || line.receiver == self.keys.person;
                wished.is_some() || kept && self.breaks_glass()
            }
            // What cannot be told changes nothing.
            Purpose::Emergency if line.author == self.keys.person && told.is_none() => true,
            Purpose::Emergency if line.author == self.keys.person => {
                // What was claimed goes on by the terms that it was claimed on.
                wished.is_some_and(|wish| {
                    let fits = wish.parts.iter().any(|(rights, _)| *rights == line.rights);
                    line.claimed.is_some() || fits && wish.days == line.days
                })
            }
            // Whoever stepped in for somebody who is gone stays: nobody else may be left.
            Purpose::Emergency => line.opens.is_some() || self.is_here(line.author),
        }
    }

    fn is_here(&self, person: PersonId) -> bool {
        self.directory.now().member(person).is_some_and(|member| self.is_current(member))
    }

    /// What the owner's contact is to have: what the owner has, or to read it.
    fn contact_wish(&self, book: &Book, contact: Option<Contact>) -> Option<Wish> {
        let (person, days, take_over) = contact.filter(|(person, ..)| self.may_receive(*person))?;
        let lasting = |state: &&GrantState| state.gate().is_none() && state.grant.until.is_none();
        let managed = |state: &GrantState| -> Vec<CompartmentId> {
            let all = state.grant.compartments.iter().copied();
            all.filter(|compartment| self.manages(&book.log, *compartment)).collect()
        };
        let own = book.log.grants_of(self.keys.person).filter(lasting);
        let mut parts: Vec<(Rights, Vec<CompartmentId>)> = if take_over {
            own.map(|state| (state.grant.rights, managed(state))).collect()
        } else {
            vec![(Rights::READ, own.flat_map(managed).collect())]
        };
        parts.retain(|(_, compartments)| !compartments.is_empty());
        // Who has as much already needs no leave.
        let has = |(rights, compartments): &(Rights, Vec<CompartmentId>)| {
            compartments.iter().all(|compartment| self.holds(book, person, *compartment).allow(*rights))
        };
        let lacks = !parts.iter().all(has);
        lacks.then_some(Wish { person, days, purpose: Purpose::Emergency, parts })
    }

    /// What directors are to have who do not read the dossier, where the policy has it: to read all of it.
    fn glass_wishes(&self, book: &Book) -> Vec<Wish> {
        if !self.breaks_glass() {
            return Vec::new();
        }
        let managed: Vec<CompartmentId> =
            book.log.compartments().map(|(id, _)| id).filter(|id| self.manages(&book.log, *id)).collect();
        let directors = self.directory.members().filter(|(_, member)| member.admission.standing.is_director());
        let closed = |(person, member): &(PersonId, &Member)| {
            // Of all of it, whatever this person manages: whoever else manages there comes to the same.
            let mut all = book.log.compartments().map(|(id, _)| id);
            let reads = all.any(|id| self.holds(book, *person, id).allow(Rights::READ));
            *person != self.keys.person && self.is_current(member) && !reads
        };
        let wish = |person| Wish {
            person,
            days: 0,
            purpose: Purpose::BreakGlass,
            parts: vec![(Rights::READ, managed.clone())],
        };
        let directors = directors.filter(closed).map(|(person, _)| person);
        directors.filter(|person| self.may_receive(*person)).map(wish).collect()
    }

    /// What somebody has in a compartment for good, and need not claim.
    fn holds(&self, book: &Book, person: PersonId, compartment: CompartmentId) -> Rights {
        let theirs = book.log.grants_of(person).filter(|state| state.gate().is_none() && state.grant.until.is_none());
        let covers = |state: &&GrantState| state.grant.compartments.binary_search(&compartment).is_ok();
        theirs.filter(covers).fold(Rights::default(), |rights, state| rights | state.grant.rights)
    }

    /// Whether keys may be wrapped for somebody, to be handed out later.
    fn may_receive(&self, person: PersonId) -> bool {
        person != self.keys.person && self.is_here(person) && self.need_pledge(person).is_ok()
    }

    fn draft_wish(&mut self, draft: &mut Draft, book: &Book, wish: &Wish) {
        let Some(public) = self.directory.now().receiving(wish.person).cloned() else { return };
        let log = book.log.id();
        for (rights, compartments) in &wish.parts {
            let (mut compartments, mut rng) = (compartments.clone(), self.ports.rng());
            compartments.sort_unstable();
            compartments.dedup();
            let held = |at: &&CompartmentEpoch| compartments.binary_search(&at.compartment).is_ok();
            let epochs: Vec<CompartmentEpoch> = book.seeds.by_epoch.keys().filter(held).copied().collect();
            let (id, receiver) = (GrantId::make(&mut rng), Receiver::Person(wish.person));
            let gate = Gate::Claims(Claims { needed: 1, people: vec![wish.person], days: wish.days });
            let grant = staff_grant(id, receiver, public.hash(), *rights, compartments.clone());
            draft.grant(log, &Grant { gate, ..grant }, &public, &epochs, &book.seeds);
        }
    }
}

/// Whether a change may make other dormant grants due, or end them.
pub(crate) fn touches_access(change: &Change) -> bool {
    matches!(change, Change::Found(_) | Change::Grant(_) | Change::Revoke(_))
}
