//! People outside the organisation: what a dossier lets them do, and how they judge it themselves.

use std::collections::BTreeSet;

use zegel_crypto::Hash;
use zegel_ledger::{
    Certificate, Change, CompartmentId, Directory, Entry, Grant, Log, LogKind, Party, Receiver, Refusal, Rights,
    Standing, Wrap,
};

use crate::house::{House, Person};

fn party(person: &Person) -> Party {
    Party { person: person.id, account: person.account.verifying(), receiving: person.receiving() }
}

/// Admits somebody as the house's director does: known, with a device, a grant and its wrap.
fn admission(house: &House, person: &Person, rights: Rights, compartment: CompartmentId) -> (Grant, Vec<Change>) {
    let grant = house.grant(Receiver::Party(person.id), person.receiving(), rights, compartment);
    let at = zegel_ledger::CompartmentEpoch { compartment, epoch: 1 };
    let wrap = Wrap { grant: grant.id, epochs: vec![at], blob: Hash([8; 32]) };
    let changes = vec![
        Change::Party(party(person)),
        Change::Certify(person.certificate()),
        Change::Grant(grant.clone()),
        Change::Wrap(wrap),
    ];
    (grant, changes)
}

fn refused(log: &mut Log, house: &House, by: &Person, changes: Vec<Change>) -> Option<Refusal> {
    let entry = house.entry(log, by, changes);
    log.admit(&entry, &house.directory).err()
}

#[test]
fn a_party_reads_in_one_dossier_and_does_nothing_else_there() {
    let house = House::new();
    let (mut log, compartment) = house.dossier();
    let yasemin = Person::make(&mut house.rng());
    for rights in [Rights::WRITE, Rights::CONSENT, Rights::READ | Rights::WRITE, Rights::ADVISOR] {
        let (_, changes) = admission(&house, &yasemin, rights, compartment);
        assert_eq!(refused(&mut log, &house, &house.iris, changes), Some(Refusal::Right), "{rights:?}");
    }
    let (grant, changes) = admission(&house, &yasemin, Rights::READ | Rights::CONSENT, compartment);
    assert_eq!(refused(&mut log, &house, &house.iris, changes.clone()), None);
    assert_eq!(log.party_rights(yasemin.id), Rights::READ | Rights::CONSENT);
    assert_eq!((log.rights(yasemin.id), log.rights_in(yasemin.id, compartment)), Default::default());
    assert_eq!(refused(&mut log, &house, &house.iris, changes), Some(Refusal::Reference), "an id is used once");

    let at = zegel_ledger::CompartmentEpoch { compartment, epoch: 1 };
    let put = zegel_ledger::Put { at, record: zegel_ledger::RecordId([1; 16]), version: 1, blob: Hash([2; 32]) };
    for change in [Change::Put(put), Change::Revoke(grant.id), Change::Close(None), Change::Grant(grant.clone())] {
        assert_eq!(refused(&mut log, &house, &yasemin, vec![change.clone()]), Some(Refusal::Right), "{change:?}");
    }
    // A new epoch is wrapped for them, or is none.
    let [whole, without] = house.second_epoch(&log, compartment, grant.id);
    assert_eq!(refused(&mut log, &house, &house.iris, without), Some(Refusal::Epoch));
    assert_eq!(refused(&mut log, &house, &house.iris, whole), None);
    // With the last grant they end, whatever device they have.
    assert_eq!(refused(&mut log, &house, &house.iris, vec![Change::Revoke(grant.id)]), None);
    let keyring = Change::Keyring(yasemin.id, 2, Hash([1; 32]));
    assert_eq!(refused(&mut log, &house, &yasemin, vec![keyring]), Some(Refusal::Author));
}

#[test]
fn a_partys_devices_are_their_own_affair() {
    let house = House::new();
    let (mut log, compartment) = house.dossier();
    let (yasemin, mo) = (Person::make(&mut house.rng()), Person::make(&mut house.rng()));
    for person in [&yasemin, &mo] {
        let (_, changes) = admission(&house, person, Rights::READ, compartment);
        assert_eq!(refused(&mut log, &house, &house.iris, changes), None);
    }
    let telephone = yasemin.other_device(&mut house.rng());
    let certify = || vec![Change::Certify(telephone.certificate())];
    assert_eq!(refused(&mut log, &house, &house.iris, certify()), Some(Refusal::Right), "nobody does it for them");
    assert_eq!(refused(&mut log, &house, &mo, certify()), Some(Refusal::Right));
    // It certifies itself, for the account key vouches for it.
    assert_eq!(refused(&mut log, &house, &telephone, certify()), None);
    assert_eq!(refused(&mut log, &house, &yasemin, certify()), Some(Refusal::Reference), "once");
    let keyring = |person: &Person, generation| vec![Change::Keyring(person.id, generation, Hash([3; 32]))];
    assert_eq!(refused(&mut log, &house, &mo, keyring(&yasemin, 2)), Some(Refusal::Right));
    assert_eq!(refused(&mut log, &house, &house.iris, keyring(&yasemin, 2)), Some(Refusal::Right));
    assert_eq!(refused(&mut log, &house, &telephone, keyring(&yasemin, 2)), None);
    assert_eq!(refused(&mut log, &house, &telephone, keyring(&yasemin, 2)), Some(Refusal::Version));
    let end = vec![Change::RevokeDevice(yasemin.device)];
    assert_eq!(refused(&mut log, &house, &mo, end.clone()), Some(Refusal::Right));
    assert_eq!(refused(&mut log, &house, &telephone, end), None);
    assert_eq!(refused(&mut log, &house, &yasemin, keyring(&yasemin, 3)), Some(Refusal::Author));
}

