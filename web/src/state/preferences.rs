//! What somebody prefers on this device: the language, how soon an idle vault locks, and whether it hides before that.

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
    /// Whether the page is covered while they work in another window.
    pub(crate) cover: bool,
}

/// How they change.
pub(crate) enum Prefer {
    Language(Language),
    /// Of whoever has this store.
    LockAfter(String, u64),
    /// Of the same.
    Cover(String, bool),
    /// Whoever has this store is here.
    Whose(String),
}

const LOCK_AFTER: &str = "zegel.lock-after";

const COVER: &str = "zegel.cover";

/// No policy has a shorter one, in seconds: the warning comes two minutes before.
const LEAST: u64 = 180;

/// On somebody else's machine no policy and no preference has a longer one.
const VISIT: u64 = 300;

impl Preferences {
    /// As kept on this device; the language as it is already, if it is.
    pub(crate) fn kept(language: Option<Language>) -> Self {
        let language = language.unwrap_or_else(Language::preferred);
        declare(language);
        Self { language, lock_after: None, cover: false }
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
                let kept = |name| device::storage()?.get_item(&residents::key(name, &store)).ok().flatten();
                let lock_after = kept(LOCK_AFTER).and_then(|seconds| seconds.parse().ok());
                Rc::new(Self { lock_after, cover: kept(COVER).is_some(), ..(*self).clone() })
            }
            Prefer::LockAfter(store, seconds) => {
                if let Some(storage) = device::storage() {
                    let _ = storage.set_item(&residents::key(LOCK_AFTER, &store), &seconds.to_string());
                }
                Rc::new(Self { lock_after: Some(seconds), ..(*self).clone() })
            }
            Prefer::Cover(store, cover) => {
                if let Some(storage) = device::storage() {
                    let key = residents::key(COVER, &store);
                    let _ = if cover { storage.set_item(&key, "1") } else { storage.remove_item(&key) };
                }
                Rc::new(Self { cover, ..(*self).clone() })
            }
        }
    }
}

/// Forgets what somebody preferred here who signed out.
pub(crate) fn forget(store: &str) {
    if let Some(storage) = device::storage() {
        for name in [LOCK_AFTER, COVER] {
            let _ = storage.remove_item(&residents::key(name, store));
        }
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
