//! False directories, and people and devices that nobody let in.

use zegel_crypto::{Canonical as _, Hash, Label, ReceivingKey, Seed, labelled};
use zegel_dossier::{
    InvitationRecord, OrganisationRecord, PersonRecord, PolicyRecord, Record, ReviewRecord, VerificationRecord,
};
use zegel_ledger::{
    Change, DeviceCertificate, DeviceId, Directory, Entry, Founding, LogKind, PersonId, RecordId, RecordState,
    Recovery, Refusal, SignedSlip, Statement,
};
use zegel_protocol::{
    Problem,
    calls::{Post, Pull},
};
use zegel_tests::{
    hostile::{
        Injection, Insider, ask, remembered,
        scene::{Scene, own_key},
    },
    world::{DAY, MONDAY, PASSPHRASE, passphrase},
};
use zegel_vault::{Compared, Vault, VaultError, memory::MemoryStore};

use crate::{admission, staff};

#[tokio::test]
async fn rogue_directory() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, all) = keys.directory(&scene.world.relay()).await;

    // The whole of it, under a root of the relay's own, with the true people in it.
    let rooted = |entry: &Entry| {
        let mut commit = entry.commit().unwrap();
        for change in &mut commit.changes {
            if let Change::Found(founding) = change {
                *founding = Founding { root: own_key(1).verifying(), ..founding.clone() };
            }
        }
        Entry::sign(&commit, &own_key(1))
    };
    let rogue = rooted(&all.entries[0]);
    assert!(Directory::new(scene.organisation()).admit(&rogue).is_ok(), "in itself it is a directory");
    scene.relay.inject(Injection::into_log(scene.organisation(), LogKind::Directory).entry(rogue));
    let (ports, store) = scene.world.device();
    let enrolled = Vault::enrol(ports, &scene.iris.printed.card, passphrase()).await;
    assert_eq!(enrolled.err(), Some(VaultError::Untrusted(Refusal::Founding)));
    assert_eq!(remembered(&store).await, remembered(&MemoryStore::new()).await);
    scene.relay.relent();
    scene.iris.vault.sync().await.unwrap();

    // Its next entry, signed by the relay in a director's name.
    let ghost = Change::Admit(admission(7));
    let commit = keys.commit(directory.log(), None, vec![ghost.clone()]);
    scene.refuses_in_directory(Entry::sign(&commit, &own_key(1)), Refusal::Signature).await;

    // By somebody who acted for the directors, and whose time is over: first the relay refuses, and once a director's vault
    // has said so, nobody believes a relay that does not.
    let mut noor = scene.world.colleague(&mut scene.iris, "Noor Jansen", false).await;
    scene.iris.vault.delegate(&noor.vault.session().person, MONDAY + 7 * DAY).await.unwrap();
    noor.vault.sync().await.unwrap();
    let former = Insider::of(&noor.store, PASSPHRASE).await;
    let log = (scene.organisation(), LogKind::Directory);
    scene.world.clock.pass(7 * DAY);
    let (directory, _) = former.directory(&scene.world.relay()).await;
    assert!(directory.now().is_delegate(former.person), "nobody has said that it is over");
    let colleague = Change::Admit(staff(7));
    let entry = former.entry(directory.log(), None, vec![colleague.clone()]);
    let said = former.append(&scene.world.relay(), log, entry, Vec::new(), Vec::new()).await;
    assert_eq!(said, Err(Problem::Refused(Refusal::Right.to_string())));
    scene.iris.vault.sync().await.unwrap();
    let (directory, _) = former.directory(&scene.world.relay()).await;
    let entry = former.entry(directory.log(), None, vec![colleague]);
    let said = former.append(&scene.world.relay(), log, entry.clone(), Vec::new(), Vec::new()).await;
    assert_eq!(said, Err(Problem::Refused(Refusal::Right.to_string())));
    scene.refuses_in_directory(entry, Refusal::Right).await;

    // And by somebody who was a director.
    scene.ruben.vault.sync().await.unwrap();
    scene.remove_ruben().await.unwrap();
    let thief = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, _) = thief.directory(&scene.world.relay()).await;
    let entry = keys.entry(directory.log(), None, vec![ghost]);
    scene.refuses_in_directory(entry, Refusal::Author).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn ghost_member() {
    let mut scene = Scene::new().await;
    let noor = scene.world.colleague(&mut scene.iris, "Noor Jansen", false).await;
    let keys = Insider::of(&noor.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let entry = keys.entry(directory.log(), None, vec![Change::Admit(admission(7))]);
    let log = (scene.organisation(), LogKind::Directory);
    let said = keys.append(&scene.world.relay(), log, entry.clone(), Vec::new(), Vec::new()).await;
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
    scene.refuses_in_directory(entry, Refusal::Right).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn ghost_device() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let iris = Insider::of(&scene.iris.store, PASSPHRASE).await.person;
    // A director who plays along cannot certify somebody else's device: that takes the account key.
    let (one, two) = (own_key(1).verifying(), own_key(2).verifying());
    let ghost = DeviceCertificate::sign(iris, DeviceId([7; 16]), one, two, &own_key(3));
    let entry = keys.entry(directory.log(), None, vec![Change::Certify(ghost.clone())]);
    scene.refuses_in_directory(entry, Refusal::Signature).await;
    // Nor can a device certify itself.
    let mut commit = keys.commit(directory.log(), None, vec![Change::Certify(ghost)]);
    (commit.author, commit.device) = (iris, DeviceId([7; 16]));
    scene.refuses_in_directory(Entry::sign(&commit, &own_key(1)), Refusal::Signature).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn confuse_entry_kinds() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let directory_change = vec![Change::Admit(admission(7))];
    let entry = keys.entry(&held.log, directory.head(), directory_change.clone());
    scene.refuses(entry, Vec::new(), Refusal::Right).await;
    for kind in [LogKind::Directory, LogKind::Disclosure, LogKind::Personal] {
        let mut commit = keys.commit(&held.log, directory.head(), Vec::new());
        commit.kind = kind;
        scene.refuses(Entry::sign(&commit, &keys.signing), Vec::new(), Refusal::OtherLog).await;
    }
    let mut commit = keys.commit(directory.log(), None, directory_change);
    commit.kind = LogKind::Dossier;
    scene.refuses_in_directory(Entry::sign(&commit, &keys.signing), Refusal::OtherLog).await;
    let mut commit = keys.commit(&held.log, directory.head(), Vec::new());
    commit.sequence = directory.log().next_sequence();
    scene.refuses_in_directory(Entry::sign(&commit, &keys.signing), Refusal::OtherLog).await;
    scene.kept_quiet().await;
}

/// Each signature is offered for everything else that is signed.
#[tokio::test]
async fn cross_protocol_sign() {
    let scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let entry = keys.entry(&held.log, directory.head(), Vec::new());
    let slip = keys.slip(scene.log(), Statement::Revoke(held.log.grants().next().unwrap().grant.id));

    // An entry and a slip have the same shape on the wire; the label inside tells them apart.
    let as_slip = SignedSlip::from_canonical(&entry.to_canonical()).unwrap();
    assert_eq!(as_slip.slip(), Err(Refusal::Malformed));
    assert_eq!(held.log.clone().post(&as_slip, directory.now()), Err(Refusal::Malformed));
    let as_entry = Entry::from_canonical(&slip.to_canonical()).unwrap();
    assert_eq!(as_entry.commit(), Err(Refusal::Malformed));
    assert_eq!(held.log.clone().admit(&as_entry, &directory), Err(Refusal::Malformed));
    let call = Post { slip: as_slip };
    assert!(keys.call(&scene.world.relay(), &call).await.is_err());

    // No label's signature is another label's, over any body.
    let body = (scene.log(), keys.person);
    for signed in Label::ALL {
        let signature = keys.signing.sign(*signed, &body);
        for offered in Label::ALL {
            let holds = keys.signing.verifying().verify(*offered, &body, &signature).is_ok();
            assert_eq!(holds, signed == offered, "{signed:?} as {offered:?}");
        }
        assert!(!labelled(*signed, &body).starts_with(b"\"@method\""), "nor a request's");
    }
    // A device's two keys do not stand in for each other.
    let wrong = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let entry = Entry::sign(&keys.commit(&held.log, directory.head(), Vec::new()), &wrong.request);
    assert_eq!(held.log.clone().admit(&entry, &directory), Err(Refusal::Signature));
    let call = Pull { log: scene.log(), from: 0, limit: 1, blobs: false };
    let said = ask(&scene.world.relay(), &keys.device.to_string(), &keys.signing, &call).await;
    assert_eq!(said, Err(Problem::Unauthenticated));
    scene.kept_quiet().await;
}

/// A new recovery key, by whoever is not the root: a director, and the relay in the root's name.
#[tokio::test]
async fn auto_enrol_recovery() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let receiving = ReceivingKey::from_seed(&[1; 32]).public();
    let own = Change::Recovery(Recovery { receiving, threshold: 1, shares: Vec::new() });
    let entry = keys.entry(directory.log(), None, vec![own.clone()]);
    let log = (scene.organisation(), LogKind::Directory);
    let said = keys.append(&scene.world.relay(), log, entry.clone(), Vec::new(), Vec::new()).await;
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
    scene.refuses_in_directory(entry, Refusal::Right).await;

    let (author, device) = directory.recovery_author();
    let mut commit = keys.commit(directory.log(), None, vec![own]);
    (commit.author, commit.device) = (author, device);
    scene.refuses_in_directory(Entry::sign(&commit, &own_key(1)), Refusal::Signature).await;
    let call = Pull { log: scene.log(), from: 0, limit: 1, blobs: false };
    let said = ask(&scene.world.relay(), &author.to_string(), &own_key(1), &call).await;
    assert_eq!(said, Err(Problem::Unauthenticated));
}

