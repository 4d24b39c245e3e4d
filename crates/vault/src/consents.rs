//! What a consent is worth, to everybody who reads it: staff and client alike.

use zegel_crypto::sabotage;
use zegel_dossier::{ConsentForm, ConsentRecord, ShareRecord};
use zegel_ledger::{ConsentId, ConsentState, Log, RecordId, RecordState};

use crate::view::ShareState;

/// How often a consent may have gone on from an earlier one.
const MOST_CARRIED: usize = 16;

/// A consent: what its entry signed, and the record that says its words.
#[derive(Clone, Copy)]
pub(crate) struct Said<'c> {
    pub(crate) entry: &'c ConsentState,
    pub(crate) record: &'c RecordState,
    pub(crate) terms: &'c ConsentRecord,
}

impl Said<'_> {
    /// Whether the words are those that came with the entry. Everybody who writes in a trail can put others in their place.
    fn is_as_written(&self) -> bool {
        let signed = &self.entry.consent;
        let unchanged = self.record.changed == 1 && self.record.made == self.entry.entry.sequence;
        let same = unchanged && signed.until == Some(self.terms.until);
        self.terms.consent == signed.consent && (same || sabotage::is("consent-rewritten"))
    }

    /// Whether this one came in the place of `earlier`, which whoever wrote it ended in the next entry: not beside it, nor
    /// after its end, nor when somebody else was just ending it.
    fn goes_on_from(&self, earlier: &Self) -> bool {
        let next = earlier.entry.withdrawn == Some(self.entry.entry.sequence + 1);
        let by_them = earlier.entry.ended_by == Some(self.entry.author) || sabotage::is("carried-by-another");
        let in_its_place = next && by_them;
        (in_its_place || sabotage::is("carried-place"))
            && (self.terms.goes_on_from(earlier.terms) || sabotage::is("carried-terms"))
    }
}

/// The consent that somebody gave, of one that goes on from it or is it; none where the words of one of them were changed,
/// or say more than those before.
pub(crate) fn given<'c>(said: Said<'c>, find: &dyn Fn(ConsentId) -> Option<Said<'c>>) -> Option<Said<'c>> {
    let mut said = said;
    for _ in 0..MOST_CARRIED {
        if !said.is_as_written() {
            return None;
        }
        let ConsentForm::Carried(earlier) = said.terms.form else { return Some(said) };
        let earlier = find(earlier)?;
        if !said.goes_on_from(&earlier) {
            return None;
        }
        said = earlier;
    }
    None
}

/// Whether something proves a consent. One that goes on from an earlier one proves what that one does.
pub(crate) fn is_proven<'c>(said: Said<'c>, find: &dyn Fn(ConsentId) -> Option<Said<'c>>) -> bool {
    given(said, find).is_some_and(|given| given.terms.form != ConsentForm::Recorded(None))
}

/// Whether what a dossier notes of a share was never changed, and it rests on the consent that is named.
pub(crate) fn is_as_noted(log: &Log, state: &RecordState, share: &ShareRecord) -> bool {
    let rests_on = log.disclosure(share.disclosure).is_some_and(|made| made.consent == share.consent);
    state.changed == 1 && rests_on || sabotage::is("share-rewritten")
}

/// Whether a share goes on in the place of a former one. That it says so of itself is not enough: its consent does.
pub(crate) fn replaces<'c>(
    share: &ShareRecord,
    (former_id, former): (RecordId, &ShareRecord),
    find: &dyn Fn(ConsentId) -> Option<Said<'c>>,
) -> bool {
    let carried = |said: &Said<'_>| said.terms.form == ConsentForm::Carried(former.consent);
    let goes_on = || find(share.consent).filter(carried).is_some_and(|said| given(said, find).is_some());
    share.own.is_some_and(|own| own.formerly == former_id) && (goes_on() || sabotage::is("share-replaces"))
}

/// How a share stands that rests on this consent, to the end that its entry signed; `replaced` if another one goes on in its
/// place.
pub(crate) fn share_state(consent: &ConsentState, replaced: bool, now: u64) -> ShareState {
    if consent.withdrawn.is_some() {
        if replaced { ShareState::Replaced } else { ShareState::Revoked }
    } else if consent.consent.until.is_some_and(|until| until <= now) {
        ShareState::Expired
    } else {
        ShareState::Live
    }
}
