//! A relay that tampers with keyrings, or asks for a stretching that would betray the passphrase; and a device whose
//! randomness is stuck.

use zegel_crypto::{
    Canonical as _, Hash, SigningKey,
    printed::KeyCard,
    unlock::{SealedKeyring, SlotSecret, UnlockError, open_keyring},
};
use zegel_ledger::Change;
use zegel_protocol::{
    Problem,
    calls::{Bytes, FetchKeyring, HalfServed, Halves, Pull},
    limits,
};
use zegel_tests::{
    hostile::{
        Insider, Transcript, answering, ask,
        scene::{Scene, texts},
    },
    world::{PASSPHRASE, passphrase},
};
use zegel_vault::{
    Role, Vault, VaultError,
    ports::{Entropy, Ports, Store as _, Table},
};

use crate::bare;

/// Opens Iris's vault with her card on a new device, and says how that ended and what the relay was sent.
async fn enrol(scene: &Scene, passphrase: &str) -> (Option<VaultError>, Transcript) {
    scene.world.clock.pass(1);
    scene.relay.take_transcript();
    let (ports, store) = scene.world.device();
    let card = &scene.iris.printed.card;
    let outcome = Vault::enrol(ports, card, passphrase.to_owned().into()).await.err();
    if outcome.is_some() {
        assert_eq!(store.all(Table::Device).await.unwrap(), []);
    }
    (outcome, scene.relay.take_transcript())
}

/// Honest again, the relay has everything as it was.
async fn still_opens(scene: &Scene) {
    scene.relay.relent();
    assert_eq!(enrol(scene, PASSPHRASE).await.0, None);
}

#[tokio::test]
async fn tamper_keyring() {
    let scene = Scene::new().await;
    let (wrong, heard) = enrol(&scene, "een heel ander wachtwoord").await;
    assert_eq!(wrong, Some(VaultError::WrongPassphrase));
    let (traffic, mut heard) = (heard.shape(), heard.bytes());
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let call = FetchKeyring { person: keys.person };
    let honest = keys.call(&scene.world.relay(), &call).await.unwrap().keyring.0;
    let card = KeyCard::from_text(&scene.iris.printed.card).unwrap();
    for at in 0..honest.len() {
        let mut flipped = honest.clone();
        flipped[at] ^= 1 << (at % 8);
        let decoded = SealedKeyring::from_canonical(&flipped);
        let opens = |keyring| open_keyring(keyring, PASSPHRASE.as_bytes(), &card.secret, &card.fingerprint).is_ok();
        assert!(!decoded.as_ref().is_ok_and(opens), "byte {at}");
        // Every byte is tried with the card; every fifth by way of the relay, which must not see a difference.
        if at % 5 != 0 {
            continue;
        }
        let out_of_bounds = decoded.is_ok_and(|keyring| keyring.stretch.check().is_err());
        scene.relay.relent();
        scene.relay.play(answering::<FetchKeyring>(move |_, stored| stored.keyring = Bytes(flipped.clone())));
        let (error, seen) = enrol(&scene, PASSPHRASE).await;
        // The bounds of the stretching are public; everything else ends in one and the same way.
        let generic = if out_of_bounds { VaultError::StretchRefused } else { VaultError::WrongPassphrase };
        assert_eq!(error, Some(generic), "byte {at}");
        assert_eq!(seen.shape(), traffic, "byte {at}");
        heard.extend(seen.bytes());
    }
    assert_eq!(scene.canaries().await.found_in(&heard), [""; 0]);
    still_opens(&scene).await;
}

