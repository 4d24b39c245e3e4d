//! A key card that was just made: to be printed, and proven to be on paper by two of its groups, typed back.

use super::{field::Field, page::Page, problems::Problems};
use crate::{
    device,
    state::{use_form, use_words},
};
use yew::prelude::*;
use zegel_crypto::printed::{KeyCard as Printed, TwoGroups, two_groups};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Its lines.
    pub(crate) card: AttrValue,
    /// The person it belongs to.
    pub(crate) whose: AttrValue,
    /// It is on paper.
    pub(crate) done: Callback<()>,
}

/// The two groups to type back. A card that this app just made reads as one.
fn asked(card: &str) -> Option<TwoGroups> {
    let challenge = js_sys::Math::random() * u32::MAX as f64;
    Printed::from_text(card).ok().map(|card| two_groups(&card, challenge as u64))
}

/// The page of the card.
#[component]
pub(crate) fn KeyCard(props: &Props) -> Html {
    let t = use_words();
    let printed = use_state_eq(|| false);
    let form = use_form();
    let asked = use_memo(props.card.clone(), |card| asked(card));
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
                <pre class="secret-lines">{ &props.card }</pre>
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
