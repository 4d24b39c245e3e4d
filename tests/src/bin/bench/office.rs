//! An organisation on a relay of its own, worked in by the real vault over HTTP.

use std::{cell::Cell, path::Path, rc::Rc};

use anyhow::Result;
use async_trait::async_trait;
use tempfile::TempDir;
use zegel_protocol::signature::SignatureHeaders;
use zegel_tests::world::passphrase;
use zegel_vault::{
    FirstPolicy, NewOrganisation, Vault,
    memory::MemoryStore,
    native::{HttpTransport, SqliteStore, SystemClock, SystemEntropy},
    ports::{InProcess, Opening, Ports, Store, Table, Transport, TransportError, Write},
};

use crate::process::Server;

/// Who dossiers are about.
const NAMES: [&str; 5] = ["Yasemin Öztürk", "Jan de Boer", "Fatima el Idrissi", "Sofie Peeters", "Łukasz Nowak"];

/// The title of a dossier.
pub(crate) fn title(number: usize) -> String {
    format!("Deelnemer {number:05} {}", NAMES[number % NAMES.len()])
}

/// The relay, and its first director at work.
pub(crate) struct Office {
    pub(crate) server: Server,
    // Outlives the server.
    _folder: TempDir,
    pub(crate) vault: Vault,
    /// The director's key card, with which another device begins.
    pub(crate) card: String,
    store: MemoryStore,
    counts: Rc<Cell<Counts>>,
}

/// Bytes and requests that went to the relay.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    pub(crate) sent: u64,
}

impl Office {
    /// Starts a relay and sets up an organisation there.
    pub(crate) async fn found(relay: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = Server::relay(relay, folder.path())?;
        let (store, counts) = (MemoryStore::new(), Rc::default());
        let new = NewOrganisation {
            token: std::fs::read_to_string(folder.path().join("setup-token"))?,
            organisation: "Stichting Voorbeeld".to_owned(),
            name: "Iris de Vries".to_owned(),
            passphrase: passphrase(),
            threshold: 2,
            sheets: 3,
            policy: FirstPolicy::default(),
        };
        let (vault, printed) = Vault::found(ports(&server, &counts, store.clone())?, new).await?;
        Ok(Self { server, _folder: folder, vault, card: printed.card, store, counts })
    }

    /// Makes dossiers; one in ten has a report to search in.
    pub(crate) async fn fill(&mut self, dossiers: usize) -> Result<()> {
        for number in 0..dossiers {
            let dossier = self.vault.new_dossier(&title(number)).await?;
            if number % 10 == 0 {
                self.report(&dossier, number).await?;
            }
        }
        // A shelf is warm when the last sync took note of everything.
        self.vault.sync().await?;
        Ok(())
    }

    /// Writes a report; gives its id.
    pub(crate) async fn report(&mut self, dossier: &str, number: usize) -> Result<String> {
        let (title, sentence) =
            (format!("Gesprek {number}"), "diploma heftruck, kwam op tijd, verder over twee weken. ");
        let text = format!("{title}: {sentence}").repeat(8);
        Ok(self.vault.save_report(dossier, None, 0, &title, &text, "2026-03-05").await?.item)
    }

    /// Ports to the relay over another store.
    pub(crate) fn ports(&self, store: impl Store + 'static) -> Result<Ports> {
        ports(&self.server, &self.counts, store)
    }

    /// What went to the relay so far.
    pub(crate) fn counts(&self) -> Counts {
        self.counts.get()
    }

    /// What the director's device holds, as a store on disk.
    pub(crate) async fn device(&self) -> Result<TempDir> {
        let folder = tempfile::tempdir()?;
        let disk = SqliteStore::open(folder.path())?;
        for table in Table::ALL {
            let values = self.store.all(table).await?.into_iter();
            disk.write(values.map(|(key, value)| Write::Put(table, key, value)).collect()).await?;
        }
        Ok(folder)
    }
}

fn ports(server: &Server, counts: &Rc<Cell<Counts>>, store: impl Store + 'static) -> Result<Ports> {
    let inner = HttpTransport::new(&format!("http://{}", server.address))?;
    Ok(Ports {
        transport: Box::new(Counting { inner, counts: Rc::clone(counts) }),
        store: Box::new(store),
        clock: Box::new(SystemClock),
        entropy: Box::new(SystemEntropy),
        accelerator: Box::new(InProcess),
    })
}

struct Counting {
    inner: HttpTransport,
    counts: Rc<Cell<Counts>>,
}

#[async_trait(?Send)]
impl Transport for Counting {
    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Vec<u8>, TransportError> {
        let headers = signature.as_ref().map_or(0, |headers| {
            headers.content_digest.len() + headers.signature_input.len() + headers.signature.len()
        });
        let Counts { requests, sent } = self.counts.get();
        let sent = sent + (path.len() + headers + body.len()) as u64;
        self.counts.set(Counts { requests: requests + 1, sent });
        self.inner.post(path, body, signature).await
    }

    fn listen(&self, path: &str, signature: SignatureHeaders) -> Opening {
        self.inner.listen(path, signature)
    }
}
