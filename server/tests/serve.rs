//! Who is served what, and when no longer.

mod support;

use support::{DAY, HOUR, Key, Organisation, START, Terms, call, half_of};
use zegel_ledger::{Change, Gate, LogKind, Rights, Statement};
use zegel_protocol::{
    Problem,
    calls::{Changes, HalfServed, Pull, Readings},
};

fn no(problem: Problem) -> HalfServed {
    HalfServed::No(problem)
}

#[tokio::test]
async fn a_member_is_served_the_compartments_of_their_grant() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let (reader, stranger) = (org.admit().await, org.admit().await);
    let dossier = org.dossier(&director).await;
    let grant = org.grant_to(&reader, Rights::READ, &[dossier.core.id]);
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::Grant(grant)], Vec::new());
    org.push(&director, vec![draft]).await.unwrap();

    let key = reader.key();
    let pulled = org.pull(&key, dossier.log).await.unwrap();
    assert_eq!(pulled.blobs.len(), 4, "two wraps, the record and the file of their compartment");
    assert!(org.fetch(&key, dossier.log, dossier.core_record).await.is_ok());
    assert_eq!(org.fetch(&key, dossier.log, dossier.medical_record).await, Err(Problem::NotFound));
    for half in [dossier.life, dossier.core.half, dossier.file_half] {
        assert_eq!(org.ask_half(&key, dossier.log, half).await, HalfServed::Half(half_of(half)));
    }
    assert_eq!(org.ask_half(&key, dossier.log, dossier.medical.half).await, no(Problem::NotFound));

    let key = stranger.key();
    assert_eq!(org.pull(&key, dossier.log).await.unwrap_err(), Problem::NotFound);
    assert_eq!(org.fetch(&key, dossier.log, dossier.core_record).await, Err(Problem::NotFound));
    assert_eq!(org.ask_half(&key, dossier.log, dossier.life).await, no(Problem::NotFound));
}

#[tokio::test]
async fn a_blob_is_not_served_through_another_log() {
    let mut org = Organisation::found().await;
    let (director, other) = (org.director(), org.admit().await);
    let secret = org.dossier(&director).await;
    let own = org.dossier(&other).await;
    assert_eq!(org.fetch(&other.key(), own.log, secret.core_record).await, Err(Problem::NotFound));
    assert_eq!(org.ask_half(&other.key(), own.log, secret.core.half).await, no(Problem::NotFound));
    // Nor by listing it where one may write.
    let put = Change::Put(zegel_ledger::Put {
        at: zegel_ledger::CompartmentEpoch { compartment: own.core.id, epoch: 1 },
        record: own.record,
        version: 2,
        blob: secret.core_record,
    });
    let draft = org.draft(&other, own.log, LogKind::Dossier, vec![put], Vec::new());
    assert_eq!(org.push(&other, vec![draft]).await.unwrap_err(), Problem::MissingBlob(secret.core_record));
}

#[tokio::test]
async fn a_link_opens_its_disclosure_and_nothing_else() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms { files: vec![dossier.file], ..Terms::default() }).await;
    let (key, log) = (shared.link.key(), shared.link.log);
    assert_eq!(org.pull(&key, log).await.unwrap().entries.len(), 1);
    assert!(org.fetch(&key, log, shared.record).await.is_ok());
    let half = shared.compartment.half;
    assert_eq!(org.ask_half(&key, log, half).await, HalfServed::Half(half_of(half)));
    // The file stays where it is, under its own half.
    assert_eq!(org.fetch(&key, log, dossier.file_blob).await.unwrap().len(), 5000);
    assert_eq!(org.ask_half(&key, log, dossier.file_half).await, HalfServed::Half(half_of(dossier.file_half)));

    assert_eq!(org.fetch(&key, log, dossier.core_record).await, Err(Problem::NotFound));
    assert_eq!(org.ask_half(&key, log, dossier.core.half).await, no(Problem::NotFound));
    assert_eq!(org.ask_half(&key, log, shared.life).await, no(Problem::NotFound));
    assert_eq!(org.pull(&key, dossier.log).await.unwrap_err(), Problem::NotFound);
    assert_eq!(org.ask_half(&key, dossier.log, dossier.file_half).await, no(Problem::NotFound));
    assert_eq!(org.pull(&key, org.directory.organisation()).await.unwrap_err(), Problem::NotFound);
}

#[tokio::test]
async fn a_file_that_was_not_disclosed_is_not_served_to_the_link() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms::default()).await;
    let (key, log) = (shared.link.key(), shared.link.log);
    assert_eq!(org.fetch(&key, log, dossier.file_blob).await, Err(Problem::NotFound));
    assert_eq!(org.ask_half(&key, log, dossier.file_half).await, no(Problem::NotFound));
}

