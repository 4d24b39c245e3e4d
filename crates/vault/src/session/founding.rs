//! The beginning of an organisation, and of a person: keyring, first device, key card.

use std::rc::Rc;

use zegel_crypto::{
    Canonical as _, Seed,
    printed::KeyCard,
    recovery_receiving, root_signing,
    unlock::{self, Keyring, SlotKind, SlotSecret, Stretch},
};
use zegel_dossier::{OrganisationRecord, PersonRecord, Record, policy::Role};
use zegel_ledger::{
    Admission, Change, CompartmentEpoch, CompartmentId, DeviceId, Directory, GrantId, Log, LogKind, OrganisationId,
    PersonId, Receiver, RecordId, Rights, Standing,
};
use zegel_protocol::calls::{Append, Bytes, Found, LogAppend};
use zeroize::Zeroizing;

use super::{DeviceState, anchor, passphrase_strength, spelled, staff_grant, text};
use crate::{
    Vault, VaultError,
    book::Seeds,
    keys::{DeviceRecord, Keys},
    policy::{FirstPolicy, day},
    ports::Ports,
    relay::Relay,
    sheets::{self, Split},
    view::PrintedView,
    write::Draft,
};

/// What a new organisation is made of.
pub struct NewOrganisation {
    /// From the relay's `setup-token` file.
    pub token: String,
    /// Its name.
    pub organisation: String,
    /// The first director's name.
    pub name: String,
    /// The first director's passphrase.
    pub passphrase: Zeroizing<String>,
    /// How many recovery sheets open it.
    pub threshold: u8,
    /// How many recovery sheets there are.
    pub sheets: u8,
    /// What it promises about its dossiers.
    pub policy: FirstPolicy,
}

