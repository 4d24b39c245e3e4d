//! A colleague leaves: what they can read, who takes it over, and only then they are removed. The vault keeps each step, so
//! this page can be left at any point and come back to.

use crate::{
    components::{
        empty::empty,
        page::Page,
        problems::Problems,
        submit::submit_danger,
        waiting::{failed, waiting},
    },
    device, format,
    language::Language,
    route::Route,
    state::{
        Loaded, Note, use_answer, use_done, use_notices, use_session, use_task, use_vault, use_words, vault::Change,
    },
    worker::messages::{Failure, HandOver, Leaving, Members, RemoveMember},
};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{LeavingView, MemberState, MemberView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Leave(props: &Props) -> Html {
    let t = use_words();
    let revision = use_vault().revision;
    let members = use_answer(Members {}, revision);
    let leaving = use_answer(Leaving { person: props.person.to_string() }, revision);
    let shown = match (members, leaving) {
        (Loaded::Failed(failure), _) | (_, Loaded::Failed(failure)) => {
            html! { <Page key="failed" title={t.remove()}>{ failed(t, failure) }</Page> }
        }
        (Loaded::Ready(members), Loaded::Ready(leaving)) => {
            let stays = |one: &&MemberView| one.state == MemberState::Member && *one.person != *props.person;
            let others: Vec<MemberView> = members.iter().filter(stays).cloned().collect();
            match members.iter().find(|member| *member.person == *props.person) {
                Some(MemberView { person, name, you, .. }) => html! {
                    <Wizard key="wizard" person={person.clone()} name={name.clone()} you={*you} {others} {leaving} />
                },
                None => html! { <Page key="gone" title={t.remove()} lead={t.empty_not_found_text()} /> },
            }
        }
        _ => html! { <Page key="waiting" title={t.remove()}>{ waiting(t) }</Page> },
    };
    html! { <div class="leave">{ shown }</div> }
}

/// The steps, in order.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Look,
    HandOver,
    Remove,
}

#[derive(Clone, PartialEq, Properties)]
struct WizardProps {
    person: AttrValue,
    name: AttrValue,
    /// Whether they are the one who asks.
    you: bool,
    /// Who could take over.
    others: Vec<MemberView>,
    leaving: Rc<Vec<LeavingView>>,
}

#[component]
fn Wizard(props: &WizardProps) -> Html {
    let t = use_words();
    let step = use_state_eq(|| Step::Look);
    let set = step.setter();
    let go = Callback::from(move |step| set.set(step));
    let shown = match *step {
        Step::Look => look(t, props, &go),
        Step::HandOver => html! { <Over with={props.clone()} {go} /> },
        Step::Remove => html! { <Remove with={props.clone()} {go} /> },
    };
    html! {
        <div key={*step as usize}>
            <p class="fine step">{ t.step_of(*step as usize + 1, Step::Remove as usize + 1) }{ " · " }{ &props.name }</p>
            { shown }
        </div>
    }
}

/// What they can read, who else does, and when something of it was last handed to their devices.
fn look(t: Language, props: &WizardProps, go: &Callback<Step>) -> Html {
    let name = &props.name;
    let line = |of: &LeavingView| {
        let last = of.handed_out.last().map(|day| format::day(t, u64::from(*day) * 86_400 + 43_200));
        let (class, tag) = if of.others.is_empty() { ("tag wait", t.leave_alone()) } else { ("", "") };
        let others = if of.others.is_empty() { String::new() } else { t.leave_others(of.others.join(", ")) };
        html! {
            <li key={of.dossier.clone()}>
                <div>
                    <b><bdi>{ &of.title }</bdi></b>
                    <small class="fine">{ others }</small>
                    <small class="fine">{ last.map_or(t.leave_not_handed().to_owned(), |day| t.leave_handed(day)) }</small>
                </div>
                <span class="row-tags"><span {class}>{ tag }</span></span>
            </li>
        }
    };
    html! {
        <Page title={t.leave_look(name)} about={name.clone()} lead={t.leave_look_text()}>
            <section class="group">
                if props.leaving.is_empty() {
                    <p>{ t.leave_nothing(name) }</p>
                } else {
                    <ul class="list sheet">{ for props.leaving.iter().map(line) }</ul>
                }
                <p>{ t.leave_honest() }</p>
            </section>
            <p class="actions">
                <button type="button" class="primary" onclick={to(go, Step::HandOver)}>{ t.next() }</button>
                { stop(t) }
            </p>
        </Page>
    }
}

fn to(go: &Callback<Step>, step: Step) -> Callback<MouseEvent> {
    go.reform(move |_: MouseEvent| step)
}

fn stop(t: Language) -> Html {
    html! { <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.leave_later() }</Link<Route>> }
}

#[derive(PartialEq, Properties)]
struct StepProps {
    with: WizardProps,
    go: Callback<Step>,
}

/// How far handing over has come.
enum Moving {
    /// Not begun, or done.
    Not,
    /// Dossiers done, and in all.
    On(u64, u64),
    Failed(Failure),
}

