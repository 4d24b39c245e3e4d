//! Going over who is authorised: once a year a director looks at who holds keys, and says so in the directory.

use zegel_dossier::{Record, ReviewRecord};
use zegel_ledger::{PersonId, RecordId};

use crate::{Vault, VaultError, days, view::ReviewView};

/// For how many days it holds that somebody went over the list.
const HOLDS: u64 = 365;

impl Vault {
    /// Says that this director went over who is authorised, and leaves it so.
    pub async fn sign_review(&mut self) -> Result<(), VaultError> {
        self.pull_own_directory().await?;
        let (record, day) = (RecordId::make(&mut self.ports.rng()), self.dutch_day());
        self.change_directory(None, |vault, draft| {
            if !vault.directory.now().is_director(vault.keys.person) && !zegel_crypto::sabotage::is("review-director") {
                return Err(VaultError::NoRight);
            }
            vault.draft_name(draft, record, &Record::Review(ReviewRecord { day }))
        })
        .await?;
        self.learn_names().await
    }

    /// Notes what a director said. A day that has yet to come, on any clock, would put off the next one.
    pub(crate) fn note_review(&mut self, day: u64, by: PersonId) {
        if day <= self.dutch_day() + 1 {
            self.reviewed = self.reviewed.max(Some((day, by)));
        }
    }

    /// Who last said so.
    pub(crate) fn last_review(&self) -> Option<ReviewView> {
        self.reviewed.map(|(day, by)| ReviewView { by: self.name_of(by), day })
    }

    /// Whether it is a year since somebody did, or since the organisation began.
    pub(crate) fn review_due(&self) -> Result<bool, VaultError> {
        let began = match self.directory_entries.first() {
            Some(first) => days::of(first.commit()?.claimed_time),
            None => self.dutch_day(),
        };
        let last = self.reviewed.map_or(began, |(day, _)| day);
        Ok(self.directory.now().is_director(self.keys.person) && last.saturating_add(HOLDS) <= self.dutch_day())
    }

    fn dutch_day(&self) -> u64 {
        days::of(self.ports.clock.now())
    }
}
