//! Files into a dossier and out of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;
use zegel_vault::{
    Inbox, NewDocument, Vault, VaultError,
    native::{PathSink, PathSource},
    ports::{FileError, FileSink as _},
    safe_name,
    view::{DisclosureView, ItemKind, ItemView},
};

use crate::{
    arguments::{Add, Get},
    failure::Failure,
    import::is_about_one,
    output::{Output, shown},
    tree::{Found, Skipped, Tree, file_name, media_type},
};

/// What `zegel add` did.
#[derive(Default, Serialize)]
struct Added {
    items: Vec<AddedItem>,
    skipped: Vec<Skipped>,
    failed: Vec<Skipped>,
}

#[derive(Serialize)]
struct AddedItem {
    id: String,
    path: PathBuf,
}

/// Runs `zegel add`.
pub(crate) async fn add(vault: &mut Vault, output: Output, arguments: &Add) -> Result<(), Failure> {
    // A wrong id is told before the first file is read.
    vault.dossier(&arguments.dossier).await?;
    let mut added = Added::default();
    for path in &arguments.paths {
        let tree = if path.is_dir() { folder(path) } else { single(path) };
        for entry in &tree.skipped {
            output.note(&format!("Skipped {}: {}.", shown(&entry.path.to_string_lossy()), entry.reason));
        }
        added.skipped.extend(tree.skipped);
        for entry in tree.failed {
            output.note(&format!("{} {}.", shown(&entry.path.to_string_lossy()), entry.reason));
            added.failed.push(entry);
        }
        for found in tree.files {
            match add_one(vault, &arguments.dossier, &found, output).await {
                Ok(id) => {
                    output.line(&id)?;
                    added.items.push(AddedItem { id, path: found.path });
                }
                Err(error) if is_about_one(&error) => {
                    let failure = named(&found.path, error);
                    output.failure(&failure);
                    let reason = failure.sentences().unwrap_or_default();
                    added.failed.push(Skipped { path: found.path, reason });
                }
                Err(error) => return Err(named(&found.path, error)),
            }
        }
    }
    output.result(&added, Vec::new)?;
    if added.failed.is_empty() { Ok(()) } else { Err(Failure::Partly) }
}

/// Seals one file into a dossier and gives the item's id.
pub(crate) async fn add_one(
    vault: &mut Vault,
    dossier: &str,
    found: &Found,
    output: Output,
) -> Result<String, VaultError> {
    let mut source = PathSource::open(&found.path)?;
    let document = NewDocument { name: &found.name, media_type: media_type(&found.name), folder: &found.folder };
    vault.add_file(dossier, document, &mut source, &output.progress(&found.name)).await
}

/// A file that was named itself: whatever it is called, and wherever a link leads.
fn single(path: &Path) -> Tree {
    let found = Found { path: path.to_owned(), name: file_name(path), folder: String::new(), size: 0 };
    Tree { files: vec![found], ..Tree::default() }
}

/// A folder that was named: its own name goes before those within.
fn folder(path: &Path) -> Tree {
    let mut tree = Tree::walk(path);
    let name = fs::canonicalize(path).map_or_else(|_| file_name(path), |whole| file_name(&whole));
    for found in &mut tree.files {
        found.folder = if found.folder.is_empty() { name.clone() } else { format!("{name}/{}", found.folder) };
    }
    tree
}

/// An error about a file that has a name.
pub(crate) fn named(path: &Path, error: VaultError) -> Failure {
    match error {
        VaultError::File(error) => Failure::file(path, error),
        other => Failure::Vault(other),
    }
}

/// Runs `zegel get`.
pub(crate) async fn get(vault: &mut Vault, output: Output, arguments: &Get) -> Result<(), Failure> {
    let view = vault.dossier(&arguments.dossier).await?;
    let item = view.items.iter().find(|item| item.id == arguments.item.trim()).ok_or(VaultError::NotFound)?;
    let path = if arguments.out.is_dir() { arguments.out.join(name_of(item)) } else { arguments.out.clone() };
    let mut sink = PathSink::create(&path, arguments.overwrite).map_err(|error| Failure::file(&path, error))?;
    match &item.kind {
        ItemKind::Report { text, .. } => sink.write(text.as_bytes()).await.map_err(VaultError::from),
        ItemKind::Document { name, .. } => {
            vault.read_file(&arguments.dossier, &item.id, &mut sink, &output.progress(name)).await
        }
    }
    .map_err(|error| named(&path, error))?;
    sink.finish().map_err(|error| Failure::file(&path, error))?;
    output.result(&serde_json::json!({ "path": path }), || vec![shown(&path.to_string_lossy())])
}

