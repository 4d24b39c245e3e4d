//! What somebody prefers on this device: the language, and how soon an idle vault locks.

use crate::{device, language::Language, residents};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::SessionView;

/// The preferences.
#[derive(Clone, PartialEq)]
pub(crate) struct Preferences {
    pub(crate) language: Language,
    /// Seconds, if they chose; the policy bounds it.
    lock_after: Option<u64>,
}

/// How they change.
pub(crate) enum Prefer {
    Language(Language),
    /// Of whoever has this store.
    LockAfter(String, u64),
    /// Whoever has this store is here.
    Whose(String),
}

const LOCK_AFTER: &str = "zegel.lock-after";

/// No policy has a shorter one, in seconds: the warning comes two minutes before.
const LEAST: u64 = 180;

/// On somebody else's machine no policy and no preference has a longer one.
const VISIT: u64 = 300;

impl Preferences {
    /// As kept on this device; the language as it is already, if it is.
    pub(crate) fn kept(language: Option<Language>) -> Self {
        let language = language.unwrap_or_else(Language::preferred);
        declare(language);
        Self { language, lock_after: None }
    }

    /// Seconds after which an idle vault locks: as chosen on this device, within what the policy allows; on a visit what was
    /// chosen there is somebody else's.
    pub(crate) fn lock_after(&self, who: &SessionView) -> u64 {
        if who.visit {
            return who.lock_after.clamp(LEAST, VISIT);
        }
        self.lock_after.unwrap_or(who.lock_after).clamp(LEAST, who.lock_at_most.max(LEAST))
    }
}

impl Reducible for Preferences {
    type Action = Prefer;

    fn reduce(self: Rc<Self>, prefer: Prefer) -> Rc<Self> {
        match prefer {
            Prefer::Language(language) => {
                language.keep();
                declare(language);
                Rc::new(Self { language, ..(*self).clone() })
            }
            Prefer::Whose(store) => {
                let key = residents::key(LOCK_AFTER, &store);
                let kept = device::storage().and_then(|storage| storage.get_item(&key).ok().flatten());
                let lock_after = kept.and_then(|seconds| seconds.parse().ok());
                Rc::new(Self { lock_after, ..(*self).clone() })
            }
            Prefer::LockAfter(store, seconds) => {
                if let Some(storage) = device::storage() {
                    let _ = storage.set_item(&residents::key(LOCK_AFTER, &store), &seconds.to_string());
                }
                Rc::new(Self { lock_after: Some(seconds), ..(*self).clone() })
            }
        }
    }
}

/// Forgets what somebody preferred here who signed out.
pub(crate) fn forget(store: &str) {
    if let Some(storage) = device::storage() {
        let _ = storage.remove_item(&residents::key(LOCK_AFTER, store));
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
