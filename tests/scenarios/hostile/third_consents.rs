//! Consents that somebody rewrote, or let go on without whoever gave them.

use zegel_crypto::{Canonical as _, Hash, ReceivingKey};
use zegel_dossier::{ConsentForm, ConsentRecord, OwnKeys, Record, ShareRecord};
use zegel_ledger::{Change, Consent, ConsentId, Disclose, Entry, LogId, LogKind, PersonId, RecordId};
use zegel_tests::{
    hostile::{
        Insider, Stolen,
        scene::{Scene, own_key},
    },
    world::{DAY, MONDAY, PASSPHRASE, new_share},
};
use zegel_vault::{
    Compared, VaultError,
    view::{ReadingCardView, ReceiverKeys, ShareState, ShareView},
};

use crate::third_keys::{agree, disclosure, makes_own, newest, put_as_ruben, shared};

/// The share that Ruben makes up.
const FALSE_SHARE: RecordId = RecordId([2; 16]);

/// The first consent and where its words stand.
fn first_consent(held: &Stolen) -> (RecordId, ConsentRecord) {
    let records = held.records(held.log.founding().unwrap().organisation);
    let consents = records.into_iter().filter_map(|(id, _, record)| match record {
        Record::Consent(consent) => Some((id, consent)),
        _ => None,
    });
    consents.into_iter().next().unwrap()
}

fn first_share(held: &Stolen) -> (RecordId, ShareRecord) {
    let records = held.records(held.log.founding().unwrap().organisation);
    let shares = records.into_iter().filter_map(|(id, _, record)| match record {
        Record::Share(share) => Some((id, share)),
        _ => None,
    });
    shares.into_iter().next().unwrap()
}

/// Rewrites the first consent's words as Ruben, who may write where they stand.
async fn rewrite(scene: &Scene, edit: impl FnOnce(&mut ConsentRecord)) {
    put_as_ruben(scene, |held| {
        let (id, mut consent) = first_consent(held);
        edit(&mut consent);
        (id, held.log.record(id).unwrap().version + 1, Record::Consent(consent))
    })
    .await;
}

/// Lets the first consent go on as Ruben, to keys that he made, in two entries as an honest vault does; `ends` the first one
/// in the second of them.
async fn carry(scene: &Scene, ends: bool, edit: impl FnOnce(&mut ConsentRecord, &mut OwnKeys)) {
    let made = carry_consent(scene, edit).await;
    let ended = ends.then_some(made.first);
    share_carried(scene, made, ended).await;
}

/// What a consent that goes on from the first one is made of.
struct Carried {
    first: ConsentId,
    consent: ConsentId,
    own: OwnKeys,
    share: ShareRecord,
}

/// The first of those entries.
async fn carry_consent(scene: &Scene, edit: impl FnOnce(&mut ConsentRecord, &mut OwnKeys)) -> Carried {
    let ruben = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&ruben).await;
    let ((_, first), (former, share)) = (first_consent(&held), first_share(&held));
    let (record, consent) = (RecordId([1; 16]), ConsentId([7; 16]));
    let mut terms = ConsentRecord { consent, form: ConsentForm::Carried(first.consent), ..first.clone() };
    let mut own = OwnKeys { formerly: former, account: own_key(1).verifying() };
    edit(&mut terms, &mut own);
    let receiver_key = ReceivingKey::from_seed(&[2; 32]).public().hash();
    let carried = Consent { consent, receiver_key, until: Some(terms.until), record };
    append(scene, &ruben, (record, Record::Consent(terms)), vec![Change::Consent(carried)]).await;
    Carried { first: first.consent, consent, own, share }
}

/// The second, which may end a consent.
async fn share_carried(scene: &Scene, Carried { consent, own, share, .. }: Carried, ended: Option<ConsentId>) {
    let ruben = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let disclosure = LogId([5; 16]);
    let share = ShareRecord { disclosure, consent, own: Some(own), ..share };
    let mut changes = vec![Change::Disclose(Disclose { disclosure, first: Hash([1; 32]), consent, files: Vec::new() })];
    changes.extend(ended.map(Change::Withdraw));
    append(scene, &ruben, (FALSE_SHARE, Record::Share(share)), changes).await;
}

