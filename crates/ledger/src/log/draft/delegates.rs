//! What somebody who acts for the directors does in the directory's own compartment: links for newcomers, names for whoever
//! is a member, new keys after somebody left.

use crate::{Change, Commit, Grant, GrantId, Log, Receiver, Rights, directory::View};

/// Whether the author is a delegate and all of the entry is a delegate's to do, or any member's. They write beside what
/// others wrote, never over it: policy and names stay as a director put them.
pub(super) fn may_act(log: &Log, commit: &Commit, view: View<'_>) -> bool {
    let allowed = |change: &Change| match change {
        Change::Grant(grant) => match grant.receiver {
            Receiver::Link(_) => true,
            Receiver::Person(_) => grant.rights == Rights::READ || replaces(log, commit, grant),
            Receiver::Recovery | Receiver::Party(_) => false,
        },
        Change::Revoke(grant) => may_revoke(log, commit, view, *grant),
        Change::Epoch(epoch) => epoch.epoch > 1,
        Change::Wrap(_) => true,
        Change::Put(put) => log.takes_word(put),
        change => change.is_about_people(),
    };
    let fits = commit.changes.iter().all(allowed) || zegel_crypto::sabotage::is("delegate-limits");
    view.is_delegate(commit.author) && fits
}

/// Whether the same entry ends a grant of the same receiver that gave as much: somebody renewed their keys.
fn replaces(log: &Log, commit: &Commit, grant: &Grant) -> bool {
    let ends = |change: &Change| match change {
        Change::Revoke(id) => log.grant(*id).map(|state| &state.grant),
        _ => None,
    };
    let same = |old: &Grant| old.receiver == grant.receiver && old.compartments == grant.compartments;
    commit.changes.iter().filter_map(ends).any(|old| same(old) && old.rights.allow(grant.rights))
}

/// Invitations, and grants of whoever does not lead. A leader's is replaced at most, by as much: they renewed their keys.
fn may_revoke(log: &Log, commit: &Commit, view: View<'_>, id: GrantId) -> bool {
    let Some(old) = log.grant(id).map(|state| &state.grant) else { return true };
    let instead = |grant: &Grant| grant.receiver == old.receiver && grant.compartments == old.compartments;
    match old.receiver {
        Receiver::Link(_) => true,
        Receiver::Person(person) => {
            let replaced = |change: &Change| matches!(change, Change::Grant(grant) if instead(grant));
            !view.leads(person) || commit.changes.iter().any(replaced)
        }
        Receiver::Recovery | Receiver::Party(_) => false,
    }
}
