//! Keeping dormant grants as they should be: every dossier that this person manages has those that its policy and its owner wish
//! for, and no others. Looked at anew where a dossier or those wishes changed.

use zegel_crypto::{Canonical as _, Hash};
use zegel_ledger::{
    Change, Claims, CompartmentEpoch, CompartmentId, Gate, Grant, GrantId, GrantState, LogId, LogKind, Member,
    PersonId, Receiver, Rights,
};

use super::{DormantLine, lines};
use crate::{
    Vault, VaultError, book::Book, session::staff_grant, shelf::Slot, sync::public_of, view::Purpose, write::Draft,
};

/// Whom somebody chose, how many days they wait, and whether they get more than reading.
pub(crate) type Contact = (PersonId, u16, bool);

/// What was chosen, if anything; and none at all where that cannot be told.
pub(crate) type Told<T> = Option<Option<T>>;

/// What somebody arranged for their own absence.
#[derive(Clone, Default)]
pub(crate) struct Chosen {
    pub(crate) contact: Told<Contact>,
    /// Who releases it all together, and how.
    pub(crate) testament: Told<Claims>,
}

/// A dormant grant that there should be: to whom, who claims it, and what for.
pub(crate) struct Wish {
    pub(crate) person: PersonId,
    pub(crate) claims: Claims,
    pub(crate) purpose: Purpose,
    pub(crate) parts: Vec<(Rights, Vec<CompartmentId>)>,
}

impl Wish {
    /// One that its receiver claims.
    fn alone(person: PersonId, days: u16, purpose: Purpose, parts: Vec<(Rights, Vec<CompartmentId>)>) -> Self {
        Self { person, claims: Claims { needed: 1, people: vec![person], days }, purpose, parts }
    }
}

