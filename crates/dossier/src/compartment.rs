//! The compartments of a dossier: the parts that are granted, kept and destroyed alone.

use minicbor::{Decode, Encode};
use zegel_ledger::CompartmentId;

/// What kind of content a compartment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum CompartmentKind {
    /// Consents, shares, people: held by every granted member of staff and the client.
    #[n(0)]
    Trail,
    /// Name, contact, reports, plans.
    #[n(1)]
    Core,
    /// National number, identity documents.
    #[n(2)]
    Identity,
    /// Work history, education, placement.
    #[n(3)]
    Work,
    /// Income, debts.
    #[n(4)]
    Financial,
    /// Health.
    #[n(5)]
    Medical,
    /// Procedures, certificates of conduct.
    #[n(6)]
    Judicial,
    /// Letters and e-mail.
    #[n(7)]
    Correspondence,
    /// Quotes and invoices.
    #[n(8)]
    Billing,
    /// What came from elsewhere and nobody has looked at.
    #[n(9)]
    Intake,
}

impl CompartmentKind {
    /// Every kind. A dossier has all of them from its first entry on, so that none can be told from another by its
    /// shape.
    pub const ALL: [Self; 10] = [
        Self::Trail,
        Self::Core,
        Self::Identity,
        Self::Work,
        Self::Financial,
        Self::Medical,
        Self::Judicial,
        Self::Correspondence,
        Self::Billing,
        Self::Intake,
    ];

    /// Its name in `--json` and in messages' keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trail => "trail",
            Self::Core => "core",
            Self::Identity => "identity",
            Self::Work => "work",
            Self::Financial => "financial",
            Self::Medical => "medical",
            Self::Judicial => "judicial",
            Self::Correspondence => "correspondence",
            Self::Billing => "billing",
            Self::Intake => "intake",
        }
    }

    /// The kind a folder of an exported drive is about, by the Dutch names such folders have.
    pub fn of_folder(folder: &str) -> Self {
        let folder = folder.to_lowercase();
        let about = |words: &[&str]| words.iter().any(|word| folder.contains(word));
        if about(&["medisch", "medical", "arbo", "fml"]) {
            Self::Medical
        } else if about(&["correspondentie", "mail", "brieven"]) {
            Self::Correspondence
        } else if about(&["identiteit", "legitimatie", "paspoort"]) {
            Self::Identity
        } else if about(&["financ", "schuld", "inkomen"]) {
            Self::Financial
        } else if about(&["juridisch", "justitie", "vog"]) {
            Self::Judicial
        } else if about(&["factu", "offerte"]) {
            Self::Billing
        } else if about(&["werk", "opleiding", "diploma"]) {
            Self::Work
        } else {
            Self::Core
        }
    }
}

/// What a dossier is: its type, and which compartment is which. Sealed in the trail: the relay sees random ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Compartments {
    /// Id, kind, and the traject it belongs to; none if it belongs to the person.
    #[n(0)]
    pub list: Vec<(CompartmentId, CompartmentKind, Option<String>)>,
    /// The dossier's type, by its name in the policy; none if it is older than policies.
    #[n(1)]
    pub dossier_type: Option<String>,
}

impl Compartments {
    /// The person's compartment of a kind.
    pub fn find(&self, kind: CompartmentKind) -> Option<CompartmentId> {
        self.list.iter().find(|(_, known, traject)| *known == kind && traject.is_none()).map(|(id, ..)| *id)
    }

    /// The kind of a compartment.
    pub fn kind(&self, id: CompartmentId) -> Option<CompartmentKind> {
        self.list.iter().find(|(known, ..)| *known == id).map(|(_, kind, _)| *kind)
    }
}