/// Writes everything that was disclosed into a folder, beside what is there.
pub(crate) async fn write_all(
    inbox: &mut Inbox,
    view: &DisclosureView,
    folder: &Path,
    output: Output,
) -> Result<Vec<PathBuf>, Failure> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let mut written = Vec::new();
    for item in &view.items {
        let path = free(folder, &name_of(item));
        let mut sink = PathSink::create(&path, false).map_err(|error| Failure::file(&path, error))?;
        match &item.kind {
            ItemKind::Report { text, .. } => sink.write(text.as_bytes()).await.map_err(VaultError::from),
            ItemKind::Document { name, .. } => inbox.read_file(&item.id, &mut sink, &output.progress(name)).await,
        }
        .map_err(|error| named(&path, error))?;
        sink.finish().map_err(|error| Failure::file(&path, error))?;
        written.push(path);
    }
    Ok(written)
}

/// The name under which an item is saved. Whoever made the item chose it, so it is made safe here too: a name cannot lead
/// out of the folder.
pub(crate) fn name_of(item: &ItemView) -> String {
    match &item.kind {
        ItemKind::Document { name, .. } => safe_name(name),
        ItemKind::Report { day, .. } => safe_name(&format!("{day} {}.txt", item.title.replace(['/', '\\'], "-"))),
    }
}

/// A name in the folder that is still free: with a number, if need be.
fn free(folder: &Path, name: &str) -> PathBuf {
    let is_free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
    let whole = folder.join(name);
    if is_free(&whole) {
        return whole;
    }
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    };
    // A name may already be as long as a file system allows.
    let room = 255_usize.saturating_sub(ending.len() + 24);
    let cut = (0..=stem.len().min(room)).rev().find(|at| stem.is_char_boundary(*at)).unwrap_or(0);
    let numbered = |number: u64| folder.join(format!("{} ({number}){ending}", &stem[..cut]));
    (2..).map(numbered).find(is_free).unwrap_or(whole)
}

/// Writes a small secret text into a file that was not there, readable only by its owner.
pub(crate) async fn write_new(mut sink: PathSink, path: &Path, text: &str) -> Result<(), Failure> {
    let written = sink.write(text.as_bytes()).await;
    written.and_then(|()| sink.finish()).map_err(|error| Failure::file(path, error))
}

pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::file(path, FileError::Unwritable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str) -> ItemView {
        ItemView {
            id: String::new(),
            version: 1,
            title: name.to_owned(),
            compartment: String::new(),
            author: String::new(),
            changed: 0,
            unconfirmed: false,
            kind: ItemKind::Document {
                name: name.to_owned(),
                media_type: String::new(),
                size: 0,
                folder: "../..".to_owned(),
            },
        }
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["../../etc/passwd", "/etc/passwd", "..", "...", "", "a/../../b", "..\\..\\c", "d\0e"] {
            let path = Path::new("/out").join(name_of(&document(name)));
            assert_eq!(path.parent(), Some(Path::new("/out")), "{name}");
            assert!(path.file_name().is_some());
        }
        let mut report = document("x");
        report.title = "../../gesprek".into();
        report.kind = ItemKind::Report { text: String::new(), day: "../2026".into(), conflict_of: None };
        assert_eq!(Path::new("/out").join(name_of(&report)).parent(), Some(Path::new("/out")));
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let long = format!("{}.pdf", "é".repeat(125));
        for (name, next) in [("cv.pdf", "cv (2).pdf"), ("cv (2).pdf", "cv (2) (2).pdf"), (".rc", ".rc (2)")] {
            fs::write(folder.path().join(name), "").unwrap();
            assert_eq!(file_name(&free(folder.path(), name)), next);
        }
        fs::write(folder.path().join(&long), "").unwrap();
        assert!(file_name(&free(folder.path(), &long)).len() <= 255);
    }
}
