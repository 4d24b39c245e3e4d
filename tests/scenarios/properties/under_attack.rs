//! Two people work, a relay does what it likes, and a plain model says what may be seen.
//!
//! After every step: what is shown was written by somebody who may, for that place (I2); nobody sees less than they saw
//! (I2); no step makes the vault ask without end (I6); who was removed sees nothing that came later (I5). In the end:
//! both see the same, or one of them was warned (I3); the relay was told nothing (I1).

use std::collections::BTreeSet;

use proptest::prelude::*;
use zegel_protocol::{
    Problem,
    calls::{Call as _, Changes, Fetch, Halves, Pull},
};
use zegel_tests::{
    hostile::{
        Strategy as Attack, answering, bytes_of, lose_answer, problem, replay,
        scene::{Scene, alarms},
    },
    world::{Actor, DAY},
};
use zegel_vault::{VaultError, view::ItemKind};

/// Something happens.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody writes a new report.
    Write(Who),
    /// Somebody writes the shared report anew.
    Edit(Who),
    /// Somebody asks for news.
    Sync(Who),
    /// Iris shares the report.
    Share,
    /// Iris removes Ruben.
    Remove,
    /// The relay begins to do this.
    Attack(usize, usize),
    /// The relay shows this person an earlier copy of its disk.
    Back(Who),
    /// The relay puts a copy of its disk aside.
    Copy,
    /// The relay behaves again.
    Relent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Iris,
    Ruben,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = || prop_oneof![Just(Who::Iris), Just(Who::Ruben)];
    let step = prop_oneof![
        4 => who().prop_map(Step::Write),
        2 => who().prop_map(Step::Edit),
        4 => who().prop_map(Step::Sync),
        1 => Just(Step::Share),
        1 => Just(Step::Remove),
        5 => (0..ATTACKS, any::<usize>()).prop_map(|(kind, place)| Step::Attack(kind, place)),
        1 => who().prop_map(Step::Back),
        1 => Just(Step::Copy),
        3 => Just(Step::Relent),
    ];
    prop::collection::vec(step, 6..18)
}

const ATTACKS: usize = 14;
const PATHS: [&str; 6] = [Changes::PATH, Pull::PATH, Halves::PATH, Fetch::PATH, "/v1/append", "/v1/hello"];

fn attack(kind: usize, place: usize) -> Attack {
    let path = PATHS[place % PATHS.len()];
    match kind {
        0 => bytes_of(path, move |bytes| {
            let at = place % bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << (place % 8);
            }
        }),
        1 => bytes_of(path, move |bytes| bytes.truncate(place % bytes.len().max(1))),
        2 => bytes_of(path, |bytes| bytes.extend([0; 1000])),
        3 => lose_answer(path),
        4 => replay(path),
        5 => answering::<Pull>(|_, page| page.entries.clear()),
        6 => answering::<Pull>(|_, page| page.entries.reverse()),
        7 => answering::<Pull>(|_, page| page.entries.extend(page.entries.clone())),
        8 => answering::<Pull>(|_, page| page.blobs.clear()),
        9 => answering::<Pull>(|_, page| {
            page.head = page.head.map(|head| zegel_ledger::Head { sequence: head.sequence + 3, ..head })
        }),
        10 => answering::<Fetch>(|_, fetched| fetched.bytes.0.rotate_left(1)),
        11 => answering::<Halves>(|_, answer| answer.served.reverse()),
        12 => answering::<Changes>(|_, page| page.cursor = page.cursor.saturating_sub(2)),
        _ => Box::new(move |request, answer| if request.path == path { Err(problem(Problem::Busy)) } else { answer }),
    }
}

/// What may be seen.
#[derive(Default)]
struct Model {
    /// Every text that somebody entitled tried to save.
    written: BTreeSet<String>,
    /// Texts of which the vault said that they are there.
    saved: BTreeSet<String>,
    /// Texts from after Ruben's removal.
    after: BTreeSet<String>,
    removed: bool,
    /// A removal was tried; if its answer was lost it may have happened all the same.
    tried: bool,
    shown: [BTreeSet<String>; 2],
}

