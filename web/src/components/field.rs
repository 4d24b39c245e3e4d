//! A field with its label, its hint and what is wrong with it, tied together for those who hear the page.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    #[prop_or_default]
    pub(crate) hint: AttrValue,
    /// What is wrong, if something is.
    #[prop_or_default]
    pub(crate) error: AttrValue,
    pub(crate) value: AttrValue,
    pub(crate) oninput: Callback<String>,
    /// Leaving the field.
    #[prop_or_default]
    pub(crate) onleave: Callback<()>,
    #[prop_or(AttrValue::Static("text"))]
    pub(crate) kind: AttrValue,
    #[prop_or(AttrValue::Static("off"))]
    pub(crate) autocomplete: AttrValue,
    /// More than one line.
    #[prop_or_default]
    pub(crate) rows: u32,
    /// The earliest day, for a date.
    #[prop_or_default]
    pub(crate) min: Option<AttrValue>,
    /// Codes and links are not words.
    #[prop_or_default]
    pub(crate) exact: bool,
}

/// The field.
#[component]
pub(crate) fn Field(props: &Props) -> Html {
    let (hint_id, error_id) = (format!("{}-hint", props.id), format!("{}-error", props.id));
    let described = format!("{hint_id} {error_id}");
    let invalid = (!props.error.is_empty()).then_some("true");
    let oninput = props.oninput.reform(|event: InputEvent| {
        let target = event.target();
        let input = target.as_ref().and_then(|target| target.dyn_ref::<HtmlInputElement>());
        let area = target.as_ref().and_then(|target| target.dyn_ref::<HtmlTextAreaElement>());
        input.map(HtmlInputElement::value).or_else(|| area.map(HtmlTextAreaElement::value)).unwrap_or_default()
    });
    let onblur = props.onleave.reform(|_: FocusEvent| ());
    let plain = props.exact.then_some("false");
    let capitals = props.exact.then_some("none");
    html! {
        <div class={classes!("field", invalid.map(|_| "wrong"))}>
            <label for={props.id.clone()}>{ &props.label }</label>
            <p class="hint" id={hint_id}>{ &props.hint }</p>
            <p class="error" id={error_id}>{ &props.error }</p>
            if props.rows > 0 {
                <textarea id={props.id.clone()} rows={props.rows.to_string()} value={props.value.clone()}
                    aria-describedby={described} aria-invalid={invalid} autocomplete={props.autocomplete.clone()}
                    spellcheck={plain} autocapitalize={capitals} {oninput} {onblur} />
            } else {
                <input id={props.id.clone()} type={props.kind.clone()} value={props.value.clone()}
                    aria-describedby={described} aria-invalid={invalid} autocomplete={props.autocomplete.clone()}
                    spellcheck={plain} autocapitalize={capitals} min={props.min.clone()} {oninput} {onblur} />
            }
        </div>
    }
}
