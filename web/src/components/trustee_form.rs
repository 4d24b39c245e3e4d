//! Naming the trustees of a testament: as many as the policy says.

use super::{problems::Problems, submit::submit, waiting};
use crate::{
    device,
    route::Route,
    state::{use_answer, use_done, use_form, use_task, use_vault, use_words},
    worker::messages::{ChooseTrustees, Members},
};
use std::collections::BTreeSet;
use yew::prelude::*;
use zegel_vault::view::{MemberState, MemberView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// How many the policy says.
    pub(crate) of: usize,
    /// Whether there are any.
    pub(crate) there: bool,
}

/// The form; folded where there are some already.
#[component]
pub(crate) fn TrusteeForm(props: &Props) -> Html {
    let t = use_words();
    let (task, form, done, vault) = (use_task(), use_form(), use_done(), use_vault());
    let chosen = use_state(BTreeSet::<String>::new);
    let of = props.of;
    let onsubmit = {
        let (task, form, done, chosen) = (task.clone(), form.clone(), done.clone(), chosen.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let wrong = (chosen.len() != of).then(|| ("people".into(), t.testament_who_wrong(of.to_string()).into()));
            if !form.accepts(wrong.into_iter().collect()) {
                return device::focus("people");
            }
            let done = done.clone();
            let told = move |()| done.tell(t.testament_chosen(), &Route::Testament);
            task.run(ChooseTrustees { people: chosen.iter().cloned().collect() }, told);
        })
    };
    let person = |member: &MemberView| {
        let (known, value) = (chosen.clone(), member.person.clone());
        let onchange = Callback::from(move |_: Event| {
            let mut next = (*known).clone();
            if !next.remove(&value) {
                next.insert(value.clone());
            }
            known.set(next);
        });
        html! {
            <label key={member.person.clone()} class="choice sheet">
                <input type="checkbox" checked={chosen.contains(&member.person)} {onchange} />
                <span><b><bdi>{ &member.name }</bdi></b></span>
            </label>
        }
    };
    let others = |member: &&MemberView| member.state == MemberState::Member && !member.you;
    let people = waiting::part(t, use_answer(Members {}, vault.revision), |members| {
        html! {
            <fieldset id="people" tabindex="-1" class={classes!("choices", (!form.error("people").is_empty()).then_some("wrong"))}>
                <legend>{ t.testament_who(of.to_string()) }</legend>
                <p class="error">{ form.error("people") }</p>
                { for members.iter().filter(others).map(person) }
            </fieldset>
        }
    });
    html! {
        <details open={!props.there} class="sheet card">
            <summary>{ if props.there { t.testament_other() } else { t.testament_choose() } }</summary>
            <form {onsubmit} novalidate=true>
                <Problems fields={form.wrong()} failure={task.failure()} />
                { people }
                <p class="actions">{ submit(t.testament_do(), t.working(), &task) }</p>
            </form>
        </details>
    }
}
