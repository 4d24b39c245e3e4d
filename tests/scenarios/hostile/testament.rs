//! Around a practice's testament: trustees who want to read, to be fewer than it takes, or to destroy what is not theirs to end.

use std::{cell::Cell, rc::Rc};

use zegel_ledger::{Change, GrantId, LogId, LogKind, PersonId, Receiver, Rights, SignedSlip, Slip, Statement};
use zegel_protocol::{
    Problem,
    calls::{Append, Call as _, Post, Pull},
};
use zegel_tests::{
    hostile::{
        HostileRelay, Injection, Insider, Stolen, answering,
        scene::{alarms, own_key, refused},
    },
    practice::{Practice, people},
    world::{DAY, MONDAY, PASSPHRASE, World},
};
use zegel_vault::{AccessTerms, VaultError};

/// What somebody's keys get of a dossier now.
async fn taken(practice: &Practice, keys: &Insider, dossier: &str) -> Result<Stolen, Problem> {
    let relay = practice.world.relay();
    let (directory, _) = practice_directory(practice).await;
    keys.take(&relay, dossier.parse().unwrap(), LogKind::Dossier, &directory).await
}

async fn practice_directory(practice: &Practice) -> (zegel_ledger::Directory, Stolen) {
    let noor = Insider::of(&practice.noor.store, PASSPHRASE).await;
    noor.directory(&practice.world.relay()).await
}

async fn trustee(practice: &Practice, at: usize) -> Insider {
    Insider::of(&practice.trustees[at].store, PASSPHRASE).await
}

/// The grants of the testament: to whom, and which.
fn dormant(stolen: &Stolen) -> Vec<(Receiver, GrantId)> {
    let dormant = stolen.log.grants().filter(|state| state.lives() && state.gate().is_some());
    dormant.map(|state| (state.grant.receiver.clone(), state.grant.id)).collect()
}

/// Closes a dossier as somebody would who does not ask their vault.
async fn close(practice: &Practice, keys: &Insider, dossier: &str, changes: Vec<Change>) -> Result<(), Problem> {
    let (directory, _) = practice_directory(practice).await;
    let mut stolen = taken(practice, keys, dossier).await?;
    for slip in stolen.slips.clone() {
        stolen.log.post(&slip, directory.now()).unwrap();
    }
    let entry = keys.entry(&stolen.log, directory.head(), changes);
    let log: LogId = dossier.parse().unwrap();
    keys.append(&practice.world.relay(), (log, LogKind::Dossier), entry, Vec::new(), Vec::new()).await
}

fn is_refused(answer: &Result<(), Problem>) -> bool {
    matches!(answer, Err(Problem::Refused(_)))
}

#[tokio::test]
async fn trustees_read_nothing_whatever_they_claim() {
    let mut practice = Practice::new().await;
    let femke = Insider::of(&practice.femke.store, PASSPHRASE).await;
    let before = taken(&practice, &femke, &practice.femkes).await.unwrap();
    for step in 0..3 {
        match step {
            0 => {}
            1 => drop(practice.release(&[0, 1, 2]).await),
            _ => practice.world.clock.pass(15 * DAY),
        }
        for at in 0..3 {
            let keys = trustee(&practice, at).await;
            for dossier in [&practice.femkes, &practice.gijss] {
                let stolen = taken(&practice, &keys, dossier).await.unwrap();
                assert!(stolen.entries.len() > 2 && stolen.blobs.is_empty(), "entries and nothing of what they name");
                assert!(stolen.seeds.is_empty() && stolen.halves.is_empty(), "step {step}");
            }
        }
        // Nor does the client get more before it is time: she has the wrap, and not the half.
        let now = taken(&practice, &femke, &practice.femkes).await.unwrap();
        assert_eq!(now.halves.len() > before.halves.len(), step == 2, "step {step}");
    }
}

