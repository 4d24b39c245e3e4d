//! Emergency contacts: a colleague whom somebody trusts with their dossiers when they cannot be there. The contact says so, waits,
//! and until the days are over the owner, and whoever else manages the dossier, may say no. Whom one has chosen stands in one's
//! own log; the dormant grants that carry it are seen to at every sync.

use std::collections::BTreeMap;

use zegel_dossier::{EmergencyContactRecord, Record};
use zegel_ledger::{GrantId, LogId, PersonId, RecordId, Rights};

use crate::{
    Vault, VaultError,
    dormant::{Contact, DormantLine, Told},
    dossiers::id,
    view::{ContactView, EmergencyView, Purpose, TrustView},
};

impl Vault {
    /// This person's emergency contact, those whose contact they are, and what was claimed.
    pub async fn emergency(&mut self) -> Result<EmergencyView, VaultError> {
        let own = self.keys.person;
        let contact = self.chosen_contact().await?.map(|(person, days, take_over)| ContactView {
            person: person.to_string(),
            name: self.name_of(person),
            days,
            take_over,
            dossiers: self.slots.values().filter(|slot| arranged(&slot.dormant, own, person).next().is_some()).count(),
        });
        let now = self.relay_time();
        let mut trusted_by: BTreeMap<PersonId, TrustView> = BTreeMap::new();
        for (_, lines) in self.dormant_lines() {
            let mut counted = Vec::new();
            for line in lines.iter().filter(|line| is_for(line, own)) {
                let trust = trusted_by.entry(line.author).or_insert_with(|| TrustView {
                    person: line.author.to_string(),
                    name: self.name_of(line.author),
                    dossiers: 0,
                    days: line.days,
                    take_over: false,
                    claimed: 0,
                    opens: None,
                    open: false,
                });
                let first = !counted.contains(&line.author);
                trust.dossiers += usize::from(first);
                trust.claimed += usize::from(first && line.claimed.is_some());
                trust.days = trust.days.max(line.days);
                trust.take_over |= line.rights.allow(Rights::WRITE);
                trust.opens = trust.opens.max(line.opens);
                trust.open = trust.opens.is_some_and(|opens| opens <= now);
                counted.push(line.author);
            }
        }
        let claims = self.claims().await?;
        let claims = claims.into_iter().filter(|claim| claim.purpose == Purpose::Emergency).collect();
        let trusted_by = trusted_by.into_values().collect();
        Ok(EmergencyView { least_days: self.least_days(), contact, trusted_by, claims })
    }

    /// Chooses an emergency contact, in the place of the one there is. They wait the days that the policy asks, or more.
    pub async fn choose_contact(&mut self, person: &str, days: Option<u16>, take_over: bool) -> Result<(), VaultError> {
        let person: PersonId = id(person)?;
        let least = self.least_days().ok_or(VaultError::NoEmergencyContacts)?;
        let days = days.unwrap_or(least);
        if days < least && !zegel_crypto::sabotage::is("contact-days") {
            return Err(VaultError::WaitsTooShort(least));
        }
        if person == self.keys.person {
            return Err(VaultError::OwnContact);
        }
        let member = self.directory.now().member(person).ok_or(VaultError::NotFound)?;
        if !self.is_current(member) {
            return Err(VaultError::NotFound);
        }
        self.need_pledge(person)?;
        self.put_contact(EmergencyContactRecord { person: Some(person), days, take_over }).await
    }

    /// Takes the choice back. What the contact has claimed already is ended as well.
    pub async fn drop_contact(&mut self) -> Result<(), VaultError> {
        if self.chosen_contact().await?.is_none() {
            return Err(VaultError::NotFound);
        }
        self.put_contact(EmergencyContactRecord { person: None, days: 0, take_over: false }).await
    }

    async fn put_contact(&mut self, record: EmergencyContactRecord) -> Result<(), VaultError> {
        let place = self.contact_record();
        self.write_personal(&[(place, Record::EmergencyContact(record))]).await?;
        let tended = self.tend_dormant().await;
        self.note_claims();
        tended
    }

    /// Claims every dossier for which somebody chose this person. They open when the days are over and nobody said no. Gives how
    /// many.
    pub async fn claim_emergency(&mut self, owner: &str) -> Result<usize, VaultError> {
        let (owner, own): (PersonId, PersonId) = (id(owner)?, self.keys.person);
        let mut claimable: Vec<(LogId, Vec<GrantId>)> = Vec::new();
        let mut arranged = false;
        for (log, lines) in self.dormant_lines() {
            let theirs = lines.iter().filter(|line| is_for(line, own) && line.author == owner);
            arranged |= theirs.clone().next().is_some();
            let grants: Vec<GrantId> = theirs.filter(|line| line.claimed.is_none()).map(|line| line.grant).collect();
            if !grants.is_empty() {
                claimable.push((log, grants));
            }
        }
        if !arranged {
            return Err(VaultError::NotTrusted(self.name_of(owner)));
        }
        self.claim_in(&claimable).await
    }

    /// Whom this person chose, how many days they wait, and whether they get more than reading; as far as the policy has it.
    pub(crate) async fn chosen_contact(&mut self) -> Result<Option<Contact>, VaultError> {
        Ok(self.told_contact().await?.flatten())
    }

    /// The same; none at all where it cannot be told: a log that is not there may be one that the relay keeps back.
    pub(crate) async fn told_contact(&mut self) -> Result<Told<Contact>, VaultError> {
        let Some(least) = self.least_days() else { return Ok(Some(None)) };
        let Some(Record::EmergencyContact(chosen)) = self.own_choice(self.contact_record()).await? else {
            return Ok(None);
        };
        Ok(Some(chosen.person.map(|person| (person, chosen.days.max(least), chosen.take_over))))
    }

    /// A record of one's own log; none where it is not there, or that log is not.
    pub(crate) async fn own_choice(&mut self, place: RecordId) -> Result<Option<Record>, VaultError> {
        let personal = self.personal_log();
        if !self.heads.contains_key(&personal) {
            return Ok(None);
        }
        let Some(state) = self.book(personal).await?.log.record(place).copied() else { return Ok(None) };
        // A personal log is long, and this is asked at every sync.
        if let Some(known) = self.opened.get(&(personal, place, state.version, state.blob)) {
            return Ok(Some(known.clone()));
        }
        let book = self.book(personal).await?.clone();
        self.need_halves(&[&book]).await?;
        self.record(&book, place).await.map(Some)
    }

    /// One record in one's own log, under one's own id.
    fn contact_record(&self) -> RecordId {
        RecordId(self.keys.person.0)
    }

    pub(crate) fn least_days(&self) -> Option<u16> {
        Some(self.policy().ok()?.recovery.emergency_contact?.most_days())
    }

    /// The dormant grants of every dossier that this person sees, closed ones too.
    pub(crate) fn dormant_lines(&self) -> impl Iterator<Item = (LogId, &[DormantLine])> {
        let open = self.slots.iter().map(|(log, slot)| (*log, slot.dormant.as_slice()));
        open.chain(self.closed.iter().map(|(log, closed)| (*log, closed.dormant.as_slice())))
    }
}

fn is_for(line: &DormantLine, person: PersonId) -> bool {
    line.receiver == person && line.purpose() == Purpose::Emergency
}

fn arranged(lines: &[DormantLine], by: PersonId, person: PersonId) -> impl Iterator<Item = &DormantLine> {
    lines.iter().filter(move |line| line.author == by && is_for(line, person))
}
