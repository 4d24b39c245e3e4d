//! The relay's command line.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};
use zegel_relay::{Config, Relay, backup, check, clock::SystemClock, restore, serve};

/// Stores and serves sealed dossiers that it cannot read.
#[derive(Parser)]
#[command(name = "zegel-relay", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves a folder.
    Serve {
        /// The folder that holds everything; made if it is not there.
        #[arg(long)]
        data: PathBuf,
        /// Where to listen. Put a TLS terminator before anything but loopback.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Requests a second from one key.
        #[arg(long, default_value_t = 10_000)]
        rate_per_key: u32,
        /// Requests a second from everybody together.
        #[arg(long, default_value_t = 40_000)]
        rate: u32,
        /// Says that the clock is right although it jumped: destruction goes on.
        #[arg(long)]
        clock_confirmed: bool,
    },
    /// Walks every chain, every hash and every blob of a folder that is not being served.
    Check {
        /// The folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Copies a folder, which may be being served, to a new one: the archive and the halves apart.
    Backup {
        /// The folder.
        #[arg(long)]
        data: PathBuf,
        /// A new or empty folder.
        #[arg(long)]
        to: PathBuf,
        /// Only the halves: small, to be copied every few minutes
        #[arg(long)]
        halves_only: bool,
    },
    /// Makes a folder of a backed-up archive and halves, which must not be older. Until a director has confirmed it, the
    /// relay that serves it serves members of staff only.
    Restore {
        /// The folder `archive` of a backup.
        #[arg(long)]
        archive: PathBuf,
        /// The folder `halves` of the newest backup there is.
        #[arg(long)]
        halves: PathBuf,
        /// A new or empty folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Asks a running relay whether it is well.
    Healthcheck {
        /// Where it listens.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve { data, listen, rate_per_key, rate, clock_confirmed } => {
            run(Config { rate_per_key, rate, clock_confirmed, ..Config::new(data) }, listen)
        }
        Command::Check { data } => walk(&data),
        Command::Backup { data, to, halves_only: true } => {
            backup::back_up_halves(&data, &to).map_err(|error| error.to_string())
        }
        Command::Backup { data, to, halves_only: false } => {
            backup::back_up(&data, &to, &SystemClock).map_err(|error| error.to_string())
        }
        Command::Restore { archive, halves, data } => put_back(&archive, &halves, &data),
        Command::Healthcheck { listen } => ask(listen),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("zegel-relay: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(config: Config, listen: SocketAddr) -> Result<(), String> {
    let token = config.data.join("setup-token");
    let relay = Relay::open(config).map_err(|error| error.to_string())?;
    if !relay.is_set_up() {
        eprintln!("zegel-relay: no organisation yet; its set-up token is in {}", token.display());
    }
    if relay.is_backup_due() {
        eprintln!("zegel-relay: not backed up; without relay halves nothing opens. Run `zegel-relay backup`.");
    }
    if relay.put_back().is_some() {
        eprintln!(
            "zegel-relay: this is an earlier state than was served before; only members of staff are served until a director \
             has confirmed it"
        );
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    // Each thread that reads has a connection with a cache of its own.
    let runtime = runtime.worker_threads(2).max_blocking_threads(16).enable_all().build();
    let ready = |address| println!("zegel-relay listens on http://{address}");
    let served = runtime.map_err(|error| error.to_string())?.block_on(serve(relay, listen, ready, stop()));
    served.map_err(|error| format!("cannot listen on {listen}: {error}"))
}

fn put_back(archive: &Path, halves: &Path, data: &Path) -> Result<(), String> {
    restore::restore(archive, halves, data, &SystemClock).map_err(|error| error.to_string())?;
    println!("restored into {0}; run `zegel-relay check --data {0}`, then serve it", data.display());
    println!("members of staff hand back what was lost since; then a director confirms it: `zegel restored`");
    Ok(())
}

/// Ready when the operator or the system asks for an end.
async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        },
        Err(_) => drop(interrupted.await),
    }
}

fn walk(data: &Path) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let checked = runtime.map_err(|error| error.to_string())?.block_on(check::check(data));
    let checked = checked.map_err(|error| error.to_string())?;
    println!("{} logs, {} entries, {} blobs", checked.logs, checked.entries, checked.blobs);
    for fault in &checked.faults {
        println!("{fault}");
    }
    if checked.faults.is_empty() { Ok(()) } else { Err(format!("{} faults", checked.faults.len())) }
}

fn ask(listen: SocketAddr) -> Result<(), String> {
    let limit = Duration::from_secs(5);
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&listen, limit)?;
        stream.set_read_timeout(Some(limit))?;
        write!(stream, "GET /healthz HTTP/1.1\r\nhost: {listen}\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = asked().map_err(|error| format!("no answer from {listen}: {error}"))?;
    if let Some((_, told)) = answer.split_once("\r\n\r\n") {
        told.lines().for_each(|line| println!("{line}"));
    }
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err("the relay is not well".into()) }
}
