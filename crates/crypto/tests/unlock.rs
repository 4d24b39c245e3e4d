//! Unlocking: the right passphrase and slot, and nothing else.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use support::Repeatable;
use zegel_crypto::{
    Canonical, Hash,
    unlock::{
        Keyring, M, PasskeyPlace, SealedKeyring, SlotKind, SlotSecret, Stretch, StretchRefused, UnlockError,
        add_passkey, add_slot, change_passphrase, make_keyring, open_keyring, open_with_passkey, remove_slot,
        seal_keyring,
    },
};

const PASSPHRASE: &[u8] = b"vier keer een goed woord";

struct Person {
    rng: Repeatable,
    keyring: Keyring,
    card: SlotSecret,
    device: SlotSecret,
    sealed: SealedKeyring,
    m: M,
    fingerprint: [u8; 16],
}

fn person() -> Person {
    let mut rng = Repeatable(1);
    let keyring = make_keyring(&mut rng, [1; 16], Hash([7; 32]));
    let (card, device) = (SlotSecret::make(&mut rng), SlotSecret::make(&mut rng));
    let slots = [card.offer([2; 16], SlotKind::Card), device.offer([3; 16], SlotKind::Device)];
    let stretch = Stretch::make(&mut rng);
    let (sealed, m) = seal_keyring(&mut rng, &keyring, PASSPHRASE, stretch, &slots, 1).unwrap();
    let fingerprint = keyring.account().verifying().fingerprint();
    Person { rng, keyring, card, device, sealed, m, fingerprint }
}

fn refusal(sealed: &SealedKeyring, passphrase: &[u8], slot: &SlotSecret, fingerprint: &[u8; 16]) -> UnlockError {
    open_keyring(sealed, passphrase, slot, fingerprint).map(|_| ()).unwrap_err()
}

#[test]
fn passphrase_and_slot_open_what_was_sealed() {
    let one = person();
    for slot in [&one.card, &one.device] {
        let (keyring, m) = open_keyring(&one.sealed, PASSPHRASE, slot, &one.fingerprint).unwrap();
        assert_eq!(keyring.to_canonical(), one.keyring.to_canonical());
        assert!(m == one.m);
    }
    assert_eq!(SealedKeyring::from_canonical(&one.sealed.to_canonical()).unwrap(), one.sealed);
    let stranger = SlotSecret::from_bytes([9; 32]);
    assert_eq!(refusal(&one.sealed, b"wrong", &one.card, &one.fingerprint), UnlockError::Refused);
    assert_eq!(refusal(&one.sealed, PASSPHRASE, &stranger, &one.fingerprint), UnlockError::Refused);
}

#[test]
fn a_keyring_of_another_account_is_not_looked_at() {
    let one = person();
    assert_eq!(refusal(&one.sealed, PASSPHRASE, &one.card, &[0; 16]), UnlockError::FingerprintMismatch);
}

#[test]
fn a_weak_or_ruinous_stretching_is_refused_before_anything() {
    let one = person();
    let floor = one.sealed.stretch;
    for stretch in [
        Stretch { memory_kib: floor.memory_kib - 1, ..floor },
        Stretch { passes: floor.passes - 1, ..floor },
        Stretch { memory_kib: 1024 * 1024 + 1, ..floor },
        Stretch { passes: 11, ..floor },
        Stretch { lanes: 5, ..floor },
    ] {
        let changed = SealedKeyring { stretch, ..one.sealed.clone() };
        assert_eq!(stretch.check(), Err(StretchRefused));
        assert_eq!(refusal(&changed, PASSPHRASE, &one.card, &one.fingerprint), UnlockError::StretchRefused);
    }
}

#[test]
fn tamper_keyring() {
    let one = person();
    let bytes = one.sealed.to_canonical();
    for at in (0..bytes.len()).step_by(7).chain(bytes.len() - 200..bytes.len()) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        if let Ok(sealed) = SealedKeyring::from_canonical(&changed) {
            assert!(open_keyring(&sealed, PASSPHRASE, &one.card, &one.fingerprint).is_err(), "byte {at}");
        }
    }
}

