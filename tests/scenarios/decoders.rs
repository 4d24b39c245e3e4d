//! Every decoder against bytes that nobody wrote: it never panics, and what it accepts is what it would itself have
//! written.
//!
//! The samples are what really passes between vaults and a relay; each is mutated thousands of times, always the same
//! way.

use core::fmt::Debug;
use std::{cell::RefCell, collections::HashMap, rc::Rc};

use zegel_crypto::{
    Canonical,
    printed::{Code, KeyCard, Knock, Link, RecoverySheet},
    unlock::SealedKeyring,
};
use zegel_dossier::Record;
use zegel_ledger::{Commit, Directory, Entry, Log, SignedSlip, Slip};
use zegel_protocol::{
    Problem,
    calls::{
        self, AnswerKnock, Append, AwaitAnswer, BeginUpload, Call, Changes, Fetch, FetchKeyring, FinishUpload, Found,
        Halves, Hello, Post, Pull, ReadKnock, Readings, StoreKeyring,
    },
};
use zegel_tests::{
    hostile::{Insider, Transcript, scene::Scene},
    world::PASSPHRASE,
};

/// SplitMix64: the same everywhere, and good enough to choose where to hit.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below.max(1) as u64).unwrap()
    }
}

/// Heads of CBOR items that promise more than there is, or nest.
const HOSTILE: [&[u8]; 8] = [
    &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x9a, 0x7f, 0xff, 0xff, 0xff],
    &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x9f],
    &[0x5f],
    &[0xff],
    &[0x81; 20_000],
];

fn mutate(dice: &mut Dice, sample: &[u8]) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(bytes.len());
        match dice.roll(8) {
            0..=2 if !bytes.is_empty() => bytes[at] ^= 1 << dice.roll(8),
            3 if !bytes.is_empty() => bytes[at] = u8::try_from(dice.roll(256)).unwrap(),
            4 => bytes.truncate(at),
            5 => bytes.insert(at.min(bytes.len()), u8::try_from(dice.roll(256)).unwrap()),
            6 => {
                let end = (at + dice.roll(16)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
            _ => {
                let hostile = HOSTILE[dice.roll(HOSTILE.len())];
                let end = (at + 1).min(bytes.len());
                bytes.splice(at.min(end)..end, hostile.iter().copied());
            }
        }
    }
    bytes
}

/// Returns how many mutations were accepted.
fn check<T: Canonical + Debug>(sample: &[u8], rounds: usize) -> usize {
    let value = T::from_canonical(sample).unwrap_or_else(|_| panic!("a sample of {}", core::any::type_name::<T>()));
    assert_eq!(value.to_canonical(), sample);
    let mut dice = Dice(sample.len() as u64);
    let mut accepted = 0;
    for _ in 0..rounds {
        let bytes = mutate(&mut dice, sample);
        if let Ok(value) = T::from_canonical(&bytes) {
            assert_eq!(value.to_canonical(), bytes, "{value:?}");
            accepted += 1;
        }
    }
    for hostile in HOSTILE {
        assert!(T::from_canonical(hostile).is_err());
    }
    accepted
}

type Answers = Rc<RefCell<HashMap<String, Vec<(Vec<u8>, Vec<u8>)>>>>;

async fn samples() -> (Scene, Answers) {
    let answers: Answers = Answers::default();
    let mut scene = Scene::new().await;
    let kept = answers.clone();
    scene.relay.play(Box::new(move |request, answer| {
        if let Ok(bytes) = &answer {
            let path = if request.path.starts_with("/v1/upload/chunk") { "chunk" } else { &request.path };
            kept.borrow_mut().entry(path.to_owned()).or_default().push((request.body.clone(), bytes.clone()));
        }
        answer
    }));
    scene.world.colleague(&mut scene.iris, "Noor Jansen", false).await;
    let shared = scene.iris.share(&scene.dossier, &[&scene.report, &scene.document]).await.unwrap();
    let mut inbox = scene.world.open(&shared).await.unwrap();
    let items = inbox.view().items;
    for item in items {
        let _ = inbox.read_file(&item.id, &mut zegel_tests::world::Bytes(Vec::new()), &()).await;
    }
    scene.iris.add(&scene.dossier, "groot.pdf", &vec![1; 200_000]).await.unwrap();
    scene.iris.vault.shares(&scene.dossier).await.unwrap();
    let (ports, _) = scene.world.device();
    zegel_vault::Vault::enrol(ports, &scene.iris.printed.card, PASSPHRASE.to_owned().into()).await.unwrap();
    let mut knock = zegel_vault::Knock::make(scene.world.device().0).await.unwrap();
    scene.iris.vault.hear_knock(&knock.text()).await.unwrap();
    scene.iris.vault.let_device_in(PASSPHRASE).await.unwrap();
    knock.look().await.unwrap();
    (scene, answers)
}

