//! What a role is called.

use crate::language::Language;

/// A role of the policy, by its name there; or what somebody outside the organisation is.
pub(crate) fn role(t: Language, name: &str) -> &'static str {
    match name {
        "director" => t.role_director(),
        "project_lead" => t.role_project_lead(),
        "advisor_volunteer" => t.role_advisor_volunteer(),
        "advisor_freelance" => t.role_advisor_freelance(),
        "processor" => t.role_processor(),
        "back_office" => t.role_back_office(),
        "client" => t.kind_client(),
        "guardian" => t.kind_guardian(),
        "representative" => t.kind_representative(),
        _ => t.role_advisor_paid(),
    }
}
