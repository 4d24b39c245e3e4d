//! What lets somebody outside the organisation believe authors: the directory entries from the root to their devices.

use std::collections::{BTreeMap, BTreeSet};

use zegel_crypto::{ReceivingPublic, VerifyingKey, sabotage};

use crate::{
    Change, Commit, DeviceId, Directory, Entry, Head, LogId, LogKind, Member, PersonId, Refusal, Standing,
    directory::recovery_author,
};

/// Directory entries that lead from the root key to the device of an author, in order. Not necessarily successive: a
/// receiver learns who vouched for whom and nothing of the rest.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'e>(pub &'e [Entry]);

/// A device that the chain vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certified {
    /// Signs that device's entries.
    pub signing: VerifyingKey,
}

/// A director's word that a log goes on from an earlier entry, after the relay was put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// In which entry of the directory it was said.
    pub sequence: u64,
    /// By whom.
    pub author: PersonId,
    /// When, by the author's clock.
    pub claimed_time: u64,
    /// Of which log.
    pub log: LogId,
    /// The last entry that stays.
    pub head: Head,
}

/// Everybody that a chain vouches for, of which nothing shows who has since been removed.
#[derive(Clone, Debug, Default)]
pub struct Vouched {
    devices: BTreeMap<DeviceId, (PersonId, VerifyingKey)>,
    receiving: Vec<ReceivingPublic>,
    given_up: Vec<GivenUp>,
}

impl Vouched {
    /// A device of this person.
    pub fn device(&self, person: PersonId, device: DeviceId) -> Option<Certified> {
        let (owner, signing) = self.devices.get(&device)?;
        (*owner == person).then_some(Certified { signing: *signing })
    }

    /// The keys to which is or was wrapped for its members.
    pub fn receiving(&self) -> &[ReceivingPublic] {
        &self.receiving
    }

    /// What directors gave up, in the order of the directory.
    pub fn given_up(&self) -> &[GivenUp] {
        &self.given_up
    }
}

