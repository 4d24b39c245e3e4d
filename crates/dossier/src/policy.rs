//! What an organisation promises about its dossiers: one readable file, and what it says.
//!
//! The text of the file is the truth. It is stored as it was written, comments and all; [`Policy::parse`] reads it
//! strictly and refuses what is unknown, missing, contradictory or absurd, all of it at once. `docs/policy.md` lists
//! every key. Profiles to begin with are in [`profile`].

mod error;
mod file;
mod profile;
mod read;
mod term;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use minicbor::{Decode, Encode};
use zegel_crypto::Seed;
use zegel_ledger::{Gate, Rights};

pub use error::{Contradiction, Fault, PolicyError, Reason};
pub use profile::Profile;
pub use term::{Day, Quorum, Term, Unit};
pub use words::{
    Act, ClientWord, DossierKind, Fee, Form, Ground, Inspection, Language, Law, LegalBasis, PledgeException, Reader,
    ReceiverClass, Role, SpecialCategory, Told, Trigger,
};

use crate::CompartmentKind;

/// The format of the file that this version reads and writes.
pub const FORMAT: u32 = 1;

/// A policy as it is stored: its file, and what keeps its pledge from being guessed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PolicyRecord {
    /// The file's text. Its version stands in it.
    #[n(0)]
    pub text: String,
    /// 32 random bytes, the same in every version. The hash of a pledge is visible, and the pledges of profiles are known.
    #[n(1)]
    pub blind: Seed,
}

/// What a policy file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Grows by one with each change that counts for clients.
    pub version: u32,
    /// From which day it holds.
    pub effective: Day,
    /// On which day it must have been looked at again.
    pub review: Day,
    /// The laws it rests on.
    pub laws: BTreeSet<Law>,
    /// Whether every client is told of an important change.
    pub tell_changes: bool,
    /// The age below which a guardian consents.
    pub guardian_below: u32,
    /// What clients are called where no single type of dossier is meant.
    pub client: ClientWord,
    /// Who is responsible.
    pub controller: Controller,
    /// What every member of staff signs.
    pub pledge: Pledge,
    /// The roles that exist.
    pub roles: BTreeMap<Role, RoleRules>,
    /// Whether a director may open a dossier without being a reader, and who is told. None: nobody may.
    pub break_glass: Option<BreakGlass>,
    /// Locks and devices.
    pub session: Session,
    /// What helps when keys are lost.
    pub recovery: Recovery,
    /// How soon a client's request is answered.
    pub requests: Requests,
    /// How soon a breach is told.
    pub breach: Breach,
    /// Types of dossier, in the order of the file; at least one. The first is offered first.
    pub dossiers: Vec<DossierRules>,
}

/// Who is responsible for the processing (AVG, article 4(7)). Stands on letters, exports and reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    /// The organisation's name in law.
    pub name: Option<String>,
    /// Its number at the Chamber of Commerce (*KvK*), eight digits.
    pub kvk: Option<String>,
    /// Street and number.
    pub address: Option<String>,
    /// Postcode and place.
    pub place: Option<String>,
    /// Where requests are sent.
    pub email: Option<String>,
    /// Where one calls.
    pub telephone: Option<String>,
    /// Its website.
    pub website: Option<String>,
    /// The person who receives requests.
    pub responsible: Option<String>,
}

/// A text for people, in Dutch and perhaps in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// In Dutch.
    pub dutch: String,
    /// In English.
    pub english: Option<String>,
}

impl Text {
    /// The text in this language, and the language it is in: Dutch if there is no other.
    pub fn in_language(&self, language: Language) -> (&str, Language) {
        match (language, &self.english) {
            (Language::English, Some(text)) => (text, Language::English),
            _ => (&self.dutch, Language::Dutch),
        }
    }
}

/// The confidentiality pledge (*geheimhoudingsverklaring*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pledge {
    /// Grows by one when the text changes; who signed an older one signs again.
    pub version: u32,
    /// What is signed before any key is wrapped.
    pub text: Text,
    /// What is acknowledged when leaving.
    pub leaving: Text,
    /// Whether it binds after leaving.
    pub survives_leaving: bool,
    /// Where it does not bind.
    pub exceptions: BTreeSet<PledgeException>,
}

/// What a role gets in a dossier that it is let into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRules {
    /// Compartments it only reads.
    pub read: BTreeSet<CompartmentKind>,
    /// Compartments it reads and writes.
    pub write: BTreeSet<CompartmentKind>,
    /// What it may do in those it writes.
    pub acts: BTreeSet<Act>,
}

