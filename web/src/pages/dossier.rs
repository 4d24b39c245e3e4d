//! A dossier: the strip, the tabs, and what the tab shows.

use crate::{
    components::{
        access_list::AccessList,
        alarms::Alarms,
        document_list::DocumentList,
        drop_zone::DropZone,
        empty::Empty,
        identity::Identity,
        page::Page,
        report_list::ReportList,
        share_list::ShareList,
        tabs::{Tabs, name},
        timeline::Timeline,
        waiting::{Failed, Waiting},
    },
    language::Language,
    route::{Route, Tab},
    state::{Loaded, use_answer, use_vault, use_words},
    worker::messages::Dossier as Call,
};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DossierView, ItemKind};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
    pub(crate) tab: Tab,
}

#[component]
pub(crate) fn Dossier(props: &Props) -> Html {
    let t = use_words();
    let vault = use_vault();
    let answer = use_answer(Call { id: props.id.to_string() }, vault.revision);
    let shown = match answer {
        Loaded::Waiting => html! { <Page key="waiting" title={t.nav_dossiers()}><Waiting /></Page> },
        Loaded::Failed(failure) => html! {
            <Page key="failed" title={t.nav_dossiers()}><Failed {failure} /></Page>
        },
        Loaded::Ready(dossier) => html! {
            <div key="ready" class="dossier">
                <Identity dossier={dossier.clone()} />
                <Alarms alarms={dossier.alarms.clone()} />
                <Tabs dossier={props.id.clone()} current={props.tab} />
                <Page key={props.tab.to_string()} title={name(t, props.tab)} about={dossier.summary.title.clone()}
                    actions={actions(t, &dossier, props.tab)}>
                    { tab(t, &dossier, props.tab) }
                </Page>
            </div>
        },
    };
    html! { <div class="dossier-place">{ shown }</div> }
}

/// What can be done on a tab; nothing where the dossier is read-only.
fn actions(t: Language, dossier: &DossierView, tab: Tab) -> Html {
    let id = dossier.summary.id.clone();
    let link =
        |to: Route, text: &'static str| html! { <Link<Route> {to} classes="button primary">{ text }</Link<Route>> };
    if dossier.read_only {
        return Html::default();
    }
    match tab {
        Tab::Timeline | Tab::Reports => link(Route::NewReport { id }, t.new_report()),
        Tab::Documents => Html::default(),
        Tab::Shares if dossier.items.is_empty() => Html::default(),
        Tab::Shares => link(Route::Share { id }, t.new_share()),
        Tab::Access => link(Route::Grant { id }, t.grant_title()),
    }
}

fn tab(t: Language, dossier: &Rc<DossierView>, tab: Tab) -> Html {
    let id = AttrValue::from(dossier.summary.id.clone());
    let reports = dossier.items.iter().any(|item| matches!(item.kind, ItemKind::Report { .. }));
    let documents = dossier.items.iter().any(|item| matches!(item.kind, ItemKind::Document { .. }));
    let nothing = dossier.items.is_empty() && dossier.shares.is_empty();
    let dossier = dossier.clone();
    match tab {
        Tab::Timeline if nothing => html! {
            <Empty title={t.empty_timeline()} text={t.empty_timeline_text()}>
                <Link<Route> to={Tab::Documents.of(&id)} classes="button">{ t.empty_timeline_documents() }</Link<Route>>
            </Empty>
        },
        Tab::Timeline => html! { <Timeline {dossier} /> },
        Tab::Reports if !reports => html! { <Empty title={t.empty_reports()} text={t.empty_reports_text()} /> },
        Tab::Reports => html! { <ReportList {dossier} /> },
        Tab::Documents => html! {
            <div class="documents">
                <div class="drop-place">if !dossier.read_only { <DropZone dossier={id} /> }</div>
                <div class="list-place">
                    if documents {
                        <DocumentList {dossier} />
                    } else {
                        <Empty title={t.empty_documents()} text={t.empty_documents_text()} />
                    }
                </div>
            </div>
        },
        Tab::Shares if dossier.shares.is_empty() => html! {
            <Empty title={t.empty_shares()} text={if dossier.items.is_empty() { t.empty_shares_first() } else { t.empty_shares_text() }} />
        },
        Tab::Shares => html! { <ShareList {dossier} /> },
        Tab::Access => html! { <AccessList {dossier} /> },
    }
}
