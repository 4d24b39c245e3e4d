//! What somebody prefers on this device: the language.

use crate::{device, language::Language};
use std::rc::Rc;
use yew::prelude::*;

/// The preferences.
#[derive(Clone, PartialEq)]
pub(crate) struct Preferences {
    pub(crate) language: Language,
}

/// How they change.
pub(crate) enum Prefer {
    Language(Language),
}

impl Preferences {
    pub(crate) fn kept() -> Self {
        let language = Language::preferred();
        declare(language);
        Self { language }
    }
}

impl Reducible for Preferences {
    type Action = Prefer;

    fn reduce(self: Rc<Self>, Prefer::Language(language): Prefer) -> Rc<Self> {
        language.keep();
        declare(language);
        Rc::new(Self { language })
    }
}

/// Tells the browser, and so a screen reader, what language the page is in.
fn declare(language: Language) {
    if let Some(root) = device::document().document_element() {
        let _ = root.set_attribute("lang", language.tag());
    }
}

/// The context.
pub(crate) type PreferencesContext = UseReducerHandle<Preferences>;

/// The preferences, to read and to change.
#[hook]
pub(crate) fn use_preferences() -> PreferencesContext {
    use_context().unwrap_or_else(|| unreachable!("the app provides preferences"))
}

/// The words of the language in use.
#[hook]
pub(crate) fn use_words() -> Language {
    use_preferences().language
}
