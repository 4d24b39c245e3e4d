//! Who asks: the relay's challenges, and the keys that answer them.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::{OptionalExtension as _, params};
use sha2::Sha256;
use zegel_crypto::{Canonical as _, Label, SigningKey, VerifyingKey, labelled, sabotage, unlock::SealedKeyring};
use zegel_ledger::{DeviceId, GrantId, LogId, PersonId};
use zegel_protocol::{
    Problem,
    calls::{Append, Call as _, Changes, FetchChain, FetchKeyring, Pull, StoreKeyring},
    limits,
    signature::{self, Claimed, SignatureHeaders},
};

use crate::{
    access::{self, Asker},
    failure::Failure,
    relay::Relay,
    store::writer::Batch,
};

const MINUTE: u64 = 60;
const MAC: usize = 32;

/// Makes challenges and knows its own again: a MAC over the minute, so that nothing needs to be remembered.
pub(crate) struct Challenges(Hmac<Sha256>);

impl Challenges {
    /// With the key in this file; made, readable by the relay alone, if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let key = match fs::read(path) {
            Ok(key) if key.len() == MAC => key,
            _ => {
                let key = random::<MAC>()?.to_vec();
                write_secret(path, &key)?;
                key
            }
        };
        let mac = Hmac::new_from_slice(&key).map_err(|_| Failure::internal("the challenge key has no valid length"))?;
        Ok(Self(mac))
    }

    /// The challenge of this minute.
    pub(crate) fn make(&self, time: u64) -> String {
        let minute = time / MINUTE;
        let mut bytes = minute.to_be_bytes().to_vec();
        bytes.extend(self.mac(minute).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether a challenge is ours and not too old. It was made within its minute, so that minute is given on top.
    fn is_fresh(&self, challenge: &str, time: u64) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(challenge) else { return false };
        let Some((minute, mac)) = bytes.split_first_chunk::<8>() else { return false };
        let minute = u64::from_be_bytes(*minute);
        let age = time.checked_sub(minute.saturating_mul(MINUTE));
        age.is_some_and(|age| age < limits::CHALLENGE_SECONDS + MINUTE) && self.mac(minute).verify_slice(mac).is_ok()
    }

    fn mac(&self, minute: u64) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(&labelled(Label::Challenge, &minute));
        mac
    }
}

impl core::fmt::Debug for Challenges {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Challenges[secret]")
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Failure::internal("the system gives no randomness"))?;
    Ok(bytes)
}

/// Writes a file that only the relay's user may read.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::options().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A key against which nothing verifies, for names that are not known: they cost what known names cost.
pub(crate) fn nobody() -> Result<VerifyingKey, Failure> {
    Ok(SigningKey::from_seed(&random()?).verifying())
}

struct Candidate {
    asker: Option<Asker>,
    keys: Vec<VerifyingKey>,
}

/// Finds out who signed a request, before its body is there: what is signed is the body's digest, which
/// [`Claimed::covers`] compares later. So nobody but those who may ask has a body kept for them.
///
/// Errors: [`Problem::Unauthenticated`] for every key that is not known here, not alive or not the one that signed;
/// [`Problem::StaleChallenge`]; [`Problem::Locked`] for a link whose code was guessed at too often; what
/// [`access::while_put_back`] says.
pub(crate) async fn authenticate(relay: &Relay, path: &str, headers: &HeaderMap) -> Result<(Asker, Claimed), Failure> {
    let unauthenticated = || Failure(Problem::Unauthenticated);
    let claimed = read(path, headers).ok_or_else(unauthenticated)?;
    let time = relay.time();
    if !relay.challenges().is_fresh(&claimed.challenge, time) {
        return Err(Problem::StaleChallenge.into());
    }
    let name: Option<[u8; 16]> = claimed.key_id.parse::<PersonId>().ok().map(|id| id.0);
    if !relay.rates().admit_key(name.unwrap_or_default(), relay.millis()) {
        return Err(Problem::Busy.into());
    }
    let candidate = match name {
        Some(name) => find(relay, name, path)?,
        None => Candidate { asker: None, keys: Vec::new() },
    };
    let nobody = [relay.nobody()];
    let keys = if candidate.keys.is_empty() { nobody.as_slice() } else { &candidate.keys };
    let verified = keys.iter().any(|key| claimed.verify(key).is_ok()) || sabotage::is("relay-signature");
    if let Some(Asker::Link { id, .. }) = candidate.asker {
        judge_guess(relay, id, verified).await?;
    }
    let asker = candidate.asker.filter(|_| verified).ok_or_else(unauthenticated)?;
    if let (Some(_), Some(known)) = (relay.put_back(), relay.directory()) {
        access::while_put_back(asker, relay.now(&known.directory))?;
    }
    Ok((asker, claimed))
}

