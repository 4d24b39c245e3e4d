//! Around grants that open when they are claimed: a relay that lies about claims, and those who are named and want more.

use zegel_ledger::{Change, LogId, LogKind, Refusal, SignedSlip, Slip, Statement};
use zegel_protocol::{
    Problem,
    calls::{Call as _, Changes, Fetch, HalfServed, Halves, HandBack, Post, Pull},
};
use zegel_tests::{
    hostile::{
        HostileRelay, Injection, Insider, answering, only, problem,
        scene::{alarms, own_key, refused, texts},
    },
    world::{Actor, DAY, PASSPHRASE, World, passphrase},
};
use zegel_vault::{FirstPolicy, Profile, Vault, view::Alarm};

/// Iris is on the first device, Ruben, her emergency contact, on the second.
struct Practice {
    relay: HostileRelay,
    world: World,
    iris: Actor,
    ruben: Actor,
    dossier: String,
}

const IRIS: usize = 0;

impl Practice {
    async fn new() -> Self {
        let relay = HostileRelay::new();
        let world = World::with_network(relay.network());
        let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Practice)).await;
        let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
        let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
        iris.vault.choose_contact(&ruben.vault.session().person, None, true).await.unwrap();
        ruben.vault.sync().await.unwrap();
        Self { relay, world, iris, ruben, dossier }
    }

    fn log(&self) -> LogId {
        self.dossier.parse().unwrap()
    }

    /// What Ruben's keys get of the dossier: how many entries and blobs, and its blobs' names and halves.
    async fn taken(&self, keys: &Insider) -> (usize, usize, Vec<Change>) {
        let call = Pull { log: self.log(), from: 0, limit: 500, blobs: true };
        let page = keys.call(&self.world.relay(), &call).await.unwrap();
        let changes = page.entries.iter().flat_map(|entry| entry.commit().unwrap().changes).collect();
        (page.entries.len(), page.blobs.len(), changes)
    }
}

fn told(actor: &Actor) -> bool {
    alarms(actor).iter().any(|alarm| matches!(alarm, Alarm::Claimed(..)))
}

#[tokio::test]
async fn a_relay_makes_up_a_claim() {
    let mut practice = Practice::new().await;
    let keys = Insider::of(&practice.ruben.store, PASSPHRASE).await;
    let (_, _, changes) = practice.taken(&keys).await;
    let dormant = |change: &Change| match change {
        Change::Grant(grant) if grant.receiver.is(keys.person) => Some(grant.id),
        _ => None,
    };
    let grant = changes.iter().find_map(dormant).unwrap();
    // In Ruben's name under a key of the relay's; and by Iris herself, who is not named.
    let statement = Statement::Claim(grant, zegel_tests::world::MONDAY);
    let log = practice.log();
    let forged = Slip { log, author: keys.person, device: Some(keys.device), statement: statement.clone() };
    let hers = Insider::of(&practice.iris.store, PASSPHRASE).await;
    for (slip, refusal) in
        [(SignedSlip::sign(&forged, &own_key(9)), Refusal::Signature), (hers.slip(log, statement), Refusal::Right)]
    {
        practice.relay.inject(Injection::into_log(log, LogKind::Dossier).slip(slip));
        practice.iris.vault.sync().await.unwrap();
        assert!(alarms(&practice.iris).contains(&refused(&practice.dossier, refusal)), "{refusal:?}");
        assert!(!told(&practice.iris));
        practice.relay.relent();
    }
}

#[tokio::test]
async fn a_relay_hides_a_claim_until_it_has_opened() {
    let mut practice = Practice::new().await;
    let hides = [
        answering::<Pull>(|_, page| page.slips.clear()),
        answering::<Changes>(|_, changed| changed.logs.iter_mut().for_each(|log| log.slips = 0)),
    ];
    for strategy in hides {
        practice.relay.play(only(IRIS, strategy));
    }
    let owner = practice.iris.vault.session().person;
    practice.ruben.vault.claim_emergency(&owner).await.unwrap();
    practice.iris.vault.sync().await.unwrap();
    assert!(!told(&practice.iris), "nobody can tell what is not shown");
    practice.world.clock.pass(15 * DAY);
    practice.ruben.vault.sync().await.unwrap();
    practice.ruben.vault.save_report(&practice.dossier, None, 0, "Waarneming", "gezien", "2026-03-24").await.unwrap();
    // What is written by the claim names it: without it nothing that follows is believed.
    practice.iris.vault.sync().await.unwrap();
    assert!(alarms(&practice.iris).contains(&refused(&practice.dossier, Refusal::Slip)));
    assert_eq!(texts(&mut practice.iris, &practice.dossier).await.len(), 1);
}

