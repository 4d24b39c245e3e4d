//! A third party makes what was shared theirs: a passphrase of their own, a card to keep, and words to read aloud.

use crate::{
    components::{
        copy::Copy,
        handed_out::whole,
        page::Page,
        passphrase::{check, new_passphrase},
        problems::Problems,
        qr::Qr,
        submit::submit,
    },
    device,
    state::{use_form, use_task, use_words},
    worker::messages::{MakeOwnKeys, RegisterOwnKeys, Secret},
};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::{DisclosureView, ReadingCardView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) view: Rc<DisclosureView>,
    /// What they made, for as long as the page is open: the card opens nothing before its words are read.
    pub(crate) made: UseStateHandle<Option<ReadingCardView>>,
    /// Whether it was told of.
    pub(crate) told: UseStateHandle<bool>,
    /// To read on.
    pub(crate) back: Callback<()>,
}

#[component]
pub(crate) fn MakeYours(props: &Props) -> Html {
    let t = use_words();
    let (task, form) = (use_task(), use_form());
    let (made, told) = (&props.made, &props.told);
    let make = {
        let (task, form, made) = (task.clone(), form.clone(), made.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.accepts(check(t, &form)) {
                let call = MakeOwnKeys { passphrase: Secret(form.text("passphrase")) };
                form.forget(&["passphrase", "again"]);
                let made = made.clone();
                task.run(call, move |card| made.set(Some(card)));
            }
        })
    };
    let tell = {
        let (task, told) = (task.clone(), told.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let told = told.clone();
            task.run(RegisterOwnKeys {}, move |()| told.set(true));
        })
    };
    let back = props.back.reform(|_: MouseEvent| ());
    let read_on = html! { <button type="button" class="quiet" onclick={back}>{ t.own_back() }</button> };
    let DisclosureView { from, to, organisation, .. } = &*props.view;
    match (**made).clone() {
        None => html! {
            <Page key="ask" title={t.own_title()} lead={t.own_text()}>
                <form onsubmit={make} novalidate=true>
                    <Problems failure={task.failure()} fields={form.wrong()} />
                    { new_passphrase(t, &form, t.own_passphrase_again()) }
                    <p class="actions">{ submit(t.own_make(), t.working(), &task) }{ read_on }</p>
                </form>
            </Page>
        },
        Some(ReadingCardView { card, words }) if !**told => html! {
            <Page key="card" title={t.own_card()} lead={t.own_card_text()}>
                <article class="paper sheet letter">
                    <h2>{ t.own_card_title(to) }</h2>
                    <p>{ t.own_card_use(from, organisation) }</p>
                    <Qr text={whole(&card)} label={t.own_card()} />
                    <p class="words">{ whole(&card) }</p>
                    <p>{ t.own_card_words(from) }</p>
                    <p class="words spoken">{ words.join(" · ") }</p>
                </article>
                <div class="no-print">
                    <Copy label={t.own_card()} hint={t.own_card_copy()} text={whole(&card)} />
                    <form onsubmit={tell} novalidate=true>
                        <Problems failure={task.failure()} />
                        <p class="actions">
                            <button type="button" onclick={|_| { let _ = device::window().print(); }}>{ t.card_print() }</button>
                            { submit(t.own_kept(), t.working(), &task) }
                            { read_on }
                        </p>
                    </form>
                </div>
            </Page>
        },
        Some(ReadingCardView { words, .. }) => html! {
            <Page key="told" title={t.own_words(from)} lead={t.own_words_text(from)}>
                <div class="sheet card">
                    <p class="words spoken">{ words.join(" · ") }</p>
                    <p class="fine">{ t.own_until() }</p>
                </div>
                <p class="actions">{ read_on }</p>
            </Page>
        },
    }
}
