//! A QR code: its dark squares as one path. Drawn here, because most visits need none.

use super::messages::QrDrawing;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// White squares around it, without which scanners do not find it.
const BORDER: i32 = 4;

/// The code of a text; nothing if the text is too long for one.
pub(super) fn draw(text: &str) -> Option<QrDrawing> {
    let code = QrCode::encode_binary(text.as_bytes(), QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + BORDER, y + BORDER); // a String takes everything
        }
    }
    Some(QrDrawing { side: code.size() + 2 * BORDER, path })
}
