//! What waits for somebody, and why it is theirs to see to.

use serde::{Deserialize, Serialize};
use zegel_crypto::Canonical as _;
use zegel_ledger::{Change, Commit, Log, LogId, LogKind, PersonId, Receiver};

use crate::{
    Vault, VaultError,
    book::Book,
    order::sort_by_bytes,
    ports::Table,
    sync::DAY,
    view::{DormantView, DraftView, MemberState, MemberView, ShareState, ShareView},
};

/// How far ahead shares that end are looked for, in seconds.
const SOON: u64 = 14 * DAY;

/// For how long somebody who does not look is told that they were let in, in seconds.
const NEWS: u64 = 14 * DAY;

/// What is to be done.
#[derive(Default, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkListView {
    /// Drafts that wait: dossier, its title, the draft.
    pub drafts: Vec<(String, String, DraftView)>,
    /// Shares that end within two weeks: dossier, its title, the share.
    pub ending: Vec<(String, String, ShareView)>,
    /// Newcomers to the organisation whose words are to be compared, for directors.
    pub newcomers: Vec<MemberView>,
    /// Colleagues who came back without their keys, and can be given back what they read.
    pub returned: Vec<MemberView>,
    /// Dossiers that a colleague let this person into, and which they have not opened since.
    pub let_in: Vec<LetInView>,
    /// What was claimed in dossiers that this person reads.
    pub claims: Vec<DormantView>,
    /// How many of this person's dossiers a trustee of theirs has closed, to be destroyed.
    pub closing: usize,
    /// Who came by an invitation of this person's into a dossier, or made keys of their own by a link of this person's to a
    /// share, and whose words are to be compared.
    pub came: Vec<CameView>,
    /// Whether this director should go over who is authorised.
    pub review_due: bool,
}

/// Somebody was let into a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetInView {
    /// The dossier.
    pub dossier: String,
    /// Its title.
    pub title: String,
    /// By whom.
    pub by: String,
    /// When they say it was, in seconds since 1970.
    pub at: u64,
}

/// Somebody waits at a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameView {
    /// The dossier.
    pub dossier: String,
    /// Its title.
    pub title: String,
    /// Who.
    pub person: String,
    /// Their name, as they say it; of a share's receiver, as whoever shared it wrote it.
    pub name: String,
    /// The share that they receive, of whoever receives one.
    pub share: Option<String>,
}

impl Vault {
    /// What waits.
    pub async fn work_list(&mut self) -> Result<WorkListView, VaultError> {
        let now = self.ports.clock.now();
        let mut list = WorkListView::default();
        let dossiers = self.dossiers();
        for id in self.dossiers_with_drafts().await? {
            let title = dossiers.iter().find(|dossier| dossier.id == id).map(|dossier| dossier.title.clone());
            let title = title.unwrap_or_default();
            let drafts = self.drafts(&id).await?.into_iter();
            list.drafts.extend(drafts.map(|draft| (id.clone(), title.clone(), draft)));
        }
        for dossier in dossiers.into_iter().filter(|dossier| dossier.shares > 0) {
            let shares = self.known_shares(&dossier.id).await?.into_iter().map(|(share, _)| share);
            let ending = shares.filter(|share| share.state == ShareState::Live && share.until < now + SOON);
            list.ending.extend(ending.map(|share| (dossier.id.clone(), dossier.title.clone(), share)));
        }
        sort_by_bytes(&mut list.ending, |(.., share)| share.until.to_be_bytes().into());
        let (leads, members) = (self.leads(), self.members());
        list.returned = members.iter().filter(|member| member.waiting > 0).cloned().collect();
        if leads {
            list.newcomers = members.into_iter().filter(|member| member.state == MemberState::Registered).collect();
        }
        list.claims = self.claims().await?.into_iter().filter(|claim| !claim.you).collect();
        list.closing = self.closing();
        list.let_in = self.let_into(now);
        list.came = self.came().await?;
        list.review_due = self.review_due()?;
        Ok(list)
    }

