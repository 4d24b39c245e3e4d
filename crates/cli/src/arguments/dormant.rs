//! Stepping in for somebody who cannot be there.

use clap::Subcommand;

use super::values::id;

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
