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
        Loaded, Note, Task, use_answer, use_done, use_notices, use_session, use_task, use_vault, use_words,
        vault::Change,
    },
    worker::messages::{Failure, HandOver, Leaving, Members, RemoveMember},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{LeavingView, MemberState, MemberView};

/// The steps, in order.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Look,
    HandOver,
    Remove,
}

/// How far handing over has come.
enum Moving {
    /// Not begun, or done.
    Not,
    /// Dossiers done, and in all.
    On(u64, u64),
    Failed(Failure),
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Leave(props: &Props) -> Html {
    let t = use_words();
    let vault = use_vault();
    let client = use_session().client.clone();
    let notices = use_notices().dispatcher();
    let (task, done) = (use_task(), use_done());
    let step = use_state_eq(|| Step::Look);
    let moving = use_state(|| Moving::Not);
    let successor = use_state_eq(|| None::<String>);
    let all = use_state_eq(|| false);
    let missing = use_state_eq(|| false);
    let members = use_answer(Members {}, vault.revision);
    let leaving = use_answer(Leaving { person: props.person.to_string() }, vault.revision);
    let (members, leaving) = match (members, leaving) {
        (Loaded::Failed(failure), _) | (_, Loaded::Failed(failure)) => {
            return html! { <div key="failed"><Page title={t.remove()}>{ failed(t, failure) }</Page></div> };
        }
        (Loaded::Ready(members), Loaded::Ready(leaving)) => (members, leaving),
        _ => return html! { <div key="waiting"><Page title={t.remove()}>{ waiting(t) }</Page></div> },
    };
    let Some(member) = members.iter().find(|member| *member.person == *props.person) else {
        return html! { <div key="gone"><Page title={t.remove()} lead={t.empty_not_found_text()} /></div> };
    };
    let go = {
        let step = step.setter();
        Callback::from(move |to| step.set(to))
    };
    let shown = match *step {
        Step::Look => look(t, &member.name, &leaving, &go),
        Step::HandOver => {
            let onsubmit = {
                let (successor, all, moving, missing) = (successor.clone(), *all, moving.clone(), missing.setter());
                let (go, person, vault) = (go.clone(), member.person.clone(), vault.dispatcher());
                Callback::from(move |event: SubmitEvent| {
                    event.prevent_default();
                    missing.set(successor.is_none());
                    let Some(successor) = (*successor).clone() else { return device::focus("people") };
                    if matches!(*moving, Moving::On(..)) {
                        return;
                    }
                    let (set, further) = (moving.setter(), moving.setter());
                    set.set(Moving::On(0, 0));
                    let progress = Callback::from(move |(done, total)| further.set(Moving::On(done, total)));
                    let call = HandOver { person: person.clone(), successor, all };
                    let (client, vault, notices, go) = (client.clone(), vault.clone(), notices.clone(), go.clone());
                    yew::platform::spawn_local(async move {
                        let moved = client.follow(call, progress).await;
                        // Also of what failed, a part may have been handed over.
                        vault.dispatch(Change::Changed);
                        match moved {
                            Ok(count) => {
                                set.set(Moving::Not);
                                notices.dispatch(Note::Say(t.handed_over(count).into()));
                                go.emit(Step::Remove);
                            }
                            Err(failure) => set.set(Moving::Failed(failure)),
                        }
                    });
                })
            };
            let tick = {
                let all = all.clone();
                Callback::from(move |_: Event| all.set(!*all))
            };
            let stays = |one: &&MemberView| one.state == MemberState::Member && one.person != member.person;
            let asked = html! {
                <>
                    { people(t, members.iter().filter(stays), *missing, &successor) }
                    <label class="choice sheet">
                        <input type="checkbox" checked={*all} onchange={tick} />
                        <span><b>{ t.leave_over_all() }</b><small class="fine">{ t.leave_over_all_text() }</small></span>
                    </label>
                </>
            };
            hand_over(t, &leaving, &moving, asked, onsubmit, &go)
        }
        Step::Remove => {
            // Nothing is served any more to who removed themselves; what is left to do is to wipe this device.
            let next = if member.you { Route::SignOut } else { Route::Colleagues };
            let (running, person, said) = (task.clone(), member.person.clone(), t.removed(&member.name));
            let onsubmit = Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let (done, said, next) = (done.clone(), said.clone(), next.clone());
                running.run(RemoveMember { person: person.clone() }, move |()| done.tell(said, &next));
            });
            remove(t, member, &task, onsubmit, &go)
        }
    };
    html! {
        <div key={*step as usize}>
            <p class="fine step">{ t.step_of(*step as usize + 1, Step::Remove as usize + 1) }{ " · " }{ &member.name }</p>
            { shown }
        </div>
    }
}

