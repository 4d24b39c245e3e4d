//! Writing a report: where it begins is the draft that waited, the report as it stands, or an empty page.

use crate::{
    components::{
        identity::identity,
        page::Page,
        report_editor::ReportEditor,
        waiting::{failed, waiting},
    },
    device, format,
    language::Language,
    state::{Loaded, use_answer, use_words},
    worker::messages::{Dossier, Draft},
};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::{DossierView, DraftView, ItemKind, ItemView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: AttrValue,
    /// The report; none for a new one.
    pub(crate) item: Option<String>,
}

#[component]
pub(crate) fn Report(props: &Props) -> Html {
    let t = use_words();
    // Asked once: news must not take the words from under somebody's hands.
    let dossier = use_answer(Dossier { id: props.dossier.to_string() }, 0);
    let draft = use_answer(Draft { dossier: props.dossier.to_string(), item: props.item.clone() }, 0);
    let shown = match (dossier, draft) {
        (Loaded::Failed(failure), _) | (_, Loaded::Failed(failure)) => html! {
            <Page key="failed" title={t.new_report()}>{ failed(t, failure) }</Page>
        },
        (Loaded::Ready(dossier), Loaded::Ready(draft)) => writing(t, props, dossier, draft.as_ref().clone()),
        _ => html! { <Page key="waiting" title={t.new_report()}>{ waiting(t) }</Page> },
    };
    html! { <div class="dossier-place">{ shown }</div> }
}

fn writing(t: Language, props: &Props, dossier: Rc<DossierView>, draft: Option<DraftView>) -> Html {
    let item = props.item.as_ref().and_then(|id| dossier.items.iter().find(|item| item.id == *id)).cloned();
    let title = if item.is_some() { t.edit_report() } else { t.new_report() };
    let moved = match (&draft, &item) {
        (Some(draft), Some(item)) => draft.base < item.version,
        _ => false,
    };
    let conflict = matches!(&item, Some(ItemView { kind: ItemKind::Report { conflict_of: Some(_), .. }, .. }));
    let resumed = draft.is_some();
    let start = draft.unwrap_or_else(|| begin(item.as_ref()));
    let notice = match (moved, conflict, resumed) {
        (true, ..) => t.draft_moved(),
        (_, true, _) => t.report_conflict(),
        (_, _, true) => t.draft_resumed(),
        _ => "",
    };
    html! {
        <div class="dossier" key="ready">
            { identity(t, &dossier) }
            <Page {title} lead={item.as_ref().map(|item| t.report_version(item.version, &item.author)).unwrap_or_default()}>
                <div class="notice-place" role="status">
                    if !notice.is_empty() { <p class="banner">{ notice }</p> }
                </div>
                <ReportEditor dossier={props.dossier.clone()} {start} {resumed} />
            </Page>
        </div>
    }
}

fn begin(item: Option<&ItemView>) -> DraftView {
    let today = format::iso_day(device::now());
    match item {
        Some(ItemView { id, version, title, kind: ItemKind::Report { text, day, .. }, changed, .. }) => DraftView {
            item: Some(id.clone()),
            base: *version,
            title: title.clone(),
            text: text.clone(),
            day: day.clone(),
            kept: *changed,
        },
        _ => DraftView { item: None, base: 0, title: String::new(), text: String::new(), day: today, kept: 0 },
    }
}
