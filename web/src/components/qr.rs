//! A QR code, on white whatever the colours of the page.

use crate::{
    state::{Loaded, use_answer},
    worker::messages::{Qr as Call, QrDrawing, Secret},
};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What it says.
    pub(crate) text: AttrValue,
    /// What it is, for those who cannot scan.
    pub(crate) label: AttrValue,
}

/// The code of a text; nothing if the text is too long for one, for it stands beside it.
#[component]
pub(crate) fn Qr(props: &Props) -> Html {
    let answer = use_answer(Call { text: Secret(props.text.to_string()) }, 0);
    let Loaded::Ready(drawing) = answer else { return Html::default() };
    let Some(QrDrawing { side, path }) = drawing.as_ref() else { return Html::default() };
    let side = side.to_string();
    html! {
        <svg class="qr" viewBox={format!("0 0 {side} {side}")} role="img" aria-label={props.label.clone()}
            shape-rendering="crispEdges">
            <rect width={side.clone()} height={side} fill="#fff" />
            <path d={path.clone()} fill="#000" />
        </svg>
    }
}
