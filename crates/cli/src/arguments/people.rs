//! Colleagues: who they are, what they read, what they promise.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use zegel_vault::{Compared, Role};

use super::values::{how, id, role};

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