#[tokio::test]
async fn withdrawing_by_a_slip_ends_everything_at_once() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms { files: vec![dossier.file], ..Terms::default() }).await;
    let (key, log) = (shared.link.key(), shared.link.log);
    assert!(org.pull(&key, log).await.is_ok());
    let slip = org.statement(&director, dossier.log, Statement::Withdraw(shared.consent));
    org.slip(&director.key(), slip, &director.signing).await.unwrap();
    for round in 0..2 {
        assert_eq!(org.pull(&key, log).await.unwrap_err(), Problem::Withdrawn, "round {round}");
        assert_eq!(org.fetch(&key, log, shared.record).await, Err(Problem::Withdrawn));
        assert_eq!(org.fetch(&key, log, dossier.file_blob).await, Err(Problem::Withdrawn));
        assert_eq!(org.ask_half(&key, log, shared.compartment.half).await, no(Problem::Withdrawn));
        assert_eq!(org.ask_half(&key, log, dossier.file_half).await, no(Problem::Withdrawn));
        org.restart();
    }
    // The next entry must name the slip, and whoever pulls is shown it.
    let pulled = org.pull(&director.key(), dossier.log).await.unwrap();
    assert_eq!(pulled.slips.len(), 1);
    let report = org.report(&director, &dossier);
    org.push(&director, vec![report]).await.unwrap();
    assert_eq!(org.pull(&director.key(), dossier.log).await.unwrap().slips.len(), 1);
}

#[tokio::test]
async fn revoking_a_grant_ends_it_by_slip_and_by_entry() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let (one, two) = (
        org.share(&director, &dossier, Terms::default()).await,
        org.share(&director, &dossier, Terms::default()).await,
    );
    let slip = org.statement(&director, one.link.log, Statement::Revoke(one.link.grant));
    org.slip(&director.key(), slip, &director.signing).await.unwrap();
    let revoke = vec![Change::Revoke(two.link.grant)];
    let draft = org.draft(&director, two.link.log, LogKind::Disclosure, revoke, Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    for shared in [one, two] {
        let key = shared.link.key();
        assert_eq!(org.pull(&key, shared.link.log).await.unwrap_err(), Problem::Withdrawn);
        let half = shared.compartment.half;
        assert_eq!(org.ask_half(&key, shared.link.log, half).await, no(Problem::Withdrawn));
    }
}

#[tokio::test]
async fn removing_a_member_ends_the_links_they_made() {
    let mut org = Organisation::found().await;
    let (director, advisor) = (org.director(), org.admit().await);
    let dossier = org.dossier(&advisor).await;
    let shared = org.share(&advisor, &dossier, Terms::default()).await;
    org.direct(&director, vec![Change::Remove(advisor.id)]).await.unwrap();
    assert_eq!(org.pull(&shared.link.key(), shared.link.log).await.unwrap_err(), Problem::Withdrawn);
}

#[tokio::test]
async fn dates_open_and_end_serving() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let terms = Terms { from: Some(START + HOUR), until: Some(START + DAY), ..Terms::default() };
    let granted = org.share(&director, &dossier, terms).await;
    let consented =
        org.share(&director, &dossier, Terms { consent_until: Some(START + DAY), ..Terms::default() }).await;
    let (key, log, half) = (granted.link.key(), granted.link.log, granted.compartment.half);
    assert_eq!(org.pull(&key, log).await.unwrap_err(), Problem::NotYet);
    org.clock.forward(HOUR);
    assert!(org.pull(&key, log).await.is_ok());
    assert_eq!(org.ask_half(&key, log, half).await, HalfServed::Half(half_of(half)));
    org.clock.forward(DAY - HOUR);
    for shared in [granted, consented] {
        let (key, log) = (shared.link.key(), shared.link.log);
        assert_eq!(org.pull(&key, log).await.unwrap_err(), Problem::Expired);
        assert_eq!(org.ask_half(&key, log, shared.compartment.half).await, no(Problem::Expired));
    }
}

#[tokio::test]
async fn a_closed_gate_withholds_the_halves() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let terms = Terms { gate: Some(Gate::Receipt), files: vec![dossier.file], ..Terms::default() };
    let shared = org.share(&director, &dossier, terms).await;
    let (key, log) = (shared.link.key(), shared.link.log);
    assert!(org.pull(&key, log).await.is_ok());
    assert_eq!(org.ask_half(&key, log, shared.compartment.half).await, no(Problem::NotYet));
    assert_eq!(org.ask_half(&key, log, dossier.file_half).await, no(Problem::NotYet));
}

#[tokio::test]
async fn readings_are_counted_by_the_day_and_end() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms { readings: Some(2), ..Terms::default() }).await;
    let (key, log, half) = (shared.link.key(), shared.link.log, shared.compartment.half);
    for _ in 0..2 {
        for _ in 0..3 {
            assert_eq!(org.ask_half(&key, log, half).await, HalfServed::Half(half_of(half)));
            org.clock.forward(HOUR);
        }
        org.restart();
        org.clock.forward(DAY);
    }
    assert_eq!(org.ask_half(&key, log, half).await, no(Problem::Exhausted));
    assert_eq!(org.pull(&key, log).await.unwrap_err(), Problem::Exhausted);
    // Staff see what was handed out.
    let ledger = call(org.relay(), Some(&director.key()), &Readings { log }).await.unwrap().readings;
    assert_eq!(ledger.len(), 2);
    assert!(ledger.iter().all(|line| line.person == shared.link.id && line.grant == Some(shared.link.grant)));
}

