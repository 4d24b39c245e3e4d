//! A new key card, in an order that always leaves one that works: made, printed and proven to be on paper, and only then
//! the old ones end. The passphrase is asked at both ends, so that it does not wait in the page while somebody prints.

use crate::{
    components::{confirm::Confirm, key_card::KeyCard, upkeep::use_leave_guard},
    route::Route,
    state::{Task, use_done, use_session, use_words},
    worker::messages::{MakeCard, RetireCards, Secret},
};
use yew::prelude::*;
use zegel_vault::view::NewCardView;

/// How far it has come.
#[derive(Clone, PartialEq)]
enum Stage {
    Make,
    Print(NewCardView),
    /// On paper, with this slot.
    Retire(String),
}

#[component]
pub(crate) fn NewCard() -> Html {
    let t = use_words();
    let done = use_done();
    let stage = use_state_eq(|| Stage::Make);
    let whose = use_session().who.as_ref().map(|who| who.name.clone()).unwrap_or_default();
    use_leave_guard(matches!(*stage, Stage::Print(_)));
    let set = stage.setter();
    let shown = match (*stage).clone() {
        Stage::Make => {
            let run = Callback::from(move |(task, passphrase): (Task, Secret)| {
                let set = set.clone();
                task.run(MakeCard { passphrase }, move |made| set.set(Stage::Print(made)));
            });
            html! {
                <Confirm key="make" title={t.new_card()} lead={t.new_card_text()} act={t.new_card_make()}
                    not={t.cancel()} {run} />
            }
        }
        Stage::Print(NewCardView { card, slot }) => {
            let done = Callback::from(move |()| set.set(Stage::Retire(slot.clone())));
            html! { <div key="print" class="printing"><KeyCard {card} {whose} {done} /></div> }
        }
        Stage::Retire(slot) => {
            let run = Callback::from(move |(task, passphrase): (Task, Secret)| {
                let done = done.clone();
                let call = RetireCards { passphrase, keep: slot.clone() };
                task.run(call, move |()| done.tell(t.cards_retired(), &Route::Keys));
            });
            html! {
                <Confirm key="retire" title={t.retire_cards_title()} lead={t.retire_cards_text()}
                    act={t.retire_cards()} danger=true not={t.retire_cards_not()} {run} />
            }
        }
    };
    html! { <div class="new-card">{ shown }</div> }
}
