//! A person's own notes about a dossier.

use serde_json::json;
use zegel_vault::{Vault, view::OwnNoteView};

use crate::{
    arguments::NoteVerb,
    dossiers::read_text,
    failure::Failure,
    output::{Output, day, shown_text},
};

/// Runs `zegel note`.
pub(crate) async fn note(vault: &mut Vault, output: Output, verb: &NoteVerb) -> Result<(), Failure> {
    match verb {
        NoteVerb::Add { dossier, file, instead_of } => {
            let note = vault.write_own_note(dossier, instead_of.as_deref(), &read_text(file)?).await?;
            output.result(&json!({ "id": note }), || vec![note.clone()])
        }
        NoteVerb::List { dossier } => {
            let notes = vault.own_notes(dossier).await?;
            output.result(&notes, || notes.iter().flat_map(lines).collect())
        }
        NoteVerb::Remove { dossier, note } => {
            vault.remove_own_note(dossier, note).await?;
            output.result(&json!({ "id": note }), || vec!["Removed.".to_owned()])
        }
        NoteVerb::Promote { dossier, note, title } => {
            let saved = vault.promote_own_note(dossier, note, title).await?;
            output.note("Everybody who reads the dossier's reports can read this now. Your note is still there.");
            output.result(&json!({ "id": saved.item, "waiting": saved.waiting }), || vec![saved.item.clone()])
        }
    }
}

fn lines(note: &OwnNoteView) -> Vec<String> {
    vec![format!("{}  {}", note.id, day(note.written)), shown_text(&note.text), String::new()]
}
