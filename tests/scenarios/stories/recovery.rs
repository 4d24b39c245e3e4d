//! Two of three printed sheets, and what lies on the relay's disk, open a dossier: by hand, with nothing of the vault's.
//!
//! This is also the shortest reader there can be: it follows `docs/protocol.md` and nothing else.

use minicbor::{Decode, Encode};
use rusqlite::Connection;
use zegel_crypto::{
    Canonical as _, Half, Hash, Label, Seed, Wrapped, derive_key, labelled,
    pad::unpad,
    printed::RecoverySheet,
    recovery_receiving, root_signing, seal,
    shamir::{combine, share_hash},
    unwrap,
};
use zegel_dossier::Record;
use zegel_ledger::{Change, Commit, CompartmentEpoch, Directory, Entry, HalfId, Log, LogId, LogKind, Receiver};
use zegel_protocol::{
    Problem,
    calls::{Call as _, StoreKeyring},
};
use zegel_tests::{
    hostile::{HostileRelay, problem},
    world::{Actor, REPORT, World, passphrase},
};
use zegel_vault::{Recovery, Vault, VaultError, view::Alarm};

#[derive(Encode, Decode)]
#[cbor(transparent)]
struct Bundle(#[n(0)] Vec<(CompartmentEpoch, Seed)>);

/// The relay's disk, as whoever holds it reads it.
struct Disk {
    archive: Connection,
    halves: Connection,
}

impl Disk {
    fn open(world: &World) -> Self {
        let open = |name| Connection::open(world.folder().join(name)).unwrap();
        Self { archive: open("relay.sqlite"), halves: open("halves.sqlite") }
    }

    fn entries(&self, log: LogId) -> Vec<Entry> {
        let text = "SELECT e.bytes FROM entry e JOIN log l ON l.id = e.log WHERE l.name = ?1 ORDER BY e.sequence";
        let mut find = self.archive.prepare(text).unwrap();
        let rows = find.query_map([log.0], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        rows.map(|bytes| Entry::from_canonical(&bytes.unwrap()).unwrap()).collect()
    }

    fn blob(&self, name: Hash) -> Vec<u8> {
        self.archive.query_row("SELECT data FROM blob WHERE name = ?1", [name.0], |row| row.get(0)).unwrap()
    }

    fn half(&self, id: HalfId) -> Half {
        let bytes = self.halves.query_row("SELECT half FROM half WHERE id = ?1", [id.0], |row| row.get(0));
        Half::from_bytes(bytes.unwrap())
    }
}

#[tokio::test]
async fn two_of_three_sheets_open_a_dossier() {
    let world = World::new();
    let mut director = world.director("Iris de Vries").await;
    let (dossier, ..) = director.dossier("Saïd el Khattabi").await;
    let sheets = &director.printed.sheets;
    assert_eq!(sheets.len(), 3);
    let disk = Disk::open(&world);
    let organisation: LogId = director.vault.session().organisation_id.parse().unwrap();
    let mut directory = Directory::new(organisation);
    for entry in disk.entries(organisation) {
        directory.admit(&entry).unwrap();
    }

    // Each share is verified alone, by its hash in the directory.
    let recovery = directory.recovery().unwrap();
    let shares: Vec<_> = [&sheets[2], &sheets[0]]
        .map(|text| RecoverySheet::from_text(text).unwrap().to_share())
        .into_iter()
        .inspect(|share| assert_eq!(share_hash(share), recovery.shares[usize::from(share.index) - 1]))
        .collect();
    assert!(combine(recovery.threshold, &shares[..1]).is_err(), "one sheet is not enough");
    let secret = combine(recovery.threshold, &shares).unwrap();
    let root = root_signing(&Seed::from_bytes(secret[..32].try_into().unwrap()));
    assert_eq!(Some(&root.verifying()), directory.root());
    let key = recovery_receiving(&Seed::from_bytes(secret[32..].try_into().unwrap()));
    assert_eq!(key.public(), recovery.receiving);

    let mut log = Log::new(dossier.parse().unwrap(), LogKind::Dossier);
    let commits: Vec<Commit> =
        disk.entries(log.id()).iter().map(|entry| log.admit(entry, &directory).unwrap()).collect();
    let seeds = seeds(&log, &commits, &disk, &key);
    assert_eq!(seeds.len(), 10, "every compartment");

    let mut texts = Vec::new();
    for (id, state) in log.records() {
        let epoch = log.epoch(state.at).unwrap();
        let (_, seed) = seeds.iter().find(|(at, _)| *at == state.at).unwrap();
        let context = (organisation, log.id(), state.at.compartment, state.at.epoch);
        let key = derive_key(Label::CompartmentKey, seed, &disk.half(epoch.half), &context);
        assert_eq!(key.commitment(), epoch.key_commitment);
        let place = (state.at.compartment, state.at.epoch, id, state.version);
        let body = (organisation, log.id(), place, state.previous, state.author, state.device);
        let padded = seal::open(&key, &labelled(Label::RecordContext, &body), &disk.blob(state.blob)).unwrap();
        match Record::from_canonical(&unpad(padded.to_vec()).unwrap()).unwrap() {
            Record::Title(title) => texts.push(title.title),
            Record::Report(report) => texts.push(report.text),
            _ => {}
        }
    }
    texts.sort();
    assert_eq!(texts, [REPORT, "Saïd el Khattabi"]);
}

/// Cards and passphrases are all lost; what is left is paper.
#[tokio::test]
async fn the_sheets_make_a_director_who_is_given_what_nobody_reads_any_more() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, ..) = iris.dossier("Saïd el Khattabi").await;
    iris.vault.grant(&dossier, &ruben.vault.session().person).await.unwrap();
    let sheets = iris.printed.sheets.clone();

    let (ports, store) = world.device();
    let mut recovery = Recovery::open(ports, &[sheets[1].clone(), sheets[2].clone()]).await.unwrap();
    let found = recovery.dossiers().await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].id, found[0].title.as_str()), (&dossier, "Saïd el Khattabi"));
    assert_eq!(found[0].readers, ["Iris de Vries", "Ruben Bakker"]);
    let (vault, printed) = recovery.make_director("Noor Smit", passphrase()).await.unwrap();
    let mut noor = Actor { vault, printed, store };
    assert!(noor.vault.session().director);
    assert_eq!(noor.vault.members().len(), 3);
    assert!(noor.vault.dossiers().is_empty(), "a director reads what is given, and no more");

    let (ports, _) = world.device();
    let mut recovery = Recovery::open(ports, &sheets).await.unwrap();
    let person = noor.vault.session().person;
    assert_eq!(recovery.directors().len(), 2);
    assert_eq!(recovery.give(&dossier, &ruben.vault.session().person).await, Err(VaultError::NoRight));
    recovery.give(&dossier, &person).await.unwrap();
    recovery.give(&dossier, &person).await.unwrap();
    noor.vault.sync().await.unwrap();
    assert_eq!(noor.vault.dossier(&dossier).await.unwrap().items.len(), 2);
    noor.vault.save_report(&dossier, None, 0, "Hersteld", "en verder", "2026-03-10").await.unwrap();

    // Everybody sees it, then and later.
    for actor in [&mut iris, &mut ruben] {
        actor.vault.sync().await.unwrap();
        let alarms = actor.vault.session().alarms;
        assert!(alarms.contains(&Alarm::Recovered(dossier.clone())));
        assert!(alarms.contains(&Alarm::Recovered(actor.vault.session().organisation_id)));
    }
    let vault = Vault::unlock(world.ports(ruben.store), passphrase()).await;
    assert!(vault.unwrap().dossier(&dossier).await.unwrap().alarms.contains(&Alarm::Recovered(dossier.clone())));
    let card = noor.printed.card;
    let (ports, _) = world.device();
    Vault::enrol(ports, &card, passphrase()).await.expect("the new director's card");
}