impl RoleRules {
    /// Its rights in a compartment; none if it does not get it.
    pub fn rights(&self, kind: CompartmentKind) -> Rights {
        if self.write.contains(&kind) {
            self.acts.iter().fold(Rights::READ | Rights::WRITE, |rights, act| rights | act.rights())
        } else if self.read.contains(&kind) {
            Rights::READ
        } else {
            Rights::default()
        }
    }

    /// The grants that give a person this role: one for what it writes, one for what it only reads, neither if empty.
    pub fn grants(&self) -> Vec<(Rights, Vec<CompartmentKind>)> {
        let parts = [&self.write, &self.read].map(|part| part.iter().copied().collect::<Vec<_>>());
        let granted = parts.into_iter().filter_map(|kinds| Some((self.rights(*kinds.first()?), kinds)));
        granted.collect()
    }
}

impl Act {
    /// The right that carries it.
    pub fn rights(self) -> Rights {
        match self {
            Self::Manage => Rights::MANAGE,
            Self::Disclose => Rights::DISCLOSE,
            Self::Close => Rights::CLOSE,
        }
    }
}

/// A director opens a dossier in an emergency, with a reason that everybody below reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakGlass {
    /// Who is told; always the client.
    pub told: BTreeSet<Told>,
}

/// Locks and devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The idle lock until somebody sets their own.
    pub lock_after: Duration,
    /// The longest idle lock that anybody may set.
    pub lock_at_most: Duration,
    /// Whether a passkey unlocks without the passphrase.
    pub passkey_alone: bool,
    /// Whether one may work on a computer that stores nothing.
    pub foreign_computer: bool,
}

/// What helps when keys are lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// How the recovery secret is split among sheets.
    pub sheets: Quorum,
    /// How long an emergency contact waits, during which the owner may say no. None: there are no such contacts.
    pub emergency_contact: Option<Term>,
    /// How many trustees release the dormant grants to clients. None: there is no practice testament.
    pub testament: Option<Quorum>,
}

/// How soon each request of a client is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requests {
    /// To inspect (*inzage*).
    pub inspect: Term,
    /// To get a copy of what was inspected (*afschrift*).
    pub copy: Term,
    /// To correct.
    pub correct: Term,
    /// To supplement.
    pub supplement: Term,
    /// To erase.
    pub erase: Term,
    /// To object.
    pub object: Term,
    /// To complain.
    pub complain: Term,
    /// Who may refuse, with reasons.
    pub refused_by: BTreeSet<Role>,
    /// What copies cost.
    pub fee: Fee,
}

/// How soon a breach is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// To the Autoriteit Persoonsgegevens.
    pub authority: Term,
    /// To those whose data may be affected. None: at once.
    pub clients: Option<Term>,
}

/// The rules of one type of dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossierRules {
    /// Its name in the file, by which dossiers refer to it.
    pub name: String,
    /// Its name for people.
    pub title: Text,
    /// What it is about.
    pub kind: DossierKind,
    /// What the client is called in it.
    pub client: ClientWord,
    /// On what the processing rests.
    pub legal_basis: BTreeSet<LegalBasis>,
    /// Who reads a new one; the recovery key besides.
    pub readers: BTreeSet<Reader>,
    /// Who still reads it after closing; some of `readers`.
    pub readers_after_closing: BTreeSet<Reader>,
    /// Whether advisors keep own notes, which can never be shared.
    pub own_notes: bool,
    /// What the client may inspect.
    pub inspection: Inspection,
    /// Whether conversation reports never go to a third party.
    pub reports_stay_inside: bool,
    /// Compartments of which nothing goes to a third party.
    pub stays_inside: BTreeSet<CompartmentKind>,
    /// Which fields there are.
    pub fields: Fields,
    /// How long it is kept.
    pub retention: Retention,
    /// What happens around closing and destroying.
    pub ending: Ending,
    /// What is cleared sooner.
    pub clearing: Clearing,
    /// Who may get something; a class without a rule gets nothing.
    pub receivers: BTreeMap<ReceiverClass, ReceiverRules>,
}

/// Which fields a dossier may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// Whether the register is a maximum: other fields are refused, not only flagged.
    pub maximum: bool,
    /// Fields added to the standard register.
    pub add: BTreeSet<String>,
    /// Fields taken out of it.
    pub remove: BTreeSet<String>,
    /// Special categories that need a written justification each time.
    pub guarded: BTreeSet<SpecialCategory>,
}

