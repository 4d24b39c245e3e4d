//! The ways into the vault: devices, the passphrase, key cards.

use std::path::Path;

use serde_json::json;
use zegel_vault::{
    Session, Vault,
    native::PathSink,
    view::{DeviceView, WaysInView},
};

use crate::{
    arguments::{CardVerb, DeviceVerb},
    failure::Failure,
    files::write_new,
    output::{Output, counted_day, day, shown},
    passphrase::{self, Passphrase},
};

/// Runs `zegel device`.
pub(crate) async fn device(
    vault: &mut Vault,
    passphrase: &Passphrase,
    output: Output,
    verb: &DeviceVerb,
) -> Result<(), Failure> {
    match verb {
        DeviceVerb::List => {
            let devices = vault.devices().await?;
            output.result(&devices, || devices.iter().map(line).collect())?;
            output.note(&ways(vault.ways_in()));
            Ok(())
        }
        DeviceVerb::Name { name } => {
            vault.name_device(name).await?;
            output.result(&json!({ "name": name }), || vec![format!("This device is now called {}.", shown(name))])
        }
        DeviceVerb::LetIn { knock, yes } => let_in(vault, passphrase, output, knock, *yes).await,
        DeviceVerb::Revoke { device } => {
            let own = vault.devices().await?.iter().any(|known| known.id == *device);
            let passphrase = if own { passphrase.ask("Passphrase")? } else { String::new().into() };
            vault.revoke_device(device, &passphrase).await?;
            output.note("It is served nothing from now on. What it had opened before may have been copied.");
            output.result(&json!({ "device": device }), || vec!["Ended.".to_owned()])
        }
    }
}

/// Lets in a new device if the words that it shows are the same, and sends it away if not.
async fn let_in(
    vault: &mut Vault,
    passphrase: &Passphrase,
    output: Output,
    knock: &str,
    yes: bool,
) -> Result<(), Failure> {
    let words = vault.hear_knock(knock).await?.join(" ");
    output.note(&format!("Words: {words}"));
    if !yes && passphrase::line("Does the new device show the same? Type yes").is_none_or(|answer| *answer != "yes") {
        vault.refuse_device().await?;
        return Err(Failure::Usage(
            "nothing was let in; compare the words, then say yes, or begin again on the new device".into(),
        ));
    }
    vault.let_device_in(&passphrase.ask("Passphrase")?).await?;
    output.note("The new device asks for the same passphrase. Both devices are in your list now.");
    output.result(&json!({ "words": words }), || vec!["Let in.".to_owned()])
}

fn line(device: &DeviceView) -> String {
    let name = if device.name.is_empty() { "no name".to_owned() } else { shown(&device.name) };
    let this = if device.this { ", this one" } else { "" };
    let visit = if device.visit { ", a visit" } else { "" };
    let passkey = if device.passkey { ", opens with a passkey" } else { "" };
    let used = device.last_day.map_or(String::new(), |last| format!(", last used {}", counted_day(last)));
    let state = device.revoked.map_or(used, |ended| format!(", ended {}", day(ended)));
    format!("{}  {name}  (since {}{state}{visit}{passkey}{this})", device.id, day(device.since))
}

pub(crate) fn ways(WaysInView { cards, devices, passkeys }: WaysInView) -> String {
    format!(
        "Slots of your keyring: key cards {cards}, devices {devices}, passkeys {passkeys}. A passkey is made in a browser."
    )
}

/// Runs `zegel passphrase`.
pub(crate) async fn change_passphrase(
    session: &mut Session,
    passphrase: &Passphrase,
    output: Output,
    new: Option<&Path>,
) -> Result<(), Failure> {
    let old = passphrase.ask("Old passphrase")?;
    let new = Passphrase::from_file(new).make()?;
    session.change_passphrase(&old, &new).await?;
    output.note("Key cards and devices stay. A device that was off takes the old passphrase one more time.");
    output.result(&json!({ "changed": true }), || vec!["The passphrase was changed.".to_owned()])
}

/// Runs `zegel card`.
pub(crate) async fn card(
    session: &mut Session,
    passphrase: &Passphrase,
    output: Output,
    verb: &CardVerb,
) -> Result<(), Failure> {
    let CardVerb::New { out, keep_old, yes } = verb;
    let sink = PathSink::create(out, false).map_err(|error| Failure::file(out, error))?;
    let secret = passphrase.ask("Passphrase")?;
    let made = session.make_card(&secret).await?;
    write_card(output, sink, out, &made.card).await;
    let retire = !keep_old && (*yes || printed(out));
    if retire {
        session.retire_cards(&secret, &made.slot).await?;
    }
    output.result(&json!({ "key_card": out, "old_cards_end": retire }), || {
        let old = if retire { "The old cards open nothing any more." } else { "The old cards still work." };
        vec![format!("Key card: {}", shown(&out.to_string_lossy())), old.to_owned()]
    })?;
    output.note("Print it, keep it apart from this device, and delete the file.");
    Ok(())
}

/// Runs `zegel renew`.
pub(crate) async fn renew(
    vault: &mut Vault,
    passphrase: &Passphrase,
    output: Output,
    out: &Path,
    new: Option<&Path>,
) -> Result<(), Failure> {
    let sink = PathSink::create(out, false).map_err(|error| Failure::file(out, error))?;
    let old = passphrase.ask("The passphrase that somebody saw")?;
    let new = Passphrase::from_file(new).make()?;
    let made = vault.renew_keys(&old, &new).await?;
    write_card(output, sink, out, &made.card).await;
    output.note("Print the card and delete the file. Your colleagues are asked to compare words with you again.");
    output.result(&json!({ "key_card": out }), || {
        vec!["Your keys were renewed. Old cards and other devices open nothing any more.".to_owned()]
    })
}

/// Writes a card, or shows it where that fails: it is nowhere else.
async fn write_card(output: Output, sink: PathSink, out: &Path, card: &str) {
    if let Err(failure) = write_new(sink, out, &format!("{card}\n")).await {
        output.failure(&failure);
        output.note(&format!("Copy this, it is shown only once:\n\n{card}\n"));
    }
}

fn printed(out: &Path) -> bool {
    let question = format!("Print {} now. Type yes when it is on paper, and the old cards end", out.display());
    passphrase::line(&question).is_some_and(|answer| *answer == "yes")
}
