//! Beacons: once a day this device tells its colleagues' which heads it knows, and compares what they tell. A relay that shows
//! one of them less than another, or something else, is noticed by whoever hears both.

use std::collections::{BTreeMap, HashMap};

use minicbor::{Decode, Encode};
use zegel_ledger::{Beacon, BeaconTag, Head, LogId, PersonId, SignedSlip, Slip, Statement};
use zegel_protocol::{
    Problem,
    calls::{Beacons, Post},
    limits,
};

use crate::{
    Vault, VaultError,
    ports::TransportError,
    sync::DAY,
    view::{Alarm, SeenView},
};

/// What colleagues' devices know, and what this one told them.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Watch {
    /// On which day (since 1970) each log's head was last raised here.
    #[n(0)]
    pub(crate) raised: BTreeMap<LogId, u64>,
    /// On which day this device last told what it knows.
    #[n(1)]
    told: u64,
    /// Up to which beacon it heard.
    #[n(2)]
    heard: u64,
    /// Whose device last knew of a log what is known here, and on which day.
    #[n(3)]
    seen: BTreeMap<LogId, (PersonId, u32)>,
    /// On which day it last asked; each unlocking asks.
    #[cbor(skip)]
    asked: Option<u64>,
}

impl Watch {
    /// Hears everything again: what the relay shows has changed.
    pub(crate) fn ask_again(&mut self) {
        (self.heard, self.asked) = (0, None);
    }

    /// Forgets a log that this person may read no longer.
    pub(crate) fn forget(&mut self, log: LogId) {
        self.raised.remove(&log);
        self.seen.remove(&log);
    }
}

impl Vault {
    /// Tells and asks, each once a day.
    pub(crate) async fn tend_beacons(&mut self) -> Result<(), VaultError> {
        let today = self.today();
        if self.watch.told != today && !self.visit {
            self.tell(today).await?;
        }
        if self.watch.asked != Some(today) {
            self.hear().await?;
            self.watch.asked = Some(today);
            self.keep_directory().await?;
        }
        Ok(())
    }

    /// The last time that a colleague's device knew of a log what was known here.
    pub(crate) fn seen_by(&self, log: LogId) -> Option<SeenView> {
        let (person, day) = self.watch.seen.get(&log)?;
        Some(SeenView { by: self.name_of(*person), day: *day })
    }

    /// Tells the heads that rose in the last fortnight, those that rose last first.
    async fn tell(&mut self, today: u64) -> Result<(), VaultError> {
        let (Ok(day), device) = (u32::try_from(today), self.keys.device) else { return Ok(()) };
        self.watch.raised.retain(|_, raised| *raised + limits::BEACON_DAYS >= today);
        let personal = self.personal_log();
        let mut raised: Vec<_> = self.watch.raised.iter().filter(|(log, _)| **log != personal).collect();
        raised.sort_unstable_by_key(|(_, raised)| core::cmp::Reverse(**raised));
        let heads = raised.into_iter().filter_map(|(log, _)| Some((*log, *self.heads.get(log)?)));
        let mut heads: Vec<(BeaconTag, Head)> =
            heads.take(limits::BEACON_LOGS).map(|(log, head)| (BeaconTag::of(log, device, day), head)).collect();
        heads.sort_unstable();
        let statement = Statement::Beacon(day, heads);
        let slip = Slip { log: self.record.organisation, author: self.keys.person, device: Some(device), statement };
        let call = Post { slip: SignedSlip::sign(&slip, &self.keys.signing) };
        match self.relay.call(&self.ports, &self.keys.signer(), &call).await {
            // Refused: this device told already, and the answer was lost; or the clocks disagree, which is told elsewhere.
            Ok(_) | Err(TransportError::Problem(Problem::Refused(_))) => self.watch.told = today,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Hears what colleagues' devices told since this one last asked.
    async fn hear(&mut self) -> Result<(), VaultError> {
        loop {
            let call = Beacons { since: self.watch.heard };
            let page = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
            for slip in &page.beacons {
                // What no living device of a member signed is nobody's word.
                let Ok(beacon) = Beacon::read(slip, &self.directory) else { continue };
                if beacon.device != self.keys.device {
                    self.compare(beacon).await?;
                }
            }
            let on = page.last > self.watch.heard;
            self.watch.heard = page.last.max(self.watch.heard);
            if !page.more || !on {
                return Ok(());
            }
        }
    }

    async fn compare(&mut self, beacon: Beacon) -> Result<(), VaultError> {
        let Beacon { author, device, day, heads } = beacon;
        let theirs: HashMap<BeaconTag, Head> = heads.into_iter().collect();
        let known = self.slots.keys().copied().chain([self.record.organisation]);
        let common = known.filter_map(|log| Some((log, *theirs.get(&BeaconTag::of(log, device, day))?)));
        for (log, theirs) in common.collect::<Vec<_>>() {
            if self.heads.get(&log).is_none_or(|ours| ours.sequence < theirs.sequence) {
                self.look_again(log).await?;
            }
            let Some(ours) = self.heads.get(&log).copied() else { continue };
            let (name, shown) = (self.name_of(author), log.to_string());
            if ours == theirs {
                self.watch.seen.insert(log, (author, day));
            } else if ours.sequence < theirs.sequence {
                if !self.was_given_up(log, theirs, day) && !zegel_crypto::sabotage::is("beacon-withheld") {
                    self.raise(Alarm::Withheld(shown, name, day));
                }
            } else if ours.sequence == theirs.sequence && !zegel_crypto::sabotage::is("beacon-contradicted") {
                // One device's word: it names who to ask, and makes nothing read-only. An entry that was signed does.
                self.raise(Alarm::Contradicted(shown, name, day));
            }
        }
        Ok(())
    }

    /// A colleague may have written while this device asked for news: only what the relay shows now counts.
    async fn look_again(&mut self, log: LogId) -> Result<(), VaultError> {
        let pulled = match self.slots.get(&log).map(|slot| slot.kind) {
            None => self.pull_own_directory().await,
            Some(kind) => self.pull_kind(log, kind).await,
        };
        match pulled {
            Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => Err(error),
            // Whatever is wrong with it was told, or this person reads it no longer.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether a director gave up what this beacon speaks of, on that day or later.
    fn was_given_up(&self, log: LogId, theirs: Head, day: u32) -> bool {
        self.directory.restorations().iter().any(|restoration| {
            let named = restoration.given_up.iter().any(|(one, head)| *one == log && head.sequence < theirs.sequence);
            named && restoration.claimed_time / DAY >= u64::from(day)
        })
    }
}
