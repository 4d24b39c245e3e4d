//! Breaking the glass: a director opens a dossier that they do not read, at once, where the policy has it. Who does so says why, in
//! the dossier itself, where colleagues and the client read it.

use zegel_dossier::{CompartmentKind, ReasonRecord, Record};
use zegel_ledger::{Change, GrantId, LogId, RecordId};

use crate::{
    Vault, VaultError,
    book::Book,
    dormant::{Closed, DormantLine, lines, reference},
    dossiers::id,
    view::ClosedView,
    write::Draft,
};

/// The longest reason, in bytes.
const REASON_BYTES: usize = 4 << 10;

impl Vault {
    /// The dossiers that are closed to this director and that they may open, those that changed last first.
    pub fn closed_dossiers(&self) -> Vec<ClosedView> {
        let now = self.relay_time();
        let mut list: Vec<ClosedView> = self
            .closed
            .iter()
            .filter(|(_, closed)| self.glass(closed).is_some())
            .map(|(log, closed)| ClosedView {
                id: log.to_string(),
                reference: reference(*log),
                readers: closed.read_at(now).into_iter().map(|person| self.name_of(person)).collect(),
                since: closed.since,
                changed: closed.changed,
            })
            .collect();
        list.sort_by(|one, next| (next.changed, &one.reference).cmp(&(one.changed, &next.reference)));
        list
    }

    fn glass(&self, closed: &Closed) -> Option<GrantId> {
        closed.dormant.iter().find(|line| line.is_glass_of(self.keys.person)).map(|line| line.grant)
    }

    /// Opens a dossier that is closed to this director, and says why. Everybody who reads it is told, the client included.
    pub async fn break_glass(&mut self, dossier: &str, reason: &str) -> Result<(), VaultError> {
        let log: LogId = id(dossier)?;
        let reason = reason.trim();
        if reason.is_empty() && !zegel_crypto::sabotage::is("glass-reason") {
            return Err(VaultError::ReasonMissing);
        }
        if reason.len() > REASON_BYTES {
            return Err(VaultError::TooLarge);
        }
        if let Some(grant) = self.closed.get(&log).and_then(|closed| self.glass(closed)) {
            if !self.breaks_glass() {
                return Err(VaultError::NoBreakGlass);
            }
            self.post_claims(log, &[grant]).await?;
        }
        self.dossier_id(dossier)?;
        let text = reason.to_owned();
        let place = RecordId::make(&mut self.ports.rng());
        let said = self.change(log, |vault, book, draft| {
            // Also where an earlier attempt was cut off before the reason was there.
            let silent = |line: &&DormantLine| {
                line.is_glass_of(vault.keys.person) && line.claimed.is_some() && line.reason.is_none()
            };
            match lines(&book.log).iter().find(silent).map(|line| line.grant) {
                Some(grant) => {
                    let content = Record::Reason(ReasonRecord { grant, text: text.clone() });
                    vault.draft_reason(draft, book, grant, place, &content)
                }
                None => Err(VaultError::NotFound),
            }
        });
        said.await.map_err(VaultError::from)?;
        self.note_claims();
        Ok(())
    }

    fn draft_reason(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        grant: GrantId,
        record: RecordId,
        content: &Record,
    ) -> Result<(), VaultError> {
        let at = book.current(CompartmentKind::Trail)?;
        self.draft_record(draft, book, at, record, content)?;
        // The one change that takes no right to write.
        if let Some(Change::Put(put)) = draft.changes.pop() {
            draft.changes.push(Change::Reason(grant, put));
        }
        Ok(())
    }
}
