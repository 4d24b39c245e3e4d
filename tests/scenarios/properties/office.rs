//! Who is there: Iris, whose dossier it is, her contact, her delegate, a colleague and a client, and a relay in between.

use std::collections::BTreeSet;

use zegel_crypto::ReceivingKey;
use zegel_dossier::{
    Record,
    policy::{Day, Role},
};
use zegel_ledger::{Admission, Change, LogId, LogKind, PersonId, Standing};
use zegel_protocol::Problem;
use zegel_tests::{
    hostile::{HostileRelay, Insider, scene::own_key},
    world::{Actor, Outsider, PASSPHRASE, World},
};
use zegel_vault::{FirstPolicy, Profile, VaultError, view::ItemKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Iris,
    Ruben,
    Noor,
    /// The client.
    Yasemin,
}

pub(crate) const ALL: [Who; 4] = [Who::Iris, Who::Ruben, Who::Noor, Who::Yasemin];
/// The policy of a consultancy with emergency contacts.
fn policy() -> String {
    let text = Profile::Consultancy.text(Day::new(2026, 3, 9).expect("a day"));
    text.replacen("emergency_contact = \"none\"", "emergency_contact = \"14 days\"", 1)
}

pub(crate) struct Office {
    pub(crate) relay: HostileRelay,
    pub(crate) world: World,
    pub(crate) iris: Actor,
    pub(crate) ruben: Actor,
    pub(crate) noor: Actor,
    pub(crate) sam: String,
    pub(crate) yasemin: Outsider,
    pub(crate) dossier: String,
    /// The keys of Ruben and of Noor, in a client of their own.
    pub(crate) keys: [Insider; 2],
}

impl Office {
    pub(crate) async fn new() -> Self {
        let relay = HostileRelay::new();
        let world = World::with_network(relay.network());
        let mut iris = world.director_with("Iris de Vries", FirstPolicy::File(policy())).await;
        let ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
        let noor = world.colleague(&mut iris, "Noor Haddad", false).await;
        let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
        let yasemin = world.party(&mut iris, &dossier, "Yasemin Öztürk", "client").await;
        let sam = world.newcomer(&mut iris, "Sam Visser", Role::AdvisorPaid, None).await.vault.session().person;
        let keys = [Insider::of(&ruben.store, PASSPHRASE).await, Insider::of(&noor.store, PASSPHRASE).await];
        Self { relay, world, iris, ruben, noor, sam, yasemin, dossier, keys }
    }

    pub(crate) async fn sync(&mut self, who: Who) -> Result<(), VaultError> {
        match who {
            Who::Iris => self.iris.vault.sync().await.map(drop),
            Who::Ruben => self.ruben.vault.sync().await.map(drop),
            Who::Noor => self.noor.vault.sync().await.map(drop),
            Who::Yasemin => self.yasemin.portal.sync().await.map(drop),
        }
    }

    pub(crate) async fn news(&mut self, who: Who) {
        self.sync(who).await.expect("nothing is wrong");
    }

    /// The reports that Ruben's vault shows; none if it has no such dossier.
    pub(crate) async fn shown(&mut self) -> Option<BTreeSet<String>> {
        let view = self.ruben.vault.dossier(&self.dossier).await.ok()?;
        let text = |kind: &ItemKind| match kind {
            ItemKind::Report { text, .. } => Some(text.clone()),
            ItemKind::Document { .. } => None,
        };
        Some(view.items.iter().filter_map(|item| text(&item.kind)).collect())
    }

    /// The reports that Ruben's keys open.
    pub(crate) async fn opened(&self) -> BTreeSet<String> {
        let [ruben, _] = &self.keys;
        let (directory, _) = ruben.directory(&self.world.relay()).await;
        let log: LogId = self.dossier.parse().expect("a log's id");
        let Ok(taken) = ruben.take(&self.world.relay(), log, LogKind::Dossier, &directory).await else {
            return BTreeSet::new();
        };
        let text = |record: Record| if let Record::Report(report) = record { Some(report.text) } else { None };
        taken.records(ruben.organisation).into_iter().filter_map(|(_, _, record)| text(record)).collect()
    }

    /// What no delegate may, and what nobody may whose time is over, Noor's keys cannot do either.
    pub(crate) async fn overreach(&self, acts: bool) {
        let stranger = |standing| {
            let (account, receiving) = (own_key(7).verifying(), ReceivingKey::from_seed(&[7; 32]));
            Change::Admit(Admission {
                person: PersonId([7; 16]),
                account,
                receiving: receiving.public(),
                standing,
                until: None,
            })
        };
        let director = stranger(Standing(Standing::STAFF.0 | Standing::DIRECTOR.0));
        let mut never = vec![director, Change::Remove(self.keys[0].person)];
        never.extend((!acts).then(|| stranger(Standing::STAFF)));
        for change in never {
            let said = self.append(vec![change.clone()]).await;
            assert!(said.is_err(), "she can append {change:?}");
        }
    }

    /// Whether a client of Noor's own can change the directory like this.
    async fn append(&self, changes: Vec<Change>) -> Result<(), Problem> {
        let [_, noor] = &self.keys;
        let (directory, _) = noor.directory(&self.world.relay()).await;
        let entry = noor.entry(directory.log(), None, changes);
        noor.append(&self.world.relay(), (noor.organisation, LogKind::Directory), entry, vec![], vec![]).await
    }
}
