//! What the relay does by itself, every hour: it forgets dossiers whose day of destruction has come, and uploads that
//! no entry ever listed.

use rusqlite::{OptionalExtension as _, params};
use zegel_crypto::Hash;
use zegel_ledger::{HalfId, LogId};

use crate::{failure::Failure, relay::Relay, store::logs::signed};

/// A clock that moved this far since it was last read may be wrong: nothing is destroyed by it.
const JUMP: u64 = 48 * 60 * 60;
const WEEK: u64 = 7 * 24 * 60 * 60;

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Maintained {
    /// Logs that were forgotten.
    pub forgotten: usize,
    /// Uploads that were collected.
    pub collected: usize,
    /// Whether the clock jumped, so that nothing is destroyed until the operator confirms it.
    pub clock_doubted: bool,
}

impl Relay {
    /// One round. Run it every hour.
    pub async fn maintain(&self) -> Result<Maintained, Failure> {
        let clock_doubted = self.doubt_clock().await?;
        let mut done = Maintained { clock_doubted, ..Maintained::default() };
        // What stays the day of destruction, and what lists a blob, may be among what was lost and is handed back.
        let waits = self.put_back().is_some() && !zegel_crypto::sabotage::is("put-back-destroys");
        if clock_doubted || waits {
            return Ok(done);
        }
        for (row, id) in self.due()? {
            self.forget(row, id).await?;
            done.forgotten += 1;
        }
        done.collected = self.collect().await?;
        Ok(done)
    }

    /// Remembers what time it is, and whether that can be believed.
    async fn doubt_clock(&self) -> Result<bool, Failure> {
        let (time, confirmed) = (self.time(), self.clock_confirmed());
        self.writer()
            .run(move |batch| {
                let value = |name: &str| -> Result<Option<i64>, Failure> {
                    let mut find = batch.archive().prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
                    Ok(find.query_row([name], |row| row.get(0)).optional()?)
                };
                let before = value("clock")?.map(crate::store::logs::unsigned);
                let jumped = before.is_some_and(|before| before.abs_diff(time) > JUMP);
                let doubted = !confirmed && (jumped || value("clock-doubted")? == Some(1));
                // A commit to the halves, each hour: they note how far the archive has come.
                batch.halves()?;
                let insert = "INSERT OR REPLACE INTO meta VALUES (?1, ?2)";
                batch.archive().execute(insert, params!["clock", signed(time)])?;
                batch.archive().execute(insert, params!["clock-doubted", i64::from(doubted)])?;
                Ok(doubted)
            })
            .await
    }

    fn due(&self) -> Result<Vec<(i64, LogId)>, Failure> {
        let time = signed(self.time());
        self.folder().read(|archive| {
            let text = "SELECT id, name FROM log WHERE destroy_after <= ?1 AND forgotten IS NULL
                        AND NOT EXISTS (SELECT 1 FROM reprieve WHERE reprieve.log = log.id AND until > ?1)";
            let mut find = archive.prepare_cached(text)?;
            let rows = find.query_map([time], |row| Ok((row.get(0)?, LogId(row.get(1)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets a log and the disclosures made from it; name and final head stay.
    async fn forget(&self, row: i64, id: LogId) -> Result<(), Failure> {
        let time = signed(self.time());
        let logs = self
            .writer()
            .run(move |batch| {
                let mut find = batch.archive().prepare_cached("SELECT id, name FROM log WHERE source = ?1")?;
                let disclosures = find.query_map([row], |row| Ok((row.get(0)?, LogId(row.get(1)?))))?;
                let mut logs = disclosures.collect::<Result<Vec<(i64, LogId)>, _>>()?;
                drop(find);
                logs.push((row, id));
                for (row, id) in &logs {
                    let mut find = batch.halves()?.prepare_cached("SELECT id FROM half WHERE log = ?1")?;
                    let halves = find.query_map([id.0], |row| row.get(0))?.collect::<Result<Vec<[u8; 16]>, _>>()?;
                    drop(find);
                    for half in halves {
                        batch.doom(*id, HalfId(half))?;
                    }
                    batch.halves()?.execute("DELETE FROM slip WHERE log = ?1", [id.0])?;
                    batch.end(id.0)?;
                    // Who was known by this log alone has nothing left to come back to.
                    let keyrings = "DELETE FROM keyring WHERE person IN (SELECT person FROM party WHERE log = ?1)
                                    AND person NOT IN (SELECT person FROM party WHERE log <> ?1)";
                    batch.archive().execute(keyrings, [row])?;
                    for table in ["entry", "blob", "compartment", "reader", "link", "reading", "party"] {
                        batch.archive().execute(&format!("DELETE FROM {table} WHERE log = ?1"), [row])?;
                    }
                    let update = "UPDATE log SET forgotten = ?2, destroy_after = NULL WHERE id = ?1";
                    batch.archive().execute(update, params![row, time])?;
                    batch.cell(*id);
                    batch.forget(*id);
                }
                Ok(logs)
            })
            .await?;
        for (_, id) in logs {
            self.blobs().remove_all(id).await?;
        }
        Ok(())
    }

    /// Collects uploads that nothing listed for a week.
    async fn collect(&self) -> Result<usize, Failure> {
        type Row = ([u8; 16], [u8; 16], Option<[u8; 32]>);
        let before = signed(self.time().saturating_sub(WEEK));
        let old: Vec<Row> = self.folder().read(|archive| {
            let mut find = archive.prepare_cached("SELECT id, log, name FROM upload WHERE began < ?1")?;
            let rows = find.query_map([before], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut collected = 0;
        for (upload, log, name) in old {
            let _turn = self.uploads().turn(upload).await;
            let (gone, listed) = self
                .writer()
                .run(move |batch| {
                    let gone = batch.archive().execute("DELETE FROM upload WHERE id = ?1", [upload])? > 0;
                    let find = "SELECT 1 FROM blob b JOIN log l ON l.id = b.log
                                WHERE l.name = ?1 AND substr(b.name, 1, 8) = substr(?2, 1, 8) AND b.name = ?2
                                UNION ALL SELECT 1 FROM upload WHERE log = ?1 AND name = ?2";
                    Ok((gone, batch.archive().prepare_cached(find)?.exists(params![log, name])?))
                })
                .await?;
            self.uploads().remove(upload)?;
            if let (Some(name), false, true) = (name, listed, gone) {
                self.blobs().remove(LogId(log), Hash(name)).await?;
            }
            collected += usize::from(gone);
        }
        Ok(collected)
    }
}