#[tokio::test]
async fn fewer_than_it_takes_open_nothing_however_often_they_ask() {
    let mut practice = Practice::new().await;
    let femke = Insider::of(&practice.femke.store, PASSPHRASE).await;
    let before = taken(&practice, &femke, &practice.femkes).await.unwrap().halves.len();
    practice.release(&[0]).await;
    let bas = trustee(&practice, 0).await;
    let log: LogId = practice.femkes.parse().unwrap();
    let grants = dormant(&taken(&practice, &bas, &practice.femkes).await.unwrap());
    assert_eq!(grants.len(), 4, "for Femke, and for each trustee");
    for (_, grant) in &grants {
        // Again, at another time; and as somebody whom nobody named: the owner, the client, a member who is told nothing.
        let slip = bas.slip(log, Statement::Claim(*grant, MONDAY + 1));
        assert!(is_refused(&bas.call(&practice.world.relay(), &Post { slip }).await.map(drop)));
        for keys in
            [Insider::of(&practice.noor.store, PASSPHRASE).await, Insider::of(&practice.femke.store, PASSPHRASE).await]
        {
            let slip = keys.slip(log, Statement::Claim(*grant, MONDAY));
            assert!(is_refused(&keys.call(&practice.world.relay(), &Post { slip }).await.map(drop)));
        }
    }
    practice.world.clock.pass(60 * DAY);
    assert_eq!(taken(&practice, &femke, &practice.femkes).await.unwrap().halves.len(), before);
    let when = MONDAY + 120 * DAY;
    let closed = close(&practice, &bas, &practice.gijss, vec![Change::Close(Some(when))]).await;
    assert!(is_refused(&closed), "{closed:?}");
}

#[tokio::test]
async fn a_relay_makes_up_the_word_of_a_second_trustee() {
    let relay = HostileRelay::new();
    let mut practice = Practice::within(World::with_network(relay.network())).await;
    practice.release(&[0]).await;
    practice.noor.vault.sync().await.unwrap();
    let (bas, cas) = (trustee(&practice, 0).await, trustee(&practice, 1).await);
    let log: LogId = practice.femkes.parse().unwrap();
    let grants = dormant(&taken(&practice, &bas, &practice.femkes).await.unwrap());
    let femkes = grants.iter().find(|(receiver, _)| matches!(receiver, Receiver::Party(_))).unwrap().1;
    let forged =
        Slip { log, author: cas.person, device: Some(cas.device), statement: Statement::Claim(femkes, MONDAY) };
    relay.inject(Injection::into_log(log, LogKind::Dossier).slip(SignedSlip::sign(&forged, &own_key(9))));
    practice.noor.vault.sync().await.unwrap();
    assert!(alarms(&practice.noor).contains(&refused(&practice.femkes, zegel_ledger::Refusal::Signature)));
}

#[tokio::test]
async fn two_trustees_at_once_have_it_destroyed_once() {
    let relay = HostileRelay::new();
    let mut practice = Practice::within(World::with_network(relay.network())).await;
    practice.release(&[0, 1]).await;
    practice.world.clock.pass(15 * DAY);
    practice.sync().await;
    let log: LogId = practice.gijss.parse().unwrap();
    let (bas, owner) = (trustee(&practice, 0).await, practice.owner());
    let before = taken(&practice, &bas, &practice.gijss).await.unwrap().log.head();
    assert_eq!(practice.trustees[1].vault.destroy_rest(&owner).await, Ok(1));
    // Bas's vault hears of it only when it wants to do the same.
    let tried = Rc::new(Cell::new(false));
    let late = tried.clone();
    relay.play(Box::new(move |request, answer| {
        tried.set(tried.get() || request.path == Append::PATH);
        answer
    }));
    relay.play(answering::<Pull>(move |call, page| {
        if call.log == log && !late.get() {
            page.entries.clear();
            page.head = before;
        }
    }));
    assert_eq!(practice.trustees[0].vault.destroy_rest(&owner).await, Err(VaultError::NothingLeft));
}

