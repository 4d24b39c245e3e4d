//! A practice's testament: people whom its owner trusts, none of whom reads anything, release each dossier to its own client when the
//! owner is gone, several of them together and after a number of days, and have what nobody is left to read destroyed. Whom one has
//! chosen stands in one's own log; the dormant grants that carry it are seen to at every sync.

use zegel_dossier::{Record, TestamentRecord, policy::Quorum};
use zegel_ledger::{Change, Claims, GrantId, LogId, MOST_CLAIMANTS, PersonId, RecordId};

use crate::{
    Vault, VaultError,
    dormant::{Closed, DormantLine, Told, Trustees},
    dossiers::id,
    sync::DAY,
    view::{DormantView, EntrustedView, Purpose, TestamentView, TrusteeView},
};

/// The days that pass where the policy says nothing of an emergency contact's.
const DAYS: u16 = 30;

/// Between a closing and the destruction that it announces, in seconds: the relay's thirty days, and room for two clocks.
const NOTICE: u64 = 31 * DAY;

impl Vault {
    /// This person's testament, and those in which they are named.
    pub async fn testament(&mut self) -> Result<TestamentView, VaultError> {
        let own = self.keys.person;
        let trustees = self.chosen_trustees().await?.unwrap_or_default();
        let (mut dossiers, mut clients, mut opens, mut claimed) = (0, 0, None, Vec::new());
        for slot in self.slots.values() {
            let theirs = || slot.dormant.iter().filter(|line| line.releases_for(own));
            dossiers += usize::from(theirs().next().is_some());
            clients += usize::from(theirs().any(DormantLine::is_for_client));
            opens = theirs().map(|line| line.opens).max().flatten().max(opens);
            claimed.extend(theirs().flat_map(|line| line.claimed_by()));
        }
        claimed.sort_unstable();
        claimed.dedup();
        let others = |claim: &DormantView| claim.purpose == Purpose::Release && claim.person != own.to_string();
        let mut claims = self.claims().await?;
        claims.retain(|claim| claim.may_refuse && others(claim));
        let entrusted_by = self.entrusted();
        Ok(TestamentView {
            quorum: self.quorum().map(|quorum| (quorum.needed, quorum.of)),
            days: self.release_days(),
            trustees: trustees
                .into_iter()
                .map(|person| TrusteeView {
                    person: person.to_string(),
                    name: self.name_of(person),
                    counts: self.may_release(person),
                })
                .collect(),
            dossiers,
            clients,
            claimed: claimed.into_iter().map(|person| self.name_of(person)).collect(),
            opens,
            closing: self.closing(),
            claims,
            entrusted_by,
        })
    }

    /// Names the trustees, as many as the policy says, in the place of those there are.
    pub async fn choose_trustees(&mut self, people: &[String]) -> Result<(), VaultError> {
        let Quorum { needed, of } = self.quorum().ok_or(VaultError::NoTestament)?;
        let mut trustees = people.iter().map(|person| id(person)).collect::<Result<Vec<PersonId>, _>>()?;
        trustees.sort_unstable();
        trustees.dedup();
        let enough = trustees.len() == usize::from(of) && people.len() == trustees.len();
        if !enough && !zegel_crypto::sabotage::is("trustee-count") {
            return Err(VaultError::TrusteeCount(needed, of));
        }
        for person in &trustees {
            if *person == self.keys.person {
                return Err(VaultError::OwnTrustee);
            }
            let member = self.directory.now().member(*person).ok_or(VaultError::NotFound)?;
            if !self.is_current(member) {
                return Err(VaultError::NotFound);
            }
            self.need_pledge(*person)?;
        }
        self.put_trustees(trustees).await
    }

    /// Takes the choice back. What trustees have claimed already is ended as well.
    pub async fn drop_trustees(&mut self) -> Result<(), VaultError> {
        if self.chosen_trustees().await?.is_none() {
            return Err(VaultError::NotFound);
        }
        self.put_trustees(Vec::new()).await
    }

