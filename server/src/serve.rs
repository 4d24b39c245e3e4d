//! Serving: the listener, the hourly round and an end that loses nothing.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use crate::{relay::Relay, routes::router};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Serves until `stop` is ready, then finishes what was begun. `ready` is told the address, with the port that was given.
pub async fn serve(
    relay: Relay,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let rounds = tokio::spawn(maintain(relay.clone()));
    ready(listener.local_addr()?);
    // Answers are written whole; waiting to fill a packet would only delay them. A socket that is gone shows itself later.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let ending = relay.clone();
    let stop = async move {
        stop.await;
        ending.end_lines();
    };
    let served = axum::serve(listener, router(&relay)).with_graceful_shutdown(stop).await;
    rounds.abort();
    served
}

async fn maintain(relay: Relay) {
    let mut hours = tokio::time::interval(HOUR);
    loop {
        hours.tick().await;
        match relay.maintain().await {
            Ok(done) if done.clock_doubted => eprintln!(
                "zegel-relay: the clock jumped more than 48 hours; nothing is destroyed until you start with --clock-confirmed"
            ),
            // What went wrong was printed where it happened; the next hour tries again.
            Ok(_) | Err(_) => {}
        }
    }
}
