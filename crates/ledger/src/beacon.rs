//! Beacons: once a day a member's device says which heads it knows, so that a relay that shows people different things
//! gives itself away. They lie beside the directory. No entry takes note of them: they change nothing that could be left
//! out, and there are more of them than of anything else.

use minicbor::{Decode, Encode};
use zegel_crypto::{Hash, Label, labelled};

use crate::{DeviceId, Directory, Head, LogId, PersonId, Refusal, SignedSlip, Statement};

/// A log in one beacon. Whoever knows the log's id recognises it; to everybody else each beacon names other things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct BeaconTag(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

impl BeaconTag {
    /// What a device calls a log on a day (days since 1970).
    pub fn of(log: LogId, device: DeviceId, day: u32) -> Self {
        let Hash(hash) = Hash::of(&labelled(Label::BeaconTag, &(log, device, day)));
        let mut tag = [0; 16];
        tag.copy_from_slice(&hash[..16]);
        Self(tag)
    }
}

/// What a member's device said it knew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beacon {
    /// Whose device.
    pub author: PersonId,
    /// Which.
    pub device: DeviceId,
    /// On which day (days since 1970).
    pub day: u32,
    /// What it knew, by what it calls each log.
    pub heads: Vec<(BeaconTag, Head)>,
}

impl Beacon {
    /// Reads a beacon and believes it: it lies beside this directory, and a living device of its author signed it.
    pub fn read(signed: &SignedSlip, directory: &Directory) -> Result<Self, Refusal> {
        let slip = signed.slip()?;
        if slip.log != directory.organisation() {
            return Err(Refusal::OtherLog);
        }
        let (Statement::Beacon(day, heads), Some(device)) = (slip.statement, slip.device) else {
            return Err(Refusal::Right);
        };
        let certified = directory.now().device(slip.author, device).ok_or(Refusal::Author)?;
        if !zegel_crypto::sabotage::is("beacon-signature") {
            signed.verify(&certified.signing)?;
        }
        Ok(Self { author: slip.author, device, day, heads })
    }
}
