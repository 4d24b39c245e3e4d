//! Slips: acted upon at once.

use rusqlite::{OptionalExtension as _, params};
use zegel_crypto::Canonical as _;
use zegel_ledger::{PersonId, SignedSlip, Slip, Statement};
use zegel_protocol::{
    Problem,
    calls::{Post, Posted},
    limits,
};

use super::beacons;
use crate::{
    access::{self, Asker, Now},
    failure::Failure,
    relay::Relay,
    store::{
        logs::signed,
        writer::{Batch, directory_of},
    },
};

/// A day, in seconds.
const DAY: u64 = 24 * 60 * 60;

pub(crate) async fn post(relay: Relay, asker: Asker, call: Post) -> Result<Posted, Failure> {
    let slip = call.slip.slip()?;
    if slip.author != asker.person() || slip.device != asker.device() || matches!(asker, Asker::Card { .. }) {
        return Err(Problem::NotFound.into());
    }
    if call.slip.to_canonical().len() > limits::INLINE_BLOB {
        return Err(Problem::TooLarge.into());
    }
    if let Statement::Beacon(day, _) = slip.statement {
        beacons::post(&relay, asker, day, call.slip).await?;
        return Ok(Posted {});
    }
    // Whatever is handed back did not name it, and could not follow it.
    let claims = matches!(slip.statement, Statement::Claim(..));
    if claims && relay.put_back().is_some() && !zegel_crypto::sabotage::is("put-back-claims") {
        return Err(Problem::PutBack.into());
    }
    // Judged by who may read now: whoever lost access says nothing here any more.
    relay.read(asker, slip.log, |_, _, _| match slip.statement {
        // A day is today's, give or take the edge of midnight.
        Statement::Opened(day) if u64::from(day).abs_diff(relay.time() / DAY) > 1 => {
            Err(Problem::Refused("this is not the day".into()).into())
        }
        _ => Ok(()),
    })?;
    let time = relay.time();
    let signed_slip = call.slip;
    relay.writer().run(move |batch| accept(batch, asker, &slip, &signed_slip, time)).await?;
    Ok(Posted {})
}

fn accept(
    batch: &mut Batch<'_>,
    asker: Asker,
    slip: &Slip,
    signed_slip: &SignedSlip,
    time: u64,
) -> Result<(), Failure> {
    let known = batch.directory();
    let directory = directory_of(&known)?;
    if let Asker::Member { person, device } = asker
        && !(Now { directory, time, ended: batch.shared().ended() }).has_device(person, device)
    {
        return Err(Problem::Unauthenticated.into());
    }
    let hash = signed_slip.hash();
    let mut find = batch.halves()?.prepare_cached("SELECT 1 FROM slip WHERE log = ?1 AND hash = ?2")?;
    if find.exists(params![slip.log.0, hash.0])? {
        return Ok(());
    }
    drop(find);
    if let (Asker::Link { id, .. }, Statement::Register { person, account, .. }) = (asker, &slip.statement) {
        register(batch, id, *person, account.as_bytes())?;
    }
    let position = if directory.organisation() == slip.log {
        let mut next = known.as_deref().cloned().ok_or(Problem::NotFound)?;
        let position = next.directory.log().next_sequence();
        next.directory.post(signed_slip)?;
        batch.set_directory(next);
        position
    } else {
        let cell = batch.cell(slip.log);
        let mut state = cell.write(|| batch.load(slip.log))?;
        let known = state.as_mut().ok_or(Problem::NotFound)?;
        let position = known.log.next_sequence();
        access::post(asker, &known.log, slip, Now { directory, time, ended: batch.shared().ended() })?;
        known.log.post(signed_slip, directory.now())?;
        batch.changed(slip.log, matches!(slip.statement, Statement::Revoke(_)));
        position
    };
    match &slip.statement {
        Statement::Withdraw(consent) => batch.end(consent.0)?,
        Statement::Revoke(grant) => batch.end(grant.0)?,
        Statement::Opened(_) | Statement::Register { .. } | Statement::Beacon(..) | Statement::Claim(..) => {}
    }
    let insert = "INSERT INTO slip (log, position, hash, bytes) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = batch.halves()?.prepare_cached(insert)?;
    insert.execute(params![slip.log.0, signed(position), hash.0, signed_slip.to_canonical()])?;
    Ok(())
}

/// A link registers one newcomer. A second one is somebody else with the same letter and code.
fn register(batch: &Batch<'_>, link: PersonId, person: PersonId, account: &[u8; 32]) -> Result<(), Failure> {
    let mut find = batch.archive().prepare_cached("SELECT registered FROM link WHERE id = ?1")?;
    let before: Option<Option<[u8; 16]>> = find.query_row([link.0], |row| row.get(0)).optional()?;
    if before.flatten().is_some() {
        return Err(Problem::Refused("somebody has registered with this link already".into()).into());
    }
    let update = "UPDATE link SET registered = ?2, account = ?3 WHERE id = ?1";
    batch.archive().prepare_cached(update)?.execute(params![link.0, person.0, account])?;
    Ok(())
}
