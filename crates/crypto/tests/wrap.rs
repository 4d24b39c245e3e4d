//! Wraps: X-Wing's known answer, tampering, recomputing, and keys that would give everyone the same secret.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use sha2::{Digest, Sha256};
use support::Repeatable;
use x_wing::{Decapsulate, Decapsulator};
use zegel_crypto::{
    BadKey, Canonical, RECEIVING_PUBLIC, ReceivingKey, ReceivingPublic, UnwrapError, WRAP_OVERHEAD, unwrap, wrap,
};

/// The first vector of draft-connolly-cfrg-xwing-kem.
#[test]
fn x_wing_known_answer() {
    let seed: [u8; 32] = hex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
    let randomness: [u8; 64] = hex(
        "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
    );
    let shared: [u8; 32] = hex("d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384");
    let key = x_wing::DecapsulationKey::from(seed);
    let (encapsulation, sent) = key.encapsulation_key().encapsulate_deterministic(&randomness.into());
    assert_eq!(sent.as_slice(), shared);
    assert_eq!(key.decapsulate(&encapsulation).as_slice(), shared);
    assert_eq!(
        Sha256::digest(ReceivingKey::from_seed(&seed).public().as_bytes()),
        Sha256::digest(x_wing::KeyExport::to_bytes(key.encapsulation_key()))
    );
}

#[test]
fn opens_for_its_receiver_and_its_context_only() {
    let mut rng = Repeatable(1);
    let (mine, other) = (ReceivingKey::make(&mut rng), ReceivingKey::make(&mut rng));
    let wrapped = wrap(&mine.public(), &[7; 32], b"grant");
    assert_eq!(wrapped.0.len(), 32 + WRAP_OVERHEAD);
    assert_eq!(*unwrap(&mine, &wrapped, b"grant").unwrap(), [7; 32]);
    assert_eq!(unwrap(&mine, &wrapped, b"another grant"), Err(UnwrapError));
    assert_eq!(unwrap(&other, &wrapped, b"grant"), Err(UnwrapError));
    for at in (0..wrapped.0.len()).step_by(23).chain([wrapped.0.len() - 1]) {
        let mut changed = wrapped.clone();
        changed.0[at] ^= 1;
        assert_eq!(unwrap(&mine, &changed, b"grant"), Err(UnwrapError), "byte {at}");
    }
    let mut short = wrapped;
    short.0.truncate(1119);
    assert_eq!(unwrap(&mine, &short, b"grant"), Err(UnwrapError));
}

#[test]
fn who_holds_the_secret_can_make_the_wrap_again() {
    let mut rng = Repeatable(2);
    let (one, two) = (ReceivingKey::make(&mut rng).public(), ReceivingKey::make(&mut rng).public());
    let wrapped = wrap(&one, &[7; 32], b"grant");
    assert_eq!(wrap(&one, &[7; 32], b"grant"), wrapped);
    let encapsulation = |wrapped: zegel_crypto::Wrapped| wrapped.0[..1120].to_vec();
    let all = [
        encapsulation(wrapped),
        encapsulation(wrap(&one, &[8; 32], b"grant")),
        encapsulation(wrap(&one, &[7; 32], b"another")),
        encapsulation(wrap(&two, &[7; 32], b"grant")),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one), "randomness was used twice");
    }
}

#[test]
fn unsound_receiving_keys_are_refused() {
    let public = ReceivingKey::from_seed(&[3; 32]).public();
    assert_eq!(ReceivingPublic::from_canonical(&public.to_canonical()), Ok(public.clone()));
    let mut order_eight: [u8; 32] = hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
    for low in [
        [0; 32],
        {
            let mut one = [0; 32];
            one[0] = 1;
            one
        },
        {
            order_eight[31] |= 0x80;
            order_eight
        },
    ] {
        let mut bytes = *public.as_bytes();
        bytes[RECEIVING_PUBLIC - 32..].copy_from_slice(&low);
        assert_eq!(ReceivingPublic::from_bytes(&bytes), Err(BadKey));
    }
    let mut bytes = *public.as_bytes();
    bytes[..3].fill(0xff);
    assert_eq!(ReceivingPublic::from_bytes(&bytes), Err(BadKey), "a coefficient beyond the modulus");
    assert_eq!(ReceivingPublic::from_bytes(&bytes[1..]), Err(BadKey));
}

fn hex<const N: usize>(text: &str) -> [u8; N] {
    std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
}
