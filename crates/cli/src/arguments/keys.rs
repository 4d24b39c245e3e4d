//! A person's own devices and cards.

use std::path::PathBuf;

use clap::Subcommand;

use super::values::id;

#[derive(Subcommand)]
pub(crate) enum DeviceVerb {
    /// List your devices, with the day each was last used
    List,
    /// Give this device a name
    Name {
        /// The name
        name: String,
    },
    /// Let in a new device of yours, after comparing the words that both show
    LetIn {
        /// The text that the new device shows, or its address
        #[arg(value_name = "TEXT")]
        knock: String,
        /// Let it in without a question, where the text came by a way that nobody else can change
        #[arg(long)]
        yes: bool,
    },
    /// End a device: lost, stolen, or given away
    Revoke {
        /// The device's id
        #[arg(value_parser = id)]
        device: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum CardVerb {
    /// Make a new card; the old ones end once it is on paper
    New {
        /// Where it is written, to print
        #[arg(long, value_name = "OUT")]
        out: PathBuf,
        /// Let the old cards work on
        #[arg(long)]
        keep_old: bool,
        /// It is on paper as soon as it is written: end the old cards without asking
        #[arg(long, conflicts_with = "keep_old")]
        yes: bool,
    },
}
