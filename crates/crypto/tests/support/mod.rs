//! What the tests here share.

#![allow(dead_code, reason = "not every test needs both generators")]

use std::convert::Infallible;

use sha2::{Digest, Sha256};
use zegel_crypto::rand_core::{TryCryptoRng, TryRng};

/// A generator that repeats itself from run to run.
pub(crate) struct Repeatable(pub(crate) u64);

/// A generator that always gives the same byte.
pub(crate) struct Stuck;

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for block in out.chunks_mut(32) {
            block.copy_from_slice(&Sha256::digest(self.0.to_le_bytes())[..block.len()]);
            self.0 += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

impl TryRng for Stuck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0x0707_0707)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0x0707_0707_0707_0707)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}
