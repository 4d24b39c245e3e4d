//! What opens a vault: devices, key cards, passkeys, recovery sheets.

use serde::{Deserialize, Serialize};

/// One of this person's devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// Its id.
    pub id: String,
    /// What its owner calls it; empty if nothing.
    pub name: String,
    /// Whether it is the one that asks.
    pub this: bool,
    /// Whether it is a visit to somebody else's machine that goes on, or that nobody ended yet.
    pub visit: bool,
    /// Whether a passkey opens the vault there.
    pub passkey: bool,
    /// When it was certified, in seconds since 1970, as it says.
    pub since: u64,
    /// The day it was last used, counted from 1970.
    pub last_day: Option<u64>,
    /// When it was ended, in seconds since 1970, as whoever did it says.
    pub revoked: Option<u64>,
}

/// How far a device is that asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnockView {
    /// The words to compare with those on the known device; none until that one has answered.
    pub words: Vec<String>,
    /// Whether it was let in, so that the passphrase opens the vault here.
    pub let_in: bool,
}

/// How many ways into a person's keyring there are. Card and device take the passphrase as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysInView {
    /// Printed key cards.
    pub cards: usize,
    /// Devices.
    pub devices: usize,
    /// Passkeys, each on one of these devices.
    pub passkeys: usize,
}

/// What a browser is told to ask a passkey for its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyView {
    /// By which the browser finds it.
    pub credential: Vec<u8>,
    /// What its PRF is asked for.
    pub input: [u8; 32],
}

/// What a browser is told to make a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPasskeyView {
    /// For whom, as the authenticator keeps it: random ids of person and device. The next one takes this one's place.
    pub user: Vec<u8>,
    /// What its PRF is asked for.
    pub input: [u8; 32],
}

/// A dossier as the recovery sheets show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoverableView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Members who can read it; nobody, if it is lost without the sheets.
    pub readers: Vec<String>,
}

/// What a recovery sheet is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetView {
    /// Which sheet it is, from 1.
    pub number: u8,
    /// How many sheets of its splitting are needed.
    pub threshold: u8,
    /// How many sheets there are now.
    pub sheets: u8,
    /// Whether it is of the splitting in force; otherwise it was replaced.
    pub in_force: bool,
}

/// A key card that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCardView {
    /// To be printed.
    pub card: String,
    /// Its slot, by which the others are ended once this one is on paper.
    pub slot: String,
}

/// What setting up made, to print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedView {
    /// The key card's lines.
    pub card: String,
    /// Each recovery sheet's lines; none for somebody who joined.
    pub sheets: Vec<String>,
    /// How many sheets open the organisation.
    pub threshold: u8,
}
