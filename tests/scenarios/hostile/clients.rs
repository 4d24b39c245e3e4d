//! People outside the organisation: keys that are not theirs, a device that asks for more than its own dossier, and what
//! is left to them when their access ends.

use zegel_crypto::{Canonical as _, Hash, ReceivingKey};
use zegel_dossier::{Compared as How, Record, VerificationRecord};
use zegel_ledger::{
    Change, DeviceCertificate, DeviceId, Gate, Grant, GrantId, LogId, LogKind, Party, PersonId, Receiver, RecordId,
    Refusal, Rights, SignedSlip, Slip, Statement,
};
use zegel_protocol::{
    Problem,
    calls::{
        Append, BeginUpload, Changes, Fetch, FetchChain, FetchKeyring, HalfServed, Halves, LogAppend, Pull, Readings,
    },
};
use zegel_tests::{
    hostile::{
        Injection, Insider, answering, ask,
        scene::{Scene, alarms, own_key, refused, save},
    },
    world::{Outsider, PASSPHRASE, new_party, passphrase},
};
use zegel_vault::{
    Compared, Session, VaultError,
    view::{Alarm, PartyStanding, PartyView},
};

use crate::{insiders::registration, keys_of};

const NAME: &str = "Yasemin Yilmaz";

async fn client(scene: &mut Scene) -> Outsider {
    let client = scene.world.party(&mut scene.iris, &scene.dossier, NAME, "client").await;
    scene.iris.vault.sync().await.unwrap();
    client
}

async fn parties(scene: &mut Scene) -> Vec<PartyView> {
    scene.iris.vault.parties(&scene.dossier).await.unwrap()
}

#[tokio::test]
async fn substitute_clients_keys() {
    let mut scene = Scene::new().await;
    let letter = scene.iris.vault.invite_party(&scene.dossier, &new_party(NAME, "client")).await.unwrap();
    let yasemin = scene.world.outsider(&letter, NAME).await.unwrap();
    let before = scene.heads(Scene::IRIS).await;
    scene.relay.play(answering::<Pull>(|_, page| {
        for shown in &mut page.slips {
            let mut slip = shown.slip().unwrap();
            if let Statement::Register { person, account, receiving, device, signing, request, certificate, .. } =
                &mut slip.statement
            {
                *account = own_key(1).verifying();
                *receiving = ReceivingKey::from_seed(&[2; 32]).public();
                *certificate = DeviceCertificate::sign(*person, *device, *signing, *request, &own_key(1)).signature;
                *shown = SignedSlip::sign(&slip, &own_key(3));
            }
        }
    }));
    scene.iris.vault.sync().await.unwrap();
    scene.withstood(Scene::IRIS, &before, &refused(&scene.dossier.clone(), Refusal::Signature)).await;
    assert_eq!(parties(&mut scene).await[0].standing, PartyStanding::Invited, "there is nobody to admit");
    scene.relay.relent();

    // Whoever has letter and code can put keys of their own in the place; the words of whoever is on the telephone differ.
    let letter = scene.iris.vault.invite_party(&scene.dossier, &new_party("Mo Demir", "guardian")).await.unwrap();
    let thief = scene.world.outsider(&letter, "Mo Demir").await.unwrap();
    let late = scene.world.outsider(&letter, "Mo Demir").await;
    assert_eq!(late.err(), Some(VaultError::InvitationUsed));
    scene.iris.vault.sync().await.unwrap();
    let (person, words) = (thief.portal.session().person, yasemin.portal.session().words.join(" "));
    let admitted = scene.iris.vault.admit_party(&scene.dossier, &person, &words, Compared::ByVoice).await;
    assert_eq!(admitted, Err(VaultError::WrongWords));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn two_who_register_by_one_letter() {
    let mut scene = Scene::new().await;
    let letter = scene.iris.vault.invite_party(&scene.dossier, &new_party(NAME, "client")).await.unwrap();
    let yasemin = scene.world.outsider(&letter, NAME).await.unwrap();
    let (id, keys) = keys_of(&letter);
    let slip = Slip { log: scene.log(), author: id, device: None, statement: registration(11) };
    let slip = SignedSlip::sign(&slip, &keys.signing);
    scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).slip(slip));
    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&Alarm::RegisteredTwice(id.to_string())), "{:?}", alarms(&scene.iris));
    let session = yasemin.portal.session();
    let words = session.words.join(" ");
    let admitted = scene.iris.vault.admit_party(&scene.dossier, &session.person, &words, Compared::ByVoice).await;
    assert_eq!(admitted, Err(VaultError::RegisteredTwice));
    scene.kept_quiet().await;
}

