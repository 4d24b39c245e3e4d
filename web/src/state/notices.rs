//! Short notices of what happened. Only for what needs no answer: a failure belongs on the page it happened on.

use std::rc::Rc;
use yew::prelude::*;

/// A notice.
#[derive(Clone, PartialEq)]
pub(crate) struct Notice {
    pub(crate) number: u32,
    pub(crate) text: AttrValue,
}

/// Those on the screen.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Notices {
    pub(crate) shown: Vec<Notice>,
    next: u32,
}

/// How they change.
pub(crate) enum Note {
    Say(AttrValue),
    Drop(u32),
}

impl Reducible for Notices {
    type Action = Note;

    fn reduce(self: Rc<Self>, action: Note) -> Rc<Self> {
        let mut notices = (*self).clone();
        match action {
            Note::Say(text) => {
                notices.shown.retain(|notice| notice.text != text);
                notices.shown.push(Notice { number: notices.next, text });
                notices.next += 1;
            }
            Note::Drop(number) => notices.shown.retain(|notice| notice.number != number),
        }
        Rc::new(notices)
    }
}

/// The context.
pub(crate) type NoticesContext = UseReducerHandle<Notices>;

/// The notices, to read and to add to.
#[hook]
pub(crate) fn use_notices() -> NoticesContext {
    use_context().unwrap_or_else(|| unreachable!("the app provides notices"))
}