/// One entry by an insider: a new record in the trail, and changes.
async fn append(scene: &Scene, by: &Insider, (id, record): (RecordId, Record), changes: Vec<Change>) {
    let (directory, held) = scene.held_by(by).await;
    let records = held.records(by.organisation);
    let trail = records.iter().find(|(.., record)| matches!(record, Record::Compartments(_))).unwrap().1.at;
    let (put, blob) = held.put(by, trail, id, 1, record.to_canonical());
    let changes = std::iter::once(put).chain(changes).collect();
    let entry = by.entry(&held.log, directory.head(), changes);
    by.append(&scene.world.relay(), (scene.log(), LogKind::Dossier), entry, vec![blob], Vec::new()).await.unwrap();
}

async fn found(scene: &mut Scene, id: &str) -> ShareView {
    scene.iris.vault.sync().await.unwrap();
    let shares = scene.iris.vault.shares(&scene.dossier).await.unwrap();
    shares.into_iter().find(|share| share.id == id).unwrap()
}

async fn false_share(scene: &mut Scene) -> ShareView {
    found(scene, &FALSE_SHARE.to_string()).await
}

/// Whoever writes in the trail can put other words where a consent's stand. Nobody hands out anything on those.
#[tokio::test]
async fn a_consent_that_a_colleague_rewrote() {
    let edits: [fn(&mut ConsentRecord, RecordId); 3] = [
        |consent, document| consent.items.push(document),
        |consent, _| consent.until += 300 * DAY,
        |consent, _| consent.to = "Ruben Bakker".to_owned(),
    ];
    for edit in edits {
        let mut scene = Scene::new().await;
        let mut femke = scene.world.party(&mut scene.iris, &scene.dossier, "Femke de Boer", "client").await;
        let shared = shared(&mut scene).await;
        let card = makes_own(&scene, &shared).await.unwrap();
        let share = newest(&mut scene).await;
        let document: RecordId = scene.document.parse().unwrap();
        rewrite(&scene, |consent| edit(consent, document)).await;
        scene.iris.vault.sync().await.unwrap();
        assert_eq!(agree(&mut scene, &share.id, &card).await, Err(VaultError::ConsentChanged));
        let shown = found(&mut scene, &share.id).await;
        assert_eq!((shown.incomplete, shown.state, shown.until), (true, ShareState::Live, MONDAY + 30 * DAY));
        femke.portal.sync().await.unwrap();
        let seen = femke.portal.dossier().shares.remove(0);
        assert_eq!((seen.incomplete, seen.until), (true, shown.until));
    }
}

/// Nor on a share whose note a colleague rewrote: to another disclosure, or to be read more often.
#[tokio::test]
async fn a_share_that_a_colleague_rewrote() {
    let edits: [fn(&mut ShareRecord); 2] =
        [|share| share.readings = Some(100), |share| share.disclosure = LogId([5; 16])];
    for edit in edits {
        let mut scene = Scene::new().await;
        let shared = shared(&mut scene).await;
        let card = makes_own(&scene, &shared).await.unwrap();
        let share = newest(&mut scene).await;
        put_as_ruben(&scene, |held| {
            let (id, mut share) = first_share(held);
            edit(&mut share);
            (id, held.log.record(id).unwrap().version + 1, Record::Share(share))
        })
        .await;
        assert!(found(&mut scene, &share.id).await.incomplete);
        assert_eq!(agree(&mut scene, &share.id, &card).await, Err(VaultError::ConsentChanged));
    }
}

