//! A relay in the middle, while a known device lets in a new one: it exchanges keys, promises and what is handed over.

use zegel_crypto::Canonical as _;
use zegel_protocol::calls::{
    self, AnswerKnock, Append, AwaitAnswer, Awaited, Bytes, Call, KnockAnswer, Knocked, Posted, ReadKnock, StoreKeyring,
};
use zegel_tests::{
    hostile::HostileRelay,
    world::{Actor, PASSPHRASE, World},
};
use zegel_vault::{Knock, VaultError};

/// From now on the relay gives this answer to a call, whatever the honest one would say.
fn answers<C: Call>(relay: &HostileRelay, lie: &C::Answer) {
    let lie = lie.to_canonical();
    relay.play(Box::new(move |request, answer| if request.path == C::PATH { Ok(lie.clone()) } else { answer }));
}

/// Everything that a device was sent under one of these paths.
fn sent(relay: &HostileRelay, paths: &[&str]) -> usize {
    relay.take_transcript().0.iter().filter(|request| paths.contains(&request.path.as_str())).count()
}

async fn scene() -> (HostileRelay, World, Actor, Knock) {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let iris = world.director("Iris de Vries").await;
    let knock = Knock::make(world.device().0).await.unwrap();
    (relay, world, iris, knock)
}

#[tokio::test]
async fn exchanged_keys_are_not_those_of_the_text() {
    let (relay, world, mut iris, knock) = scene().await;
    let _own = Knock::make(world.device().0).await.unwrap();
    answers::<ReadKnock>(&relay, &Knocked { request: knocked(&relay) });
    let _ = relay.take_transcript();
    assert_eq!(iris.vault.hear_knock(&knock.text()).await, Err(VaultError::KnockChanged));
    assert_eq!(iris.vault.let_device_in(PASSPHRASE).await, Err(VaultError::KnockExpired));
    assert_eq!(sent(&relay, &[AnswerKnock::PATH, StoreKeyring::PATH]), 0, "nothing is said to it");
}

/// The text itself was exchanged, on its way by hand: then the words differ, and nothing is sent before they were compared.
#[tokio::test]
async fn an_exchanged_text_shows_in_the_words() {
    let (relay, world, mut iris, mut knock) = scene().await;
    let own = Knock::make(world.device().0).await.unwrap();
    let _ = relay.take_transcript();
    let asked = iris.vault.hear_knock(&own.text()).await.unwrap();
    // To the device that waits it passes the promise on as if it were its own.
    let KnockAnswer::Promise(promise) = answered(&relay) else { panic!("first the promise") };
    answers::<AwaitAnswer>(&relay, &Awaited { promise: Some(promise), handover: None });
    let shown = knock.look().await.unwrap().words;
    assert_eq!(shown.len(), 6);
    assert_ne!(shown, asked);
    assert_eq!(sent(&relay, &[Append::PATH, StoreKeyring::PATH]), 0, "before anybody said yes");
    iris.vault.refuse_device().await.unwrap();
    assert_eq!(iris.vault.ways_in().devices, 1);
}

#[tokio::test]
async fn an_exchanged_promise_shows_in_the_words_or_breaks() {
    let (relay, _world, mut iris, mut knock) = scene().await;
    let asked = iris.vault.hear_knock(&knock.text()).await.unwrap();
    let lie = |promise: u8| Awaited { promise: Some(zegel_crypto::Hash([promise; 32])), handover: None };
    answers::<AwaitAnswer>(&relay, &lie(1));
    assert_ne!(knock.look().await.unwrap().words, asked);
    answers::<AwaitAnswer>(&relay, &lie(2));
    assert_eq!(knock.look().await, Err(VaultError::KnockChanged), "it does not change under whoever reads it");
}

/// Somebody else lets the device in as well, or the relay in their name: it would work for them and not know it.
#[tokio::test]
async fn what_is_handed_over_is_what_was_promised() {
    let (relay, world, mut iris, mut knock) = scene().await;
    let request = knocked(&relay);
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    iris.vault.hear_knock(&knock.text()).await.unwrap();
    let promised = knock.look().await.unwrap();
    let KnockAnswer::Promise(promise) = answered(&relay) else { panic!("first the promise") };

    answers::<ReadKnock>(&relay, &Knocked { request });
    answers::<AnswerKnock>(&relay, &Posted {});
    ruben.vault.hear_knock(&knock.text()).await.unwrap();
    ruben.vault.let_device_in(PASSPHRASE).await.unwrap();
    let KnockAnswer::Handover(handover) = answered(&relay) else { panic!("then what was promised") };
    relay.relent();
    answers::<AwaitAnswer>(&relay, &Awaited { promise: Some(promise), handover: Some(handover) });
    assert_eq!(knock.look().await, Err(VaultError::KnockChanged));

    relay.relent();
    assert_eq!(knock.look().await, Ok(promised), "the honest relay kept to whoever answered first");
}

/// What the last device that knocked sent of itself.
fn knocked(relay: &HostileRelay) -> Bytes {
    let sent = relay.transcript().0.into_iter().rfind(|request| request.path == calls::Knock::PATH).unwrap();
    calls::Knock::from_canonical(&sent.body).unwrap().request
}

/// What was answered last.
fn answered(relay: &HostileRelay) -> KnockAnswer {
    let sent = relay.transcript().0.into_iter().rfind(|request| request.path == AnswerKnock::PATH).unwrap();
    AnswerKnock::from_canonical(&sent.body).unwrap().answer
}
