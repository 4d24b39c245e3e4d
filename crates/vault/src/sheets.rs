//! The printed recovery sheets themselves: splitting the organisation's secret, splitting it anew, and telling of one sheet
//! what it is worth.

use zegel_crypto::{
    ReceivingPublic, Seed,
    printed::RecoverySheet,
    rand_core::CryptoRng,
    shamir::{self, Share, share_hash},
};
use zegel_ledger::{Change, GrantId, OrganisationId, Recovery as Named};
use zeroize::Zeroizing;

use crate::{
    Recovery, Vault, VaultError,
    recover::read_sheet,
    view::{PrintedView, SheetView},
    write::Draft,
};

/// What the sheets hold together: the seeds of the organisation's root and of its recovery key, 64 bytes.
pub(crate) fn secret(root: &Seed, recovery: &Seed) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([root.expose().as_slice(), recovery.expose()].concat())
}

/// A secret that was split: what is printed, and what the directory says of it.
pub(crate) struct Split {
    pub(crate) sheets: Vec<String>,
    pub(crate) named: Named,
}

impl Split {
    /// Splits the secret of [`secret`] into `count` sheets, `threshold` of which give it back.
    pub(crate) fn make(
        rng: &mut impl CryptoRng,
        organisation: OrganisationId,
        secret: &[u8],
        receiving: ReceivingPublic,
        (threshold, count): (u8, u8),
    ) -> Result<Self, VaultError> {
        let shares =
            shamir::split(rng, secret, threshold, count).map_err(|error| VaultError::Sheets(error.to_string()))?;
        let mut split = [0; 4];
        split.copy_from_slice(&GrantId::make(rng).0[..4]);
        let sheet = |share: &Share| RecoverySheet::new(organisation.0, split, threshold, share).to_text().to_string();
        let named = Named { receiving, threshold, shares: shares.iter().map(share_hash).collect() };
        Ok(Self { sheets: shares.iter().map(sheet).collect(), named })
    }
}

impl Vault {
    /// What one recovery sheet is worth: whether it is this organisation's, and of the splitting that is in force. Alone it
    /// opens nothing, and it is kept nowhere.
    pub fn check_sheet(&self, text: &str) -> Result<SheetView, VaultError> {
        let sheet = read_sheet(1, text)?;
        if sheet.organisation != self.record.organisation.0 {
            return Err(VaultError::WrongSheets);
        }
        let named = self.directory.recovery().ok_or(VaultError::Waiting)?;
        Ok(SheetView {
            number: sheet.index,
            threshold: sheet.threshold,
            sheets: u8::try_from(named.shares.len()).unwrap_or(u8::MAX),
            in_force: is_in_force(named, &sheet),
        })
    }
}

impl Recovery {
    /// Whether these sheets are of a splitting that was replaced. They open everything all the same.
    pub fn are_outdated(&self) -> bool {
        let named = self.directory.recovery();
        self.sheets.iter().any(|sheet| named.is_none_or(|named| !is_in_force(named, sheet)))
    }

    /// Splits the same secret anew and names the new shares in the directory, which everybody sees. Sheets of two splittings
    /// do not go together, so one that was lost is worth nothing with the new ones; enough of the old ones together still
    /// open everything, so they are to be destroyed.
    pub async fn renew_sheets(&mut self, threshold: u8, count: u8) -> Result<PrintedView, VaultError> {
        let secret = self.secret.clone();
        let receiving = self.key.public();
        let split = Split::make(&mut self.ports.rng(), self.organisation, &secret, receiving, (threshold, count))?;
        let draft = Draft { changes: vec![Change::Recovery(split.named)], ..Draft::default() };
        let log = self.directory.log().clone();
        let entry = self.sign(&log, None, &draft);
        self.directory.admit(&entry)?;
        self.append(&log, entry.clone(), draft).await?;
        self.entries.push(entry);
        Ok(PrintedView { card: String::new(), sheets: split.sheets, threshold })
    }
}

fn is_in_force(named: &Named, sheet: &RecoverySheet) -> bool {
    let place = usize::from(sheet.index).checked_sub(1).and_then(|index| named.shares.get(index));
    place == Some(&share_hash(&sheet.to_share()))
}
