//! Slips: statements that need no head. Made beside a log, acted upon at once, taken note of by the next entry.

use minicbor::{Decode, Encode};
use zegel_crypto::{Hash, Label, ReceivingPublic, Signature, SigningKey, VerifyingKey, labelled, open_labelled};

use crate::{BeaconTag, ConsentId, DeviceId, GrantId, Head, LogId, PersonId, Refusal};

/// What a slip says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Statement {
    /// This consent ends now.
    #[n(0)]
    Withdraw(#[n(0)] ConsentId),
    /// This grant ends now.
    #[n(1)]
    Revoke(#[n(0)] GrantId),
    /// The author opened the log on this day (days since 1970).
    #[n(2)]
    Opened(#[n(0)] u32),
    /// A newcomer's own keys, posted with a link's key.
    #[n(3)]
    Register {
        /// The person they will be.
        #[n(0)]
        person: PersonId,
        /// Will certify their devices.
        #[n(1)]
        account: VerifyingKey,
        /// Keys will be wrapped to this, 1,216 bytes.
        #[n(2)]
        receiving: ReceivingPublic,
        /// Their first device.
        #[n(3)]
        device: DeviceId,
        /// Signs that device's entries.
        #[n(4)]
        signing: VerifyingKey,
        /// Signs that device's requests.
        #[n(5)]
        request: VerifyingKey,
        /// The account key's signature over the device.
        #[n(6)]
        certificate: Signature,
        /// What they say of themselves (their name), wrapped so that only the inviter opens it; a blob in the slip.
        #[cbor(n(7), with = "minicbor::bytes")]
        introduction: Vec<u8>,
    },
    /// The heads this device knows on this day (days since 1970), of logs that only their readers recognise.
    #[n(4)]
    Beacon(#[n(0)] u32, #[n(1)] Vec<(BeaconTag, Head)>),
    /// The author, whom this grant's gate names, claims it at this time, in seconds since 1970. The relay takes the time only
    /// where it is the present.
    #[n(5)]
    Claim(#[n(0)] GrantId, #[n(1)] u64),
}

/// A statement with its author.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Slip {
    /// Beside which log.
    #[n(0)]
    pub log: LogId,
    /// Who says it: a member, or a link by its id.
    #[n(1)]
    pub author: PersonId,
    /// With which device; none for a link.
    #[n(2)]
    pub device: Option<DeviceId>,
    /// What.
    #[n(3)]
    pub statement: Statement,
}

/// A slip as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SignedSlip {
    #[cbor(n(0), with = "minicbor::bytes")]
    bytes: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

impl SignedSlip {
    /// Signs a slip.
    pub fn sign(slip: &Slip, key: &SigningKey) -> Self {
        let bytes = labelled(Label::Slip, slip);
        let signature = key.sign_bytes(&bytes);
        Self { bytes, signature }
    }

    /// What the next entry names it by.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.bytes)
    }

    /// Reads the slip. Its author is not verified by this.
    pub fn slip(&self) -> Result<Slip, Refusal> {
        open_labelled(Label::Slip, &self.bytes).map_err(|_| Refusal::Malformed)
    }

    /// Checks the signature.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), Refusal> {
        key.verify_bytes(&self.bytes, &self.signature).map_err(|_| Refusal::Signature)
    }
}
