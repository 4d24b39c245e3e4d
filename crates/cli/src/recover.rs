//! `zegel recover` and `zegel sheets`: what is done with the printed recovery sheets.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use zegel_vault::{Recovery, Vault, VaultError, native::PathSink};

use crate::{
    arguments::Recover,
    failure::Failure,
    files::write_new,
    home::{Home, passing},
    output::{Output, alarm, shown},
    passphrase::Passphrase,
    setup::{Papers, sheet_paths, shown_path},
};

/// Runs `zegel recover`.
pub(crate) async fn recover(
    home: &Home,
    passphrase: &Passphrase,
    output: Output,
    recover: &Recover,
) -> Result<(), Failure> {
    let sheets = recover.sheets.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    match (&recover.director, &recover.key_card) {
        (Some(name), Some(card)) => {
            let ports = home.empty(&recover.relay).await?;
            let recovery = Recovery::open(ports, &sheets).await?;
            let sink = PathSink::create(card, false).map_err(|error| Failure::file(card, error))?;
            let (vault, printed) = recovery.make_director(name, passphrase.make()?).await?;
            if let Err(failure) = write_new(sink, card, &format!("{}\n", printed.card)).await {
                output.failure(&failure);
                output.note(&format!("Copy this, it is shown only once:\n\n{}\n", printed.card));
            }
            home.remember(&recover.relay)?;
            let session = vault.session();
            give(recover, &sheets, output, Some(&session.person)).await?;
            output.note("Everybody sees that the sheets were used. Print the key card and delete the file.");
            output.result(&json!({ "session": session, "key_card": card }), || {
                vec![format!("{} is a director of {}.", shown(&session.name), shown(&session.organisation))]
            })
        }
        _ if recover.dossiers.is_empty() => list(recover, &sheets, output).await,
        _ => {
            let director = recover.to.as_deref();
            give(recover, &sheets, output, director).await?;
            output.note("Everybody sees that the sheets were used.");
            output.result(&json!({ "dossiers": recover.dossiers, "to": director }), || vec!["Given.".to_owned()])
        }
    }
}

/// Runs `zegel sheets check`.
pub(crate) fn check(vault: &Vault, output: Output, sheet: &Path) -> Result<(), Failure> {
    let view = vault.check_sheet(&read(sheet)?)?;
    output.result(&view, || {
        let worth = if view.in_force { "in force" } else { "replaced: destroy it" };
        vec![format!("Sheet {} of {}, {worth}. {} together open everything.", view.number, view.sheets, view.threshold)]
    })
}

/// Runs `zegel sheets renew`.
pub(crate) async fn renew(
    output: Output,
    relay: &str,
    sheets: &[PathBuf],
    (threshold, count): (u8, u8),
    folder: &Path,
) -> Result<(), Failure> {
    let sheets = sheets.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let papers = Papers::prepare(sheet_paths(Some(folder), folder, count)?)?;
    let mut recovery = Recovery::open(passing(relay)?, &sheets).await?;
    warn(&recovery, output);
    let printed = recovery.renew_sheets(threshold, count).await?;
    let paths = papers.write(printed.sheets.iter(), output).await?;
    output.note(&format!(
        "Everybody sees that the sheets were renewed. Print the new ones, give each to somebody else, and delete these \
         files; any {threshold} of {count} open everything when keys are lost.\n\
         Destroy the old sheets: enough of them together still open everything.",
    ));
    output.result(&json!({ "sheets": paths, "threshold": threshold }), || {
        paths.iter().map(|path| format!("Recovery sheet: {}", shown_path(path))).collect()
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))
}

async fn list(recover: &Recover, sheets: &[String], output: Output) -> Result<(), Failure> {
    let mut recovery = Recovery::open(passing(&recover.relay)?, sheets).await?;
    let (directors, dossiers) = (recovery.directors(), recovery.dossiers().await?);
    warn(&recovery, output);
    output.result(&json!({ "directors": directors, "dossiers": dossiers, "alarms": recovery.alarms() }), || {
        let mut lines: Vec<String> =
            directors.iter().map(|(id, name)| format!("{id}  {}  (director)", shown(name))).collect();
        lines.extend(dossiers.iter().map(|dossier| {
            let readers = if dossier.readers.is_empty() { "nobody".to_owned() } else { dossier.readers.join(", ") };
            format!("{}  {}  (read by {})", dossier.id, shown(&dossier.title), shown(&readers))
        }));
        lines
    })
}

async fn give(recover: &Recover, sheets: &[String], output: Output, director: Option<&str>) -> Result<(), Failure> {
    if recover.dossiers.is_empty() {
        return Ok(());
    }
    let director = director.ok_or_else(|| {
        Failure::Usage("say to which director with --to; without dossiers `zegel recover` lists them".into())
    })?;
    let mut recovery = Recovery::open(passing(&recover.relay)?, sheets).await?;
    for dossier in &recover.dossiers {
        match recovery.give(dossier, director).await {
            Ok(()) => output.note(&format!("{dossier} was given.")),
            Err(VaultError::NoRight) => {
                return Err(Failure::Usage("dossiers are given to a director, who grants them further".into()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    warn(&recovery, output);
    Ok(())
}

/// Says what did not hold on the way: a director who is given less than there is must know.
fn warn(recovery: &Recovery, output: Output) {
    recovery.alarms().iter().for_each(|found| output.note(&alarm(found)));
    if recovery.are_outdated() {
        output.note("These sheets were replaced by newer ones, and should have been destroyed.");
    }
}
