//! Turns a Drive export into dossiers: one for each participant's folder. Run again, it adds what is not there yet.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;
use zegel_vault::{
    Vault, VaultError, safe_name,
    view::{DossierView, ItemKind},
};

use crate::{
    arguments::Import,
    failure::Failure,
    files::add_one,
    home::Home,
    output::{Output, shown, size},
    passphrase::Passphrase,
    tree::{Entry, Found, Skipped, Tree, entries, file_name},
};

/// Names of a folder that holds participants' folders.
const OF_PARTICIPANTS: [&str; 4] = ["deelnemers", "cliënten", "clienten", "dossiers"];
/// Names of folders that one participant's folder holds.
const OF_ONE: [&str; 4] = ["medisch", "correspondentie", "verslagen", "gespreksverslagen"];

/// What an import does, or would do.
#[derive(Debug, Serialize)]
struct Plan {
    dry_run: bool,
    dossiers: Vec<Participant>,
    skipped: Vec<Skipped>,
    failed: Vec<Skipped>,
}

/// One participant's folder.
#[derive(Debug, Serialize)]
struct Participant {
    /// The folder's name, and the dossier's title.
    title: String,
    /// The dossier, once it is there.
    id: Option<String>,
    files: Vec<Planned>,
}

#[derive(Debug, Serialize)]
struct Planned {
    #[serde(flatten)]
    found: Found,
    /// Whether it was in the dossier before.
    present: bool,
    /// The item, once it is added.
    item: Option<String>,
}

/// Runs `zegel import`.
pub(crate) async fn import(
    home: &Home,
    passphrase: &Passphrase,
    output: Output,
    arguments: &Import,
) -> Result<(), Failure> {
    let mut plan = Plan::of(&arguments.folder, arguments.dry_run)?;
    // A dry run needs no vault; where there is one, it tells what is in it already.
    let vault = if plan.dry_run && home.is_empty() { None } else { Some(home.unlock(passphrase, output).await?) };
    let Some(mut vault) = vault else {
        return output.result(&plan, || plan.lines());
    };
    plan.compare(&mut vault).await?;
    if plan.dry_run {
        return output.result(&plan, || plan.lines());
    }
    for line in plan.lines() {
        output.line(&line)?;
    }
    plan.carry_out(&mut vault, output).await?;
    output.result(&plan, || vec![plan.outcome()])?;
    if plan.failed.is_empty() { Ok(()) } else { Err(Failure::Partly) }
}

impl Plan {
    fn of(folder: &Path, dry_run: bool) -> Result<Self, Failure> {
        let (mut skipped, mut failed) = (Vec::new(), Vec::new());
        let root = participants_folder(folder, &mut skipped)?;
        let mut dossiers = Vec::new();
        let mut loose = 0;
        for entry in entries(&root).map_err(|unreadable| unreadable_root(&unreadable))? {
            match entry {
                Entry::Folder(path) => {
                    let tree = Tree::walk(&path);
                    skipped.extend(tree.skipped);
                    failed.extend(tree.failed);
                    let planned = |found| Planned { found, present: false, item: None };
                    let files = tree.files.into_iter().map(planned).collect();
                    dossiers.push(Participant { title: file_name(&path), id: None, files });
                }
                Entry::File(path, _) => {
                    loose += 1;
                    let reason = "not in a participant's folder; add it to a dossier with `zegel add`".to_owned();
                    skipped.push(Skipped { path, reason });
                }
                Entry::Skipped(entry) => skipped.push(entry),
                Entry::Failed(entry) => failed.push(entry),
            }
        }
        let of_one = dossiers.iter().any(|participant| OF_ONE.contains(&participant.title.to_lowercase().as_str()));
        if of_one && loose > 0 {
            return Err(Failure::Usage(
                "this looks like the folder of one participant; give the folder above it".into(),
            ));
        }
        if dossiers.is_empty() {
            return Err(Failure::Usage(format!(
                "there are no participants' folders in {}; give the export, or the folder that holds them",
                shown(&root.to_string_lossy())
            )));
        }
        Ok(Self { dry_run, dossiers, skipped, failed })
    }

