//! Words to say aloud: the code of a link, and the words by which two people compare a key. Ten bits a word, six words.

use core::fmt;
use std::sync::LazyLock;

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Hash, Label, ReceivingKey, SigningKey, derive_secret, labelled, secret, unlock::Stretch};

/// 1024 short words, in order, which differ by ear.
static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("../words.txt").lines().collect());

/// Words in a code.
const COUNT: usize = 6;

/// The code of a link: six words, 60 bits, that go another way than the link.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Code([u16; COUNT]);

secret::opaque_debug!(Code);

/// Why a code was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It has not six words.
    #[error("a code has six words; these are {found}")]
    Count {
        /// How many there are.
        found: usize,
    },
    /// A word, counted from one, is not in the list.
    #[error("word {position} is not one of the words that are used: ask for it again")]
    UnknownWord {
        /// Which word, counted from one.
        position: usize,
    },
}

impl Code {
    /// A new code.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self(indices(&Zeroizing::new(secret::random::<8>(rng))))
    }

    /// The code with these words, in any case, apart by spaces, hyphens, commas or dots.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = Zeroizing::new(text.to_lowercase());
        let words = || text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        let found = words().count();
        if found != COUNT {
            return Err(CodeError::Count { found });
        }
        let mut code = [0; COUNT];
        for (at, (slot, word)) in code.iter_mut().zip(words()).enumerate() {
            let index = WORDS.binary_search(&word).map_err(|_| CodeError::UnknownWord { position: at + 1 })?;
            *slot = u16::try_from(index).map_err(|_| CodeError::UnknownWord { position: at + 1 })?;
        }
        Ok(Self(code))
    }

    /// The words.
    pub fn words(&self) -> [&'static str; COUNT] {
        self.0.map(|index| WORDS[usize::from(index)])
    }

    /// The words, with spaces between them, to say or send.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.words().join(" "))
    }
}

/// The keys of a link, which is a receiver like any other.
pub struct LinkKeys {
    /// To which is wrapped.
    pub receiving: ReceivingKey,
    /// Which signs content.
    pub signing: SigningKey,
    /// Which signs requests.
    pub request: SigningKey,
}

impl fmt::Debug for LinkKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKeys[secret]")
    }
}

/// The keys that a link's secret and its code give together: HKDF over the secret, with Argon2id of the code as salt.
pub fn link_keys(secret: &[u8; 32], code: &Code) -> LinkKeys {
    let mut salt = [0; 16];
    salt.copy_from_slice(&derive_secret(Label::LinkMaster, secret, &[], &"salt")[..16]);
    let Ok(stretched) = Stretch::with_salt(salt).stretch(code.to_text().as_bytes()) else {
        unreachable!("the least that is accepted is accepted");
    };
    keys_of(&derive_secret(Label::LinkMaster, secret, stretched.as_slice(), &"master"))
}

/// The keys of somebody who receives and has keys of their own.
pub struct ReadingKeys {
    /// By which others know them: it vouches for the rest.
    pub account: SigningKey,
    /// What a link has.
    pub link: LinkKeys,
}

impl fmt::Debug for ReadingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadingKeys[secret]")
    }
}

/// The keys that a reading card's secret and a passphrase give together, as a link's and its code's do.
pub fn reading_keys(secret: &[u8; 32], passphrase: &[u8]) -> ReadingKeys {
    let mut salt = [0; 16];
    salt.copy_from_slice(&derive_secret(Label::ReadingMaster, secret, &[], &"salt")[..16]);
    let Ok(stretched) = Stretch::with_salt(salt).stretch(passphrase) else {
        unreachable!("the least that is accepted is accepted");
    };
    let master = derive_secret(Label::ReadingMaster, secret, stretched.as_slice(), &"master");
    let account = SigningKey::from_seed(&derive_secret(Label::ReadingAccount, master.as_slice(), &[], &()));
    ReadingKeys { account, link: keys_of(&master) }
}

fn keys_of(master: &[u8; 32]) -> LinkKeys {
    let key = |label| derive_secret(label, master, &[], &());
    LinkKeys {
        receiving: ReceivingKey::from_seed(&key(Label::LinkReceive)),
        signing: SigningKey::from_seed(&key(Label::LinkSign)),
        request: SigningKey::from_seed(&key(Label::LinkRequest)),
    }
}

/// Six words by which two people compare the same bytes over the telephone.
pub fn verification_words(bytes: &[u8]) -> [&'static str; COUNT] {
    let body: &minicbor::bytes::ByteSlice = bytes.into();
    let hash = Hash::of(&labelled(Label::Words, &body));
    let mut start = [0; 8];
    start.copy_from_slice(&hash.0[..8]);
    indices(&start).map(|index| WORDS[usize::from(index)])
}

/// The upper 60 bits, ten at a time.
fn indices(bytes: &[u8; 8]) -> [u16; COUNT] {
    let bits = u64::from_be_bytes(*bytes);
    core::array::from_fn(|at| (bits >> (54 - 10 * at) & 1023) as u16)
}
