//! Beacons: what each device knows, once a day, for its colleagues to compare.

use rusqlite::{OptionalExtension as _, params};
use zegel_crypto::{Canonical as _, sabotage};
use zegel_ledger::{Beacon, SignedSlip};
use zegel_protocol::{
    Problem,
    calls::{BeaconPage, Beacons},
    limits,
};

use crate::{
    access::Asker,
    failure::Failure,
    relay::Relay,
    store::logs::{signed, unsigned},
};

/// A day, in seconds.
const DAY: u64 = 24 * 60 * 60;

/// Takes a member's beacon, one a device and day; the same again is answered like the first.
pub(super) async fn post(relay: &Relay, asker: Asker, day: u32, slip: SignedSlip) -> Result<(), Failure> {
    let Asker::Member { device, .. } = asker else { return Err(Problem::NotFound.into()) };
    let today = relay.time() / DAY;
    if u64::from(day).abs_diff(today) > 1 {
        return Err(Problem::Refused("this is not the day".into()).into());
    }
    let known = relay.directory().ok_or(Problem::NotFound)?;
    if Beacon::read(&slip, &known.directory)?.heads.len() > limits::BEACON_LOGS {
        return Err(Problem::TooLarge.into());
    }
    let bytes = slip.to_canonical();
    let work = move |batch: &mut crate::store::writer::Batch<'_>| {
        let halves = batch.halves()?;
        let find = "SELECT bytes FROM beacon WHERE device = ?1 AND day = ?2";
        let known: Option<Vec<u8>> = halves.query_row(find, params![device.0, day], |row| row.get(0)).optional()?;
        if known.is_some_and(|known| known != bytes) && !sabotage::is("one-beacon") {
            return Err(Problem::Refused("this device has said what it knows today".into()).into());
        }
        let old = signed(today.saturating_sub(limits::BEACON_DAYS));
        halves.execute("DELETE FROM beacon WHERE day < ?1", [old])?;
        let insert = "INSERT OR IGNORE INTO beacon (device, day, bytes) VALUES (?1, ?2, ?3)";
        halves.execute(insert, params![device.0, day, bytes])?;
        Ok(())
    };
    relay.writer().run(work).await
}

/// Hands them to members.
pub(crate) async fn beacons(relay: Relay, asker: Asker, call: Beacons) -> Result<BeaconPage, Failure> {
    if !matches!(asker, Asker::Member { .. }) {
        return Err(Problem::NotFound.into());
    }
    relay
        .blocking(move |relay| {
            relay.folder().read(|archive| {
                let find = "SELECT number, bytes FROM halves.beacon WHERE number > ?1 ORDER BY number LIMIT ?2";
                let mut find = archive.prepare_cached(find)?;
                let most = i64::try_from(limits::BEACONS).unwrap_or(i64::MAX);
                let mut rows = find.query(params![signed(call.since), most])?;
                let mut page = BeaconPage { beacons: Vec::new(), last: call.since, more: false };
                while let Some(row) = rows.next()? {
                    page.last = unsigned(row.get(0)?);
                    let slip = SignedSlip::from_canonical(row.get_ref(1)?.as_blob().unwrap_or_default());
                    page.beacons.push(slip.map_err(|_| Failure::internal("a stored beacon does not decode"))?);
                }
                page.more = page.beacons.len() == limits::BEACONS;
                Ok(page)
            })
        })
        .await
}