    async fn put_trustees(&mut self, trustees: Vec<PersonId>) -> Result<(), VaultError> {
        let place = self.testament_record();
        self.write_personal(&[(place, Record::Testament(TestamentRecord { trustees }))]).await?;
        let tended = self.tend_dormant().await;
        self.note_claims();
        tended
    }

    /// Claims everything that somebody's testament leaves to this person and the other trustees to release. Gives in how many
    /// dossiers; what was cut off is gone on with by doing it again.
    pub async fn release(&mut self, owner: &str) -> Result<usize, VaultError> {
        let (owner, own): (PersonId, PersonId) = (id(owner)?, self.keys.person);
        let mut claimable: Vec<(LogId, Vec<GrantId>)> = Vec::new();
        let mut named = false;
        for (log, lines) in self.dormant_lines() {
            let theirs = lines.iter().filter(|line| line.releases_for(owner) && line.trustees().contains(&own));
            named |= theirs.clone().next().is_some();
            let missing = theirs.filter(|line| !line.claimed_by().contains(&own));
            let grants: Vec<GrantId> = missing.map(|line| line.grant).collect();
            if !grants.is_empty() {
                claimable.push((log, grants));
            }
        }
        if !named {
            return Err(VaultError::NotTrustee(self.name_of(owner)));
        }
        self.claim_in(&claimable).await
    }

    /// Closes what a testament that has opened leaves to nobody: where no client gets in and nobody else reads. The relay destroys
    /// it after its notice. Gives how many.
    pub async fn destroy_rest(&mut self, owner: &str) -> Result<usize, VaultError> {
        let owner: PersonId = id(owner)?;
        self.look_at_closed(false).await?;
        let now = self.relay_time();
        let rest = self.closed.iter().filter(|(_, closed)| self.is_rest(closed, owner, now));
        let rest: Vec<LogId> = rest.map(|(log, _)| *log).collect();
        let (mut destroyed, mut first) = (0, Ok(()));
        for log in rest {
            let now = self.relay_time();
            let close = [Change::Close(Some(now.saturating_add(NOTICE)))];
            match self.change_closed(log, &close, |vault, closed| vault.is_rest(closed, owner, now)).await {
                Ok(closed) => destroyed += usize::from(closed),
                Err(error) => first = first.and(Err(error)),
            }
        }
        first?;
        if destroyed == 0 { Err(VaultError::NothingLeft) } else { Ok(destroyed) }
    }

    /// Whether this person may have a dossier destroyed by somebody's testament, and it was not done yet.
    fn is_rest(&self, closed: &Closed, owner: PersonId, now: u64) -> bool {
        let own = self.keys.person;
        let mut theirs = closed.dormant.iter().filter(|line| line.releases_for(owner));
        let may = theirs.clone().any(|line| line.receiver == own && line.opens.is_some_and(|opens| opens <= now));
        may && closed.destroyed.is_none() && !theirs.any(DormantLine::is_for_client) && !self.stays(closed, owner, now)
    }

    /// Whether somebody but its owner reads it, has claimed that or was sent part of it, and goes on doing so.
    fn stays(&self, closed: &Closed, owner: PersonId, now: u64) -> bool {
        let outside = closed.outside.is_some_and(|until| now < until);
        let reads = |person| person != owner && self.is_here(person);
        outside || closed.readers.iter().any(|reading| reads(reading.person) && !reading.is_over(now))
    }

