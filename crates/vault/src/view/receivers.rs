//! Third parties, by the keys that open what was shared with them.

use serde::{Deserialize, Serialize};

use super::VouchedView;

/// Whose keys open a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverKeys {
    /// Those of the link that was handed out: its maker had them too.
    Handed,
    /// The same; its receiver made keys of their own, whose words are to be compared.
    Made {
        /// To read aloud.
        words: Vec<String>,
    },
    /// The same; two made keys with one link.
    Twice,
    /// The receiver's own.
    Own {
        /// To read aloud.
        words: Vec<String>,
        /// Who vouches that they are theirs.
        vouched: VouchedView,
    },
}

/// Keys of a receiver's own, to be kept before anybody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingCardView {
    /// What opens a share together with the passphrase: a link of its own.
    pub card: String,
    /// To be read aloud to whoever shared.
    pub words: Vec<String>,
}
