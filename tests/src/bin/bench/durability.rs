//! What is kept: bytes on disk, the time until it is served again, and every write that was acknowledged before a kill.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};

use crate::{
    client::{Connection, Prepared, Request, Session, drive},
    organisation::{Organisation, Records},
    process::{Server, size},
    workload::{BATCH, Growth, cursor, found, together},
};

/// What a folder with many records costs.
pub(crate) struct Kept {
    pub(crate) records: usize,
    /// Bytes on disk for each record of 1 KiB, in commits of [`BATCH`].
    pub(crate) batched: f64,
    /// Bytes on disk for each record of 1 KiB in a commit of its own.
    pub(crate) single: f64,
    /// Until it is served again.
    pub(crate) ready: Duration,
}

/// Fills a relay with `records`, and looks at its folder and its start.
pub(crate) async fn keep(organisation: &mut Organisation, relay: &Path, records: usize) -> Result<Kept> {
    let folder = tempfile::tempdir()?;
    let mut founded = Vec::new();
    let singles = Growth::make(organisation, &mut founded, records / (10 * BATCH), BATCH, Records::ONE)?;
    let batch = Records { count: BATCH, ..Records::ONE };
    let (mut chain, founding) = organisation.dossier()?;
    founded.push(founding);

    let server = Server::relay(relay, folder.path())?;
    found(organisation, &server, folder.path()).await?;
    let session = Session::open(server.address, &organisation.signer()).await?;
    let setting = together(founded).iter().map(Prepared::new).collect();
    drive(session.address, session.sign_all(&[setting]), 1).await?;
    server.stop()?;
    let empty = size(folder.path())?;

    let server = Server::relay(relay, folder.path())?;
    // Piece by piece, so that the requests need not all lie in memory.
    for _ in 0..records.div_ceil(100 * BATCH) {
        let session = Session::open(server.address, &organisation.signer()).await?;
        let mut lane = Vec::new();
        for _ in 0..100 {
            lane.push(Prepared::new(&organisation.append(&mut chain, 1, batch)?));
        }
        drive(session.address, session.sign_all(&[lane]), 1).await?;
    }
    server.stop()?;
    let batched = size(folder.path())?;

    let server = Server::relay(relay, folder.path())?;
    let session = Session::open(server.address, &organisation.signer()).await?;
    drive(session.address, session.sign_all(&[singles.prepared()]), 1).await?;
    server.stop()?;
    let all = size(folder.path())?;

    let server = Server::relay(relay, folder.path())?;
    let pushed = records.div_ceil(100 * BATCH) * 100 * BATCH;
    let alone = singles.appends.len() * BATCH;
    Ok(Kept {
        records: pushed + alone,
        batched: (batched - empty) as f64 / pushed as f64,
        single: (all - batched) as f64 / alone as f64,
        ready: server.ready,
    })
}

/// What became of writes over kills.
#[derive(Default)]
pub(crate) struct Survived {
    pub(crate) acknowledged: usize,
    pub(crate) lost: usize,
}

/// Kills the relay while many write, starts it again and looks for every write that it acknowledged.
pub(crate) async fn kill(organisation: &mut Organisation, relay: &Path, kills: usize) -> Result<Survived> {
    const WRITERS: usize = 16;
    const APPENDS: usize = 400;
    let folder = tempfile::tempdir()?;
    let mut founded = Vec::new();
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        writers.push(Growth::make(organisation, &mut founded, APPENDS, 1, Records::ONE)?);
    }
    let mut server = Server::relay(relay, folder.path())?;
    found(organisation, &server, folder.path()).await?;
    let session = Session::open(server.address, &organisation.signer()).await?;
    let setting = together(founded).iter().map(Prepared::new).collect();
    drive(session.address, session.sign_all(&[setting]), 1).await?;

    let mut acknowledged = [0; WRITERS];
    let mut last = 0;
    let mut survived = Survived::default();
    for round in 0..=kills {
        let session = Session::open(server.address, &organisation.signer()).await?;
        for (writer, count) in writers.iter().zip(acknowledged) {
            for append in 0..count {
                survived.lost += usize::from(!writer.is_stored(&session, append).await?);
            }
        }
        let now = cursor(&session).await?;
        ensure!(now >= last, "the cursor went back from {last} to {now}");
        last = now;
        if round == kills {
            break;
        }
        let total = Arc::new(AtomicUsize::new(0));
        let mut tasks = Vec::new();
        for (writer, from) in writers.iter().zip(acknowledged) {
            let requests: Vec<Request> = writer.prepared().iter().skip(from).map(|call| session.sign(call)).collect();
            tasks.push(tokio::spawn(until_cut(session.address, requests, Arc::clone(&total))));
        }
        // Load decides when the end comes, not a clock: after a number of appends that differs each round.
        while total.load(Ordering::Relaxed) < 50 + 37 * round {
            tokio::task::yield_now().await;
        }
        server.kill()?;
        for (task, count) in tasks.into_iter().zip(&mut acknowledged) {
            *count += task.await?;
        }
        server = Server::relay(relay, folder.path())?;
    }
    survived.acknowledged = acknowledged.iter().sum();
    Ok(survived)
}

/// Sends until nobody answers; gives the number of answers that were a 200.
async fn until_cut(address: std::net::SocketAddr, requests: Vec<Request>, total: Arc<AtomicUsize>) -> usize {
    let Ok(mut connection) = Connection::open(address).await else { return 0 };
    let mut count = 0;
    for request in requests {
        match connection.send(&request).await {
            Ok((200, _)) => count += 1,
            _ => break,
        }
        total.fetch_add(1, Ordering::Relaxed);
    }
    count
}
