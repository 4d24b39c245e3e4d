//! A page that asks the passphrase before it does something: what, what follows from it, and one button.

use super::{
    field::Field,
    page::Page,
    problems::Problems,
    submit::{submit, submit_danger},
};
use crate::{
    route::Route,
    state::{Task, use_form, use_task, use_words},
    worker::messages::Secret,
};
use yew::prelude::*;
use yew_router::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) title: AttrValue,
    /// What the tab is called where the title names something.
    #[prop_or_default]
    pub(crate) tab: Option<AttrValue>,
    pub(crate) lead: AttrValue,
    /// What else is to be known first.
    #[prop_or_default]
    pub(crate) children: Html,
    /// Why the passphrase is asked, if that does not go without saying.
    #[prop_or_default]
    pub(crate) hint: AttrValue,
    /// The words of the button.
    pub(crate) act: AttrValue,
    /// Whether it cannot be undone.
    #[prop_or_default]
    pub(crate) danger: bool,
    /// The words of the way back to the keys.
    pub(crate) not: AttrValue,
    /// Does it.
    pub(crate) run: Callback<(Task, Secret)>,
}

/// The page.
#[component]
pub(crate) fn Confirm(props: &Props) -> Html {
    let t = use_words();
    let (task, form) = (use_task(), use_form());
    let onsubmit = {
        let (task, form, run) = (task.clone(), form.clone(), props.run.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.accepts(form.missing(&[("passphrase", t.passphrase_missing())])) {
                let passphrase = Secret(form.text("passphrase"));
                form.forget(&["passphrase"]);
                run.emit((task.clone(), passphrase));
            }
        })
    };
    let button = if props.danger { submit_danger } else { submit };
    html! {
        <Page title={props.title.clone()} tab={props.tab.clone()} lead={props.lead.clone()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                { props.children.clone() }
                <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                    hint={props.hint.clone()} value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                    error={form.error("passphrase")} />
                <p class="actions">
                    { button(&props.act, t.working(), &task) }
                    <Link<Route> to={Route::Keys} classes="button quiet">{ &props.not }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