fn call<C: Call + Debug>(answers: &Answers)
where
    C::Answer: Debug,
{
    let answers = answers.borrow();
    let samples = answers.get(C::PATH).unwrap_or_else(|| panic!("a call of {}", C::PATH));
    // The smallest, the largest, and one between them.
    let mut samples: Vec<_> = samples.iter().collect();
    samples.sort_by_key(|(request, answer)| request.len() + answer.len());
    for at in [0, samples.len() / 2, samples.len() - 1] {
        let (request, answer) = samples[at];
        check::<C>(request, 400);
        check::<C::Answer>(answer, 400);
    }
}

#[tokio::test]
async fn calls_and_answers() {
    let (scene, answers) = samples().await;
    call::<Hello>(&answers);
    call::<Append>(&answers);
    call::<Post>(&answers);
    call::<Changes>(&answers);
    call::<Pull>(&answers);
    call::<Halves>(&answers);
    call::<Fetch>(&answers);
    call::<BeginUpload>(&answers);
    call::<FinishUpload>(&answers);
    call::<FetchKeyring>(&answers);
    call::<StoreKeyring>(&answers);
    call::<Readings>(&answers);
    call::<calls::Knock>(&answers);
    call::<AwaitAnswer>(&answers);
    call::<ReadKnock>(&answers);
    call::<AnswerKnock>(&answers);
    let Transcript(requests) = scene.relay.transcript();
    let found = requests.iter().find(|request| request.path == Found::PATH).unwrap();
    check::<Found>(&found.body, 1000);
    for problem in [Problem::Malformed, Problem::Version(7), Problem::Refused("nee".to_owned())] {
        check::<Problem>(&problem.to_canonical(), 500);
    }
}

#[tokio::test]
async fn entries_slips_and_states() {
    let (scene, _) = samples().await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, of_directory) = keys.directory(&scene.world.relay()).await;
    let (_, held) = scene.held_by(&keys).await;
    for entry in of_directory.entries.iter().chain(&held.entries) {
        check::<Entry>(&entry.to_canonical(), 100);
        check::<Commit>(&entry.commit().unwrap().to_canonical(), 300);
    }
    for slip in &of_directory.slips {
        check::<SignedSlip>(&slip.to_canonical(), 300);
        check::<Slip>(&slip.slip().unwrap().to_canonical(), 300);
    }
    check::<Directory>(&directory.to_canonical(), 500);
    check::<Log>(&held.log.to_canonical(), 500);
}

#[tokio::test]
async fn records() {
    let (scene, _) = samples().await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&keys).await;
    let records = held.records(scene.organisation());
    assert!(records.len() >= 6);
    for (_, _, record) in records {
        check::<Record>(&record.to_canonical(), 1000);
    }
}

#[tokio::test]
async fn keyrings() {
    let (_scene, answers) = samples().await;
    let stored = answers.borrow()[StoreKeyring::PATH][0].0.clone();
    let sealed = StoreKeyring::from_canonical(&stored).unwrap().keyring.0;
    let accepted = check::<SealedKeyring>(&sealed, 3000);
    assert!(accepted > 0, "the mutations reach the inside");
}

/// Printed forms are typed by people: a mistake is told, and never becomes somebody else's card.
#[tokio::test]
async fn printed_forms() {
    let mut scene = Scene::new().await;
    let shared = scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    let card = scene.iris.printed.card.clone();
    let sheet = scene.iris.printed.sheets[0].clone();
    let fragment = shared.link.split_once('#').unwrap().1.to_owned();
    typed(&card, |text| KeyCard::from_text(text).map(|card| card.to_text().to_string()).ok());
    typed(&sheet, |text| RecoverySheet::from_text(text).map(|sheet| sheet.to_text().to_string()).ok());
    typed(&fragment, |text| Link::from_fragment(text).map(|link| link.to_fragment().to_string()).ok());
    let knock = Knock { id: Knock::id_of(&[1; 32]), fingerprint: [2; 16] };
    typed(&knock.to_text(), |text| Knock::from_text(text).map(|knock| knock.to_text()).ok());
    let mut dice = Dice(5);
    for _ in 0..2000 {
        let text = String::from_utf8_lossy(&mutate(&mut dice, shared.code.as_bytes())).into_owned();
        if let Ok(code) = Code::parse(&text) {
            assert_eq!(Code::parse(&code.to_text()).unwrap().words(), code.words());
        }
    }
}

fn typed(text: &str, read: impl Fn(&str) -> Option<String>) {
    let honest = read(text).expect("a printed form");
    let mut dice = Dice(text.len() as u64);
    for _ in 0..2000 {
        let other = String::from_utf8_lossy(&mutate(&mut dice, text.as_bytes())).into_owned();
        if let Some(read) = read(&other) {
            assert_eq!(read, honest, "{other}");
        }
    }
}
