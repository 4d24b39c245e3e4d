//! What a third party sees: a question for the code, then what was shared with them, and nothing else. Nothing of it
//! stays on their device.

use crate::{
    components::{
        curtain::use_curtain,
        document::{Document, Heard},
        frame::{frame, frame_wide},
        link::{self, link_and_code},
        page::Page,
        problems::Problems,
        submit::submit,
    },
    format,
    pages::make_yours::MakeYours,
    state::{use_form, use_session, use_task, use_words},
    worker::messages::{OpenDisclosure, ReadDisclosed, Secret},
};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::{DisclosureView, ItemKind};

#[component]
pub(crate) fn Inbox() -> Html {
    let opened = use_state(|| None::<Rc<DisclosureView>>);
    let making = use_state_eq(|| false);
    let (made, told) = (use_state(|| None), use_state_eq(|| false));
    let turn = |to: bool| {
        let making = making.setter();
        Callback::from(move |()| making.set(to))
    };
    let onopen = {
        let opened = opened.setter();
        Callback::from(move |view: DisclosureView| opened.set(Some(Rc::new(view))))
    };
    let t = use_words();
    use_curtain(false);
    match (*opened).clone() {
        Some(view) if *making => frame(t, html! { <MakeYours key="own" {view} {made} {told} back={turn(false)} /> }),
        Some(view) => {
            let (made, make) = (made.is_some(), turn(true));
            frame_wide(t, html! { <div key="read" class="inbox"><Read {view} {made} {make} /></div> })
        }
        None => frame(t, html! { <Ask key="ask" {onopen} /> }),
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
    let form = use_form();
    let onsubmit = {
        let (form, task, onopen) = (form.clone(), task.clone(), props.onopen.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(link::check(t, &form)) {
                return;
            }
            let call = OpenDisclosure { link: Secret(link::link(&form)), code: Secret(link::code(&form)) };
            let onopen = onopen.clone();
            task.run(call, move |view| onopen.emit(view));
        })
    };
    let lead = if link::is_card(&form) { t.own_ask() } else { t.inbox_text() };
    html! {
        <Page title={t.inbox_title()} {lead}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                { link_and_code(t, &form) }
                { submit(t.inbox_open(), t.inbox_opening(), &task) }
            </form>
        </Page>
    }
}

#[derive(PartialEq, Properties)]
struct ReadProps {
    view: Rc<DisclosureView>,
    /// Whether they made keys of their own since they came.
    made: bool,
    /// To make it theirs, or to see what they made.
    make: Callback<()>,
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
        <Page title={t.inbox_from(&view.from, &view.organisation)} tab={t.inbox_title()} lead={t.inbox_for(&view.to)}>
            <dl class="facts sheet card">
                <dt>{ t.share_purpose() }</dt><dd>{ &view.purpose }</dd>
                <dt>{ t.inbox_until() }</dt><dd>{ format::last_day(t, view.until) }</dd>
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
            <section class="group" key="own">
                if !view.by_card {
                    <h2>{ if props.made { t.own_card() } else { t.own_title() } }</h2>
                    <p>{ t.own_why(&view.from) }</p>
                    <p>
                        <button type="button" onclick={props.make.reform(|_: MouseEvent| ())}>
                            { if props.made { t.own_again() } else { t.own_title() } }
                        </button>
                    </p>
                }
            </section>
            <p class="fine" key="honest">{ t.inbox_honest(&view.organisation) }</p>
        </Page>
    }
}
