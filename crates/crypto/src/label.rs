//! The one registry of labels. A label says what bytes are *for*; no two uses share one, so nothing that was signed,
//! hashed, bound or derived for one purpose can be offered for another.

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What a labelled form is for. Listed in `docs/protocol.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Label { $($(#[$doc])* $name,)* }

        impl Label {
            /// Every label there is, for the test that proves them unique and prefix-free.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The text that enters the encoding.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

labels! {
    /// An entry of a log: what a device signs.
    Commit = "zegel/commit";
    /// A slip beside a log: what a device signs.
    Slip = "zegel/slip";
    /// What a log is called in a beacon.
    BeaconTag = "zegel/beacon";
    /// A device certified by its person's account key.
    DeviceCertificate = "zegel/device-certificate";
    /// Hash of a change that two directors make together.
    Agreement = "zegel/agreement";
    /// The list of a person's unlock slots, signed by the account key.
    Keyring = "zegel/keyring/list";
    /// Hash of one generation of a keyring.
    KeyringHash = "zegel/keyring/hash";
    /// Seal context of a keyring's content.
    KeyringContext = "zegel/keyring/content";
    /// HKDF info: keyring key from stretched passphrase and M.
    KeyringKey = "zegel/keyring/key";
    /// HPKE info of a slot's wrap of M.
    SlotWrap = "zegel/slot/wrap";
    /// HKDF info: a slot's receiving key from its secret.
    SlotReceive = "zegel/slot/receive";
    /// HKDF info: the request key of a key card from its secret.
    SlotRequest = "zegel/slot/request";
    /// What a passkey's PRF is asked for.
    PasskeyInput = "zegel/passkey/input";
    /// HKDF info: the secret of a passkey's slot.
    PasskeySlot = "zegel/passkey/slot";
    /// HKDF info: a compartment's key from seed and relay half.
    CompartmentKey = "zegel/key/compartment";
    /// HKDF info: a file's key from seed and relay half.
    FileKey = "zegel/key/file";
    /// HKDF info: a shelf slot's key from the notes root and a life half.
    ShelfKey = "zegel/key/shelf";
    /// HKDF info: the key of what a device keeps at rest.
    LocalKey = "zegel/key/local";
    /// Commitment to a seed.
    SeedCommitment = "zegel/seed/commitment";
    /// Commitment to a derived key.
    KeyCommitment = "zegel/key/commitment";
    /// Seal context of a record.
    RecordContext = "zegel/context/record";
    /// Seal context of a file.
    FileContext = "zegel/context/file";
    /// Seal context of a shelf slot.
    ShelfContext = "zegel/context/shelf";
    /// Seal context of what a device keeps at rest.
    LocalContext = "zegel/context/local";
    /// Name of a blob.
    Blob = "zegel/blob";
    /// HPKE info of a wrap.
    Wrap = "zegel/wrap/info";
    /// HPKE associated data of a wrap.
    WrapContext = "zegel/wrap/context";
    /// HKDF info: the randomness of a wrap's encapsulation.
    WrapRandomness = "zegel/wrap/randomness";
    /// Hash of a bundle's list, without its seeds.
    BundleList = "zegel/bundle";
    /// Hash of a grant.
    Grant = "zegel/grant";
    /// Hash of a receiving key.
    ReceivingKey = "zegel/receiver";
    /// Hedged salt of a seal.
    Salt = "zegel/salt";
    /// HKDF info: a link's master from its secret and its code.
    LinkMaster = "zegel/link/master";
    /// HKDF info: a link's receiving key.
    LinkReceive = "zegel/link/receive";
    /// HKDF info: a link's signing key.
    LinkSign = "zegel/link/sign";
    /// HKDF info: a link's request key.
    LinkRequest = "zegel/link/request";
    /// What a link's fingerprint is a hash of.
    LinkFingerprint = "zegel/link/fingerprint";
    /// HKDF info: a reading card's master from its secret and its passphrase.
    ReadingMaster = "zegel/reading/master";
    /// HKDF info: a reading card's account key.
    ReadingAccount = "zegel/reading/account";
    /// What a reading card's fingerprint is a hash of.
    ReadingFingerprint = "zegel/reading/fingerprint";
    /// What an account key's fingerprint is a hash of.
    AccountFingerprint = "zegel/account/fingerprint";
    /// Hash of one recovery share.
    RecoveryShare = "zegel/recovery/share";
    /// HKDF info: the recovery receiving key from its seed.
    RecoveryReceive = "zegel/recovery/receive";
    /// HKDF info: the organisation's root signing key from its seed.
    RootSign = "zegel/root/sign";
    /// Spoken verification words of a key.
    Words = "zegel/words";
    /// HKDF info: under which name a new device waits at the relay, from its token.
    KnockId = "zegel/knock/id";
    /// Hash of the keys that a new device asks with.
    KnockRequest = "zegel/knock/request";
    /// Hash of what a known device is about to hand over.
    KnockPromise = "zegel/knock/promise";
    /// Associated data of what it hands over.
    KnockHandover = "zegel/knock/handover";
    /// Words by which a known device and a new one are compared.
    KnockWords = "zegel/knock/words";
    /// Associated data of what a newcomer says of themselves.
    Introduction = "zegel/introduction";
    /// What a keyring's anchor is a hash of: organisation and root key.
    Anchor = "zegel/anchor";
    /// What a member signs of a confidentiality pledge: its hash.
    Pledge = "zegel/pledge";
    /// A text that a person signs with their device, for others to check.
    Statement = "zegel/statement";
    /// What a member who leaves signs of the acknowledgement: its hash.
    Farewell = "zegel/farewell";
    /// HKDF info: the id of a person's own log.
    PersonalLog = "zegel/personal/log";
    /// HKDF info: the seed of a compartment of a person's own log.
    PersonalSeed = "zegel/personal/seed";
    /// The relay's challenge over a minute.
    Challenge = "zegel/challenge";
}