/// Iris comes by the letter that she made, and admits herself as the client. It shows as her word alone.
#[tokio::test]
async fn maker_as_client() {
    let mut scene = Scene::new().await;
    let played = client(&mut scene).await;
    let person = played.portal.session().person;
    for _ in 0..2 {
        let vouched = parties(&mut scene).await[0].vouched.clone();
        assert_eq!(vouched.invited_by.as_deref(), Some("Iris de Vries"));
        assert!(!vouched.by_another);
        // Saying it twice makes nobody else of her.
        let words = played.portal.session().words.join(" ");
        scene.iris.vault.verify_party(&scene.dossier, &person, &words, Compared::InPerson).await.unwrap();
    }
    // The client, asked by a colleague, has no such words; and a word about other keys is none about these.
    scene.ruben.vault.sync().await.unwrap();
    let wrong = scene.ruben.vault.session().words.join(" ");
    let verified = scene.ruben.vault.verify_party(&scene.dossier, &person, &wrong, Compared::ByVoice).await;
    assert_eq!(verified, Err(VaultError::WrongWords));
    let ruben = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&ruben).await;
    let records = held.records(ruben.organisation);
    let trail = records.iter().find(|(.., record)| matches!(record, Record::Compartments(_))).unwrap().1.at;
    let said = VerificationRecord { person: person.parse().unwrap(), keys: Hash([9; 32]), day: 1, how: How::ByVoice };
    let (put, blob) = held.put(&ruben, trail, RecordId([8; 16]), 1, Record::Verification(said).to_canonical());
    let entry = ruben.entry(&held.log, directory.head(), vec![put]);
    let log = (scene.log(), LogKind::Dossier);
    ruben.append(&scene.world.relay(), log, entry, vec![blob], Vec::new()).await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    assert!(!parties(&mut scene).await[0].vouched.by_another);
    scene.kept_quiet().await;
}