/// What is still handed out is listed, whatever became of its consent's words, so that it can be ended.
#[tokio::test]
async fn a_consent_that_a_colleague_hid() {
    let mut scene = Scene::new().await;
    let mut femke = scene.world.party(&mut scene.iris, &scene.dossier, "Femke de Boer", "client").await;
    let shared = shared(&mut scene).await;
    let share = newest(&mut scene).await;
    rewrite(&scene, |consent| consent.consent = ConsentId([9; 16])).await;
    let shown = found(&mut scene, &share.id).await;
    assert_eq!((shown.incomplete, shown.state, shown.until), (true, ShareState::Live, share.until));
    assert_eq!(shown.items, share.items);
    assert!(shown.to.parse::<PersonId>().is_ok(), "nobody's name, and not nothing: {}", shown.to);
    femke.portal.sync().await.unwrap();
    let seen = femke.portal.dossier().shares.remove(0);
    assert_eq!((seen.incomplete, seen.state, seen.until), (true, ShareState::Live, share.until));
    scene.iris.vault.revoke(&scene.dossier, &share.id).await.unwrap();
    assert_eq!(scene.world.open(&shared).await.err(), Some(VaultError::LinkWithdrawn));
}

/// A consent goes on from another one only in the place of it: not beside it, not after its end, and not with more.
#[tokio::test]
async fn a_consent_that_goes_on_where_it_may_not() {
    let mut scene = Scene::new().await;
    shared(&mut scene).await;
    carry(&scene, true, |_, _| ()).await;
    assert!(!false_share(&mut scene).await.incomplete, "as an honest vault does it");

    let mut scene = Scene::new().await;
    shared(&mut scene).await;
    carry(&scene, true, |terms, _| terms.purpose = "en nog iets anders".to_owned()).await;
    assert!(false_share(&mut scene).await.incomplete, "with more than was agreed to");

    let mut scene = Scene::new().await;
    shared(&mut scene).await;
    carry(&scene, false, |_, _| ()).await;
    assert!(false_share(&mut scene).await.incomplete, "beside the first one");

    let mut scene = Scene::new().await;
    let mut femke = scene.world.party(&mut scene.iris, &scene.dossier, "Femke de Boer", "client").await;
    shared(&mut scene).await;
    let share = newest(&mut scene).await;
    scene.iris.vault.revoke(&scene.dossier, &share.id).await.unwrap();
    carry(&scene, false, |_, _| ()).await;
    let after = false_share(&mut scene).await;
    assert_eq!((after.incomplete, after.state), (true, ShareState::Live), "after its end");
    assert_eq!(found(&mut scene, &share.id).await.state, ShareState::Revoked, "nothing goes on in its place");
    femke.portal.sync().await.unwrap();
    let mut seen: Vec<_> = femke.portal.dossier().shares.iter().map(|share| (share.state, share.incomplete)).collect();
    seen.sort_by_key(|(_, incomplete)| *incomplete);
    assert_eq!(seen, [(ShareState::Revoked, false), (ShareState::Live, true)]);
}

/// Somebody who hears that a consent is about to end writes one that goes on from it just before.
#[tokio::test]
async fn a_consent_that_goes_on_while_another_ends_the_first() {
    let mut scene = Scene::new().await;
    shared(&mut scene).await;
    let share = newest(&mut scene).await;
    let made = carry_consent(&scene, |_, _| ()).await;
    scene.iris.vault.revoke(&scene.dossier, &share.id).await.unwrap();
    share_carried(&scene, made, None).await;
    assert!(false_share(&mut scene).await.incomplete);
    assert_eq!(found(&mut scene, &share.id).await.state, ShareState::Revoked, "nothing goes on in its place");
}

/// A share that says of itself that it goes on from another one agrees to nothing, and vouches for nobody.
#[tokio::test]
async fn a_share_that_says_it_goes_on() {
    let mut scene = Scene::new().await;
    let shared = shared(&mut scene).await;
    let card = makes_own(&scene, &shared).await.unwrap();
    let share = newest(&mut scene).await;
    carry(&scene, false, |_, _| ()).await;
    let words = match false_share(&mut scene).await.keys {
        ReceiverKeys::Own { words, .. } => words,
        other => panic!("{other:?}"),
    };
    let other = ReadingCardView { card: String::new(), words: words.clone() };
    for wrong in [other, ReadingCardView { card: String::new(), words: Vec::new() }] {
        assert_eq!(agree(&mut scene, &share.id, &wrong).await, Err(VaultError::WrongWords));
    }
    // Ruben, who made it, says that he compared the words of the keys that he made.
    scene.ruben.vault.sync().await.unwrap();
    let made_up = FALSE_SHARE.to_string();
    scene.ruben.vault.verify_share(&scene.dossier, &made_up, &words.join(" "), Compared::InPerson).await.unwrap();
    let ReceiverKeys::Own { vouched, .. } = false_share(&mut scene).await.keys else { panic!("they say they are") };
    assert_eq!((vouched.by_another, vouched.invited_by, vouched.verifications), (false, None, Vec::new()));

    // The doctor's own still go over, and are agreed to by their own words only.
    let made = agree(&mut scene, &share.id, &card).await.unwrap();
    assert_eq!(agree(&mut scene, &share.id, &card).await.unwrap(), made);
    let nothing = ReadingCardView { card: String::new(), words: Vec::new() };
    assert_eq!(agree(&mut scene, &share.id, &nothing).await, Err(VaultError::WrongWords));
}

