//! Founding and appending.

mod support;

use support::{Draft, Organisation, append_of, call, head_of};
use zegel_ledger::{Change, LogKind, Rights, Standing};
use zegel_protocol::{Problem, calls::Pull};

#[tokio::test]
async fn an_organisation_is_founded_once_with_the_token() {
    let mut org = Organisation::found().await;
    assert!(!org.folder.path().join("setup-token").exists());
    let again = org.founding("whatever");
    assert_eq!(call(org.relay(), None, &again).await.unwrap_err(), Problem::AlreadySetUp);
}

#[tokio::test]
async fn what_was_appended_is_pulled_with_its_blobs() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let report = org.report(&director, &dossier);
    org.push(&director, vec![report.clone()]).await.unwrap();
    let pulled = org.pull(&director.key(), dossier.log).await.unwrap();
    assert_eq!(pulled.entries.len(), 2);
    assert_eq!(pulled.entries[1], report.entries[0]);
    assert_eq!(pulled.head, org.logs[&dossier.log].head());
    assert_eq!(pulled.blobs.len(), 6);
    assert!(pulled.blobs.iter().any(|blob| blob.0 == report.blobs[0]));
    let page = Pull { log: dossier.log, from: 1, limit: 1, blobs: false };
    let page = call(org.relay(), Some(&director.key()), &page).await.unwrap();
    assert_eq!((page.entries.len(), page.blobs.len()), (1, 0));
}

#[tokio::test]
async fn the_same_append_again_is_answered_the_same() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let report = org.report(&director, &dossier);
    let first = org.push(&director, vec![report.clone()]).await.unwrap();
    let again = call(org.relay(), Some(&director.key()), &append_of(&[report])).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(org.pull(&director.key(), dossier.log).await.unwrap().entries.len(), 2);
}

#[tokio::test]
async fn the_loser_of_a_race_is_told_the_head() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let lost = org.report(&director, &dossier);
    let won = org.report(&director, &dossier);
    org.push(&director, vec![won]).await.unwrap();
    let head = head_of(&org.logs[&dossier.log]);
    let answer = call(org.relay(), Some(&director.key()), &append_of(&[lost])).await;
    assert_eq!(answer.unwrap_err(), Problem::Conflict(dossier.log, Some(head)));
}

#[tokio::test]
async fn several_logs_are_appended_all_or_not_at_all() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let good = org.report(&director, &dossier);
    let (_, mut bad) = org.new_dossier(&director);
    bad.blobs.pop();
    let answer = call(org.relay(), Some(&director.key()), &append_of(&[good.clone(), bad])).await;
    assert!(matches!(answer, Err(Problem::MissingBlob(_))));
    assert_eq!(org.pull(&director.key(), dossier.log).await.unwrap().entries.len(), 1);
    // The state in memory went back too: the good half alone still fits.
    org.push(&director, vec![good]).await.unwrap();
    org.restart();
    assert_eq!(org.pull(&director.key(), dossier.log).await.unwrap().entries.len(), 2);
}

#[tokio::test]
async fn a_half_that_is_named_must_come_along() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let (_, mut draft) = org.new_dossier(&director);
    draft.halves.pop();
    assert!(matches!(org.push(&director, vec![draft]).await, Err(Problem::Refused(_))));
}

#[tokio::test]
async fn nobody_writes_without_the_right_or_for_somebody_else() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let colleague = org.admit().await;
    let dossier = org.dossier(&director).await;
    let foreign = org.report(&colleague, &dossier);
    assert_eq!(org.push(&colleague, vec![foreign]).await.unwrap_err(), Problem::NotFound);
    let forged = org.report(&director, &dossier);
    let answer = call(org.relay(), Some(&colleague.key()), &append_of(&[forged])).await;
    assert_eq!(answer.unwrap_err(), Problem::NotFound);
    // With a right to read, a right to write is still missing.
    let grant = org.grant_to(&colleague, Rights::READ, &[dossier.core.id]);
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::Grant(grant)], Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    let foreign = org.report(&colleague, &dossier);
    assert!(matches!(org.push(&colleague, vec![foreign]).await, Err(Problem::Refused(_))));
}