impl Vault {
    /// Sees to the dormant grants of every dossier that changed since that was last done, or where the wishes did.
    pub(crate) async fn tend_dormant(&mut self) -> Result<(), VaultError> {
        if self.visit || self.policy.is_none() {
            return Ok(());
        }
        let chosen = self.chosen().await?;
        let (wishes, any) = self.wishes(&chosen);
        // Where there are none and should be none, no dossier is pulled to see that.
        let stale = |(log, slot): (&LogId, &Slot)| {
            let left = |line: &DormantLine| line.purpose() != Purpose::BreakGlass && !self.is_here(line.author);
            let left = slot.dormant.iter().any(left);
            let mark = if left { Hash::of(&wishes.0) } else { wishes };
            let due = self.tended.get(log) != Some(&mark) && (any || !slot.dormant.is_empty());
            due.then_some((*log, mark))
        };
        let dossiers = self.slots.iter().filter(|(_, slot)| slot.kind == LogKind::Dossier);
        let due: Vec<(LogId, Hash)> = dossiers.filter_map(stale).collect();
        for (log, mark) in &due {
            match self.tend(*log, &chosen).await {
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

    /// What this person arranged; what cannot be told now is left as it is.
    pub(crate) async fn chosen(&mut self) -> Result<Chosen, VaultError> {
        let contact = match self.told_contact().await {
            Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
            told => told.unwrap_or_default(),
        };
        let testament = match self.told_testament().await {
            Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
            told => told.unwrap_or_default(),
        };
        Ok(Chosen { contact, testament })
    }

    /// Sees to the dormant grants of one dossier.
    pub(crate) async fn tend(&mut self, log: LogId, chosen: &Chosen) -> Result<(), VaultError> {
        let first = self.heads.get(&log).copied();
        // Where access has to end with new keys, what is new comes after it; and where somebody else was first, there may be
        // another client.
        for _ in 0..2 {
            let before = self.heads.get(&log).copied();
            let clients = self.clients(log).await?;
            let outcome = self.change(log, |vault, book, draft| {
                vault.draft_upkeep(draft, book, chosen, &clients);
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
    fn wishes(&self, chosen: &Chosen) -> (Hash, bool) {
        let contact = chosen.contact.flatten();
        let testament = chosen.testament.as_ref();
        let trustees = testament.iter().filter_map(|told| told.as_ref()).flat_map(|claims| claims.people.clone());
        let directs = |(_, member): &(PersonId, &Member)| member.admission.standing.is_director();
        let glass: Vec<PersonId> = match self.breaks_glass() {
            true => self.directory.members().filter(directs).map(|(person, _)| person).collect(),
            false => Vec::new(),
        };
        let people = glass.iter().copied().chain(contact.map(|(person, ..)| person)).chain(trustees);
        let key = |person| self.directory.now().receiving(person).map(|key| key.hash());
        let people: Vec<(PersonId, Option<Hash>, bool)> =
            people.map(|person| (person, key(person), self.may_receive(person))).collect();
        let any = !people.is_empty();
        let terms = contact.map(|(_, days, all)| (days, all));
        let told = (chosen.contact.is_some(), chosen.testament.is_some(), testament.cloned().flatten());
        (Hash::of(&(told, terms, glass, people).to_canonical()), any)
    }

    /// Whether the policy lets a director open a dossier that they do not read.
    pub(crate) fn breaks_glass(&self) -> bool {
        self.policy().is_ok_and(|policy| policy.break_glass.is_some()) || zegel_crypto::sabotage::is("glass-policy")
    }

    fn draft_upkeep(&mut self, draft: &mut Draft, book: &Book, chosen: &Chosen, clients: &[PersonId]) {
        let own = self.keys.person;
        if book.read_only || !book.log.rights(own).allow(Rights::MANAGE) {
            return;
        }
        let mut wishes: Vec<Wish> = self.contact_wish(book, chosen.contact.flatten()).into_iter().collect();
        wishes.extend(self.glass_wishes(book));
        wishes.extend(self.release_wishes(book, chosen.testament.as_ref().and_then(Option::as_ref), clients));
        let known = lines(&book.log);
        let gone: Vec<GrantId> =
            known.iter().filter(|line| !self.is_wished(book, line, &wishes, chosen)).map(|line| line.grant).collect();
        if !gone.is_empty() {
            // Whoever ends it is here, and what their trustees closed stays.
            if known.iter().any(|line| gone.contains(&line.grant) && line.releases_for(own)) {
                self.draft_reopening(draft, book, own);
            }
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
    fn is_wished(&self, book: &Book, line: &DormantLine, wishes: &[Wish], chosen: &Chosen) -> bool {
        let same = |wish: &Wish| wish.person == line.receiver && wish.purpose == line.purpose();
        let wished = wishes.iter().find(|wish| same(wish));
        match line.purpose() {
            Purpose::Release if line.author == self.keys.person && chosen.testament.is_none() => true,
            Purpose::Release if line.author == self.keys.person => wished.is_some_and(|wish| wish.keeps(line)),
            // Somebody goes on with it. What was claimed goes its way unless they refuse it.
            Purpose::Release => line.opens.is_some() || self.managers(book) == [line.author],
            // One's own is for others to end: whether one needs it, they see as well as oneself.
            Purpose::BreakGlass => {
                let kept = line.opens.is_some() || line.receiver == self.keys.person;
                wished.is_some() || kept && self.breaks_glass()
            }
            // What cannot be told changes nothing.
            Purpose::Emergency if line.author == self.keys.person && chosen.contact.is_none() => true,
            Purpose::Emergency if line.author == self.keys.person => {
                // What was claimed goes on by the terms that it was claimed on.
                wished.is_some_and(|wish| {
                    let fits = wish.parts.iter().any(|(rights, _)| *rights == line.rights);
                    line.claimed.is_some() || fits && wish.claims.days == line.days
                })
            }
            // Whoever stepped in for somebody who is gone stays: nobody else may be left.
            Purpose::Emergency => line.opens.is_some() || self.is_here(line.author),
        }
    }

    pub(crate) fn is_here(&self, person: PersonId) -> bool {
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
        lacks.then(|| Wish::alone(person, days, Purpose::Emergency, parts))
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
        let wish = |person| Wish::alone(person, 0, Purpose::BreakGlass, vec![(Rights::READ, managed.clone())]);
        let directors = directors.filter(closed).map(|(person, _)| person);
        directors.filter(|person| self.may_receive(*person)).map(wish).collect()
    }

    /// What somebody has in a compartment for good, and need not claim.
    pub(crate) fn holds(&self, book: &Book, person: PersonId, compartment: CompartmentId) -> Rights {
        let theirs = book.log.grants_of(person).filter(|state| state.gate().is_none() && state.grant.until.is_none());
        let covers = |state: &&GrantState| state.grant.compartments.binary_search(&compartment).is_ok();
        theirs.filter(covers).fold(Rights::default(), |rights, state| rights | state.grant.rights)
    }

    /// Whether keys may be wrapped for somebody, to be handed out later.
    pub(crate) fn may_receive(&self, person: PersonId) -> bool {
        person != self.keys.person && self.is_here(person) && self.need_pledge(person).is_ok()
    }

    fn draft_wish(&mut self, draft: &mut Draft, book: &Book, wish: &Wish) {
        let log = book.log.id();
        let receiver = match book.log.party(wish.person) {
            Some(_) => Receiver::Party(wish.person),
            None => Receiver::Person(wish.person),
        };
        let Some(public) = public_of(&self.directory, &book.log, &receiver) else { return };
        for (rights, compartments) in &wish.parts {
            let (mut compartments, mut rng) = (compartments.clone(), self.ports.rng());
            compartments.sort_unstable();
            compartments.dedup();
            let held = |at: &&CompartmentEpoch| compartments.binary_search(&at.compartment).is_ok();
            let epochs: Vec<CompartmentEpoch> = book.seeds.by_epoch.keys().filter(held).copied().collect();
            let (id, gate) = (GrantId::make(&mut rng), Gate::Claims(wish.claims.clone()));
            let grant = staff_grant(id, receiver.clone(), public.hash(), *rights, compartments.clone());
            draft.grant(log, &Grant { gate, ..grant }, &public, &epochs, &book.seeds);
        }
    }
}

/// Whether a change may make other dormant grants due, or end them.
pub(crate) fn touches_access(change: &Change) -> bool {
    matches!(change, Change::Found(_) | Change::Grant(_) | Change::Revoke(_))
}
