//! Hearing at once that something changed: a line to the relay that says only that there is something to ask for. What it says is
//! worth nothing by itself. Whoever answers can call too often, never or for nothing: a pace bounds what that costs, and a
//! vault asks from time to time without being called.

use futures::future::LocalBoxFuture;
use zegel_crypto::sabotage;
use zegel_protocol::{
    calls, limits,
    notice::{BEAT, CHANGED},
    signature,
};

use crate::{
    Portal, Session, Vault, VaultError,
    keys::Keys,
    ports::{Line, Ports},
    relay::Relay,
};

/// Between two rounds of asking that a relay called for, in seconds.
const LEAST: u64 = 2;

/// Between two attempts to open a line, in seconds, however often it failed.
const MOST: u64 = 300;

/// A line that held for this long, in seconds, was worth opening.
const HELD: u64 = 60;

/// A line on which a relay calls.
pub struct Notices {
    line: Box<dyn Line>,
    heard: usize,
}

impl Vault {
    /// Signs for a line. It is opened by what is given back, which needs the vault no longer.
    ///
    /// Errors: [`VaultError::RelayUnreachable`]; what is given back has those of opening it, [`VaultError::DeviceRemoved`] and
    /// [`VaultError::RelayBusy`] among them.
    pub async fn listen(&mut self) -> Result<impl Future<Output = Result<Notices, VaultError>> + use<>, VaultError> {
        sign(&mut self.relay, &self.ports, &self.keys).await
    }
}

impl Portal {
    /// The same for somebody outside the organisation: the line tells of their one dossier.
    pub async fn listen(&mut self) -> Result<impl Future<Output = Result<Notices, VaultError>> + use<>, VaultError> {
        let (relay, ports, keys) = self.signing();
        sign(relay, ports, keys).await
    }
}

impl Session {
    /// The same for whoever is here.
    pub async fn listen(&mut self) -> Result<LocalBoxFuture<'static, Result<Notices, VaultError>>, VaultError> {
        Ok(match self {
            Self::Vault(vault) => Box::pin(vault.listen().await?),
            Self::Portal(portal) => Box::pin(portal.listen().await?),
        })
    }
}

async fn sign(
    relay: &mut Relay,
    ports: &Ports,
    keys: &Keys,
) -> Result<impl Future<Output = Result<Notices, VaultError>> + use<>, VaultError> {
    // A challenge that was used before may be stale by now, and opening is seldom.
    let challenge = relay.hello(ports).await?.challenge.clone();
    let signer = keys.signer();
    let headers = signature::sign(calls::NOTICE, &[], &signer.key_id, &challenge, signer.key);
    let opening = ports.transport.listen(calls::NOTICE, headers);
    Ok(async move { Ok(Notices { line: opening.await?, heard: 0 }) })
}

impl Notices {
    /// Waits until something changed, or may have; false once the relay has ended the line.
    ///
    /// Errors: [`VaultError::RelayUnreachable`] if the line broke or fell silent, [`VaultError::NotARelay`] if what comes down it is
    /// not what a relay says, or too much of it.
    pub async fn changed(&mut self) -> Result<bool, VaultError> {
        loop {
            let said = self.line.next().await?;
            self.heard = self.heard.saturating_add(said.len());
            let floods = self.heard > limits::NOTICES && !sabotage::is("notice-flood");
            if floods || said.iter().any(|byte| ![BEAT, CHANGED].contains(byte)) {
                return Err(VaultError::NotARelay);
            }
            if said.is_empty() || said.contains(&CHANGED) {
                return Ok(!said.is_empty());
            }
        }
    }
}

/// Listening on and on: line after line.
#[derive(Default)]
pub struct Listening {
    line: Option<Notices>,
    pace: Pace,
}

/// What came of listening for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Whether there is something to ask for; why not, if the line is no more.
    pub told: Result<bool, VaultError>,
    /// Seconds to wait before asking, or before listening again.
    pub wait: u64,
}

impl Listening {
    /// Waits for the next thing that a line, or its absence, has to say. `sign` is [`Vault::listen`], asked only when there is no line;
    /// `now` tells the time, and `dice` is random.
    pub async fn hear<O: Future<Output = Result<Notices, VaultError>>>(
        &mut self,
        sign: impl AsyncFnOnce() -> Result<O, VaultError>,
        now: impl Fn() -> u64,
        dice: u8,
    ) -> Heard {
        let told = self.told(sign, &now).await;
        if told != Ok(true) {
            self.line = None;
        }
        let wait = self.pace.wait(&told, now(), dice);
        Heard { told, wait }
    }

    async fn told<O: Future<Output = Result<Notices, VaultError>>>(
        &mut self,
        sign: impl AsyncFnOnce() -> Result<O, VaultError>,
        now: impl Fn() -> u64,
    ) -> Result<bool, VaultError> {
        if self.line.is_none() {
            let line = sign().await?.await?;
            self.pace.opened(now());
            self.line = Some(line);
        }
        match &mut self.line {
            Some(line) => line.changed().await,
            None => Ok(false),
        }
    }
}

/// How soon a vault does what a line, or the end of one, calls for. Times are seconds by a clock that may be wrong.
#[derive(Clone, Debug, Default)]
struct Pace {
    asked: u64,
    opened: u64,
    failures: u32,
}

impl Pace {
    /// A line was opened.
    fn opened(&mut self, now: u64) {
        self.opened = now;
    }

    /// Seconds to wait: before asking, if something changed; before the next line, if this one ended or never opened. The more
    /// lines fail, the longer; `dice` spreads those who lost theirs at one moment.
    fn wait(&mut self, told: &Result<bool, VaultError>, now: u64, dice: u8) -> u64 {
        if sabotage::is("notice-pace") {
            return 0;
        }
        if *told == Ok(true) {
            let wait = (self.asked.saturating_add(LEAST)).saturating_sub(now).min(LEAST);
            self.asked = now.saturating_add(wait);
            return wait;
        }
        let held = now.saturating_sub(std::mem::take(&mut self.opened)) >= HELD && told.is_ok();
        self.failures = if held { 0 } else { self.failures.saturating_add(1) };
        let wait = 2_u64.saturating_pow(self.failures).min(MOST);
        wait + wait * u64::from(dice) / 512
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_answered_at_once_and_then_at_a_pace() {
        let mut pace = Pace::default();
        assert_eq!(pace.wait(&Ok(true), 1000, 0), 0);
        assert_eq!(pace.wait(&Ok(true), 1000, 0), LEAST);
        assert_eq!(pace.wait(&Ok(true), 1000 + LEAST, 0), LEAST);
        assert_eq!(pace.wait(&Ok(true), 2000, 0), 0);
        assert_eq!(pace.wait(&Ok(true), 10, 0), LEAST, "a clock that was set back holds nobody up for long");
    }

    #[test]
    fn lines_that_fail_are_opened_ever_more_seldom() {
        let mut pace = Pace::default();
        let failed = Err(VaultError::RelayUnreachable);
        let waits: Vec<u64> = (0..10).map(|_| pace.wait(&failed, 1000, 0)).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(pace.wait(&failed, 1000, 255), 449);
        pace.opened(1000);
        assert_eq!(pace.wait(&Ok(false), 1001, 0), 300, "a line that ends at once is no better");
        pace.opened(1000);
        assert_eq!(pace.wait(&Ok(false), 1000 + HELD, 0), 1);
    }
}