#[tokio::test]
async fn trustees_end_only_what_nobody_is_left_to_read_and_not_before_it_is_time() {
    let mut practice = Practice::new().await;
    practice.release(&[0, 1]).await;
    let bas = trustee(&practice, 0).await;
    let late = |from: u64| vec![Change::Close(Some(from + 40 * DAY))];
    // By position he may once enough have claimed; until the days are over the relay does not take it.
    let early = close(&practice, &bas, &practice.gijss, late(MONDAY)).await;
    assert!(is_refused(&early), "{early:?}");
    practice.world.clock.pass(15 * DAY);
    let now = MONDAY + 15 * DAY;
    let grant = dormant(&taken(&practice, &bas, &practice.gijss).await.unwrap()).remove(0).1;
    let tried = [
        ("what a client gets", &practice.femkes, late(now)),
        ("at once", &practice.gijss, vec![Change::Close(Some(now + DAY))]),
        ("for ever", &practice.gijss, vec![Change::Close(None)]),
        ("held", &practice.gijss, vec![Change::Hold(true)]),
        ("with more than that", &practice.gijss, [late(now), vec![Change::Revoke(grant)]].concat()),
        ("nothing", &practice.gijss, Vec::new()),
    ];
    for (what, dossier, changes) in tried {
        let answer = close(&practice, &bas, dossier, changes).await;
        assert!(is_refused(&answer), "{what}: {answer:?}");
    }
    // Somebody who was not named, and one who is named and was sent away since.
    let lars = practice.world.colleague(&mut practice.noor, "Lars Bos", true).await;
    let keys = Insider::of(&lars.store, PASSPHRASE).await;
    assert_eq!(taken(&practice, &keys, &practice.gijss).await.err(), Some(Problem::NotFound));
    practice.noor.vault.remove_member(&bas.person.to_string()).await.unwrap();
    assert_eq!(close(&practice, &bas, &practice.gijss, late(now)).await, Err(Problem::Unauthenticated));
    assert_eq!(practice.trustees[1].vault.sync().await.map(drop), Ok(()));
}

#[tokio::test]
async fn a_trustee_who_reads_for_a_while_closes_no_more_than_the_others() {
    let mut practice = Practice::new().await;
    let lars = practice.world.colleague(&mut practice.noor, "Lars Bos", true).await;
    let [bas, cas, _] = people(&practice.trustees).try_into().unwrap();
    let person = lars.vault.session().person;
    practice.trustees[2] = lars;
    practice.noor.vault.choose_trustees(&[bas, cas, person.clone()]).await.unwrap();
    let terms = AccessTerms { until: Some(MONDAY + 90 * DAY), ..AccessTerms::default() };
    for dossier in [&practice.femkes, &practice.gijss] {
        practice.noor.vault.let_in(dossier, &person, &terms).await.unwrap();
    }
    practice.noor.vault.sync().await.unwrap();
    practice.sync().await;
    practice.release(&[0, 2]).await;
    practice.world.clock.pass(15 * DAY);
    let keys = trustee(&practice, 2).await;
    for dossier in [&practice.femkes, &practice.gijss] {
        for change in [Change::Close(Some(MONDAY + 60 * DAY)), Change::Close(None), Change::Hold(true)] {
            let answer = close(&practice, &keys, dossier, vec![change.clone()]).await;
            assert!(is_refused(&answer), "{change:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn what_is_shared_is_not_a_trustees_to_end() {
    let mut practice = Practice::new().await;
    let (dossier, report, _) = practice.noor.dossier("Ilse Kok").await;
    practice.noor.share(&dossier, &[&report]).await.unwrap();
    practice.noor.vault.sync().await.unwrap();
    practice.sync().await;
    practice.release(&[0, 1]).await;
    let bas = trustee(&practice, 0).await;
    practice.world.clock.pass(15 * DAY);
    let late = || vec![Change::Close(Some(MONDAY + 90 * DAY))];
    let shared = close(&practice, &bas, &dossier, late()).await;
    assert!(is_refused(&shared), "{shared:?}");
    practice.world.clock.pass(16 * DAY);
    assert_eq!(close(&practice, &bas, &dossier, late()).await, Ok(()));
}

#[tokio::test]
async fn who_closes_holds_no_compartment_and_no_wrap() {
    let practice = Practice::new().await;
    let cas = trustee(&practice, 1).await;
    let stolen = taken(&practice, &cas, &practice.gijss).await.unwrap();
    let trustees: Vec<PersonId> =
        practice.trustees.iter().map(|actor| actor.vault.session().person.parse().unwrap()).collect();
    let theirs = stolen.log.grants().filter(|state| trustees.iter().any(|person| state.grant.receiver.is(*person)));
    let mut count = 0;
    for state in theirs {
        assert!(state.grant.rights == Rights::CLOSE && state.grant.compartments.is_empty());
        assert!(stolen.log.wraps_of(state.grant.id).is_empty());
        count += 1;
    }
    assert_eq!(count, 3);
}