/// The new director's card is shown once; whatever is lost on the way, it opens the vault in the end.
#[tokio::test]
async fn a_recovery_that_is_cut_off_loses_no_card() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let iris = world.director("Iris de Vries").await;
    let (ports, _) = world.device();
    let recovery = Recovery::open(ports, &iris.printed.sheets).await.unwrap();
    relay.stop(StoreKeyring::PATH, problem(Problem::Busy));
    let (mut vault, printed) = recovery.make_director("Noor Smit", passphrase()).await.unwrap();
    relay.relent();
    assert!(Vault::enrol(world.device().0, &printed.card, passphrase()).await.is_err(), "not yet");
    vault.sync().await.unwrap();
    Vault::enrol(world.device().0, &printed.card, passphrase()).await.expect("the card opens it");
}

#[tokio::test]
async fn sheets_that_do_not_do_are_named() {
    let world = World::new();
    let iris = world.director("Iris de Vries").await;
    let other = World::new();
    let stranger = other.director("Vreemde").await;
    let sheets = iris.printed.sheets;
    let open = async |sheets: &[String]| Recovery::open(world.device().0, sheets).await.err();

    assert_eq!(open(&[]).await, Some(VaultError::TooFewSheets(0, 2)));
    assert_eq!(open(&sheets[..1]).await, Some(VaultError::TooFewSheets(1, 2)));
    assert_eq!(open(&[sheets[0].clone(), sheets[0].clone()]).await, Some(VaultError::TooFewSheets(1, 2)));
    assert_eq!(open(&[sheets[0].clone(), iris.printed.card]).await, Some(VaultError::NotASheet(2)));
    let mixed = [sheets[0].clone(), stranger.printed.sheets[1].clone()];
    assert_eq!(open(&mixed).await, Some(VaultError::OtherSheet(2)));
    assert_eq!(open(&stranger.printed.sheets).await, Some(VaultError::WrongSheets));

    let mut lines: Vec<String> = sheets[1].lines().map(str::to_owned).collect();
    let line = lines.iter().rposition(|line| !line.trim().is_empty()).unwrap();
    let wrong = if lines[line].ends_with('7') { "8" } else { "7" };
    let end = lines[line].len() - 1;
    lines[line].replace_range(end.., wrong);
    let damaged = open(&[sheets[0].clone(), lines.join("\n")]).await;
    assert!(matches!(damaged, Some(VaultError::DamagedSheet(2, _))), "{damaged:?}");
}

