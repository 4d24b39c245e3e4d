//! The built relay as a process of its own, spoken to over HTTP.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use zegel_crypto::Canonical as _;
use zegel_protocol::{
    Problem, VERSION,
    calls::{Call, Hello},
    signature,
};

use super::Key;

/// The built relay on a folder, with a connection each call.
pub struct Server {
    pub child: Child,
    pub address: String,
}

impl Server {
    /// Starts it; `before` is what the shell does first.
    pub fn start(folder: &Path, before: &str) -> Self {
        let relay = env!("CARGO_BIN_EXE_zegel-relay");
        let command = format!("{before} exec {relay} serve --data '{}' --listen 127.0.0.1:0", folder.display());
        let mut child =
            Command::new("sh").args(["-c", &command]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("zegel-relay listens on http://").unwrap().to_owned();
        Self { child, address }
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The most memory that it ever had resident, in bytes.
    pub fn high_water(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }
}

/// Posts over HTTP; nothing if the relay is gone.
pub fn post(address: &str, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Option<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut request =
        format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += "\r\n";
    stream.write_all(request.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let split = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..split]).to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.trim().parse().ok()?;
    let body = answer[split + 4..].to_vec();
    (body.len() == length).then_some((status, body))
}

pub fn call<C: Call>(address: &str, key: &Key, call: &C) -> Option<Result<C::Answer, Problem>> {
    let (_, welcome) = post(address, Hello::PATH, &Hello { version: VERSION }.to_canonical(), &[])?;
    let challenge = <Hello as Call>::Answer::from_canonical(&welcome).unwrap().challenge;
    let body = call.to_canonical();
    let headers = signature::sign(C::PATH, &body, &key.name, &challenge, &key.key);
    let headers = [
        (signature::CONTENT_DIGEST, headers.content_digest.as_str()),
        (signature::SIGNATURE_INPUT, headers.signature_input.as_str()),
        (signature::SIGNATURE, headers.signature.as_str()),
    ];
    let (status, body) = post(address, C::PATH, &body, &headers)?;
    Some(if status == 200 {
        Ok(C::Answer::from_canonical(&body).unwrap())
    } else {
        Err(Problem::from_canonical(&body).unwrap())
    })
}
