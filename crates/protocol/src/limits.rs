//! How large anything may be. Both sides check: the relay to protect itself, the vault to say so in time.

/// Bytes of a request body, except an upload's chunk.
pub const BODY: usize = 16 << 20;
/// Bytes of one entry's signed part.
pub const ENTRY: usize = 1 << 20;
/// Entries in one append.
pub const ENTRIES: usize = 256;
/// Bytes of a blob that may travel inside an append; larger ones are uploaded first.
pub const INLINE_BLOB: usize = 64 << 10;
/// Bytes of an upload's chunk: one piece of a blob's name.
pub const CHUNK: usize = 1 << 20;
/// Bytes of a blob, 8 GiB.
pub const BLOB: u64 = 8 << 30;
/// Entries in one page of a pull.
pub const PAGE: u16 = 500;
/// Logs in one page of changes.
pub const CHANGES: u16 = 1000;
/// Logs in one beacon.
pub const BEACON_LOGS: usize = 500;
/// Beacons in one page.
pub const BEACONS: usize = 100;
/// Days that a beacon is kept.
pub const BEACON_DAYS: u64 = 14;
/// Halves in one request.
pub const HALVES: usize = 20_000;
/// Wrong guesses at a link's code before it is locked.
pub const GUESSES: u32 = 10;
/// Bytes of what a new device and a known one send each other.
pub const KNOCK: usize = 4096;
/// New devices that wait at once.
pub const KNOCKS: usize = 256;
/// Seconds that a new device waits.
pub const KNOCK_SECONDS: u64 = 10 * 60;
/// Seconds that a challenge is accepted.
pub const CHALLENGE_SECONDS: u64 = 120;
/// Seconds that one reading of a link lasts.
pub const READING_SECONDS: u64 = 24 * 60 * 60;
/// Lines of notice that one device may have open.
pub const LINES: usize = 2;
/// Bytes that go down one line.
pub const NOTICES: usize = 4096;
/// Seconds between two signs of life on a line.
pub const BEAT_SECONDS: u64 = 20;
/// Seconds that a line lasts; then its listener signs again.
pub const LINE_SECONDS: u64 = 15 * 60;
