//! What can be typed. The help that comes of it is held by a snapshot in `tests/help.txt`.

use std::{env, ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use zegel_vault::{Compared, PartyKind, Role};

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

fn id(text: &str) -> Result<String, String> {
    Ok(text.trim().to_owned())
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

#[derive(Args)]
pub(crate) struct Grant {
    /// The dossier's id
    #[arg(value_parser = id)]
    pub(crate) dossier: String,
    /// The colleague's id
    #[arg(value_parser = id)]
    pub(crate) person: String,
    /// Only these parts, such as core, work, financial or medical [default: all that their role gets]
    #[arg(long, value_name = "PART", num_args = 1..)]
    pub(crate) part: Vec<String>,
    /// The last day, as 2026-12-31; who stands in for a time lets nobody else in
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,
    /// Only what is written from now on
    #[arg(long)]
    pub(crate) from_now: bool,
    /// With --from-now: items of before that they get all the same
    #[arg(long, value_name = "ITEM", num_args = 1.., value_parser = id, requires = "from_now")]
    pub(crate) item: Vec<String>,
}

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

#[derive(Subcommand)]
pub(crate) enum DossierVerb {
    /// Make a dossier; prints its id
    New {
        /// Its title, such as the participant's name
        title: String,
        /// Its type, by its name in the policy [default: the policy's first]
        #[arg(long = "type", value_name = "NAME")]
        dossier_type: Option<String>,
    },
    /// List the dossiers you may read
    List,
    /// Show what is in a dossier, and who reads it
    Show {
        /// Its id
        #[arg(value_parser = id)]
        dossier: String,
    },
    /// Give a dossier another title
    Rename {
        /// Its id
        #[arg(value_parser = id)]
        dossier: String,
        /// The new title
        title: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum EmergencyVerb {
    /// Show your emergency contact, whose contact you are, and what was claimed
    Show,
    /// Choose a colleague, in the place of the one you chose before
    Choose {
        /// Their id
        #[arg(value_parser = id)]
        person: String,
        /// How many days they wait, in which you can say no; the policy says how many at least
        #[arg(long)]
        days: Option<u16>,
        /// They get what you have, not only to read
        #[arg(long)]
        take_over: bool,
    },
    /// Take that back
    Drop,
    /// Step in for somebody who chose you: their dossiers open for you when the days are over and nobody said no
    Claim {
        /// Who chose you
        #[arg(value_parser = id)]
        person: String,
    },
    /// Say no to somebody who claimed dossiers that you manage, or end what opened for them
    Refuse {
        /// Who claimed them
        #[arg(value_parser = id)]
        person: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum TestamentVerb {
    /// Show your trustees, whose trustee you are, and what was claimed
    Show,
    /// Name your trustees, as many as the policy says, in the place of those you named before
    Trustees {
        /// Their ids
        #[arg(value_parser = id, required = true)]
        people: Vec<String>,
    },
    /// Take that back, and what they claimed with it
    Drop,
    /// Say that somebody is gone: when enough trustees do, and the days are over, each dossier opens for its own client
    Release {
        /// Who named you
        #[arg(value_parser = id)]
        person: String,
    },
    /// Say no to what trustees claimed, and take back what they closed
    Refuse {
        /// Whose trustees, where they are not your own
        #[arg(value_parser = id)]
        person: Option<String>,
    },
    /// Have the dossiers destroyed that no client opens and nobody else reads, a month from now
    Destroy {
        /// Who named you
        #[arg(value_parser = id)]
        person: String,
        /// You know that nothing brings them back
        #[arg(long, required = true)]
        for_good: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum GlassVerb {
    /// List the dossiers that are closed to you and that you may open
    List,
    /// Open one now
    Break {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// Why, for its readers and the client
        #[arg(long)]
        reason: String,
    },
    /// Show who opened dossiers that you read in this way, and why
    Show,
    /// End the access of a director who opened dossiers that you manage
    End {
        /// The director
        #[arg(value_parser = id)]
        person: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum NoteVerb {
    /// Write a note; prints its id
    Add {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// A file with its text, in UTF-8; `-` reads from the terminal
        #[arg(long, value_name = "TEXT")]
        file: PathBuf,
        /// The note whose place it takes
        #[arg(long, value_name = "NOTE", value_parser = id)]
        instead_of: Option<String>,
    },
    /// Show your notes about a dossier, newest first
    List {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
    },
    /// Take a note away
    Remove {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// The note's id
        #[arg(value_parser = id)]
        note: String,
    },
    /// Put a dated copy of a note into the dossier, as a report; the note stays. Prints the report's id
    Promote {
        /// The dossier's id
        #[arg(value_parser = id)]
        dossier: String,
        /// The note's id
        #[arg(value_parser = id)]
        note: String,
        /// The report's title
        #[arg(long)]
        title: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum PolicyVerb {
    /// List the profiles to begin with
    List,
    /// Print the policy in force, or a profile's
    Show {
        /// The profile's name
        profile: Option<String>,
    },
    /// Say all that is wrong with a policy file
    Check {
        /// The file
        file: PathBuf,
    },
    /// Put a policy file in force; its version is higher than the one before
    Set {
        /// The file
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum PledgeVerb {
    /// Print the pledge in force, and whether you signed it
    Show,
    /// Sign it; until then nobody can give you a dossier
    Sign {
        /// You have read it and agree, instead of a question
        #[arg(long)]
        accept: bool,
    },
    /// Read and sign what you acknowledge before you leave; it removes nobody
    Leave {
        /// You have read it and agree, instead of a question
        #[arg(long)]
        accept: bool,
    },
}

#[derive(Args)]
pub(crate) struct Report {
    /// The dossier's id
    #[arg(value_parser = id)]
    pub(crate) dossier: String,
    /// The report's title
    #[arg(long)]
    pub(crate) title: String,
    /// A file with its text, in UTF-8; `-` reads from the terminal
    #[arg(long, value_name = "TEXT")]
    pub(crate) file: PathBuf,
    /// The day of the conversation [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) day: Option<jiff::civil::Date>,
}

#[derive(Args)]
pub(crate) struct Add {
    /// The dossier's id
    #[arg(value_parser = id)]
    pub(crate) dossier: String,
    /// Files, or folders with everything in them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The export, or the folder in it that holds the participants' folders
    pub(crate) folder: PathBuf,
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Args)]
pub(crate) struct Get {
    /// The dossier's id
    #[arg(value_parser = id)]
    pub(crate) dossier: String,
    /// The item's id
    #[arg(value_parser = id)]
    pub(crate) item: String,
    /// The file to write, or a folder to write it into
    #[arg(long, value_name = "PATH")]
    pub(crate) out: PathBuf,
    /// Replace what is there
    #[arg(long)]
    pub(crate) overwrite: bool,
}

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

#[derive(Subcommand)]
pub(crate) enum MemberVerb {
    /// List colleagues, invitations and newcomers
    List,
    /// Admit a newcomer, after comparing the words they read to you
    Admit {
        /// The newcomer's id
        #[arg(value_parser = id)]
        person: String,
        /// The words they read to you, instead of a question
        #[arg(long)]
        words: Option<String>,
        /// How you compared: by-voice (telephone or video) or in-person
        #[arg(long, value_name = "HOW", default_value = "by-voice", value_parser = how)]
        how: Compared,
    },
    /// Note that you compared a colleague's words; any member may
    Verify {
        /// The colleague's id
        #[arg(value_parser = id)]
        person: String,
        /// The words that they see as their own
        #[arg(long)]
        words: String,
        /// How you compared: by-voice (telephone or video) or in-person
        #[arg(long, value_name = "HOW", value_parser = how)]
        how: Compared,
    },
    /// Give a colleague who lost every key and came back what they read before, wherever you manage it
    GiveBack {
        /// Their id, as they are now
        #[arg(value_parser = id)]
        person: String,
    },
    /// Let a colleague act for the directors until a day: invite, admit and remove colleagues. They make and remove no
    /// directors, and change no policy. Said once more, it moves the day
    Delegate {
        /// The colleague's id
        #[arg(value_parser = id)]
        person: String,
        /// The last day, as 2026-12-31
        #[arg(long, value_name = "DATE")]
        until: String,
    },
    /// End that before its day; a director may, or who acts for them
    Undelegate {
        /// The colleague's id
        #[arg(value_parser = id)]
        person: String,
    },
    /// Remove a colleague; refused while a dossier would be left without somebody who can go on with it
    Remove {
        /// The colleague's id
        #[arg(value_parser = id)]
        person: String,
    },
}

#[derive(Args)]
pub(crate) struct Invite {
    /// Their name
    #[arg(required_unless_present_any = ["again", "anew"])]
    pub(crate) name: Option<String>,
    /// What they will be, such as director, project-lead, advisor-paid, advisor-volunteer, advisor-freelance, processor
    /// or back-office; a role of the policy [default: its first beside director]
    #[arg(long, value_name = "ROLE", value_parser = role)]
    pub(crate) role: Option<Role>,
    /// The last day of their membership, as 2026-12-31
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,
    /// Make a new link and code for somebody in the list who was invited; the old link ends
    #[arg(long, value_name = "PERSON", value_parser = id, conflicts_with_all = ["name", "role", "until"])]
    pub(crate) again: Option<String>,
    /// Invite a colleague anew who lost key card and passphrase: their old keys end when the new ones are admitted, and what
    /// they read waits until a reader gives it back (see `zegel member give-back`). Their own notes are lost, and what
    /// nobody else reads needs the recovery sheets
    #[arg(long, value_name = "PERSON", value_parser = id, conflicts_with_all = ["name", "role", "until", "again"])]
    pub(crate) anew: Option<String>,
    /// Where a letter with the link is written, in Dutch and with a QR code, to print; the code is not in it
    #[arg(long, value_name = "OUT")]
    pub(crate) letter: Option<PathBuf>,
}

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

#[derive(Args)]
pub(crate) struct Leave {
    /// The colleague's id
    #[arg(value_parser = id)]
    pub(crate) person: String,
    /// Give this colleague what nobody else can go on with
    #[arg(long, value_name = "PERSON", value_parser = id)]
    pub(crate) to: Option<String>,
    /// Give them all that the leaver reads
    #[arg(long, requires = "to")]
    pub(crate) all: bool,
    /// Then remove the leaver; refused while a dossier would be left without somebody who can go on with it
    #[arg(long)]
    pub(crate) finish: bool,
}

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

fn role(text: &str) -> Result<Role, String> {
    let names = || Role::ALL.iter().map(|role| role.name().replace('_', "-")).collect::<Vec<_>>().join(", ");
    Role::from_name(&text.replace('-', "_")).ok_or_else(|| format!("it is one of: {}", names()))
}

fn kind(text: &str) -> Result<PartyKind, String> {
    PartyKind::from_name(text).ok_or_else(|| "it is client, guardian or representative".into())
}

fn how(text: &str) -> Result<Compared, String> {
    Compared::from_name(&text.replace('-', "_")).ok_or_else(|| "it is by-voice or in-person".into())
}

fn threshold(text: &str) -> Result<(u8, u8), String> {
    let parsed = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    match parsed {
        Some((k, n)) if (1..=n).contains(&k) => Ok((k, n)),
        _ => Err("it looks like 2/3: two sheets needed, of three".into()),
    }
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

    #[test]
    fn a_threshold_is_at_most_the_whole() {
        assert_eq!(threshold("2/3"), Ok((2, 3)));
        assert_eq!(threshold("1/1"), Ok((1, 1)));
        for wrong in ["", "2", "0/3", "4/3", "2/3/4", "two/three", "2/300"] {
            assert!(threshold(wrong).is_err(), "{wrong}");
        }
    }
}
