//! Where a vault begins, and begins again: an organisation, a new device, an invitation, the recovery sheets.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::{id, threshold};

#[derive(Args)]
pub(crate) struct Init {
    /// The relay's address
    #[arg(long, value_name = "URL")]
    pub(crate) relay: String,
    /// From the file `setup-token` in the relay's data folder
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    pub(crate) setup_token: String,
    /// The organisation's name
    #[arg(long, value_name = "NAME")]
    pub(crate) organisation: String,
    /// Your name
    #[arg(long, value_name = "PERSON")]
    pub(crate) name: String,
    /// Where your key card is written, to print
    #[arg(long, value_name = "OUT")]
    pub(crate) key_card: PathBuf,
    /// The folder for the recovery sheets, to print [default: beside the key card]
    #[arg(long, value_name = "DIR")]
    pub(crate) sheets: Option<PathBuf>,
    /// How many recovery sheets are needed, of how many
    #[arg(long, value_name = "K/N", default_value = "2/3", value_parser = threshold)]
    pub(crate) recovery: (u8, u8),
    /// What the organisation promises: a profile's name (see `zegel policy list`), or a policy file
    #[arg(long, value_name = "NAME|FILE", default_value = "begeleidingsstichting")]
    pub(crate) policy: String,
}

#[derive(Args)]
pub(crate) struct Enrol {
    /// The relay's address
    #[arg(long, value_name = "URL")]
    pub(crate) relay: String,
    /// A file with the text of your key card
    #[arg(long, value_name = "FILE")]
    pub(crate) key_card: PathBuf,
}

#[derive(Args)]
pub(crate) struct Join {
    /// The invitation's link, whole
    pub(crate) link: String,
    /// The six words that came another way
    #[arg(long)]
    pub(crate) code: Option<String>,
    /// Your name
    #[arg(long, value_name = "PERSON")]
    pub(crate) name: String,
    /// Where your key card is written, to print
    #[arg(long, value_name = "OUT")]
    pub(crate) key_card: PathBuf,
}

#[derive(Args)]
pub(crate) struct Recover {
    /// The relay's address
    #[arg(long, value_name = "URL")]
    pub(crate) relay: String,
    /// A file with the text of a recovery sheet; once for each
    #[arg(long = "sheet", value_name = "FILE", required = true)]
    pub(crate) sheets: Vec<PathBuf>,
    /// A dossier to give; without, everything the sheets open is listed
    #[arg(long = "dossier", value_name = "ID", value_parser = id)]
    pub(crate) dossiers: Vec<String>,
    /// The director to give them to
    #[arg(long, value_name = "PERSON", value_parser = id, conflicts_with = "director")]
    pub(crate) to: Option<String>,
    /// Make somebody of this name a director, in this home folder, when no director is left
    #[arg(long, value_name = "NAME", requires = "key_card")]
    pub(crate) director: Option<String>,
    /// Where the new director's key card is written, to print
    #[arg(long, value_name = "OUT", requires = "director")]
    pub(crate) key_card: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum SheetsVerb {
    /// Say what a sheet is worth: which one it is, and whether it was replaced; it opens nothing alone and is kept nowhere
    Check {
        /// A file with the sheet's text
        sheet: PathBuf,
    },
    /// Split what the sheets hold anew: one was lost, or others keep them from now on. Sheets of before do not go together
    /// with the new ones; enough of them together still open everything, so destroy them
    Renew {
        /// The relay's address
        #[arg(long, value_name = "URL")]
        relay: String,
        /// A file with the text of a present sheet; once for each
        #[arg(long = "sheet", value_name = "FILE", required = true)]
        sheets: Vec<PathBuf>,
        /// How many of the new sheets are needed, of how many
        #[arg(long, value_name = "K/N", value_parser = threshold)]
        recovery: (u8, u8),
        /// The folder for the new sheets, to print
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}
