//! Dossiers that are closed to a director, and opening one with a reason.

use crate::{
    components::{empty::empty, field::Field, page::Page, problems::Problems, submit::submit_danger, waiting},
    format,
    language::Language,
    route::{Route, Tab},
    state::{use_answer, use_done, use_form, use_task, use_vault, use_words},
    worker::messages::{BreakGlass, ClosedDossiers},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::ClosedView;

/// The list.
#[component]
pub(crate) fn Closed() -> Html {
    let t = use_words();
    let vault = use_vault();
    let answer = use_answer(ClosedDossiers {}, vault.revision);
    let shown = waiting::page(t, t.closed_title(), answer, |closed| {
        html! {
            <Page key="ready" title={t.closed_title()} lead={t.closed_lead()}>
                if closed.is_empty() {
                    { empty(t.closed_none(), "", Html::default()) }
                } else {
                    <ul class="list sheet">{ for closed.iter().map(|one| line(t, one)) }</ul>
                }
            </Page>
        }
    });
    html! { <div class="closed">{ shown }</div> }
}

fn line(t: Language, closed: &ClosedView) -> Html {
    let (since, changed) = (format::day(t, closed.since), format::day(t, closed.changed));
    html! {
        <li key={closed.id.clone()}>
            <div>
                <b>{ &closed.reference }</b>
                <small class="fine">{ t.closed_line(changed, closed.readers.join(", "), since) }</small>
            </div>
            <span class="act">
                <Link<Route> to={Route::Glass { id: closed.id.clone() }} classes="button">
                    { t.closed_open(&closed.reference) }
                </Link<Route>>
            </span>
        </li>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: String,
}

/// Opening one.
#[component]
pub(crate) fn Glass(props: &Props) -> Html {
    let t = use_words();
    let (task, form, done) = (use_task(), use_form(), use_done());
    let answer = use_answer(ClosedDossiers {}, 0);
    let shown = waiting::page(t, t.glass_title(), answer, |closed| {
        let Some(one) = closed.iter().find(|one| one.id == props.id) else {
            return html! { <Page key="gone" title={t.glass_title()} lead={t.closed_none()} /> };
        };
        let onsubmit = {
            let (task, form, done, id) = (task.clone(), form.clone(), done.clone(), one.id.clone());
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                if !form.accepts(form.missing(&[("reason", t.error_reason_missing())])) {
                    return;
                }
                let (done, to) = (done.clone(), Tab::Access.of(&id));
                let call = BreakGlass { dossier: id.clone(), reason: form.trimmed("reason") };
                task.run(call, move |()| done.tell(t.glass_done(), &to));
            })
        };
        html! {
            <Page key="ask" title={t.glass_title()} lead={t.glass_lead(&one.reference)}>
                <form {onsubmit} novalidate=true>
                    <Problems fields={form.wrong()} failure={task.failure()} />
                    <Field id="reason" label={t.glass_reason()} hint={t.glass_reason_hint()} rows={4}
                        value={form.text("reason")} error={form.error("reason")} oninput={form.oninput("reason")} />
                    <p class="actions">
                        { submit_danger(t.glass_do(), t.working(), &task) }
                        <Link<Route> to={Route::Closed} classes="button quiet">{ t.cancel() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="glass">{ shown }</div> }
}
