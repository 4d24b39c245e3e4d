//! Somebody saw the passphrase and may have a card or a device: everything is renewed, and a new card is printed.

use crate::{
    components::{
        key_card::KeyCard,
        page::Page,
        passphrase::{next_passphrase, replaced},
        problems::Problems,
        submit::submit_danger,
        upkeep::use_leave_guard,
    },
    route::Route,
    state::{use_done, use_form, use_session, use_task, use_words},
    worker::messages::RenewKeys,
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::NewCardView;

#[component]
pub(crate) fn Renew() -> Html {
    let t = use_words();
    let (done, task, form) = (use_done(), use_task(), use_form());
    let made = use_state_eq(|| None::<NewCardView>);
    let whose = use_session().who.as_ref().map(|who| who.name.clone()).unwrap_or_default();
    use_leave_guard(made.is_some());
    if let Some(NewCardView { card, .. }) = (*made).clone() {
        let done = Callback::from(move |()| done.tell(t.renewed(), &Route::Keys));
        return html! { <div key="print" class="printing"><KeyCard {card} {whose} {done} /></div> };
    }
    let onsubmit = {
        let (task, form, made) = (task.clone(), form.clone(), made.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some((old, new)) = replaced(t, &form) else { return };
            let call = RenewKeys { old, new };
            let made = made.clone();
            task.run(call, move |card| made.set(Some(card)));
        })
    };
    html! {
        <Page key="ask" title={t.renew()} lead={t.renew_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                <ul>
                    <li>{ t.renew_devices() }</li>
                    <li>{ t.renew_card() }</li>
                    <li>{ t.renew_dossiers() }</li>
                    <li>{ t.renew_colleagues() }</li>
                </ul>
                <p>{ t.renew_honest() }</p>
                { next_passphrase(t, &form, t.renew_old()) }
                <p class="actions">
                    { submit_danger(t.renew_do(), t.working(), &task) }
                    <Link<Route> to={Route::Keys} classes="button quiet">{ t.cancel() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
