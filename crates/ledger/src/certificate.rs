//! What lets somebody outside the organisation believe an author: the directory entries from the root to a device.

use std::collections::BTreeMap;

use zegel_crypto::VerifyingKey;

use crate::{
    Change, Commit, DeviceId, Directory, Entry, LogKind, Member, PersonId, Refusal, directory::recovery_author,
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

impl Certificate<'_> {
    /// The sequences of the directory entries that a chain for this device consists of.
    ///
    /// Errors: [`Refusal::Author`] if the device is not, or no longer, certified.
    pub fn sequences(directory: &Directory, author: PersonId, device: DeviceId) -> Result<Vec<u64>, Refusal> {
        directory.now().device(author, device).ok_or(Refusal::Author)?;
        let mut wanted = vec![0];
        let known = |person: PersonId| directory.members().find(|(id, _)| *id == person).map(|(_, member)| member);
        wanted.extend(known(author).into_iter().flat_map(vouched));
        // With which device they renewed their keys is not told apart: all of theirs go along.
        wanted.extend(directory.devices().filter(|(_, d)| d.certificate.person == author).map(|(_, d)| d.since));
        // Every director's admission and devices: whoever signed the author's admission is among them.
        for (id, member) in directory.members().filter(|(_, member)| member.admission.standing.is_director()) {
            wanted.extend(vouched(member));
            wanted.extend(directory.devices().filter(|(_, d)| d.certificate.person == id).map(|(_, d)| d.since));
        }
        wanted.sort_unstable();
        wanted.dedup();
        Ok(wanted)
    }

    /// Follows the chain from `root` to the author's device.
    ///
    /// Errors: the first [`Refusal`] met, [`Refusal::Author`] if the chain ends elsewhere.
    pub fn verify(self, root: &VerifyingKey, author: PersonId, device: DeviceId) -> Result<Certified, Refusal> {
        let mut directors = BTreeMap::new();
        let mut accounts = BTreeMap::new();
        let mut devices: BTreeMap<DeviceId, (PersonId, VerifyingKey)> = BTreeMap::new();
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
                entry.verify(&signing_key(&commit, &devices)?)?;
            }
            let by_director = by_root || directors.get(&commit.author) == Some(&true);
            for change in &commit.changes {
                match change {
                    Change::Admit(admission) if by_director => {
                        directors.insert(admission.person, admission.standing.is_director());
                        accounts.insert(admission.person, admission.account);
                    }
                    Change::Renew(renewal) if renewal.person == commit.author => {
                        accounts.insert(renewal.person, renewal.account);
                    }
                    Change::Certify(certificate) if by_director || certificate.person == commit.author => {
                        let account = accounts.get(&certificate.person).ok_or(Refusal::Author)?;
                        certificate.verify(account)?;
                        devices.insert(certificate.device, (certificate.person, certificate.signing));
                    }
                    _ => {}
                }
            }
        }
        match devices.get(&device) {
            Some((person, signing)) if *person == author => Ok(Certified { signing: *signing }),
            _ => Err(Refusal::Author),
        }
    }
}

/// The entries that say with which keys somebody certified devices.
fn vouched(member: &Member) -> impl Iterator<Item = u64> {
    core::iter::once(member.since).chain(member.renewals.iter().map(|(since, _)| *since))
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
