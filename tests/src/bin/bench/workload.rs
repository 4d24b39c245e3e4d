//! The relay's workloads: made once, sent to relay and limit alike, looked at afterwards.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zegel_protocol::calls::{Append, Changes, Found, LogAppend, Pull};

use crate::{
    client::{Load, Prepared, Session, drive},
    limit,
    organisation::{Chain, Organisation, Records},
    process::Server,
};

/// How much is sent.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Dossiers in the collection.
    pub(crate) dossiers: usize,
    /// Records pushed in commits of [`BATCH`], of a KiB and of sixteen.
    pub(crate) pushed: [usize; 2],
    /// Single appends at each of [`SINGLES`].
    pub(crate) singles: [usize; 6],
    /// Entries of the log that is pulled.
    pub(crate) pulled: usize,
    /// How often it is pulled.
    pub(crate) pulls: usize,
    /// Polls at each number of connections.
    pub(crate) polls: usize,
}

/// Records in one commit of a batched push, and logs in one request when there are many to make.
pub(crate) const BATCH: usize = 100;
/// Bytes of a record, but where [`LARGE`] is named.
pub(crate) const KIB: usize = 1 << 10;
/// Bytes of a record as long as a long report.
const LARGE: usize = 16 * KIB;
/// Single appends: bytes of the record, and connections at once.
const SINGLES: [(usize, usize); 6] = [(KIB, 1), (KIB, 16), (KIB, 64), (KIB, 256), (LARGE, 1), (LARGE, 64)];
/// Entries in one request when a long log is filled.
const FILL: usize = 200;
const PAGE: u16 = 500;

/// Relay or limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Relay,
    Limit,
}

/// One workload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Work {
    /// Commits of [`BATCH`] records of so many bytes.
    Push(usize),
    /// Commits of one record of so many bytes, over so many connections.
    Single(usize, usize),
    /// Pages of a whole log, with blobs.
    Pull,
    /// Polls when nothing changed, over this many connections.
    PollNothing(usize),
    /// Polls when one log changed, over this many connections.
    PollOne(usize),
}

/// One workload measured once.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) work: Work,
    /// Records, or requests where none are carried.
    pub(crate) count: u64,
    pub(crate) load: Load,
    pub(crate) processor: Duration,
}

impl Figure {
    /// Records or requests a second.
    pub(crate) fn rate(&self) -> f64 {
        self.count as f64 / self.load.elapsed.as_secs_f64()
    }

    /// The server's processor time for each, in microseconds.
    pub(crate) fn micros(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.count as f64
    }
}

/// What one visit to a server gave.
pub(crate) struct Visit {
    pub(crate) figures: Vec<Figure>,
    pub(crate) ready: Duration,
    /// Resident before and after, in MiB.
    pub(crate) idle: f64,
    pub(crate) loaded: f64,
    pub(crate) proportional: f64,
}

/// Everything there is to send: entries are signed, requests are not yet.
pub(crate) struct Workload {
    pub(crate) organisation: Organisation,
    size: Size,
    collection: Vec<Prepared>,
    pushes: [(usize, Growth); 2],
    singles: Vec<Vec<Growth>>,
    long: Growth,
}

/// A dossier and the appends that make it grow.
pub(crate) struct Growth {
    pub(crate) chain: Chain,
    pub(crate) appends: Vec<Append>,
}

impl Growth {
    /// New appends to a dossier that its founding, in `founded`, comes before.
    pub(crate) fn make(
        organisation: &mut Organisation,
        founded: &mut Vec<Append>,
        appends: usize,
        entries: usize,
        records: Records,
    ) -> Result<Self> {
        let (mut chain, founding) = organisation.dossier()?;
        founded.push(founding);
        let appends = (0..appends).map(|_| organisation.append(&mut chain, entries, records)).collect::<Result<_>>()?;
        Ok(Self { chain, appends })
    }

    /// The appends as they are sent.
    pub(crate) fn prepared(&self) -> Vec<Prepared> {
        self.appends.iter().map(Prepared::new).collect()
    }

