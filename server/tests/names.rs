//! Names under which requests are signed: each leads to one asker, whichever came first.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use rusqlite::{Connection, params};
use support::{DAY, Dossier, Link, Organisation, Person, START, call};
use zegel_crypto::Canonical as _;
use zegel_ledger::{Change, DeviceCertificate, DeviceId, PersonId, Rights, Standing};
use zegel_protocol::{
    Problem,
    calls::{Bytes, Changes, FetchKeyring, StoreKeyring},
};

/// An organisation, a dossier and its client, who has a device and a keyring here.
async fn house() -> (Organisation, Dossier, Person) {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let client = Person::make(&mut org.rng);
    let admitted = org.party(&client, &dossier);
    org.change(&director, &dossier, admitted).await.unwrap();
    call(org.relay(), Some(&client.key()), &store(&client)).await.unwrap();
    (org, dossier, client)
}

fn store(person: &Person) -> StoreKeyring {
    StoreKeyring { keyring: Bytes(person.sealed.to_canonical()) }
}

/// A device of `person` with the keys it has, under this name.
fn called(person: &Person, name: [u8; 16]) -> DeviceCertificate {
    let (signing, request) = (person.signing.verifying(), person.request.verifying());
    DeviceCertificate::sign(person.id, DeviceId(name), signing, request, &person.keyring.account())
}

fn is_taken<T: core::fmt::Debug>(said: Result<T, Problem>) {
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
}

async fn link(org: &mut Organisation, name: PersonId) -> Result<Link, Problem> {
    let director = org.director();
    let link = Link { id: name, ..Link::make(&mut org.rng, org.directory.organisation()) };
    let mut grant = org.grant(link.receiver(), link.receiving.public().hash(), Rights::READ, &[]);
    grant.id = link.grant;
    org.direct(&director, vec![Change::Grant(grant)]).await.map(|_| link)
}

#[tokio::test]
async fn nobody_takes_the_name_of_a_clients_device() {
    let (mut org, dossier, client) = house().await;
    let director = org.director();
    is_taken(org.direct(&director, vec![Change::Certify(called(&director, client.device.0))]).await);
    is_taken(link(&mut org, PersonId(client.device.0)).await.map(|_| ()));
    assert!(org.pull(&client.key(), dossier.log).await.is_ok(), "who was first asks on");
}

#[tokio::test]
async fn a_clients_device_takes_nobodys_name() {
    let (mut org, dossier, client) = house().await;
    let director = org.director();
    let link = link(&mut org, PersonId([5; 16])).await.unwrap();
    for name in [director.device.0, director.id.0, link.id.0, client.device.0] {
        let certify = vec![Change::Certify(called(&client, name))];
        is_taken(org.change(&client, &dossier, certify).await);
    }
    is_taken(org.direct(&director, vec![Change::Certify(called(&director, link.id.0))]).await);
    is_taken(org.direct(&director, vec![Change::Certify(called(&director, client.id.0))]).await);
    assert!(org.pull(&link.key(), link.log).await.is_ok());
    let fetch = FetchKeyring { person: client.id };
    assert!(call(org.relay(), Some(&client.card_key()), &fetch).await.is_ok());
}

#[tokio::test]
async fn a_person_is_known_by_one_log_or_by_the_directory() {
    let (mut org, _, client) = house().await;
    let director = org.director();
    let other = org.dossier(&director).await;
    let again = org.party(&client, &other);
    is_taken(org.change(&director, &other, again).await);
    let inside = Person { device: DeviceId([9; 16]), ..client };
    let changes = vec![Change::Admit(inside.admission(Standing::STAFF)), Change::Certify(inside.certificate())];
    is_taken(org.direct(&director, changes).await);
}

/// An earlier relay listed a person in two logs. The card leads to the log with its own account key, and the keyring outlives
/// the other log.
#[tokio::test]
async fn of_two_logs_the_cards_account_says_which() {
    let (mut org, dossier, client) = house().await;
    let director = org.director();
    let other = org.dossier(&director).await;
    let namesake = Person { id: client.id, ..Person::make(&mut org.rng) };
    let changes = org.party(&namesake, &other);
    is_taken(org.change(&director, &other, changes).await);
    org.stop();
    let archive = Connection::open(org.folder.path().join("relay.sqlite")).unwrap();
    let row = |dossier: &Dossier| -> i64 {
        archive.query_row("SELECT id FROM log WHERE name = ?1", [dossier.log.0], |row| row.get(0)).unwrap()
    };
    let request = namesake.request.verifying();
    let listed = params![[0_u8; 16], row(&other), client.id.0, request.as_bytes()];
    archive.execute("INSERT INTO party (device, log, person, request) VALUES (?1, ?2, ?3, ?4)", listed).unwrap();
    drop(archive);
    org.restart();
    let changed = call(org.relay(), Some(&client.card_key()), &Changes { cursor: 0 }).await.unwrap();
    assert_eq!(changed.logs.iter().map(|changed| changed.log).collect::<Vec<_>>(), [dossier.log]);

    org.change(&director, &other, vec![Change::Close(Some(START + 30 * DAY))]).await.unwrap();
    for _ in 0..31 {
        org.relay().maintain().await.unwrap();
        org.clock.forward(DAY);
    }
    assert_eq!(org.pull(&director.key(), other.log).await.err(), Some(Problem::NotFound), "it was forgotten");
    let fetch = FetchKeyring { person: client.id };
    assert!(call(org.relay(), Some(&client.card_key()), &fetch).await.is_ok());
    assert!(org.pull(&client.key(), dossier.log).await.is_ok());
}
