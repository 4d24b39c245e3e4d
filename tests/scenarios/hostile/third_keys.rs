//! A third party's own keys: swapped on the way, made by somebody else, agreed to on more than the client said.

use zegel_crypto::{Canonical as _, Hash, ReceivingKey, printed::ReadingCard};
use zegel_dossier::{Compared as How, Record, VerificationRecord};
use zegel_ledger::{
    Change, DeviceCertificate, Entry, LogId, LogKind, Receiver, RecordId, Refusal, SignedSlip, Slip, Statement,
};
use zegel_protocol::calls::Pull;
use zegel_tests::{
    hostile::{
        Injection, Insider, Stolen, answering, ask,
        scene::{Scene, alarms, own_key, refused},
    },
    world::{DAY, MONDAY, PASSPHRASE, new_share},
};
use zegel_vault::{
    Compared, Inbox, VaultError,
    view::{Alarm, ReadingCardView, ReceiverKeys, ShareView, SharedView},
};

use crate::{insiders::registration, keys_of};

const OWN: &str = "vijf ganzen in de mist";

pub(crate) async fn shared(scene: &mut Scene) -> SharedView {
    let new = new_share(&[&scene.report], MONDAY + 30 * DAY);
    let new = zegel_vault::NewShare { evidence: Some(scene.document.clone()), ..new };
    scene.iris.vault.share(&scene.dossier, new).await.unwrap()
}

pub(crate) async fn makes_own(scene: &Scene, shared: &SharedView) -> Result<ReadingCardView, VaultError> {
    let mut inbox = scene.world.open(shared).await?;
    let card = inbox.make_own(OWN)?;
    inbox.register().await.map(|()| card)
}

/// The newest share.
pub(crate) async fn newest(scene: &mut Scene) -> ShareView {
    scene.iris.vault.shares(&scene.dossier).await.unwrap().remove(0)
}

pub(crate) async fn agree(scene: &mut Scene, share: &str, card: &ReadingCardView) -> Result<String, VaultError> {
    scene.iris.vault.agree_share(&scene.dossier, share, &card.words.join(" "), Compared::ByVoice).await
}

/// The log of the one share there is.
pub(crate) async fn disclosure(scene: &Scene) -> LogId {
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    scene.held_by(&keys).await.1.log.disclosures().next().unwrap().disclosure
}

/// Puts a record into the dossier's trail as Ruben, who may write there.
pub(crate) async fn put_as_ruben(scene: &Scene, make: impl FnOnce(&Stolen) -> (RecordId, u64, Record)) {
    let ruben = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&ruben).await;
    let records = held.records(ruben.organisation);
    let trail = records.iter().find(|(.., record)| matches!(record, Record::Compartments(_))).unwrap().1.at;
    let (id, version, record) = make(&held);
    let (put, blob) = held.put(&ruben, trail, id, version, record.to_canonical());
    let entry = ruben.entry(&held.log, directory.head(), vec![put]);
    let log = (scene.log(), LogKind::Dossier);
    ruben.append(&scene.world.relay(), log, entry, vec![blob], Vec::new()).await.unwrap();
}

#[tokio::test]
async fn substitute_a_receivers_keys() {
    let mut scene = Scene::new().await;
    let shared = shared(&mut scene).await;
    makes_own(&scene, &shared).await.unwrap();
    let log = disclosure(&scene).await;

    // Other keys in the slip, signed as well as the relay can.
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
    assert!(alarms(&scene.iris).contains(&refused(&log.to_string(), Refusal::Signature)));
    assert_eq!(newest(&mut scene).await.keys, ReceiverKeys::Handed, "there is nobody to agree with");
    scene.relay.relent();

    // And a link's key of its own making, in a first entry that the dossier does not name.
    let (id, _) = keys_of(&shared);
    let slip = Slip { log, author: id, device: None, statement: registration(11) };
    let slip = SignedSlip::sign(&slip, &own_key(3));
    scene.relay.play(answering::<Pull>(move |call, page| {
        let Some(first) = page.entries.first_mut().filter(|_| call.log == log && call.from == 0) else { return };
        let mut commit = first.commit().unwrap();
        for change in &mut commit.changes {
            let Change::Grant(grant) = change else { continue };
            if let Receiver::Link(link) = &mut grant.receiver {
                link.signing = own_key(3).verifying();
            }
        }
        *first = Entry::sign(&commit, &own_key(3));
        page.slips = vec![slip.clone()];
    }));
    let share = newest(&mut scene).await;
    assert_eq!(share.keys, ReceiverKeys::Handed);
    let card = ReadingCardView { card: String::new(), words: Vec::new() };
    assert_eq!(agree(&mut scene, &share.id, &card).await, Err(VaultError::NoReceiver));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn two_who_make_keys_with_one_link() {
    let mut scene = Scene::new().await;
    let shared = shared(&mut scene).await;
    let card = makes_own(&scene, &shared).await.unwrap();
    let log = disclosure(&scene).await;
    let (id, keys) = keys_of(&shared);
    let slip = Slip { log, author: id, device: None, statement: registration(11) };
    let slip = SignedSlip::sign(&slip, &keys.signing);
    // The relay takes no second one, and has to be made to show it.
    let call = zegel_protocol::calls::Post { slip: slip.clone() };
    assert!(ask(&scene.world.relay(), &id.to_string(), &keys.request, &call).await.is_err());
    scene.relay.inject(Injection::into_log(log, LogKind::Disclosure).slip(slip));
    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&Alarm::ReceiverTwice(id.to_string())), "{:?}", alarms(&scene.iris));
    let share = newest(&mut scene).await;
    assert_eq!(share.keys, ReceiverKeys::Twice);
    assert_eq!(agree(&mut scene, &share.id, &card).await, Err(VaultError::ReceiverTwice));
    scene.kept_quiet().await;
}