    /// What one append carries.
    pub(crate) fn sent(&self, append: usize) -> Result<&LogAppend> {
        self.appends.get(append).and_then(|append| append.logs.first()).context("an append has a log")
    }

    /// Whether one entry and its records are stored as they were sent. Records of an entry come in no order.
    pub(crate) async fn is_stored(&self, session: &Session, append: usize) -> Result<bool> {
        let pull = Pull { log: self.chain.log, from: append as u64 + 1, limit: 1, blobs: true };
        let pulled = session.call(&pull).await?;
        let sent = self.sent(append)?;
        Ok(pulled.entries == sent.entries && sent.blobs.iter().all(|blob| pulled.blobs.contains(blob)))
    }
}

impl Workload {
    pub(crate) fn make(size: Size) -> Result<Self> {
        let mut organisation = Organisation::make()?;
        let mut founded = Vec::new();
        for _ in 0..size.dossiers {
            founded.push(organisation.dossier()?.1);
        }
        let mut push = |bytes, records| -> Result<_> {
            let batch = Records { count: BATCH, bytes };
            Ok((bytes, Growth::make(&mut organisation, &mut founded, records / BATCH, 1, batch)?))
        };
        let pushes = [push(KIB, size.pushed[0])?, push(LARGE, size.pushed[1])?];
        let mut singles = Vec::new();
        for ((bytes, connections), appends) in SINGLES.into_iter().zip(size.singles) {
            let (each, one) = (appends.div_ceil(connections), Records { count: 1, bytes });
            let lanes = (0..connections).map(|_| Growth::make(&mut organisation, &mut founded, each, 1, one));
            singles.push(lanes.collect::<Result<_>>()?);
        }
        let long = Growth::make(&mut organisation, &mut founded, size.pulled / FILL, FILL, Records::ONE)?;
        let collection = together(founded).iter().map(Prepared::new).collect();
        Ok(Self { organisation, size, collection, pushes, singles, long })
    }

    /// Starts a server on an empty folder, sends everything, and says what it took.
    pub(crate) async fn visit(&self, side: Side, relay: &Path) -> Result<Visit> {
        let folder = tempfile::tempdir()?;
        let server = match side {
            Side::Relay => Server::relay(relay, folder.path())?,
            Side::Limit => {
                let keys = [*self.organisation.signer().key.verifying().as_bytes(), self.organisation.content_key()];
                let [request, content] = keys.map(|key| URL_SAFE_NO_PAD.encode(key));
                Server::limit(folder.path(), &request, &content)?
            }
        };
        let (ready, idle) = (server.ready, server.resident()?);
        if side == Side::Relay {
            found(&self.organisation, &server, folder.path()).await?;
        }
        let session = Session::open(server.address, &self.organisation.signer()).await?;
        drive(session.address, session.sign_all(std::slice::from_ref(&self.collection)), 1).await?;

        let measure = Measure { server: &server, session: &session };
        let mut figures = Vec::new();
        for (bytes, push) in &self.pushes {
            figures.push(measure.run(Work::Push(*bytes), &[push.prepared()], 1, BATCH).await?);
        }
        for ((bytes, connections), lanes) in SINGLES.into_iter().zip(&self.singles) {
            let lanes: Vec<_> = lanes.iter().map(Growth::prepared).collect();
            figures.push(measure.run(Work::Single(bytes, connections), &lanes, 1, 1).await?);
        }
        if side == Side::Relay {
            self.check_sample(&session).await?;
        }
        self.pull(side, &measure, &mut figures).await?;
        self.poll(side, &measure, &mut figures).await?;
        let (loaded, proportional) = (server.resident()?, server.proportional()?);
        Ok(Visit { figures, ready, idle, loaded, proportional })
    }

    /// Reads back what was pushed: every entry with one of its hundred records, and a hundredth of the single appends.
    async fn check_sample(&self, session: &Session) -> Result<()> {
        for (_, push) in &self.pushes {
            for append in 0..push.appends.len() {
                ensure!(push.is_stored(session, append).await?, "a pushed batch is not what was sent");
            }
        }
        for lane in self.singles.iter().flatten() {
            for append in (0..lane.appends.len()).step_by(BATCH) {
                ensure!(lane.is_stored(session, append).await?, "an appended record is not what was sent");
            }
        }
        Ok(())
    }