/// How long a dossier is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// From when the term runs.
    pub from: Trigger,
    /// The term.
    pub keep: Keep,
    /// Whether the client may object and another term can be agreed on.
    pub objection: bool,
    /// Whether closed dossiers move to a disk that is not connected.
    pub offline: bool,
    /// How long paper is kept, from the same day. None: as long as the dossier.
    pub paper: Option<Term>,
    /// Parts with a term of their own, because a law says so.
    pub exceptions: BTreeMap<CompartmentKind, RetentionException>,
}

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// At most this long.
    For(Term),
    /// Until the client objects, and looked at again every so often.
    UntilObjection {
        /// How often somebody asks whether it is still needed.
        review_every: Term,
    },
}

/// A part with a term of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionException {
    /// From when the term runs.
    pub from: Trigger,
    /// The term.
    pub keep: Term,
    /// Which law says so.
    pub because: String,
}

/// What happens around closing and destroying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Whether the client is told that the dossier was closed.
    pub closing_notice: bool,
    /// How long before destruction the client is told of it. None: not.
    pub announce: Option<Term>,
    /// How long after closing the client may inspect. None: until it is destroyed.
    pub inspection: Option<Term>,
    /// Whether inspecting after closing takes an appointment.
    pub appointment: bool,
}

/// What is cleared sooner than the dossier ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearing {
    /// After how long somebody asks whether an e-mail is still needed. None: not.
    pub emails: Option<Term>,
    /// How often the agenda is moved to an archive. None: not.
    pub agenda: Option<Term>,
}

/// On what terms a class of receivers may get something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiverRules {
    /// Grounds that suffice; one of them.
    pub grounds: BTreeSet<Ground>,
    /// Valid forms of consent.
    pub forms: BTreeSet<Form>,
    /// Compartments of which nothing goes to this class, beyond what stays inside anyway.
    pub never: BTreeSet<CompartmentKind>,
    /// Whether the client gets a copy first.
    pub copy_first: CopyFirst,
    /// Whether the receiver accepts terms of confidentiality before opening.
    pub terms: bool,
}

impl ReceiverRules {
    /// Whether this ground suffices; for consent, in this form.
    pub fn suffices(&self, ground: Ground, form: Option<Form>) -> bool {
        let valid = ground != Ground::Consent || form.is_some_and(|form| self.forms.contains(&form));
        valid && self.grounds.contains(&ground)
    }
}

/// When a receiver can open what the client has a copy of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CopyFirst {
    /// At once: there is no copy.
    No,
    /// When the client signed for receipt.
    Receipt,
    /// When the copy was delivered and so many days went by.
    Delivery(u16),
}

impl CopyFirst {
    /// The gate of the receiver's grant.
    pub fn gate(self) -> Gate {
        match self {
            Self::No => Gate::Open,
            Self::Receipt => Gate::Receipt,
            Self::Delivery(days) => Gate::Delivery(days),
        }
    }
}

/// Why a policy should be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// The day of review has passed.
    Review(Day),
    /// A law it rests on is no longer in force.
    Law(Law),
}

impl Policy {
    /// Reads a policy file: TOML, at most 256 KiB. Everything wrong with it is in the error.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        read::policy(text)
    }

    /// The rules of a type of dossier, by its name.
    pub fn dossier(&self, name: &str) -> Option<&DossierRules> {
        self.dossiers.iter().find(|rules| rules.name == name)
    }

    /// Why it should be looked at, as of this day.
    pub fn outdated(&self, today: Day) -> Vec<Outdated> {
        let review = (self.review < today).then_some(Outdated::Review(self.review));
        let laws = self.laws.iter().copied().filter(|law| law.is_replaced()).map(Outdated::Law);
        review.into_iter().chain(laws).collect()
    }
}

impl DossierRules {
    /// Whether everybody with this role reads a new dossier. Maker and guide may read it besides: see `readers`.
    pub fn is_read_by(&self, role: Role) -> bool {
        self.readers.iter().any(|reader| reader.includes(role))
    }

    /// Whether anything of this compartment may go to this class of receivers at all.
    pub fn may_leave(&self, kind: CompartmentKind, to: ReceiverClass) -> bool {
        let rules = self.receivers.get(&to);
        rules.is_some_and(|rules| !rules.never.contains(&kind)) && !self.stays_inside.contains(&kind)
    }
}
