//! What third parties hold of a dossier, and what they did with it.

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
use zegel_vault::view::{DossierView, ShareState, ShareView};

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
                    </div>
                    <span class="row-tags">
                        if share.state == ShareState::Live {
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

fn tag(t: Language, share: &ShareView) -> Html {
    let (class, text) = match share.state {
        ShareState::Live => ("tag wait", t.share_live(format::last_day(t, share.until))),
        ShareState::Expired => ("tag", t.share_expired(format::last_day(t, share.until))),
        ShareState::Revoked => ("tag seal", t.share_revoked().to_owned()),
    };
    html! { <span {class}>{ text }</span> }
}

/// What is known of reading: what the relay handed out, and what the reader's own app said.
pub(crate) fn read(t: Language, share: &ShareView) -> String {
    let day = |days: &[u32]| days.iter().max().map(|day| format::day(t, u64::from(*day) * 86_400 + 43_200));
    match (day(&share.opened), day(&share.delivered)) {
        (Some(opened), _) => t.share_opened(opened),
        (None, Some(delivered)) => t.share_delivered(delivered),
        (None, None) => t.share_unread().to_owned(),
    }
}