#[tokio::test]
async fn kdf_params() {
    let scene = Scene::new().await;
    for (memory_kib, passes, lanes) in [(1, 1, 1), (4 << 20, 1, 1), (0, 1, 1), (64, 1, 1 << 24), (64, 1 << 31, 1)] {
        scene.relay.relent();
        scene.relay.play(answering::<FetchKeyring>(move |_, stored| {
            let mut keyring = SealedKeyring::from_canonical(&stored.keyring.0).unwrap();
            (keyring.stretch.memory_kib, keyring.stretch.passes, keyring.stretch.lanes) = (memory_kib, passes, lanes);
            stored.keyring = Bytes(keyring.to_canonical());
        }));
        let (error, heard) = enrol(&scene, PASSPHRASE).await;
        assert_eq!(error, Some(VaultError::StretchRefused));
        assert_eq!(scene.canaries().await.found_in(&heard.bytes()), [""; 0]);
    }
    still_opens(&scene).await;
}

/// Somebody else's keyring under this person's name.
#[tokio::test]
async fn swap_keyrings() {
    let scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let other = keys.call(&scene.world.relay(), &FetchKeyring { person: keys.person }).await.unwrap();
    scene.relay.play(answering::<FetchKeyring>(move |_, stored| *stored = other.clone()));
    let (error, heard) = enrol(&scene, PASSPHRASE).await;
    assert_eq!(error, Some(VaultError::WrongPassphrase));
    assert_eq!(scene.canaries().await.found_in(&heard.bytes()), [""; 0]);
    still_opens(&scene).await;
}

/// What a breach of the relay gives, and the passphrase on top of it, do not open anything: the card's secret is missing.
#[tokio::test]
async fn keyring_and_passphrase_alone() {
    let scene = Scene::new().await;
    let card = KeyCard::from_text(&scene.iris.printed.card).unwrap();
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let stored = keys.call(&scene.world.relay(), &FetchKeyring { person: keys.person }).await.unwrap();
    let keyring = SealedKeyring::from_canonical(&stored.keyring.0).unwrap();
    assert!(open_keyring(&keyring, PASSPHRASE.as_bytes(), &card.secret, &card.fingerprint).is_ok());
    for guess in 0..=255 {
        let secret = SlotSecret::from_bytes([guess; 32]);
        let opened = open_keyring(&keyring, PASSPHRASE.as_bytes(), &secret, &card.fingerprint);
        assert_eq!(opened.err(), Some(UnlockError::Refused));
    }
    let other = KeyCard { secret: SlotSecret::from_bytes([1; 32]), ..card };
    let (ports, _) = scene.world.device();
    let enrolled = Vault::enrol(ports, &other.to_text(), passphrase()).await;
    assert_eq!(enrolled.err(), Some(VaultError::CardNotKnown));
    scene.kept_quiet().await;
}

