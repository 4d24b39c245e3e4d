//! Dossiers, and what is in them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::id;

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