#[tokio::test]
async fn a_colleague_says_in_the_directory_only_what_is_theirs_to_say() {
    let mut scene = Scene::new().await;
    let noor = scene.world.colleague(&mut scene.iris, "Noor Jansen", false).await;
    let bram = scene.world.colleague(&mut scene.iris, "Bram IJsselstein", false).await;
    scene.ruben.vault.sync().await.unwrap();
    let keys = Insider::of(&noor.store, PASSPHRASE).await;
    let (_, held) = keys.directory(&scene.world.relay()).await;
    let iris: PersonId = scene.iris.vault.session().person.parse().unwrap();
    let bram: PersonId = bram.vault.session().person.parse().unwrap();
    let hash = |said: &(RecordId, RecordState, Record)| match &said.2 {
        Record::Verification(said) if said.person == bram => Some(said.keys),
        _ => None,
    };
    let records = held.records(keys.organisation);
    let (true_keys, day) = (records.iter().find_map(hash).unwrap(), zegel_tests::world::MONDAY / 86_400);
    let (name, state, _) = records.iter().find(|(.., r)| matches!(r, Record::Person(p) if p.person == iris)).unwrap();
    let verification =
        |person, keys| Record::Verification(VerificationRecord { person, keys, day, how: Compared::InPerson });
    let person = Record::Person(PersonRecord { person: iris, name: "Een ander".into(), role: None, formerly: None });
    let policy = PolicyRecord { text: "version = \"nonsense\"".into(), blind: Seed::from_bytes([0; 32]) };

    // What others wrote, she cannot write anew: neither by the relay's rules nor by anybody's vault.
    let at = (held.log.id(), LogKind::Directory);
    let (change, blob) = held.put(&keys, state.at, *name, state.version + 1, person.to_canonical());
    let entry = keys.entry(&held.log, None, vec![change]);
    let said = keys.append(&scene.world.relay(), at, entry.clone(), vec![blob], Vec::new()).await;
    assert_eq!(said, Err(Problem::Refused(Refusal::Right.to_string())));
    scene.refuses_in_directory(entry, Refusal::Right).await;

    // What she writes beside it is her word, whatever it says: it names nobody and rules nothing, and it vouches only for
    // somebody else than herself, by keys that are really theirs.
    let own: PersonId = keys.person;
    let words = [
        person,
        Record::Policy(policy),
        Record::Organisation(OrganisationRecord { name: "Iets anders".into() }),
        Record::Review(ReviewRecord { day }),
        verification(bram, Hash([7; 32])),
        verification(own, true_keys),
        verification(bram, true_keys),
    ];
    let puts = words
        .iter()
        .zip(1..)
        .map(|(record, number)| held.put(&keys, state.at, RecordId([number; 16]), 1, record.to_canonical()));
    let (changes, blobs): (Vec<_>, Vec<_>) = puts.unzip();
    let entry = keys.entry(&held.log, None, changes);
    keys.append(&scene.world.relay(), at, entry, blobs, Vec::new()).await.unwrap();
    let before = scene.iris.vault.members();
    scene.iris.vault.sync().await.unwrap();
    assert_eq!((scene.iris.vault.session().name, scene.iris.vault.session().alarms.len()), ("Iris de Vries".into(), 1));
    assert_eq!(scene.iris.vault.session().organisation, "Stichting Voorbeeld");
    let mut after = scene.iris.vault.members();
    let vouched = after.iter_mut().find(|member| member.name == "Bram IJsselstein").unwrap();
    let said = vouched.vouched.verifications.pop().unwrap();
    assert_eq!((said.name.as_str(), said.how.as_str()), ("Noor Jansen", "in_person"));
    assert!(vouched.vouched.by_another);
    vouched.vouched.by_another = false;
    assert_eq!(after, before, "and nothing else");
    assert_eq!(scene.iris.vault.authorised(None, None).await.unwrap().reviewed, None);
    let sheets = [&scene.iris.printed.sheets[0], &scene.iris.printed.sheets[1]];
    let recovery = zegel_vault::Recovery::open(scene.world.device().0, &sheets.map(String::clone)).await.unwrap();
    assert!(recovery.directors().iter().any(|(_, name)| name == "Iris de Vries"), "{:?}", recovery.directors());
    scene.kept_quiet().await;
}

