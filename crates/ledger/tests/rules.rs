//! The rules of admission: each is shown by an entry that keeps it and one that breaks it.

#[path = "rules/claims.rs"]
mod claims;
#[path = "rules/delegates.rs"]
mod delegates;
mod house;
#[path = "rules/parties.rs"]
mod parties;

use house::{House, Person};
use zegel_crypto::{Hash, SigningKey};
use zegel_ledger::{
    Admission, Beacon, BeaconTag, Certificate, Change, CompartmentEpoch, Consent, ConsentId, Entry, Epoch, HalfId,
    Head, LogId, LogKind, Put, Receiver, RecordId, Recovery, Refusal, Renewal, Rights, SignedSlip, Slip, Standing,
    Statement,
};

#[test]
fn a_directory_begins_with_the_root_key() {
    let house = House::new();
    assert_eq!(house.directory.head().map(|head| head.sequence), Some(0));
    let mut other = zegel_ledger::Directory::new(house.directory.organisation());
    let forged = Entry::sign(&house.founding.commit().unwrap(), &SigningKey::from_seed(&[9; 32]));
    assert_eq!(other.admit(&forged), Err(Refusal::Signature));
    assert_eq!(other.head(), None, "nothing has changed");
}

#[test]
fn only_a_director_admits_and_removes() {
    let mut house = House::new();
    let ruben = house.admit(Standing::STAFF);
    let noor = Person::make(&mut house.rng());
    let entry = house.directory_entry(&ruben, vec![Change::Admit(noor.admission(Standing::STAFF))]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Right));
    let entry = house.directory_entry(&ruben, vec![Change::Remove(house.iris.id)]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Right));
    let entry = house.directory_entry(&house.iris, vec![Change::Remove(house.iris.id)]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::LastDirector));
    let entry = house.directory_entry(&house.iris, vec![Change::Remove(ruben.id)]);
    house.directory.admit(&entry).unwrap();
    let late = house.directory_entry(&ruben, vec![]);
    assert_eq!(house.directory.admit(&late), Err(Refusal::Author));
}

#[test]
fn who_directs_is_changed_by_two() {
    let mut house = House::new();
    let ruben = house.admit(Standing(3));
    let noor = Person::make(&mut house.rng());
    let admit = Change::Admit(noor.admission(Standing(3)));
    let alone = house.directory_entry(&house.iris, vec![admit.clone()]);
    assert_eq!(house.directory.admit(&alone), Err(Refusal::SecondDirector));
    let own = house.directory_entry(&house.iris, vec![Change::Agree(admit.agreement())]);
    house.directory.admit(&own).unwrap();
    let alone = house.directory_entry(&house.iris, vec![admit.clone()]);
    assert_eq!(house.directory.admit(&alone), Err(Refusal::SecondDirector), "agreeing with oneself");
    // With another standing it is something else; and with an end date it is no director.
    let other = house.directory_entry(&ruben, vec![Change::Admit(noor.admission(Standing::DIRECTOR))]);
    assert_eq!(house.directory.admit(&other), Err(Refusal::SecondDirector));
    let ends = Change::Admit(Admission { until: Some(1), ..noor.admission(Standing(3)) });
    let entry = house.directory_entry(&ruben, vec![ends]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Right));
    let both = house.directory_entry(&ruben, vec![admit]);
    house.directory.admit(&both).unwrap();

    let remove = Change::Remove(noor.id);
    let alone = house.directory_entry(&house.iris, vec![remove.clone()]);
    assert_eq!(house.directory.admit(&alone), Err(Refusal::SecondDirector));
    let staff = house.admit(Standing::STAFF);
    let agreed = house.directory_entry(&staff, vec![Change::Agree(remove.agreement())]);
    assert_eq!(house.directory.admit(&agreed), Err(Refusal::Right), "an advisor has no say in it");
    let own = house.directory_entry(&ruben, vec![Change::Remove(ruben.id)]);
    house.directory.admit(&own).unwrap();
}

