//! Ending a share: the verb and the object once more, and what ending cannot do.

use crate::{
    components::{
        page::Page,
        problems::Problems,
        share_list::read,
        submit::Submit,
        waiting::{Failed, Waiting},
    },
    route::{Route, Tab},
    state::{Loaded, Note, use_answer, use_notices, use_task, use_vault, use_words, vault::Change},
    worker::messages::{Dossier, Revoke as Call, Shares},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::ShareView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
    pub(crate) share: AttrValue,
}

#[component]
pub(crate) fn Revoke(props: &Props) -> Html {
    let t = use_words();
    let dossier = use_answer(Dossier { id: props.id.to_string() }, 0);
    let shares = use_answer(Shares { dossier: props.id.to_string() }, 0);
    let shown = match (dossier, shares) {
        (Loaded::Failed(failure), _) | (_, Loaded::Failed(failure)) => {
            html! { <Page key="failed" title={t.revoke()}><Failed {failure} /></Page> }
        }
        (Loaded::Ready(dossier), Loaded::Ready(shares)) => {
            match shares.iter().find(|share| *share.id == *props.share) {
                Some(share) => html! {
                    <Ask key="ask" dossier={props.id.clone()} title={dossier.summary.title.clone()} share={share.clone()} />
                },
                None => html! {
                    <Page key="gone" title={t.revoke()} lead={t.empty_not_found_text()} />
                },
            }
        }
        _ => html! { <Page key="waiting" title={t.revoke()}><Waiting /></Page> },
    };
    html! { <div class="revoke-place">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct AskProps {
    dossier: AttrValue,
    title: AttrValue,
    share: ShareView,
}

#[component]
fn Ask(props: &AskProps) -> Html {
    let t = use_words();
    let (vault, notices) = (use_vault(), use_notices());
    let navigator = use_navigator();
    let task = use_task();
    let share = &props.share;
    let onsubmit = {
        let call = Call { dossier: props.dossier.to_string(), share: share.id.clone() };
        let (task, vault, notices, navigator) =
            (task.clone(), vault.dispatcher(), notices.dispatcher(), navigator.clone());
        let said = t.revoked(&share.to);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (vault, notices, navigator) = (vault.clone(), notices.clone(), navigator.clone());
            let (said, id) = (said.clone(), call.dossier.clone());
            task.run(call.clone(), move |()| {
                vault.dispatch(Change::Changed);
                notices.dispatch(Note::Say(said.into()));
                if let Some(navigator) = navigator {
                    navigator.push(&Tab::Shares.of(&id));
                }
            });
        })
    };
    html! {
        <Page title={t.revoke_title(&share.to)} lead={t.revoke_text(&share.to)}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <div class="sheet card">
                    <dl class="facts">
                        <dt>{ t.nav_dossiers() }</dt><dd>{ &props.title }</dd>
                        <dt>{ t.share_what() }</dt><dd>{ share.items.join(", ") }</dd>
                        <dt>{ t.share_read() }</dt><dd>{ read(t, share) }</dd>
                    </dl>
                </div>
                <p>{ t.revoke_honest() }</p>
                <p class="actions">
                    <Submit danger=true label={t.revoke_do(&share.to)} working={t.working()} busy={task.busy()} />
                    <Link<Route> to={Tab::Shares.of(&props.dossier)} classes="button quiet">{ t.cancel() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
