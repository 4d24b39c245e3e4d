//! Delegates: what they may in a director's place, and until when.

use zegel_crypto::Hash;
use zegel_ledger::{
    Certificate, Change, CompartmentEpoch, CompartmentId, Entry, Epoch, Grant, HalfId, Put, Receiver, RecordId,
    Recovery, Refusal, Rights, Standing, Wrap,
};

use crate::house::{House, Person};

/// Iris directs, and lets somebody act for her.
fn with_delegate() -> (House, Person) {
    let mut house = House::new();
    let noor = house.admit(Standing::STAFF);
    assert_eq!(say(&mut house, Who::Iris, vec![Change::Delegate(noor.id, 900)]), None);
    assert!(house.directory.now().is_delegate(noor.id));
    (house, noor)
}

/// By whom an entry is.
enum Who<'p> {
    Iris,
    Other(&'p Person),
}

/// Says it in the directory. Gives why it was refused.
fn say(house: &mut House, who: Who<'_>, changes: Vec<Change>) -> Option<Refusal> {
    let by = match who {
        Who::Iris => &house.iris,
        Who::Other(person) => person,
    };
    let entry = house.directory_entry(by, changes);
    house.directory.admit(&entry).err()
}

fn admission(person: &Person, standing: Standing) -> Vec<Change> {
    vec![Change::Admit(person.admission(standing)), Change::Certify(person.certificate())]
}

#[test]
fn a_delegate_admits_and_removes_staff_and_decides_nothing_about_who_decides() {
    let (mut house, noor) = with_delegate();
    let (sam, ruben) = (Person::make(&mut house.rng()), house.admit(Standing(3)));
    let other = house.admit(Standing::STAFF);
    assert_eq!(say(&mut house, Who::Iris, vec![Change::Delegate(other.id, 900)]), None);
    let recovery = Recovery { receiving: noor.receiving(), threshold: 1, shares: vec![] };
    for refused in [
        admission(&sam, Standing(3)),
        admission(&sam, Standing(7)),
        vec![Change::Remove(ruben.id)],
        vec![Change::Remove(other.id)],
        vec![Change::Remove(noor.id)],
        vec![Change::RevokeDevice(ruben.device)],
        vec![Change::RevokeDevice(other.device)],
        vec![Change::Delegate(noor.id, 9_000)],
        vec![Change::Undelegate(other.id)],
        vec![Change::Agree(Change::Remove(ruben.id).agreement())],
        vec![Change::Restored(vec![])],
        vec![Change::Recovery(recovery)],
        vec![Change::Certify(ruben.other_device(&mut house.rng()).certificate())],
    ] {
        assert_eq!(say(&mut house, Who::Other(&noor), refused.clone()), Some(Refusal::Right), "{refused:?}");
    }
    assert_eq!(say(&mut house, Who::Other(&noor), admission(&sam, Standing::STAFF)), None);
    assert_eq!(say(&mut house, Who::Other(&noor), vec![Change::RevokeDevice(sam.device)]), None);
    assert_eq!(say(&mut house, Who::Other(&noor), vec![Change::Remove(sam.id)]), None);
    // Nobody is made one who directs, is gone, or by somebody who does not direct.
    for nobody in [ruben.id, sam.id] {
        assert_eq!(say(&mut house, Who::Iris, vec![Change::Delegate(nobody, 900)]), Some(Refusal::Reference));
    }
    assert_eq!(say(&mut house, Who::Iris, vec![Change::Undelegate(ruben.id)]), Some(Refusal::Reference));
}

#[test]
fn a_delegation_ends_by_an_entry_and_with_either_membership() {
    for end in 0..4 {
        let (mut house, noor) = with_delegate();
        let ruben = house.admit(Standing(3));
        let began = house.directory.now().sequence();
        let (by, change) = match end {
            0 => (Who::Iris, Change::Undelegate(noor.id)),
            1 => (Who::Other(&noor), Change::Undelegate(noor.id)),
            2 => (Who::Iris, Change::Remove(noor.id)),
            // Iris leaves; whoever acts in her place acts in nobody's.
            _ => (Who::Iris, Change::Remove(house.iris.id)),
        };
        assert_eq!(say(&mut house, by, vec![change]), None);
        assert!(!house.directory.now().is_delegate(noor.id));
        let sam = Person::make(&mut house.rng());
        let said = say(&mut house, Who::Other(&noor), admission(&sam, Standing::STAFF));
        assert_eq!(said, Some(if end == 2 { Refusal::Author } else { Refusal::Right }), "{end}");
        // Who was one on an earlier day stays known.
        let [made] = house.directory.members().find(|(id, _)| *id == noor.id).unwrap().1.delegations[..] else {
            panic!("once")
        };
        assert_eq!((made.by, made.until, made.ended), (house.iris.id, 900, Some(began + 1)));
        assert!(house.directory.now().member(ruben.id).is_some());
    }
}

#[test]
fn a_later_end_takes_the_place_of_an_earlier_one() {
    let (mut house, noor) = with_delegate();
    assert_eq!(say(&mut house, Who::Iris, vec![Change::Delegate(noor.id, 1_800)]), None);
    assert_eq!(house.directory.now().delegation(noor.id).unwrap().until, 1_800);
    assert_eq!(say(&mut house, Who::Iris, vec![Change::Undelegate(noor.id)]), None);
    assert!(!house.directory.now().is_delegate(noor.id), "and no earlier one is left");
}