impl Vault {
    /// Sets up an organisation on an empty relay. Gives the vault, and what must be printed: without the card no other
    /// device opens it, without the sheets nobody opens it when every card is lost. The director signs the pledge.
    pub async fn found(ports: impl Into<Rc<Ports>>, new: NewOrganisation) -> Result<(Self, PrintedView), VaultError> {
        let ports = ports.into();
        text("organisation", &new.organisation)?;
        text("name", &new.name)?;
        passphrase_strength(&new.passphrase)?;
        let policy = new.policy.read(Seed::make(&mut ports.rng()), day(ports.clock.now()))?;
        if Self::state(&ports).await? != DeviceState::Empty {
            return Err(VaultError::AlreadyHere);
        }
        let mut relay = Relay::default();
        if relay.hello(&ports).await?.organisation.is_some() {
            return Err(VaultError::AlreadySetUp);
        }

        let mut rng = ports.rng();
        let organisation = OrganisationId::make(&mut rng);
        let (root_seed, recovery_seed) = (Seed::make(&mut rng), Seed::make(&mut rng));
        let root = root_signing(&root_seed);
        let recovery = recovery_receiving(&recovery_seed).public();
        let person = PersonId::make(&mut rng);
        let keyring = unlock::make_keyring(&mut rng, person.0, anchor(organisation, &root.verifying()));
        let fresh = FreshPerson::make(&ports, organisation, keyring, &new.passphrase)?;
        let (mut keys, record) = (fresh.keys, fresh.record);

        let secret = sheets::secret(&root_seed, &recovery_seed);
        let split = (new.threshold, new.sheets);
        let split = Split::make(&mut rng, organisation, &secret, recovery.clone(), split)?;

        let compartment = CompartmentId::make(&mut rng);
        let at = CompartmentEpoch { compartment, epoch: 1 };
        let seed = Seed::make(&mut rng);

        let mut draft = Draft::default();
        draft.found(&mut rng, organisation, organisation, root.verifying(), None);
        draft.changes.extend([
            Change::Admit(Admission {
                person,
                account: keys.keyring.account().verifying(),
                receiving: keys.receiving.public(),
                standing: Standing(Standing::STAFF.0 | Standing::DIRECTOR.0),
                until: None,
            }),
            Change::Certify(keys.certificate()),
            Change::Recovery(split.named),
            Change::Keyring(person, record.keyring.generation, record.keyring.hash()),
        ]);
        let key = draft.open_epoch(&mut rng, organisation, organisation, at, &seed);
        let names = Seeds { by_epoch: [(at, seed)].into() };
        let receivers = [(Receiver::Person(person), keys.receiving.public()), (Receiver::Recovery, recovery)];
        for (receiver, public) in receivers {
            let rights = if receiver == Receiver::Recovery { Rights::READ } else { Rights::ADVISOR };
            let grant = staff_grant(GrantId::make(&mut rng), receiver, public.hash(), rights, vec![compartment]);
            draft.grant(organisation, &grant, &public, &[at], &names);
        }
        for record in [
            Record::Organisation(OrganisationRecord { name: new.organisation }),
            policy.record(),
            Record::Person(PersonRecord {
                person,
                name: new.name,
                role: Some(Role::Director.name().to_owned()),
                formerly: None,
            }),
        ] {
            let place = keys.place(organisation, organisation, at, RecordId::make(&mut rng), 1, None);
            draft.put(&mut rng, &mut keys, &key, place, &record);
        }

        let mut directory = Directory::new(organisation);
        let commit = keys.commit(&Log::new(organisation, LogKind::Directory), None, ports.clock.now(), &draft);
        let entry = zegel_ledger::Entry::sign(&commit, &root);
        directory.admit(&entry)?;
        let append = Append {
            logs: vec![LogAppend {
                log: organisation,
                kind: LogKind::Directory,
                entries: vec![entry.clone()],
                blobs: draft.blobs.iter().cloned().map(Bytes).collect(),
            }],
            halves: draft.halves.clone(),
        };
        drop(rng);
        let keyring = record.keyring.to_canonical().into();
        relay.ask(&ports, &Found { token: new.token.trim().to_owned(), append, keyring }).await?;

        let mut vault = Self::assemble(ports, relay, keys, record, directory, names);
        vault.halves.extend(draft.halves.into_iter().map(|stored| (stored.id, stored.half)));
        vault.directory_entries.push(entry);
        vault.keep_blobs(draft.blobs).await?;
        vault.keep_device().await?;
        vault.keep_directory().await?;
        let card = fresh.card.to_text().to_string();
        let printed = PrintedView { card, sheets: split.sheets, threshold: new.threshold };
        vault.sync().await?;
        if let Ok(pledge) = vault.pledge()
            && vault.sign_pledge(pledge.version).await.is_err()
        {
            // What is to be printed is nowhere else, so nothing may fail here; the session says that the pledge is due.
            vault.offline = true;
        }
        Ok((vault, printed))
    }
}

/// A person who begins: keyring, first device, key card.
pub(crate) struct FreshPerson {
    pub(crate) keys: Keys,
    pub(crate) record: DeviceRecord,
    pub(crate) card: KeyCard,
}

impl FreshPerson {
    pub(crate) fn make(
        ports: &Ports,
        organisation: OrganisationId,
        keyring: Keyring,
        passphrase: &str,
    ) -> Result<Self, VaultError> {
        let mut rng = ports.rng();
        let person = PersonId(keyring.person());
        let device = DeviceId::make(&mut rng);
        let (slot, secret) = (SlotSecret::make(&mut rng), SlotSecret::make(&mut rng));
        let card_slot = RecordId::make(&mut rng).0;
        let offers = [secret.offer(card_slot, SlotKind::Card), slot.offer(device.0, SlotKind::Device)];
        let stretch = Stretch::make(&mut rng);
        let (sealed, _) = unlock::seal_keyring(&mut rng, &keyring, &spelled(passphrase), stretch, &offers, 1)
            .map_err(|_| VaultError::StretchRefused)?;
        let fingerprint = keyring.account().verifying().fingerprint();
        let mut keys = Keys::make(&mut rng, keyring, device);
        let record = DeviceRecord {
            organisation,
            person,
            device,
            slot,
            fingerprint,
            keys: keys.sealed_device_keys(&mut rng),
            keyring: sealed,
            dossier: None,
            passkey: None,
        };
        Ok(Self { keys, record, card: KeyCard { person: person.0, secret, fingerprint } })
    }
}
