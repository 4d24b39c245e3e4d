//! What a relay says on the line of [`crate::calls::NOTICE`]: one byte at a time, and never what changed.

/// Nothing happened; the line is alive.
pub const BEAT: u8 = 0;
/// Something that the listener may read changed, or may have: there is something to ask for.
pub const CHANGED: u8 = 1;