    /// The testaments in which this person is named.
    fn entrusted(&self) -> Vec<EntrustedView> {
        let (own, now) = (self.keys.person, self.relay_time());
        let mut found: Vec<(PersonId, Vec<PersonId>, EntrustedView)> = Vec::new();
        for (log, lines) in self.dormant_lines() {
            let theirs = || lines.iter().filter(|line| line.trustees().contains(&own));
            let Some((owner, terms)) = theirs().find_map(|line| Some((line.author, line.trustees.as_ref()?))) else {
                continue;
            };
            let first = theirs().map(|line| line.opens).min().flatten();
            let opens = first.and(theirs().filter_map(|line| line.opens).max());
            if !found.iter().any(|(known, ..)| *known == owner) {
                found.push((owner, terms.people.clone(), self.entrusted_by(owner, terms, opens)));
            }
            let Some((_, claimed, view)) = found.iter_mut().find(|(known, ..)| *known == owner) else { continue };
            claimed.retain(|person| theirs().all(|line| line.claimed_by().contains(person)));
            view.opens = view.opens.zip(opens).map(|(one, other)| one.max(other));
            view.days = theirs().map(|line| line.days).max().unwrap_or_default().max(view.days);
            view.dossiers += 1;
            let closed = self.closed.get(&log);
            let destroyed = closed.and_then(|closed| closed.destroyed);
            view.destroyed = view.destroyed.max(destroyed);
            let stays = closed.is_none_or(|closed| self.stays(closed, owner, now));
            let place = match destroyed {
                _ if theirs().any(DormantLine::is_for_client) => &mut view.clients,
                Some(_) => &mut view.closing,
                None if stays => &mut view.stay,
                None => &mut view.rest,
            };
            *place += 1;
        }
        let names = |(_, claimed, view): (_, Vec<PersonId>, EntrustedView)| EntrustedView {
            by_you: claimed.contains(&own),
            claimed: claimed.into_iter().map(|person| self.name_of(person)).collect(),
            open: view.opens.is_some_and(|opens| opens <= now),
            ..view
        };
        found.into_iter().map(names).collect()
    }

    /// One of them, before its dossiers are counted.
    fn entrusted_by(&self, owner: PersonId, terms: &Trustees, opens: Option<u64>) -> EntrustedView {
        EntrustedView {
            person: owner.to_string(),
            name: self.name_of(owner),
            needed: terms.needed,
            trustees: terms.people.iter().map(|person| self.name_of(*person)).collect(),
            opens,
            ..EntrustedView::default()
        }
    }

    /// How many of this person's dossiers a trustee of theirs has closed, so that they are to be destroyed.
    pub(crate) fn closing(&self) -> usize {
        self.slots.values().filter(|slot| slot.closing == Some(self.keys.person)).count()
    }

    /// The trustees of this person's testament who count, and how; none at all where that cannot be told.
    pub(crate) async fn told_testament(&mut self) -> Result<Told<Claims>, VaultError> {
        let Some(Quorum { needed, .. }) = self.quorum() else { return Ok(Some(None)) };
        let Some(Record::Testament(chosen)) = self.own_choice(self.testament_record()).await? else { return Ok(None) };
        let mut people = chosen.trustees;
        people.retain(|person| self.may_release(*person));
        people.truncate(MOST_CLAIMANTS);
        let claims = Claims { needed, people, days: self.release_days() };
        Ok(Some(Some(claims).filter(Claims::is_sound)))
    }

    /// Whether somebody counts among the trustees. They get no key, so another pledge than they signed suspends nothing.
    fn may_release(&self, person: PersonId) -> bool {
        person != self.keys.person && self.is_here(person)
    }

    async fn chosen_trustees(&mut self) -> Result<Option<Vec<PersonId>>, VaultError> {
        let Some(Record::Testament(chosen)) = self.own_choice(self.testament_record()).await? else { return Ok(None) };
        Ok(Some(chosen.trustees).filter(|trustees| !trustees.is_empty()))
    }

    /// One record in one's own log, under one's own id with every bit turned: the id itself is the emergency contact's.
    fn testament_record(&self) -> RecordId {
        RecordId(self.keys.person.0.map(|byte| !byte))
    }

    fn quorum(&self) -> Option<Quorum> {
        self.policy().ok()?.recovery.testament
    }

    fn release_days(&self) -> u16 {
        self.least_days().unwrap_or(DAYS)
    }
}