#[tokio::test]
async fn a_revoked_device_and_a_removed_member_are_not_known_any_more() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let (one, two) = (org.admit().await, org.admit().await);
    org.direct(&director, vec![Change::RevokeDevice(one.device)]).await.unwrap();
    org.direct(&director, vec![Change::Remove(two.id)]).await.unwrap();
    let directory = org.directory.organisation();
    for gone in [&one, &two] {
        assert_eq!(org.pull(&gone.key(), directory).await.unwrap_err(), Problem::Unauthenticated);
    }
}

#[tokio::test]
async fn a_membership_that_ran_out_serves_nothing() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let guest = support::Person::make(&mut org.rng);
    let mut admission = guest.admission(Standing::STAFF);
    admission.until = Some(support::START + support::DAY);
    org.direct(&director, vec![Change::Admit(admission), Change::Certify(guest.certificate())]).await.unwrap();
    let directory = org.directory.organisation();
    assert!(org.pull(&guest.key(), directory).await.is_ok());
    org.clock.forward(support::DAY);
    assert_eq!(org.pull(&guest.key(), directory).await.unwrap_err(), Problem::Unauthenticated);
}

#[tokio::test]
async fn a_destroyed_half_is_gone_and_does_not_come_back() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let destroy = vec![Change::Destroy(dossier.file_half)];
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, destroy, Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    let served = org.ask_half(&director.key(), dossier.log, dossier.file_half).await;
    assert_eq!(served, zegel_protocol::calls::HalfServed::Destroyed);
    let bytes = org.blob(100);
    let file = zegel_ledger::File {
        file: zegel_ledger::FileId::make(&mut org.rng),
        home: dossier.core.id,
        half: dossier.file_half,
        blob: zegel_crypto::blob_name(&bytes),
        length: 100,
    };
    let mut draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::File(file)], vec![bytes]);
    draft.halves.push(org.half(dossier.log, dossier.file_half));
    assert!(matches!(org.push(&director, vec![draft]).await, Err(Problem::Refused(_))));
}

/// The ledger lets a half be named once; one that was destroyed before anything named it is the relay's to refuse.
#[tokio::test]
async fn a_half_destroyed_before_it_was_named_is_not_taken() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let half = zegel_ledger::HalfId::make(&mut org.rng);
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::Destroy(half)], Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    let bytes = org.blob(100);
    let file = zegel_ledger::File {
        file: zegel_ledger::FileId::make(&mut org.rng),
        home: dossier.core.id,
        half,
        blob: zegel_crypto::blob_name(&bytes),
        length: 100,
    };
    let mut draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::File(file)], vec![bytes]);
    draft.halves.push(org.half(dossier.log, half));
    assert!(matches!(org.push(&director, vec![draft]).await, Err(Problem::Refused(_))));
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let colleague = org.admit().await;
    let dossier = org.dossier(&director).await;
    let before = org.pull(&director.key(), dossier.log).await.unwrap();
    org.restart();
    assert_eq!(org.pull(&director.key(), dossier.log).await.unwrap(), before);
    assert!(org.pull(&colleague.key(), org.directory.organisation()).await.is_ok());
    let served = org.ask_half(&director.key(), dossier.log, dossier.life).await;
    assert_eq!(served, zegel_protocol::calls::HalfServed::Half(support::half_of(dossier.life)));
    let report: Draft = org.report(&director, &dossier);
    org.push(&director, vec![report]).await.unwrap();
}

#[tokio::test]
async fn replaying_stored_entries_and_slips_gives_the_state_that_admitting_gave() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, support::Terms::default()).await;
    let withdraw = zegel_ledger::Statement::Withdraw(shared.consent);
    let slip = org.statement(&director, dossier.log, withdraw);
    org.slip(&director.key(), slip, &director.signing).await.unwrap();
    let pulled = org.pull(&director.key(), dossier.log).await.unwrap();
    let mut log = zegel_ledger::Log::new(dossier.log, LogKind::Dossier);
    for entry in &pulled.entries {
        log.replay(entry, &org.directory).unwrap();
    }
    log.replay_slip(&pulled.slips[0]).unwrap();
    assert_eq!(log, org.logs[&dossier.log]);
}
