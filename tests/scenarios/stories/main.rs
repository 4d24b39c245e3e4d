//! What people do with Zegel, a file a story: the vault, the relay and where it matters the command line, all real.

mod client_keys;
mod client_visits;
mod clients;
mod delegates;
mod devices;
mod directors;
mod inviting;
mod knocking;
mod leaving;
mod main_job;
mod notice;
mod offline;
mod own_notes;
mod passkeys;
mod policy;
mod recovery;
mod renewal;
mod restored;
mod returning;
mod shelf;
mod standing_in;
mod statements;
mod verifying;
mod visits;
mod work_list;