/// What they can read, who else does, and when something of it was last handed to their devices.
fn look(t: Language, name: &str, leaving: &[LeavingView], go: &Callback<Step>) -> Html {
    let line = |of: &LeavingView| {
        let last = of.handed_out.last().map(|day| format::counted(t, u64::from(*day)));
        let (class, tag, others) = match of.others.as_slice() {
            [] => ("tag wait", t.leave_alone(), String::new()),
            others => ("", "", t.leave_others(others.join(", "))),
        };
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
        <Page title={t.leave_look(name)} tab={t.leave_yourself()} lead={t.leave_look_text()}>
            <section class="group">
                if leaving.is_empty() {
                    <p>{ t.leave_nothing(name) }</p>
                } else {
                    <ul class="list sheet">{ for leaving.iter().map(line) }</ul>
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

/// Who takes over what nobody else reads, or all of it.
fn hand_over(
    t: Language,
    leaving: &[LeavingView],
    moving: &Moving,
    asked: Html,
    onsubmit: Callback<SubmitEvent>,
    go: &Callback<Step>,
) -> Html {
    let alone = leaving.iter().filter(|of| of.others.is_empty()).count();
    let lead = if alone > 0 { t.leave_over_needed(alone) } else { t.leave_over_free().to_owned() };
    let (failure, bar) = match moving {
        Moving::Not => (None, None),
        Moving::Failed(failure) => (Some(failure.clone()), None),
        Moving::On(done, total) => (None, Some((*done, *total))),
    };
    let busy = if bar.is_some() { "true" } else { "false" };
    html! {
        <Page title={t.leave_over()} {lead}>
            <form {onsubmit} novalidate=true>
                <Problems {failure} />
                { asked }
                <div class="moving">
                    if let Some((done, total)) = bar {
                        <progress value={done.to_string()} max={total.max(1).to_string()} aria-label={t.leave_over_do()} />
                        <p class="fine" role="status">{ t.leave_moving(done, total) }</p>
                    }
                </div>
                <p class="actions">
                    <button type="submit" class="primary" aria-busy={busy}>{ t.leave_over_do() }</button>
                    <button type="button" onclick={to(go, Step::Remove)}>{ t.leave_over_not() }</button>
                    <button type="button" onclick={to(go, Step::Look)}>{ t.back() }</button>
                </p>
            </form>
        </Page>
    }
}

/// Those who could take over; nobody is chosen in advance.
fn people<'a>(
    t: Language,
    others: impl Iterator<Item = &'a MemberView>,
    missing: bool,
    successor: &UseStateHandle<Option<String>>,
) -> Html {
    let mut others = others.peekable();
    if others.peek().is_none() {
        let invite = html! { <Link<Route> to={Route::Invite} classes="button">{ t.invite_title() }</Link<Route>> };
        return empty(t.grant_nobody(), t.leave_over_nobody(), invite);
    }
    html! {
        <fieldset id="people" tabindex="-1" class={classes!("choices", missing.then_some("wrong"))}>
            <legend>{ t.grant_who() }</legend>
            <p class="error">{ if missing { t.grant_missing() } else { "" } }</p>
            { for others.map(|member| {
                let (set, person) = (successor.setter(), member.person.clone());
                let checked = successor.as_ref() == Some(&person);
                let onchange = Callback::from(move |_: Event| set.set(Some(person.clone())));
                html! {
                    <label key={member.person.clone()} class="choice sheet">
                        <input type="radio" name="person" value={member.person.clone()} {checked} {onchange} />
                        <span><b>{ &member.name }</b></span>
                    </label>
                }
            }) }
        </fieldset>
    }
}

/// The verb and the object once more.
fn remove(t: Language, member: &MemberView, task: &Task, onsubmit: Callback<SubmitEvent>, go: &Callback<Step>) -> Html {
    let name = &member.name;
    let farewell = match member.farewell {
        Some(when) => t.member_farewell(format::day(t, when)),
        None if member.you => t.farewell_own_missing().to_owned(),
        None => t.farewell_missing(name),
    };
    html! {
        <Page title={t.remove_title(name)} tab={t.remove()} lead={t.remove_text(name)}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <p>{ t.remove_honest() }</p>
                <p>{ farewell }</p>
                <p class="actions">
                    if member.you && member.farewell.is_none() {
                        <Link<Route> to={Route::Farewell} classes="button">{ t.farewell_title() }</Link<Route>>
                    }
                    { submit_danger(&t.remove_do(name), t.working(), task) }
                    <button type="button" onclick={to(go, Step::HandOver)}>{ t.back() }</button>
                    { stop(t) }
                </p>
            </form>
        </Page>
    }
}

fn to(go: &Callback<Step>, step: Step) -> Callback<MouseEvent> {
    go.reform(move |_: MouseEvent| step)
}

fn stop(t: Language) -> Html {
    html! { <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.leave_later() }</Link<Route>> }
}
