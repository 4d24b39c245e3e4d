//! A relay that is put back to an earlier state: whom it hears, what stays ended, what it takes back.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::{fs, path::Path};

use support::{DAY, Dossier, HOUR, Link, Organisation, Person, Shared, Terms, append_of, call, config, hello};
use tempfile::TempDir;
use tower::ServiceExt as _;
use zegel_crypto::Hash;
use zegel_ledger::{
    BeaconTag, Change, Claims, Gate, Grant, GrantId, Head, LogKind, Refusal, Rights, SignedSlip, Slip, Standing,
    Statement, Wrap,
};
use zegel_protocol::{
    Problem,
    calls::{Append, Beacons, HalfServed, HandBack, LogAppend, Post},
};
use zegel_relay::{OpenError, Relay, backup, clock::SystemClock, restore};

/// An organisation with a backup, and what was done after it.
struct House {
    org: Organisation,
    backup: TempDir,
    director: Person,
    ruben: Person,
    noor: Person,
    dossier: Dossier,
    shared: Shared,
    /// What came after the backup, as it was sent.
    lost: Vec<LogAppend>,
}

impl House {
    async fn new() -> Self {
        let mut org = Organisation::found().await;
        let director = org.director();
        let (ruben, noor) = (org.admit().await, org.admit().await);
        let dossier = org.dossier(&director).await;
        let grant = org.grant_to(&ruben, Rights::READ, &[dossier.core.id, dossier.medical.id]);
        let wrapped = org.blob(1200);
        let epochs = support::epochs(&grant.compartments);
        let wrap = Wrap { grant: grant.id, epochs, blob: zegel_crypto::blob_name(&wrapped) };
        let changes = vec![Change::Grant(grant), Change::Wrap(wrap)];
        let draft = org.draft(&director, dossier.log, LogKind::Dossier, changes, vec![wrapped]);
        org.push(&director, vec![draft]).await.unwrap();
        let shared = org.share(&director, &dossier, Terms::default()).await;
        let backup = tempfile::tempdir().unwrap();
        backup::back_up(org.folder.path(), backup.path(), &SystemClock).unwrap();
        Self { org, backup, director, ruben, noor, dossier, shared, lost: Vec::new() }
    }

    async fn append(&mut self, changes: Vec<Change>, blobs: Vec<Vec<u8>>) {
        let draft = self.org.draft(&self.director, self.dossier.log, LogKind::Dossier, changes, blobs);
        self.lost.extend(append_of(std::slice::from_ref(&draft)).logs);
        self.org.push(&self.director, vec![draft]).await.unwrap();
    }

    /// Lets Ruben do everything in the dossier.
    fn grant_ruben(&mut self) -> (GrantId, Vec<Change>, Vec<u8>) {
        let grant = self.org.grant_to(&self.ruben, Rights::ADVISOR, &[self.dossier.core.id, self.dossier.medical.id]);
        let wrapped = self.org.blob(1200);
        let epochs = support::epochs(&grant.compartments);
        let wrap = Wrap { grant: grant.id, epochs, blob: zegel_crypto::blob_name(&wrapped) };
        (grant.id, vec![Change::Grant(grant), Change::Wrap(wrap)], wrapped)
    }

    /// A report, a withdrawal, a destroyed file and a removed colleague.
    async fn work(&mut self) {
        let report = self.org.report(&self.director, &self.dossier);
        self.lost.extend(append_of(std::slice::from_ref(&report)).logs);
        self.org.push(&self.director, vec![report]).await.unwrap();
        self.append(vec![Change::Withdraw(self.shared.consent)], Vec::new()).await;
        self.append(vec![Change::Destroy(self.dossier.file_half)], Vec::new()).await;
        let removal = self.org.directory_entry(&self.director, vec![Change::Remove(self.noor.id)]);
        self.lost.insert(0, removal.logs[0].clone());
        self.org.direct(&self.director, vec![Change::Remove(self.noor.id)]).await.unwrap();
    }

