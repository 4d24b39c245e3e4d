//! What the formats of suite 1 give, byte for byte, in `vectors/suite-1.json`. That file only grows: a line that
//! changes means that what was sealed, signed or printed before is no longer understood.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;

use support::Repeatable;
use zegel_crypto::{
    Canonical, Half, Hash, Label, ReceivingKey, Seed, SigningKey, blob_name, derive_key, labelled,
    pad::{RECORD_FLOOR, pad},
    printed::{Code, KeyCard, Knock, Link, ReadingCard, RecoverySheet, link_keys, reading_keys, verification_words},
    recovery_receiving, root_signing,
    seal::{CHUNK, Salt, make_salt, seal},
    shamir,
    unlock::{PasskeyPlace, SlotKind, SlotSecret, Stretch, make_keyring, seal_keyring},
    wrap,
};

/// Everything is computed from fixed input; long results are hashed.
fn computed() -> BTreeMap<&'static str, String> {
    let (seed, half) = (Seed::from_bytes([1; 32]), Half::from_bytes([2; 32]));
    let key = derive_key(Label::CompartmentKey, &seed, &half, &("context", 3u8));
    let salt = Salt([4; 24]);
    let context = labelled(Label::RecordContext, &("organisation", 5u8));
    let signing = SigningKey::from_seed(&[6; 32]);
    let receiving = ReceivingKey::from_seed(&[7; 32]).public();
    let slot = SlotSecret::from_bytes([8; 32]);
    let shares = shamir::split(&mut Repeatable(9), &[10; 64], 2, 3).unwrap();
    let card = KeyCard { person: [11; 16], secret: slot.clone(), fingerprint: [12; 16] };
    let link = Link { id: [13; 16], secret: [14; 32], fingerprint: [15; 16] };
    let reading = ReadingCard { id: [36; 16], secret: [37; 32], fingerprint: [38; 16] };
    let code = Code::make(&mut Repeatable(16));
    let passkey = PasskeyPlace { organisation: [31; 16], person: [11; 16], device: [32; 16] };
    let of = |bytes: &[u8]| Hash::of(bytes).to_string();
    let mut all = BTreeMap::from([
        ("blob_name_of_three_pieces", blob_name(&vec![17; (2 << 20) + 1]).to_string()),
        ("code_as_six_words", code.to_text().to_string()),
        ("key_card_text", card.to_text().to_string()),
        ("key_commitment", key.commitment().to_string()),
        ("labelled_form", hex(&context)),
        ("link_fragment", link.to_fragment().to_string()),
        ("knock_text", Knock { id: Knock::id_of(&[34; 32]), fingerprint: [35; 16] }.to_text()),
        ("padded_record", of(&pad(vec![18; 1500], RECORD_FLOOR))),
        ("passkey_input", hex(&passkey.input())),
        ("passkey_slot_offer", of(&passkey.offer([26; 16], &passkey.secret(&[33; 32], &slot)).to_canonical())),
        ("reading_card_fragment", reading.to_fragment().to_string()),
        ("receiving_key_hash", receiving.hash().to_string()),
        ("recovery_receiving_key_hash", recovery_receiving(&seed).public().hash().to_string()),
        ("recovery_sheet_text", RecoverySheet::new([19; 16], [20; 4], 2, &shares[1]).to_text().to_string()),
        ("root_verifying_key", hex(root_signing(&seed).verifying().as_bytes())),
        ("salt_hedged", hex(&make_salt(&mut Repeatable(21), b"state", 22, b"object", Some(Hash([23; 32]))).0)),
        ("seal_of_two_chunks", of(&seal(&key, &salt, &context, &vec![24; CHUNK + 1]))),
        ("seal_of_nothing", hex(&seal(&key, &salt, &context, &[]))),
        ("seed_commitment", seed.commitment().to_string()),
        ("share_hash", shamir::share_hash(&shares[2]).to_string()),
        ("signature_of_a_commit", hex(&signing.sign(Label::Commit, &25u8).0)),
        ("slot_offer_of_a_card", of(&slot.offer([26; 16], SlotKind::Card).to_canonical())),
        ("verification_words", verification_words(b"a key").join(" ")),
        ("verifying_key_fingerprint", hex(&signing.verifying().fingerprint())),
        ("wrap_of_a_seed", of(&wrap(&receiving, seed.expose(), b"context").0)),
    ]);
    // The floor of Argon2id is part of these, and the feature lowers it.
    if !cfg!(feature = "cheap-stretch") {
        let mut rng = Repeatable(27);
        let keyring = make_keyring(&mut rng, [28; 16], Hash([29; 32]));
        let slots = [slot.offer([26; 16], SlotKind::Card)];
        let stretch = Stretch::with_salt([30; 16]);
        let (sealed, _) = seal_keyring(&mut rng, &keyring, b"passphrase", stretch, &slots, 1).unwrap();
        all.insert("keyring_sealed", sealed.hash().to_string());
        all.insert("link_signing_key", hex(link_keys(&link.secret, &code).signing.verifying().as_bytes()));
        let reading = reading_keys(&reading.secret, b"passphrase");
        all.insert("reading_account_key", hex(reading.account.verifying().as_bytes()));
        all.insert("reading_signing_key", hex(reading.link.signing.verifying().as_bytes()));
    }
    all
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn suite_1_gives_what_it_gave() {
    let file = include_str!("../vectors/suite-1.json");
    let known: BTreeMap<String, String> = serde_json::from_str(file).unwrap();
    let computed = computed();
    for (name, value) in &computed {
        assert_eq!(known.get(*name), Some(value), "{name}; all: {}", serde_json::to_string(&computed).unwrap());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
