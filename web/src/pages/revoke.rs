//! Ending a share: the verb and the object once more, and what ending cannot do.

use crate::{
    components::{
        page::Page,
        problems::Problems,
        share_list::read,
        submit::submit_danger,
        waiting::{failed, waiting},
    },
    route::{Route, Tab},
    state::{Loaded, use_answer, use_done, use_task, use_words},
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
            html! { <Page key="failed" title={t.revoke()}>{ failed(t, failure) }</Page> }
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
        _ => html! { <Page key="waiting" title={t.revoke()}>{ waiting(t) }</Page> },
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
    let done = use_done();
    let task = use_task();
    let share = &props.share;
    let onsubmit = {
        let call = Call { dossier: props.dossier.to_string(), share: share.id.clone() };
        let (task, said) = (task.clone(), t.revoked(&share.to));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (done, said, to) = (done.clone(), said.clone(), Tab::Shares.of(&call.dossier));
            task.run(call.clone(), move |()| done.tell(said, &to));
        })
    };
    html! {
        <Page title={t.revoke_title(&share.to)} tab={t.revoke()} lead={t.revoke_text(&share.to)}>
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
                    { submit_danger(&t.revoke_do(&share.to), t.working(), &task) }
                    <Link<Route> to={Tab::Shares.of(&props.dossier)} classes="button quiet">{ t.cancel() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
