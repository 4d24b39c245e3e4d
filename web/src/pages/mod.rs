//! The pages, one a file.

pub(crate) mod entrance;
pub(crate) mod inbox;
pub(crate) mod workspace;

mod authorised;
mod colleagues;
mod compare;
mod dossier;
mod dossiers;
mod end_access;
mod enrol;
mod grant;
mod invitation;
mod invite;
mod join;
mod keys;
mod leave;
mod new_card;
mod new_dossier;
mod not_found;
mod opening;
mod other_tab;
mod passphrase;
mod pledge;
mod printing;
mod renew;
mod report;
mod revoke;
mod set_up;
mod settings;
mod share;
mod sign_out;
mod today;
mod unlock;
mod visit_over;
mod waiting;
