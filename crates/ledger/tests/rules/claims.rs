//! Dormant grants: who claims them, what they give before and after, and who may say why.

use zegel_crypto::Hash;
use zegel_ledger::{
    Change, Claims, CompartmentEpoch, CompartmentId, Gate, Grant, GrantId, Log, Put, Receiver, RecordId, Refusal,
    Rights, SignedSlip, Slip, Standing, Statement,
};

use crate::house::{House, Person};

const DAY: u64 = 86_400;

fn claim(log: &Log, by: &Person, grant: GrantId, time: u64) -> SignedSlip {
    let statement = Statement::Claim(grant, time);
    let slip = Slip { log: log.id(), author: by.id, device: Some(by.device), statement };
    SignedSlip::sign(&slip, &by.signing)
}

fn dormant(house: &House, to: &Person, by: &[&Person], needed: u8, at: CompartmentId) -> Grant {
    let mut people: Vec<_> = by.iter().map(|person| person.id).collect();
    people.sort_unstable();
    let gate = Gate::Claims(Claims { needed, people, days: 7 });
    Grant { gate, ..house.grant(Receiver::Person(to.id), to.receiving(), Rights::ADVISOR, at) }
}

fn refused(log: &mut Log, house: &House, by: &Person, changes: Vec<Change>) -> Option<Refusal> {
    let entry = house.entry(log, by, changes);
    log.admit(&entry, &house.directory).err()
}

#[test]
fn a_dormant_grant_gives_nothing_until_enough_of_those_named_have_claimed_it() {
    let mut house = House::new();
    let (ruben, noor, sam) = (house.admit(Standing::STAFF), house.admit(Standing::STAFF), house.admit(Standing::STAFF));
    let (mut log, compartment) = house.dossier();
    let grant = dormant(&house, &ruben, &[&ruben, &noor], 2, compartment);
    assert_eq!(refused(&mut log, &house, &house.iris, vec![Change::Grant(grant.clone())]), None);
    let rights = |log: &Log| (log.rights(ruben.id), log.rights_in(ruben.id, compartment));
    assert_eq!(rights(&log), Default::default());
    let revoke = |log: &Log, by: &Person| {
        let statement = Statement::Revoke(grant.id);
        SignedSlip::sign(&Slip { log: log.id(), author: by.id, device: Some(by.device), statement }, &by.signing)
    };
    let veto = log.clone().post(&revoke(&log, &ruben), house.directory.now());
    assert_eq!(veto, Err(Refusal::Right), "who waits says nothing here");

    let now = house.directory.now();
    assert_eq!(log.post(&claim(&log, &sam, grant.id, 5), now), Err(Refusal::Right), "Sam is not named");
    assert_eq!(log.post(&claim(&log, &house.iris, grant.id, 5), now), Err(Refusal::Right), "nor is who made it");
    log.post(&claim(&log, &noor, grant.id, 5), now).unwrap();
    assert_eq!(log.post(&claim(&log, &noor, grant.id, 6), now), Err(Refusal::Right), "once each");
    assert_eq!((rights(&log), log.grant(grant.id).unwrap().opens()), (Default::default(), None));
    log.post(&claim(&log, &ruben, grant.id, 9), now).unwrap();
    assert_eq!(rights(&log), (Rights::ADVISOR, Rights::ADVISOR));
    assert_eq!(log.grant(grant.id).unwrap().opens(), Some(9 + 7 * DAY));
    assert_eq!(log.rights(noor.id), Rights::default(), "who releases receives nothing");

    // The next entry names them, and whoever replays it finds the same.
    assert_eq!(refused(&mut log, &house, &house.iris, vec![Change::Revoke(grant.id)]), None);
    assert_eq!(rights(&log), Default::default());
    assert_eq!(log.post(&claim(&log, &sam, grant.id, 9), now), Err(Refusal::Right), "what was ended is not claimed");
}

#[test]
fn an_epoch_is_wrapped_for_who_waits() {
    let mut house = House::new();
    let ruben = house.admit(Standing::STAFF);
    let (mut log, compartment) = house.dossier();
    let grant = dormant(&house, &ruben, &[&ruben], 1, compartment);
    assert_eq!(refused(&mut log, &house, &house.iris, vec![Change::Grant(grant.clone())]), None);
    let [whole, without] = house.second_epoch(&log, compartment, grant.id);
    assert_eq!(refused(&mut log, &house, &house.iris, without), Some(Refusal::Epoch));
    assert_eq!(refused(&mut log, &house, &house.iris, whole), None);
}

#[test]
fn a_gate_that_nobody_could_open_is_refused() {
    let mut house = House::new();
    let (ruben, noor) = (house.admit(Standing::STAFF), house.admit(Standing::STAFF));
    let stranger = Person::make(&mut house.rng());
    let (mut log, compartment) = house.dossier();
    for (by, needed) in
        [(vec![&ruben], 0), (vec![&ruben], 2), (vec![], 1), (vec![&stranger], 1), (vec![&noor, &noor], 1)]
    {
        let grant = dormant(&house, &ruben, &by, needed, compartment);
        assert_eq!(refused(&mut log, &house, &house.iris, vec![Change::Grant(grant)]), Some(Refusal::Reference));
    }
}

#[test]
fn whoever_claimed_says_why_and_writes_nothing_else() {
    let mut house = House::new();
    let (ruben, noor) = (house.admit(Standing::STAFF), house.admit(Standing::STAFF));
    let (mut log, compartment) = house.dossier();
    let grant = Grant { rights: Rights::READ, ..dormant(&house, &ruben, &[&ruben], 1, compartment) };
    assert_eq!(refused(&mut log, &house, &house.iris, vec![Change::Grant(grant.clone())]), None);
    let put = |record: u8, version| {
        let at = CompartmentEpoch { compartment, epoch: 1 };
        Put { at, record: RecordId([record; 16]), version, blob: Hash([6; 32]) }
    };
    let reason = |record, version| vec![Change::Reason(grant.id, put(record, version))];
    assert_eq!(refused(&mut log, &house, &ruben, reason(1, 1)), Some(Refusal::Right), "not before it is claimed");
    log.post(&claim(&log, &ruben, grant.id, 5), house.directory.now()).unwrap();
    assert_eq!(refused(&mut log, &house, &ruben, vec![Change::Put(put(1, 1))]), Some(Refusal::Right));
    assert_eq!(refused(&mut log, &house, &noor, reason(1, 1)), Some(Refusal::Right), "somebody else's");
    assert_eq!(refused(&mut log, &house, &house.iris, vec![Change::Put(put(2, 1))]), None);
    assert_eq!(refused(&mut log, &house, &ruben, reason(2, 2)), Some(Refusal::Version), "nobody else's words");
    assert_eq!(refused(&mut log, &house, &ruben, reason(1, 1)), None);
    assert_eq!(log.grant(grant.id).unwrap().reason, Some(RecordId([1; 16])));
    assert_eq!(refused(&mut log, &house, &ruben, reason(3, 1)), Some(Refusal::Version), "once");
}
