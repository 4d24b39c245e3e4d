//! Who steps in when somebody cannot be there: choosing them, asking, and saying no.

use crate::{
    components::{contact_form::ContactForm, page::Page, problems::Problems, waiting},
    format,
    language::Language,
    route::Route,
    state::{Task, use_answer, use_done, use_task, use_vault, use_words},
    worker::messages::{ClaimEmergency, DropContact, Emergency as Call, RefuseEmergency},
};
use std::collections::BTreeMap;
use yew::prelude::*;
use zegel_vault::view::{ContactView, DormantView, TrustView};

/// The page.
#[component]
pub(crate) fn Emergency() -> Html {
    let t = use_words();
    let (task, done, vault) = (use_task(), use_done(), use_vault());
    let answer = use_answer(Call {}, vault.revision);
    let shown = waiting::page(t, t.emergency_title(), answer, |view| {
        let Some(least) = view.least_days else {
            return html! { <Page key="none" title={t.emergency_title()} lead={t.emergency_none()} /> };
        };
        let drop = {
            let (task, done) = (task.clone(), done.clone());
            Callback::from(move |_: MouseEvent| {
                let done = done.clone();
                task.run(DropContact {}, move |()| done.tell(t.emergency_dropped(), &Route::Emergency));
            })
        };
        let claim = {
            let done = done.clone();
            act(&task, move |task, person| {
                let done = done.clone();
                task.run(ClaimEmergency { person }, move |_| done.tell(t.emergency_claimed(), &Route::Emergency));
            })
        };
        let refuse = {
            let done = done.clone();
            act(&task, move |task, person| {
                let done = done.clone();
                let told = move |count| done.tell(t.emergency_refused(count), &Route::Emergency);
                task.run(RefuseEmergency { person }, told);
            })
        };
        html! {
            <Page key="ready" title={t.emergency_title()} lead={t.emergency_lead()}>
                <Problems failure={task.failure()} />
                { claims(t, &view.claims, &refuse) }
                { trusted(t, &view.trusted_by, &claim) }
                <section class="group" key="own">
                    <h2>{ t.emergency_yours() }</h2>
                    { own(t, view.contact.as_ref(), drop) }
                    <ContactForm least={least} contact={view.contact.clone()} />
                </section>
            </Page>
        }
    });
    html! { <div class="emergency">{ shown }</div> }
}

/// A button's work, for the person it is about.
pub(super) fn act(task: &Task, work: impl Fn(&Task, String) + 'static) -> Callback<String> {
    let task = task.clone();
    Callback::from(move |person| work(&task, person))
}

fn own(t: Language, contact: Option<&ContactView>, drop: Callback<MouseEvent>) -> Html {
    let Some(contact) = contact else { return html! { <p key="nobody">{ t.emergency_nobody() }</p> } };
    let (count, days) = (contact.dossiers, contact.days.to_string());
    let terms = if contact.take_over { t.emergency_takes_over(count, days) } else { t.emergency_reads(count, days) };
    html! {
        <ul class="list sheet" key="contact">
            { line(&contact.name, terms, html! {
                <button type="button" class="danger" onclick={drop}>{ t.emergency_drop() }</button>
            }) }
        </ul>
    }
}

/// A line of a list, with what there is to do about it.
pub(super) fn line(name: &str, what: String, act: Html) -> Html {
    html! {
        <li key={name.to_owned()}>
            <div><b><bdi>{ name }</bdi></b><small class="fine">{ what }</small></div>
            <span class="act">{ act }</span>
        </li>
    }
}

fn trusted(t: Language, by: &[TrustView], claim: &Callback<String>) -> Html {
    let one = |trust: &TrustView| {
        let (days, person) = (trust.days.to_string(), trust.person.clone());
        let asks = trust.claimed < trust.dossiers;
        let said = match trust.opens {
            Some(opens) if trust.open => t.emergency_opened(trust.claimed, format::day(t, opens), &trust.name),
            Some(opens) => t.emergency_asked(trust.claimed, format::day(t, opens), &trust.name),
            None => t.emergency_trusted_by(trust.dossiers, days, &trust.name),
        };
        let onclick = claim.reform(move |_: MouseEvent| person.clone());
        line(
            &trust.name,
            said,
            html! {
                if asks { <button type="button" {onclick}>{ t.emergency_claim(&trust.name) }</button> }
            },
        )
    };
    html! {
        <div key="trusted">
            if !by.is_empty() {
                <section class="group">
                    <h2>{ t.emergency_trusted() }</h2>
                    <ul class="list sheet">{ for by.iter().map(one) }</ul>
                </section>
            }
        </div>
    }
}

/// Claims by who made them; one no is for all of theirs.
fn claims(t: Language, claims: &[DormantView], refuse: &Callback<String>) -> Html {
    let mut by: BTreeMap<(&str, bool), Vec<&DormantView>> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| !claim.you) {
        by.entry((&claim.person, claim.open)).or_default().push(claim);
    }
    let one = |((person, open), of): (&(&str, bool), &Vec<&DormantView>)| {
        let titles: Vec<&str> = of.iter().map(|claim| claim.title.as_str()).collect();
        let first = of.first()?;
        let day = format::day(t, of.iter().filter_map(|claim| claim.opens).min().unwrap_or_default());
        let said = match open {
            true => t.emergency_claims_open(day, &first.name, titles.join(", ")),
            false => t.emergency_claims_of(day, &first.name, titles.join(", ")),
        };
        let person = (*person).to_owned();
        let onclick = refuse.reform(move |_: MouseEvent| person.clone());
        Some(line(
            &first.name,
            said,
            html! {
                if of.iter().any(|claim| claim.may_refuse) {
                    <button type="button" class="danger" {onclick}>{ t.emergency_refuse(&first.name) }</button>
                }
            },
        ))
    };
    html! {
        <div key="claims">
            if !by.is_empty() {
                <section class="group">
                    <h2>{ t.emergency_claims() }</h2>
                    <ul class="list sheet">{ for by.iter().filter_map(one) }</ul>
                </section>
            }
        </div>
    }
}
