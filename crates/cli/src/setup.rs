//! Coming and going: set up, enrol, join, sign out.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use serde_json::json;
use zegel_vault::{Knock, NewOrganisation, Session, Vault, native::PathSink};
use zeroize::Zeroizing;

use crate::{
    arguments::{Enrol, Init, Join},
    failure::Failure,
    files::{unwritable, write_new},
    home::{Home, relay_of},
    output::{Output, last_day, shown},
    passphrase::{Passphrase, code},
    policy, portal,
    tree::file_name,
};

/// Runs `zegel init`.
pub(crate) async fn init(home: &Home, passphrase: &Passphrase, output: Output, init: &Init) -> Result<(), Failure> {
    let ports = home.empty(&init.relay).await?;
    let (threshold, sheets) = init.recovery;
    let beside = init.key_card.with_file_name(stem(&init.key_card));
    let mut places = vec![init.key_card.clone()];
    places.extend(sheet_paths(init.sheets.as_deref(), &beside, sheets)?);
    let papers = Papers::prepare(places)?;
    let new = NewOrganisation {
        token: init.setup_token.trim().to_owned(),
        organisation: init.organisation.clone(),
        name: init.name.clone(),
        passphrase: passphrase.make()?,
        threshold,
        sheets,
        policy: policy::first(&init.policy)?,
    };
    let (vault, printed) = Vault::found(ports, new).await?;
    // First what cannot be had again.
    let paths = papers.write(std::iter::once(&printed.card).chain(&printed.sheets), output).await?;
    home.remember(&init.relay)?;
    let session = vault.session();
    let value = json!({ "session": session, "key_card": paths[0], "sheets": paths[1..], "threshold": threshold });
    output.result(&value, || {
        let mut lines = vec![
            format!("{} is set up, with {} as its director.", session.organisation, session.name),
            format!("Key card: {}", shown_path(&paths[0])),
        ];
        lines.extend(paths[1..].iter().map(|path| format!("Recovery sheet: {}", shown_path(path))));
        lines
    })?;
    output.note(&format!(
        "Print the key card and keep it apart from this device; you need it, with your passphrase, on any new one.\n\
         Print the recovery sheets and give each to somebody else; any {threshold} of {sheets} open everything when keys \
         are lost.\nThen delete these files.",
    ));
    Ok(())
}

/// Runs `zegel enrol`.
pub(crate) async fn enrol(home: &Home, passphrase: &Passphrase, output: Output, enrol: &Enrol) -> Result<(), Failure> {
    let path = &enrol.key_card;
    let card = fs::read_to_string(path).map(Zeroizing::new).map_err(|error| Failure::unreadable(path, &error))?;
    let ports = home.empty(&enrol.relay).await?;
    let opened = Session::enrol(ports, &card, passphrase.ask("Passphrase")?).await?;
    home.remember(&enrol.relay)?;
    match opened {
        Session::Vault(vault) => unlock_test(home, &vault, output),
        Session::Portal(portal) => portal::unlock_test(home, &portal, output),
    }
}

/// Seconds between two questions to the relay.
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs `zegel knock`: waits for a known device, as long as the relay lets it.
pub(crate) async fn knock(home: &Home, passphrase: &Passphrase, output: Output, relay: &str) -> Result<(), Failure> {
    let mut knock = Knock::make(home.empty(relay).await?).await?;
    output.note(&format!(
        "On a device of yours that is open: zegel device let-in {}\nIn the app there: Devices and keys, Let in a new \
         device.",
        knock.text()
    ));
    let mut shown = false;
    loop {
        let state = knock.look().await?;
        if !shown && !state.words.is_empty() {
            output.note(&format!(
                "Words: {}\nThe other device shows words too. Let this one in only if they are the same.",
                state.words.join(" ")
            ));
            shown = true;
        }
        if state.let_in {
            break;
        }
        thread::sleep(PATIENCE);
    }
    let vault = knock.enter(&passphrase.ask("Passphrase")?).await?;
    home.remember(relay)?;
    unlock_test(home, &vault, output)
}