/// Counts a wrong code and decides about a right one. Both are done by the writer, one after the other: however many
/// guesses come at once, no more than [`limits::GUESSES`] learn anything.
async fn judge_guess(relay: &Relay, link: PersonId, right: bool) -> Result<(), Failure> {
    let judge = move |batch: &mut Batch<'_>| {
        let key = params![link.0, most_guesses()];
        if right {
            let find = "SELECT 1 FROM link WHERE id = ?1 AND wrong < ?2";
            return Ok(batch.archive().prepare_cached(find)?.exists(key)?);
        }
        let count = "UPDATE link SET wrong = wrong + 1 WHERE id = ?1 AND wrong < ?2";
        Ok(batch.archive().prepare_cached(count)?.execute(key)? > 0)
    };
    if relay.writer().run(judge).await? { Ok(()) } else { Err(Problem::Locked.into()) }
}

fn most_guesses() -> u32 {
    if sabotage::is("guesses") { u32::MAX } else { limits::GUESSES }
}

fn read(path: &str, headers: &HeaderMap) -> Option<Claimed> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let headers = SignatureHeaders {
        content_digest: header(signature::CONTENT_DIGEST)?,
        signature_input: header(signature::SIGNATURE_INPUT)?,
        signature: header(signature::SIGNATURE)?,
    };
    signature::read_headers(path, &headers).ok()
}

fn find(relay: &Relay, name: [u8; 16], path: &str) -> Result<Candidate, Failure> {
    let nobody = Candidate { asker: None, keys: Vec::new() };
    let Some(known) = relay.directory() else { return Ok(nobody) };
    let now = relay.now(&known.directory);
    let device = DeviceId(name);
    if let Some(found) = known.directory.device(device) {
        let person = found.certificate.person;
        if !now.has_device(person, device) {
            return Ok(nobody);
        }
        return Ok(Candidate { asker: Some(Asker::Member { person, device }), keys: vec![found.certificate.request] });
    }
    let author = known.directory.recovery_author().0;
    if author.0 == name {
        return Ok(Candidate {
            asker: Some(Asker::Root { author }),
            keys: known.directory.root().copied().into_iter().collect(),
        });
    }
    relay.folder().read(|archive| {
        let find =
            "SELECT l.name, k.grant_id, k.request, k.wrong FROM link k JOIN log l ON l.id = k.log WHERE k.id = ?1";
        let mut find = archive.prepare_cached(find)?;
        let link = find.query_row([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, u32>(3)?)));
        if let Some((log, grant, request, wrong)) = link.optional()? {
            if wrong >= most_guesses() {
                return Err(Problem::Locked.into());
            }
            let asker = Asker::Link { id: PersonId(name), log: LogId(log), grant: GrantId(grant) };
            return Ok(Candidate { asker: Some(asker), keys: VerifyingKey::from_bytes(request).into_iter().collect() });
        }
        let find = "SELECT l.name, p.person, p.request FROM party p JOIN log l ON l.id = p.log WHERE p.device = ?1";
        let mut find = archive.prepare_cached(find)?;
        let party = find.query_row([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        if let Some((log, person, request)) = party.optional()? {
            // Ended is ended, also where this relay was put back to before it.
            if now.ended.contains(&name) {
                return Ok(nobody);
            }
            let asker = Asker::Party { person: PersonId(person), device, log: LogId(log) };
            return Ok(Candidate { asker: Some(asker), keys: VerifyingKey::from_bytes(request).into_iter().collect() });
        }
        // What a key card is good for: coming back, with the keyring, on a device that is new.
        let comes_back =
            [FetchKeyring::PATH, StoreKeyring::PATH, Changes::PATH, FetchChain::PATH, Pull::PATH, Append::PATH];
        if !comes_back.contains(&path) {
            return Ok(nobody);
        }
        let mut find = archive.prepare_cached("SELECT sealed FROM keyring WHERE person = ?1")?;
        let sealed: Option<Vec<u8>> = find.query_row([name], |row| row.get(0)).optional()?;
        let keyring = sealed.and_then(|sealed| SealedKeyring::from_canonical(&sealed).ok());
        Ok(keyring.map_or(nobody, |keyring| Candidate {
            asker: Some(Asker::Card { person: PersonId(name), account: keyring.account }),
            keys: keyring.slots.iter().filter_map(|slot| slot.request).collect(),
        }))
    })
}
