//! What one recovery sheet is worth: read from paper now and then, so that nobody finds out when it is needed.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit},
    route::Route,
    state::{use_form, use_task, use_words},
    worker::messages::{CheckSheet, Secret},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::SheetView;

#[component]
pub(crate) fn Sheet() -> Html {
    let t = use_words();
    let (task, form) = (use_task(), use_form());
    let told = use_state_eq(|| None::<SheetView>);
    let onsubmit = {
        let (task, form, told) = (task.clone(), form.clone(), told.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            told.set(None);
            if !form.accepts(form.missing(&[("sheet", t.sheet_missing())])) {
                return;
            }
            let (form, told) = (form.clone(), told.clone());
            task.run(CheckSheet { text: Secret(form.text("sheet")) }, move |sheet| {
                // One is worth nothing alone; it stays on paper all the same.
                form.forget(&["sheet"]);
                told.set(Some(sheet));
            });
        })
    };
    let worth = told.as_ref().map(|sheet| {
        if sheet.in_force {
            t.sheet_good(sheet.threshold, sheet.number, sheet.sheets)
        } else {
            t.sheet_replaced(sheet.number)
        }
    });
    html! {
        <Page title={t.sheet_check_title()} lead={t.sheet_check_lead()}>
            <form {onsubmit} novalidate=true>
                <Problems fields={form.wrong()} failure={task.failure()} />
                <Field id="sheet" label={t.sheet_lines()} hint={t.sheet_lines_hint()} rows={8} exact=true
                    value={form.text("sheet")} error={form.error("sheet")} oninput={form.oninput("sheet")} />
                <p role="status">{ worth }</p>
                <p class="actions">
                    { submit(t.sheet_check(), t.working(), &task) }
                    <Link<Route> to={Route::Settings} classes="button quiet">{ t.back() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
