//! What more than one page must know: four reducers, each in a context. Everything else is local to its component.

pub(crate) mod ask;
mod done;
pub(crate) mod form;
pub(crate) mod news;
pub(crate) mod notices;
pub(crate) mod pending;
pub(crate) mod preferences;
pub(crate) mod session;
pub(crate) mod uploads;
pub(crate) mod vault;
pub(crate) mod visit;

pub(crate) use ask::{Loaded, Task, use_answer, use_task};
pub(crate) use done::use_done;
pub(crate) use form::{Form, said, use_form};
pub(crate) use notices::{Note, use_notices};
pub(crate) use preferences::use_words;
pub(crate) use session::{Phase, use_session};
pub(crate) use vault::use_vault;
pub(crate) use visit::use_lock;
