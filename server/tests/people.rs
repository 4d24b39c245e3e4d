//! Invitations, keyrings and slips.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use support::{Link, Organisation, Person, START, Terms, call, repeatable};
use zegel_crypto::{
    Canonical as _, Signature,
    unlock::{SlotKind, SlotSecret, Stretch, seal_keyring},
};
use zegel_ledger::{Change, HalfId, LogKind, Refusal, Rights, Slip, Standing, Statement};
use zegel_protocol::{
    Problem,
    calls::{Bytes, FetchKeyring, HalfServed, Halves, StoreKeyring},
};

async fn invite(org: &mut Organisation) -> Link {
    let director = org.director();
    let link = Link::make(&mut org.rng, org.directory.organisation());
    let mut grant = org.grant(link.receiver(), link.receiving.public().hash(), Rights::READ, &[]);
    grant.id = link.grant;
    org.direct(&director, vec![Change::Grant(grant)]).await.unwrap();
    link
}

fn register(link: &Link, person: &Person) -> Slip {
    let certificate = person.certificate();
    let statement = Statement::Register {
        person: person.id,
        account: person.keyring.account().verifying(),
        receiving: person.keyring.receiving().public(),
        device: person.device,
        signing: certificate.signing,
        request: certificate.request,
        certificate: Signature(certificate.signature.0),
        introduction: vec![1; 1200],
    };
    Slip { log: link.log, author: link.id, device: None, statement }
}

fn store(person: &Person) -> StoreKeyring {
    StoreKeyring { keyring: Bytes(person.sealed.to_canonical()) }
}

#[tokio::test]
async fn a_newcomer_registers_once_stores_a_keyring_and_is_admitted() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let link = invite(&mut org).await;
    let newcomer = Person::make(&mut org.rng);
    let pulled = org.pull(&link.key(), link.log).await.unwrap();
    assert_eq!((pulled.entries.len(), pulled.blobs.len()), (2, 0));
    let refused = call(org.relay(), Some(&link.key()), &store(&newcomer)).await;
    assert_eq!(refused.unwrap_err(), Problem::NotFound, "who has not registered stores nothing");

    let slip = register(&link, &newcomer);
    org.slip(&link.key(), slip.clone(), &link.signing).await.unwrap();
    call(org.relay(), Some(&link.key()), &store(&newcomer)).await.unwrap();
    call(org.relay(), Some(&link.key()), &store(&newcomer)).await.unwrap();
    let thief = Person::make(&mut org.rng);
    let again = org.slip(&link.key(), register(&link, &thief), &link.signing).await;
    assert!(matches!(again, Err(Problem::Refused(_))));
    assert_eq!(call(org.relay(), Some(&link.key()), &store(&thief)).await.unwrap_err(), Problem::NotFound);

    let welcome = vec![Change::Admit(newcomer.admission(Standing::STAFF)), Change::Certify(newcomer.certificate())];
    org.direct(&director, welcome).await.unwrap();
    org.restart();
    assert_eq!(org.pull(&newcomer.key(), link.log).await.unwrap().slips.len(), 1);
    let fetched = call(org.relay(), Some(&newcomer.card_key()), &FetchKeyring { person: newcomer.id }).await.unwrap();
    assert_eq!(fetched.keyring.0, newcomer.sealed.to_canonical());
}

#[tokio::test]
async fn a_receiver_of_a_share_registers_once_and_stores_nothing() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms::default()).await;
    let (receiver, thief) = (Person::make(&mut org.rng), Person::make(&mut org.rng));
    let link = &shared.link;
    let slip = register(link, &receiver);
    org.slip(&link.key(), slip.clone(), &link.signing).await.unwrap();
    org.slip(&link.key(), slip, &link.signing).await.unwrap();
    let again = org.slip(&link.key(), register(link, &thief), &link.signing).await;
    assert!(matches!(again, Err(Problem::Refused(_))));
    // A keyring under the card's name would keep the card from ever being granted anything.
    assert_eq!(call(org.relay(), Some(&link.key()), &store(&receiver)).await.unwrap_err(), Problem::NotFound);
    // Whoever shares reads what was said beside it.
    assert_eq!(org.pull(&director.key(), link.log).await.unwrap().slips.len(), 1);
}

#[tokio::test]
async fn an_invitation_opens_nothing_and_ends() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let link = invite(&mut org).await;
    let life = org.directory.log().founding().unwrap().life;
    assert_eq!(org.ask_half(&link.key(), link.log, life).await, HalfServed::No(Problem::NotFound));
    let slip = org.statement(&director, link.log, Statement::Revoke(link.grant));
    org.slip(&director.key(), slip, &director.signing).await.unwrap();
    assert_eq!(org.pull(&link.key(), link.log).await.unwrap_err(), Problem::Withdrawn);
    let newcomer = Person::make(&mut org.rng);
    let late = org.slip(&link.key(), register(&link, &newcomer), &link.signing).await;
    assert_eq!(late.unwrap_err(), Problem::Withdrawn);
    // The directory goes on with an entry that names the slip.
    org.admit().await;
}

