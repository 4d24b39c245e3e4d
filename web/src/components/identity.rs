//! The strip that never leaves the top of a dossier: whose it is, how it stands, and who can read it.

use crate::language::Language;
use yew::prelude::*;
use zegel_vault::view::{DossierView, ReaderView, ShareState};

/// The strip.
pub(crate) fn identity(t: Language, dossier: &DossierView) -> Html {
    let live = dossier.shares.iter().filter(|share| share.state == ShareState::Live).count();
    let readers: Vec<String> = dossier.readers.iter().map(|reader| reader_name(t, reader)).collect();
    html! {
        <div class="identity">
            <strong>{ &dossier.summary.title }</strong>
            <span class={classes!("tag", (live > 0).then_some("wait"))}>{ shared(t, live) }</span>
            <span class={classes!("tag", if dossier.summary.waiting { "wait" } else { "ok" })}>
                { if dossier.summary.waiting { t.identity_waiting() } else { t.identity_sealed() } }
            </span>
            <span class="strip-note">
                if dossier.read_only { <span class="tag seal">{ t.identity_read_only() }</span> }
            </span>
            <span class="fine readers">{ t.identity_readers(readers.join(", ")) }</span>
        </div>
    }
}

fn shared(t: Language, live: usize) -> String {
    if live == 0 { t.identity_nothing_shared().to_owned() } else { t.identity_shares(live) }
}

/// A reader's name; the recovery sheets have one too.
pub(crate) fn reader_name(t: Language, reader: &ReaderView) -> String {
    if reader.recovery { t.reader_recovery().to_owned() } else { reader.name.clone() }
}
