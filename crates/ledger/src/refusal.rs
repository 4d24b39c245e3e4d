//! Why an entry or slip is not accepted.

/// A reason to refuse. The same for relay and vault; nothing has changed when one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Bytes that do not decode, or that re-encode differently.
    #[error("the entry is not in the expected form")]
    Malformed,
    /// The signature is not the author's device's.
    #[error("the signature does not belong to the author's device")]
    Signature,
    /// Another log, kind or organisation than this one.
    #[error("the entry belongs to another log")]
    OtherLog,
    /// Not the next number after the head.
    #[error("the entry's number is not the next one")]
    Sequence,
    /// The previous hash is not the head's: two histories.
    #[error("the entry does not follow from the history known here")]
    Fork,
    /// The directory head that was relied on is unknown, or lower than one relied on before.
    #[error("the entry relies on a directory that is not the one known here")]
    DirectoryHead,
    /// The author or device was not in the directory at the head relied on.
    #[error("the author was not a member, or the device not certified, at that time")]
    Author,
    /// The author's grants do not carry the right.
    #[error("the author has no right to make this change")]
    Right,
    /// The first entry does not found, or a later one does.
    #[error("a log begins with one founding change, and only there")]
    Founding,
    /// An epoch that is not the next, or leaves out a living grant.
    #[error("a new epoch must be the next and must be wrapped for everyone who may read")]
    Epoch,
    /// A record or file under an epoch that is no longer, or not yet, in force.
    #[error("the record is under an epoch that is not in force")]
    StaleEpoch,
    /// A version that is not the next one of its record.
    #[error("the record's version is not the next one")]
    Version,
    /// A grant, consent, record, file or half that is named twice or not known.
    #[error("the change names something that is not there, or makes something twice")]
    Reference,
    /// A third party's grant without a living consent or ground.
    #[error("there is no consent or ground for this grant")]
    Consent,
    /// A slip that lies beside the log was left out, or a slip is named that is not there.
    #[error("the entry leaves out a statement that was made beside the log")]
    Slip,
    /// The organisation would be left without a director.
    #[error("an organisation keeps at least one director")]
    LastDirector,
    /// It takes two directors, and no other one has agreed.
    #[error("who directs is changed by two directors together")]
    SecondDirector,
}