#[test]
fn a_director_confirms_that_the_relay_was_put_back_and_names_each_log_once() {
    let mut house = House::new();
    let ruben = house.admit(Standing::STAFF);
    let head = Head { sequence: 3, hash: Hash([1; 32]) };
    let logs = [LogId([1; 16]), LogId([2; 16])];
    let named = |logs: &[LogId]| vec![Change::Restored(logs.iter().map(|log| (*log, head)).collect())];
    let entry = house.directory_entry(&ruben, named(&[]));
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Right));
    let own = house.directory.organisation();
    for refused in [vec![logs[1], logs[0]], vec![logs[0], logs[0]], vec![own]] {
        let entry = house.directory_entry(&house.iris, named(&refused));
        assert_eq!(house.directory.admit(&entry), Err(Refusal::Reference));
    }
    let entry = house.directory_entry(&house.iris, named(&logs));
    house.directory.admit(&entry).unwrap();
    let [confirmed] = house.directory.restorations() else { panic!("once") };
    assert_eq!((confirmed.author, confirmed.given_up.len()), (house.iris.id, 2));
}

#[test]
fn a_beacon_is_believed_of_a_living_device_alone() {
    let mut house = House::new();
    let ruben = house.admit(Standing::STAFF);
    let (log, head) = (LogId([1; 16]), Head { sequence: 3, hash: Hash([1; 32]) });
    let tag = BeaconTag::of(log, ruben.device, 9);
    assert_ne!(tag, BeaconTag::of(log, ruben.device, 10), "each day and each device names a log anew");
    assert_ne!(tag, BeaconTag::of(log, house.iris.device, 9));
    let slip = Slip {
        log: house.directory.organisation(),
        author: ruben.id,
        device: Some(ruben.device),
        statement: Statement::Beacon(9, vec![(tag, head)]),
    };
    let signed = SignedSlip::sign(&slip, &ruben.signing);
    let read = Beacon::read(&signed, &house.directory).unwrap();
    assert_eq!((read.author, read.day, read.heads), (ruben.id, 9, vec![(tag, head)]));
    let forged = SignedSlip::sign(&slip, &house.iris.signing);
    assert_eq!(Beacon::read(&forged, &house.directory), Err(Refusal::Signature));
    let elsewhere = SignedSlip::sign(&Slip { log, ..slip.clone() }, &ruben.signing);
    assert_eq!(Beacon::read(&elsewhere, &house.directory), Err(Refusal::OtherLog));
    assert_eq!(house.directory.post(&signed), Err(Refusal::Right), "no entry has to take note of it");
    let entry = house.directory_entry(&house.iris, vec![Change::Remove(ruben.id)]);
    house.directory.admit(&entry).unwrap();
    assert_eq!(Beacon::read(&signed, &house.directory), Err(Refusal::Author));
}

#[test]
fn new_keys_end_other_devices_and_certify_from_then_on() {
    let mut house = House::new();
    let ruben = house.admit(Standing::STAFF);
    let laptop = ruben.other_device(&mut house.rng());
    let entry = house.directory_entry(&ruben, vec![Change::Certify(laptop.certificate())]);
    house.directory.admit(&entry).unwrap();
    let fresh = Person { id: ruben.id, ..Person::make(&mut house.rng()) };
    let (account, receiving) = (fresh.account.verifying(), fresh.receiving());
    let renew = |person| vec![Change::Renew(Renewal { person, account, receiving: receiving.clone() })];
    let entry = house.directory_entry(&house.iris, renew(ruben.id));
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Right), "nobody renews another's keys");
    let entry = house.directory_entry(&ruben, renew(ruben.id));
    house.directory.admit(&entry).unwrap();

    let late = house.directory_entry(&laptop, vec![]);
    assert_eq!(house.directory.admit(&late), Err(Refusal::Author), "the other device ended");
    let thief = ruben.other_device(&mut house.rng());
    let entry = house.directory_entry(&thief, vec![Change::Certify(thief.certificate())]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Signature), "the old account key certifies nothing");
    let entry = house.directory_entry(&fresh, vec![Change::Certify(fresh.certificate())]);
    house.directory.admit(&entry).unwrap();
    let chain = Certificate::sequences(&house.directory, fresh.id, fresh.device).unwrap();
    assert_eq!(chain.len(), 5, "founding, admission, laptop, renewal and device: {chain:?}");
    let back = Renewal { person: ruben.id, account: ruben.account.verifying(), receiving: ruben.receiving() };
    let entry = house.directory_entry(&fresh, vec![Change::Renew(back)]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Reference), "keys that were seen do not come back");
}

