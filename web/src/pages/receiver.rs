//! A third party who made keys of their own: to compare their words and agree, or to vouch for them later.

use crate::{
    components::{
        compared_how::{choices, compared_how, vouched},
        page::Page,
        problems::Problems,
        submit::submit,
        waiting,
    },
    route::{Route, Tab},
    state::{use_answer, use_done, use_form, use_task, use_words},
    worker::messages::{AgreeShare, Shares, VerifyShare},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{ReceiverKeys, ShareState};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
    pub(crate) share: AttrValue,
}

#[component]
pub(crate) fn Receiver(props: &Props) -> Html {
    let t = use_words();
    let (task, done, form) = (use_task(), use_done(), use_form());
    let answer = use_answer(Shares { dossier: props.id.to_string() }, 0);
    let shown = waiting::page(t, t.compare_words(), answer, |shares| {
        let share = shares.iter().find(|share| *share.id == *props.share && share.state == ShareState::Live);
        let (agrees, words, said) = match share.map(|share| &share.keys) {
            Some(ReceiverKeys::Made { words }) => (true, words, Vec::new()),
            Some(ReceiverKeys::Own { words, vouched: by }) => (false, words, vouched(t, by)),
            _ => return html! { <Page key="gone" title={t.compare_words()} lead={t.error_not_found()} /> },
        };
        let name = share.map_or("", |share| &share.to);
        let onsubmit = {
            let (task, done, how) = (task.clone(), done.clone(), compared_how(&form));
            // The words that were on the screen: if other keys came meanwhile, the vault refuses.
            let (dossier, share, words) = (props.id.to_string(), props.share.to_string(), words.join(" "));
            let said = if agrees { t.receiver_agreed(name) } else { t.verified(name) };
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let (done, said, to) = (done.clone(), said.clone(), Tab::Shares.of(&dossier));
                let (dossier, share, words, how) = (dossier.clone(), share.clone(), words.clone(), how.clone());
                if agrees {
                    task.run(AgreeShare { dossier, share, words, how }, move |_| done.tell(said, &to));
                } else {
                    task.run(VerifyShare { dossier, share, words, how }, move |()| done.tell(said, &to));
                }
            })
        };
        let (title, lead, differ, act) = if agrees {
            (t.receiver_title(name), t.admit_text(name), t.receiver_differ(), t.receiver_do())
        } else {
            (t.verify_title(name), t.party_verify_text(name), t.verify_differ(), t.verify_do())
        };
        html! {
            <Page key="ask" {title} tab={t.compare_words()} {lead}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    <div class="sheet card"><p class="words spoken">{ words.join(" · ") }</p></div>
                    { for said.into_iter().map(|said| html! { <p class="fine">{ said }</p> }) }
                    <p>{ differ }</p>
                    if agrees { <p>{ t.receiver_text() }</p> }
                    { choices(t, &form) }
                    <p class="actions">
                        { submit(act, t.working(), &task) }
                        <Link<Route> to={Tab::Shares.of(&props.id)} classes="button quiet">{ t.admit_not() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="receiver">{ shown }</div> }
}
