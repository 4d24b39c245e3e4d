//! Who knocks: devices that are new, each waiting some minutes for one that is known. In memory alone, and bounded: a relay
//! that starts anew has forgotten them, and they knock again.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use zegel_crypto::Hash;
use zegel_ledger::DeviceId;
use zegel_protocol::{
    Problem,
    calls::{Awaited, Bytes, KnockAnswer},
    limits,
};

/// The devices that wait, by the name under which they do.
#[derive(Debug, Default)]
pub(crate) struct Knocks(Mutex<HashMap<[u8; 16], Waiting>>);

#[derive(Debug)]
struct Waiting {
    since: u64,
    request: Vec<u8>,
    /// Who answers, once somebody does.
    by: Option<DeviceId>,
    promise: Option<Hash>,
    handover: Option<Vec<u8>>,
    refused: bool,
}

impl Waiting {
    fn is_over(&self, time: u64) -> bool {
        time.saturating_sub(self.since) >= limits::KNOCK_SECONDS
    }

    fn is_free_for(&self, device: DeviceId) -> bool {
        self.by.is_none_or(|by| by == device)
    }
}

impl Knocks {
    /// Lets a device wait.
    ///
    /// Errors: [`Problem::Busy`] while too many do; [`Problem::Exhausted`] for a name that was used before.
    pub(crate) fn open(&self, id: [u8; 16], request: Vec<u8>, time: u64) -> Result<(), Problem> {
        let mut all = self.all();
        // One that ran out is told so for as long again, then forgotten.
        all.retain(|_, one| time.saturating_sub(one.since) < 2 * limits::KNOCK_SECONDS);
        if let Some(known) = all.get(&id) {
            // The answer may have been lost on the way.
            return if known.request == request && !known.is_over(time) { Ok(()) } else { Err(Problem::Exhausted) };
        }
        if all.len() >= limits::KNOCKS {
            return Err(Problem::Busy);
        }
        all.insert(id, Waiting { since: time, request, by: None, promise: None, handover: None, refused: false });
        Ok(())
    }

    /// What was answered so far, for whoever knocked.
    pub(crate) fn answered(&self, id: [u8; 16], time: u64) -> Result<Awaited, Problem> {
        self.with(id, time, |one| Ok(Awaited { promise: one.promise, handover: one.handover.clone().map(Bytes) }))
    }

    /// Who waits, for a device that may answer.
    pub(crate) fn read(&self, id: [u8; 16], device: DeviceId, time: u64) -> Result<Vec<u8>, Problem> {
        self.with(
            id,
            time,
            |one| if one.is_free_for(device) { Ok(one.request.clone()) } else { Err(Problem::Exhausted) },
        )
    }

    /// Takes an answer: each kind once, and all by one device.
    pub(crate) fn answer(&self, id: [u8; 16], device: DeviceId, answer: KnockAnswer, time: u64) -> Result<(), Problem> {
        self.with(id, time, |one| {
            if !one.is_free_for(device) {
                return Err(Problem::Exhausted);
            }
            one.by = Some(device);
            match answer {
                KnockAnswer::Promise(promise) => keep_once(&mut one.promise, promise),
                KnockAnswer::Handover(_) if one.promise.is_none() => Err(Problem::Exhausted),
                KnockAnswer::Handover(handover) => keep_once(&mut one.handover, handover.0),
                KnockAnswer::Refuse => {
                    one.refused = true;
                    Ok(())
                }
            }
        })
    }

    fn with<T>(
        &self,
        id: [u8; 16],
        time: u64,
        work: impl FnOnce(&mut Waiting) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut all = self.all();
        let one = all.get_mut(&id).ok_or(Problem::NotFound)?;
        if one.is_over(time) {
            return Err(Problem::Expired);
        }
        if one.refused {
            return Err(Problem::Withdrawn);
        }
        work(one)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<[u8; 16], Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same again is answered like the first time.
fn keep_once<T: PartialEq>(kept: &mut Option<T>, given: T) -> Result<(), Problem> {
    match kept {
        Some(known) if *known != given => Err(Problem::Exhausted),
        _ => {
            *kept = Some(given);
            Ok(())
        }
    }
}
