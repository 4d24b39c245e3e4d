//! On what terms a colleague is let into a dossier: from when, until when, and which parts.

use super::{
    field::Field,
    part::{PARTS, part},
};
use crate::{device, format, state::use_words};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::{AccessTerms as Terms, view::DossierView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: Rc<DossierView>,
    pub(crate) terms: Terms,
    /// What is wrong with the last day.
    pub(crate) until_error: AttrValue,
    pub(crate) onchange: Callback<Terms>,
}

/// The questions; left alone they give everything, for good.
#[component]
pub(crate) fn AccessTerms(props: &Props) -> Html {
    let t = use_words();
    let (terms, onchange) = (&props.terms, &props.onchange);
    let day = use_state(String::new);
    let history = |label: &'static str, text: &'static str, from_now: Option<Vec<String>>| {
        let checked = terms.from_now.is_some() == from_now.is_some();
        let next = Terms { from_now, ..terms.clone() };
        let onchange = onchange.reform(move |_: Event| next.clone());
        html! {
            <label class="choice sheet">
                <input type="radio" name="history" {checked} {onchange} />
                <span><b>{ label }</b><small class="fine">{ text }</small></span>
            </label>
        }
    };
    let item = |id: &String, picked: &Vec<String>, title: &str| {
        let next = Terms { from_now: Some(toggled(picked, id)), ..terms.clone() };
        tick(id, title, picked.contains(id), onchange.reform(move |()| next.clone()))
    };
    let one = |name: &&str| {
        let name = (*name).to_owned();
        let next = Terms { parts: toggled(&terms.parts, &name), ..terms.clone() };
        tick(&name, part(t, &name), terms.parts.contains(&name), onchange.reform(move |()| next.clone()))
    };
    let until = {
        let (terms, onchange, day) = (terms.clone(), onchange.clone(), day.setter());
        Callback::from(move |typed: String| {
            onchange.emit(Terms { until: format::end_of_day(&typed), ..terms.clone() });
            day.set(typed);
        })
    };
    html! {
        <>
            <fieldset key="history" class="choices">
                <legend>{ t.terms_history() }</legend>
                { history(t.terms_all(), t.terms_all_text(), None) }
                { history(t.terms_from_now(), t.terms_from_now_text(), Some(Vec::new())) }
            </fieldset>
            <div key="items">
                if let (Some(picked), false) = (&terms.from_now, props.dossier.items.is_empty()) {
                    <fieldset class="choices">
                        <legend>{ t.terms_items() }</legend>
                        { for props.dossier.items.iter().map(|of| item(&of.id, picked, &of.title)) }
                    </fieldset>
                }
            </div>
            <Field id="until" kind="date" label={t.terms_until()} hint={t.terms_until_hint()}
                min={AttrValue::from(format::iso_day(device::now()))} value={(*day).clone()} oninput={until}
                error={props.until_error.clone()} />
            <details key="parts" class="sheet card">
                <summary>{ t.terms_parts() }</summary>
                <fieldset class="choices">
                    <legend>{ t.terms_parts_text() }</legend>
                    { for PARTS.iter().map(one) }
                </fieldset>
            </details>
        </>
    }
}

fn tick(key: &str, label: &str, checked: bool, onchange: Callback<()>) -> Html {
    html! {
        <label key={key.to_owned()} class="choice sheet">
            <input type="checkbox" {checked} onchange={onchange.reform(|_: Event| ())} />
            <span><b><bdi>{ label }</bdi></b></span>
        </label>
    }
}

/// The list with one more, or one fewer.
fn toggled(list: &[String], one: &str) -> Vec<String> {
    let mut next: Vec<String> = list.iter().filter(|known| *known != one).cloned().collect();
    if next.len() == list.len() {
        next.push(one.to_owned());
    }
    next
}
