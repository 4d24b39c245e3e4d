//! Passkeys, as the browser has them: WebAuthn with its PRF extension. The page asks, for a worker may not, and hands on what it
//! got. Nobody checks a signature here: what counts is what only the passkey can give, and so nothing but its PRF is asked.

use crate::{
    device,
    worker::messages::{Failure, PasskeyGift},
};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use zegel_vault::view::{NewPasskeyView, PasskeyView};

/// Signatures that an authenticator must be able to make, though none is used: EdDSA, ES256, RS256.
const ALGORITHMS: [i32; 3] = [-8, -7, -257];

/// A passkey that was just made.
pub(crate) struct Made {
    /// By which the browser finds it again.
    pub(crate) credential: Vec<u8>,
    /// What it gave.
    pub(crate) gift: PasskeyGift,
}

/// Makes a passkey for this device. `called` is what the system shows beside it.
pub(crate) async fn make(asked: &NewPasskeyView, called: &str) -> Result<Made, Failure> {
    let types = ALGORITHMS.map(|algorithm| object(&[("type", "public-key".into()), ("alg", algorithm.into())]));
    let user = [("id", bytes(&asked.user)), ("name", called.into()), ("displayName", called.into())];
    let selection = [("userVerification", "required".into()), ("residentKey", "preferred".into())];
    let options = [
        ("challenge", bytes(&asked.input)),
        ("rp", object(&[("id", host().into()), ("name", "Zegel".into())])),
        ("user", object(&user)),
        ("pubKeyCredParams", Array::from_iter(types).into()),
        ("authenticatorSelection", object(&selection)),
        ("extensions", prf(&asked.input)),
    ];
    let made = request("create", &options).await?;
    let credential = Uint8Array::new(&get(&made, "rawId")).to_vec();
    let gift = match given(&made) {
        Some(gift) => gift,
        // Some give nothing when they are made, and say that they will.
        None if get(&results(&made), "enabled").is_truthy() => {
            ask(&PasskeyView { credential: credential.clone(), input: asked.input }).await?
        }
        None => return Err(Failure::of("passkey-no-secret")),
    };
    Ok(Made { credential, gift })
}

/// Asks the passkey of this device for what it gives.
pub(crate) async fn ask(asked: &PasskeyView) -> Result<PasskeyGift, Failure> {
    let known = object(&[("type", "public-key".into()), ("id", bytes(&asked.credential))]);
    let options = [
        ("challenge", bytes(&asked.input)),
        ("rpId", host().into()),
        ("allowCredentials", Array::of1(&known).into()),
        ("userVerification", "required".into()),
        ("extensions", prf(&asked.input)),
    ];
    given(&request("get", &options).await?).ok_or_else(|| Failure::of("passkey-no-secret"))
}

async fn request(method: &str, options: &[(&str, JsValue)]) -> Result<JsValue, Failure> {
    let window = device::window();
    if !get(&window, "isSecureContext").is_truthy() {
        return Err(Failure::of("passkey-insecure"));
    }
    let credentials = get(&window.navigator(), "credentials");
    let Ok(function) = get(&credentials, method).dyn_into::<Function>() else {
        return Err(Failure::of("passkey-missing"));
    };
    let asked = function.call1(&credentials, &object(&[("publicKey", object(options))]));
    let promise: Promise = asked.and_then(JsValue::dyn_into).map_err(|error| refused(&error))?;
    JsFuture::from(promise).await.map_err(|error| refused(&error))
}

/// A browser tells no more than this: whether somebody said no, was not recognised or is gone is not the site's to know.
fn refused(error: &JsValue) -> Failure {
    Failure::of(match get(error, "name").as_string().as_deref() {
        Some("NotAllowedError" | "AbortError") => "passkey-not-used",
        Some("SecurityError") => "passkey-address",
        _ => "passkey-missing",
    })
}

/// What the PRF gave, if it gave something. The browser's copy is wiped.
fn given(answer: &JsValue) -> Option<PasskeyGift> {
    let first = get(&get(&results(answer), "results"), "first");
    let first = (!first.is_undefined()).then(|| Uint8Array::new(&first))?;
    let mut gift = PasskeyGift([0; 32]);
    let whole = first.length() == 32;
    if whole {
        first.copy_to(&mut gift.0);
    }
    first.fill(0, 0, first.length());
    whole.then_some(gift)
}

/// What came of the extension.
fn results(answer: &JsValue) -> JsValue {
    let extensions = get(answer, "getClientExtensionResults").dyn_into::<Function>();
    extensions.and_then(|extensions| extensions.call0(answer)).map_or(JsValue::UNDEFINED, |all| get(&all, "prf"))
}

fn prf(input: &[u8]) -> JsValue {
    object(&[("prf", object(&[("eval", object(&[("first", bytes(input))]))]))])
}

fn host() -> String {
    device::window().location().hostname().unwrap_or_default()
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// A field of whatever this is; of nothing, nothing.
fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
