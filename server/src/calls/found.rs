//! Hello, and the set-up of the organisation.

use rusqlite::params;
use zegel_crypto::{Canonical as _, unlock::SealedKeyring};
use zegel_ledger::LogKind;
use zegel_protocol::{
    Problem, VERSION,
    calls::{Appended, Found, Hello, Welcome},
};

use super::append::{Author, Mode, Prepared};
use crate::{access::Asker, backup, failure::Failure, relay::Relay, setup, store::logs::signed};

pub(crate) async fn hello(relay: Relay, call: Hello) -> Result<Welcome, Failure> {
    if call.version != VERSION {
        return Err(Problem::Version(VERSION).into());
    }
    let time = relay.time();
    Ok(Welcome {
        version: VERSION,
        challenge: relay.challenges().make(time),
        time,
        organisation: relay.directory().map(|known| known.directory.organisation()),
        backup_due: backup::is_due(&relay)?,
        put_back: relay.put_back(),
    })
}

pub(crate) async fn found(relay: Relay, call: Found) -> Result<Appended, Failure> {
    let keyring = SealedKeyring::from_canonical(&call.keyring.0).map_err(|_| Problem::Malformed)?;
    let sealed = call.keyring.0;
    let prepared = Prepared::new(call.append)?;
    let directory = prepared.logs().first().filter(|log| log.kind == LogKind::Directory);
    let entry = directory.and_then(|log| log.entries.first()).ok_or(Problem::Malformed)?;
    if let Some(known) = relay.directory() {
        // The answer may have been lost on the way: the same set-up again is answered like the first.
        return match known.directory.hash_at(0) {
            Some(first) if first == entry.hash() => heads(&relay, &prepared),
            _ => Err(Problem::AlreadySetUp.into()),
        };
    }
    if !setup::accepts(relay.folder().path(), &call.token) {
        return Err(Problem::SetUpToken.into());
    }
    let commit = entry.commit()?;
    let (person, device) = (commit.author, commit.device);
    let author = Author { person, device, asker: Asker::Member { person, device } };
    let time = relay.time();
    let work = move |batch: &mut crate::store::writer::Batch<'_>| {
        if batch.directory().is_some() {
            return Err(Problem::AlreadySetUp.into());
        }
        let appended = prepared.append(batch, author, time, Mode::Found)?;
        let known = batch.directory().ok_or(Problem::Malformed)?;
        let member = known.directory.now().member(author.person).ok_or(Problem::Malformed)?;
        let theirs = keyring.person == author.person.0 && keyring.account == *member.account();
        if !theirs || keyring.verify().is_err() {
            return Err(Problem::Malformed.into());
        }
        let insert = "INSERT INTO keyring VALUES (?1, ?2, ?3)";
        batch.archive().execute(insert, params![keyring.person, signed(keyring.generation), sealed])?;
        Ok(appended)
    };
    let appended = relay.writer().run(work).await?;
    setup::close(relay.folder().path())?;
    Ok(appended)
}

fn heads(relay: &Relay, prepared: &Prepared) -> Result<Appended, Failure> {
    let head = |log: &zegel_protocol::calls::LogAppend| {
        relay.with_log(log.log, |_, log, _| log.head().ok_or(Failure(Problem::AlreadySetUp)))
    };
    let heads = prepared.logs().iter().map(head).collect::<Result<_, _>>()?;
    Ok(Appended { heads })
}
