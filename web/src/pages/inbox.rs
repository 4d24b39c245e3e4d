//! What a third party sees: a question for the code, then what was shared with them, and nothing else. Nothing of it
//! stays on their device.

use crate::{
    components::{
        document_list::{Document, Heard},
        field::Field,
        frame::Frame,
        page::Page,
        passphrase::said,
        problems::Problems,
        submit::Submit,
    },
    device, format,
    state::{use_session, use_task, use_words},
    worker::messages::{OpenDisclosure, ReadDisclosed, Secret},
};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::{DisclosureView, ItemKind};

#[component]
pub(crate) fn Inbox() -> Html {
    let opened = use_state(|| None::<Rc<DisclosureView>>);
    let onopen = {
        let opened = opened.setter();
        Callback::from(move |view: DisclosureView| opened.set(Some(Rc::new(view))))
    };
    html! {
        <Frame wide={opened.is_some()}>
            <div class="inbox">
                if let Some(view) = (*opened).clone() {
                    <Read {view} />
                } else {
                    <Ask {onopen} />
                }
            </div>
        </Frame>
    }
}

#[derive(PartialEq, Properties)]
struct AskProps {
    onopen: Callback<DisclosureView>,
}

/// The code; and the link, if it came without its end.
#[component]
fn Ask(props: &AskProps) -> Html {
    let t = use_words();
    let task = use_task();
    let arrived = use_memo((), |()| device::arrived_link());
    let link = use_state(String::new);
    let code = use_state(String::new);
    let wrong = use_state(Vec::new);
    let onsubmit = {
        let (arrived, link, code, wrong, task, onopen) =
            (arrived.clone(), link.clone(), code.clone(), wrong.setter(), task.clone(), props.onopen.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let link = (*arrived).clone().unwrap_or_else(|| link.trim().to_owned());
            let mut found: Vec<(AttrValue, AttrValue)> = Vec::new();
            if link.is_empty() {
                found.push(("link".into(), t.link_missing().into()));
            }
            if code.trim().is_empty() {
                found.push(("code".into(), t.code_missing().into()));
            }
            wrong.set(found.clone());
            if !found.is_empty() {
                return;
            }
            let call = OpenDisclosure { link: Secret(link), code: Secret(code.trim().to_owned()) };
            let onopen = onopen.clone();
            task.run(call, move |view| onopen.emit(view));
        })
    };
    let set = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |text| state.set(text))
    };
    html! {
        <Page title={t.inbox_title()} lead={t.inbox_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={(*wrong).clone()} />
                <div class="link-place">
                    if arrived.is_none() {
                        <Field id="link" exact=true label={t.link_label()} hint={t.link_hint()} value={(*link).clone()}
                            oninput={set(&link)} error={said(&wrong, "link")} />
                    }
                </div>
                <Field id="code" exact=true label={t.code_label()} hint={t.code_hint()} value={(*code).clone()}
                    oninput={set(&code)} error={said(&wrong, "code")} />
                <Submit label={t.inbox_open()} working={t.inbox_opening()} busy={task.busy()} />
            </form>
        </Page>
    }
}

#[derive(PartialEq, Properties)]
struct ReadProps {
    view: Rc<DisclosureView>,
}

/// What was shared: reports to read here, documents to download.
#[component]
fn Read(props: &ReadProps) -> Html {
    let t = use_words();
    let client = use_session().client.clone();
    let view = &props.view;
    let open = Callback::from(move |(item, heard): (String, Callback<Heard>)| {
        let client = client.clone();
        yew::platform::spawn_local(async move {
            let progress = heard.reform(|(done, total)| Heard::Progress(done, total));
            heard.emit(Heard::Ended(client.download(ReadDisclosed { item }, progress).await));
        });
    });
    let documents: Vec<_> = view.items.iter().filter(|item| matches!(item.kind, ItemKind::Document { .. })).collect();
    html! {
        <Page title={t.inbox_from(&view.from, &view.organisation)} lead={t.inbox_for(&view.to)}>
            <dl class="facts sheet card">
                <dt>{ t.share_purpose() }</dt><dd>{ &view.purpose }</dd>
                <dt>{ t.inbox_until() }</dt><dd>{ format::day(t, view.until) }</dd>
            </dl>
            { for view.items.iter().filter_map(|item| {
                let ItemKind::Report { text, day, .. } = &item.kind else { return None };
                Some(html! {
                    <article key={item.id.clone()} class="sheet card report">
                        <small class="fine">{ format::written_day(t, day) }</small>
                        <h2>{ &item.title }</h2>
                        <div class="text">{ text }</div>
                    </article>
                })
            }) }
            <section class="group" key="documents">
                if !documents.is_empty() {
                    <h2>{ t.tab_documents() }</h2>
                    <ul class="list sheet">
                        { for documents.iter().map(|item| html! {
                            <Document key={item.id.clone()} item={(*item).clone()} open={open.clone()} />
                        }) }
                    </ul>
                }
            </section>
            <p class="fine" key="honest">{ t.inbox_honest(&view.organisation) }</p>
        </Page>
    }
}
