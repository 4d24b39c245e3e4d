//! What the parts of a dossier are called.

use crate::language::Language;

/// The parts that somebody may be let into or not, by their names in the vault. The trail goes with each of them.
pub(crate) const PARTS: [&str; 9] =
    ["core", "identity", "work", "financial", "medical", "judicial", "correspondence", "billing", "intake"];

/// A part, by its name in the vault.
pub(crate) fn part(t: Language, name: &str) -> &'static str {
    match name {
        "core" => t.part_core(),
        "identity" => t.part_identity(),
        "work" => t.part_work(),
        "financial" => t.part_financial(),
        "medical" => t.part_medical(),
        "judicial" => t.part_judicial(),
        "correspondence" => t.part_correspondence(),
        "billing" => t.part_billing(),
        "intake" => t.part_intake(),
        _ => t.part_trail(),
    }
}