#[test]
fn the_root_makes_directors_and_pins_the_recovery_key() {
    let mut house = House::new();
    let (sheets, noor) = (house.sheets(), Person::make(&mut house.rng()));
    let ruben = house.admit(Standing::STAFF);
    let own = Recovery { receiving: house.iris.receiving(), threshold: 1, shares: vec![] };
    let entry = house.directory_entry(&house.iris, vec![Change::Recovery(own.clone())]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Right), "no director puts their own key in its place");
    let forged = Person { signing: SigningKey::from_seed(&[9; 32]), ..house.sheets() };
    let admit = |standing| vec![Change::Admit(noor.admission(standing)), Change::Certify(noor.certificate())];
    let entry = house.directory_entry(&forged, admit(Standing(3)));
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Signature));
    for refused in [admit(Standing::STAFF), vec![Change::Remove(ruben.id)], vec![Change::Restored(vec![])]] {
        let entry = house.directory_entry(&sheets, refused);
        assert_eq!(house.directory.admit(&entry), Err(Refusal::Right));
    }
    let entry = house.directory_entry(&sheets, admit(Standing(3)));
    house.directory.admit(&entry).unwrap();
    assert!(house.directory.now().is_director(noor.id));
    let chain = [house.founding.clone(), entry];
    let certified = Certificate(&chain).verify(house.directory.root().unwrap(), noor.id, noor.device).unwrap();
    assert_eq!(certified.signing, noor.signing.verifying());
    let entry = house.directory_entry(&sheets, vec![Change::Recovery(own)]);
    house.directory.admit(&entry).unwrap();
    let posing = Person { id: sheets.id, ..Person::make(&mut house.rng()) };
    let entry = house.directory_entry(&house.iris, vec![Change::Admit(posing.admission(Standing::STAFF))]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Reference), "nobody bears the root's id");
}

#[test]
fn the_root_gives_a_dossier_to_a_director_and_writes_nothing() {
    let mut house = House::new();
    let (noor, ruben) = (house.admit(Standing(3)), house.admit(Standing::STAFF));
    let (mut log, compartment) = house.dossier();
    let sheets = house.sheets();
    let to = |person: &Person| {
        let rights = Rights::ADVISOR;
        Change::Grant(house.grant(Receiver::Person(person.id), person.receiving(), rights, compartment))
    };
    let put = Put {
        at: CompartmentEpoch { compartment, epoch: 1 },
        record: RecordId([5; 16]),
        version: 1,
        blob: Hash([6; 32]),
    };
    for refused in [to(&ruben), Change::Put(put), Change::Revoke(house.recovery_grant), Change::Close(None)] {
        let entry = house.entry(&log, &sheets, vec![refused]);
        assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Right));
    }
    let entry = house.entry(&log, &sheets, vec![to(&noor)]);
    log.admit(&entry, &house.directory).unwrap();
    assert!(log.rights(noor.id).allow(Rights::ADVISOR));
    assert_eq!(log.entries_by(sheets.id).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_new_device_brings_its_certificate_or_stays_out() {
    let mut house = House::new();
    let laptop = house.iris.other_device(&mut house.rng());
    let entry = house.directory_entry(&laptop, vec![Change::Certify(laptop.certificate())]);
    house.directory.admit(&entry).unwrap();
    let stranger = Person { id: house.iris.id, ..Person::make(&mut house.rng()) };
    let entry = house.directory_entry(&stranger, vec![Change::Certify(stranger.certificate())]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Signature), "certified by another account key");
    let entry = house.directory_entry(&stranger, vec![]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Author));
}

#[test]
fn a_dossier_is_founded_with_its_recovery_wrapped() {
    let house = House::new();
    let (log, _) = house.dossier();
    assert_eq!(log.kind(), LogKind::Dossier);
    let without = house.dossier_changes().into_iter().filter(|change| {
        !matches!(change, Change::Grant(grant) if grant.receiver == Receiver::Recovery)
            && !matches!(change, Change::Wrap(wrap) if wrap.grant == house.recovery_grant)
    });
    let entry = house.entry(&house.new_log(), &house.iris, without.collect());
    let mut log = house.new_log();
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Epoch));
}

