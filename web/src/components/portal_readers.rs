//! Who can read a dossier and what was shared of it, to the person it is about.

use super::{compared_how::vouched, parties::parts, role::role};
use crate::{format, language::Language};
use yew::prelude::*;
use zegel_vault::view::{PortalReader, PortalShare, PortalView, ShareState};

/// Everybody who holds keys; the list cannot say something else.
pub(crate) fn portal_readers(t: Language, view: &PortalView) -> Html {
    html! {
        <section class="group" key="readers">
            <h2>{ t.portal_readers() }</h2>
            <p class="fine">{ t.authorised_text() }</p>
            <ul class="list sheet">{ for view.readers.iter().map(|reader| line(t, reader)) }</ul>
        </section>
    }
}

fn line(t: Language, reader: &PortalReader) -> Html {
    if reader.recovery {
        return html! {
            <li key="recovery"><div><b>{ t.reader_recovery() }</b><small class="fine">{ t.access_recovery() }</small></div></li>
        };
    }
    let name = if reader.name.is_empty() { t.portal_unnamed().to_owned() } else { reader.name.clone() };
    let what = parts(t, &reader.compartments);
    let what = match reader.until {
        Some(until) => t.access_until(format::last_day(t, until), what),
        None => what,
    };
    let said = reader.vouched.as_ref().map(|of| vouched(t, of)).unwrap_or_default();
    html! {
        <li key={reader.person.clone()}>
            <div>
                <b><bdi>{ name }</bdi></b>
                <small class="fine">{ role(t, &reader.role) }{ " · " }{ what }</small>
                { for said.into_iter().map(|said| html! { <small class="fine">{ said }</small> }) }
            </div>
            <span class="row-tags">if reader.you { <span class="tag ok">{ t.portal_you() }</span> }</span>
        </li>
    }
}

/// What was shared with third parties.
pub(crate) fn portal_shares(t: Language, view: &PortalView) -> Html {
    html! {
        <section class="group" key="shares">
            <h2>{ t.portal_shares() }</h2>
            if view.shares.is_empty() {
                <p class="fine">{ t.portal_no_shares() }</p>
            } else {
                <ul class="list sheet">{ for view.shares.iter().map(|share| shared(t, share)) }</ul>
            }
        </section>
    }
}

fn shared(t: Language, share: &PortalShare) -> Html {
    let until = format::last_day(t, share.until);
    let state = match share.state {
        ShareState::Live => t.portal_share_live(until),
        ShareState::Expired => t.portal_share_over(until),
        ShareState::Revoked => t.portal_share_ended().to_owned(),
        ShareState::Replaced => t.portal_share_replaced().to_owned(),
    };
    html! {
        <li key={share.id.clone()}>
            <div>
                <b><bdi>{ &share.to }</bdi></b>
                <small class="fine">{ &share.purpose }{ " · " }{ state }</small>
                <small class="fine">{ share.items.join(", ") }</small>
                if share.own_keys { <small class="fine">{ t.portal_share_own() }</small> }
            </div>
        </li>
    }
}
