//! Own notes about a dossier: for nobody but who writes them. Where the policy has none, nothing is shown.

use super::{
    field::Field,
    keeping::{Kept, PAUSE, keep, state, use_keeping},
    problems::Problems,
    submit::submit,
    waiting::failed,
};
use crate::{
    format,
    language::Language,
    state::{
        Loaded, Note, Task, pending, use_answer, use_form, use_notices, use_session, use_task, use_vault, use_words,
        vault::Change,
    },
    worker::messages::{Draft, OwnNotes as Call, PromoteOwnNote, RemoveOwnNote, SaveDraft, WriteOwnNote},
};
use gloo::timers::callback::Timeout;
use yew::prelude::*;
use zegel_vault::{
    OWN_NOTE,
    view::{DraftView, OwnNoteView},
};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: AttrValue,
}

#[component]
pub(crate) fn OwnNotes(props: &Props) -> Html {
    let t = use_words();
    let (form, task) = (use_form(), use_task());
    let (vault, notices) = (use_vault(), use_notices().dispatcher());
    let written = use_state_eq(|| 0_u32);
    let dossier = props.dossier.to_string();
    let answer = use_answer(Call { dossier: dossier.clone() }, vault.revision + *written);
    // What a button did is said, and the list is read anew.
    let told = {
        let (written, notices) = (written.clone(), notices.clone());
        Callback::from(move |said: &'static str| {
            written.set(*written + 1);
            notices.dispatch(Note::Say(said.into()));
        })
    };
    let (session, timer, kept) = (use_session(), use_mut_ref(|| None::<Timeout>), use_state_eq(|| Kept::Untouched));
    use_keeping(kept.setter());
    let waited = use_answer(Draft { dossier: dossier.clone(), item: Some(OWN_NOTE.to_owned()) }, 0);
    {
        let waited = if let Loaded::Ready(draft) = &waited { (**draft).clone() } else { None };
        let (put, kept) = (form.oninput("own-note"), kept.setter());
        use_effect_with(waited, move |waited| {
            if let Some(draft) = waited {
                put.emit(draft.text.clone());
                kept.set(Kept::Sealed(draft.kept));
            }
        });
    }
    let oninput = {
        let (put, kept, timer) = (form.oninput("own-note"), kept.setter(), timer.clone());
        let (client, dossier) = (session.client.clone(), dossier.clone());
        Callback::from(move |text: String| {
            put.emit(text.clone());
            kept.set(Kept::Typing);
            let (title, day) = (String::new(), String::new());
            let draft = DraftView { item: Some(OWN_NOTE.to_owned()), base: 0, title, text, day, kept: 0 };
            pending::put(SaveDraft { dossier: dossier.clone(), draft });
            let (client, kept) = (client.clone(), kept.clone());
            timer.replace(Some(Timeout::new(PAUSE, move || keep(client, kept))));
        })
    };
    let onsubmit = {
        let (form, task, told, dossier) = (form.clone(), task.clone(), told.clone(), dossier.clone());
        let (timer, kept) = (timer.clone(), kept.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.accepts(form.missing(&[("own-note", t.own_note_missing())])) {
                let (form, told, kept) = (form.clone(), told.clone(), kept.clone());
                timer.replace(None);
                let call = WriteOwnNote { dossier: dossier.clone(), text: form.trimmed("own-note") };
                task.run(call, move |_| {
                    pending::drop_it();
                    kept.set(Kept::Untouched);
                    form.forget(&["own-note"]);
                    told.emit(t.own_note_kept());
                });
            }
        })
    };
    let promoted = {
        let (vault, told) = (vault.dispatcher(), told.clone());
        Callback::from(move |()| {
            vault.dispatch(Change::Changed);
            told.emit(t.own_note_promoted());
        })
    };
    let shown = match answer {
        Loaded::Ready(notes) => html! {
            <section key="notes" class="group">
                <h2>{ t.own_notes() }</h2>
                <p class="fine">{ t.own_notes_text() }</p>
                <Problems failure={task.failure()} />
                if !notes.is_empty() {
                    <ul class="list sheet">
                        { for notes.iter().map(|note| line(t, &dossier, note, &task, &told, &promoted)) }
                    </ul>
                }
                <form {onsubmit} novalidate=true>
                    <Field id="own-note" rows=4 label={t.own_note_new()} value={form.text("own-note")}
                        {oninput} error={form.error("own-note")} />
                    <p class="save-state fine" role="status">
                        if *kept != Kept::Untouched { { state(t, &kept, session.visiting()) } }
                    </p>
                    { submit(t.own_note_keep(), t.working(), &task) }
                </form>
            </section>
        },
        Loaded::Failed(failure) if failure.key != "no-own-notes" => failed(t, failure),
        Loaded::Waiting | Loaded::Failed(_) => Html::default(),
    };
    html! { <div class="own-notes">{ shown }</div> }
}

fn line(
    t: Language,
    dossier: &str,
    note: &OwnNoteView,
    task: &Task,
    told: &Callback<&'static str>,
    promoted: &Callback<()>,
) -> Html {
    let promote = {
        let (task, promoted) = (task.clone(), promoted.clone());
        let call =
            PromoteOwnNote { dossier: dossier.to_owned(), note: note.id.clone(), title: t.own_note_title().to_owned() };
        Callback::from(move |_: MouseEvent| {
            let promoted = promoted.clone();
            task.run(call.clone(), move |_| promoted.emit(()));
        })
    };
    let remove = {
        let (task, told) = (task.clone(), told.clone());
        let call = RemoveOwnNote { dossier: dossier.to_owned(), note: note.id.clone() };
        Callback::from(move |_: MouseEvent| {
            let told = told.clone();
            task.run(call.clone(), move |()| told.emit(t.own_note_removed()));
        })
    };
    html! {
        <li key={note.id.clone()}>
            <div>
                <small class="fine">{ format::moment(t, note.written) }</small>
                { for note.text.lines().map(|line| html! { <p><bdi>{ line.to_owned() }</bdi></p> }) }
            </div>
            <span class="row-tags">
                <button type="button" onclick={promote}>{ t.own_note_promote() }</button>
                <button type="button" class="danger" onclick={remove}>{ t.own_note_remove() }</button>
            </span>
        </li>
    }
}
