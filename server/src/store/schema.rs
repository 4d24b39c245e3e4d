//! The tables. `docs/threat-model.md` lists what they show; a golden test fails when they show more.

/// The archive: logs, their entries and small blobs, and what is known about who asks.
///
/// Rows that carry kilobytes have plain row ids in order of arrival, so that they are appended and read in runs; small
/// rows that are found by name are kept under it.
pub(super) const ARCHIVE: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- One row a log. Its state follows from the entries; what stands here saves looking.
CREATE TABLE log (
    id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, source INTEGER,
    sequence INTEGER NOT NULL, hash BLOB NOT NULL, slips INTEGER NOT NULL, changed INTEGER NOT NULL,
    destroy_after INTEGER, forgotten INTEGER
);
CREATE INDEX log_changed ON log (changed);
CREATE INDEX log_source ON log (source) WHERE source IS NOT NULL;

-- `blobs` and `blob_count`: the run of rows in `blob` that came with the entry.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, log INTEGER NOT NULL, sequence INTEGER NOT NULL,
    blobs INTEGER NOT NULL, blob_count INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (log, sequence)
);

-- One row each time a log lists a blob. `compartment` is 0 for a wrap; `data` is null for what lies in the blob store.
CREATE TABLE blob (
    id INTEGER PRIMARY KEY, log INTEGER NOT NULL, compartment INTEGER NOT NULL, name BLOB NOT NULL,
    length INTEGER NOT NULL, data BLOB
);
-- Eight bytes of a name find its row. Names are random, so every append touches pages all over this index: the smaller,
-- the fewer to write.
CREATE INDEX blob_name ON blob (log, substr(name, 1, 8));
CREATE TABLE compartment (id INTEGER PRIMARY KEY, log INTEGER NOT NULL, name BLOB NOT NULL, UNIQUE (log, name));

-- Who may read a log, and until when: finds what changed for somebody. Every serving asks the log's state itself.
CREATE TABLE reader (person BLOB NOT NULL, log INTEGER NOT NULL, until INTEGER, PRIMARY KEY (person, log)) WITHOUT ROWID;
CREATE INDEX reader_log ON reader (log);

-- Links: where they belong, their request key, wrong guesses, and the newcomer who registered.
CREATE TABLE link (
    id BLOB PRIMARY KEY, log INTEGER NOT NULL, grant_id BLOB NOT NULL, request BLOB NOT NULL,
    wrong INTEGER NOT NULL DEFAULT 0, registered BLOB, account BLOB
) WITHOUT ROWID;

-- When each reading of a link began, and which halves were handed to whom on which day. No device: an empty blob.
CREATE TABLE opening (grant_id BLOB NOT NULL, started INTEGER NOT NULL, PRIMARY KEY (grant_id, started)) WITHOUT ROWID;
CREATE TABLE reading (
    log INTEGER NOT NULL, day INTEGER NOT NULL, person BLOB NOT NULL, device BLOB NOT NULL, half BLOB NOT NULL,
    grant_id BLOB, PRIMARY KEY (log, day, person, device, half)
) WITHOUT ROWID;

CREATE TABLE keyring (person BLOB PRIMARY KEY, generation INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;

-- Uploads that no entry lists yet; `name` once they are complete.
CREATE TABLE upload (
    id BLOB PRIMARY KEY, log BLOB NOT NULL, person BLOB NOT NULL, length INTEGER NOT NULL, name BLOB,
    began INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX upload_name ON upload (log, name);

-- The directory's state after its last entry, so that a start does not replay it.
CREATE TABLE snapshot (log INTEGER PRIMARY KEY, state BLOB NOT NULL);
-- Halves that a committed entry destroys and that may still be there: the halves go after the entry.
CREATE TABLE doomed (log BLOB NOT NULL, half BLOB NOT NULL, PRIMARY KEY (log, half)) WITHOUT ROWID;
";

/// Tables of the archive that came later: made where they are missing, so that the folder of an earlier relay goes on.
pub(super) const LATER: &str = "
-- Devices of people outside the organisation, with their request keys, and the one log that knows them.
CREATE TABLE IF NOT EXISTS party (
    device BLOB PRIMARY KEY, log INTEGER NOT NULL, person BLOB NOT NULL, request BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS party_person ON party (person);
CREATE INDEX IF NOT EXISTS party_log ON party (log);
-- Logs whose closing was handed back, and before when (in seconds since 1970) they are not forgotten whatever it says.
CREATE TABLE IF NOT EXISTS reprieve (log INTEGER PRIMARY KEY, until INTEGER NOT NULL);
";

/// Halves and statements: backed up apart from the archive, over a short horizon.
pub(super) const HALVES: &str = "
-- `number` tells a backup whether halves were added since. None is used twice, also when the last half was destroyed.
CREATE TABLE half (
    number INTEGER PRIMARY KEY AUTOINCREMENT, log BLOB NOT NULL, id BLOB NOT NULL, half BLOB NOT NULL, UNIQUE (log, id)
);
CREATE TABLE tombstone (log BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (log, id)) WITHOUT ROWID;
-- `id` tells a start whether the archive knows of all slips: not used twice either. `position`: the number of the entry
-- that must name it.
CREATE TABLE slip (
    id INTEGER PRIMARY KEY AUTOINCREMENT, log BLOB NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, bytes BLOB NOT NULL,
    UNIQUE (log, hash)
);
CREATE INDEX slip_position ON slip (log, position);
";

/// Added to the halves on every start, where they are not there yet.
pub(super) const APART: &str = "
-- What ended, by random id: grants, consents, members, devices, logs. It stays ended when an older archive is put beside
-- these halves.
CREATE TABLE IF NOT EXISTS ended (id BLOB PRIMARY KEY) WITHOUT ROWID;
-- Those among them that their own holder ended, as new keys do.
CREATE TABLE IF NOT EXISTS laid_down (id BLOB PRIMARY KEY) WITHOUT ROWID;
-- `commits`: how often something was committed here; the archive knows that number. `archive`: the last change that the
-- archive was known to hold then. So each can tell that the other is an older copy.
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
-- One a device and day.
CREATE TABLE IF NOT EXISTS beacon (
    number INTEGER PRIMARY KEY AUTOINCREMENT, device BLOB NOT NULL, day INTEGER NOT NULL, bytes BLOB NOT NULL,
    UNIQUE (device, day)
);
";

/// The version of both; a later relay that changes them migrates, an earlier one refuses.
pub(super) const VERSION: i64 = 1;