    /// Restores the archive with the newest halves and serves that.
    fn restore(&mut self) -> TempDir {
        self.org.stop();
        let (halves, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        backup::back_up_halves(self.org.folder.path(), halves.path()).unwrap();
        let (archive, halves) = (self.backup.path().join("archive"), halves.path().join("halves"));
        restore::restore(&archive, &halves, data.path(), &SystemClock).unwrap();
        let folder = data.path().to_owned();
        self.org.restart_with(|config| config.data = folder);
        data
    }

    async fn hand_back(&self, who: &Person, log: &LogAppend) -> Result<(), Problem> {
        let call = HandBack { log: log.clone(), halves: Vec::new(), slips: Vec::new() };
        support::call(self.org.relay(), Some(&who.key()), &call).await.map(drop)
    }

    async fn link(&self) -> Problem {
        self.org.pull(&self.shared.link.key(), self.shared.link.log).await.unwrap_err()
    }

    /// A director confirms, on the directory as the relay has it.
    async fn confirm(&mut self) {
        let director = self.org.director();
        self.org.direct(&director, vec![Change::Restored(Vec::new())]).await.unwrap();
    }

    async fn refused_for_good(&self) {
        assert_eq!(self.link().await, Problem::Withdrawn);
        let noor = self.org.pull(&self.noor.key(), self.org.directory.organisation()).await;
        assert_eq!(noor.unwrap_err(), Problem::Unauthenticated);
        let half = self.org.ask_half(&self.director.key(), self.dossier.log, self.dossier.file_half).await;
        assert_eq!(half, HalfServed::Destroyed);
    }
}

#[tokio::test]
async fn staff_hand_back_what_was_lost_and_a_director_lets_the_others_in() {
    let mut house = House::new().await;
    house.work().await;
    assert_eq!(house.hand_back(&house.ruben, &house.lost[0]).await.unwrap_err(), Problem::NotFound, "nothing was lost");
    let _data = house.restore();
    assert!(hello(house.org.relay()).await.put_back.is_some());
    assert_eq!(house.link().await, Problem::PutBack);
    let page = house.org.pull(&house.ruben.key(), house.dossier.log).await.unwrap();
    let (had, has) = (house.org.logs[&house.dossier.log].head().unwrap(), page.head.unwrap());
    assert!(has < had, "{has:?}");

    // As its own, nobody sends what another has written; and what leaves something out does not follow.
    let own = Append { logs: vec![house.lost[1].clone()], halves: Vec::new() };
    assert!(call(house.org.relay(), Some(&house.ruben.key()), &own).await.is_err());
    assert!(matches!(house.hand_back(&house.ruben, &house.lost[2]).await, Err(Problem::Conflict(..))));
    let stranger = Person::make(&mut house.org.rng);
    assert_eq!(house.hand_back(&stranger, &house.lost[1]).await.unwrap_err(), Problem::Unauthenticated);
    for _ in 0..2 {
        for log in &house.lost {
            house.hand_back(&house.ruben, log).await.unwrap();
        }
    }
    let page = house.org.pull(&house.ruben.key(), house.dossier.log).await.unwrap();
    assert_eq!(page.head.unwrap(), had);
    let report = zegel_crypto::blob_name(&house.lost[1].blobs[0].0);
    assert!(house.org.fetch(&house.ruben.key(), house.dossier.log, report).await.is_ok(), "with its bytes");
}

#[tokio::test]
async fn only_a_director_ends_it_and_a_start_does_not() {
    let mut house = House::new().await;
    house.work().await;
    let data = house.restore();
    let folder = data.path().to_owned();
    house.org.restart_with(|config| config.data = folder.clone());
    assert_eq!(house.link().await, Problem::PutBack);
    for log in &house.lost {
        house.hand_back(&house.ruben, log).await.unwrap();
    }
    let said = house.org.directory_entry(&house.ruben, vec![Change::Restored(Vec::new())]);
    assert!(matches!(call(house.org.relay(), Some(&house.ruben.key()), &said).await, Err(Problem::Refused(_))));
    house.confirm().await;
    house.refused_for_good().await;
    assert_eq!(hello(house.org.relay()).await.put_back, None);
    house.org.restart_with(|config| config.data = folder);
    house.refused_for_good().await;
    assert_eq!(hello(house.org.relay()).await.put_back, None);
}

/// A confirmation that was lost itself and is handed back confirms nothing.
#[tokio::test]
async fn an_earlier_confirmation_that_is_handed_back_confirms_nothing() {
    let mut house = House::new().await;
    let director = house.org.director();
    let said = house.org.directory_entry(&director, vec![Change::Restored(Vec::new())]);
    house.org.direct(&director, vec![Change::Restored(Vec::new())]).await.unwrap();
    let _data = house.restore();
    house.hand_back(&house.ruben, &said.logs[0]).await.unwrap();
    assert_eq!(house.link().await, Problem::PutBack);
}

#[tokio::test]
async fn what_ended_stays_so_even_if_nobody_gives_it_back() {
    let mut house = House::new().await;
    let before = house.org.directory.clone();
    house.work().await;
    let _data = house.restore();
    house.org.directory = before;
    house.confirm().await;
    house.refused_for_good().await;
}

#[tokio::test]
async fn a_statement_beside_a_lost_entry_waits_for_it_or_for_the_next() {
    for hands_back in [true, false] {
        let mut house = House::new().await;
        let at_backup = house.org.logs[&house.dossier.log].clone();
        house.append(vec![Change::Destroy(house.dossier.file_half)], Vec::new()).await;
        let slip = house.org.statement(&house.director, house.dossier.log, Statement::Withdraw(house.shared.consent));
        house.org.slip(&house.director.key(), slip, &house.director.signing).await.unwrap();
        house.append(vec![Change::Hold(true)], Vec::new()).await;
        let _data = house.restore();
        if hands_back {
            for log in &house.lost {
                house.hand_back(&house.ruben, log).await.unwrap();
            }
        }
        house.confirm().await;
        assert_eq!(house.link().await, Problem::Withdrawn);
        let page = house.org.pull(&house.ruben.key(), house.dossier.log).await.unwrap();
        assert_eq!(page.slips.len(), 1);
        if !hands_back {
            let mut log = at_backup;
            log.replay_slip(&page.slips[0]).unwrap();
            house.org.logs.insert(house.dossier.log, log);
        }
        house.append(vec![Change::Hold(false)], Vec::new()).await;
    }
}

#[tokio::test]
async fn nothing_is_destroyed_by_an_earlier_state() {
    let mut house = House::new().await;
    let day = support::START + 30 * DAY;
    house.append(vec![Change::Close(Some(day))], Vec::new()).await;
    house.backup = tempfile::tempdir().unwrap();
    backup::back_up(house.org.folder.path(), house.backup.path(), &SystemClock).unwrap();
    house.lost.clear();
    house.append(vec![Change::Hold(true)], Vec::new()).await;
    let _data = house.restore();
    for _ in 0..31 {
        house.org.clock.forward(DAY);
        assert_eq!(house.org.relay().maintain().await.unwrap().forgotten, 0);
    }
    house.hand_back(&house.ruben, &house.lost[0]).await.unwrap();
    house.confirm().await;
    house.org.clock.forward(DAY);
    assert_eq!(house.org.relay().maintain().await.unwrap().forgotten, 0, "it is held");
    assert!(house.org.pull(&house.ruben.key(), house.dossier.log).await.is_ok());
}

/// A colleague who may do everything, until after the backup.
async fn with_a_manager() -> (House, GrantId) {
    let mut house = House::new().await;
    let (grant, changes, wrapped) = house.grant_ruben();
    let draft = house.org.draft(&house.director, house.dossier.log, LogKind::Dossier, changes, vec![wrapped]);
    house.org.push(&house.director, vec![draft]).await.unwrap();
    house.backup = tempfile::tempdir().unwrap();
    backup::back_up(house.org.folder.path(), house.backup.path(), &SystemClock).unwrap();
    (house, grant)
}

/// Who lost a dossier after the backup cannot let themselves in again by what they sign now: it cannot be told from what they
/// signed then, so that comes from somebody else.
#[tokio::test]
async fn what_its_author_may_not_write_any_more_is_handed_back_by_somebody_else() {
    let (mut house, grant) = with_a_manager().await;
    let (_, changes, wrapped) = house.grant_ruben();
    let own = house.org.draft(&house.ruben, house.dossier.log, LogKind::Dossier, changes, vec![wrapped]);
    let own = append_of(&[own]).logs.remove(0);

    let report = house.org.report(&house.ruben, &house.dossier);
    house.lost.extend(append_of(std::slice::from_ref(&report)).logs);
    house.org.push(&house.ruben, vec![report]).await.unwrap();
    let readers: Vec<_> =
        house.org.logs[&house.dossier.log].grants_of(house.ruben.id).map(|state| state.grant.id).collect();
    assert!(readers.contains(&grant));
    house.append(readers.into_iter().map(Change::Revoke).collect(), Vec::new()).await;
    let _data = house.restore();

    for entry in [&own, &house.lost[0]] {
        let refused = house.hand_back(&house.ruben, entry).await.unwrap_err();
        assert_eq!(refused, Problem::Refused(Refusal::Right.to_string()));
    }
    for entry in &house.lost {
        house.hand_back(&house.director, entry).await.unwrap();
    }
    assert_eq!(house.org.pull(&house.ruben.key(), house.dossier.log).await.unwrap_err(), Problem::Withdrawn);
}

/// New keys end the old grant by its holder's own hand: what was written under it is still theirs to hand back.
#[tokio::test]
async fn what_was_written_before_ones_own_new_keys_is_handed_back() {
    let (mut house, grant) = with_a_manager().await;
    let report = house.org.report(&house.ruben, &house.dossier);
    house.lost.extend(append_of(std::slice::from_ref(&report)).logs);
    house.org.push(&house.ruben, vec![report]).await.unwrap();
    let (_, mut changes, wrapped) = house.grant_ruben();
    changes.push(Change::Revoke(grant));
    let renewal = house.org.draft(&house.ruben, house.dossier.log, LogKind::Dossier, changes, vec![wrapped]);
    house.lost.extend(append_of(std::slice::from_ref(&renewal)).logs);
    house.org.push(&house.ruben, vec![renewal]).await.unwrap();
    let _data = house.restore();

    for entry in &house.lost {
        house.hand_back(&house.ruben, entry).await.unwrap();
    }
}

/// Nobody sees when a closing that is handed back was signed: the others have thirty days to object all the same.
#[tokio::test]
async fn a_closing_that_is_handed_back_leaves_time_to_object() {
    let (mut house, _) = with_a_manager().await;
    let day = support::START + 31 * DAY;
    house.append(vec![Change::Close(Some(day))], Vec::new()).await;
    let _data = house.restore();
    for _ in 0..40 {
        house.org.clock.forward(DAY);
        house.org.relay().maintain().await.unwrap();
    }
    house.hand_back(&house.ruben, &house.lost[0]).await.unwrap();
    house.confirm().await;
    for _ in 0..29 {
        house.org.clock.forward(DAY);
        assert_eq!(house.org.relay().maintain().await.unwrap().forgotten, 0);
    }
    house.org.clock.forward(DAY);
    assert_eq!(house.org.relay().maintain().await.unwrap().forgotten, 1);
}

#[tokio::test]
async fn halves_that_are_older_than_the_archive_are_refused() {
    let mut house = House::new().await;
    let old = tempfile::tempdir().unwrap();
    backup::back_up_halves(house.org.folder.path(), old.path()).unwrap();
    house.work().await;
    let new = tempfile::tempdir().unwrap();
    backup::back_up(house.org.folder.path(), new.path(), &SystemClock).unwrap();
    let data = tempfile::tempdir().unwrap();
    let (archive, halves) = (new.path().join("archive"), old.path().join("halves"));
    let refused = restore::restore(&archive, &halves, data.path(), &SystemClock);
    assert!(matches!(refused, Err(restore::RestoreError::OlderHalves(_))), "{refused:?}");
    assert!(data.path().read_dir().unwrap().next().is_none(), "nothing is there that could be served");
    let by_hand = by_hand(&archive, &halves);
    let opened = Relay::open(config(&by_hand, &house.org.clock));
    assert!(matches!(opened, Err(OpenError::OlderHalves(_))), "{opened:?}");
    let full = restore::restore(&archive, &new.path().join("halves"), house.org.folder.path(), &SystemClock);
    assert!(matches!(full, Err(restore::RestoreError::NotEmpty(_))));
}

/// Databases side by side in a new folder, as somebody puts them there who knows no `restore`.
fn by_hand(archive: &Path, halves: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (from, name) in [(archive, "relay.sqlite"), (halves, "halves.sqlite")] {
        fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    folder
}

#[tokio::test]
async fn copies_that_were_put_there_by_hand_are_noticed() {
    let mut house = House::new().await;
    house.work().await;
    house.org.clock.forward(HOUR);
    house.org.relay().maintain().await.unwrap();
    house.org.stop();
    // A backup's archive knows that it is a copy, whatever halves are beside it.
    let (archive, halves) = (house.backup.path().join("archive"), house.backup.path().join("halves"));
    let copied = by_hand(&archive, &halves);
    assert!(Relay::open(config(&copied, &house.org.clock)).unwrap().put_back().is_some());
    // A copy that some other program made does not; the halves know that there was more.
    let folder = house.org.folder.path().to_owned();
    let earlier = by_hand(&folder, &folder);
    house.org.restart_with(|_| {});
    let report = house.org.report(&house.director, &house.dossier);
    house.org.push(&house.director, vec![report]).await.unwrap();
    house.org.relay().maintain().await.unwrap();
    house.org.stop();
    let old_archive = by_hand(earlier.path(), &folder);
    assert!(Relay::open(config(&old_archive, &house.org.clock)).unwrap().put_back().is_some());
    assert!(Relay::open(config(&house.org.folder, &house.org.clock)).unwrap().put_back().is_none());
}

#[tokio::test]
async fn health_says_what_the_operator_has_to_see_to() {
    let mut house = House::new().await;
    assert_eq!(health(&house).await, "");
    house.org.dossier(&house.director).await;
    assert_eq!(health(&house).await, "backup due\n");
    let copy = tempfile::tempdir().unwrap();
    backup::back_up_halves(house.org.folder.path(), copy.path()).unwrap();
    assert_eq!(health(&house).await, "");
    let _data = house.restore();
    assert_eq!(health(&house).await, "backup due\nput back, not confirmed\n");
}

async fn health(house: &House) -> String {
    let request = http::Request::get("/healthz").body(axum::body::Body::empty()).unwrap();
    let response = zegel_relay::router(house.org.relay()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_device_lights_one_beacon_a_day() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let ruben = org.admit().await;
    let day = |clock: u64| u32::try_from(clock / DAY).unwrap();
    let today = day(support::START);
    let light = |who: &Person, day, number: u8| {
        let head = Head { sequence: u64::from(number), hash: Hash([number; 32]) };
        let statement = Statement::Beacon(day, vec![(BeaconTag([number; 16]), head)]);
        let slip = Slip { log: org.directory.organisation(), author: who.id, device: Some(who.device), statement };
        Post { slip: SignedSlip::sign(&slip, &who.signing) }
    };
    let first = light(&director, today, 1);
    for _ in 0..2 {
        call(org.relay(), Some(&director.key()), &first).await.unwrap();
    }
    let another = call(org.relay(), Some(&director.key()), &light(&director, today, 2)).await;
    assert!(matches!(another, Err(Problem::Refused(_))));
    let late = call(org.relay(), Some(&director.key()), &light(&director, today - 2, 2)).await;
    assert!(matches!(late, Err(Problem::Refused(_))));
    let borrowed = call(org.relay(), Some(&ruben.key()), &light(&director, today, 3)).await;
    assert_eq!(borrowed.unwrap_err(), Problem::NotFound);
    call(org.relay(), Some(&ruben.key()), &light(&ruben, today, 4)).await.unwrap();
    let page = call(org.relay(), Some(&ruben.key()), &Beacons { since: 0 }).await.unwrap();
    assert_eq!(page.beacons.len(), 2);
    let next = call(org.relay(), Some(&ruben.key()), &Beacons { since: page.last }).await.unwrap();
    assert!(next.beacons.is_empty() && !next.more);
    org.clock.forward(20 * DAY);
    let later = light(&ruben, day(support::START + 20 * DAY), 5);
    call(org.relay(), Some(&ruben.key()), &later).await.unwrap();
    let page = call(org.relay(), Some(&director.key()), &Beacons { since: 0 }).await.unwrap();
    assert_eq!(page.beacons, [later.slip], "old ones are forgotten");
    assert!(org.directory.now().member(ruben.id).is_some_and(|member| member.admission.standing == Standing::STAFF));
}

#[tokio::test]
async fn a_delegation_that_ended_stays_so() {
    let mut house = House::new().await;
    house.org.direct(&house.director, vec![Change::Delegate(house.ruben.id, u64::MAX)]).await.unwrap();
    let backup = tempfile::tempdir().unwrap();
    backup::back_up(house.org.folder.path(), backup.path(), &SystemClock).unwrap();
    let before = house.org.directory.clone();
    house.backup = backup;
    house.org.direct(&house.director, vec![Change::Undelegate(house.ruben.id)]).await.unwrap();
    let _data = house.restore();
    // The relay has not heard of the end: only what it keeps apart says so.
    house.org.directory = before;
    let removal = vec![Change::Remove(house.noor.id)];
    let said = house.org.direct(&house.ruben, removal.clone()).await;
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
    house.org.direct(&house.director, removal).await.unwrap();
}

/// Whoever hands back may add to a disclosure what nobody agreed to. A link is served by the key that was consented to.
#[tokio::test]
async fn a_link_that_was_handed_back_and_not_consented_to_is_served_nothing() {
    let mut house = House::new().await;
    let _data = house.restore();
    house.confirm().await;
    let log = house.shared.link.log;
    let other = Link::make(&mut house.org.rng, log);
    let given = house.org.logs[&log].grant(house.shared.link.grant).unwrap().grant.clone();
    let (receiver, receiver_key) = (other.receiver(), other.receiving.public().hash());
    let grant = Grant { id: other.grant, receiver, receiver_key, ..given };
    let wrapped = house.org.blob(1200);
    let epochs = support::epochs(&grant.compartments);
    let wrap = Wrap { grant: grant.id, epochs, blob: zegel_crypto::blob_name(&wrapped) };
    let changes = vec![Change::Grant(grant), Change::Wrap(wrap)];
    let draft = house.org.draft(&house.director, log, LogKind::Disclosure, changes, vec![wrapped]);
    let append = append_of(std::slice::from_ref(&draft));
    let own = call(house.org.relay(), Some(&house.director.key()), &append).await;
    assert!(matches!(own, Err(Problem::Refused(_))), "{own:?}");
    house.hand_back(&house.director, &append.logs[0]).await.unwrap();
    assert_eq!(house.org.pull(&other.key(), log).await.err(), Some(Problem::Withdrawn));
    assert!(house.org.pull(&house.shared.link.key(), log).await.is_ok());
}

/// What a relay lost follows what it has: a claim in between would leave no place for it.
#[tokio::test]
async fn nobody_claims_before_what_was_lost_is_back() {
    let mut house = House::new().await;
    let (id, mut changes, wrapped) = house.grant_ruben();
    let Change::Grant(grant) = &mut changes[0] else { panic!("a grant") };
    grant.gate = Gate::Claims(Claims { needed: 1, people: vec![house.ruben.id], days: 14 });
    house.append(changes, vec![wrapped]).await;
    house.backup = tempfile::tempdir().unwrap();
    backup::back_up(house.org.folder.path(), house.backup.path(), &SystemClock).unwrap();
    house.lost.clear();
    house.append(vec![Change::Hold(true)], Vec::new()).await;
    let _data = house.restore();
    let claim = house.org.statement(&house.ruben, house.dossier.log, Statement::Claim(id, support::START));
    let early = house.org.slip(&house.ruben.key(), claim.clone(), &house.ruben.signing).await;
    assert_eq!(early.err(), Some(Problem::PutBack));
    house.hand_back(&house.director, &house.lost[0]).await.unwrap();
    house.confirm().await;
    house.org.slip(&house.ruben.key(), claim, &house.ruben.signing).await.unwrap();
}

/// The days of a claim run from when the relay heard it; nobody brings one along that it never heard.
#[tokio::test]
async fn a_claim_that_never_arrived_is_not_handed_back() {
    let (mut house, _) = with_a_manager().await;
    let (_, mut changes, wrapped) = house.grant_ruben();
    let Change::Grant(grant) = &mut changes[0] else { panic!("a grant") };
    grant.gate = Gate::Claims(Claims { needed: 1, people: vec![house.ruben.id], days: 14 });
    let id = grant.id;
    house.append(changes, vec![wrapped]).await;
    let _data = house.restore();
    house.hand_back(&house.director, &house.lost[0]).await.unwrap();

    let long_ago = Statement::Claim(id, support::START - 30 * DAY);
    let slip = house.org.statement(&house.ruben, house.dossier.log, long_ago);
    let signed = SignedSlip::sign(&slip, &house.ruben.signing);
    let directory = house.org.directory.clone();
    house.org.logs.get_mut(&house.dossier.log).unwrap().post(&signed, directory.now()).unwrap();
    let report = house.org.report(&house.ruben, &house.dossier);
    let log = append_of(&[report]).logs.remove(0);
    let call = HandBack { log, halves: Vec::new(), slips: vec![signed] };
    assert!(support::call(house.org.relay(), Some(&house.ruben.key()), &call).await.is_err());
}
