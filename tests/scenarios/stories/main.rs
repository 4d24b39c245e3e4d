//! What people do with Zegel, a file a story: the vault, the relay and where it matters the command line, all real.

mod devices;
mod leaving;
mod main_job;
mod offline;
mod policy;
mod recovery;
mod shelf;
mod visits;