    /// Finds what earlier runs have made.
    async fn compare(&mut self, vault: &mut Vault) -> Result<(), Failure> {
        let existing = vault.dossiers();
        let mut kept = Vec::new();
        for mut participant in std::mem::take(&mut self.dossiers) {
            let title = participant.title.trim().to_owned();
            let same_title = existing.iter().filter(|summary| summary.title == title);
            let mut stranger = false;
            for summary in same_title {
                let view = vault.dossier(&summary.id).await?;
                if participant.continues(&view) {
                    participant.id = Some(summary.id.clone());
                    break;
                }
                stranger = true;
            }
            // Two people can have one name; the files of one may not end up with the other.
            if stranger && participant.id.is_none() {
                self.skipped.push(Skipped {
                    path: PathBuf::from(&participant.title),
                    reason: "a dossier of this title is there already, with other content; if it is of somebody else, \
                             rename it or this folder, and import again"
                        .to_owned(),
                });
            } else {
                kept.push(participant);
            }
        }
        self.dossiers = kept;
        Ok(())
    }

    async fn carry_out(&mut self, vault: &mut Vault, output: Output) -> Result<(), Failure> {
        for participant in &mut self.dossiers {
            let id = match &participant.id {
                Some(id) => id.clone(),
                None => match vault.new_dossier(&participant.title).await {
                    Ok(id) => id,
                    Err(error) if is_about_one(&error) => {
                        self.failed.push(told(output, PathBuf::from(&participant.title), error));
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                },
            };
            participant.id = Some(id.clone());
            for planned in participant.files.iter_mut().filter(|planned| !planned.present) {
                match add_one(vault, &id, &planned.found, output).await {
                    Ok(item) => planned.item = Some(item),
                    Err(error) if is_about_one(&error) => {
                        self.failed.push(told(output, planned.found.path.clone(), error));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for participant in &self.dossiers {
            let new: Vec<_> = participant.files.iter().filter(|planned| !planned.present).collect();
            let bytes = new.iter().map(|planned| planned.found.size).sum();
            let present = participant.files.len() - new.len();
            let what = if participant.id.is_some() { "continues" } else { "new" };
            let mut line =
                format!("{}: {what}, {} ({})", shown(&participant.title), count(new.len(), "file"), size(bytes));
            if present > 0 {
                line.push_str(&format!(", {present} there already"));
            }
            lines.push(line);
        }
        let listed = |heading: &str, list: &[Skipped]| {
            let first = (!list.is_empty()).then(|| heading.to_owned());
            let rest = list.iter().map(|entry| format!("  {}: {}", shown(&entry.path.to_string_lossy()), entry.reason));
            first.into_iter().chain(rest).collect::<Vec<_>>()
        };
        lines.extend(listed("Skipped:", &self.skipped));
        lines.extend(listed("Not readable:", &self.failed));
        let empty = self.dossiers.iter().flat_map(|participant| &participant.files);
        let empty = empty.filter(|planned| planned.found.size == 0 && !planned.present);
        lines.extend(empty.map(|planned| {
            format!("Note: {} is empty, and is added as it is", shown(&planned.found.path.to_string_lossy()))
        }));
        if self.dry_run {
            lines.push(format!("Would import {}; nothing was changed.", self.amount(|planned| !planned.present)));
        }
        lines
    }

    fn outcome(&self) -> String {
        let failed = match self.failed.len() {
            0 => String::new(),
            number => format!(", {number} not readable"),
        };
        format!("Imported {}, {} skipped{failed}.", self.amount(|planned| planned.item.is_some()), self.skipped.len())
    }

    fn amount(&self, counts: impl Fn(&Planned) -> bool) -> String {
        let touched = self.dossiers.iter().map(|participant| participant.files.iter().filter(|p| counts(p)).count());
        format!("{} into {}", count(touched.sum(), "file"), count(self.dossiers.len(), "dossier"))
    }
}

impl Participant {
    /// Whether this dossier was begun by an import of this folder: it is empty, or holds one of the files. Marks those
    /// that it holds.
    fn continues(&mut self, dossier: &DossierView) -> bool {
        let mut there: HashMap<(String, String, u64), usize> = HashMap::new();
        for item in &dossier.items {
            if let ItemKind::Document { name, folder, size, .. } = &item.kind {
                *there.entry((folder.clone(), name.clone(), *size)).or_default() += 1;
            }
        }
        let mut marked = 0;
        for planned in &mut self.files {
            let found = &planned.found;
            let key = (found.folder.clone(), safe_name(&found.name), found.size);
            if let Some(left) = there.get_mut(&key).filter(|left| **left > 0) {
                *left -= 1;
                planned.present = true;
                marked += 1;
            }
        }
        marked > 0 || dossier.items.is_empty()
    }
}

/// The folder in which each folder is a participant's.
fn participants_folder(folder: &Path, skipped: &mut Vec<Skipped>) -> Result<PathBuf, Failure> {
    // A name such as `..` or `.` has no last part of its own.
    let folder = fs::canonicalize(folder).map_err(|error| Failure::unreadable(folder, &error))?;
    let listed = entries(&folder).map_err(|unreadable| unreadable_root(&unreadable))?;
    let is_theirs = |path: &Path| OF_PARTICIPANTS.contains(&file_name(path).to_lowercase().as_str());
    let inner = listed.iter().find_map(|entry| match entry {
        Entry::Folder(path) if is_theirs(path) => Some(path.clone()),
        _ => None,
    });
    let Some(inner) = inner else { return Ok(folder) };
    for entry in listed {
        match entry {
            Entry::Folder(path) | Entry::File(path, _) if path != inner => skipped.push(Skipped {
                path,
                reason: "beside the participants' folders; add it to a dossier with `zegel add`".to_owned(),
            }),
            Entry::Skipped(entry) | Entry::Failed(entry) => skipped.push(entry),
            _ => {}
        }
    }
    Ok(inner)
}

fn unreadable_root(unreadable: &Skipped) -> Failure {
    Failure::Usage(format!("{} {}", shown(&unreadable.path.to_string_lossy()), unreadable.reason))
}

/// Whether the next one may well succeed.
pub(crate) fn is_about_one(error: &VaultError) -> bool {
    matches!(error, VaultError::File(_) | VaultError::TooLarge | VaultError::BadText(_) | VaultError::ChangedFirst)
}

/// Says at once what failed; it is also in the list at the end.
fn told(output: Output, path: PathBuf, error: VaultError) -> Skipped {
    let failure = match error {
        VaultError::File(error) => Failure::file(&path, error),
        other => Failure::Vault(other),
    };
    let reason = failure.sentences().unwrap_or_default();
    output.note(&format!("{}: {reason}", shown(&path.to_string_lossy())));
    Skipped { path, reason }
}

fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let deelnemers = folder.path().join("Deelnemers");
        for path in ["Jansen, Jan/Medisch", "Vos, Eva/Verslagen/2024"] {
            fs::create_dir_all(deelnemers.join(path)).unwrap();
        }
        fs::write(deelnemers.join("Jansen, Jan/Medisch/FML.pdf"), "%PDF").unwrap();
        fs::write(deelnemers.join("Jansen, Jan/Plan.gdoc"), "{}").unwrap();
        fs::write(deelnemers.join("Vos, Eva/Verslagen/2024/leeg.txt"), "").unwrap();
        fs::write(deelnemers.join("los.txt"), "los").unwrap();
        fs::write(folder.path().join("uren.csv"), "uren").unwrap();
        folder
    }

    #[test]
    fn each_folder_becomes_a_dossier_from_either_level() {
        let export = export();
        for root in [export.path().to_owned(), export.path().join("Deelnemers")] {
            let plan = Plan::of(&root, true).unwrap();
            let titles: Vec<_> = plan.dossiers.iter().map(|participant| participant.title.as_str()).collect();
            assert_eq!(titles, ["Jansen, Jan", "Vos, Eva"]);
            let files: Vec<_> = plan.dossiers.iter().flat_map(|p| &p.files).map(|p| p.found.folder.as_str()).collect();
            assert_eq!(files, ["Medisch", "Verslagen/2024"]);
        }
        let plan = Plan::of(export.path(), true).unwrap();
        let skipped: Vec<_> = plan.skipped.iter().map(|entry| file_name(&entry.path)).collect();
        assert_eq!(skipped, ["uren.csv", "Plan.gdoc", "los.txt"]);
        let report = plan.lines().join("\n");
        assert!(report.contains("leeg.txt is empty"), "{report}");
        assert!(report.ends_with("Would import 2 files into 2 dossiers; nothing was changed."), "{report}");
    }

    #[test]
    fn the_folder_of_one_participant_is_not_taken_for_many() {
        let export = export();
        let one = export.path().join("Deelnemers/Jansen, Jan");
        fs::write(one.join("CV.docx"), "cv").unwrap();
        assert!(matches!(Plan::of(&one, true), Err(Failure::Usage(_))));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(Plan::of(empty.path(), true), Err(Failure::Usage(_))));
    }
}
