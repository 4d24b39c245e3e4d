//! Calling the relay: encodes, signs over its challenge, decodes.

use zegel_crypto::{Canonical as _, SigningKey};
use zegel_protocol::{
    Problem, VERSION,
    calls::{Call, Hello, UPLOAD_CHUNK, UploadState, Welcome},
    signature,
};

use crate::{
    VaultError,
    ports::{Ports, TransportError},
};

/// Whose key signs a request.
pub(crate) struct Signer<'k> {
    /// The device's, link's or person's id, as text.
    pub(crate) key_id: String,
    /// The key.
    pub(crate) key: &'k SigningKey,
}

/// What is remembered of the relay between calls.
#[derive(Clone, Default)]
pub(crate) struct Relay {
    welcome: Option<Welcome>,
    skew: i64,
}

impl Relay {
    /// Asks who is there; the challenge is kept for the calls that follow.
    pub(crate) async fn hello(&mut self, ports: &Ports) -> Result<&Welcome, TransportError> {
        let hello = Hello { version: VERSION };
        let answer = ports.transport.post(Hello::PATH, hello.to_canonical(), None).await?;
        let welcome = Welcome::from_canonical(&answer).map_err(|_| TransportError::NotARelay)?;
        if welcome.version != VERSION {
            return Err(Problem::Version(welcome.version).into());
        }
        self.skew = welcome.time.cast_signed().saturating_sub(ports.clock.now().cast_signed());
        Ok(self.welcome.insert(welcome))
    }

    /// The relay's clock minus this machine's at the last hello, in seconds.
    pub(crate) fn skew(&self) -> i64 {
        self.skew
    }

    /// To about which time the relay says it was put back, while no director has confirmed it.
    pub(crate) fn put_back(&self) -> Option<u64> {
        self.welcome.as_ref().and_then(|welcome| welcome.put_back)
    }

    /// What the relay last said of itself.
    pub(crate) fn welcome(&self) -> Option<&Welcome> {
        self.welcome.as_ref()
    }

    /// Makes an unsigned call.
    pub(crate) async fn ask<C: Call>(&self, ports: &Ports, call: &C) -> Result<C::Answer, TransportError> {
        let answer = ports.transport.post(C::PATH, call.to_canonical(), None).await?;
        C::Answer::from_canonical(&answer).map_err(|_| TransportError::NotARelay)
    }

    /// Makes a signed call.
    pub(crate) async fn call<C: Call>(
        &mut self,
        ports: &Ports,
        signer: &Signer<'_>,
        call: &C,
    ) -> Result<C::Answer, TransportError> {
        // Boxed, so that not every call carries the whole of it.
        let answer = Box::pin(self.signed(ports, signer, C::PATH, call.to_canonical())).await?;
        C::Answer::from_canonical(&answer).map_err(|_| TransportError::NotARelay)
    }

    /// Sends a chunk of an upload.
    pub(crate) async fn chunk(
        &mut self,
        ports: &Ports,
        signer: &Signer<'_>,
        upload: &str,
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<UploadState, TransportError> {
        let path = format!("{UPLOAD_CHUNK}/{upload}/{offset}");
        let answer = self.signed(ports, signer, &path, bytes).await?;
        UploadState::from_canonical(&answer).map_err(|_| TransportError::NotARelay)
    }

    async fn signed(
        &mut self,
        ports: &Ports,
        signer: &Signer<'_>,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, TransportError> {
        let known = self.welcome.is_some();
        match self.signed_once(ports, signer, path, &body).await {
            // A challenge lasts two minutes; a new one costs one more round trip, once.
            Err(TransportError::Problem(Problem::StaleChallenge)) if known => {
                self.hello(ports).await?;
                self.signed_once(ports, signer, path, &body).await
            }
            other => other,
        }
    }

    async fn signed_once(
        &mut self,
        ports: &Ports,
        signer: &Signer<'_>,
        path: &str,
        body: &[u8],
    ) -> Result<Vec<u8>, TransportError> {
        let challenge = match &self.welcome {
            Some(welcome) => welcome.challenge.clone(),
            None => self.hello(ports).await?.challenge.clone(),
        };
        let headers = signature::sign(path, body, &signer.key_id, &challenge, signer.key);
        ports.transport.post(path, body.to_vec(), Some(headers)).await
    }
}

/// Whether nobody was there to hear it, so that it may be tried again later.
pub(crate) fn is_unreachable(error: &TransportError) -> bool {
    matches!(error, TransportError::Unreachable | TransportError::Problem(Problem::Busy))
}

impl From<TransportError> for Outcome {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Problem(Problem::Conflict(..)) => Self::Conflict,
            error if is_unreachable(&error) => Self::Unreachable,
            error => Self::Failed(error.into()),
        }
    }
}

/// How an append ended that did not succeed.
pub(crate) enum Outcome {
    /// Somebody was first.
    Conflict,
    /// Nobody heard it.
    Unreachable,
    /// It will not work.
    Failed(VaultError),
}
