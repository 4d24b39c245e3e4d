//! Own notes (*werkaantekeningen*): what somebody writes about a dossier for themselves alone. They lie in the person's own log,
//! sealed once more under the notes root and the dossier's life half, so that they end with the dossier. Nothing wraps that
//! key for anybody: no colleague, no client, no recovery sheet. Whether there are any is for the policy to say.

use minicbor::{Decode, Encode};
use zegel_crypto::Canonical as _;
use zegel_dossier::{OwnNoteRecord, Record};
use zegel_ledger::{LogId, RecordId};

use crate::{
    Vault, VaultError,
    dossiers::{OWN_NOTE, id},
    policy::day,
    shelf::open_shelf,
    view::{OwnNoteView, SavedView},
};

/// What the inner seal of a note is for.
const NOTE: &str = "own-note";

/// The longest note, in bytes.
const NOTE_BYTES: usize = 48 << 10;

/// A note, inside.
#[derive(Encode, Decode)]
#[cbor(array)]
struct OwnNote {
    #[n(0)]
    text: String,
    /// When it was written, in seconds since 1970.
    #[n(1)]
    written: u64,
}

impl Vault {
    /// This person's own notes about a dossier, newest first. Refused where the policy has none.
    pub async fn own_notes(&mut self, dossier: &str) -> Result<Vec<OwnNoteView>, VaultError> {
        let log = self.dossier_id(dossier)?;
        self.need_own_notes(log).await?;
        let personal = self.personal_log();
        if !self.heads.contains_key(&personal) {
            return Ok(Vec::new());
        }
        let book = self.book(personal).await?.clone();
        self.need_halves(&[&book]).await?;
        // A slot has the id of its log, and what is said of a device that device's.
        let other = |record: &RecordId| {
            self.slots.contains_key(&LogId(record.0)) || self.directory.devices().any(|(id, _)| id.0 == record.0)
        };
        let records: Vec<RecordId> = book.log.records().map(|(id, _)| id).filter(|id| !other(id)).collect();
        let mut notes = Vec::new();
        for record in records {
            let opened = match self.record(&book, record).await {
                Ok(Record::OwnNote(note)) if note.log == log => self.open_note(&note).await,
                Ok(_) => continue,
                Err(error) => Err(error),
            };
            match opened {
                Ok(Some(OwnNote { text, written })) => {
                    notes.push(OwnNoteView { id: record.to_string(), text, written });
                }
                Ok(None) => {}
                Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
                // One that does not open keeps nobody from the others.
                Err(error) => {
                    if let Some(state) = book.log.record(record) {
                        self.note_unreadable(&book, state, &error);
                    }
                }
            }
        }
        notes.sort_by_key(|note| core::cmp::Reverse(note.written));
        Ok(notes)
    }

    /// Writes a note about a dossier, or another text in the place of one. Gives its id.
    pub async fn write_own_note(
        &mut self,
        dossier: &str,
        note: Option<&str>,
        text: &str,
    ) -> Result<String, VaultError> {
        if text.trim().is_empty() {
            return Err(VaultError::BadText("text"));
        }
        let log = self.dossier_id(dossier)?;
        self.need_own_notes(log).await?;
        let record = match note {
            Some(note) => self.note_of(dossier, note).await?.0,
            None => RecordId::make(&mut self.ports.rng()),
        };
        if text.len() > NOTE_BYTES {
            return Err(VaultError::TooLarge);
        }
        let note = OwnNote { text: text.to_owned(), written: self.ports.clock.now() };
        self.put_note(log, record, note.to_canonical()).await?;
        self.discard_draft(dossier, Some(OWN_NOTE)).await?;
        Ok(record.to_string())
    }

    /// Takes a note away. What it said is overwritten in the person's own log; an older backup of the relay may hold it, sealed.
    pub async fn remove_own_note(&mut self, dossier: &str, note: &str) -> Result<(), VaultError> {
        let (record, _) = self.note_of(dossier, note).await?;
        self.put_note(self.dossier_id(dossier)?, record, Vec::new()).await
    }

    /// Puts a dated copy of a note into the dossier, as a report that everybody reads who reads reports. The note stays.
    pub async fn promote_own_note(&mut self, dossier: &str, note: &str, title: &str) -> Result<SavedView, VaultError> {
        let (_, note) = self.note_of(dossier, note).await?;
        let day = day(note.written).to_string();
        self.save_report(dossier, None, 0, title, &note.text, &day).await
    }

    async fn note_of(&mut self, dossier: &str, note: &str) -> Result<(RecordId, OwnNoteView), VaultError> {
        let record: RecordId = id(note)?;
        let found = self.own_notes(dossier).await?.into_iter().find(|known| known.id == record.to_string());
        Ok((record, found.ok_or(VaultError::NotFound)?))
    }

    async fn need_own_notes(&mut self, log: LogId) -> Result<(), VaultError> {
        let dossier_type = self.book(log).await?.kinds.dossier_type.clone();
        let allowed = self.dossier_rules(dossier_type.as_deref())?.own_notes;
        if allowed || zegel_crypto::sabotage::is("own-notes-policy") { Ok(()) } else { Err(VaultError::NoOwnNotes) }
    }

    async fn put_note(&mut self, log: LogId, record: RecordId, plaintext: Vec<u8>) -> Result<(), VaultError> {
        let life = self.book(log).await?.log.founding().ok_or(VaultError::NotFound)?.life;
        self.fetch_halves(vec![(log, life)]).await?;
        let sealed = self.seal_shelf(NOTE, log, life, plaintext).ok_or(VaultError::NoRight)?;
        self.write_personal(&[(record, Record::OwnNote(OwnNoteRecord { log, life, sealed }))]).await
    }

    /// None where the note was taken away, or its dossier has ended.
    async fn open_note(&mut self, note: &OwnNoteRecord) -> Result<Option<OwnNote>, VaultError> {
        self.fetch_halves(vec![(note.log, note.life)]).await?;
        let Some(key) = self.shelf_key(note.log, note.life) else { return Ok(None) };
        let opened = open_shelf(&key, NOTE, self.record.organisation, note.log, &note.sealed)?;
        if opened.is_empty() {
            return Ok(None);
        }
        OwnNote::from_canonical(&opened).map(Some).map_err(|_| VaultError::Unreadable)
    }
}