    fn let_into(&self, now: u64) -> Vec<LetInView> {
        let news = self.slots.iter().filter_map(|(log, slot)| Some((log, slot, slot.let_in?)));
        let news = news.filter(|(_, slot, (at, _))| slot.kind == LogKind::Dossier && now < at.saturating_add(NEWS));
        let mut list: Vec<_> = news
            .map(|(log, slot, (at, by))| LetInView {
                dossier: log.to_string(),
                title: slot.title.clone(),
                by: self.name_of(by),
                at,
            })
            .collect();
        sort_by_bytes(&mut list, |one| (u64::MAX - one.at).to_be_bytes().into());
        list
    }

    async fn came(&mut self) -> Result<Vec<CameView>, VaultError> {
        let waits = self.slots.iter().filter(|(_, slot)| slot.came.is_some_and(|came| came > 0));
        let mut list = Vec::new();
        for (log, title) in waits.map(|(log, slot)| (*log, slot.title.clone())).collect::<Vec<_>>() {
            let book = self.book(log).await?.clone();
            if book.log.kind() == LogKind::Disclosure {
                list.extend(self.came_by_share(&book).await?);
                continue;
            }
            for (person, name) in self.at_door(&book) {
                let (dossier, title) = (log.to_string(), title.clone());
                list.push(CameView { dossier, title, person: person.to_string(), name, share: None });
            }
        }
        Ok(list)
    }

    /// The receiver of a share that lives, who made keys of their own.
    async fn came_by_share(&mut self, book: &Book) -> Result<Option<CameView>, VaultError> {
        let (log, newcomer) = (book.log.id(), self.at_door(book).into_iter().next());
        let source = book.log.founding().and_then(|founding| founding.source.as_ref());
        let (Some((person, _)), Some(source)) = (newcomer, source) else { return Ok(None) };
        let Some(title) = self.slots.get(&source.consent.log).map(|slot| slot.title.clone()) else { return Ok(None) };
        let dossier = source.consent.log.to_string();
        let mut shares = self.known_shares(&dossier).await?.into_iter();
        let share = shares.find(|(view, share)| share.disclosure == log && view.state == ShareState::Live);
        Ok(share.map(|(view, _)| {
            let (person, name, share) = (person.to_string(), view.to, Some(view.id));
            CameView { dossier, title, person, name, share }
        }))
    }

    /// Who came by this person's living invitations into a dossier, or links to a share.
    pub(crate) fn at_door(&self, book: &Book) -> Vec<(PersonId, String)> {
        let own = |link: PersonId| book.log.grants_of(link).any(|state| state.author == self.keys.person);
        let came = book.registered.iter().filter_map(|slip| self.newcomer(slip));
        came.filter(|(link, _)| own(*link)).map(|(_, came)| (came.person, came.name.unwrap_or_default())).collect()
    }

    /// When and by whom this person is let in with this entry, if they are. What they were given when the dossier began, or read
    /// already, is no news.
    pub(crate) fn lets_in(&self, log: &Log, commit: &Commit) -> Option<(u64, PersonId)> {
        let own = Receiver::Person(self.keys.person);
        let granted = |change: &Change| matches!(change, Change::Grant(grant) if grant.receiver == own);
        let news = commit.sequence > 0 && commit.author != self.keys.person;
        let reads = log.grants_of(self.keys.person).next().is_some();
        (news && !reads && commit.changes.iter().any(granted)).then_some((commit.claimed_time, commit.author))
    }

    /// Whoever opened a dossier knows that they were let in.
    pub(crate) async fn note_opened(&mut self, log: LogId) -> Result<(), VaultError> {
        let Some(slot) = self.slots.get_mut(&log).filter(|slot| slot.let_in.is_some()) else { return Ok(()) };
        slot.let_in = None;
        let slot = slot.to_canonical();
        let Some(book) = self.books.get_mut(&log) else { return Ok(()) };
        book.let_in = None;
        let book = book.clone();
        let mut writes = Vec::new();
        writes.extend(self.seal_kept(Table::Shelf, &book.log, slot));
        writes.extend(self.seal_kept(Table::Book, &book.log, book.to_canonical()));
        self.unshelved.entry(log).or_default();
        Ok(self.ports.store.write(writes).await?)
    }
}