/// The notary who had a sheet has moved, nobody knows where. From now on five people have one, and three suffice.
#[tokio::test]
async fn sheets_are_split_anew_and_those_of_before_are_told_apart() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Saïd el Khattabi").await;
    let old = iris.printed.sheets.clone();
    let worth = |vault: &Vault, sheet: &str| vault.check_sheet(sheet).map(|sheet| (sheet.number, sheet.in_force));
    assert_eq!(worth(&iris.vault, &old[1]), Ok((2, true)));

    let mut recovery = Recovery::open(world.device().0, &old[..2]).await.unwrap();
    assert!(!recovery.are_outdated());
    assert!(matches!(recovery.renew_sheets(6, 5).await, Err(VaultError::Sheets(_))));
    let new = recovery.renew_sheets(3, 5).await.unwrap().sheets;
    assert_eq!(new.len(), 5);

    iris.vault.sync().await.unwrap();
    let organisation = iris.vault.session().organisation_id;
    assert!(iris.vault.session().alarms.contains(&Alarm::Recovered(organisation)), "everybody sees it");
    let sheet = iris.vault.check_sheet(&new[4]).unwrap();
    assert_eq!((sheet.number, sheet.threshold, sheet.sheets, sheet.in_force), (5, 3, 5, true));
    assert_eq!(worth(&iris.vault, &old[1]), Ok((2, false)), "it is told to be destroyed");
    let damaged = new[0].replacen(new[0].trim_end().chars().last().unwrap(), "", 1);
    assert!(matches!(worth(&iris.vault, &damaged), Err(VaultError::DamagedSheet(1, _) | VaultError::NotASheet(1))));
    let stranger = World::new().director("Vreemde").await;
    assert_eq!(worth(&iris.vault, &stranger.printed.sheets[0]), Err(VaultError::WrongSheets));

    let open = async |sheets: &[String]| Recovery::open(world.device().0, sheets).await;
    assert_eq!(open(&new[..2]).await.err(), Some(VaultError::TooFewSheets(2, 3)));
    let mixed = [new[0].clone(), new[1].clone(), old[2].clone()];
    assert_eq!(open(&mixed).await.err(), Some(VaultError::OtherSheet(3)), "the notary's is worth nothing with these");
    let mut recovery = open(&new[2..]).await.unwrap();
    assert!(!recovery.are_outdated());
    assert_eq!(recovery.dossiers().await.unwrap()[0].id, dossier);
    assert!(
        open(&old[1..]).await.unwrap().are_outdated(),
        "enough of them together still open, and are said to be old"
    );
}

/// What the wraps to the recovery key hold.
fn seeds(
    log: &Log,
    commits: &[Commit],
    disk: &Disk,
    key: &zegel_crypto::ReceivingKey,
) -> Vec<(CompartmentEpoch, Seed)> {
    let changes = commits.iter().flat_map(|commit| &commit.changes);
    let wraps = changes.filter_map(|change| if let Change::Wrap(wrap) = change { Some(wrap) } else { None });
    wraps
        .filter_map(|wrap| {
            let grant = &log.grant(wrap.grant)?.grant;
            if grant.receiver != Receiver::Recovery {
                return None;
            }
            let commitments: Vec<Hash> = wrap.epochs.iter().map(|at| log.epoch(*at).unwrap().seed_commitment).collect();
            let list = Hash::of(&labelled(Label::BundleList, &(log.id(), &wrap.epochs)));
            let body = (list, grant.receiver_key, grant.rights, grant.from, grant.until, grant.hash(), &commitments);
            let aad = labelled(Label::WrapContext, &body);
            let opened = unwrap(key, &Wrapped(disk.blob(wrap.blob)), &aad).unwrap();
            Some(Bundle::from_canonical(&opened).unwrap().0)
        })
        .flatten()
        .collect()
}
