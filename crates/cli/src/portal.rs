//! The same terminal, to somebody outside the organisation: one dossier to read, and devices of their own.

use serde_json::json;
use zegel_vault::{
    Portal, VaultError,
    native::PathSink,
    ports::FileSink as _,
    view::{ItemKind, PortalReader, PortalView, ShareState},
};

use crate::{
    arguments::{DeviceVerb, DossierVerb, Get, Verb},
    dormant::dormant_line,
    dossiers::item_line,
    failure::Failure,
    files::{name_of, named},
    home::Home,
    keys::ways,
    output::{Output, last_day, shown, shown_text},
    passphrase::Passphrase,
    policy::on_day,
};

/// The verbs that somebody outside the organisation has.
pub(crate) async fn within(
    home: &Home,
    passphrase: &Passphrase,
    portal: &mut Portal,
    output: Output,
    verb: &Verb,
) -> Result<(), Failure> {
    match verb {
        Verb::UnlockTest => unlock_test(home, portal, output),
        Verb::Dossier(DossierVerb::List) => {
            let view = portal.dossier();
            output.result(&[&view], || vec![format!("{}  {}", view.id, shown(&view.title))])
        }
        Verb::Dossier(DossierVerb::Show { dossier }) => {
            let view = portal.dossier();
            if view.id != *dossier {
                return Err(VaultError::NotFound.into());
            }
            output.result(&view, || lines(&view))
        }
        Verb::Authorised { dossier: None, on, signed: None, check: None, reviewed: false } => {
            let readers = portal.readers_on(on_day(*on)?).await?;
            output.result(&readers, || readers.iter().map(reader_line).collect())
        }
        Verb::Get(wanted) => get(portal, output, wanted).await,
        Verb::Device(DeviceVerb::List) => {
            let devices = portal.devices();
            output.result(&devices, || {
                let line = |device: &zegel_vault::view::PortalDevice| {
                    let this = if device.this { "  (this one)" } else { "" };
                    let ended = if device.ended { "  (ended)" } else { "" };
                    let visit = if device.visit { "  (a visit)" } else { "" };
                    format!("{}{this}{ended}{visit}", device.id)
                };
                devices.iter().map(line).collect()
            })?;
            output.note(&ways(portal.ways_in()));
            Ok(())
        }
        Verb::Device(DeviceVerb::Revoke { device }) => {
            portal.revoke_device(device, &passphrase.ask("Passphrase")?).await?;
            output.note("It is served nothing from now on. What it had opened before may have been copied.");
            output.result(&json!({ "device": device }), || vec!["Ended.".to_owned()])
        }
        Verb::Renew { .. } => Err(Failure::Usage(
            "your keys are renewed by your advisor, who sends you a new letter: ask for it if somebody saw your passphrase and \
             has your card or a device. Until then end that device with `device revoke`, choose another passphrase with \
             `passphrase`, and make a new card with `card new`: what was taken opens nothing that you store after that"
                .into(),
        )),
        _ => Err(Failure::Usage(
            "this folder opens one dossier, to somebody outside the organisation; use dossier list, dossier show, get, authorised, \
             device list, device revoke, passphrase, card new, watch, unlock-test or sign-out"
                .into(),
        )),
    }
}

/// Runs `zegel unlock-test`: by then the dossier is open.
pub(crate) fn unlock_test(home: &Home, portal: &Portal, output: Output) -> Result<(), Failure> {
    let (session, relay) = (portal.session(), home.relay()?);
    output.result(&json!({ "session": session, "relay": relay }), || {
        if session.waiting {
            return vec![format!("Waiting to be admitted, at {relay}. Words: {}", session.words.join(" "))];
        }
        let kind = session.kind.as_deref().unwrap_or_default();
        vec![format!("{}, {kind}, at {}, {relay}", shown(&session.name), shown(&session.organisation))]
    })
}

fn lines(view: &PortalView) -> Vec<String> {
    let mut lines = vec![shown(&view.title)];
    lines.extend(view.until.map(|until| format!("You can read this until {}", last_day(until))));
    for item in &view.items {
        lines.push(format!("  {}", item_line(item)));
        if let ItemKind::Report { text, .. } = &item.kind {
            lines.push(shown_text(text));
        }
    }
    lines.push("Read by:".to_owned());
    lines.extend(view.readers.iter().map(|reader| format!("  {}", reader_line(reader))));
    let shares = view.shares.iter().map(|share| {
        let state = match share.state {
            ShareState::Live => "until",
            ShareState::Expired => "ended on",
            ShareState::Revoked => "revoked; was until",
            ShareState::Replaced => "goes on with keys of their own; was until",
        };
        let (to, purpose) = (shown(&share.to), shown(&share.purpose));
        let last = last_day(share.until);
        let own = if share.own_keys { ", with keys of their own" } else { "" };
        format!("Shared: {to} for {purpose}: {} ({state} {last}{own})", shown(&share.items.join(", ")))
    });
    lines.extend(shares);
    lines.extend(view.dormant.iter().map(dormant_line));
    lines.push(format!("Reference: {}", view.reference));
    lines
}

fn reader_line(reader: &PortalReader) -> String {
    if reader.recovery {
        return "the recovery key".to_owned();
    }
    let you = if reader.you { ", you" } else { "" };
    let until = reader.until.map(|until| format!(", until {}", last_day(until))).unwrap_or_default();
    let name = if reader.name.is_empty() { reader.person.clone() } else { shown(&reader.name) };
    let alone = reader.vouched.as_ref().is_some_and(|vouched| !vouched.by_another);
    let alone = if alone { "; verified by nobody but who invited them" } else { "" };
    let role = reader.role.replace('_', "-");
    format!("{name} ({role}{you}{until}; {}{alone})", reader.compartments.join(", "))
}

async fn get(portal: &mut Portal, output: Output, wanted: &Get) -> Result<(), Failure> {
    let view = portal.dossier();
    let item = view.items.iter().find(|item| item.id == wanted.item && view.id == wanted.dossier);
    let item = item.ok_or(VaultError::NotFound)?;
    let path = if wanted.out.is_dir() { wanted.out.join(name_of(item)) } else { wanted.out.clone() };
    let mut sink = PathSink::create(&path, wanted.overwrite).map_err(|error| Failure::file(&path, error))?;
    match &item.kind {
        ItemKind::Report { text, .. } => sink.write(text.as_bytes()).await.map_err(VaultError::from),
        ItemKind::Document { name, .. } => portal.read_file(&item.id, &mut sink, &output.progress(name)).await,
    }
    .map_err(|error| named(&path, error))?;
    sink.finish().map_err(|error| Failure::file(&path, error))?;
    output.result(&json!({ "path": path }), || vec![shown(&path.to_string_lossy())])
}
