//! What third parties hold of a dossier, and what they did with it.

use super::compared_how::vouched;
use crate::{
    format,
    language::Language,
    route::Route,
    state::{Loaded, use_answer, use_vault, use_words},
    worker::messages::Shares,
};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DossierView, ReceiverKeys, ShareState, ShareView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: Rc<DossierView>,
}

/// The shares.
#[component]
pub(crate) fn ShareList(props: &Props) -> Html {
    let t = use_words();
    let id = props.dossier.summary.id.clone();
    let revision = use_vault().revision;
    // The dossier knows the shares at once; who read them is asked of the relay and follows.
    let shares = match use_answer(Shares { dossier: id.clone() }, revision) {
        Loaded::Ready(shares) => shares,
        Loaded::Waiting | Loaded::Failed(_) => Rc::new(props.dossier.shares.clone()),
    };
    html! {
        <ul class="list sheet">
            { for shares.iter().map(|share| html! {
                <li key={share.id.clone()} class="share">
                    <div>
                        <b>{ &share.to }</b>{ " " }{ tag(t, share) }
                        <dl class="facts">
                            <dt>{ t.share_what() }</dt><dd>{ share.items.join(", ") }</dd>
                            <dt>{ t.share_purpose() }</dt><dd>{ &share.purpose }</dd>
                            <dt>{ t.share_since() }</dt><dd>{ format::day(t, share.since) }</dd>
                            <dt>{ t.share_read() }</dt><dd>{ read(t, share) }</dd>
                        </dl>
                        <p class="fine">{ if share.incomplete { t.share_incomplete() } else { "" } }</p>
                        { for keys(t, share).into_iter().map(|said| html! { <p class="fine">{ said }</p> }) }
                    </div>
                    <span class="row-tags">
                        if share.state == ShareState::Live {
                            { words(t, &id, share) }
                            <Link<Route> classes="button danger"
                                to={Route::Revoke { id: id.clone(), share: share.id.clone() }}>
                                { t.revoke() }
                            </Link<Route>>
                        }
                    </span>
                </li>
            }) }
        </ul>
    }
}

/// What is known of the keys that open a share.
fn keys(t: Language, share: &ShareView) -> Vec<String> {
    match &share.keys {
        ReceiverKeys::Handed => Vec::new(),
        ReceiverKeys::Made { .. } => vec![t.share_own_made(&share.to)],
        ReceiverKeys::Twice => vec![t.share_own_twice().to_owned()],
        ReceiverKeys::Own { vouched: by, .. } => {
            let first = if by.by_another { t.share_own() } else { t.share_own_alone() };
            std::iter::once(first.to_owned()).chain(vouched(t, by)).collect()
        }
    }
}

/// The way to their words.
fn words(t: Language, dossier: &str, share: &ShareView) -> Html {
    let (class, word) = match &share.keys {
        ReceiverKeys::Made { .. } => ("button primary", t.compare_words()),
        ReceiverKeys::Own { .. } => ("button", t.party_open()),
        ReceiverKeys::Handed | ReceiverKeys::Twice => return Html::default(),
    };
    let to = Route::Receiver { id: dossier.to_owned(), share: share.id.clone() };
    html! { <Link<Route> {to} classes={class}>{ word }</Link<Route>> }
}

fn tag(t: Language, share: &ShareView) -> Html {
    let (class, text) = match share.state {
        ShareState::Live => ("tag wait", t.share_live(format::last_day(t, share.until))),
        ShareState::Expired => ("tag", t.share_expired(format::last_day(t, share.until))),
        ShareState::Revoked => ("tag seal", t.share_revoked().to_owned()),
        ShareState::Replaced => ("tag", t.share_replaced().to_owned()),
    };
    html! { <span {class}>{ text }</span> }
}

/// What is known of reading: what the relay handed out, and what the reader's own app said.
pub(crate) fn read(t: Language, share: &ShareView) -> String {
    let day = |days: &[u32]| days.iter().max().map(|day| format::counted(t, u64::from(*day)));
    match (day(&share.opened), day(&share.delivered)) {
        (Some(opened), _) => t.share_opened(opened),
        (None, Some(delivered)) => t.share_delivered(delivered),
        (None, None) => t.share_unread().to_owned(),
    }
}