#[tokio::test]
async fn no_disclosure_without_a_living_consent() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    // The disclosure alone, without the entry that names it.
    let (_, mut drafts) = org.sharing(&director, &dossier, Terms::default());
    let alone = drafts.pop().unwrap();
    assert!(matches!(org.push(&director, vec![alone]).await, Err(Problem::Refused(_))));
    // A consent that is over before it is used.
    let terms = Terms { consent_until: Some(START), ..Terms::default() };
    let (_, drafts) = org.sharing(&director, &dossier, terms);
    assert!(matches!(org.push(&director, drafts).await, Err(Problem::Refused(_))));
    // Another person in, after the consent was withdrawn.
    let shared = org.share(&director, &dossier, Terms::default()).await;
    let slip = org.statement(&director, dossier.log, Statement::Withdraw(shared.consent));
    org.slip(&director.key(), slip, &director.signing).await.unwrap();
    let late = org.grant_to(&director, Rights::READ, &[shared.compartment.id]);
    let draft = org.draft(&director, shared.link.log, LogKind::Disclosure, vec![Change::Grant(late)], Vec::new());
    assert!(matches!(org.push(&director, vec![draft]).await, Err(Problem::Refused(_))));
}

#[tokio::test]
async fn a_personal_log_is_its_owners() {
    let mut org = Organisation::found().await;
    let (director, other) = (org.director(), org.admit().await);
    let (log, life) = org.personal(&other).await;
    assert_eq!(org.ask_half(&other.key(), log, life).await, HalfServed::Half(half_of(life)));
    assert_eq!(org.pull(&director.key(), log).await.unwrap_err(), Problem::NotFound);
    assert_eq!(org.ask_half(&director.key(), log, life).await, no(Problem::NotFound));
}

/// Who brings the recovery sheets together is served the directory and every dossier, for that is what they are for.
#[tokio::test]
async fn the_root_is_served_dossiers_and_nothing_personal_or_disclosed() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms::default()).await;
    let (personal, life) = org.personal(&director).await;
    let root = Key { name: org.directory.recovery_author().0.to_string(), key: org.root.clone() };
    assert!(org.pull(&root, org.directory.organisation()).await.is_ok());
    assert!(org.pull(&root, dossier.log).await.is_ok());
    assert_eq!(org.ask_half(&root, dossier.log, dossier.core.half).await, HalfServed::Half(half_of(dossier.core.half)));
    assert_eq!(org.pull(&root, personal).await.unwrap_err(), Problem::NotFound);
    assert_eq!(org.ask_half(&root, personal, life).await, no(Problem::NotFound));
    assert_eq!(org.pull(&root, shared.link.log).await.unwrap_err(), Problem::NotFound);
    assert_eq!(org.ask_half(&root, shared.link.log, shared.compartment.half).await, no(Problem::NotFound));
}

#[tokio::test]
async fn changes_name_what_somebody_may_read_and_nothing_when_nothing_is_new() {
    let mut org = Organisation::found().await;
    let (director, other) = (org.director(), org.admit().await);
    let dossier = org.dossier(&director).await;
    let all = call(org.relay(), Some(&director.key()), &Changes { cursor: 0 }).await.unwrap();
    assert_eq!(
        all.logs.iter().map(|changed| changed.log).collect::<Vec<_>>(),
        [org.directory.organisation(), dossier.log]
    );
    let none = call(org.relay(), Some(&director.key()), &Changes { cursor: all.cursor }).await.unwrap();
    assert_eq!((none.logs.len(), none.cursor, none.more), (0, all.cursor, false));
    let theirs = call(org.relay(), Some(&other.key()), &Changes { cursor: 0 }).await.unwrap();
    assert_eq!(theirs.logs.len(), 1, "the directory alone");

    let shared = org.share(&director, &dossier, Terms::default()).await;
    let new = call(org.relay(), Some(&director.key()), &Changes { cursor: all.cursor }).await.unwrap();
    assert_eq!(new.logs.len(), 2);
    let slip = org.statement(&director, dossier.log, Statement::Withdraw(shared.consent));
    org.slip(&director.key(), slip, &director.signing).await.unwrap();
    let new = call(org.relay(), Some(&director.key()), &Changes { cursor: new.cursor }).await.unwrap();
    assert_eq!(new.logs.iter().map(|changed| (changed.log, changed.slips)).collect::<Vec<_>>(), [(dossier.log, 1)]);

    // A grant on an old dossier brings the dossier and its disclosures.
    let grant = org.grant_to(&other, Rights::READ, &[dossier.core.id]);
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::Grant(grant)], Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    let new = call(org.relay(), Some(&other.key()), &Changes { cursor: theirs.cursor }).await.unwrap();
    assert_eq!(new.logs.len(), 2);
    let page = Pull { log: shared.link.log, from: 0, limit: 1, blobs: true };
    assert!(call(org.relay(), Some(&other.key()), &page).await.is_ok());
}
