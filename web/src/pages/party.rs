//! Somebody outside the organisation whom a dossier knows: to send the invitation again, to compare words, to give new keys
//! for lost ones.

use crate::{
    components::{
        compared_how::{choices, compared_how, vouched},
        letter::Invited,
        page::Page,
        parties::stands,
        problems::Problems,
        submit::submit,
        waiting,
    },
    route::{Route, Tab},
    state::{use_answer, use_done, use_form, use_task, use_vault, use_words, vault::Change},
    worker::messages::{AdmitParty, EndAccess, Parties, ReinviteParty, ReplaceParty, VerifyParty},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{PartyStanding, PartyView, SharedView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
    /// Their id, or that of their link.
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Party(props: &Props) -> Html {
    let t = use_words();
    let made = use_state(|| None::<(String, SharedView)>);
    let answer = use_answer(Parties { dossier: props.id.to_string() }, 0);
    if let Some((to, made)) = (*made).clone() {
        let dossier = Some(props.id.clone());
        return html! { <div class="party"><Invited key="made" {made} {to} {dossier} /></div> };
    }
    let onmade = {
        let made = made.setter();
        Callback::from(move |shared| made.set(Some(shared)))
    };
    let shown = waiting::page(t, t.parties_title(), answer, |parties| {
        let party = parties.iter().find(|party| *party.person == *props.person).cloned();
        match party.filter(|party| party.standing != PartyStanding::Ended) {
            None => html! { <Page key="gone" title={t.parties_title()} lead={t.error_not_found()} /> },
            Some(party) if matches!(party.standing, PartyStanding::Invited | PartyStanding::Expired) => {
                html! { <Open key="open" dossier={props.id.clone()} {party} {onmade} /> }
            }
            Some(party) => html! { <Words key="words" dossier={props.id.clone()} {party} {onmade} /> },
        }
    });
    html! { <div class="party">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct OneProps {
    dossier: AttrValue,
    party: PartyView,
    /// A link was made for them, by their name.
    onmade: Callback<(String, SharedView)>,
}

/// An invitation that is still open: made anew if it was lost, or withdrawn.
#[component]
fn Open(props: &OneProps) -> Html {
    let t = use_words();
    let (task, done, vault) = (use_task(), use_done(), use_vault());
    let PartyView { person, name, .. } = props.party.clone();
    let dossier = props.dossier.to_string();
    let again = {
        let (task, vault, onmade) = (task.clone(), vault.dispatcher(), props.onmade.clone());
        let call = ReinviteParty { dossier: dossier.clone(), person: person.clone() };
        let name = name.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (vault, onmade, name) = (vault.clone(), onmade.clone(), name.clone());
            task.run(call.clone(), move |shared| {
                vault.dispatch(Change::Changed);
                onmade.emit((name, shared));
            });
        })
    };
    let withdraw = {
        let (task, said) = (task.clone(), t.withdrawn(&name));
        Callback::from(move |_: MouseEvent| {
            let (done, said, to) = (done.clone(), said.clone(), Tab::Access.of(&dossier));
            let call = EndAccess { dossier: dossier.clone(), person: person.clone() };
            task.run(call, move |()| done.tell(said, &to));
        })
    };
    html! {
        <Page title={t.invitation_title(&name)} tab={t.invitation()} lead={stands(t, &props.party)}>
            <form onsubmit={again} novalidate=true>
                <Problems failure={task.failure()} />
                <p>{ t.invitation_text() }</p>
                <p class="actions">
                    { submit(t.invitation_again(), t.working(), &task) }
                    <button type="button" class="danger" onclick={withdraw}>{ t.invitation_withdraw() }</button>
                    <Link<Route> to={Tab::Access.of(&props.dossier)} classes="button quiet">{ t.admit_not() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}

/// Somebody with keys: their words, to admit them or to vouch for them; and a new letter where theirs are lost.
#[component]
fn Words(props: &OneProps) -> Html {
    let t = use_words();
    let (task, done, form, vault) = (use_task(), use_done(), use_form(), use_vault());
    let PartyView { person, name, words, standing, .. } = props.party.clone();
    let (dossier, joins) = (props.dossier.to_string(), standing == PartyStanding::Registered);
    let onsubmit = {
        let (task, how) = (task.clone(), compared_how(&form));
        // The words that were on the screen: if other keys came meanwhile, the vault refuses.
        let (person, words, dossier) = (person.clone(), words.join(" "), dossier.clone());
        let said = if joins { t.party_admitted(&name) } else { t.verified(&name) };
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (done, said, to) = (done.clone(), said.clone(), Tab::Access.of(&dossier));
            let told = move |()| done.tell(said, &to);
            let (dossier, person, words, how) = (dossier.clone(), person.clone(), words.clone(), how.clone());
            if joins {
                task.run(AdmitParty { dossier, person, words, how }, told);
            } else {
                task.run(VerifyParty { dossier, person, words, how }, told);
            }
        })
    };
    let replace = {
        let (task, vault, onmade, name) = (task.clone(), vault.dispatcher(), props.onmade.clone(), name.clone());
        let call = ReplaceParty { dossier: dossier.clone(), person: person.clone() };
        Callback::from(move |_: MouseEvent| {
            let (vault, onmade, name) = (vault.clone(), onmade.clone(), name.clone());
            task.run(call.clone(), move |shared| {
                vault.dispatch(Change::Changed);
                onmade.emit((name, shared));
            });
        })
    };
    let (title, lead, differ, act) = if joins {
        (t.admit_title(&name), t.admit_text(&name), t.admit_differ(), t.admit_do())
    } else {
        (t.verify_title(&name), t.party_verify_text(&name), t.verify_differ(), t.verify_do())
    };
    html! {
        <Page {title} tab={t.compare_words()} {lead}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <div class="sheet card"><p class="words spoken">{ words.join(" · ") }</p></div>
                if !joins {
                    { for vouched(t, &props.party.vouched).into_iter().map(|said| html! { <p class="fine">{ said }</p> }) }
                }
                <p>{ differ }</p>
                { choices(t, &form) }
                <p class="actions">
                    { submit(act, t.working(), &task) }
                    <Link<Route> to={Tab::Access.of(&props.dossier)} classes="button quiet">{ t.admit_not() }</Link<Route>>
                </p>
            </form>
            if !joins {
                <section class="group">
                    <h2>{ t.party_lost() }</h2>
                    <p>{ t.party_lost_text(&name) }</p>
                    <p class="actions">
                        <button type="button" onclick={replace} disabled={task.busy()}>{ t.party_lost_do() }</button>
                        <Link<Route> to={Route::EndAccess { id: dossier, person }} classes="button danger">
                            { t.access_end() }
                        </Link<Route>>
                    </p>
                </section>
            }
        </Page>
    }
}
