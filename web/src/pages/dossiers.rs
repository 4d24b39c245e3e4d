//! The list of dossiers, and finding in it while typing: titles at once, texts a moment later.

use crate::{
    components::{empty::empty, page::Page, virtual_list::VirtualList, waiting::waiting},
    route::Route,
    state::{Loaded, use_answer, use_vault, use_words},
    worker::messages::{ClosedDossiers, Search},
};
use gloo::timers::callback::Timeout;
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::{
    folded,
    view::{DossierSummary, FoundView},
};

/// The pause after which texts are searched.
const PAUSE: u32 = 120;

#[component]
pub(crate) fn Dossiers() -> Html {
    let t = use_words();
    let vault = use_vault();
    let typed = use_state_eq(String::new);
    let settled = use_state_eq(String::new);
    {
        let settled = settled.setter();
        use_effect_with((*typed).clone(), move |words| {
            let words = words.clone();
            let timer = Timeout::new(PAUSE, move || settled.set(words));
            move || drop(timer)
        });
    }
    let titles = use_memo(vault.list.clone(), |list| {
        list.iter().flat_map(|list| list.iter()).map(|dossier| folded(&dossier.title)).collect::<Vec<_>>()
    });
    let shown = use_memo((vault.list.clone(), (*typed).clone()), |(list, words)| {
        let all: Rc<Vec<DossierSummary>> = list.clone().unwrap_or_default();
        let words: Vec<String> = words.split_whitespace().map(folded).collect();
        if words.is_empty() {
            return all;
        }
        let matches = |place: usize| {
            titles.get(place).is_some_and(|title| words.iter().all(|word| title.contains(word.as_str())))
        };
        Rc::new(all.iter().enumerate().filter(|(place, _)| matches(*place)).map(|(_, one)| one.clone()).collect())
    });
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_dyn_into::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default());
        })
    };
    let closed = use_answer(ClosedDossiers {}, vault.revision);
    let closed = matches!(closed, Loaded::Ready(list) if !list.is_empty());
    let actions = html! {
        <>
            <Link<Route> to={Route::NewDossier} classes="button primary">{ t.new_dossier() }</Link<Route>>
            if closed { <Link<Route> to={Route::Closed} classes="button">{ t.closed_title() }</Link<Route>> }
        </>
    };
    let searching = !typed.trim().is_empty();
    let list = match &vault.list {
        None => waiting(t),
        Some(list) if list.is_empty() => empty(t.empty_dossiers(), t.empty_dossiers_text(), Html::default()),
        Some(_) if shown.is_empty() && !searching => Html::default(),
        Some(_) => html! {
            <div key="list">
                <p class="fine found" role="status">{ t.dossiers_shown(shown.len()) }</p>
                if !shown.is_empty() { <VirtualList rows={(*shown).clone()} /> }
            </div>
        },
    };
    html! {
        <Page title={t.nav_dossiers()} {actions}>
            <div class="search" role="search">
                <label for="search">{ t.search_label() }</label>
                <input id="search" type="search" autocomplete="off" value={(*typed).clone()} {oninput}
                    aria-describedby="search-hint" />
                <p id="search-hint" class="hint">{ t.search_hint() }</p>
            </div>
            { list }
            <div class="in-texts">
                if !settled.trim().is_empty() && searching {
                    <InTexts words={(*settled).clone()} titles={shown.len()} />
                }
            </div>
        </Page>
    }
}

#[derive(PartialEq, Properties)]
struct Props {
    words: AttrValue,
    /// How many titles matched already.
    titles: usize,
}

/// What was found in texts and file names.
#[component]
fn InTexts(props: &Props) -> Html {
    let t = use_words();
    let answer = use_answer(Search { words: props.words.to_string() }, 0);
    let found: Vec<FoundView> = match answer {
        Loaded::Ready(found) => found.iter().filter(|found| found.item.is_some()).cloned().collect(),
        Loaded::Waiting | Loaded::Failed(_) => return html! { <div></div> },
    };
    html! {
        <section>
            if found.is_empty() && props.titles == 0 {
                { empty(t.empty_found(), t.empty_found_text(), Html::default()) }
            } else if !found.is_empty() {
                <h2>{ t.found_in_texts(found.len()) }</h2>
                <ul class="list sheet">{ for found.iter().map(hit) }</ul>
            }
        </section>
    }
}

fn hit(found: &FoundView) -> Html {
    let to = Route::Dossier { id: found.dossier.clone() };
    html! {
        <li key={format!("{}-{}", found.dossier, found.item.as_deref().unwrap_or_default())}>
            <div>
                <Link<Route> {to}><b>{ &found.dossier_title }</b>{ " · " }<bdi>{ &found.title }</bdi></Link<Route>>
                <p class="excerpt">{ &found.excerpt }</p>
            </div>
        </li>
    }
}