#[test]
fn an_epoch_wraps_for_everyone_who_may_read() {
    let house = House::new();
    let (mut log, compartment) = house.dossier();
    let first = *log.current_epoch(compartment).unwrap();
    let next = Epoch { epoch: 2, half: HalfId([9; 16]), ..first };
    let entry = house.entry(&log, &house.iris, vec![Change::Epoch(next)]);
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Epoch));
    let skipped = Epoch { epoch: 3, ..next };
    let entry = house.entry(&log, &house.iris, vec![Change::Epoch(skipped)]);
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Epoch));
    let changes = house.with_wraps(&log, next);
    let entry = house.entry(&log, &house.iris, changes);
    log.admit(&entry, &house.directory).unwrap();
    let reused = Epoch { epoch: 3, ..next };
    let entry = house.entry(&log, &house.iris, house.with_wraps(&log, reused));
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Reference), "a half belongs to one epoch");
}

#[test]
fn a_record_is_put_under_the_epoch_in_force_at_its_next_version() {
    let house = House::new();
    let (mut log, compartment) = house.dossier();
    let put = |epoch, version| {
        let at = zegel_ledger::CompartmentEpoch { compartment, epoch };
        vec![Change::Put(Put { at, record: RecordId([1; 16]), version, blob: Hash([2; 32]) })]
    };
    for (changes, refusal) in [(put(2, 1), Refusal::StaleEpoch), (put(1, 2), Refusal::Version)] {
        let entry = house.entry(&log, &house.iris, changes);
        assert_eq!(log.admit(&entry, &house.directory), Err(refusal));
    }
    let entry = house.entry(&log, &house.iris, put(1, 1));
    log.admit(&entry, &house.directory).unwrap();
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Sequence), "not twice");
    let record = log.record(RecordId([1; 16])).unwrap();
    assert_eq!((record.version, record.sequence), (1, 1));
}

#[test]
fn who_has_no_grant_writes_nothing() {
    let mut house = House::new();
    let (mut log, compartment) = house.dossier();
    let ruben = house.admit(Standing::STAFF);
    let at = zegel_ledger::CompartmentEpoch { compartment, epoch: 1 };
    let put = Change::Put(Put { at, record: RecordId([1; 16]), version: 1, blob: Hash([2; 32]) });
    let entry = house.entry(&log, &ruben, vec![put.clone()]);
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Right));
    let grant = house.grant(Receiver::Person(ruben.id), ruben.receiving(), Rights::READ | Rights::WRITE, compartment);
    let entry = house.entry(&log, &house.iris, vec![Change::Grant(grant.clone())]);
    log.admit(&entry, &house.directory).unwrap();
    let entry = house.entry(&log, &ruben, vec![put]);
    log.admit(&entry, &house.directory).unwrap();
    let mine = house.grant(Receiver::Person(ruben.id), ruben.receiving(), Rights::ADVISOR, compartment);
    let entry = house.entry(&log, &ruben, vec![Change::Grant(mine)]);
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Right), "nobody grants themselves more");
    let entry = house.entry(&log, &house.iris, vec![Change::Revoke(grant.id)]);
    log.admit(&entry, &house.directory).unwrap();
    assert_eq!(log.rights(ruben.id), Rights::default());
}

#[test]
fn a_grant_means_the_key_it_names() {
    let mut house = House::new();
    let (mut log, compartment) = house.dossier();
    let ruben = house.admit(Standing::STAFF);
    let other = Person::make(&mut house.rng());
    let grant = house.grant(Receiver::Person(ruben.id), other.receiving(), Rights::READ, compartment);
    let entry = house.entry(&log, &house.iris, vec![Change::Grant(grant)]);
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Reference));
}

#[test]
fn a_third_party_is_let_in_nowhere_but_in_a_disclosure() {
    let house = House::new();
    let (mut log, compartment) = house.dossier();
    let link = house.link();
    let key = link.receiving.clone();
    let grant = house.grant(Receiver::Link(link), key, Rights::READ, compartment);
    let entry = house.entry(&log, &house.iris, vec![Change::Grant(grant)]);
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::Consent));
}