#[tokio::test]
async fn who_is_named_takes_what_there_is_to_take() {
    let practice = Practice::new().await;
    let keys = Insider::of(&practice.ruben.store, PASSPHRASE).await;
    let relay = practice.world.relay();
    let log = practice.log();
    let others = |changes: &[Change]| {
        let own = |change: &Change| match change {
            Change::Grant(grant) if grant.gate == zegel_ledger::Gate::Open && !grant.receiver.is(keys.person) => {
                Some(grant.id)
            }
            _ => None,
        };
        changes.iter().filter_map(own).collect::<Vec<_>>()
    };
    for claims in [false, true] {
        let (entries, blobs, changes) = practice.taken(&keys).await;
        assert!(entries > 2 && blobs == 0, "entries and nothing of what they name");
        let mut wanted = Vec::new();
        for change in &changes {
            let name = match change {
                Change::Put(put) => put.blob,
                Change::Wrap(wrap) => wrap.blob,
                Change::Epoch(epoch) => {
                    wanted.push((log, epoch.half));
                    continue;
                }
                Change::Found(founding) => {
                    wanted.push((log, founding.life));
                    continue;
                }
                Change::File(file) => {
                    wanted.push((log, file.half));
                    file.blob
                }
                _ => continue,
            };
            let call = Fetch { log, blob: name, offset: 0, length: 1 << 20 };
            assert_eq!(keys.call(&relay, &call).await.unwrap_err(), Problem::NotFound);
        }
        let served = keys.call(&relay, &Halves { wanted }).await.unwrap().served;
        assert!(!served.is_empty() && served.iter().all(|half| matches!(half, HalfServed::No(_))));

        // They end nobody's grant, neither by a slip nor by an entry, before the days are over.
        let (directory, _) = keys.directory(&relay).await;
        for grant in others(&changes) {
            let slip = keys.slip(log, Statement::Revoke(grant));
            assert!(matches!(keys.call(&relay, &Post { slip }).await, Err(Problem::Refused(_))), "{claims}");
            let mut held = zegel_ledger::Log::new(log, LogKind::Dossier);
            let call = Pull { log, from: 0, limit: 500, blobs: false };
            let page = keys.call(&relay, &call).await.unwrap();
            for entry in &page.entries {
                held.admit(entry, &directory).unwrap();
            }
            for slip in &page.slips {
                held.post(slip, directory.now()).unwrap();
            }
            let entry = keys.entry(&held, directory.head(), vec![Change::Revoke(grant)]);
            let answer = keys.append(&relay, (log, LogKind::Dossier), entry, Vec::new(), Vec::new()).await;
            assert!(matches!(answer, Err(Problem::Refused(_))), "{claims}: {answer:?}");
        }
        if !claims {
            let dormant = |change: &Change| match change {
                Change::Grant(grant) if grant.receiver.is(keys.person) => Some(grant.id),
                _ => None,
            };
            for grant in changes.iter().filter_map(dormant) {
                let slip = keys.slip(log, Statement::Claim(grant, zegel_tests::world::MONDAY));
                keys.call(&relay, &Post { slip }).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn what_a_relay_lost_is_given_up_and_whoever_waits_goes_on_from_there() {
    let mut practice = Practice::new().await;
    let backup = practice.world.back_up();
    practice.iris.vault.save_report(&practice.dossier, None, 0, "Weg", "komt niet terug", "2026-03-10").await.unwrap();
    practice.ruben.vault.sync().await.unwrap();
    practice.world.restore(&backup);
    practice.relay.stop(HandBack::PATH, problem(Problem::Internal));
    practice.iris.vault.sync().await.unwrap();
    practice.iris.vault.confirm_restored(true).await.unwrap();
    for text in ["daarna", "en nog eens"] {
        practice.iris.vault.save_report(&practice.dossier, None, 0, "Opnieuw", text, "2026-03-10").await.unwrap();
        practice.ruben.vault.sync().await.unwrap();
    }
    let bad = |alarm: &Alarm| matches!(alarm, Alarm::Fork(_) | Alarm::Refused(..));
    assert!(!alarms(&practice.ruben).iter().any(bad), "{:?}", alarms(&practice.ruben));
    let owner = practice.iris.vault.session().person;
    assert_eq!(practice.ruben.vault.claim_emergency(&owner).await, Ok(1));
    practice.world.clock.pass(15 * DAY);
    practice.ruben.vault.sync().await.unwrap();
    assert_eq!(texts(&mut practice.ruben, &practice.dossier).await.len(), 3);
}

#[tokio::test]
async fn a_choice_that_a_relay_keeps_shut_hides_no_claim_and_ends_none() {
    let mut practice = Practice::new().await;
    let owner = practice.iris.vault.session();
    practice.ruben.vault.claim_emergency(&owner.person).await.unwrap();
    let open: [LogId; 2] = [&practice.dossier, &owner.organisation_id].map(|log| log.parse().unwrap());
    practice.relay.play(answering::<Halves>(move |call, answer| {
        for ((log, _), served) in call.wanted.iter().zip(&mut answer.served) {
            if !open.contains(log) {
                *served = HalfServed::No(Problem::NotFound);
            }
        }
    }));
    let ports = practice.world.ports(practice.iris.store.clone());
    practice.iris.vault = Vault::unlock(ports, passphrase()).await.unwrap();
    practice.iris.vault.sync().await.unwrap();
    assert!(told(&practice.iris));
    practice.ruben.vault.sync().await.unwrap();
    assert_eq!(practice.ruben.vault.emergency().await.unwrap().trusted_by[0].claimed, 1);
}