    async fn pull(&self, side: Side, measure: &Measure<'_>, figures: &mut Vec<Figure>) -> Result<()> {
        let session = measure.session;
        let first = match side {
            Side::Relay => 1,
            Side::Limit => limit_cursor(session).await? + 1,
        };
        drive(session.address, session.sign_all(&[self.long.prepared()]), 1).await?;
        let entries = self.long.appends.len() * FILL;
        let page = |from: usize| Pull { log: self.long.chain.log, from: first + from as u64, limit: PAGE, blobs: true };
        if side == Side::Relay {
            let pulled = session.call(&page(0)).await?;
            let sent = self.long.appends.iter().flat_map(|append| &append.logs).flat_map(|log| &log.entries);
            ensure!(sent.zip(&pulled.entries).all(|(sent, stored)| sent == stored), "a page holds other entries");
            ensure!(pulled.entries.len() == usize::from(PAGE).min(entries), "a page is not full");
        }
        let pages = (0..entries).step_by(usize::from(PAGE)).map(|from| Prepared::new(&page(from))).collect();
        let mut figure = measure.run(Work::Pull, &[pages], self.size.pulls, 1).await?;
        figure.count = (entries * self.size.pulls) as u64;
        ensure!(figure.load.bytes > figure.count * KIB as u64, "records are missing");
        figures.push(figure);
        Ok(())
    }

    async fn poll(&self, side: Side, measure: &Measure<'_>, figures: &mut Vec<Figure>) -> Result<()> {
        let cursor = match side {
            Side::Relay => cursor(measure.session).await?,
            Side::Limit => limit_cursor(measure.session).await?,
        };
        for connections in [1, 64] {
            for (work, cursor) in
                [(Work::PollNothing(connections), cursor), (Work::PollOne(connections), cursor.saturating_sub(1))]
            {
                let lanes = vec![vec![Prepared::new(&Changes { cursor })]; connections];
                figures.push(measure.run(work, &lanes, self.size.polls / connections, 1).await?);
            }
        }
        Ok(())
    }
}

struct Measure<'s> {
    server: &'s Server,
    session: &'s Session,
}

impl Measure<'_> {
    async fn run(&self, work: Work, lanes: &[Vec<Prepared>], times: usize, records: usize) -> Result<Figure> {
        let requests = self.session.sign_all(lanes);
        let before = self.server.processor()?;
        let load = drive(self.session.address, requests, times).await.with_context(|| format!("{work:?}"))?;
        let processor = self.server.processor_since(&before)?;
        Ok(Figure { work, count: load.operations * records as u64, load, processor })
    }
}

/// Sets up the organisation on an empty relay.
pub(crate) async fn found(organisation: &Organisation, server: &Server, folder: &Path) -> Result<()> {
    let token = fs::read_to_string(folder.join("setup-token"))?;
    let session = Session::open(server.address, &organisation.signer()).await?;
    // The call is not signed; a signature that comes along is not looked at.
    let found: Found = organisation.founding(&token);
    session.call(&found).await?;
    Ok(())
}

/// Many appends as few.
pub(crate) fn together(appends: Vec<Append>) -> Vec<Append> {
    let mut few: Vec<Append> = Vec::new();
    for append in appends {
        match few.last_mut().filter(|last| last.logs.len() < BATCH) {
            Some(last) => {
                last.logs.extend(append.logs);
                last.halves.extend(append.halves);
            }
            None => few.push(append),
        }
    }
    few
}

/// Where the relay's changes end.
pub(crate) async fn cursor(session: &Session) -> Result<u64> {
    let mut cursor = 0;
    loop {
        let changed = session.call(&Changes { cursor }).await?;
        cursor = changed.cursor;
        if !changed.more {
            return Ok(cursor);
        }
    }
}

async fn limit_cursor(session: &Session) -> Result<u64> {
    limit::cursor(&session.raw(&Prepared::new(&Changes { cursor: u64::MAX >> 1 })).await?)
}
