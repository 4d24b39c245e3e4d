//! Who holds keys, of a dossier or of all: now, or on a day in the past. Made to be printed and put in a file.

use crate::{
    components::{
        copy::Copy,
        field::Field,
        page::Page,
        part::{PARTS, part},
        problems::Problems,
        review::Review,
        role::role,
        waiting::{failed, waiting},
    },
    device, format,
    language::Language,
    state::{Loaded, use_answer, use_task, use_vault, use_words},
    worker::messages::{Authorised as Call, AuthorisedStatement},
};
use yew::prelude::*;
use zegel_vault::view::{AuthorisedPerson, AuthorisedView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The dossier; none is all that this person reads.
    #[prop_or_default]
    pub(crate) id: Option<AttrValue>,
}

#[component]
pub(crate) fn Authorised(props: &Props) -> Html {
    let t = use_words();
    let day = use_state_eq(String::new);
    let call = Call { dossier: props.id.as_ref().map(ToString::to_string), on: format::day_number(&day) };
    let vault = use_vault();
    let reviews = use_state_eq(|| 0);
    let answer = use_answer(call.clone(), vault.revision + *reviews);
    let done = {
        let reviews = reviews.clone();
        Callback::from(move |()| reviews.set(*reviews + 1))
    };
    // What is gone over is the whole list, as it is now.
    let whole = call.dossier.is_none() && call.on.is_none();
    let oninput = {
        let day = day.setter();
        Callback::from(move |typed| day.set(typed))
    };
    let task = use_task();
    let signed = use_state_eq(|| None::<String>);
    // What was signed is about one day.
    {
        let signed = signed.setter();
        use_effect_with((*day).clone(), move |_| signed.set(None));
    }
    let sign = {
        let (task, signed) = (task.clone(), signed.setter());
        let (dossier, on) = (call.dossier.clone(), call.on);
        Callback::from(move |_: MouseEvent| {
            let signed = signed.clone();
            let told = move |text| signed.set(Some(text));
            task.run(AuthorisedStatement { dossier: dossier.clone(), on }, told);
        })
    };
    let print = Callback::from(|_: MouseEvent| drop(device::window().print()));
    let actions = html! { <button type="button" class="no-print" onclick={print}>{ t.print() }</button> };
    let shown = match answer {
        Loaded::Waiting => waiting(t),
        Loaded::Failed(failure) => failed(t, failure),
        Loaded::Ready(list) => html! {
            <div key="ready">
                <section class="group">{ table(t, &list) }</section>
                if whole { <Review last={list.reviewed.clone()} {done} /> }
            </div>
        },
    };
    html! {
        <Page title={t.authorised_title()} lead={t.authorised_text()} {actions}>
            <div class="no-print" key="day">
                <Field id="day" kind="date" label={t.authorised_day()} hint={t.authorised_day_hint()}
                    value={(*day).clone()} {oninput} />
            </div>
            { shown }
            <div class="group" key="signed">
                <Problems failure={task.failure()} />
                if let Some(text) = (*signed).clone() {
                    <Copy label={t.authorised_signed()} hint={t.authorised_signed_hint()} {text} />
                } else {
                    <p class="no-print">
                        <button type="button" aria-busy={task.busy().to_string()} onclick={sign}>{ t.authorised_sign() }</button>
                    </p>
                }
            </div>
        </Page>
    }
}

fn table(t: Language, list: &AuthorisedView) -> Html {
    let of = list.dossier.clone().unwrap_or_else(|| t.authorised_all(list.dossiers));
    html! {
        <>
            <p>{ t.authorised_head(format::last_day(t, list.moment), &of, &list.organisation) }</p>
            <ul class="list sheet">
                { for list.people.iter().map(|person| line(t, person, list.dossier.is_none())) }
                if list.recovery {
                    <li key="recovery"><div><b>{ t.reader_recovery() }</b><small class="fine">{ t.access_recovery() }</small></div></li>
                }
            </ul>
            <p class="fine">{ t.authorised_honest() }</p>
        </>
    }
}

fn line(t: Language, person: &AuthorisedPerson, counted: bool) -> Html {
    let held = |name: &&str| person.compartments.iter().any(|held| held == name);
    let held: Vec<&str> = PARTS.into_iter().filter(held).collect();
    let what = match held.len() {
        0 => t.access_nothing().to_owned(),
        all if all == PARTS.len() => t.access_all().to_owned(),
        _ => held.into_iter().map(|name| part(t, name)).collect::<Vec<_>>().join(", "),
    };
    let acts = person.delegate_until.map(|until| t.authorised_delegate(format::last_day(t, until)));
    html! {
        <li key={person.person.clone()}>
            <div>
                <b><bdi>{ &person.name }</bdi></b>
                <small class="fine">{ role(t, &person.role) }{ " " }{ acts }{ " · " }{ what }</small>
            </div>
            if counted { <span class="row-tags"><span class="tag">{ t.authorised_count(person.dossiers) }</span></span> }
        </li>
    }
}
