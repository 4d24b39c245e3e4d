//! Sealed keyrings: one a person, each generation signed by the account key.

use rusqlite::{OptionalExtension as _, params};
use zegel_crypto::{Canonical as _, VerifyingKey, unlock::SealedKeyring};
use zegel_ledger::{LogKind, PersonId};
use zegel_protocol::{
    Problem,
    calls::{Bytes, FetchKeyring, Posted, StoreKeyring, StoredKeyring},
};

use crate::{
    access::{Asker, Now},
    failure::Failure,
    relay::Relay,
    store::{
        logs::{signed, unsigned},
        writer::{Batch, directory_of},
    },
};

pub(crate) async fn fetch(relay: Relay, asker: Asker, call: FetchKeyring) -> Result<StoredKeyring, Failure> {
    if asker.person() != call.person || matches!(asker, Asker::Link { .. }) {
        return Err(Problem::NotFound.into());
    }
    let sealed = relay.folder().read(|archive| {
        let mut find = archive.prepare_cached("SELECT sealed FROM keyring WHERE person = ?1")?;
        let sealed: Option<Vec<u8>> = find.query_row([call.person.0], |row| row.get(0)).optional()?;
        sealed.ok_or(Failure(Problem::NotFound))
    })?;
    if let Asker::Party { person, log, .. } = asker {
        // The log that knows them says whose keyring it is; the id alone might be another's.
        let keyring = SealedKeyring::from_canonical(&sealed).map_err(|_| Problem::Internal)?;
        relay.with_log(log, |_, log, _| {
            let theirs = log.party(person).is_some_and(|known| known.party.account == keyring.account);
            if theirs { Ok(()) } else { Err(Problem::NotFound.into()) }
        })?;
    }
    Ok(StoredKeyring { keyring: Bytes(sealed) })
}

pub(crate) async fn store(relay: Relay, asker: Asker, call: StoreKeyring) -> Result<Posted, Failure> {
    let sealed = call.keyring.0;
    let keyring = SealedKeyring::from_canonical(&sealed).map_err(|_| Problem::Malformed)?;
    keyring.verify().map_err(|_| Problem::Malformed)?;
    if let Asker::Link { log, .. } = asker {
        // A link that was ended stores nothing, and whoever receives a share has no keyring.
        relay.read(asker, log, |_, log, _| match log.kind() {
            LogKind::Disclosure if !zegel_crypto::sabotage::is("receiver-keyring") => Err(Problem::NotFound.into()),
            _ => Ok(()),
        })?;
    }
    let time = relay.time();
    relay.writer().run(move |batch| replace(batch, asker, &keyring, &sealed, time)).await?;
    Ok(Posted {})
}

fn replace(
    batch: &mut Batch<'_>,
    asker: Asker,
    keyring: &SealedKeyring,
    sealed: &[u8],
    time: u64,
) -> Result<(), Failure> {
    let known = batch.directory();
    let directory = directory_of(&known)?;
    let person = PersonId(keyring.person);
    let find = "SELECT generation, sealed FROM keyring WHERE person = ?1";
    let mut find = batch.archive().prepare_cached(find)?;
    let stored: Option<(i64, Vec<u8>)> = find.query_row([person.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    drop(find);
    let theirs = match asker {
        Asker::Member { person: asker, device } => {
            let member = directory.now().member(person);
            let lives = Now { directory, time, ended: batch.shared().ended() }.has_device(asker, device);
            lives && asker == person && member.is_some_and(|member| *member.account() == keyring.account)
        }
        Asker::Link { id, .. } => registered(batch, id)? == Some((person, *keyring.account.as_bytes())),
        Asker::Root { .. } => false,
        Asker::Card { person: asker, account } => match directory.now().member(person) {
            Some(member) => asker == person && *member.account() == keyring.account,
            // A party's keys are never renewed: what is stored is theirs, and so is what comes after it.
            None => asker == person && account == keyring.account,
        },
        Asker::Party { person: asker, device, log } => {
            let cell = batch.cell(log);
            let state = cell.read(|| batch.load(log))?;
            let log = &state.as_ref().ok_or(Problem::NotFound)?.log;
            let known = log.party(person).is_some_and(|known| known.party.account == keyring.account);
            asker == person && known && log.party_device(person, device).is_some()
        }
    };
    if !theirs {
        return Err(Problem::NotFound.into());
    }
    if let Some((generation, before)) = &stored {
        if before == sealed {
            return Ok(());
        }
        // Whoever renewed their keys counts anew: what is stored under the account key before is not later than that.
        let later = unsigned(*generation) >= keyring.generation && account_of(before) == Some(keyring.account);
        let other = account_of(before) != Some(keyring.account);
        if later || matches!(asker, Asker::Link { .. }) || matches!(asker, Asker::Party { .. }) && other {
            return Err(Problem::Generation.into());
        }
    }
    let insert = "INSERT OR REPLACE INTO keyring VALUES (?1, ?2, ?3)";
    let mut insert = batch.archive().prepare_cached(insert)?;
    insert.execute(params![person.0, signed(keyring.generation), sealed])?;
    Ok(())
}

fn account_of(sealed: &[u8]) -> Option<VerifyingKey> {
    SealedKeyring::from_canonical(sealed).ok().map(|keyring| keyring.account)
}

/// The newcomer who registered with a link, and their account key.
fn registered(batch: &Batch<'_>, link: PersonId) -> Result<Option<(PersonId, [u8; 32])>, Failure> {
    let mut find = batch.archive().prepare_cached("SELECT registered, account FROM link WHERE id = ?1")?;
    let row = find.query_row([link.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((Some(person), Some(account))) = row else { return Ok(None) };
    Ok(Some((PersonId(person), account)))
}
