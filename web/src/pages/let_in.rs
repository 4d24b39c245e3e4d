//! To let in a new device of one's own: its text, the words that both show, and the passphrase.

use crate::{
    components::{confirm::Confirm, field::Field, page::Page, problems::Problems, submit::submit},
    device,
    route::Route,
    state::{Task, use_done, use_form, use_task, use_words},
    worker::messages::{HearKnock, LetDeviceIn, RefuseDevice, Secret},
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn LetIn() -> Html {
    let t = use_words();
    let (task, done, form) = (use_task(), use_done(), use_form());
    let words = use_state(|| None::<Vec<String>>);
    let arrived = use_memo((), |()| device::arrived_link().unwrap_or_default());
    if let Some(words) = (*words).clone() {
        let refuse = {
            let (task, done) = (task.clone(), done.clone());
            Callback::from(move |_: MouseEvent| {
                let done = done.clone();
                device::arrive(None);
                task.run(RefuseDevice {}, move |()| done.tell(t.let_in_refused(), &Route::Keys));
            })
        };
        let run = Callback::from(move |(task, passphrase): (Task, Secret)| {
            let done = done.clone();
            task.run(LetDeviceIn { passphrase }, move |()| {
                device::arrive(None);
                done.tell(t.let_in_done(), &Route::Keys);
            });
        });
        return html! {
            <div class="let-in">
                <Confirm key="words" title={t.let_in_compare()} tab={t.let_in_title()} lead={t.let_in_compare_text()}
                    hint={t.let_in_why()} act={t.let_in_do()} not={t.cancel()} {run}>
                    <div class="sheet card"><p class="words spoken">{ words.join(" · ") }</p></div>
                    <p>{ t.let_in_differ() }</p>
                    <p><button type="button" class="danger" onclick={refuse}>{ t.let_in_refuse() }</button></p>
                </Confirm>
            </div>
        };
    }
    let text = if form.text("knock").is_empty() { (*arrived).clone() } else { form.text("knock") };
    let onsubmit = {
        let (task, form, text) = (task.clone(), form.clone(), text.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let missing = text.trim().is_empty();
            let wrong = missing.then(|| ("knock".into(), t.let_in_missing().into()));
            if form.accepts(wrong.into_iter().collect()) {
                let words = words.setter();
                task.run(HearKnock { text: text.clone() }, move |heard| words.set(Some(heard)));
            }
        })
    };
    html! {
        <div class="let-in">
            <Page key="text" title={t.let_in_title()} lead={t.let_in_text()}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} fields={form.wrong()} />
                    <Field id="knock" rows={3} exact=true label={t.let_in_label()} hint={t.let_in_hint()} value={text}
                        oninput={form.oninput("knock")} error={form.error("knock")} />
                    <p class="actions">
                        { submit(t.let_in_next(), t.working(), &task) }
                        <Link<Route> to={Route::Keys} classes="button quiet">{ t.cancel() }</Link<Route>>
                    </p>
                </form>
            </Page>
        </div>
    }
}
