//! The words a policy file chooses from. Each list is closed: what is not on it is refused, and the refusal names the
//! list.

use super::CopyFirst;
use crate::CompartmentKind;

/// A closed list of words.
pub(super) trait Word: Copy + Ord + 'static {
    /// All of them.
    const WORDS: &'static [Self];

    /// How it is written in the file.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its word in the file, in `--json` and in messages' keys.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }

        impl Word for $name {
            const WORDS: &'static [Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.name()
            }
        }
    )*};
}

words! {
    /// A language that texts are written in, by its code (BCP 47).
    Language {
        /// Dutch: every text has it.
        Dutch = "nl",
        /// English.
        English = "en",
    }

    /// What the data subject is called on screens and in letters.
    ClientWord {
        /// Who takes part in a traject.
        Participant = "deelnemer",
        /// Who is guided.
        Client = "cliënt",
        /// Who is served.
        Customer = "klant",
        /// Who follows a course.
        Student = "cursist",
        /// Who reports something to a confidant.
        Reporter = "melder",
    }

    /// A law that a policy rests on.
    Law {
        /// General Data Protection Regulation, since 25 May 2018.
        Avg = "AVG",
        /// Its Dutch implementation act.
        Uavg = "UAVG",
        /// Its predecessor, which ended on 25 May 2018. A policy that rests on it is outdated.
        Wbp = "WBP",
    }

    /// Why data may be processed at all (AVG, article 6).
    LegalBasis {
        /// The client agreed.
        Consent = "consent",
        /// An agreement with the client needs it.
        Contract = "contract",
        /// A law demands it.
        LegalDuty = "legal_duty",
        /// A public task needs it.
        PublicTask = "public_task",
        /// An interest that weighs more than the client's.
        LegitimateInterest = "legitimate_interest",
    }

    /// Where a pledge does not bind.
    PledgeException {
        /// A law demands disclosure.
        Law = "law",
        /// The task itself demands it.
        Task = "task",
    }

    /// What a member of staff is.
    Role {
        /// Answers for the organisation.
        Director = "director",
        /// Leads a project.
        ProjectLead = "project_lead",
        /// Guides clients, in employment.
        AdvisorPaid = "advisor_paid",
        /// Guides clients, unpaid.
        AdvisorVolunteer = "advisor_volunteer",
        /// Guides clients, hired for a part of a traject.
        AdvisorFreelance = "advisor_freelance",
        /// Processes on behalf of the organisation.
        Processor = "processor",
        /// Appointments and invoices.
        BackOffice = "back_office",
    }

    /// What a role may do beyond reading and writing.
    Act {
        /// Give and take away access.
        Manage = "manage",
        /// Record a consent or ground, and disclose on it.
        Disclose = "disclose",
        /// Close, hold and set the day of destruction.
        Close = "close",
    }

    /// Who reads a dossier without being asked in.
    Reader {
        /// Who made it.
        Maker = "maker",
        /// Who guides the client; until somebody is named, the maker.
        Guide = "guide",
        /// Everybody with an advisor's role.
        Advisors = "advisors",
        /// Every director.
        Directors = "directors",
        /// Every project lead.
        ProjectLeads = "project_leads",
        /// Every processor.
        Processors = "processors",
        /// Everybody of the back office.
        BackOffice = "back_office",
    }

    /// Who is told that a director broke the glass.
    Told {
        /// The client. Always among them.
        Client = "client",
        /// Every director.
        Directors = "directors",
        /// Everybody who reads the dossier.
        Readers = "readers",
    }

    /// What a type of dossier is about; decides which pages and records it has.
    DossierKind {
        /// A client is guided, coached or trained.
        Guidance = "guidance",
        /// Somebody consults the external confidant.
        Confidant = "confidant",
    }

    /// What a client may inspect.
    Inspection {
        /// All there is.
        Everything = "everything",
        /// All but own notes.
        WithoutOwnNotes = "without_own_notes",
    }

    /// Data that AVG articles 9 and 10 single out. Where it is guarded, storing it asks why it is needed and which
    /// exception allows it.
    SpecialCategory {
        /// Religion or conviction.
        Religion = "religion",
        /// Racial or ethnic origin.
        Origin = "origin",
        /// Political opinion.
        Politics = "politics",
        /// Membership of a union.
        Union = "union",
        /// Health.
        Health = "health",
        /// Sex life or orientation.
        Sexuality = "sexuality",
        /// Genetic data.
        Genetic = "genetic",
        /// Biometric data.
        Biometric = "biometric",
        /// Criminal convictions and offences.
        Criminal = "criminal",
    }

    /// From when a retention term runs.
    Trigger {
        /// The day on which the dossier was closed.
        DossierClosed = "dossier_closed",
        /// The day on which the traject was closed.
        TrajectClosed = "traject_closed",
        /// The day of outflow.
        Outflow = "outflow",
        /// The end of the calendar year in which the dossier was closed.
        CalendarYearEnd = "calendar_year_end",
    }

    /// What kind of third party a receiver is.
    ReceiverClass {
        /// Who pays for the traject.
        Commissioner = "commissioner",
        /// An employer, present or to be.
        Employer = "employer",
        /// A school or trainer.
        TrainingInstitute = "training_institute",
        /// Who tests what profession suits.
        TestBureau = "test_bureau",
        /// UWV and the like.
        BenefitsAgency = "benefits_agency",
        /// A municipality.
        Municipality = "municipality",
        /// A doctor, an occupational health service.
        Medical = "medical",
        /// Everybody: a website, social media.
        Public = "public",
        /// Anybody else.
        Other = "other",
    }

    /// What a disclosure rests on.
    Ground {
        /// The client agreed.
        Consent = "consent",
        /// The client knows of it (*medeweten*).
        Knowledge = "knowledge",
        /// A law demands it, and is cited.
        LegalDuty = "legal_duty",
        /// The agreement with the client demands it.
        Agreement = "agreement",
    }

    /// How a client may agree.
    Form {
        /// By the client's own key.
        Signed = "signed",
        /// On paper.
        Written = "written",
        /// By e-mail.
        Email = "email",
        /// By being present at the disclosure.
        InPresence = "in_presence",
        /// Aloud, and written down by whom and when.
        OralRecorded = "oral_recorded",
    }

    /// What a copy may cost. The first one is free (AVG, article 12(5)).
    Fee {
        /// Nothing.
        None = "none",
        /// Further copies cost a fee.
        FurtherCopies = "further_copies",
    }
}

impl Law {
    /// Whether it is no longer in force.
    pub fn is_replaced(self) -> bool {
        self == Self::Wbp
    }
}

impl Role {
    /// Whether it guides clients.
    pub fn is_advisor(self) -> bool {
        matches!(self, Self::AdvisorPaid | Self::AdvisorVolunteer | Self::AdvisorFreelance)
    }
}

impl Reader {
    /// Whether this is by a role that a person has, wherever the dossier comes from. Maker and guide are not.
    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Maker | Self::Guide => false,
            Self::Advisors => role.is_advisor(),
            Self::Directors => role == Role::Director,
            Self::ProjectLeads => role == Role::ProjectLead,
            Self::Processors => role == Role::Processor,
            Self::BackOffice => role == Role::BackOffice,
        }
    }
}

impl Word for CompartmentKind {
    const WORDS: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

/// The days of waiting stand under a key of their own.
impl Word for CopyFirst {
    const WORDS: &'static [Self] = &[Self::No, Self::Receipt, Self::Delivery(0)];

    fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Receipt => "receipt",
            Self::Delivery(_) => "delivery",
        }
    }
}
