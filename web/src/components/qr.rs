//! A QR code, drawn: its dark squares as one path, on white whatever the colours of the page.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;
use yew::prelude::*;

/// White squares around it, without which scanners do not find it.
const BORDER: i32 = 4;

/// The code of a text, and what it is, for those who cannot scan; nothing if the text is too long for one.
pub(crate) fn qr(text: &str, label: &str) -> Html {
    let Ok(code) = QrCode::encode_binary(text.as_bytes(), QrCodeEcc::Medium) else { return Html::default() };
    let side = code.size() + 2 * BORDER;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + BORDER, y + BORDER); // a String takes everything
        }
    }
    let side = side.to_string();
    html! {
        <svg class="qr" viewBox={format!("0 0 {side} {side}")} role="img" aria-label={label.to_owned()}
            shape-rendering="crispEdges">
            <rect width={side.clone()} height={side} fill="#fff" />
            <path d={path} fill="#000" />
        </svg>
    }
}