#[test]
fn a_second_history_is_a_fork() {
    let house = House::new();
    let (log, compartment) = house.dossier();
    let at = zegel_ledger::CompartmentEpoch { compartment, epoch: 1 };
    let put = |byte| vec![Change::Put(Put { at, record: RecordId([byte; 16]), version: 1, blob: Hash([byte; 32]) })];
    let (mut ours, mut theirs) = (log.clone(), log);
    let entry = house.entry(&ours, &house.iris, put(1));
    ours.admit(&entry, &house.directory).unwrap();
    let entry = house.entry(&theirs, &house.iris, put(2));
    theirs.admit(&entry, &house.directory).unwrap();
    let next = house.entry(&theirs, &house.iris, put(3));
    let head = ours.head();
    assert_eq!(ours.admit(&next, &house.directory), Err(Refusal::Fork));
    assert_eq!(ours.head(), head);
}

#[test]
fn the_directory_head_is_known_and_never_goes_back() {
    let mut house = House::new();
    let (mut log, _) = house.dossier();
    let early = house.directory.head();
    house.admit(Standing::STAFF);
    let entry = house.entry(&log, &house.iris, vec![]);
    log.admit(&entry, &house.directory).unwrap();
    let mut commit = house.entry(&log, &house.iris, vec![]).commit().unwrap();
    commit.directory = early;
    let entry = Entry::sign(&commit, &house.iris.signing);
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::DirectoryHead));
    commit.directory = Some(Head { sequence: 1, hash: Hash([0; 32]) });
    let entry = Entry::sign(&commit, &house.iris.signing);
    assert_eq!(log.admit(&entry, &house.directory), Err(Refusal::DirectoryHead));
}

#[test]
fn a_slip_acts_at_once_and_the_next_entry_names_it() {
    let house = House::new();
    let (mut log, compartment) = house.dossier();
    let at = zegel_ledger::CompartmentEpoch { compartment, epoch: 1 };
    let consent = ConsentId([5; 16]);
    let record = RecordId([6; 16]);
    let changes = vec![
        Change::Put(Put { at, record, version: 1, blob: Hash([6; 32]) }),
        Change::Consent(Consent { consent, receiver_key: Hash([7; 32]), until: None, record }),
    ];
    let entry = house.entry(&log, &house.iris, changes);
    log.admit(&entry, &house.directory).unwrap();
    let slip = |person: &Person| {
        let statement = Statement::Withdraw(consent);
        let slip = Slip { log: log.id(), author: person.id, device: Some(person.device), statement };
        SignedSlip::sign(&slip, &person.signing)
    };
    let (ours, strangers) = (slip(&house.iris), slip(&Person::make(&mut house.rng())));
    assert_eq!(log.post(&strangers, house.directory.now()), Err(Refusal::Author));
    let without = house.entry(&log, &house.iris, vec![]);
    log.post(&ours, house.directory.now()).unwrap();
    assert!(log.consent(consent).unwrap().withdrawn.is_some());
    assert_eq!(log.admit(&without, &house.directory), Err(Refusal::Slip));
    let with = house.entry(&log, &house.iris, vec![]);
    log.admit(&with, &house.directory).unwrap();
    assert!(log.took_note_of(&ours.hash()));
}

#[test]
fn entries_of_a_removed_device_count_once_somebody_else_confirms_them() {
    let mut house = House::new();
    let (mut log, compartment) = house.dossier();
    let ruben = house.admit(Standing::STAFF);
    let grant = house.grant(Receiver::Person(ruben.id), ruben.receiving(), Rights::ADVISOR, compartment);
    let entry = house.entry(&log, &house.iris, vec![Change::Grant(grant)]);
    log.admit(&entry, &house.directory).unwrap();
    // Signed after the removal, over the directory as it was before: backdated.
    let backdated = house.entry(&log, &ruben, vec![]);
    let entry = house.directory_entry(&house.iris, vec![Change::Remove(ruben.id)]);
    house.directory.admit(&entry).unwrap();
    log.admit(&backdated, &house.directory).unwrap();
    assert_eq!(log.unconfirmed(&house.directory), [2]);
    let closing = house.entry(&log, &house.iris, vec![]);
    log.admit(&closing, &house.directory).unwrap();
    assert_eq!(log.unconfirmed(&house.directory), []);
}