#[test]
fn slots_and_passphrase_change_alone() {
    let mut one = person();
    let phone = SlotSecret::make(&mut one.rng);
    let added = add_slot(&one.sealed, &one.keyring, &one.m, &phone.offer([4; 16], SlotKind::Device));
    open_keyring(&added, PASSPHRASE, &phone, &one.fingerprint).unwrap();

    let stretch = Stretch::make(&mut one.rng);
    let changed = change_passphrase(&mut one.rng, &added, &one.keyring, &one.m, b"new", stretch).unwrap();
    open_keyring(&changed, b"new", &one.card, &one.fingerprint).unwrap();
    assert_eq!(refusal(&changed, PASSPHRASE, &one.card, &one.fingerprint), UnlockError::Refused);

    let mistyped = remove_slot(&mut one.rng, &changed, &one.m, b"nwe", &[3; 16]);
    assert_eq!(mistyped.map(|_| ()), Err(UnlockError::Refused));
    let (removed, m) = remove_slot(&mut one.rng, &changed, &one.m, b"new", &[3; 16]).unwrap();
    assert!(m != one.m);
    assert_eq!(removed.generation, 4);
    assert_eq!(refusal(&removed, b"new", &one.device, &one.fingerprint), UnlockError::Refused);
    for slot in [&one.card, &phone] {
        open_keyring(&removed, b"new", slot, &one.fingerprint).unwrap();
    }
}

const PLACE: PasskeyPlace = PasskeyPlace { organisation: [5; 16], person: [1; 16], device: [3; 16] };

/// A person with a passkey on their device, and the secret of its slot.
fn with_passkey(one: &Person) -> (SealedKeyring, SlotSecret) {
    let secret = PLACE.secret(&[8; 32], &one.device);
    let added = add_passkey(&one.sealed, &one.m, PASSPHRASE, &PLACE.offer([6; 16], &secret)).unwrap();
    (added, secret)
}

#[test]
fn a_passkey_opens_on_its_device_in_the_place_of_the_passphrase() {
    let one = person();
    let (added, secret) = with_passkey(&one);
    let keyring = open_with_passkey(&added, &secret, &one.fingerprint).unwrap();
    assert_eq!(keyring.to_canonical(), one.keyring.to_canonical());
    assert_eq!(SealedKeyring::from_canonical(&added.to_canonical()).unwrap(), added);
    open_keyring(&added, PASSPHRASE, &one.device, &one.fingerprint).unwrap();

    let elsewhere = PasskeyPlace { person: [2; 16], ..PLACE };
    let others = [
        PLACE.secret(&[8; 32], &one.card),
        PLACE.secret(&[9; 32], &one.device),
        elsewhere.secret(&[8; 32], &one.device),
        one.device.clone(),
        SlotSecret::from_bytes([8; 32]),
    ];
    for other in others {
        let opened = open_with_passkey(&added, &other, &one.fingerprint).map(|_| ());
        assert_eq!(opened, Err(UnlockError::Refused));
    }
    let another = open_with_passkey(&added, &secret, &[0; 16]).map(|_| ());
    assert_eq!(another, Err(UnlockError::FingerprintMismatch));
    assert_eq!(refusal(&added, PASSPHRASE, &secret, &one.fingerprint), UnlockError::Refused);
    assert_ne!(PLACE.input(), elsewhere.input());
}

#[test]
fn a_passkey_stays_when_the_passphrase_changes_and_ends_with_its_device() {
    let mut one = person();
    let (added, secret) = with_passkey(&one);
    let mistyped = add_passkey(&one.sealed, &one.m, b"mistyped", &PLACE.offer([6; 16], &secret));
    assert_eq!(mistyped, Err(UnlockError::Refused));
    let stretch = Stretch::make(&mut one.rng);
    let changed = change_passphrase(&mut one.rng, &added, &one.keyring, &one.m, b"new", stretch).unwrap();
    open_with_passkey(&changed, &secret, &one.fingerprint).unwrap();

    let second = PLACE.secret(&[10; 32], &one.device);
    let replaced = add_passkey(&changed, &one.m, b"new", &PLACE.offer([7; 16], &second)).unwrap();
    assert_eq!(replaced.slots.len(), 3, "one passkey for a device");
    open_with_passkey(&replaced, &second, &one.fingerprint).unwrap();
    assert!(open_with_passkey(&replaced, &secret, &one.fingerprint).is_err());

    let (alone, _) = remove_slot(&mut one.rng, &replaced, &one.m, b"new", &[7; 16]).unwrap();
    assert!(open_with_passkey(&alone, &second, &one.fingerprint).is_err());
    open_keyring(&alone, b"new", &one.device, &one.fingerprint).unwrap();
    let (ended, _) = remove_slot(&mut one.rng, &replaced, &one.m, b"new", &[3; 16]).unwrap();
    assert_eq!(ended.slots.iter().map(|slot| slot.kind).collect::<Vec<_>>(), [SlotKind::Card]);
}

/// RFC 9106, section 5.3.
#[test]
fn rfc_9106_argon2id() {
    let mut params = ParamsBuilder::new();
    params.m_cost(32).t_cost(3).p_cost(4).data(AssociatedData::new(&[4; 12]).unwrap());
    let argon2 =
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params.build().unwrap()).unwrap();
    let mut tag = [0; 32];
    argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
    let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
    assert_eq!(tag.map(|byte| format!("{byte:02x}")).concat(), expected);
}
