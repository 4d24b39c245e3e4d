//! Ending a colleague's access to a dossier.

use crate::{
    components::{page::Page, problems::Problems, submit::submit_danger, waiting},
    route::{Route, Tab},
    state::{use_answer, use_done, use_task, use_words},
    worker::messages::{Dossier, EndAccess as Call},
};
use yew::prelude::*;
use yew_router::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn EndAccess(props: &Props) -> Html {
    let t = use_words();
    let dossier = use_answer(Dossier { id: props.id.to_string() }, 0);
    let shown = waiting::page(t, t.access_end(), dossier, |dossier| {
        let reader = dossier.readers.iter().find(|reader| reader.person == *props.person);
        match reader {
            Some(reader) => html! {
                <Ask key="ask" id={props.id.clone()} person={props.person.clone()} name={reader.name.clone()}
                    title={dossier.summary.title.clone()} />
            },
            None => html! { <Page key="gone" title={t.access_end()} lead={t.empty_not_found_text()} /> },
        }
    });
    html! { <div class="end-access">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct AskProps {
    id: AttrValue,
    person: AttrValue,
    name: AttrValue,
    title: AttrValue,
}

#[component]
fn Ask(props: &AskProps) -> Html {
    let t = use_words();
    let (done, task) = (use_done(), use_task());
    let onsubmit = {
        let call = Call { dossier: props.id.to_string(), person: props.person.to_string() };
        let (task, said) = (task.clone(), t.access_ended(&props.name));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (done, said, to) = (done.clone(), said.clone(), Tab::Access.of(&call.dossier));
            task.run(call.clone(), move |()| done.tell(said, &to));
        })
    };
    html! {
        <Page title={t.access_end_title(&props.name)} tab={t.access_end()} lead={t.access_end_text(&props.name, &props.title)}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <p>{ t.revoke_honest() }</p>
                <p class="actions">
                    { submit_danger(&t.access_end_do(&props.name), t.working(), &task) }
                    <Link<Route> to={Tab::Access.of(&props.id)} classes="button quiet">
                        { t.cancel() }
                    </Link<Route>>
                </p>
            </form>
        </Page>
    }
}
