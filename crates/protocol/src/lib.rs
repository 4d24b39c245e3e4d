//! What passes between vault and relay: calls, answers, problems, limits and the signature of requests.
//!
//! Every call is a `POST` of one CBOR body to one path, answered by one CBOR body; [`calls`] is the whole API. Bytes of
//! large blobs travel as they are. Who asks is shown by a signature over the request ([`signature`]), not by a token.

#![forbid(unsafe_code)]

pub mod calls;
pub mod limits;
pub mod notice;
mod problem;
pub mod signature;

pub use problem::Problem;

/// The version of this protocol. Vault and relay of different versions tell each other so and stop.
pub const VERSION: u16 = 1;