#[tokio::test]
async fn a_keyring_is_fetched_by_its_card_and_its_devices_alone() {
    let mut org = Organisation::found().await;
    let (director, other) = (org.director(), org.admit().await);
    let fetch = FetchKeyring { person: director.id };
    for key in [director.key(), director.card_key()] {
        assert!(call(org.relay(), Some(&key), &fetch).await.is_ok());
    }
    assert_eq!(call(org.relay(), Some(&other.key()), &fetch).await.unwrap_err(), Problem::NotFound);
    // To come back with, a card reads the directory too; it opens nothing.
    let dossier = org.dossier(&director).await;
    let card = director.card_key();
    assert!(org.pull(&card, org.directory.organisation()).await.is_ok());
    assert_eq!(org.pull(&card, dossier.log).await.unwrap_err(), Problem::NotFound);
    let halves = Halves { wanted: vec![(dossier.log, dossier.life)] };
    assert_eq!(call(org.relay(), Some(&card), &halves).await.unwrap_err(), Problem::Unauthenticated);
    let report = org.report(&director, &dossier);
    let append = support::append_of(&[report]);
    assert_eq!(call(org.relay(), Some(&card), &append).await.unwrap_err(), Problem::NotFound);
}

#[tokio::test]
async fn a_keyring_is_replaced_by_a_newer_one_of_the_same_account() {
    let mut org = Organisation::found().await;
    let mut director = org.director();
    let mut rng = repeatable(500);
    let card = SlotSecret::make(&mut rng);
    let slots = [card.offer([2; 16], SlotKind::Card)];
    let stretch = Stretch::make(&mut rng);
    let mut seal =
        |generation| seal_keyring(&mut rng, &director.keyring, b"new", stretch, &slots, generation).unwrap().0;
    let (older, newer) = (seal(1), seal(2));
    director.sealed = older;
    assert_eq!(call(org.relay(), Some(&director.key()), &store(&director)).await.unwrap_err(), Problem::Generation);
    director.sealed = newer;
    call(org.relay(), Some(&director.key()), &store(&director)).await.unwrap();
    let old_card = director.card_key();
    director.card = card;
    let fetch = FetchKeyring { person: director.id };
    assert!(call(org.relay(), Some(&director.card_key()), &fetch).await.is_ok());
    assert_eq!(call(org.relay(), Some(&old_card), &fetch).await.unwrap_err(), Problem::Unauthenticated);
    let other = org.admit().await;
    assert_eq!(call(org.relay(), Some(&other.key()), &store(&director)).await.unwrap_err(), Problem::NotFound);
}

#[tokio::test]
async fn slips_are_said_by_their_author_and_only_while_they_may() {
    let mut org = Organisation::found().await;
    let (director, other) = (org.director(), org.admit().await);
    let dossier = org.dossier(&director).await;
    let today = u32::try_from(START / 86_400).unwrap();
    let opened = org.statement(&director, dossier.log, Statement::Opened(today));
    let foreign = org.slip(&other.key(), opened.clone(), &director.signing).await;
    assert_eq!(foreign.unwrap_err(), Problem::NotFound);
    let stranger = org.statement(&other, dossier.log, Statement::Opened(today));
    assert_eq!(org.slip(&other.key(), stranger, &other.signing).await.unwrap_err(), Problem::NotFound);
    let reader = org.grant_to(&other, Rights::READ, &[dossier.core.id]);
    let state = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::Grant(reader)], Vec::new());
    org.push(&director, vec![state]).await.unwrap();
    let grant = org.logs[&dossier.log].grants_of(director.id).next().unwrap().grant.id;
    let revoke = org.statement(&other, dossier.log, Statement::Revoke(grant));
    assert!(matches!(org.slip(&other.key(), revoke, &other.signing).await, Err(Problem::Refused(_))));
    org.slip(&director.key(), opened.clone(), &director.signing).await.unwrap();
    org.slip(&director.key(), opened, &director.signing).await.unwrap();
    assert_eq!(org.pull(&director.key(), dossier.log).await.unwrap().slips.len(), 1);
    let another_day = org.statement(&director, dossier.log, Statement::Opened(today + 30));
    let another_day = org.slip(&director.key(), another_day, &director.signing).await;
    assert!(matches!(another_day, Err(Problem::Refused(_))), "nobody fills a log with days to come");
    let half = HalfId([0; 16]);
    assert_eq!(org.ask_half(&director.key(), dossier.log, half).await, HalfServed::No(Problem::NotFound));
}

#[tokio::test]
async fn a_delegate_is_heard_until_the_day_and_no_longer() {
    let mut org = Organisation::found().await;
    let (director, noor) = (org.director(), org.admit().await);
    let sam = Person::make(&mut org.rng);
    let admission = |person: &Person, standing| {
        vec![Change::Admit(person.admission(standing)), Change::Certify(person.certificate())]
    };
    let refused = |refusal: Refusal| Some(Problem::Refused(refusal.to_string()));
    let said = org.direct(&noor, admission(&sam, Standing::STAFF)).await;
    assert_eq!(said.err(), refused(Refusal::Right));
    org.direct(&director, vec![Change::Delegate(noor.id, START + 100)]).await.unwrap();
    assert_eq!(org.direct(&noor, admission(&sam, Standing(3))).await.err(), refused(Refusal::Right));
    org.direct(&noor, admission(&sam, Standing::STAFF)).await.unwrap();

    org.clock.forward(100);
    let late = Person::make(&mut org.rng);
    for changes in
        [admission(&late, Standing::STAFF), vec![Change::Remove(sam.id)], vec![Change::RevokeDevice(sam.device)]]
    {
        assert_eq!(org.direct(&noor, changes).await.err(), refused(Refusal::Right), "nobody has ended it yet");
    }
    // What is theirs as a member's stays so.
    org.direct(&noor, vec![Change::Undelegate(noor.id)]).await.unwrap();
    org.direct(&noor, vec![Change::RevokeDevice(noor.device)]).await.unwrap();
}
