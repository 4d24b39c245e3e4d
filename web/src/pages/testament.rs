//! Who releases somebody's dossiers to their clients when they are gone: naming them, saying no, and doing what one was named for.

use super::emergency::{act, line};
use crate::{
    components::{
        entrusted::{entrusted, twice},
        page::Page,
        problems::Problems,
        trustee_form::TrusteeForm,
        waiting,
    },
    format,
    language::Language,
    route::Route,
    state::{use_answer, use_done, use_task, use_vault, use_words},
    worker::messages::{DestroyRest, DropTrustees, RefuseRelease, Release, Testament as Call},
};
use yew::prelude::*;
use zegel_vault::view::{DormantView, TestamentView};

/// The page.
#[component]
pub(crate) fn Testament() -> Html {
    let t = use_words();
    let (task, done, vault) = (use_task(), use_done(), use_vault());
    let answer = use_answer(Call {}, vault.revision);
    let shown = waiting::page(t, t.testament_title(), answer, |view| {
        let told = |said: fn(Language, usize) -> String| {
            let done = done.clone();
            move |count| done.tell(said(t, count), &Route::Testament)
        };
        let (drop, refuse) = (task.clone(), task.clone());
        let (dropped, refused) = (done.clone(), told(Language::emergency_refused));
        let drop = Callback::from(move |_: MouseEvent| {
            let done = dropped.clone();
            drop.run(DropTrustees {}, move |()| done.tell(t.testament_dropped(), &Route::Testament));
        });
        let refuse = Callback::from(move |person| refuse.run(RefuseRelease { person }, refused.clone()));
        let released = told(|t, count| t.testament_released(count));
        let release = act(&task, move |task, person| task.run(Release { person }, released.clone()));
        let destroyed = told(|t, count| t.testament_destroyed(count));
        let destroy = act(&task, move |task, person| task.run(DestroyRest { person }, destroyed.clone()));
        html! {
            <Page key="ready" title={t.testament_title()} lead={t.testament_lead()}>
                <Problems failure={task.failure()} />
                { for view.entrusted_by.iter().map(|by| entrusted(t, by, &release, &destroy)) }
                { asked(t, &view, &refuse) }
                { others(t, &view.claims, &refuse) }
                <section class="group" key="own">
                    if let Some((_, of)) = view.quorum {
                        <h2>{ t.testament_yours() }</h2>
                        { own(t, &view, drop) }
                        <TrusteeForm of={usize::from(of)} there={!view.trustees.is_empty()} />
                    } else {
                        <p>{ t.testament_none() }</p>
                    }
                </section>
            </Page>
        }
    });
    html! { <div class="emergency">{ shown }</div> }
}

/// What one's own trustees did, and saying no to it: also when one has none any more.
fn asked(t: Language, view: &TestamentView, refuse: &Callback<Option<String>>) -> Html {
    let names = view.claimed.join(", ");
    let opens = view.opens.map(|opens| t.testament_opens(format::day(t, opens), &names));
    let asked = opens.or_else(|| Some(t.testament_asked(&names, view.quorum?.0.to_string())));
    let asked = asked.filter(|_| !names.is_empty());
    let closing = (view.closing > 0).then(|| t.testament_closing(view.closing));
    html! {
        <div key="asked">
            if asked.is_some() || closing.is_some() {
                <section class="group">
                    <p><b>{ asked }</b>{ " " }{ closing }</p>
                    { no(t, None, refuse) }
                </section>
            }
        </div>
    }
}

/// The same of other people's trustees, in dossiers that one manages; one no is for all of theirs.
fn others(t: Language, claims: &[DormantView], refuse: &Callback<Option<String>>) -> Html {
    let mut people: Vec<&DormantView> = claims.iter().collect();
    people.sort_by(|one, next| one.person.cmp(&next.person));
    people.dedup_by(|one, next| one.person == next.person);
    let one = |first: &DormantView| {
        let of: Vec<&str> =
            claims.iter().filter(|claim| claim.person == first.person).map(|claim| claim.title.as_str()).collect();
        html! {
            <section class="group" key={first.person.clone()}>
                <h2>{ t.testament_for(&first.name) }</h2>
                <p>{ t.alarm_claimed_release(format::day(t, first.opens.unwrap_or_default()), &first.name) }</p>
                <p><b><bdi>{ of.join(", ") }</bdi></b></p>
                { no(t, Some(first.person.clone()), refuse) }
            </section>
        }
    };
    html! { <div key="others">{ for people.into_iter().map(one) }</div> }
}

fn no(t: Language, person: Option<String>, refuse: &Callback<Option<String>>) -> Html {
    let onclick = refuse.reform(move |_: MouseEvent| person.clone());
    html! {
        <p class="actions"><button type="button" class="danger" {onclick}>{ t.testament_refuse() }</button></p>
    }
}

fn own(t: Language, view: &TestamentView, drop: Callback<MouseEvent>) -> Html {
    let Some((needed, of)) = view.quorum.filter(|_| !view.trustees.is_empty()) else {
        return html! { <p key="nobody">{ t.testament_nobody() }</p> };
    };
    let (clients, days) = (view.clients.to_string(), view.days.to_string());
    let terms = t.testament_arranged(clients, view.dossiers, days, needed.to_string(), of.to_string());
    html! {
        <div class="group" key="trustees">
            <ul class="list sheet">
                { for view.trustees.iter().map(|trustee| {
                    let gone = if trustee.counts { "" } else { t.testament_counts_not() };
                    line(&trustee.name, gone.to_owned(), Html::default())
                }) }
            </ul>
            <p>{ terms }</p>
            { twice("drop", t.testament_drop().to_owned(), t.testament_drop_text().to_owned(), t.testament_drop_do(), drop) }
        </div>
    }
}
