//! Whether somebody's name stands on the page where the people of this computer say who they are. Their initials do without
//! being asked: whoever sits down here can read either.

use crate::{residents, state::use_words};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) store: AttrValue,
    pub(crate) name: AttrValue,
}

/// The choice.
#[component]
pub(crate) fn ShowName(props: &Props) -> Html {
    let t = use_words();
    let shown = use_state_eq(|| residents::is_named(&props.store));
    let onchange = {
        let (store, name, shown) = (props.store.clone(), props.name.clone(), shown.clone());
        Callback::from(move |_: Event| {
            residents::call(&store, &name, Some(!*shown));
            shown.set(!*shown);
        })
    };
    html! {
        <fieldset class="choices group">
            <legend>{ t.show_name_title() }</legend>
            <p>{ t.show_name_text() }</p>
            <label class="choice sheet">
                <input type="checkbox" checked={*shown} {onchange} />
                <span><b>{ t.show_name() }</b></span>
            </label>
        </fieldset>
    }
}
