//! The relay out of reach: what is written waits, sealed, and goes when it is back.

use std::{cell::Cell, rc::Rc};

use async_trait::async_trait;
use zegel_protocol::signature::SignatureHeaders;
use zegel_tests::world::{InProcessRelay, World, passphrase};
use zegel_vault::{
    Vault, VaultError,
    ports::{Opening, Transport, TransportError},
    view::{DraftView, ItemKind},
};

/// A cable that can be pulled.
#[derive(Clone, Default)]
struct Cable(Rc<Cell<bool>>);

struct Cut(Cable, InProcessRelay);

#[async_trait(?Send)]
impl Transport for Cut {
    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Vec<u8>, TransportError> {
        if self.0.0.get() { Err(TransportError::Unreachable) } else { self.1.post(path, body, signature).await }
    }

    fn listen(&self, path: &str, signature: SignatureHeaders) -> Opening {
        self.1.listen(path, signature)
    }
}

fn world() -> (World, Cable) {
    let cable = Cable::default();
    let pulled = cable.clone();
    (World::with_network(Rc::new(move |relay| Box::new(Cut(pulled.clone(), relay)))), cable)
}

#[tokio::test]
async fn what_is_written_offline_waits_and_is_sent() {
    let (world, cable) = world();
    let mut advisor = world.director("Iris de Vries").await;
    let (dossier, report, _) = advisor.dossier("Bram IJsselstein").await;

    cable.0.set(true);
    let saved = advisor.vault.save_report(&dossier, Some(&report), 1, "Eerste gesprek", "nieuwe tekst", "2026-03-05");
    assert!(saved.await.unwrap().waiting);
    let view = advisor.vault.dossier(&dossier).await.unwrap();
    assert!(view.summary.waiting);
    assert!(
        view.items.iter().any(|item| matches!(&item.kind, ItemKind::Report { text, .. } if text == "nieuwe tekst"))
    );
    assert!(advisor.vault.sync().await.unwrap().offline);
    let shared = advisor.share(&dossier, &[&report]).await;
    assert_eq!(shared.err(), Some(VaultError::RelayUnreachable), "sharing does not wait: its receiver would not know");

    // The laptop is closed and opened again before the relay is back.
    let store = advisor.store.clone();
    drop(advisor.vault.lock());
    cable.0.set(false);
    let mut vault = Vault::unlock(world.ports(store), passphrase()).await.unwrap();
    assert_eq!(vault.sync().await.unwrap().waiting, 0);
    let view = vault.dossier(&dossier).await.unwrap();
    assert!(!view.summary.waiting);
    let found = view.items.iter().find(|item| item.id == report).unwrap();
    assert_eq!(found.version, 2);
}

#[tokio::test]
async fn a_draft_is_kept_sealed_until_it_is_saved() {
    let (world, cable) = world();
    let mut advisor = world.director("Iris de Vries").await;
    let (dossier, ..) = advisor.dossier("Bram IJsselstein").await;
    cable.0.set(true);
    let draft = DraftView {
        item: None,
        base: 0,
        title: "Tweede gesprek".to_owned(),
        text: "KANARIE-CONCEPT".to_owned(),
        day: "2026-03-09".to_owned(),
        kept: 0,
    };
    advisor.vault.save_draft(&dossier, &draft).await.unwrap();
    let store = advisor.store.clone();
    drop(advisor.vault.lock());

    cable.0.set(false);
    let mut vault = Vault::unlock(world.ports(store), passphrase()).await.unwrap();
    let kept = vault.draft(&dossier, None).await.unwrap().unwrap();
    assert_eq!(kept.text, "KANARIE-CONCEPT");
    assert_eq!(vault.dossiers_with_drafts().await.unwrap(), std::slice::from_ref(&dossier));
    vault.save_report(&dossier, None, 0, &kept.title, &kept.text, &kept.day).await.unwrap();
    assert_eq!(vault.draft(&dossier, None).await.unwrap(), None);
}