/// Iris makes keys with the link that she made, and agrees to them as if they were the doctor's. It shows as her word alone,
/// and the doctor hears that somebody was before her.
#[tokio::test]
async fn maker_as_the_owner_of_a_card() {
    let mut scene = Scene::new().await;
    let shared = shared(&mut scene).await;
    let mut doctor = scene.world.open(&shared).await.unwrap();
    let hers = doctor.make_own(OWN).unwrap();
    let played = makes_own(&scene, &shared).await.unwrap();
    assert_eq!(doctor.register().await, Err(VaultError::ShareTaken));
    let share = newest(&mut scene).await;
    assert_eq!(agree(&mut scene, &share.id, &hers).await, Err(VaultError::WrongWords));
    let made = agree(&mut scene, &share.id, &played).await.unwrap();
    let words = played.words.join(" ");
    scene.iris.vault.verify_share(&scene.dossier, &made, &words, Compared::InPerson).await.unwrap();

    // The doctor, asked by a colleague, has other words; and a word about other keys is none about these.
    scene.ruben.vault.sync().await.unwrap();
    let heard = hers.words.join(" ");
    let verified = scene.ruben.vault.verify_share(&scene.dossier, &made, &heard, Compared::ByVoice).await;
    assert_eq!(verified, Err(VaultError::WrongWords));
    put_as_ruben(&scene, |held| {
        let shares = held.records(held.log.founding().unwrap().organisation);
        let person = shares.iter().find_map(|(.., record)| match record {
            Record::Share(share) if share.own.is_some() => Some(share.receiver),
            _ => None,
        });
        let said = VerificationRecord { person: person.unwrap(), keys: Hash([9; 32]), day: 1, how: How::ByVoice };
        (RecordId([8; 16]), 1, Record::Verification(said))
    })
    .await;
    scene.iris.vault.sync().await.unwrap();
    let shares = scene.iris.vault.shares(&scene.dossier).await.unwrap();
    let own = shares.into_iter().find(|share| share.id == made).unwrap();
    let ReceiverKeys::Own { vouched, .. } = own.keys else { panic!("{:?}", own.keys) };
    assert_eq!((vouched.by_another, vouched.invited_by.as_deref()), (false, Some("Iris de Vries")));
    assert_eq!(vouched.verifications.len(), 2);
    scene.kept_quiet().await;
}

/// A consent that goes on from another one is worth nothing where it says more than that.
#[tokio::test]
async fn more_than_the_client_agreed_to() {
    let mut scene = Scene::new().await;
    let shared = shared(&mut scene).await;
    let card = makes_own(&scene, &shared).await.unwrap();
    let share = newest(&mut scene).await;
    let made = agree(&mut scene, &share.id, &card).await.unwrap();
    let of = |shares: Vec<ShareView>| shares.into_iter().find(|share| share.id == made).unwrap();
    assert!(!of(scene.iris.vault.shares(&scene.dossier).await.unwrap()).incomplete);
    scene.ruben.vault.sync().await.unwrap();
    put_as_ruben(&scene, |held| {
        let records = held.records(held.log.founding().unwrap().organisation);
        let carried = records.into_iter().find_map(|(id, state, record)| match record {
            Record::Consent(consent) if matches!(consent.form, zegel_dossier::ConsentForm::Carried(_)) => {
                Some((id, state.version + 1, consent))
            }
            _ => None,
        });
        let (id, version, mut consent) = carried.unwrap();
        consent.purpose = "en nog iets anders".to_owned();
        (id, version, Record::Consent(consent))
    })
    .await;
    scene.iris.vault.sync().await.unwrap();
    assert!(of(scene.iris.vault.shares(&scene.dossier).await.unwrap()).incomplete);
}

#[tokio::test]
async fn a_card_opens_what_its_organisation_made_and_is_not_guessed() {
    let mut scene = Scene::new().await;
    let shared = shared(&mut scene).await;
    let card = makes_own(&scene, &shared).await.unwrap();
    let share = newest(&mut scene).await;
    agree(&mut scene, &share.id, &card).await.unwrap();
    let open = async |card: &str, passphrase: &str| Inbox::open(scene.world.device().0, card, passphrase).await.err();

    // The same card, for another organisation: whatever this relay shows, it is not of that one.
    let (_, fragment) = card.card.split_once('#').unwrap();
    let own = ReadingCard::from_fragment(fragment).unwrap();
    let other = ReadingCard { fingerprint: [7; 16], ..own.clone() };
    assert_eq!(open(&other.to_fragment(), OWN).await, Some(VaultError::LinkNotWhatWasPromised));

    // Who finds the card guesses as often as who finds a link.
    assert_eq!(open(&card.card, OWN).await, None);
    for _ in 0..zegel_protocol::limits::GUESSES {
        assert_eq!(open(&card.card, "iets heel anders").await, Some(VaultError::ReadingRefused));
    }
    assert_eq!(open(&card.card, OWN).await, Some(VaultError::LinkLocked));
    scene.kept_quiet().await;
}
