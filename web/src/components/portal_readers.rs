//! Who can read a dossier and what was shared of it, to the person it is about.

use super::{
    compared_how::vouched,
    field::Field,
    parties::parts,
    role::role,
    waiting::{failed, waiting},
};
use crate::{
    format,
    language::Language,
    state::{Loaded, use_answer, use_vault, use_words},
    worker::messages::PortalReaders as Call,
};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::{PortalReader, PortalShare, PortalView, ShareState};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Who can read it now.
    pub(crate) view: Rc<PortalView>,
}

/// Everybody who holds keys, or did at the end of a day; the list cannot say something else.
#[component]
pub(crate) fn PortalReaders(props: &Props) -> Html {
    let t = use_words();
    let day = use_state_eq(String::new);
    let on = format::day_number(&day);
    let revision = use_vault().revision;
    let answer = use_answer(Call { on }, revision);
    let oninput = {
        let day = day.setter();
        Callback::from(move |typed| day.set(typed))
    };
    let list = |readers: &[PortalReader]| html! { <ul class="list sheet">{ for readers.iter().map(|reader| line(t, reader)) }</ul> };
    let shown = match answer {
        _ if on.is_none() => list(&props.view.readers),
        Loaded::Waiting => waiting(t),
        Loaded::Failed(failure) => failed(t, failure),
        Loaded::Ready(readers) if readers.is_empty() => html! { <p>{ t.portal_no_readers() }</p> },
        Loaded::Ready(readers) => list(&readers),
    };
    html! {
        <section class="group">
            <h2>{ t.portal_readers() }</h2>
            <p class="fine">{ t.authorised_text() }</p>
            <Field id="day" kind="date" label={t.authorised_day()} hint={t.authorised_day_hint()} value={(*day).clone()} {oninput} />
            <div class="readers">{ shown }</div>
            if on.is_some() { <p class="fine">{ t.authorised_honest() }</p> }
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
