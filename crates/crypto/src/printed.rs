//! What is printed or spoken: the key card, the recovery sheet, the link and its code, the reading card.
//!
//! A card and a sheet are lines of four groups of five characters, in Crockford's base 32. The first character of a line
//! block is the version, the second the kind; the last of every line checks that line, so that a typing error is named
//! by its line; what is left of the last line checks the whole.

mod code;
mod knock;
mod link;
mod paper;
mod text;

pub use code::{Code, CodeError, LinkKeys, ReadingKeys, link_keys, reading_keys, verification_words};
pub use knock::{Knock, KnockError};
pub use link::{Link, LinkError, ReadingCard};
pub use paper::{KeyCard, RecoverySheet, TwoGroups, two_groups};
pub use text::PrintedError;
