//! Token buckets over the relay's clock: how often anybody, and everybody, may ask.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Buckets that are remembered; beyond that the relay forgets, and with it forgives, all of them.
const MOST: usize = 100_000;

/// A limit for each key and one for all together.
#[derive(Debug)]
pub(crate) struct Rates {
    all: Mutex<Bucket>,
    keys: Mutex<HashMap<[u8; 16], Bucket>>,
    per_second: u32,
    per_second_and_key: u32,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Thousandths of a request, so that a millisecond adds a whole number.
    tokens: u64,
    filled: u64,
}

impl Bucket {
    fn full(per_second: u32, now: u64) -> Self {
        Self { tokens: u64::from(per_second) * 2000, filled: now }
    }

    /// Takes a token, if there is one. A bucket holds what two seconds bring.
    fn take(&mut self, per_second: u32, now: u64) -> bool {
        let brought = now.saturating_sub(self.filled).saturating_mul(u64::from(per_second));
        self.tokens = self.tokens.saturating_add(brought).min(u64::from(per_second) * 2000);
        self.filled = now;
        let left = self.tokens.checked_sub(1000);
        self.tokens = left.unwrap_or(self.tokens);
        left.is_some()
    }
}

impl Rates {
    /// These limits; `now` is in milliseconds.
    pub(crate) fn new(per_second: u32, per_second_and_key: u32, now: u64) -> Self {
        Self { all: Mutex::new(Bucket::full(per_second, now)), keys: Mutex::default(), per_second, per_second_and_key }
    }

    /// Whether anybody may ask now.
    pub(crate) fn admit(&self, now: u64) -> bool {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).take(self.per_second, now)
    }

    /// Whether this key may ask now.
    pub(crate) fn admit_key(&self, key: [u8; 16], now: u64) -> bool {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MOST {
            keys.clear();
        }
        let full = || Bucket::full(self.per_second_and_key, now);
        keys.entry(key).or_insert_with(full).take(self.per_second_and_key, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_ask_again_when_time_has_passed() {
        let rates = Rates::new(1000, 2, 0);
        let key = [7; 16];
        let asked = (0..10).filter(|_| rates.admit_key(key, 0)).count();
        assert_eq!(asked, 4);
        assert!(!rates.admit_key(key, 400));
        assert!(rates.admit_key(key, 1000));
        assert!(rates.admit_key([8; 16], 0), "another key is not held back");
    }
}
