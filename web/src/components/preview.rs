//! A document, shown in the page: plain text, and pictures of the kinds that a browser draws without running anything. What a
//! file is, its first bytes say, never its name. Nothing else is shown: a frame for other kinds would need a wider content
//! security policy.

use crate::{language::Language, state::use_words};
use js_sys::{ArrayBuffer, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlDialogElement, TextDecoder, Url};
use yew::prelude::*;

/// Bytes of the largest document that is shown: all of it is in memory.
pub(crate) const MOST: u64 = 20 << 20;

/// Bytes of text that are laid out without a page that stands still.
const MOST_TEXT: usize = 1 << 20;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) name: AttrValue,
    pub(crate) blob: Blob,
    pub(crate) close: Callback<()>,
}

/// An address of bytes in memory, for as long as they are shown.
struct Address(String);

impl Drop for Address {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

#[derive(Clone)]
enum Shown {
    Waiting,
    Text(AttrValue),
    Picture(Rc<Address>),
    Nothing,
}

/// The dialog; Escape closes it.
#[component]
pub(crate) fn Preview(props: &Props) -> Html {
    let t = use_words();
    let dialog = use_node_ref();
    let shown = use_state(|| Shown::Waiting);
    {
        let (dialog, shown) = (dialog.clone(), shown.setter());
        use_effect_with(props.blob.clone(), move |blob| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                let _ = dialog.show_modal();
            }
            let blob = blob.clone();
            yew::platform::spawn_local(async move { shown.set(show(&blob).await.unwrap_or(Shown::Nothing)) });
        });
    }
    let onclick = {
        let dialog = dialog.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        })
    };
    let onclose = props.close.reform(|_: Event| ());
    html! {
        <dialog ref={dialog} class="sheet card preview" aria-labelledby="preview" {onclose}>
            <header>
                <h2 id="preview" class="file-name"><bdi>{ &props.name }</bdi></h2>
                <button type="button" {onclick}>{ t.view_close() }</button>
            </header>
            <div class="preview-body">{ body(t, &shown, &props.name) }</div>
        </dialog>
    }
}

fn body(t: Language, shown: &Shown, name: &AttrValue) -> Html {
    match shown {
        Shown::Waiting => html! { <p key="waiting" role="status">{ t.loading() }</p> },
        Shown::Text(text) => html! { <pre key="text" tabindex="0">{ text }</pre> },
        Shown::Picture(address) => html! { <img key="picture" src={address.0.clone()} alt={name.clone()} /> },
        Shown::Nothing => html! { <p key="nothing" role="status">{ t.view_none() }</p> },
    }
}

async fn show(blob: &Blob) -> Result<Shown, JsValue> {
    let buffer: ArrayBuffer = JsFuture::from(blob.array_buffer()).await?.dyn_into()?;
    let bytes = Uint8Array::new(&buffer).to_vec();
    if let Some(media_type) = picture(&bytes) {
        let typed = blob.slice_with_f64_and_f64_and_content_type(0.0, blob.size(), media_type)?;
        return Ok(Shown::Picture(Rc::new(Address(Url::create_object_url_with_blob(&typed)?))));
    }
    if bytes.len() > MOST_TEXT || !is_text(&bytes) {
        return Ok(Shown::Nothing);
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        // What older programs write in this part of the world.
        Err(other) => TextDecoder::new_with_label("windows-1252")?.decode_with_u8_array(other.as_bytes())?,
    };
    Ok(Shown::Text(text.trim_start_matches('\u{feff}').to_owned().into()))
}

/// The media type of a picture that is shown, by how it begins. SVG is not among them: it is a page.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Whether bytes are text for people: no control characters but those that lay out lines, and no other kind of file.
fn is_text(bytes: &[u8]) -> bool {
    let laid_out = |byte: &u8| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    bytes.iter().all(laid_out) && !bytes.starts_with(b"%PDF-") && !bytes.starts_with(b"{\\rtf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(picture(b"\x89PNG\r\n\x1a\n rest"), Some("image/png"));
        assert_eq!(picture(b"RIFF1234WEBPVP8 "), Some("image/webp"));
        assert_eq!(picture(b"RIFF1234WAVEfmt "), None);
        assert_eq!(picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), None);
        assert!(is_text("Beste Yasemin,\r\n\tzo vlug als \u{e9}\u{e9}n dag".as_bytes()));
        assert!(is_text(b"caf\xe9"), "older programs write it like this");
        assert!(!is_text(b"%PDF-1.4\nplain to look at"));
        assert!(!is_text(b"PK\x03\x04word/document.xml"));
    }
}