#[tokio::test]
async fn a_clients_device_is_served_its_own_dossier_and_nothing_else() {
    let mut scene = Scene::new().await;
    let (other, ..) = scene.iris.dossier("Piet Pietersen").await;
    scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    let yasemin = client(&mut scene).await;
    let keys = Insider::of(&yasemin.store, PASSPHRASE).await;
    let iris = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let relay = scene.world.relay();
    let (_, held) = scene.held_by(&iris).await;
    let disclosure = held.log.disclosures().next().unwrap().disclosure;
    let logs: Vec<LogId> =
        keys.call(&relay, &Changes { cursor: 0 }).await.unwrap().logs.iter().map(|l| l.log).collect();
    assert_eq!(logs, [scene.log()]);

    let personal = iris.find(&relay, LogKind::Personal).await;
    for log in [scene.organisation(), other.parse().unwrap(), disclosure, personal] {
        let pull = Pull { log, from: 0, limit: 500, blobs: true };
        assert_eq!(keys.call(&relay, &pull).await.err(), Some(Problem::NotFound), "{log}");
        assert_eq!(keys.call(&relay, &FetchChain { log }).await.err(), Some(Problem::NotFound), "{log}");
        assert_eq!(keys.call(&relay, &Readings { log }).await.err(), Some(Problem::NotFound), "{log}");
        let upload = BeginUpload { log, upload: [1; 16], length: 5 };
        assert_eq!(keys.call(&relay, &upload).await.err(), Some(Problem::NotFound), "{log}");
    }
    let keyring = FetchKeyring { person: iris.person };
    assert_eq!(keys.call(&relay, &keyring).await.err(), Some(Problem::NotFound));

    // Within the dossier: the parts that were given, not the others.
    let kinds = held.records(iris.organisation).into_iter().find_map(|(.., record)| match record {
        Record::Compartments(kinds) => Some(kinds),
        _ => None,
    });
    let medical = kinds.unwrap().find(zegel_dossier::CompartmentKind::Medical).unwrap();
    let half = held.log.current_epoch(medical).unwrap().half;
    let core = held.log.record(scene.report.parse().unwrap()).unwrap();
    let given = held.log.epoch(core.at).unwrap().half;
    let wanted = Halves { wanted: vec![(scene.log(), half), (scene.log(), given)] };
    let served = keys.call(&relay, &wanted).await.unwrap().served;
    assert_eq!(served[0], HalfServed::No(Problem::NotFound));
    assert!(matches!(served[1], HalfServed::Half(_)));
    let folder = zegel_vault::NewDocument { name: "fml.pdf", media_type: "application/pdf", folder: "Medisch" };
    let mut bytes = zegel_tests::world::Bytes(b"KANARIE-MEDISCH".to_vec());
    scene.iris.vault.add_file(&scene.dossier, folder, &mut bytes, &()).await.unwrap();
    let (_, held) = scene.held_by(&iris).await;
    let closed = held.log.records().find(|(_, state)| state.at.compartment == medical).unwrap().1.blob;
    let fetch = Fetch { log: scene.log(), blob: closed, offset: 0, length: 1 << 16 };
    assert_eq!(keys.call(&relay, &fetch).await.err(), Some(Problem::NotFound));
    let pull = Pull { log: scene.log(), from: 0, limit: 500, blobs: true };
    let page = keys.call(&relay, &pull).await.unwrap();
    assert!(page.blobs.iter().all(|blob| zegel_crypto::blob_name(&blob.0) != closed));

    // A link in a letter sees the first entry, and with it who began; nothing that came after.
    let letter = scene.iris.vault.invite_party(&scene.dossier, &new_party("Mo Demir", "guardian")).await.unwrap();
    let (link, link_keys) = keys_of(&letter);
    let page = ask(&relay, &link.to_string(), &link_keys.request, &pull).await.unwrap();
    assert_eq!((page.entries.len(), page.slips.len(), page.blobs.len()), (1, 0, 0));
    assert_eq!(page.head.map(|head| head.sequence), Some(0));
    let served = ask(&relay, &link.to_string(), &link_keys.request, &wanted).await.unwrap().served;
    assert!(served.iter().all(|half| *half == HalfServed::No(Problem::NotFound)));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn who_is_outside_writes_nothing_and_is_given_no_more_than_reading() {
    let mut scene = Scene::new().await;
    let yasemin = client(&mut scene).await;
    let keys = Insider::of(&yasemin.store, PASSPHRASE).await;
    let ruben = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let relay = scene.world.relay();
    let (directory, held) = scene.held_by(&ruben).await;
    let log = (scene.log(), LogKind::Dossier);
    let own = held.log.party_grants(keys.person).next().unwrap().grant.clone();
    let more = Grant { id: GrantId([1; 16]), rights: Rights::READ | Rights::WRITE, ..own.clone() };
    let stranger = DeviceCertificate::sign(
        keys.person,
        DeviceId([7; 16]),
        own_key(1).verifying(),
        own_key(2).verifying(),
        &own_key(3),
    );
    let at = held.log.record(scene.report.parse().unwrap()).unwrap().at;
    let (put, blob) = held.put(&ruben, at, RecordId([5; 16]), 1, b"x".to_vec());

    for (change, refusal) in [
        (put, Refusal::Right),
        (Change::Grant(more.clone()), Refusal::Right),
        (Change::Revoke(own.id), Refusal::Right),
        (Change::Certify(stranger.clone()), Refusal::Signature),
        (Change::Close(None), Refusal::Right),
    ] {
        let entry = keys.entry(&held.log, directory.head(), vec![change]);
        let said = keys.append(&relay, log, entry.clone(), vec![blob.clone()], Vec::new()).await;
        assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
        scene.refuses(entry, vec![blob.clone()], refusal).await;
    }
    // They found no log of their own either.
    let found = held.entries[0].clone();
    let founding = LogAppend { log: LogId([9; 16]), kind: LogKind::Dossier, entries: vec![found], blobs: vec![] };
    let said = keys.call(&relay, &Append { logs: vec![founding], halves: Vec::new() }).await;
    assert_eq!(said.err(), Some(Problem::NotFound));

    // And nobody who manages lets them do more, takes a member for one of them, or certifies a device in their name.
    let as_member = Party {
        person: ruben.person,
        account: own_key(1).verifying(),
        receiving: ReceivingKey::from_seed(&[1; 32]).public(),
    };
    let manages = Grant { rights: Rights::READ | Rights::MANAGE, ..more.clone() };
    for (change, refusal) in [
        (Change::Grant(more), Refusal::Right),
        (Change::Grant(manages), Refusal::Right),
        (Change::Party(as_member), Refusal::Reference),
        (Change::Certify(stranger), Refusal::Right),
    ] {
        let entry = ruben.entry(&held.log, directory.head(), vec![change]);
        let said = ruben.append(&relay, log, entry.clone(), Vec::new(), Vec::new()).await;
        assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
        scene.refuses(entry, Vec::new(), refusal).await;
    }
}

/// A relay adds somebody of its own to those who read.
#[tokio::test]
async fn add_party_unasked() {
    let mut scene = Scene::new().await;
    client(&mut scene).await;
    let ruben = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&ruben).await;
    let (person, receiving) = (PersonId([6; 16]), ReceivingKey::from_seed(&[6; 32]).public());
    let grant = Grant {
        id: GrantId([6; 16]),
        receiver: Receiver::Party(person),
        receiver_key: receiving.hash(),
        rights: Rights::READ,
        compartments: Vec::new(),
        from: None,
        until: None,
        readings: None,
        gate: Gate::Open,
        consent: None,
    };
    let party = Party { person, account: own_key(1).verifying(), receiving };
    let commit = ruben.commit(&held.log, directory.head(), vec![Change::Party(party), Change::Grant(grant.clone())]);
    scene.refuses(zegel_ledger::Entry::sign(&commit, &own_key(1)), Vec::new(), Refusal::Signature).await;
    // Somebody whom the log does not know is granted nothing.
    let entry = ruben.entry(&held.log, directory.head(), vec![Change::Grant(grant)]);
    scene.refuses(entry, Vec::new(), Refusal::Reference).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn an_ended_client_with_every_key_opens_nothing_that_comes_later() {
    let mut scene = Scene::new().await;
    let mut yasemin = client(&mut scene).await;
    let keys = Insider::of(&yasemin.store, PASSPHRASE).await;
    scene.iris.vault.end_access(&scene.dossier, &yasemin.portal.session().person).await.unwrap();
    let after: RecordId = save(&mut scene.iris, &scene.dossier, "na het einde").await.unwrap().parse().unwrap();
    let relay = scene.world.relay();
    let pull = Pull { log: scene.log(), from: 0, limit: 500, blobs: true };
    assert_eq!(keys.call(&relay, &pull).await.err(), Some(Problem::Withdrawn));
    assert_eq!(keys.call(&relay, &FetchChain { log: scene.log() }).await.err(), Some(Problem::Withdrawn));
    let half = Halves { wanted: vec![(scene.log(), zegel_ledger::HalfId([0; 16]))] };
    assert_eq!(keys.call(&relay, &half).await.unwrap().served, [HalfServed::No(Problem::Withdrawn)]);
    assert_eq!(yasemin.portal.sync().await.err(), Some(VaultError::LinkWithdrawn));

    // With everything that the relay holds as well: what was hers opens, what came later does not.
    let iris = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (_, mut held) = scene.held_by(&iris).await;
    held.seeds.clear();
    held.open_wraps_with(&keys.receiving);
    let opened: Vec<RecordId> = held.records(iris.organisation).into_iter().map(|(id, ..)| id).collect();
    assert!(opened.contains(&scene.report.parse().unwrap()), "it is not for want of trying");
    assert!(!opened.contains(&after));
    scene.kept_quiet().await;
}

/// A relay that was set back, or that shows a client another history than before, is noticed on the device that saw more.
#[tokio::test]
async fn a_client_is_shown_less_than_before() {
    let mut scene = Scene::new().await;
    let mut yasemin = client(&mut scene).await;
    let (before, _folder) = scene.world.twin();
    save(&mut scene.iris, &scene.dossier, "later geschreven").await.unwrap();
    yasemin.portal.sync().await.unwrap();
    let device = scene.relay.last_device();
    scene.relay.route(device, before.clone());
    yasemin.portal.sync().await.unwrap();
    let dossier = scene.dossier.clone();
    assert!(yasemin.portal.session().alarms.contains(&Alarm::Rollback(dossier)));
    assert_eq!(yasemin.portal.dossier().items.len(), 3, "what was read stays as it was");
    // Nor when everything but the highest head was forgotten.
    let ports = scene.world.ports(yasemin.store.clone());
    scene.relay.route(scene.relay.last_device(), before);
    assert_eq!(Session::unlock(ports, passphrase()).await.err(), Some(VaultError::ReadOnly));
    scene.relay.relent();
    assert!(Session::unlock(scene.world.ports(yasemin.store), passphrase()).await.is_ok());
    scene.kept_quiet().await;
}
