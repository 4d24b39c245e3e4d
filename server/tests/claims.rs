//! Dormant grants: what the relay serves before they are claimed, while the days run, and after.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use support::{Dossier, Organisation, Person, START, call};
use zegel_ledger::{Change, Claims, Gate, Grant, GrantId, LogKind, Rights, Statement};
use zegel_protocol::{
    Problem,
    calls::{HalfServed, Readings},
};

const DAY: u64 = 86_400;

/// A dossier with a dormant grant to a colleague, who claims it alone and then waits a week.
async fn waiting(org: &mut Organisation, rights: Rights) -> (Dossier, Person, GrantId) {
    let (director, ruben) = (org.director(), org.admit().await);
    let dossier = org.dossier(&director).await;
    let gate = Gate::Claims(Claims { needed: 1, people: vec![ruben.id], days: 7 });
    let grant = Grant { gate, ..org.grant_to(&ruben, rights, &[dossier.core.id]) };
    let id = grant.id;
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::Grant(grant)], Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    (dossier, ruben, id)
}

async fn half(org: &Organisation, who: &Person, dossier: &Dossier) -> HalfServed {
    org.ask_half(&who.key(), dossier.log, dossier.core.half).await
}

#[tokio::test]
async fn who_waits_sees_entries_and_is_served_nothing_until_the_days_are_over() {
    let mut org = Organisation::found().await;
    let (dossier, ruben, grant) = waiting(&mut org, Rights::READ).await;
    let other = org.admit().await;
    assert_eq!(org.pull(&other.key(), dossier.log).await.unwrap_err(), Problem::NotFound);
    let page = org.pull(&ruben.key(), dossier.log).await.unwrap();
    assert_eq!((page.entries.len(), page.blobs.len()), (2, 0));
    assert_eq!(org.fetch(&ruben.key(), dossier.log, dossier.core_record).await.unwrap_err(), Problem::NotFound);
    let readings = call(org.relay(), Some(&ruben.key()), &Readings { log: dossier.log }).await;
    assert_eq!(readings.unwrap_err(), Problem::NotFound);
    for id in [dossier.core.half, dossier.life] {
        assert!(matches!(org.ask_half(&ruben.key(), dossier.log, id).await, HalfServed::No(_)));
    }

    for time in [START - DAY, START + DAY] {
        let moved = org.statement(&ruben, dossier.log, Statement::Claim(grant, time));
        assert!(matches!(org.slip(&ruben.key(), moved, &ruben.signing).await, Err(Problem::Refused(_))), "{time}");
    }
    let foreign = org.statement(&org.director(), dossier.log, Statement::Claim(grant, START));
    let (key, signing) = (org.director().key(), org.director().signing.clone());
    assert!(org.slip(&key, foreign, &signing).await.is_err(), "named is Ruben");
    let claim = org.statement(&ruben, dossier.log, Statement::Claim(grant, START));
    org.slip(&ruben.key(), claim.clone(), &ruben.signing).await.unwrap();
    org.slip(&ruben.key(), claim, &ruben.signing).await.unwrap();
    org.clock.forward(7 * DAY - 1);
    assert!(matches!(half(&org, &ruben, &dossier).await, HalfServed::No(_)), "a second too early");
    org.restart();
    assert!(matches!(half(&org, &ruben, &dossier).await, HalfServed::No(_)), "a restart opens nothing");
    org.clock.forward(1);
    assert!(matches!(half(&org, &ruben, &dossier).await, HalfServed::Half(_)));
    assert_eq!(org.fetch(&ruben.key(), dossier.log, dossier.core_record).await.unwrap().len(), 1024);
    assert!(matches!(org.ask_half(&ruben.key(), dossier.log, dossier.medical.half).await, HalfServed::No(_)));
}

#[tokio::test]
async fn while_the_days_run_the_claimant_writes_nothing_and_refuses_nobody() {
    let mut org = Organisation::found().await;
    let (dossier, ruben, grant) = waiting(&mut org, Rights::ADVISOR).await;
    let director = org.director();
    let claim = org.statement(&ruben, dossier.log, Statement::Claim(grant, START));
    org.slip(&ruben.key(), claim, &ruben.signing).await.unwrap();
    // By position it is claimed, so the ledger would take all of this: it is the relay that keeps the days.
    let own = org.logs[&dossier.log].grants_of(director.id).next().unwrap().grant.id;
    let revoke = org.statement(&ruben, dossier.log, Statement::Revoke(own));
    assert!(matches!(org.slip(&ruben.key(), revoke, &ruben.signing).await, Err(Problem::Refused(_))));
    for changes in [vec![Change::Revoke(own)], Vec::new()] {
        let draft = org.draft(&ruben, dossier.log, LogKind::Dossier, changes, Vec::new());
        assert!(matches!(org.push(&ruben, vec![draft]).await, Err(Problem::Refused(_))));
    }
    let report = org.report(&ruben, &dossier);
    assert!(matches!(org.push(&ruben, vec![report]).await, Err(Problem::Refused(_))));

    // Whoever manages says no, and that is that.
    let veto = org.statement(&director, dossier.log, Statement::Revoke(grant));
    org.slip(&director.key(), veto, &director.signing).await.unwrap();
    org.clock.forward(8 * DAY);
    assert_eq!(half(&org, &ruben, &dossier).await, HalfServed::No(Problem::Withdrawn));
    let again = org.statement(&ruben, dossier.log, Statement::Claim(grant, START + 8 * DAY));
    assert_eq!(org.slip(&ruben.key(), again, &ruben.signing).await.unwrap_err(), Problem::Withdrawn);
}
