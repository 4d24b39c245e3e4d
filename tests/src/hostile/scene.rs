//! Two people, one dossier and a relay that is about to turn on them.

use zegel_crypto::{Half, Label, Seed, SigningKey, derive_key, derive_secret};
use zegel_ledger::{
    Change, CompartmentEpoch, CompartmentId, Directory, Entry, Epoch, HalfId, LogId, LogKind, OrganisationId, Receiver,
    Refusal,
};
use zegel_vault::{
    VaultError,
    view::{Alarm, ItemKind},
};

use super::{Canaries, HostileRelay, Injection, Insider, Stolen, Transcript, bundle, remembered};
use crate::world::{Actor, DOCUMENT, PASSPHRASE, REPORT, World};

/// The title of the scene's dossier.
pub const TITLE: &str = "Yasemin Öztürk";

/// Heads as a device remembers them.
pub type Heads = Vec<(Vec<u8>, Vec<u8>)>;

/// Iris and Ruben direct; both read and write one dossier with a report and a document.
pub struct Scene {
    /// Relay, clock, people's devices.
    pub world: World,
    /// What stands between.
    pub relay: HostileRelay,
    /// Who made the dossier; on device number 0.
    pub iris: Actor,
    /// Who was let in; on device number 1.
    pub ruben: Actor,
    /// Its id.
    pub dossier: String,
    /// The report in it.
    pub report: String,
    /// The document in it.
    pub document: String,
}

impl Scene {
    /// The number of Iris's device.
    pub const IRIS: usize = 0;
    /// The number of Ruben's device.
    pub const RUBEN: usize = 1;

    /// Sets it up, with a relay that still behaves.
    pub async fn new() -> Self {
        let relay = HostileRelay::new();
        let world = World::with_network(relay.network());
        let mut iris = world.director("Iris de Vries").await;
        let (dossier, report, document) = iris.dossier(TITLE).await;
        let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
        iris.vault.grant(&dossier, &ruben.vault.session().person).await.expect("a grant");
        ruben.vault.sync().await.expect("news");
        Self { world, relay, iris, ruben, dossier, report, document }
    }

    /// Iris removes Ruben. Both direct, so he has to agree.
    pub async fn remove_ruben(&mut self) -> Result<(), VaultError> {
        let keys = Insider::of(&self.ruben.store, PASSPHRASE).await;
        let relay = self.world.relay();
        let (directory, _) = keys.directory(&relay).await;
        let agreed = vec![Change::Agree(Change::Remove(keys.person).agreement())];
        let entry = keys.entry(directory.log(), None, agreed);
        let log = (self.organisation(), LogKind::Directory);
        keys.append(&relay, log, entry, Vec::new(), Vec::new()).await.expect("a director agrees");
        self.iris.vault.remove_member(&keys.person.to_string()).await
    }

    /// The dossier's log.
    pub fn log(&self) -> LogId {
        self.dossier.parse().expect("a log's id")
    }

    /// The organisation.
    pub fn organisation(&self) -> OrganisationId {
        self.iris.vault.session().organisation_id.parse().expect("a log's id")
    }

    /// What somebody with these keys has of the dossier, and the directory they rely on.
    pub async fn held_by(&self, keys: &Insider) -> (Directory, Stolen) {
        let (directory, _) = keys.directory(&self.world.relay()).await;
        let held = keys.take(&self.world.relay(), self.log(), LogKind::Dossier, &directory).await;
        (directory, held.expect("a reader's dossier"))
    }

    fn actor(&mut self, device: usize) -> &mut Actor {
        if device == Self::IRIS { &mut self.iris } else { &mut self.ruben }
    }

    /// The heads that a device remembers, which no refused answer may change; but for its owner's own log, which the vault
    /// writes when it has something to keep.
    pub async fn heads(&self, device: usize) -> Heads {
        let store = if device == Self::IRIS { &self.iris.store } else { &self.ruben.store };
        let keys = Insider::of(store, PASSPHRASE).await;
        let own = derive_secret(Label::PersonalLog, keys.notes_root.expose(), &keys.organisation.0, &keys.person);
        let mut heads = remembered(store).await;
        heads.retain(|(key, _)| !key.ends_with(&own[..16]));
        heads
    }

    /// What every attack must meet besides the typed refusal, which the test itself expects: no head that this device
    /// remembers has moved since `before`, its owner sees the warning, and nothing was said that the relay may not know.
    pub async fn withstood(&mut self, device: usize, before: &Heads, alarm: &Alarm) {
        assert_eq!(self.heads(device).await, *before, "no head moved");
        let dossier = self.dossier.clone();
        let actor = self.actor(device);
        let mut seen = alarms(actor);
        seen.extend(actor.vault.dossier(&dossier).await.map(|view| view.alarms).unwrap_or_default());
        assert!(seen.contains(alarm), "{seen:?}");
        self.kept_quiet().await;
    }

    /// Shows Iris an entry of the dossier and expects her to refuse it for this reason, to stay where she was, and to be
    /// warned of it on the dossier's page.
    pub async fn refuses(&mut self, entry: Entry, blobs: Vec<Vec<u8>>, refusal: Refusal) {
        let before = self.heads(Self::IRIS).await;
        self.relay.relent();
        self.relay.inject(Injection::into_log(self.log(), LogKind::Dossier).entry(entry).blobs(blobs));
        self.iris.vault.sync().await.expect("the rest is in order");
        self.relay.relent();
        let alarm = refused(&self.dossier, refusal);
        self.withstood(Self::IRIS, &before, &alarm).await;
        assert!(self.iris.vault.dossier(&self.dossier).await.expect("a dossier").alarms.contains(&alarm));
    }