impl Certificate<'_> {
    /// The sequences of the directory entries that a chain for this device consists of.
    ///
    /// Errors: [`Refusal::Author`] if the device is not, or no longer, certified.
    pub fn sequences(directory: &Directory, author: PersonId, device: DeviceId) -> Result<Vec<u64>, Refusal> {
        directory.now().device(author, device).ok_or(Refusal::Author)?;
        Ok(Self::leading_to(directory, &BTreeSet::from([author])))
    }

    /// The sequences of the directory entries by which these authors are believed, whether or not they are members still.
    pub fn leading_to(directory: &Directory, authors: &BTreeSet<PersonId>) -> Vec<u64> {
        // Admission and devices of everybody who ever led: whoever signed an author's admission is among them.
        let led = |member: &Member| member.admission.standing.is_director() || !member.delegations.is_empty();
        let wanted = |person: &PersonId, member: &Member| authors.contains(person) || led(member);
        let people: BTreeMap<PersonId, &Member> =
            directory.members().filter(|(person, member)| wanted(person, member)).collect();
        let mut sequences = vec![0];
        sequences.extend(people.values().copied().flat_map(vouched));
        // With which device they renewed their keys is not told apart: all of theirs go along.
        let theirs = directory.devices().filter(|(_, device)| people.contains_key(&device.certificate.person));
        sequences.extend(theirs.map(|(_, device)| device.since));
        sequences.sort_unstable();
        sequences.dedup();
        sequences
    }

    /// Follows the chain from `root` to the author's device.
    ///
    /// Errors: the first [`Refusal`] met, [`Refusal::Author`] if the chain ends elsewhere.
    pub fn verify(self, root: &VerifyingKey, author: PersonId, device: DeviceId) -> Result<Certified, Refusal> {
        self.follow(root)?.device(author, device).ok_or(Refusal::Author)
    }

    /// Follows the chain from `root` to everybody in it.
    ///
    /// Errors: the first [`Refusal`] met.
    pub fn follow(self, root: &VerifyingKey) -> Result<Vouched, Refusal> {
        let mut directors = BTreeMap::new();
        let mut delegates = BTreeMap::new();
        let mut accounts = BTreeMap::new();
        let mut found = Vouched::default();
        let (mut last, mut organisation) = (None, None);
        for entry in self.0 {
            let commit = entry.commit()?;
            if last.is_some_and(|last| commit.sequence <= last) || (last.is_none() && commit.sequence != 0) {
                return Err(Refusal::Sequence);
            }
            if commit.kind != LogKind::Directory || commit.log != *organisation.get_or_insert(commit.log) {
                return Err(Refusal::OtherLog);
            }
            let by_root = last.is_none() || (commit.author, commit.device) == recovery_author(commit.log);
            last = Some(commit.sequence);
            if by_root {
                entry.verify(root)?;
            } else {
                entry.verify(&signing_key(&commit, &found.devices)?)?;
            }
            let by_director = by_root || directors.get(&commit.author) == Some(&true);
            let by_delegate = delegates.contains_key(&commit.author);
            for change in &commit.changes {
                match change {
                    Change::Delegate(person, _) if by_director => {
                        delegates.insert(*person, commit.author);
                    }
                    Change::Undelegate(_) | Change::Remove(_) if sabotage::is("chain-delegate") => {}
                    Change::Undelegate(person) if by_director || *person == commit.author => {
                        delegates.remove(person);
                    }
                    Change::Remove(gone) if by_director || by_delegate => {
                        delegates.retain(|person, by| person != gone && by != gone);
                    }
                    Change::Admit(admission) if by_director || by_delegate && admission.standing == Standing::STAFF => {
                        // An id stands for one person: nobody is put in another's place.
                        if accounts.contains_key(&admission.person) && !sabotage::is("chain-once") {
                            return Err(Refusal::Reference);
                        }
                        directors.insert(admission.person, admission.standing.is_director());
                        accounts.insert(admission.person, admission.account);
                        found.receiving.push(admission.receiving.clone());
                    }
                    Change::Renew(renewal) if renewal.person == commit.author => {
                        accounts.insert(renewal.person, renewal.account);
                        found.receiving.push(renewal.receiving.clone());
                    }
                    Change::Certify(certificate)
                        if by_director || by_delegate || certificate.person == commit.author =>
                    {
                        let account = accounts.get(&certificate.person).ok_or(Refusal::Author)?;
                        certificate.verify(account)?;
                        found.devices.insert(certificate.device, (certificate.person, certificate.signing));
                    }
                    Change::Restored(named) if by_director || sabotage::is("given-up-by-director") => {
                        let (sequence, author, claimed_time) = (commit.sequence, commit.author, commit.claimed_time);
                        let given = |(log, head): &(LogId, Head)| GivenUp {
                            sequence,
                            author,
                            claimed_time,
                            log: *log,
                            head: *head,
                        };
                        found.given_up.extend(named.iter().map(given));
                    }
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}

/// The entries that say with which keys somebody certified devices, and when they acted for the directors.
fn vouched(member: &Member) -> impl Iterator<Item = u64> {
    let renewed = member.renewals.iter().map(|(since, _)| *since);
    let led = member.delegations.iter().flat_map(|made| [Some(made.since), made.ended].into_iter().flatten());
    core::iter::once(member.since).chain(renewed).chain(led)
}

/// A device known by now, or one that brings its own certificate; the certificate itself is checked with the change.
fn signing_key(
    commit: &Commit,
    devices: &BTreeMap<DeviceId, (PersonId, VerifyingKey)>,
) -> Result<VerifyingKey, Refusal> {
    if let Some((person, key)) = devices.get(&commit.device) {
        return if *person == commit.author { Ok(*key) } else { Err(Refusal::Author) };
    }
    let own = |change: &Change| match change {
        Change::Certify(own) if own.person == commit.author && own.device == commit.device => Some(own.signing),
        _ => None,
    };
    commit.changes.iter().find_map(own).ok_or(Refusal::Author)
}
