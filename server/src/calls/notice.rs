//! A line on which a device is told that something changed for its person: at once when it opens, for what happened before, then
//! whenever it does. It ends with the device, with the relay, and after a while by itself: who wants another one signs again.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use futures::stream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};
use zegel_crypto::sabotage;
use zegel_protocol::{
    Problem, limits,
    notice::{BEAT, CHANGED},
};

use crate::{
    access::Asker,
    failure::Failure,
    notices::{Hears, Listener},
    relay::Relay,
};

struct Line {
    relay: Relay,
    asker: Asker,
    listener: Listener,
    beat: Interval,
    ends: Instant,
    sent: usize,
}

/// Opens a line for a device. Links and cards have nothing to wait for.
pub(crate) fn notice(relay: Relay, asker: Asker) -> Result<Body, Failure> {
    let (hears, device) = match asker {
        Asker::Member { person, device } => (Hears::Member(person), device),
        Asker::Party { device, log, .. } => {
            relay.read(asker, log, |_, _, _| Ok(()))?;
            (Hears::Party(log), device)
        }
        _ => return Err(Problem::NotFound.into()),
    };
    let listener = relay.notices().open(hears, device)?;
    let mut beat = interval(relay.notices().beat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.reset();
    let ends = Instant::now() + relay.notices().life;
    let line = Line { relay, asker, listener, beat, ends, sent: 0 };
    Ok(Body::from_stream(stream::unfold(line, |mut line| async move {
        let byte = line.next().await?;
        line.sent += 1;
        Some((Ok::<_, Infallible>(Bytes::copy_from_slice(&[byte])), line))
    })))
}

impl Line {
    async fn next(&mut self) -> Option<u8> {
        if self.sent == 0 {
            return Some(CHANGED);
        }
        if self.sent >= limits::NOTICES {
            return None;
        }
        let byte = tokio::select! {
            biased; // a call is not to wait behind a sign of life
            called = self.listener.called() => called.map(|()| CHANGED)?,
            _ = self.beat.tick() => BEAT,
            () = sleep_until(self.ends) => return None,
        };
        (self.is_alive() || sabotage::is("line-ends")).then_some(byte)
    }

    /// Whether the device may ask for anything still.
    fn is_alive(&self) -> bool {
        match self.asker {
            Asker::Member { person, device } => {
                let known = self.relay.directory();
                known.is_some_and(|known| self.relay.now(&known.directory).has_device(person, device))
            }
            Asker::Party { log, .. } => self.relay.read(self.asker, log, |_, _, _| Ok(())).is_ok(),
            _ => false,
        }
    }
}
