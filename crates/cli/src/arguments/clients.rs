//! A dossier's client, and who acts for them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use zegel_vault::{Compared, PartyKind};

use super::values::{how, id, kind};

#[derive(Subcommand)]
pub(crate) enum ClientVerb {
    /// Invite somebody to read a dossier with keys of their own; prints a link and, on the last line, the code to tell them
    /// another way
    Invite(InviteClient),
    /// List who is invited into a dossier from outside, who reads it, and who did
    List {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
    },
    /// Admit somebody who came with an invitation, after comparing the words they read to you
    Admit {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// Their id
        #[arg(value_parser = id)]
        person: String,
        /// The words they read to you, instead of a question
        #[arg(long)]
        words: Option<String>,
        /// How you compared: by-voice (telephone or video) or in-person
        #[arg(long, value_name = "HOW", default_value = "by-voice", value_parser = how)]
        how: Compared,
    },
    /// Note that you compared their words too; until somebody else than who invited them does, that shows
    Verify {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// Their id
        #[arg(value_parser = id)]
        person: String,
        /// The words that they see as their own
        #[arg(long)]
        words: String,
        /// How you compared: by-voice (telephone or video) or in-person
        #[arg(long, value_name = "HOW", value_parser = how)]
        how: Compared,
    },
}

#[derive(Args)]
pub(crate) struct InviteClient {
    /// The dossier's id
    #[arg(value_parser = id)]
    pub(crate) dossier: String,
    /// Their name
    #[arg(required_unless_present_any = ["again", "replace"])]
    pub(crate) name: Option<String>,
    /// What they are: client, guardian or representative
    #[arg(long, value_name = "KIND", default_value = "client", value_parser = kind)]
    pub(crate) kind: PartyKind,
    /// Only these parts, such as core, work, financial or medical [default: core, work and correspondence]
    #[arg(long, value_name = "PART", num_args = 1..)]
    pub(crate) part: Vec<String>,
    /// The last day, as 2026-12-31
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,
    /// Make a new link and code for somebody who was invited; the old link ends
    #[arg(long, value_name = "PERSON", value_parser = id, conflicts_with_all = ["name", "part", "until", "replace"])]
    pub(crate) again: Option<String>,
    /// They lost card and passphrase: invite them once more. Their old keys end when the new ones are admitted
    #[arg(long, value_name = "PERSON", value_parser = id, conflicts_with_all = ["name", "part", "until"])]
    pub(crate) replace: Option<String>,
    /// Where a letter with the link is written, in Dutch and with a QR code, to print; the code is not in it
    #[arg(long, value_name = "OUT")]
    pub(crate) letter: Option<PathBuf>,
}