    /// Shows Iris an entry of the directory and expects the same.
    pub async fn refuses_in_directory(&mut self, entry: Entry, refusal: Refusal) {
        let (before, members) = (self.heads(Self::IRIS).await, self.iris.vault.members());
        self.relay.relent();
        self.relay.inject(Injection::into_log(self.organisation(), LogKind::Directory).entry(entry));
        assert_eq!(self.iris.vault.sync().await.err(), Some(refusal.into()));
        self.relay.relent();
        let alarm = refused(&self.iris.vault.session().organisation_id, refusal);
        self.withstood(Self::IRIS, &before, &alarm).await;
        assert_eq!(self.iris.vault.members(), members);
    }

    /// Nothing was said to the relay that it may not know, by anybody, ever; and it has nothing of it on its disk.
    pub async fn kept_quiet(&self) {
        let canaries = self.canaries().await;
        let transcript: Transcript = self.relay.transcript();
        assert!(!transcript.0.is_empty());
        assert_eq!(canaries.found_in(&transcript.bytes()), [""; 0]);
        assert_eq!(canaries.found_under(self.world.folder()), [""; 0]);
    }

    /// Content, names and keys.
    pub async fn canaries(&self) -> Canaries {
        let mut canaries = Canaries::new()
            .and("title", TITLE)
            .and("report", &REPORT[..15])
            .and("document", &DOCUMENT[9..22])
            .and("organisation", "Stichting Voorbeeld")
            .and("passphrase", PASSPHRASE);
        for actor in [&self.iris, &self.ruben] {
            let keys = Insider::of(&actor.store, PASSPHRASE).await;
            canaries = canaries.and("name", actor.vault.session().name).and("card", card_secret(&actor.printed.card));
            canaries = canaries.and("slot", keys.slot.expose()).and("notes root", keys.notes_root.expose());
            canaries = canaries.and("receiving key", keys.receiving.to_seed().as_slice());
            for (name, key) in [("account", &keys.account), ("signing", &keys.signing), ("request", &keys.request)] {
                canaries = canaries.and(name, key.to_seed().as_slice());
            }
        }
        canaries
    }
}

fn card_secret(card: &str) -> Vec<u8> {
    zegel_crypto::printed::KeyCard::from_text(card).expect("a card").secret.expose().to_vec()
}

/// Saves a report with this text, and this title.
pub async fn save(actor: &mut Actor, dossier: &str, text: &str) -> Result<String, VaultError> {
    actor.vault.save_report(dossier, None, 0, text, text, "2026-03-09").await.map(|saved| saved.item)
}

/// The texts of all reports, sorted.
pub async fn texts(actor: &mut Actor, dossier: &str) -> Vec<String> {
    let view = actor.vault.dossier(dossier).await.expect("a dossier");
    let texts = view.items.into_iter().filter_map(|item| match item.kind {
        ItemKind::Report { text, .. } => Some(text),
        ItemKind::Document { .. } => None,
    });
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts
}

/// What somebody was warned of.
pub fn alarms(actor: &Actor) -> Vec<Alarm> {
    actor.vault.session().alarms
}

/// The warning about a refused entry.
pub fn refused(log: &str, refusal: Refusal) -> Alarm {
    Alarm::Refused(log.to_owned(), refusal.to_string())
}

/// A key that the relay made for itself.
pub fn own_key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

/// The next epoch of a compartment as somebody would open it who lies to some of its readers.
pub struct NextEpoch {
    /// The epoch and a wrap for every living grant.
    pub changes: Vec<Change>,
    /// The wraps.
    pub blobs: Vec<Vec<u8>>,
    /// Its half.
    pub half: (HalfId, Half),
}

impl NextEpoch {
    /// Wraps `seed` to everyone but those for whom `forge` gives another.
    pub fn make(
        held: &Stolen,
        directory: &Directory,
        compartment: CompartmentId,
        seed: &Seed,
        forge: impl Fn(&Receiver) -> Option<Seed>,
    ) -> Self {
        let epoch = held.log.current_epoch(compartment).map_or(0, |epoch| epoch.epoch) + 1;
        let at = CompartmentEpoch { compartment, epoch };
        let half = Half::from_bytes([77; 32]);
        let id = HalfId([compartment.0[0] ^ 0x5a; 16]);
        let (organisation, log) = (directory.organisation(), held.log.id());
        let key = derive_key(Label::CompartmentKey, seed, &half, &(organisation, log, compartment, epoch));
        let mut changes = vec![Change::Epoch(Epoch {
            compartment,
            epoch,
            half: id,
            seed_commitment: seed.commitment(),
            key_commitment: key.commitment(),
        })];
        let mut blobs = Vec::new();
        for state in held.log.grants().filter(|state| state.revoked.is_none()) {
            let receiver = &state.grant.receiver;
            let public = match receiver {
                Receiver::Person(person) => directory.now().member(*person).map(|m| m.admission.receiving.clone()),
                Receiver::Recovery => directory.recovery().map(|recovery| recovery.receiving.clone()),
                Receiver::Link(link) => Some(link.receiving.clone()),
                Receiver::Party(person) => held.log.party(*person).map(|known| known.party.receiving.clone()),
            };
            let Some(public) = public else { continue };
            let given = forge(receiver).unwrap_or_else(|| seed.clone());
            let (change, blob) = bundle(log, &state.grant, &public, &[(at, given)], &[seed.commitment()]);
            changes.push(change);
            blobs.push(blob);
        }
        Self { changes, blobs, half: (id, half) }
    }
}
