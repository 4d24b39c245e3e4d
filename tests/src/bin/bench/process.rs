//! A server as a process: started, watched from outside, ended.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

/// What the relay and the limit both print once they listen.
pub(crate) const LISTENS: &str = "listens on http://";

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first 200 of `/healthz`.
    pub(crate) ready: Duration,
}

/// Processor time of each thread, in nanoseconds.
pub(crate) struct Processor(HashMap<String, u64>);

impl Server {
    /// Starts the relay on a folder, with its rate limits out of the way: there is one key here.
    pub(crate) fn relay(binary: &Path, data: &Path) -> Result<Self> {
        let mut command = Command::new(binary);
        command.arg("serve").arg("--data").arg(data);
        command.args(["--listen", "127.0.0.1:0", "--rate", "1000000", "--rate-per-key", "1000000"]);
        Self::start(&mut command)
    }

    /// Starts the limit on a folder, for requests signed with this key.
    pub(crate) fn limit(data: &Path, request_key: &str, content_key: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        Self::start(command.arg("limit").arg(data).args([request_key, content_key]))
    }

    fn start(command: &mut Command) -> Result<Self> {
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let Some((_, address)) = line.trim().split_once(LISTENS) else {
            child.kill()?;
            child.wait()?;
            bail!("the server said {line:?}");
        };
        let mut server = Self { child, address: address.parse()?, ready: Duration::ZERO };
        let mut answer = String::new();
        let mut stream = TcpStream::connect(server.address)?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "healthz: {answer}");
        server.ready = began.elapsed();
        Ok(server)
    }

    /// Ends it without warning.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        let pid = self.child.id().to_string();
        ensure!(Command::new("kill").args(["-TERM", &pid]).status()?.success(), "cannot stop {pid}");
        ensure!(self.child.wait()?.success(), "the server did not end well");
        Ok(())
    }

    /// Processor time so far. `/proc/PID/stat` counts in hundredths of a second, too coarse for microseconds an
    /// operation; the scheduler's own count is in nanoseconds.
    pub(crate) fn processor(&self) -> Result<Processor> {
        let mut threads = HashMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let task = task?;
            // A thread may end between the listing and the reading.
            let Ok(line) = fs::read_to_string(task.path().join("schedstat")) else { continue };
            let nanos = line.split_whitespace().next().context("schedstat")?.parse()?;
            threads.insert(task.file_name().to_string_lossy().into_owned(), nanos);
        }
        Ok(Processor(threads))
    }

    /// Processor time since `before`.
    pub(crate) fn processor_since(&self, before: &Processor) -> Result<Duration> {
        let now = self.processor()?.0;
        let spent = now.iter().map(|(thread, nanos)| nanos - before.0.get(thread).unwrap_or(&0).min(nanos));
        Ok(Duration::from_nanos(spent.sum()))
    }

    /// Resident memory now, in MiB.
    pub(crate) fn resident(&self) -> Result<f64> {
        self.kibibytes("status", "VmRSS:")
    }

    /// Resident memory now, shared pages divided among those who share them, in MiB.
    pub(crate) fn proportional(&self) -> Result<f64> {
        self.kibibytes("smaps_rollup", "Pss:")
    }

    /// The most resident memory since [`Server::forget_high_water`], in MiB.
    pub(crate) fn high_water(&self) -> Result<f64> {
        self.kibibytes("status", "VmHWM:")
    }

    pub(crate) fn forget_high_water(&self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    fn kibibytes(&self, file: &str, field: &str) -> Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(field)).with_context(|| field.to_owned())?;
        let number: f64 = line.split_whitespace().next().context("a number")?.parse()?;
        Ok(number / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes of all files in a folder and below.
pub(crate) fn size(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        sum += if metadata.is_dir() { size(&entry.path())? } else { metadata.len() };
    }
    Ok(sum)
}

/// How busy the machine is: the share of processor time that was idle over `window`, in percent, and the load.
pub(crate) fn idle(window: Duration) -> Result<(f64, String)> {
    let before = ticks()?;
    std::thread::sleep(window);
    let after = ticks()?;
    let share = (after.0 - before.0) as f64 / (after.1 - before.1).max(1) as f64;
    let load = fs::read_to_string("/proc/loadavg")?.split_whitespace().next().unwrap_or_default().to_owned();
    Ok((share * 100.0, load))
}

/// Idle ticks, and all of them.
fn ticks() -> Result<(u64, u64)> {
    let text = fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().context("/proc/stat is empty")?;
    let fields = line.split_whitespace().skip(1).take(8).map(str::parse).collect::<Result<Vec<u64>, _>>()?;
    Ok((fields.get(3).copied().unwrap_or_default(), fields.iter().sum()))
}