/// A delegate's entries are anybody's to see, but what they say beyond whom they let in is nobody's to believe.
#[tokio::test]
async fn a_delegate_names_whom_they_admit_and_nobody_else() {
    let mut scene = Scene::new().await;
    let mut noor = scene.world.colleague(&mut scene.iris, "Noor Jansen", false).await;
    scene.iris.vault.delegate(&noor.vault.session().person, MONDAY + 7 * DAY).await.unwrap();
    noor.vault.sync().await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    let keys = Insider::of(&noor.store, PASSPHRASE).await;
    let (directory, held) = keys.directory(&scene.world.relay()).await;
    let [iris, ruben] = [&scene.iris, &scene.ruben].map(|actor| actor.vault.session().person.parse().unwrap());
    let records = held.records(keys.organisation);
    let (_, state, _) = records.iter().find(|(.., r)| matches!(r, Record::Person(p) if p.person == iris)).unwrap();
    let (ghost, names) = (staff(7), |person: PersonId, role: &str, formerly| {
        let (name, role) = ("Een ander".to_owned(), Some(role.to_owned()));
        Record::Person(PersonRecord { person, name, role, formerly })
    });
    let invites = |director, role: &str, instead_of| {
        let (link, role) = (PersonId([9; 16]), Some(role.to_owned()));
        Record::Invitation(InvitationRecord { link, name: "Een ander".into(), director, role, until: None, instead_of })
    };
    let policy = PolicyRecord { text: "version = \"nonsense\"".into(), blind: Seed::from_bytes([0; 32]) };
    let words = [
        names(iris, "advisor_paid", None),
        names(keys.person, "director", None),
        names(ghost.person, "director", None),
        names(ghost.person, "advisor_paid", Some(ruben)),
        invites(true, "director", None),
        invites(false, "director", None),
        invites(false, "advisor_paid", Some(iris)),
        Record::Policy(policy),
        Record::Organisation(OrganisationRecord { name: "Iets anders".into() }),
    ];
    let puts = words
        .iter()
        .zip(1..)
        .map(|(record, number)| held.put(&keys, state.at, RecordId([number; 16]), 1, record.to_canonical()));
    let (mut changes, blobs): (Vec<_>, Vec<_>) = puts.unzip();
    changes.insert(0, Change::Admit(ghost.clone()));
    let entry = keys.entry(directory.log(), None, changes);
    let at = (held.log.id(), LogKind::Directory);
    keys.append(&scene.world.relay(), at, entry, blobs, Vec::new()).await.unwrap();
    let before = scene.iris.vault.members();
    scene.iris.vault.sync().await.unwrap();
    let after = scene.iris.vault.members();
    let others: Vec<_> = after.iter().filter(|member| member.person != ghost.person.to_string()).cloned().collect();
    assert_eq!(others, before, "of nobody else anything is said");
    let admitted = after.iter().find(|member| member.person == ghost.person.to_string()).unwrap();
    assert_eq!((admitted.name.as_str(), admitted.role.as_str()), (admitted.person.as_str(), "advisor_paid"));
    let session = scene.iris.vault.session();
    assert_eq!((session.organisation.as_str(), session.alarms), ("Stichting Voorbeeld", vec![]));
    scene.kept_quiet().await;
}
