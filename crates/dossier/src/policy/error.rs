//! What can be wrong with a policy file, each with one sentence. Pages translate by [`Reason::key`].

use core::fmt::{Display, Formatter, Result as FmtResult};

/// A policy file was refused. Everything that is wrong is listed at once, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// What is wrong; never empty.
    pub faults: Vec<Fault>,
}

impl Display for PolicyError {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl core::error::Error for PolicyError {}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1. For a key that is missing, the line where its section begins.
    pub line: usize,
    /// The key with the sections it stands in, as in `session.lock_after`; empty for the file as a whole.
    pub path: String,
    /// What is wrong.
    pub reason: Reason,
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        write!(f, "line {}", self.line)?;
        if !self.path.is_empty() {
            write!(f, ", {}", self.path)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// What is wrong with a key or its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file cannot be read at all; what the TOML parser says.
    #[error("this is not TOML: {0}")]
    NotToml(String),
    /// The file is larger than this many bytes.
    #[error("a policy file has at most {0} bytes")]
    FileTooLong(usize),
    /// A format of another version of the app.
    #[error("this file has format {0}, and this version reads format {1}; update the app or the file")]
    Format(u32, u32),
    /// The key is not known; the keys that may stand there.
    #[error("there is no such key; there may be: {0}")]
    UnknownKey(String),
    /// The key is not there.
    #[error("this is missing, and every policy must say it")]
    Missing,
    /// The value is of another kind.
    #[error("this must be {0}")]
    WrongType(&'static str),
    /// The word is not on the list; the list.
    #[error("\"{0}\" is not one of: {1}")]
    UnknownWord(String, String),
    /// The list names something twice.
    #[error("\"{0}\" is named twice")]
    Twice(String),
    /// Nothing is in it.
    #[error("this must not be empty")]
    Empty,
    /// Longer than this many bytes.
    #[error("this has at most {0} bytes")]
    TextTooLong(usize),
    /// Not of the form that such a value has.
    #[error("this must be {0}")]
    Malformed(&'static str),
    /// Not between these numbers.
    #[error("this must be a number from {0} to {1}")]
    OutOfRange(u32, u32),
    /// Not a day of the calendar.
    #[error("this must be a day, written as in 2026-01-31")]
    NotADay,
    /// Not a term.
    #[error("\"{0}\" is not a term; write a number and a unit, as in \"6 months\"")]
    NotATerm(String),
    /// Not a quorum.
    #[error("\"{0}\" cannot be met; write how many of how many people, as in \"2 of 3\", of at most 16")]
    NotAQuorum(String),
    /// A term below nothing.
    #[error("a term cannot be negative")]
    NegativeTerm,
    /// A term of nothing.
    #[error("a term of nothing is no term; the shortest is {0}")]
    ZeroTerm(String),
    /// A term below the shortest.
    #[error("this is too short; the shortest is {0}")]
    TermTooShort(String),
    /// A term above the longest.
    #[error("this is too long; the longest is {0}")]
    TermTooLong(String),
    /// A unit in which this is not counted.
    #[error("this is counted in {0}")]
    TermUnit(String),
    /// It contradicts another rule.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// Medical data may never reach an employer, whatever the client agreed to.
    #[error("medical data never goes to an employer: name \"medical\" under never")]
    MedicalToEmployer,
    /// Access in an emergency is never hidden from the client.
    #[error("whoever breaks the glass, the client is told: name \"client\"")]
    ClientNotTold,
}

impl Reason {
    /// A stable key for messages in other languages.
    pub fn key(&self) -> &'static str {
        match self {
            Self::NotToml(_) => "policy-not-toml",
            Self::FileTooLong(_) => "policy-file-too-long",
            Self::Format(..) => "policy-format",
            Self::UnknownKey(_) => "policy-unknown-key",
            Self::Missing => "policy-missing",
            Self::WrongType(_) => "policy-wrong-type",
            Self::UnknownWord(..) => "policy-unknown-word",
            Self::Twice(_) => "policy-twice",
            Self::Empty => "policy-empty",
            Self::TextTooLong(_) => "policy-text-too-long",
            Self::Malformed(_) => "policy-malformed",
            Self::OutOfRange(..) => "policy-out-of-range",
            Self::NotADay => "policy-not-a-day",
            Self::NotATerm(_) => "policy-not-a-term",
            Self::NotAQuorum(_) => "policy-not-a-quorum",
            Self::NegativeTerm => "policy-negative-term",
            Self::ZeroTerm(_) => "policy-zero-term",
            Self::TermTooShort(_) => "policy-term-too-short",
            Self::TermTooLong(_) => "policy-term-too-long",
            Self::TermUnit(_) => "policy-term-unit",
            Self::Contradiction(contradiction) => contradiction.key(),
            Self::MedicalToEmployer => "policy-medical-to-employer",
            Self::ClientNotTold => "policy-client-not-told",
        }
    }
}

/// Two rules that cannot both hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// `review` and `effective`.
    #[error("the policy is reviewed after it begins, not before")]
    ReviewBeforeBeginning,
    /// `session.lock_after` and `session.lock_at_most`.
    #[error("the idle lock is longer than the longest that anybody may set")]
    LockBeyondMost,
    /// `read` and `write` of a role.
    #[error("writing includes reading: name \"{0}\" once")]
    ReadAndWrite(&'static str),
    /// A role that does not hold the trail.
    #[error("every member of staff holds the trail: name it under read or write")]
    WithoutTrail,
    /// A role with acts that does not write in the trail.
    #[error("whoever manages, discloses or closes writes so in the trail: name it under write")]
    ActsWithoutTrail,
    /// No role has an act.
    #[error("no role may {0}, so nobody could")]
    NobodyMay(&'static str),
    /// A rule names a role that does not exist.
    #[error("this policy has no role for \"{0}\"")]
    NoSuchRole(&'static str),
    /// `guide` or `maker` beside `advisors`.
    #[error("\"advisors\" is every advisor already: name them, or only the one who guides")]
    GuideAmongAdvisors,
    /// `readers_after_closing` beyond `readers`.
    #[error("after closing fewer people read, not others: \"{0}\" does not read before")]
    ReadsOnlyAfterClosing(&'static str),
    /// `own_notes` and `inspection`.
    #[error("own notes are never shown, so a client cannot inspect everything: choose one of the two")]
    NotesInspected,
    /// `break_glass.told` without `exists`.
    #[error("nobody can break the glass, so there is nothing to tell")]
    ToldOfNothing,
    /// `forms` without the ground `consent`.
    #[error("forms of consent are named, but consent is not among the grounds")]
    FormsWithoutConsent,
    /// The ground `consent` without `forms`.
    #[error("consent is a ground, but no form of it is valid")]
    ConsentWithoutForm,
    /// `copy_wait` without delivery.
    #[error("days of waiting are named, but the copy is not delivered first")]
    WaitWithoutDelivery,
    /// Two rules for one class of receivers.
    #[error("there are two rules for \"{0}\"")]
    ReceiverTwice(&'static str),
    /// Two types of dossier with one title.
    #[error("two types of dossier have this title")]
    TitleTwice,
    /// `fields.add` and `fields.remove`.
    #[error("fields cannot be added and removed at once")]
    AddedAndRemoved,
    /// Kept until objection, without objection.
    #[error("this is kept until the client objects, but the client cannot object")]
    CannotObject,
    /// `review_every` of a fixed term.
    #[error("a fixed term is not reviewed: only what is kept until objection is")]
    ReviewOfFixedTerm,
    /// Announced before the term began.
    #[error("destruction would be announced before the term begins: announce later, or keep longer")]
    AnnouncedTooEarly,
    /// Inspection after destruction.
    #[error("the client could still inspect what is destroyed already: keep longer, or shorten this")]
    InspectionAfterDestruction,
}

impl Contradiction {
    /// A stable key for messages in other languages.
    pub fn key(self) -> &'static str {
        match self {
            Self::ReviewBeforeBeginning => "policy-review-before-beginning",
            Self::LockBeyondMost => "policy-lock-beyond-most",
            Self::ReadAndWrite(_) => "policy-read-and-write",
            Self::WithoutTrail => "policy-without-trail",
            Self::ActsWithoutTrail => "policy-acts-without-trail",
            Self::NobodyMay(_) => "policy-nobody-may",
            Self::NoSuchRole(_) => "policy-no-such-role",
            Self::GuideAmongAdvisors => "policy-guide-among-advisors",
            Self::ReadsOnlyAfterClosing(_) => "policy-reads-only-after-closing",
            Self::NotesInspected => "policy-notes-inspected",
            Self::ToldOfNothing => "policy-told-of-nothing",
            Self::FormsWithoutConsent => "policy-forms-without-consent",
            Self::ConsentWithoutForm => "policy-consent-without-form",
            Self::WaitWithoutDelivery => "policy-wait-without-delivery",
            Self::ReceiverTwice(_) => "policy-receiver-twice",
            Self::TitleTwice => "policy-title-twice",
            Self::AddedAndRemoved => "policy-added-and-removed",
            Self::CannotObject => "policy-cannot-object",
            Self::ReviewOfFixedTerm => "policy-review-of-fixed-term",
            Self::AnnouncedTooEarly => "policy-announced-too-early",
            Self::InspectionAfterDestruction => "policy-inspection-after-destruction",
        }
    }
}