/// Who takes over what nobody else reads, or all of it.
#[component]
fn Over(props: &StepProps) -> Html {
    let t = use_words();
    let WizardProps { person, name, others, leaving, .. } = &props.with;
    let client = use_session().client.clone();
    let (vault, notices) = (use_vault().dispatcher(), use_notices().dispatcher());
    let moving = use_state(|| Moving::Not);
    let successor = use_state(|| None::<String>);
    let all = use_state_eq(|| false);
    let missing = use_state_eq(|| false);
    let alone = leaving.iter().filter(|of| of.others.is_empty()).count();
    let onsubmit = {
        let (successor, missing, all, moving) = (successor.clone(), missing.setter(), all.clone(), moving.clone());
        let (go, person) = (props.go.clone(), person.to_string());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            missing.set(successor.is_none());
            let Some(successor) = (*successor).clone() else { return device::focus("people") };
            if matches!(*moving, Moving::On(..)) {
                return;
            }
            let set = moving.setter();
            let progress = {
                let set = set.clone();
                Callback::from(move |(done, total)| set.set(Moving::On(done, total)))
            };
            set.set(Moving::On(0, 0));
            let call = HandOver { person: person.clone(), successor, all: *all };
            let (vault, notices, go) = (vault.clone(), notices.clone(), go.clone());
            let client = client.clone();
            yew::platform::spawn_local(async move {
                match client.follow(call, progress).await {
                    Ok(count) => {
                        set.set(Moving::Not);
                        vault.dispatch(Change::Changed);
                        notices.dispatch(Note::Say(t.handed_over(count).into()));
                        go.emit(Step::Remove);
                    }
                    Err(failure) => {
                        // Part of it may have been handed over.
                        vault.dispatch(Change::Changed);
                        set.set(Moving::Failed(failure));
                    }
                }
            });
        })
    };
    let (failure, bar) = match &*moving {
        Moving::Not => (None, None),
        Moving::Failed(failure) => (Some(failure.clone()), None),
        Moving::On(done, total) => (None, Some((*done, *total))),
    };
    let tick = {
        let all = all.clone();
        Callback::from(move |_: Event| all.set(!*all))
    };
    html! {
        <Page title={t.leave_over()} about={name.clone()} lead={if alone > 0 { t.leave_over_needed(alone) } else { t.leave_over_free().to_owned() }}>
            <form {onsubmit} novalidate=true>
                <Problems {failure} />
                if others.is_empty() {
                    { empty(t.grant_nobody(), t.leave_over_nobody(), html! {
                        <Link<Route> to={Route::Invite} classes="button">{ t.invite_title() }</Link<Route>>
                    }) }
                } else {
                    { people(t, others, *missing, &successor) }
                }
                <label class="choice sheet">
                    <input type="checkbox" checked={*all} onchange={tick} />
                    <span><b>{ t.leave_over_all() }</b><small class="fine">{ t.leave_over_all_text() }</small></span>
                </label>
                <div class="moving">{ bar.map(|(done, total)| progress(t, done, total)) }</div>
                <p class="actions">
                    <button type="submit" class="primary" aria-busy={if bar.is_some() { "true" } else { "false" }}>
                        { t.leave_over_do() }
                    </button>
                    <button type="button" onclick={to(&props.go, Step::Remove)}>{ t.leave_over_not() }</button>
                    <button type="button" onclick={to(&props.go, Step::Look)}>{ t.back() }</button>
                </p>
            </form>
        </Page>
    }
}

fn people(t: Language, others: &[MemberView], missing: bool, successor: &UseStateHandle<Option<String>>) -> Html {
    html! {
        <fieldset id="people" tabindex="-1" class={classes!("choices", missing.then_some("wrong"))}>
            <legend>{ t.grant_who() }</legend>
            <p class="error">{ if missing { t.grant_missing() } else { "" } }</p>
            { for others.iter().map(|member| {
                let (successor, person) = (successor.setter(), member.person.clone());
                let onchange = Callback::from(move |_: Event| successor.set(Some(person.clone())));
                html! {
                    <label key={member.person.clone()} class="choice sheet">
                        <input type="radio" name="person" value={member.person.clone()} {onchange} />
                        <span><b>{ &member.name }</b></span>
                    </label>
                }
            }) }
        </fieldset>
    }
}

fn progress(t: Language, done: u64, total: u64) -> Html {
    html! {
        <>
            <progress value={done.to_string()} max={total.max(1).to_string()} aria-label={t.leave_over_do()} />
            <p class="fine" role="status">{ t.leave_moving(done, total) }</p>
        </>
    }
}

/// The verb and the object once more.
#[component]
fn Remove(props: &StepProps) -> Html {
    let t = use_words();
    let (task, done) = (use_task(), use_done());
    let WizardProps { person, name, you, .. } = &props.with;
    // Nothing is served any more to who removed themselves; what is left to do is to wipe this device.
    let next = if *you { Route::SignOut } else { Route::Colleagues };
    let onsubmit = {
        let (task, person, said) = (task.clone(), person.to_string(), t.removed(name));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (done, said, next) = (done.clone(), said.clone(), next.clone());
            task.run(RemoveMember { person: person.clone() }, move |()| done.tell(said, &next));
        })
    };
    html! {
        <Page title={t.remove_title(name)} about={name.clone()} lead={t.remove_text(name)}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <p>{ t.remove_honest() }</p>
                <p class="actions">
                    { submit_danger(&t.remove_do(name), t.working(), &task) }
                    <button type="button" onclick={to(&props.go, Step::HandOver)}>{ t.back() }</button>
                    { stop(t) }
                </p>
            </form>
        </Page>
    }
}