async fn play(steps: Vec<Step>) {
    let mut scene = Scene::new().await;
    let mut model = Model::default();
    model.written.insert(zegel_tests::world::REPORT.to_owned());
    let mut copies = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let before = scene.relay.transcript().0.len();
        let text = format!("tekst nummer {number} van het model");
        match step {
            Step::Write(who) | Step::Edit(who) => {
                let entitled = *who == Who::Iris || !model.removed;
                let (dossier, report) = (scene.dossier.clone(), scene.report.clone());
                let actor = actor(&mut scene, *who);
                let base = version(actor, &dossier, &report).await;
                let item = matches!(step, Step::Edit(_)).then_some(report.as_str());
                let base = if item.is_some() { base } else { 0 };
                let outcome = actor.vault.save_report(&dossier, item, base, "Titel", &text, "2026-03-09").await;
                if entitled {
                    model.written.insert(text.clone());
                }
                if let Ok(saved) = outcome
                    && entitled
                    && !saved.waiting
                {
                    model.saved.insert(text.clone());
                    if model.removed {
                        model.after.insert(text);
                    }
                }
            }
            Step::Sync(who) => {
                let _ = actor(&mut scene, *who).vault.sync().await;
            }
            Step::Share => {
                let _ = scene.iris.share(&scene.dossier, &[&scene.report]).await;
            }
            Step::Remove if !model.removed => {
                // He agrees once. Whether he is gone since, an attack may have hidden from Iris.
                let ruben = scene.ruben.vault.session().person;
                let again = model.tried;
                model.tried = true;
                let outcome =
                    if again { scene.iris.vault.remove_member(&ruben).await } else { scene.remove_ruben().await };
                model.removed = outcome.is_ok();
            }
            Step::Remove => {}
            Step::Attack(kind, place) => drop(scene.relay.play(attack(*kind, *place))),
            Step::Copy => copies.push(scene.world.twin()),
            Step::Back(who) => {
                if let Some((relay, _)) = copies.last() {
                    scene.relay.route(if *who == Who::Iris { Scene::IRIS } else { Scene::RUBEN }, relay.clone());
                }
            }
            Step::Relent => scene.relay.relent(),
        }
        let asked = scene.relay.transcript().0.len() - before;
        assert!(asked <= 200, "{asked} requests in one step");
        for who in [Who::Iris, Who::Ruben] {
            check(&mut scene, &mut model, who).await;
        }
    }
    scene.relay.relent();
    for who in [Who::Iris, Who::Ruben, Who::Iris] {
        let outcome = actor(&mut scene, who).vault.sync().await;
        assert!(outcome.is_ok() || model.tried || !alarms(actor(&mut scene, who)).is_empty(), "{outcome:?}");
        check(&mut scene, &mut model, who).await;
    }

    // A day later, with a relay that behaves, nobody is left behind without a word.
    scene.world.clock.pass(DAY);
    for who in [Who::Iris, Who::Ruben, Who::Iris, Who::Ruben] {
        let _ = actor(&mut scene, who).vault.sync().await;
        check(&mut scene, &mut model, who).await;
    }
    let warned = [Who::Iris, Who::Ruben].into_iter().any(|who| !alarms(actor(&mut scene, who)).is_empty());
    if !model.tried && !warned {
        let [iris, ruben] = [seen(&mut scene.iris, &scene.dossier).await, seen(&mut scene.ruben, &scene.dossier).await];
        assert_eq!(iris, ruben);
    }
    scene.kept_quiet().await;
}

async fn seen(actor: &mut Actor, dossier: &str) -> Vec<(String, u64)> {
    let view = actor.vault.dossier(dossier).await.expect("a dossier");
    view.items.into_iter().map(|item| (item.id, item.version)).collect()
}

fn actor(scene: &mut Scene, who: Who) -> &mut Actor {
    match who {
        Who::Iris => &mut scene.iris,
        Who::Ruben => &mut scene.ruben,
    }
}

async fn version(actor: &mut Actor, dossier: &str, report: &str) -> u64 {
    let view = actor.vault.dossier(dossier).await;
    let items = view.map(|view| view.items).unwrap_or_default();
    items.iter().find(|item| item.id == report).map_or(0, |item| item.version)
}

async fn check(scene: &mut Scene, model: &mut Model, who: Who) {
    let dossier = scene.dossier.clone();
    let view = actor(scene, who).vault.dossier(&dossier).await;
    let view = match view {
        Ok(view) => view,
        Err(VaultError::NotFound) => return,
        // A typed refusal is an answer; what it must not be is a wrong view.
        Err(_) => return,
    };
    let shown: BTreeSet<String> = view
        .items
        .iter()
        .filter_map(|item| match &item.kind {
            ItemKind::Report { text, .. } => Some(text.clone()),
            ItemKind::Document { .. } => None,
        })
        .collect();
    let strange: Vec<_> = shown.difference(&model.written).filter(|_| who == Who::Iris || !model.removed).collect();
    assert!(strange.is_empty(), "nobody entitled wrote {strange:?}");
    if who == Who::Ruben {
        assert!(shown.is_disjoint(&model.after), "Ruben sees what came after him");
    }
    let number = usize::from(who == Who::Ruben);
    assert!(
        view.items.len() >= model.shown[number].len().min(1) || !view.alarms.is_empty(),
        "an item vanished without a word"
    );
    model.shown[number].extend(shown);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn work_under_attack(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(steps));
    }
}
