//! What was dropped: files, and folders with everything below them. A browser shows folders as entries, by methods that
//! the standard describes as they were found (File and Directory Entries API).

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, File};
use yew::AttrValue;

/// The entries of a drop. To be asked for before the event ends: afterwards the browser has forgotten them.
pub(crate) fn entries(data: &DataTransfer) -> Vec<JsValue> {
    let items = Reflect::get(data, &"items".into()).unwrap_or(JsValue::UNDEFINED);
    let items = Array::from(&items);
    items.iter().filter_map(|item| call(&item, "webkitGetAsEntry").ok()).filter(JsValue::is_object).collect()
}

/// Every file of these entries, each with the path of the folder it lies in. What cannot be read is left to be noticed
/// when it is sealed.
pub(crate) async fn files(entries: Vec<JsValue>) -> Vec<(File, AttrValue)> {
    let mut found = Vec::new();
    let mut open: Vec<(JsValue, String)> = entries.into_iter().map(|entry| (entry, String::new())).collect();
    while let Some((entry, folder)) = open.pop() {
        if is(&entry, "isFile") {
            if let Ok(file) = ask(&entry, "file").await
                && let Ok(file) = file.dyn_into()
            {
                found.push((file, AttrValue::from(folder)));
            }
        } else if let Ok(reader) = call(&entry, "createReader") {
            let inside = path(&folder, &name(&entry));
            // A reader gives a hundred at a time, and nothing at the end.
            while let Ok(batch) = ask(&reader, "readEntries").await {
                let batch: Array = Array::from(&batch);
                if batch.length() == 0 {
                    break;
                }
                open.extend(batch.iter().map(|entry| (entry, inside.clone())));
            }
        }
    }
    found
}

fn path(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn is(entry: &JsValue, what: &str) -> bool {
    Reflect::get(entry, &what.into()).is_ok_and(|value| value.is_truthy())
}

fn name(entry: &JsValue) -> String {
    Reflect::get(entry, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

fn method(object: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(object, &name.into())?.dyn_into()
}

fn call(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    method(object, name)?.call0(object)
}

/// Calls a method that answers by callback.
async fn ask(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    let method = method(object, name)?;
    let promise = Promise::new(&mut |resolve, reject| {
        if let Err(error) = method.call2(object, &resolve, &reject) {
            let _ = reject.call1(&JsValue::UNDEFINED, &error);
        }
    });
    JsFuture::from(promise).await
}
