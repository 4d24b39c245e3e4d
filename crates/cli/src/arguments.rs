//! What can be typed. The help that comes of it is held by a snapshot in `tests/help.txt`.

mod clients;
mod dormant;
mod dossiers;
mod keys;
mod people;
mod setup;
mod sharing;
mod values;

use std::{env, ffi::OsString, path::PathBuf};

use clap::{Parser, Subcommand};

use values::id;

pub(crate) use self::{
    clients::{ClientVerb, InviteClient},
    dormant::{EmergencyVerb, GlassVerb, TestamentVerb},
    dossiers::{Add, DossierVerb, Get, Import, NoteVerb, Report},
    keys::{CardVerb, DeviceVerb},
    people::{Grant, Invite, Leave, MemberVerb, PledgeVerb, PolicyVerb},
    setup::{Enrol, Init, Join, Recover, SheetsVerb},
    sharing::{Open, ReceiverVerb, Share},
};

const ENDINGS: &str = "\
Exit status: 0 done; 1 refused or failed, nothing was changed; 2 not understood; 3 done in part, each part that failed \
is named; 4 verifying found something that should not be; 5 the relay cannot be reached or is busy, try again later.";

/// Sealed dossiers from a terminal.
#[derive(Parser)]
#[command(name = "zegel", version, after_help = ENDINGS, infer_subcommands = false)]
pub(crate) struct Arguments {
    /// The folder of this vault: holds the device's secret and what is kept here, sealed
    #[arg(long, value_name = "DIR", global = true, env = "ZEGEL_HOME", hide_env_values = true)]
    pub(crate) home: Option<PathBuf>,
    /// A file with the passphrase on its first line, instead of a question
    #[arg(long, value_name = "FILE", global = true, env = "ZEGEL_PASSPHRASE_FILE", hide_env_values = true)]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// On somebody else's computer: open the vault at this relay for this one command, and keep nothing of it
    #[arg(long, value_name = "RELAY", requires = "visit_card")]
    pub(crate) visit: Option<String>,
    /// The key card, for a visit
    #[arg(long, value_name = "FILE", requires = "visit")]
    pub(crate) visit_card: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

impl Arguments {
    /// What was typed; ends the program with an explanation if it is not understood.
    pub(crate) fn typed() -> Self {
        Self::parse_from(env::args_os().map(id_not_flag))
    }
}

/// Characters of an id: 16 bytes in base64url.
const ID: usize = 22;

/// One id in sixty-four begins with a hyphen and would be taken for a flag; a space before it prevents that, and [`id`]
/// takes it away again. No flag is as long as an id.
fn id_not_flag(argument: OsString) -> OsString {
    match argument.to_str() {
        Some(text) if text.len() == ID && text.starts_with('-') && is_base64url(text) => format!(" {text}").into(),
        _ => argument,
    }
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Set up an organisation on an empty relay
    Init(Init),
    /// Open your vault on a new device, with the printed key card
    Enrol(Enrol),
    /// Open your vault on a new device without the key card: prints a text for a device that is known, which lets it in
    Knock {
        /// The relay's address
        #[arg(long, value_name = "URL")]
        relay: String,
    },
    /// Open the vault, and print who and where
    UnlockTest,
    /// What waits for you: claims, words to compare, dossiers you were let into, shares that end soon
    Today,
    /// Make, list and show dossiers
    #[command(subcommand)]
    Dossier(DossierVerb),
    /// Add a conversation report; prints its id
    Report(Report),
    /// Write, list and remove your own notes about a dossier, where the policy has them: nobody else can ever open them
    #[command(subcommand)]
    Note(NoteVerb),
    /// Choose who may step in for you, and step in for whoever chose you
    #[command(subcommand)]
    Emergency(EmergencyVerb),
    /// Name trustees who release your dossiers to their clients when you are gone, and act as one
    #[command(subcommand)]
    Testament(TestamentVerb),
    /// As a director, open a dossier that you do not read, where the policy has it; its readers and the client are told
    #[command(subcommand)]
    Glass(GlassVerb),
    /// Add files or folders; prints the id of each item
    Add(Add),
    /// Turn a Drive export into dossiers, one for each participant's folder; can be run again to continue
    Import(Import),
    /// Open an item into a file
    Get(Get),
    /// Find dossiers and items in which every word occurs
    Search {
        /// What to look for
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Share items with a third party; prints a link and, on the last line, the code to tell them another way
    Share(Share),
    /// Open what was shared with you; needs no account and keeps nothing but, if you wish, a reading card
    Open(Open),
    /// List what a dossier shares
    Shares {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
    },
    /// End a share: nothing new opens for its receiver
    Revoke {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// The share's id
        #[arg(value_parser = id)]
        share: String,
    },
    /// Invite a colleague; prints a link and, on the last line, the code to tell them another way
    Invite(Invite),
    /// Accept an invitation; prints the words to read to whoever admits you
    Join(Join),
    /// Show, check and set the organisation's policy
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Read and sign the confidentiality pledge
    #[command(subcommand)]
    Pledge(PledgeVerb),
    /// List who holds keys, of one dossier or of all that you read
    Authorised {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: Option<String>,
        /// At the end of this day [default: now]
        #[arg(long, value_name = "DATE")]
        on: Option<jiff::civil::Date>,
        /// Write the list as a signed text into this file
        #[arg(long, value_name = "OUT")]
        signed: Option<PathBuf>,
        /// Say who signed the list in this file, if nothing of it was changed
        #[arg(long, value_name = "FILE", conflicts_with_all = ["dossier", "on", "signed"])]
        check: Option<PathBuf>,
        /// Say as a director that you went over the whole list, and leave it so
        #[arg(long, conflicts_with_all = ["dossier", "on", "signed", "check"])]
        reviewed: bool,
    },
    /// List, admit and remove colleagues
    #[command(subcommand)]
    Member(MemberVerb),
    /// Invite, admit and list a dossier's client and who acts for them; end their access with ungrant
    #[command(subcommand)]
    Client(ClientVerb),
    /// Agree that a third party goes on with keys of their own, after comparing the words they read to you
    #[command(subcommand)]
    Receiver(ReceiverVerb),
    /// Give a colleague a dossier: whole or in part, for good or for a time
    Grant(Grant),
    /// End somebody's access to a dossier, or their invitation into it: nothing new opens for them
    Ungrant {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// The id of the colleague, the client or who acts for them
        #[arg(value_parser = id)]
        person: String,
    },
    /// See what a colleague who leaves can read, hand it over, and remove them; can be stopped and run again
    Leave(Leave),
    /// List, name, let in and end your devices; a director ends anybody's
    #[command(subcommand)]
    Device(DeviceVerb),
    /// Change the passphrase; key cards and devices stay
    Passphrase {
        /// A file with the new passphrase on its first line, instead of a question
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Make a new key card
    #[command(subcommand)]
    Card(CardVerb),
    /// Somebody saw your passphrase and has a card or a device: renew all keys, end every other device and card
    Renew {
        /// Where the new key card is written, to print
        #[arg(long, value_name = "OUT")]
        key_card: PathBuf,
        /// A file with the new passphrase on its first line, instead of a question
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Bring recovery sheets together: list what they open, make a director, give a director a dossier
    Recover(Recover),
    /// See what a relay misses that was put back to an earlier state, and confirm it as a director
    Restored {
        /// Confirm it: the relay serves everybody again
        #[arg(long)]
        confirm: bool,
        /// With --confirm: go on without what nobody has handed back
        #[arg(long, requires = "confirm")]
        give_up: bool,
    },
    /// Check a printed recovery sheet, or print new ones
    #[command(subcommand)]
    Sheets(SheetsVerb),
    /// Walk every chain and every hash, of one dossier or of all
    Verify {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: Option<String>,
    },
    /// Print what changes, as it changes, until Ctrl+C ends it; with --json a line each
    Watch,
    /// Wipe this vault from this device; whoever comes back needs the key card
    SignOut,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_id_may_begin_with_a_hyphen() {
        let (one, other) = ("-JansenJansenJansenJan", "--help-help-help-help-");
        let typed =
            ["zegel", "--json", "share", one, "--item", other, one, "--to", "a", "--purpose", "b", "--until", "c"];
        let parsed = Arguments::try_parse_from(typed.map(|text| id_not_flag(text.into()))).ok().unwrap();
        let Verb::Share(share) = parsed.verb else { panic!("another verb") };
        assert_eq!((share.dossier.as_str(), share.items), (one, vec![other.to_owned(), one.to_owned()]));
    }
}