#[test]
fn nobody_is_taken_for_a_party_and_no_party_for_a_member() {
    let mut house = House::new();
    let ruben = house.admit(Standing::STAFF);
    let (mut log, compartment) = house.dossier();
    let as_member = Person { id: ruben.id, ..Person::make(&mut house.rng()) };
    let (_, changes) = admission(&house, &as_member, Rights::READ, compartment);
    assert_eq!(refused(&mut log, &house, &house.iris, changes), Some(Refusal::Reference));
    let yasemin = Person::make(&mut house.rng());
    let (_, changes) = admission(&house, &yasemin, Rights::READ, compartment);
    assert_eq!(refused(&mut log, &house, &ruben, changes.clone()), Some(Refusal::Right), "who manages, admits");
    assert_eq!(refused(&mut log, &house, &house.iris, changes), None);
    // A link that bears a party's id, and a grant of more than an invitation.
    let mut link = house.link();
    let invitation = |link: &zegel_ledger::LinkReceiver| Grant {
        compartments: Vec::new(),
        ..house.grant(Receiver::Link(link.clone()), link.receiving.clone(), Rights::READ, compartment)
    };
    assert_eq!(refused(&mut log, &house, &house.iris, vec![Change::Grant(invitation(&link))]), None);
    link.id = yasemin.id;
    let borrowed = vec![Change::Grant(invitation(&link))];
    assert_eq!(refused(&mut log, &house, &house.iris, borrowed), Some(Refusal::Reference));
    // The directory has none of it.
    let entry = house.directory_entry(&house.iris, vec![Change::Party(party(&Person::make(&mut house.rng())))]);
    assert_eq!(house.directory.admit(&entry), Err(Refusal::Right));
}

/// Where the directory is closed, a chain of certificates leads to the same verdicts.
#[test]
fn a_party_believes_the_staff_on_a_chain_and_nobody_else() {
    let mut house = House::new();
    let ruben = house.admit(Standing::STAFF);
    let (mut log, compartment) = house.dossier();
    let mut entries = vec![house.entry(&house.new_log(), &house.iris, house.dossier_changes())];
    let mut seen = house.new_log();
    let yasemin = Person::make(&mut house.rng());
    // The same log from its own first entry on, whose half ids differ each time they are made.
    log = Log::new(log.id(), LogKind::Dossier);
    log.admit(&entries[0], &house.directory).unwrap();
    let (_, changes) = admission(&house, &yasemin, Rights::READ, compartment);
    entries.push(house.entry(&log, &house.iris, changes));
    log.admit(&entries[1], &house.directory).unwrap();

    let sequences = Certificate::leading_to(&house.directory, &log.people());
    assert_eq!(sequences, [0], "of somebody who has nothing to do with it the chain says nothing");
    let chain = [house.founding.clone()];
    let staff = Certificate(&chain).follow(house.directory.root().unwrap()).unwrap();
    for entry in &entries {
        seen.admit_as_party(entry, &staff).unwrap();
    }
    assert_eq!(seen, log);
    // A member whom the chain does not lead to, and somebody who is nobody.
    let stranger = Person::make(&mut house.rng());
    for author in [&ruben, &stranger] {
        let entry = house.entry(&seen, author, vec![]);
        assert_eq!(seen.admit_as_party(&entry, &staff), Err(Refusal::Author));
    }
    // The rules are the same ones.
    let other = Person::make(&mut house.rng());
    let (_, more) = admission(&house, &other, Rights::ADVISOR, compartment);
    let entry = house.entry(&seen, &house.iris, more);
    assert_eq!(seen.admit_as_party(&entry, &staff), Err(Refusal::Right));
    let own = house.entry(&seen, &yasemin, vec![Change::Keyring(yasemin.id, 1, Hash([4; 32]))]);
    seen.admit_as_party(&own, &staff).unwrap();
    let forged = Entry::sign(&house.entry(&seen, &house.iris, vec![]).commit().unwrap(), &stranger.signing);
    assert_eq!(seen.admit_as_party(&forged, &staff), Err(Refusal::Signature));
    let unasked = Directory::new(house.directory.organisation());
    assert!(Certificate::leading_to(&unasked, &BTreeSet::new()) == [0]);
}