/// The passphrase and all that the relay has on its disk are not enough: no code and no guess of one gates the vault. What
/// codes there are, of links, are guessed at ten times; and the right one releases nothing that is sealed.
#[tokio::test]
async fn enrol_without_card() {
    let mut scene = Scene::new().await;
    let card = KeyCard::from_text(&scene.iris.printed.card).unwrap();
    let archive = rusqlite::Connection::open(scene.world.folder().join("relay.sqlite")).unwrap();
    let find = "SELECT sealed FROM keyring WHERE person = ?1";
    let stored: Vec<u8> = archive.query_row(find, [card.person], |row| row.get(0)).unwrap();
    let keyring = SealedKeyring::from_canonical(&stored).unwrap();
    assert!(open_keyring(&keyring, PASSPHRASE.as_bytes(), &card.secret, &card.fingerprint).is_ok());

    // Every secret that the disk holds, as if it were the card's: halves and the key of the challenges.
    let halves = rusqlite::Connection::open(scene.world.folder().join("halves.sqlite")).unwrap();
    let mut find = halves.prepare("SELECT half FROM half").unwrap();
    let mut secrets: Vec<[u8; 32]> = find.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    secrets.push(std::fs::read(scene.world.folder().join("challenge-key")).unwrap().try_into().unwrap());
    assert!(secrets.len() > 10);
    for secret in secrets {
        let opened = open_keyring(&keyring, PASSPHRASE.as_bytes(), &SlotSecret::from_bytes(secret), &card.fingerprint);
        assert_eq!(opened.err(), Some(UnlockError::Refused));
    }

    // The relay gives the keyring to the card's key alone, and says the same of a person that there is not.
    let thief = SigningKey::from_seed(&[9; 32]);
    for person in [zegel_ledger::PersonId(card.person), zegel_ledger::PersonId([9; 16])] {
        let asked = ask(&scene.world.relay(), &person.to_string(), &thief, &FetchKeyring { person }).await;
        assert_eq!(asked.err(), Some(Problem::Unauthenticated));
    }
    let guessed = KeyCard { secret: SlotSecret::from_bytes([1; 32]), ..card };
    for visit in [false, true] {
        let (ports, store) = scene.world.device();
        let text = guessed.to_text();
        let opened = match visit {
            true => Vault::visit(ports, &text, passphrase()).await.err(),
            false => Vault::enrol(ports, &text, passphrase()).await.err(),
        };
        assert_eq!(opened, Some(VaultError::CardNotKnown));
        assert_eq!(store.all(Table::Device).await.unwrap(), []);
    }

    // An invitation's code releases the entries that everybody may see who was invited, and nothing sealed.
    let invited = scene.iris.vault.invite("Noor Smit", Role::AdvisorPaid, None).await.unwrap();
    let (id, keys) = crate::keys_of(&invited);
    let pull = Pull { log: scene.organisation(), from: 0, limit: 500, blobs: true };
    let page = ask(&scene.world.relay(), &id.to_string(), &keys.request, &pull).await.unwrap();
    assert!(!page.entries.is_empty() && page.blobs.is_empty());
    let half = page.entries[0].commit().unwrap().changes.iter().find_map(|change| match change {
        Change::Found(founding) => Some(founding.life),
        _ => None,
    });
    let wanted = Halves { wanted: vec![(scene.organisation(), half.unwrap())] };
    let served = ask(&scene.world.relay(), &id.to_string(), &keys.request, &wanted).await.unwrap().served;
    assert!(matches!(served[0], HalfServed::No(_)));

    // And it is guessed at ten times.
    for _ in 0..limits::GUESSES {
        let asked = ask(&scene.world.relay(), &id.to_string(), &thief, &pull).await;
        assert_eq!(asked.err(), Some(Problem::Unauthenticated));
    }
    let asked = ask(&scene.world.relay(), &id.to_string(), &keys.request, &pull).await;
    assert_eq!(asked.err(), Some(Problem::Locked), "the right one comes too late");
    scene.kept_quiet().await;
}

/// Randomness that always says the same.
struct Stuck;

impl Entropy for Stuck {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0x42);
    }
}

#[tokio::test]
async fn rng_stuck() {
    let mut scene = Scene::new().await;
    let (ports, _) = bare(&scene).await;
    let stuck = Ports { entropy: Box::new(Stuck), ..ports };
    let mut vault = Vault::unlock(stuck, passphrase()).await.unwrap();
    for (base, text) in [(1, "eerste"), (2, "tweede"), (3, "tweede"), (4, "vijfde")] {
        let saved = vault.save_report(&scene.dossier, Some(&scene.report), base, "Titel", text, "2026-03-09").await;
        assert_eq!(saved.unwrap().version, base + 1);
    }
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&keys).await;
    let mut names: Vec<Hash> = Vec::new();
    for entry in &held.entries {
        let puts = entry.commit().unwrap().changes.into_iter().filter_map(|change| match change {
            Change::Put(put) => Some(put.blob),
            _ => None,
        });
        names.extend(puts);
    }
    // A message's key and nonces follow from its salt: no two may begin alike.
    let mut salts: Vec<&[u8]> = names.iter().map(|name| &held.blobs[name][..24]).collect();
    salts.sort_unstable();
    let all = salts.len();
    salts.dedup();
    assert!(all >= 6 && salts.len() == all);
    scene.iris.vault.sync().await.unwrap();
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"vijfde".to_owned()));
    scene.kept_quiet().await;
}
