//! What was just made exists only here until it is on paper: first the key card, then each recovery sheet.

use crate::{
    components::{field::Field, page::Page, problems::Problems, upkeep::use_leave_guard},
    device,
    state::{session::Step, use_form, use_session, use_words},
};
use std::rc::Rc;
use yew::prelude::*;
use zegel_crypto::printed::{KeyCard, TwoGroups, two_groups};
use zegel_vault::view::PrintedView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) printed: Rc<PrintedView>,
}

#[component]
pub(crate) fn Printing(props: &Props) -> Html {
    let session = use_session();
    let checked = use_state_eq(|| false);
    use_leave_guard(true);
    let name = session.who.as_ref().map(|who| who.name.clone()).unwrap_or_default();
    let organisation = session.who.as_ref().map(|who| who.organisation.clone()).unwrap_or_default();
    let has_sheets = !props.printed.sheets.is_empty();
    let done = {
        let (checked, session) = (checked.setter(), session.dispatcher());
        Callback::from(move |()| {
            if has_sheets {
                checked.set(true);
            } else {
                session.dispatch(Step::Printed);
            }
        })
    };
    let finish = {
        let session = session.dispatcher();
        Callback::from(move |()| session.dispatch(Step::Printed))
    };
    html! {
        <div class="printing">
            if *checked && has_sheets {
                <Sheets printed={props.printed.clone()} whose={organisation} done={finish} />
            } else {
                <Card printed={props.printed.clone()} whose={name} {done} />
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct StepProps {
    printed: Rc<PrintedView>,
    /// The person or the organisation it belongs to.
    whose: AttrValue,
    done: Callback<()>,
}

/// The two groups to type back. A card that this app just made reads as one.
fn asked(card: &str) -> Option<TwoGroups> {
    let challenge = js_sys::Math::random() * u32::MAX as f64;
    KeyCard::from_text(card).ok().map(|card| two_groups(&card, challenge as u64))
}

/// The key card, and two of its groups typed back from the paper.
#[component]
fn Card(props: &StepProps) -> Html {
    let t = use_words();
    let printed = use_state_eq(|| false);
    let form = use_form();
    let asked = use_memo(props.printed.clone(), |printed| asked(&printed.card));
    let [one, two] = asked.as_ref().as_ref().map_or([1, 2], TwoGroups::positions);
    let print = {
        let printed = printed.setter();
        Callback::from(move |_: MouseEvent| {
            let _ = device::window().print();
            printed.set(true);
        })
    };
    let onsubmit = {
        let (form, done, asked) = (form.clone(), props.done.clone(), asked.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = ["group-0", "group-1"].map(|id| form.text(id));
            let right = asked.as_ref().as_ref().is_none_or(|asked| asked.check([&typed[0], &typed[1]]));
            let wrong = if right { Vec::new() } else { vec![("group-0".into(), t.card_groups_wrong().into())] };
            if form.accepts(wrong) {
                done.emit(());
            }
        })
    };
    html! {
        <Page title={t.card_title()} lead={t.card_text()}>
            <article class="paper sheet">
                <h2>{ t.card_paper_title(&props.whose) }</h2>
                <pre class="secret-lines">{ &props.printed.card }</pre>
                <p class="fine">{ t.card_paper_text() }</p>
            </article>
            <p class="no-print"><button type="button" class="primary" onclick={print}>{ t.card_print() }</button></p>
            <form class="no-print" {onsubmit} novalidate=true>
                <h2>{ t.card_check() }</h2>
                <p>{ t.card_check_text() }</p>
                <Problems fields={form.wrong()} />
                <div class="pair">
                    <Field id="group-0" exact=true label={t.card_group((one - 1) / 4 + 1, (one - 1) % 4 + 1)}
                        value={form.text("group-0")} oninput={form.oninput("group-0")} error={form.error("group-0")} />
                    <Field id="group-1" exact=true label={t.card_group((two - 1) / 4 + 1, (two - 1) % 4 + 1)}
                        value={form.text("group-1")} oninput={form.oninput("group-1")} />
                </div>
                <button type="submit" class={if *printed { "primary" } else { "" }}>{ t.card_go_on() }</button>
            </form>
        </Page>
    }
}

/// The recovery sheets, each on its own page of paper.
#[component]
fn Sheets(props: &StepProps) -> Html {
    let t = use_words();
    let printed = use_state_eq(|| false);
    let all = props.printed.sheets.len();
    let print = {
        let printed = printed.setter();
        Callback::from(move |_: MouseEvent| {
            let _ = device::window().print();
            printed.set(true);
        })
    };
    let onclick = props.done.reform(|_: MouseEvent| ());
    html! {
        <Page title={t.sheets_title()} lead={t.sheets_text(props.printed.threshold, all)}>
            { for props.printed.sheets.iter().enumerate().map(|(index, sheet)| html! {
                <article class="paper sheet" key={index}>
                    <h2>{ t.sheet_title(index + 1, all, &props.whose) }</h2>
                    <pre class="secret-lines">{ sheet }</pre>
                    <p class="fine">{ t.sheet_text(props.printed.threshold) }</p>
                </article>
            }) }
            <p class="actions no-print">
                <button type="button" class={if *printed { "" } else { "primary" }} onclick={print}>
                    { t.sheets_print() }
                </button>
                <button type="button" class={if *printed { "primary" } else { "" }} {onclick}>{ t.sheets_done() }</button>
            </p>
        </Page>
    }
}
