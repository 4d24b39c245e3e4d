//! Dossiers: make, list, show, report, search, verify.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use serde_json::json;
use zegel_vault::{
    Vault,
    native::SystemClock,
    ports::Clock as _,
    view::{DossierView, ItemKind, ItemView},
};

use crate::{
    arguments::{DossierVerb, Report},
    dormant::dormant_line,
    failure::Failure,
    output::{Output, alarm, counted_day, day, last_day, shown, size},
};

/// Runs `zegel dossier`.
pub(crate) async fn dossier(vault: &mut Vault, output: Output, verb: &DossierVerb) -> Result<(), Failure> {
    match verb {
        DossierVerb::New { title, dossier_type } => {
            let id = vault.new_dossier_of(dossier_type.as_deref(), title).await?;
            output.result(&json!({ "id": id }), || vec![id.clone()])
        }
        DossierVerb::List => {
            let dossiers = vault.dossiers();
            output.result(&dossiers, || {
                let line = |dossier: &zegel_vault::view::DossierSummary| {
                    format!("{}  {}  {}", dossier.id, day(dossier.changed), shown(&dossier.title))
                };
                dossiers.iter().map(line).collect()
            })
        }
        DossierVerb::Show { dossier } => {
            let view = vault.dossier(dossier).await?;
            for raised in &view.alarms {
                output.note(&alarm(raised));
            }
            output.result(&view, || lines(&view))
        }
        DossierVerb::Rename { dossier, title } => Ok(vault.rename_dossier(dossier, title).await?),
    }
}

fn lines(view: &DossierView) -> Vec<String> {
    let mut lines = vec![shown(&view.summary.title)];
    if view.read_only {
        lines.push("Read-only: its history does not add up. Compare it with a colleague.".to_owned());
    }
    lines.extend(view.items.iter().map(|item| format!("  {}", item_line(item))));
    let names = |reader: &zegel_vault::view::ReaderView| {
        let until = reader.until.map(|until| format!("until {}", last_day(until)));
        let since = reader.from_now.then(|| "without what was there before".to_owned());
        let limits: Vec<String> = reader.party.iter().cloned().chain(until).chain(since).collect();
        match limits.as_slice() {
            _ if reader.recovery => "the recovery key".to_owned(),
            [] => shown(&reader.name),
            limits => format!("{} ({})", shown(&reader.name), limits.join(", ")),
        }
    };
    lines.push(format!("Read by: {}", view.readers.iter().map(names).collect::<Vec<_>>().join(", ")));
    if let Some(seen) = &view.seen {
        lines.push(format!("Seen by the device of {} on {}, the same", shown(&seen.by), counted_day(seen.day)));
    }
    lines.extend(view.dormant.iter().map(dormant_line));
    lines.extend(view.shares.iter().map(|share| format!("Shared: {}", crate::sharing::line(share))));
    lines.push(format!("Reference: {}", view.summary.reference));
    lines
}

/// One item on one line.
pub(crate) fn item_line(item: &ItemView) -> String {
    let what = match &item.kind {
        ItemKind::Report { day, conflict_of, .. } => {
            let beside = if conflict_of.is_some() { ", written at the same time as another" } else { "" };
            format!("report of {}{beside}", shown(day))
        }
        ItemKind::Document { size: bytes, folder, .. } if folder.is_empty() => size(*bytes),
        ItemKind::Document { size: bytes, folder, .. } => format!("{}, from {}", size(*bytes), shown(folder)),
    };
    let unconfirmed = if item.unconfirmed { ", unconfirmed" } else { "" };
    format!("{}  {}  ({what}{unconfirmed})", item.id, shown(&item.title))
}

/// Runs `zegel report`.
pub(crate) async fn report(vault: &mut Vault, output: Output, report: &Report) -> Result<(), Failure> {
    let text = read_text(&report.file)?;
    let day = report.day.map_or_else(|| day(SystemClock.now()), |day| day.to_string());
    let saved = vault.save_report(&report.dossier, None, 0, &report.title, &text, &day).await?;
    if saved.waiting {
        output.note("The relay cannot be reached; the report is kept on this device and sent later.");
    }
    output.result(&json!({ "id": saved.item, "waiting": saved.waiting }), || vec![saved.item.clone()])
}

/// The text in a file, or on standard input for `-`.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let bytes = bytes.map_err(|error| Failure::unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|_| {
        let path = shown(&path.to_string_lossy());
        Failure::Usage(format!("{path} is not text in UTF-8; save it as plain text, or add it with `zegel add`"))
    })
}

/// Runs `zegel search`.
pub(crate) async fn search(vault: &mut Vault, output: Output, words: &str) -> Result<(), Failure> {
    let found = vault.search(words).await?;
    output.result(&found, || {
        let line = |hit: &zegel_vault::view::FoundView| {
            let item = hit.item.as_deref().unwrap_or("-");
            let excerpt = if hit.excerpt.is_empty() { String::new() } else { format!(": {}", shown(&hit.excerpt)) };
            format!("{}  {item}  {} / {}{excerpt}", hit.dossier, shown(&hit.dossier_title), shown(&hit.title))
        };
        found.iter().map(line).collect()
    })
}

/// Runs `zegel verify`.
pub(crate) async fn verify(vault: &mut Vault, output: Output, dossier: Option<&str>) -> Result<(), Failure> {
    let report = vault.verify(dossier).await?;
    output.result(&report, || {
        let counts = format!(
            "{} logs, {} entries, {} blobs and {} wrapped keys were checked.",
            report.logs, report.entries, report.blobs, report.wraps
        );
        let verdict =
            if report.alarms.is_empty() { "Everything is as it was signed." } else { "Not everything is well." };
        let alarms = report.alarms.iter().map(alarm);
        std::iter::once(counts).chain(alarms).chain([verdict.to_owned()]).collect()
    })?;
    if report.alarms.is_empty() { Ok(()) } else { Err(Failure::Alarms) }
}
