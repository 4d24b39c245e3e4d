//! What third parties read.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use zegel_vault::Compared;

use super::values::{how, id};

#[derive(Args)]
pub(crate) struct Share {
    /// The dossier's id
    #[arg(value_parser = id)]
    pub(crate) dossier: String,
    /// Which items
    #[arg(long = "item", value_name = "ITEM", required = true, num_args = 1.., value_parser = id)]
    pub(crate) items: Vec<String>,
    /// With whom
    #[arg(long, value_name = "NAME")]
    pub(crate) to: String,
    /// What they need it for
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: String,
    /// The last day on which it can be read, as 2026-12-31, or a moment, as 2026-12-31T17:00:00Z
    #[arg(long, value_name = "DATE")]
    pub(crate) until: String,
    /// A file that proves the consent; it is added to the dossier. Without one the consent shows as incomplete
    #[arg(long, value_name = "PATH")]
    pub(crate) evidence: Option<PathBuf>,
    /// How often it may be opened [default: without limit]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) readings: Option<u32>,
    /// A file with the text the client agreed to [default: a sentence in the chosen language]
    #[arg(long, value_name = "FILE")]
    pub(crate) consent_text: Option<PathBuf>,
    /// The language of that text
    #[arg(long, value_name = "TAG", default_value = "nl")]
    pub(crate) language: String,
}

#[derive(Args)]
pub(crate) struct Open {
    /// The link, whole; or your reading card, or the file it is in
    pub(crate) link: String,
    /// The six words that came another way; a reading card goes with your passphrase instead
    #[arg(long)]
    pub(crate) code: Option<String>,
    /// The folder to write everything into
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Make this yours, with a passphrase of your own: where your reading card is written, to print. Prints the words to
    /// read to whoever shared it
    #[arg(long, value_name = "CARD", conflicts_with = "out")]
    pub(crate) keep_as: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum ReceiverVerb {
    /// Agree to the keys that a share's receiver made, after comparing the words they read to you; prints the share that
    /// goes on
    Agree {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// The share's id
        #[arg(value_parser = id)]
        share: String,
        /// The words they read to you, instead of a question
        #[arg(long)]
        words: Option<String>,
        /// How you compared: by-voice (telephone or video) or in-person
        #[arg(long, value_name = "HOW", default_value = "by-voice", value_parser = how)]
        how: Compared,
    },
    /// Note that you compared their words too; until somebody else than who made the link does, that shows
    Verify {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// The share's id
        #[arg(value_parser = id)]
        share: String,
        /// The words that they see as their own
        #[arg(long)]
        words: String,
        /// How you compared: by-voice (telephone or video) or in-person
        #[arg(long, value_name = "HOW", value_parser = how)]
        how: Compared,
    },
}
