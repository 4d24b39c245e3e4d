//! Choosing an emergency contact: who, how many days they wait, and what they get.

use super::{field::Field, problems::Problems, submit::submit, waiting};
use crate::{
    device,
    route::Route,
    state::{use_answer, use_done, use_form, use_task, use_words},
    worker::messages::{ChooseContact, Members},
};
use yew::prelude::*;
use zegel_vault::view::{ContactView, MemberState, MemberView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The fewest days that the policy lets one wait.
    pub(crate) least: u16,
    pub(crate) contact: Option<ContactView>,
}

/// The form; folded where there is one already.
#[component]
pub(crate) fn ContactForm(props: &Props) -> Html {
    let t = use_words();
    let (task, form, done) = (use_task(), use_form(), use_done());
    let chosen = use_state(|| None::<(String, String)>);
    let take_over = use_state_eq(|| false);
    let least = props.least;
    let onsubmit = {
        let (task, form, done) = (task.clone(), form.clone(), done.clone());
        let (chosen, take_over) = (chosen.clone(), *take_over);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = form.trimmed("days");
            let days = if typed.is_empty() { Some(least) } else { typed.parse().ok().filter(|days| *days >= least) };
            let mut wrong = Vec::new();
            if chosen.is_none() {
                wrong.push(("people".into(), t.emergency_who_missing().into()));
            }
            if days.is_none() {
                wrong.push(("days".into(), t.emergency_days_wrong(least.to_string()).into()));
            }
            if !form.accepts(wrong) {
                return device::focus(if chosen.is_none() { "people" } else { "days" });
            }
            let (Some((person, name)), Some(days)) = ((*chosen).clone(), days) else { return };
            let done = done.clone();
            let told = move |()| done.tell(t.emergency_chosen(&name), &Route::Emergency);
            task.run(ChooseContact { person, days, take_over }, told);
        })
    };
    let gets = |label: &'static str, text: &'static str, value: bool| {
        let (checked, set) = (*take_over == value, take_over.setter());
        html! {
            <label class="choice sheet">
                <input type="radio" name="gets" {checked} onchange={Callback::from(move |_: Event| set.set(value))} />
                <span><b>{ label }</b><small class="fine">{ text }</small></span>
            </label>
        }
    };
    let person = |member: &MemberView| {
        let (set, value) = (chosen.setter(), (member.person.clone(), member.name.clone()));
        html! {
            <label key={member.person.clone()} class="choice sheet">
                <input type="radio" name="person" onchange={Callback::from(move |_: Event| set.set(Some(value.clone())))} />
                <span><b><bdi>{ &member.name }</bdi></b></span>
            </label>
        }
    };
    let others = |member: &&MemberView| member.state == MemberState::Member && !member.you;
    let people = waiting::part(t, use_answer(Members {}, 0), |members| {
        html! {
            <fieldset id="people" tabindex="-1" class={classes!("choices", (!form.error("people").is_empty()).then_some("wrong"))}>
                <legend>{ t.emergency_who() }</legend>
                <p class="error">{ form.error("people") }</p>
                { for members.iter().filter(others).map(person) }
            </fieldset>
        }
    });
    html! {
        <details open={props.contact.is_none()} class="sheet card">
            <summary>{ if props.contact.is_some() { t.emergency_other() } else { t.emergency_choose() } }</summary>
            <form {onsubmit} novalidate=true>
                <Problems fields={form.wrong()} failure={task.failure()} />
                { people }
                <Field id="days" kind="number" label={t.emergency_days()} hint={t.emergency_days_hint(least.to_string())}
                    value={form.text("days")} error={form.error("days")} oninput={form.oninput("days")} />
                <fieldset class="choices">
                    <legend>{ t.emergency_gets() }</legend>
                    { gets(t.emergency_read(), t.emergency_read_text(), false) }
                    { gets(t.emergency_take_over(), t.emergency_take_over_text(), true) }
                </fieldset>
                <p class="actions">{ submit(t.emergency_do(), t.working(), &task) }</p>
            </form>
        </details>
    }
}
