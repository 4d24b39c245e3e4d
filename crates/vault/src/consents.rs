//! What a consent is worth, to everybody who reads it: staff and client alike.

use zegel_crypto::sabotage;
use zegel_dossier::{ConsentForm, ConsentRecord};
use zegel_ledger::{ConsentId, ConsentState};

use crate::view::ShareState;

/// How often a consent may have gone on from an earlier one.
const MOST_CARRIED: usize = 16;

/// Whether something proves a consent. One that goes on from an earlier one proves what that one does, and only where it says
/// no more than that.
pub(crate) fn is_proven<'c>(terms: &'c ConsentRecord, find: &dyn Fn(ConsentId) -> Option<&'c ConsentRecord>) -> bool {
    let mut terms = terms;
    for _ in 0..MOST_CARRIED {
        let ConsentForm::Carried(earlier) = terms.form else { return terms.form != ConsentForm::Recorded(None) };
        match find(earlier) {
            Some(earlier) if terms.goes_on_from(earlier) || sabotage::is("carried-terms") => terms = earlier,
            _ => return false,
        }
    }
    false
}

/// How a share stands that rests on this consent; `replaced` if another one goes on in its place.
pub(crate) fn share_state(consent: &ConsentState, terms: &ConsentRecord, replaced: bool, now: u64) -> ShareState {
    if consent.withdrawn.is_some() {
        if replaced { ShareState::Replaced } else { ShareState::Revoked }
    } else if terms.until <= now {
        ShareState::Expired
    } else {
        ShareState::Live
    }
}