/// What a link opened is destroyed by the vault of whoever made it, also where somebody else ended it.
#[tokio::test]
async fn what_the_link_opened_is_destroyed_by_its_maker() {
    let mut scene = Scene::new().await;
    let shared = shared(&mut scene).await;
    let card = makes_own(&scene, &shared).await.unwrap();
    let (log, share) = (disclosure(&scene).await, newest(&mut scene).await);
    scene.ruben.vault.sync().await.unwrap();
    let words = card.words.join(" ");
    scene.ruben.vault.agree_share(&scene.dossier, &share.id, &words, Compared::ByVoice).await.unwrap();
    assert!(!is_destroyed(&scene, log).await, "Ruben may end nothing in it");
    for _ in 0..2 {
        scene.iris.vault.sync().await.unwrap();
        scene.iris.vault.shares(&scene.dossier).await.unwrap();
        assert!(is_destroyed(&scene, log).await);
    }
    scene.kept_quiet().await;
}

async fn is_destroyed(scene: &Scene, disclosure: LogId) -> bool {
    let iris = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, _) = iris.directory(&scene.world.relay()).await;
    let held = iris.take(&scene.world.relay(), disclosure, LogKind::Disclosure, &directory).await.unwrap();
    held.log.compartments().flat_map(|(_, epochs)| epochs).all(|epoch| held.log.is_destroyed(epoch.half))
}

/// What was destroyed since is not shared anew; whose clock ran ahead when they wrote does not change what was agreed to.
#[tokio::test]
async fn items_that_changed_since() {
    let mut scene = Scene::new().await;
    let ruben = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&ruben).await;
    let report: RecordId = scene.report.parse().unwrap();
    let records = held.records(ruben.organisation);
    let (_, state, record) = records.into_iter().find(|(id, ..)| *id == report).unwrap();
    let (put, blob) = held.put(&ruben, state.at, report, state.version + 1, record.to_canonical());
    let mut commit = ruben.commit(&held.log, directory.head(), vec![put]);
    commit.claimed_time += DAY;
    let entry = Entry::sign(&commit, &ruben.signing);
    let log = (scene.log(), LogKind::Dossier);
    ruben.append(&scene.world.relay(), log, entry, vec![blob], Vec::new()).await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    let first = shared(&mut scene).await;
    let card = makes_own(&scene, &first).await.unwrap();
    let share = newest(&mut scene).await;
    let made = agree(&mut scene, &share.id, &card).await.unwrap();
    scene.iris.vault.revoke(&scene.dossier, &made).await.unwrap();

    scene.world.clock.pass(DAY);
    let new = new_share(&[&scene.report, &scene.document], MONDAY + 30 * DAY);
    let both = scene.iris.vault.share(&scene.dossier, new).await.unwrap();
    let card = makes_own(&scene, &both).await.unwrap();
    let iris = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&iris).await;
    let half = held.log.files().next().unwrap().file.half;
    let entry = iris.entry(&held.log, directory.head(), vec![Change::Destroy(half)]);
    iris.append(&scene.world.relay(), log, entry, Vec::new(), Vec::new()).await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    let share = newest(&mut scene).await;
    let refused = agree(&mut scene, &share.id, &card).await;
    assert_eq!(refused, Err(VaultError::SharedChanged("cv.pdf".to_owned())));
}
