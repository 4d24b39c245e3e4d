//! What somebody types into the fields of a form, by the id of the field, and what is wrong with it.

use std::collections::BTreeMap;
use yew::prelude::*;

/// What is wrong, by the id of the field.
pub(crate) type Wrong = Vec<(AttrValue, AttrValue)>;

/// The form of a component.
#[derive(Clone)]
pub(crate) struct Form {
    typed: UseStateHandle<BTreeMap<&'static str, String>>,
    wrong: UseStateHandle<Wrong>,
}

/// A form of this component, empty at first.
#[hook]
pub(crate) fn use_form() -> Form {
    Form { typed: use_state(BTreeMap::new), wrong: use_state_eq(Vec::new) }
}

impl Form {
    /// What stands in a field.
    pub(crate) fn text(&self, id: &str) -> String {
        self.typed.get(id).cloned().unwrap_or_default()
    }

    /// The same without the blanks around it.
    pub(crate) fn trimmed(&self, id: &str) -> String {
        self.typed.get(id).map(|text| text.trim().to_owned()).unwrap_or_default()
    }

    /// Takes what is typed into a field.
    pub(crate) fn oninput(&self, id: &'static str) -> Callback<String> {
        let typed = self.typed.clone();
        Callback::from(move |text| {
            let mut next = (*typed).clone();
            next.insert(id, text);
            typed.set(next);
        })
    }

    /// Empties fields: a passphrase does not stay in the page once the vault has it.
    pub(crate) fn forget(&self, ids: &[&str]) {
        let mut next = (*self.typed).clone();
        next.retain(|id, _| !ids.contains(id));
        self.typed.set(next);
    }

    /// What is wrong with each of these fields in which nothing stands.
    pub(crate) fn missing(&self, fields: &[(&'static str, &'static str)]) -> Wrong {
        let empty = fields.iter().filter(|(id, _)| self.trimmed(id).is_empty());
        empty.map(|(id, sentence)| ((*id).into(), (*sentence).into())).collect()
    }

    /// Shows what is wrong; gives whether nothing is.
    pub(crate) fn accepts(&self, wrong: Wrong) -> bool {
        let right = wrong.is_empty();
        self.wrong.set(wrong);
        right
    }

    /// All that is wrong.
    pub(crate) fn wrong(&self) -> Wrong {
        (*self.wrong).clone()
    }

    /// What is wrong with a field, or nothing.
    pub(crate) fn error(&self, id: &str) -> AttrValue {
        said(&self.wrong, id)
    }
}

/// What is wrong with a field, or nothing.
pub(crate) fn said(wrong: &[(AttrValue, AttrValue)], id: &str) -> AttrValue {
    wrong.iter().find(|(field, _)| field == id).map(|(_, text)| text.clone()).unwrap_or_default()
}
