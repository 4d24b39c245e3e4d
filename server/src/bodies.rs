//! Bodies on their way in: how many bytes of them are in memory at once, and for how long.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use futures::StreamExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use zegel_protocol::Problem;

use crate::failure::Failure;

/// Bodies up to this size are not counted: polling goes on while large uploads wait.
const SMALL: usize = 1024;
/// What counts as one permit.
const UNIT: usize = 1024;
/// How long a body may take. As long as a client of ours goes on sending.
const TIME: Duration = Duration::from_secs(180);

/// The room there is for bodies.
#[derive(Debug)]
pub(crate) struct Bodies {
    room: Arc<Semaphore>,
    patience: Duration,
}

/// A body, and the room it takes until it is dropped.
#[derive(Debug)]
pub(crate) struct Received {
    bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl Received {
    /// The bytes.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl Bodies {
    /// Room for this many bytes at once. Who finds none waits for `patience`.
    pub(crate) fn new(bytes: usize, patience: Duration) -> Self {
        Self { room: Arc::new(Semaphore::new(bytes / UNIT)), patience }
    }

    /// Reads a body of at most `most` bytes when there is room for it. One that does not say how long it is takes the
    /// room of the longest.
    ///
    /// Errors: [`Problem::TooLarge`]; [`Problem::Busy`] if no room came free in time, or the body did not come.
    pub(crate) async fn receive(&self, body: Body, most: usize) -> Result<Received, Failure> {
        let announced = body.size_hint().exact().map_or(Ok(most), usize::try_from);
        let length = announced.ok().filter(|length| *length <= most).ok_or(Problem::TooLarge)?;
        let room = match length {
            ..=SMALL => None,
            _ => match self.claim(length).await {
                Some(room) => Some(room),
                None => {
                    self.discard(body, most).await;
                    return Err(Problem::Busy.into());
                }
            },
        };
        let bytes = timeout(TIME, to_bytes(body, length)).await.map_err(|_| Problem::Busy)?;
        Ok(Received { bytes: bytes.map_err(|_| Problem::TooLarge)?, _room: room })
    }

    async fn claim(&self, length: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(length.div_ceil(UNIT)).ok()?;
        timeout(self.patience, Arc::clone(&self.room).acquire_many_owned(units)).await.ok()?.ok()
    }

    /// Reads past a body that nobody will look at: a client that is still sending would not hear the answer. Ends after
    /// `most` bytes.
    pub(crate) async fn discard(&self, body: Body, most: usize) {
        let mut pieces = body.into_data_stream();
        let past = async {
            let mut read = 0;
            while let Some(Ok(piece)) = pieces.next().await {
                read += piece.len();
                if read > most {
                    return;
                }
            }
        };
        // Too slow or too long: then the connection ends without an answer.
        let _ = timeout(TIME, past).await;
    }
}
