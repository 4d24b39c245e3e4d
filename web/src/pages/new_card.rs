//! A new key card, in an order that always leaves one that works: made, printed and proven to be on paper, and only then
//! the old ones end. The passphrase is asked at both ends, so that it does not wait in the page while somebody prints.

use crate::{
    components::{
        field::Field, key_card::KeyCard, page::Page, problems::Problems, submit::submit, upkeep::use_leave_guard,
    },
    route::Route,
    state::{Form, Task, use_done, use_form, use_session, use_task, use_words},
    worker::messages::{MakeCard, RetireCards, Secret},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::NewCardView;

/// How far it has come.
#[derive(Clone, PartialEq)]
enum Stage {
    Ask,
    Print(NewCardView),
    /// On paper, with this slot.
    Retire(String),
}

#[component]
pub(crate) fn NewCard() -> Html {
    let stage = use_state_eq(|| Stage::Ask);
    let whose = use_session().who.as_ref().map(|who| who.name.clone()).unwrap_or_default();
    use_leave_guard(matches!(*stage, Stage::Print(_)));
    let set = stage.setter();
    let shown = match (*stage).clone() {
        Stage::Ask => {
            let made = Callback::from(move |made| set.set(Stage::Print(made)));
            html! { <Ask key="ask" {made} /> }
        }
        Stage::Print(NewCardView { card, slot }) => {
            let done = Callback::from(move |()| set.set(Stage::Retire(slot.clone())));
            html! { <div key="print" class="printing"><KeyCard {card} {whose} {done} /></div> }
        }
        Stage::Retire(slot) => html! { <Retire key="retire" {slot} /> },
    };
    html! { <div class="new-card">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct AskProps {
    made: Callback<NewCardView>,
}

/// The passphrase that makes the card.
#[component]
fn Ask(props: &AskProps) -> Html {
    let t = use_words();
    let (task, form) = (use_task(), use_form());
    let made = props.made.clone();
    let run = {
        let task = task.clone();
        Callback::from(move |passphrase| {
            let made = made.clone();
            task.run(MakeCard { passphrase }, move |card| made.emit(card));
        })
    };
    html! {
        <Page title={t.new_card()} lead={t.new_card_text()}>
            { question(t, &form, &task, run, t.new_card_make(), t.cancel()) }
        </Page>
    }
}

#[derive(PartialEq, Properties)]
struct RetireProps {
    slot: AttrValue,
}

/// The passphrase that ends the old cards.
#[component]
fn Retire(props: &RetireProps) -> Html {
    let t = use_words();
    let (task, form, done) = (use_task(), use_form(), use_done());
    let keep = props.slot.to_string();
    let run = {
        let task = task.clone();
        Callback::from(move |passphrase| {
            let done = done.clone();
            let call = RetireCards { passphrase, keep: keep.clone() };
            task.run(call, move |()| done.tell(t.cards_retired(), &Route::Keys));
        })
    };
    html! {
        <Page title={t.retire_cards_title()} lead={t.retire_cards_text()}>
            { question(t, &form, &task, run, t.retire_cards(), t.retire_cards_not()) }
        </Page>
    }
}

/// The form that asks the passphrase for `run`.
fn question(
    t: crate::language::Language,
    form: &Form,
    task: &Task,
    run: Callback<Secret>,
    label: &str,
    not: &'static str,
) -> Html {
    let onsubmit = {
        let form = form.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.accepts(form.missing(&[("passphrase", t.passphrase_missing())])) {
                let passphrase = Secret(form.text("passphrase"));
                form.forget(&["passphrase"]);
                run.emit(passphrase);
            }
        })
    };
    html! {
        <form {onsubmit} novalidate=true>
            <Problems failure={task.failure()} fields={form.wrong()} />
            <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                error={form.error("passphrase")} />
            <p class="actions">
                { submit(label, t.working(), task) }
                <Link<Route> to={Route::Keys} classes="button quiet">{ not }</Link<Route>>
            </p>
        </form>
    }
}
