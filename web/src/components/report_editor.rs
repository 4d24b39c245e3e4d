//! Writing a report. Words are kept, sealed, on this device a moment after each pause; saving makes them part of the
//! dossier.

use super::{
    field::Field,
    keeping::{Kept, PAUSE, keep, state, use_keeping},
    problems::Problems,
    submit::submit,
};
use crate::{
    device,
    language::Language,
    route::Route,
    state::{
        Note, form::Wrong, pending, said, use_notices, use_session, use_task, use_vault, use_words, vault::Change,
    },
    worker::messages::{DiscardDraft, SaveDraft, SaveReport},
};
use gloo::timers::callback::Timeout;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::DraftView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: AttrValue,
    /// What it begins with: the draft that waited, or the report as it stands, or nothing.
    pub(crate) start: DraftView,
    /// Whether it is a draft that waited.
    pub(crate) resumed: bool,
}

/// The editor.
#[component]
pub(crate) fn ReportEditor(props: &Props) -> Html {
    let t = use_words();
    let (session, vault, notices) = (use_session(), use_vault(), use_notices());
    let navigator = use_navigator();
    let task = use_task();
    let draft = use_state(|| props.start.clone());
    let kept = use_state_eq(|| if props.resumed { Kept::Sealed(props.start.kept) } else { Kept::Untouched });
    let wrong = use_state(Vec::new);
    let timer = use_mut_ref(|| None::<Timeout>);
    use_keeping(kept.setter());

    let change = {
        let (draft, kept, timer, dossier) = (draft.clone(), kept.setter(), timer.clone(), props.dossier.to_string());
        let client = session.client.clone();
        move |change: fn(&mut DraftView, String)| {
            let (draft, kept, timer, dossier, client) =
                (draft.clone(), kept.clone(), timer.clone(), dossier.clone(), client.clone());
            Callback::from(move |text: String| {
                let mut next = (*draft).clone();
                change(&mut next, text);
                next.kept = device::now();
                draft.set(next.clone());
                kept.set(Kept::Typing);
                pending::put(SaveDraft { dossier: dossier.clone(), draft: next });
                let (client, kept) = (client.clone(), kept.clone());
                timer.replace(Some(Timeout::new(PAUSE, move || keep(client, kept))));
            })
        }
    };
    let leave = {
        let (dossier, navigator) = (props.dossier.to_string(), navigator.clone());
        move || {
            if let Some(navigator) = &navigator {
                navigator.push(&Route::Dossier { id: dossier.clone() });
            }
        }
    };
    let onsubmit = {
        let (draft, task, wrong, timer, leave) =
            (draft.clone(), task.clone(), wrong.setter(), timer.clone(), leave.clone());
        let (dossier, client, vault, notices) =
            (props.dossier.to_string(), session.client.clone(), vault.dispatcher(), notices.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let found = check(t, &draft);
            wrong.set(found.clone());
            if !found.is_empty() {
                return;
            }
            timer.replace(None);
            let DraftView { item, base, title, text, day, .. } = (*draft).clone();
            let call = SaveReport { dossier: dossier.clone(), item: item.clone(), base, title, text, day };
            let (dossier, client, vault, notices, leave) =
                (dossier.clone(), client.clone(), vault.clone(), notices.clone(), leave.clone());
            task.run(call, move |saved| {
                pending::drop_it();
                yew::platform::spawn_local(async move {
                    // What was saved needs no draft; if that fails, an old draft is offered again, which loses nothing.
                    let _ = client.call(DiscardDraft { dossier, item }).await;
                });
                vault.dispatch(Change::Changed);
                if saved.waiting {
                    vault.dispatch(Change::Waits);
                }
                notices.dispatch(Note::Say(
                    match (&saved.conflict, saved.waiting) {
                        (Some(_), _) => t.report_saved_beside(),
                        (None, true) => t.report_saved_waiting(),
                        (None, false) => t.report_saved(),
                    }
                    .into(),
                ));
                leave();
            });
        })
    };
    let discard = {
        let (task, timer, draft) = (task.clone(), timer.clone(), draft.clone());
        let dossier = props.dossier.to_string();
        Callback::from(move |_: MouseEvent| {
            timer.replace(None);
            pending::drop_it();
            let leave = leave.clone();
            task.run(DiscardDraft { dossier: dossier.clone(), item: draft.item.clone() }, move |()| leave());
        })
    };
    html! {
        <form class="editor" {onsubmit} novalidate=true>
            <Problems failure={task.failure()} fields={(*wrong).clone()} />
            <div class="pair">
                <Field id="title" label={t.report_title()} hint={t.report_title_hint()} value={draft.title.clone()}
                    oninput={change(|draft, text| draft.title = text)} error={said(&wrong, "title")} />
                <Field id="day" kind="date" label={t.report_day()} value={draft.day.clone()}
                    oninput={change(|draft, text| draft.day = text)} error={said(&wrong, "day")} />
            </div>
            <Field id="text" rows={16} label={t.report_text()} hint={t.report_text_hint()} value={draft.text.clone()}
                oninput={change(|draft, text| draft.text = text)} error={said(&wrong, "text")} />
            <p class="save-state fine" role="status">{ state(t, &kept, session.visiting()) }</p>
            <p class="actions">
                { submit(t.report_save(), t.report_saving(), &task) }
                <button type="button" class="quiet" onclick={discard}>{ t.report_discard() }</button>
            </p>
        </form>
    }
}

fn check(t: Language, draft: &DraftView) -> Wrong {
    let mut wrong = Vec::new();
    if draft.title.trim().is_empty() {
        wrong.push(("title".into(), t.report_title_missing().into()));
    }
    if draft.day.is_empty() {
        wrong.push(("day".into(), t.report_day_missing().into()));
    }
    if draft.text.trim().is_empty() {
        wrong.push(("text".into(), t.report_text_missing().into()));
    }
    wrong
}