/// Runs `zegel join`.
pub(crate) async fn join(home: &Home, passphrase: &Passphrase, output: Output, join: &Join) -> Result<(), Failure> {
    let relay = relay_of(&join.link)?;
    let code = code(join.code.as_deref())?;
    let ports = home.empty(relay).await?;
    let papers = Papers::prepare(vec![join.key_card.clone()])?;
    let (opened, printed) = Session::join(ports, &join.link, &code, &join.name, passphrase.make()?).await?;
    let paths = papers.write(std::iter::once(&printed.card), output).await?;
    home.remember(relay)?;
    let (value, words, next) = match &opened {
        Session::Vault(vault) => {
            let session = vault.session();
            let next = "sign the pledge with `zegel pledge sign`; until then nobody can give you a dossier.";
            (json!({ "session": session, "key_card": paths[0] }), session.words, next)
        }
        Session::Portal(portal) => {
            let session = portal.session();
            let next = "read the dossier with `zegel dossier list` and `zegel dossier show`.";
            (json!({ "session": session, "key_card": paths[0] }), session.words, next)
        }
    };
    output.result(&value, || {
        vec![format!("Key card: {}", shown_path(&paths[0])), format!("Words: {}", words.join(" "))]
    })?;
    output.note(&format!(
        "Print the key card, keep it apart from this device, and delete the file.\n\
         Read the words to whoever invited you; they admit you when the words are the same.\n\
         After that, {next}",
    ));
    Ok(())
}

/// Runs `zegel unlock-test`: by then the vault is open.
pub(crate) fn unlock_test(home: &Home, vault: &Vault, output: Output) -> Result<(), Failure> {
    let (session, relay) = (vault.session(), home.relay()?);
    let value = json!({ "session": session, "relay": relay });
    output.result(&value, || {
        if session.waiting {
            return vec![format!("Waiting to be admitted, at {relay}. Words: {}", session.words.join(" "))];
        }
        let acts = session.delegate_until.map(|until| format!(", for the directors until {}", last_day(until)));
        let role = if session.director { ", director".to_owned() } else { acts.unwrap_or_default() };
        let due = session.pledge_due.then(|| "Read and sign the pledge: zegel pledge sign".to_owned());
        let here = format!("{}{role}, of {}, at {relay}", shown(&session.name), shown(&session.organisation));
        std::iter::once(here).chain(due).collect()
    })
}

/// Runs `zegel sign-out`.
pub(crate) async fn sign_out(home: &Home, passphrase: &Passphrase, output: Output) -> Result<(), Failure> {
    // Whoever may not open it any more can still take it away.
    Session::sign_out_here(home.ports()?, passphrase.ask("Passphrase")?).await?;
    home.forget()?;
    output.note("This device keeps nothing any more. The key card and the passphrase open the vault again.");
    Ok(())
}

/// Where recovery sheets are written: in a folder, which is made if it is not there, or else `beside` a file.
pub(crate) fn sheet_paths(folder: Option<&Path>, beside: &Path, sheets: u8) -> Result<Vec<PathBuf>, Failure> {
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    let path = |number| match folder {
        Some(folder) => folder.join(format!("recovery-sheet-{number}.txt")),
        None => beside.with_file_name(format!("{}-recovery-sheet-{number}.txt", file_name(beside))),
    };
    Ok((1..=sheets).map(path).collect())
}

/// The files that will be printed: made before anything is promised, written after.
pub(crate) struct Papers {
    places: Vec<(PathBuf, PathSink)>,
}

impl Papers {
    pub(crate) fn prepare(paths: Vec<PathBuf>) -> Result<Self, Failure> {
        let open = |path: PathBuf| match PathSink::create(&path, false) {
            Ok(sink) => Ok((path, sink)),
            Err(error) => Err(Failure::file(&path, error)),
        };
        Ok(Self { places: paths.into_iter().map(open).collect::<Result<_, _>>()? })
    }

    /// Writes a text into each file, in order. What cannot be written is printed instead: it exists only once.
    pub(crate) async fn write(
        self,
        texts: impl Iterator<Item = &String>,
        output: Output,
    ) -> Result<Vec<PathBuf>, Failure> {
        let mut paths = Vec::new();
        for ((path, sink), text) in self.places.into_iter().zip(texts) {
            if let Err(failure) = write_new(sink, &path, &format!("{text}\n")).await {
                output.failure(&failure);
                output.note(&format!("Copy this, it is shown only once:\n\n{text}\n"));
            }
            paths.push(path);
        }
        Ok(paths)
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| file_name(path), |stem| stem.to_string_lossy().into_owned())
}

pub(crate) fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}
