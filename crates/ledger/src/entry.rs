//! Entries: what is signed, how it is chained.

use minicbor::{Decode, Encode};
use zegel_crypto::{Hash, Label, Signature, SigningKey, VerifyingKey, labelled, open_labelled};

use crate::{Change, DeviceId, LogId, PersonId, Refusal};

/// Which of the four logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum LogKind {
    /// The organisation's people, devices and roles.
    #[n(0)]
    Directory,
    /// One client's file.
    #[n(1)]
    Dossier,
    /// What one receiver was given.
    #[n(2)]
    Disclosure,
    /// One person's shelf and own notes.
    #[n(3)]
    Personal,
}

/// The last entry of a log as somebody knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Head {
    /// Its number, from 0.
    #[n(0)]
    pub sequence: u64,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
}

/// What an author's device signs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Commit {
    /// The log this is for.
    #[n(0)]
    pub log: LogId,
    /// The log's kind.
    #[n(1)]
    pub kind: LogKind,
    /// The entry's number, from 0.
    #[n(2)]
    pub sequence: u64,
    /// Hash of the entry before; none in the first.
    #[n(3)]
    pub previous: Option<Hash>,
    /// The author.
    #[n(4)]
    pub author: PersonId,
    /// The author's device, whose key signs.
    #[n(5)]
    pub device: DeviceId,
    /// The directory head the author relied on; none in the directory itself.
    #[n(6)]
    pub directory: Option<Head>,
    /// When the author says it was, in seconds since 1970. Shown, never relied on.
    #[n(7)]
    pub claimed_time: u64,
    /// Hashes of the slips this entry takes note of.
    #[n(8)]
    pub slips: Vec<Hash>,
    /// What changes.
    #[n(9)]
    pub changes: Vec<Change>,
}

/// A signed commit as it is stored and sent. Verify it before believing anything in it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Entry {
    /// The labelled commit, as signed.
    #[cbor(n(0), with = "minicbor::bytes")]
    bytes: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

impl Entry {
    /// Signs a commit.
    pub fn sign(commit: &Commit, key: &SigningKey) -> Self {
        let bytes = labelled(Label::Commit, commit);
        let signature = key.sign_bytes(&bytes);
        Self { bytes, signature }
    }

    /// Hash of what is signed: the entry's name in the chain.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.bytes)
    }

    /// Bytes of the signed part.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Never true of an entry somebody signed.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Reads the commit. Its author is not verified by this: see [`Entry::verify`].
    pub fn commit(&self) -> Result<Commit, Refusal> {
        open_labelled(Label::Commit, &self.bytes).map_err(|_| Refusal::Malformed)
    }

    /// Checks the signature.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), Refusal> {
        if zegel_crypto::sabotage::is("log-signature") {
            return Ok(());
        }
        key.verify_bytes(&self.bytes, &self.signature).map_err(|_| Refusal::Signature)
    }
}
