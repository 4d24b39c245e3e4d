//! What a role is called.

use crate::language::Language;

/// A role of the policy, by its name there.
pub(crate) fn role(t: Language, name: &str) -> &'static str {
    match name {
        "director" => t.role_director(),
        "project_lead" => t.role_project_lead(),
        "advisor_volunteer" => t.role_advisor_volunteer(),
        "advisor_freelance" => t.role_advisor_freelance(),
        "processor" => t.role_processor(),
        "back_office" => t.role_back_office(),
        _ => t.role_advisor_paid(),
    }
}
