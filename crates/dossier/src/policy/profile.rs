//! Policies to begin with: what five kinds of organisations promise, each a file that the organisation then makes its
//! own.

use super::words::Language;
use super::{Day, Policy, PolicyError};

/// A policy to begin with. The files are in `policies/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// A foundation that guides people back to work, with volunteers.
    GuidanceFoundation,
    /// A re-integration consultancy, one consultant for each client.
    Consultancy,
    /// A practice of one: coaching, and external confidant work.
    Practice,
    /// A re-integration bureau with a register of permitted fields.
    Bureau,
    /// A foundation for integration work, in projects.
    IntegrationFoundation,
}

impl Profile {
    /// All of them, in the order in which they are offered.
    pub fn all() -> [Self; 5] {
        [Self::GuidanceFoundation, Self::Consultancy, Self::Practice, Self::Bureau, Self::IntegrationFoundation]
    }

    /// Its name in commands and in links.
    pub fn name(self) -> &'static str {
        match self {
            Self::GuidanceFoundation => "begeleidingsstichting",
            Self::Consultancy => "re-integratieadvies",
            Self::Practice => "coach-en-vertrouwenspersoon",
            Self::Bureau => "re-integratiebureau",
            Self::IntegrationFoundation => "integratiestichting",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|profile| profile.name() == name)
    }

    /// Its title.
    pub fn title(self, language: Language) -> &'static str {
        let (dutch, english) = match self {
            Self::GuidanceFoundation => ("Begeleidingsstichting", "Guidance foundation"),
            Self::Consultancy => ("Re-integratieadvies", "Re-integration consultancy"),
            Self::Practice => ("Coach en vertrouwenspersoon", "Coach and confidant"),
            Self::Bureau => ("Re-integratiebureau", "Re-integration bureau"),
            Self::IntegrationFoundation => ("Integratiestichting", "Integration foundation"),
        };
        language.choose(dutch, english)
    }

    /// Whom it suits, in one line.
    pub fn description(self, language: Language) -> &'static str {
        let (dutch, english) = match self {
            Self::GuidanceFoundation => (
                "Betaalde en vrijwillige adviseurs begeleiden deelnemers naar werk; een dossier blijft zes maanden en het vernietigen wordt aangekondigd.",
                "Paid and volunteer advisors guide participants to work; a dossier stays six months and its destruction is announced.",
            ),
            Self::Consultancy => (
                "Eén consulent per cliënt; de cliënt krijgt elk rapport eerder dan de opdrachtgever; een dossier blijft hoogstens vijf jaar.",
                "One consultant for each client; the client gets each report before the commissioner does; a dossier stays five years at most.",
            ),
            Self::Practice => (
                "Eén persoon doet alles zelf: coaching, en werk als extern vertrouwenspersoon met eigen regels; met eigen werkaantekeningen.",
                "One person does it all: coaching, and external confidant work under rules of its own; with own notes.",
            ),
            Self::Bureau => (
                "Medewerkers en zzp'ers bemiddelen naar werk; alleen gegevens uit het register, en een dossier blijft 24 maanden.",
                "Staff and freelancers place people in work; only data from the register, and a dossier stays 24 months.",
            ),
            Self::IntegrationFoundation => (
                "Directeur, projectleiders en bewerkers; een afschrift binnen vijftien werkdagen, en een dossier blijft vijf jaar na uitstroom.",
                "Director, project leads and processors; a copy within fifteen working days, and a dossier stays five years after outflow.",
            ),
        };
        language.choose(dutch, english)
    }

    /// The policy file of an organisation that begins with this profile on a day: it holds from that day and is reviewed a
    /// year later.
    pub fn text(self, begins: Day) -> String {
        let mut text = String::with_capacity(self.file().len());
        for line in self.file().lines() {
            match line.split_once(" = ") {
                Some(("effective", _)) => text.push_str(&format!("effective = {begins}")),
                Some(("review", _)) => text.push_str(&format!("review = {}", begins.next_year())),
                _ => text.push_str(line),
            }
            text.push('\n');
        }
        text
    }

    /// What that file says. That there is no error is tested for each profile.
    pub fn policy(self, begins: Day) -> Result<Policy, PolicyError> {
        Policy::parse(&self.text(begins))
    }

    fn file(self) -> &'static str {
        match self {
            Self::GuidanceFoundation => include_str!("../../policies/begeleidingsstichting.toml"),
            Self::Consultancy => include_str!("../../policies/re-integratieadvies.toml"),
            Self::Practice => include_str!("../../policies/coach-en-vertrouwenspersoon.toml"),
            Self::Bureau => include_str!("../../policies/re-integratiebureau.toml"),
            Self::IntegrationFoundation => include_str!("../../policies/integratiestichting.toml"),
        }
    }
}

impl Language {
    fn choose(self, dutch: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }
}
