//! A relay, a colleague or a thief that does what it can, against the real vault.
//!
//! Every test asserts four things: a typed refusal, no remembered head that moved, nothing said that the relay may not
//! know, and a warning that somebody sees. [`Scene::withstood`] looks for the last three.

mod client_restored;
mod clients;
mod dormant;
mod files;
mod insiders;
mod keyring;
mod knocking;
mod lines;
mod members;
mod order;
mod receivers;
mod records;
mod restored;
mod testament;
mod thieves;
mod third_consents;
mod third_keys;
mod time;
mod watching;

use zegel_crypto::{
    ReceivingKey,
    printed::{Code, Link, LinkKeys, link_keys},
};
use zegel_ledger::{Admission, Gate, Grant, GrantId, LinkReceiver, PersonId, Receiver, Rights, Standing};
use zegel_tests::hostile::{
    Stolen,
    scene::{Scene, own_key},
};
use zegel_vault::{
    memory::MemoryStore,
    ports::{Ports, Store as _, Table, Write},
    view::SharedView,
};

/// The id and the keys of a link that was just made.
fn keys_of(shared: &SharedView) -> (PersonId, LinkKeys) {
    let (_, fragment) = shared.link.split_once('#').unwrap();
    let link = Link::from_fragment(fragment).unwrap();
    (PersonId(link.id), link_keys(&link.secret, &Code::parse(&shared.code).unwrap()))
}

/// A grant, to everything in a log, for a link whose keys are known.
fn grant_to_link(number: u8, rights: Rights, held: &Stolen) -> (Grant, ReceivingKey) {
    let receiving = ReceivingKey::from_seed(&[number; 32]);
    let link = LinkReceiver {
        id: PersonId([number; 16]),
        receiving: receiving.public(),
        signing: own_key(number).verifying(),
        request: own_key(number + 1).verifying(),
    };
    let grant = Grant {
        id: GrantId([number; 16]),
        receiver: Receiver::Link(link),
        receiver_key: receiving.public().hash(),
        rights,
        compartments: held.log.compartments().map(|(id, _)| id).collect(),
        from: None,
        until: None,
        readings: None,
        gate: Gate::Open,
        consent: None,
    };
    (grant, receiving)
}

/// An admission as a director, of somebody who is nobody.
fn admission(number: u8) -> Admission {
    Admission {
        person: PersonId([number; 16]),
        account: own_key(number).verifying(),
        receiving: ReceivingKey::from_seed(&[number; 32]).public(),
        standing: Standing(Standing::STAFF.0 | Standing::DIRECTOR.0),
        until: None,
    }
}

/// The same, as staff.
fn staff(number: u8) -> Admission {
    Admission { standing: Standing::STAFF, ..admission(number) }
}

/// A device that has nothing but what is needed to ask for the passphrase.
async fn bare(scene: &Scene) -> (Ports, MemoryStore) {
    let record = scene.iris.store.get(Table::Device, b"device").await.unwrap().unwrap();
    let (ports, store) = scene.world.device();
    store.write(vec![Write::Put(Table::Device, b"device".to_vec(), record)]).await.unwrap();
    (ports, store)
}