#[tokio::test]
async fn search_finds_words_without_their_accents() {
    let (world, _) = world();
    let mut advisor = world.director("Iris de Vries").await;
    let (dossier, report, _) = advisor.dossier("Wiśniewski, Łukasz").await;
    for words in ["wisniewski", "LUKASZ", "kwam brief"] {
        let found = advisor.vault.search(words).await.unwrap();
        assert_eq!(found[0].dossier, dossier, "{words}");
    }
    assert_eq!(advisor.vault.search("kwam brief").await.unwrap()[0].item, Some(report));
    assert!(advisor.vault.search("distributiecentrum").await.unwrap().is_empty());

    // The index is kept sealed, and follows what is written.
    let store = advisor.store.clone();
    drop(advisor.vault.lock());
    let mut vault = Vault::unlock(world.ports(store), passphrase()).await.unwrap();
    vault.save_report(&dossier, None, 0, "Werk", "naar het distributiecentrum", "2026-03-09").await.unwrap();
    assert_eq!(vault.search("distributiecentrum").await.unwrap().len(), 1);
    assert_eq!(vault.search("kwam brief").await.unwrap().len(), 1);
}

#[tokio::test]
async fn files_of_every_size_come_back_as_they_were() {
    let (world, _) = world();
    let mut advisor = world.director("Iris de Vries").await;
    let dossier = advisor.vault.new_dossier("Maten").await.unwrap();
    for size in [0, 1, 16_383, 16_384, 65_536, (1 << 20) - 1, 1 << 20, (3 << 20) + 7] {
        let bytes: Vec<u8> = (0..size).map(|index| (index * 31 % 251) as u8).collect();
        let item = advisor.add(&dossier, "maat.bin", &bytes).await.unwrap();
        assert_eq!(advisor.read(&dossier, &item).await.unwrap(), bytes, "{size}");
    }
    assert_eq!(advisor.vault.verify(Some(&dossier)).await.unwrap().alarms, []);
}

#[tokio::test]
async fn an_unlock_without_the_relay_opens_when_it_is_back() {
    let (world, cable) = world();
    let mut advisor = world.director("Iris de Vries").await;
    let (dossier, ..) = advisor.dossier("Bram IJsselstein").await;
    let store = advisor.store.clone();
    drop(advisor.vault.lock());

    cable.0.set(true);
    let mut vault = Vault::unlock(world.ports(store), passphrase()).await.unwrap();
    assert!(vault.sync().await.unwrap().offline);
    assert!(vault.dossiers().is_empty(), "life halves are the relay's to serve");
    cable.0.set(false);
    assert!(!vault.sync().await.unwrap().offline);
    assert_eq!(vault.session().name, "Iris de Vries");
    assert_eq!(vault.dossiers()[0].title, "Bram IJsselstein");
    assert_eq!(vault.dossier(&dossier).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn a_newcomer_waits_over_a_restart_and_the_director_still_sees_them() {
    let (world, _) = world();
    let mut director = world.director("Iris de Vries").await;
    let invitation = director.vault.invite("Ruben", zegel_vault::Role::AdvisorPaid, None).await.unwrap();
    let (ports, store) = world.device();
    let joined = Vault::join(ports, &invitation.link, &invitation.code, "Ruben Bakker", passphrase()).await;
    drop(joined.unwrap().0.lock());
    let mut newcomer = Vault::unlock(world.ports(store), passphrase()).await.unwrap();
    assert!(newcomer.session().waiting);

    director.vault.sync().await.unwrap();
    let directors = director.store.clone();
    drop(director.vault.lock());
    let mut vault = Vault::unlock(world.ports(directors), passphrase()).await.unwrap();
    let (person, words) = (newcomer.session().person, newcomer.session().words.join(" "));
    vault.admit(&person, &words, zegel_vault::Compared::ByVoice).await.unwrap();
    newcomer.sync().await.unwrap();
    assert!(!newcomer.session().waiting);
    assert_eq!(newcomer.session().name, "Ruben Bakker");
}
