//! What was just made exists only here until it is on paper: first the key card, then each recovery sheet.

use crate::{
    components::{key_card::KeyCard, page::Page, upkeep::use_leave_guard},
    device,
    state::{session::Step, use_session, use_words},
};
use std::rc::Rc;
use yew::prelude::*;
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
                <KeyCard card={props.printed.card.clone()} whose={name} {done} />
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct SheetsProps {
    printed: Rc<PrintedView>,
    /// The organisation they belong to.
    whose: AttrValue,
    done: Callback<()>,
}

/// The recovery sheets, each on its own page of paper.
#[component]
fn Sheets(props: &SheetsProps) -> Html {
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
