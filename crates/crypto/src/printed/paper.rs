//! The two papers: a person's key card and an organisation's recovery sheet.

use zeroize::Zeroizing;

use super::{
    PrintedError,
    text::{self, Kind},
};
use crate::{secret::opaque_debug, shamir::Share, unlock::SlotSecret};

/// A person's key card. With the passphrase it opens their keyring on any machine.
#[derive(Clone)]
pub struct KeyCard {
    /// Whose it is.
    pub person: [u8; 16],
    /// The slot's secret.
    pub secret: SlotSecret,
    /// The account key's fingerprint, checked before anything that the relay says is used.
    pub fingerprint: [u8; 16],
}

/// One of an organisation's recovery sheets.
#[derive(Clone)]
pub struct RecoverySheet {
    /// Whose it is.
    pub organisation: [u8; 16],
    /// Which splitting it belongs to; sheets of two do not mix.
    pub split: [u8; 4],
    /// How many sheets are needed.
    pub threshold: u8,
    /// Which sheet it is, from 1.
    pub index: u8,
    /// The share, as long as the secret: 64 bytes.
    pub share: Vec<u8>,
}

opaque_debug!(KeyCard, RecoverySheet);

const CARD: usize = 64;
const SHARE: usize = 64;
const SHEET: usize = 22 + SHARE;

impl KeyCard {
    /// The card's text: six lines of four groups of five.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut payload = Zeroizing::new([0; CARD]);
        payload[..16].copy_from_slice(&self.person);
        payload[16..48].copy_from_slice(self.secret.expose());
        payload[48..].copy_from_slice(&self.fingerprint);
        text::print(Kind::Card, payload.as_slice())
    }

    /// The card with this text, typed in any case, with or without its spaces.
    pub fn from_text(text: &str) -> Result<Self, PrintedError> {
        let payload = text::read(Kind::Card, CARD, text)?;
        Ok(Self {
            person: part(&payload, 0),
            secret: SlotSecret::from_bytes(part(&payload, 16)),
            fingerprint: part(&payload, 48),
        })
    }
}

impl RecoverySheet {
    /// The sheet for a share of a secret of 64 bytes.
    pub fn new(organisation: [u8; 16], split: [u8; 4], threshold: u8, share: &Share) -> Self {
        Self { organisation, split, threshold, index: share.index, share: share.bytes.clone() }
    }

    /// The sheet's share, to combine.
    pub fn to_share(&self) -> Share {
        Share { index: self.index, bytes: self.share.clone() }
    }

    /// The sheet's text: eight lines of four groups of five. A share of another length than 64 bytes is cut or filled
    /// with zeros, so only shares of such a secret are to be printed.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut payload = Zeroizing::new(Vec::with_capacity(SHEET));
        payload.extend(self.organisation);
        payload.extend(self.split);
        payload.extend([self.threshold, self.index]);
        payload.extend(&self.share);
        payload.resize(SHEET, 0);
        text::print(Kind::Sheet, &payload)
    }

    /// The sheet with this text, typed in any case, with or without its spaces.
    pub fn from_text(text: &str) -> Result<Self, PrintedError> {
        let payload = text::read(Kind::Sheet, SHEET, text)?;
        Ok(Self {
            organisation: part(&payload, 0),
            split: part(&payload, 16),
            threshold: payload[20],
            index: payload[21],
            share: payload[22..].to_vec(),
        })
    }
}

fn part<const N: usize>(payload: &[u8], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&payload[at..at + N]);
    part
}

/// Two groups of a card that its owner is asked to read back, which shows that the card was printed.
pub struct TwoGroups {
    positions: [usize; 2],
    expected: [Zeroizing<Vec<u8>>; 2],
}

opaque_debug!(TwoGroups);

/// Chooses two different groups of `card`, by a random `challenge`.
pub fn two_groups(card: &KeyCard, challenge: u64) -> TwoGroups {
    let text = card.to_text();
    let groups: Vec<&str> = text.split_ascii_whitespace().collect();
    // The first group starts with the version and the kind, the same on every card.
    let choices = groups.len() as u64 - 1;
    let first = challenge % choices;
    let second = (first + 1 + challenge / choices % (choices - 1)) % choices;
    let positions = [1 + first as usize, 1 + second as usize];
    let expected = positions.map(|at| Zeroizing::new(text::normal(groups[at]).unwrap_or_default()));
    TwoGroups { positions: positions.map(|at| at + 1), expected }
}

impl TwoGroups {
    /// Which groups, counted from one, line after line, four in a line.
    pub fn positions(&self) -> [usize; 2] {
        self.positions
    }

    /// Whether these are those groups.
    pub fn check(&self, answers: [&str; 2]) -> bool {
        answers.iter().zip(&self.expected).all(|(answer, expected)| text::normal(answer).as_ref() == Some(&**expected))
    }
}
