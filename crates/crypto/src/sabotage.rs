//! Removing one protection at a time, so that a test can prove that another test would notice.
//!
//! Exists only with the feature `sabotage`, which refuses to compile without debug assertions. The protections that can
//! be removed here are named where they stand: `commitment`, `strict`, `stretch-floor`, `canonical`,
//! `keyring-fingerprint`.

/// Whether the protection called `name` is removed, as `ZEGEL_SABOTAGE` says (names separated by commas).
#[cfg(feature = "sabotage")]
pub fn is(name: &str) -> bool {
    std::env::var("ZEGEL_SABOTAGE").is_ok_and(|names| names.split(',').any(|one| one == name))
}

/// Whether the protection called `name` is removed: never, in this build.
#[cfg(not(feature = "sabotage"))]
pub const fn is(_name: &str) -> bool {
    false
}