#[test]
fn a_delegate_invites_and_replaces_keys_and_writes_over_nothing() {
    let (mut house, noor) = with_delegate();
    let compartment = CompartmentId([5; 16]);
    let epoch = |number: u64| Epoch {
        compartment,
        epoch: number,
        half: HalfId([number as u8; 16]),
        seed_commitment: Hash([1; 32]),
        key_commitment: Hash([2; 32]),
    };
    let names =
        |person: &Person| house.grant(Receiver::Person(person.id), person.receiving(), Rights::READ, compartment);
    let recovery = house.grant(Receiver::Recovery, house.recovery.public(), Rights::READ, compartment);
    // Who founded the organisation was given everything there.
    let full = |person: &Person| Grant { rights: Rights::ADVISOR, ..names(person) };
    let (iris, own) = (full(&house.iris), names(&noor));
    let more = Grant { rights: Rights::READ | Rights::WRITE, ..names(&noor) };
    let fuller = Grant { rights: Rights::ADVISOR | Rights::CONSENT, ..names(&house.iris) };
    let less = Grant { compartments: vec![], ..names(&house.iris) };
    let again = full(&house.iris);
    let at = CompartmentEpoch { compartment, epoch: 1 };
    let wrap = |grant: &Grant, epoch| {
        let at = CompartmentEpoch { compartment, epoch };
        Change::Wrap(Wrap { grant: grant.id, epochs: vec![at], blob: Hash([8; 32]) })
    };
    let put = |version| Change::Put(Put { at, record: RecordId([1; 16]), version, blob: Hash([9; 32]) });
    let grants = [&recovery, &iris, &own];
    let mut first = vec![Change::Epoch(epoch(1)), put(1)];
    first.extend(grants.into_iter().cloned().map(Change::Grant));
    first.extend(grants.map(|grant| wrap(grant, 1)));
    assert_eq!(say(&mut house, Who::Iris, first), None);

    let mut elsewhere = epoch(1);
    (elsewhere.compartment, elsewhere.half) = (CompartmentId([6; 16]), HalfId([77; 16]));
    for refused in [
        vec![put(2)],
        vec![Change::Revoke(recovery.id)],
        vec![Change::Revoke(iris.id)],
        vec![Change::Revoke(iris.id), Change::Grant(less)],
        vec![Change::Grant(more)],
        vec![Change::Revoke(iris.id), Change::Grant(fuller)],
        vec![Change::Epoch(elsewhere)],
    ] {
        assert_eq!(say(&mut house, Who::Other(&noor), refused.clone()), Some(Refusal::Right), "{refused:?}");
    }
    let link = house.link();
    let key = link.receiving.clone();
    let invitation =
        Grant { compartments: vec![], ..house.grant(Receiver::Link(link), key, Rights::READ, compartment) };
    assert_eq!(say(&mut house, Who::Other(&noor), vec![Change::Grant(invitation)]), None);
    let mut rekey = vec![Change::Epoch(epoch(2)), Change::Revoke(iris.id), Change::Grant(again.clone())];
    rekey.extend([&recovery, &own, &again].map(|grant| wrap(grant, 2)));
    assert_eq!(say(&mut house, Who::Other(&noor), rekey), None);
}

#[test]
fn somebody_outside_believes_whom_a_delegate_admitted_and_no_former_delegate() {
    let mut house = House::new();
    let [noor, sam, late] = [(); 3].map(|()| Person::make(&mut house.rng()));
    let root = *house.directory.root().unwrap();
    let mut chain = vec![house.founding.clone()];
    let said = [
        (&house.iris, admission(&noor, Standing::STAFF)),
        (&house.iris, vec![Change::Delegate(noor.id, 900)]),
        (&noor, admission(&sam, Standing::STAFF)),
    ];
    for (by, changes) in said {
        let entry = house.directory_entry(by, changes);
        house.directory.admit(&entry).unwrap();
        chain.push(entry);
    }
    let sequences = Certificate::sequences(&house.directory, sam.id, sam.device).unwrap();
    assert_eq!(sequences, [0, 1, 2, 3], "the founding, Noor, that she acts for Iris, and Sam");
    assert!(Certificate(&chain).verify(&root, sam.id, sam.device).is_ok());
    let without: Vec<Entry> = [0, 1, 3].map(|at| chain[at].clone()).into();
    assert_eq!(Certificate(&without).verify(&root, sam.id, sam.device), Err(Refusal::Author));

    let posing = Person { id: house.iris.id, ..Person::make(&mut house.rng()) };
    let entry = house.directory_entry(&noor, admission(&posing, Standing::STAFF));
    let refused = Certificate(&[chain.clone(), vec![entry]].concat()).verify(&root, posing.id, posing.device);
    assert_eq!(refused, Err(Refusal::Reference));
    let directs = house.directory_entry(&noor, admission(&late, Standing(3)));
    let refused = Certificate(&[chain.clone(), vec![directs]].concat()).verify(&root, late.id, late.device);
    assert_eq!(refused, Err(Refusal::Author));
    let before = house.directory.clone();
    for end in [Change::Undelegate(noor.id), Change::Remove(noor.id)] {
        house.directory = before.clone();
        let entry = house.directory_entry(&house.iris, vec![end]);
        house.directory.admit(&entry).unwrap();
        let forged = house.directory_entry(&noor, admission(&late, Standing::STAFF));
        let chain = [chain.clone(), vec![entry, forged]].concat();
        assert_eq!(Certificate(&chain).verify(&root, late.id, late.device), Err(Refusal::Author));
    }
}
