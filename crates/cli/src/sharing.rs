//! Sharing: make a link, open one, list, end.

use jiff::{Timestamp, civil::Date};
use serde_json::json;
use zegel_vault::{
    Inbox, NewShare, Vault, VaultError, days,
    native::SystemClock,
    ports::Clock as _,
    view::{DisclosureView, ItemKind, ShareState, ShareView, SharedView},
};

use crate::{
    arguments::{Open, Share},
    dossiers::{item_line, read_text},
    failure::Failure,
    files::{add_one, named, write_all},
    home::{Home, passing, relay_of},
    output::{Output, counted, day, last_day, shown, shown_text},
    passphrase::{Passphrase, code},
    receivers,
    tree::{Found, file_name},
};

/// Where evidence of consents is put in a dossier.
const EVIDENCE: &str = "Toestemmingen";

/// Runs `zegel share`.
pub(crate) async fn share(home: &Home, vault: &mut Vault, output: Output, share: &Share) -> Result<(), Failure> {
    let until = until(&share.until)?;
    // Before the evidence is added, not after.
    if until <= SystemClock.now() {
        return Err(VaultError::DateInPast.into());
    }
    let view = vault.dossier(&share.dossier).await?;
    let mut titles = Vec::new();
    for item in &share.items {
        let item = view.items.iter().find(|found| found.id == *item).ok_or(VaultError::NotFound)?;
        titles.push(item.title.clone());
    }
    let text = match &share.consent_text {
        Some(path) => read_text(path)?,
        None => consent(&share.language, &vault.session().organisation, share, &titles, until)?,
    };
    let evidence = match &share.evidence {
        None => None,
        Some(path) => {
            let found = Found { path: path.clone(), name: file_name(path), folder: EVIDENCE.to_owned(), size: 0 };
            Some(add_one(vault, &share.dossier, &found, output).await.map_err(|error| named(path, error))?)
        }
    };
    if evidence.is_none() {
        output.note("Note: without --evidence the consent shows as incomplete.");
    }
    let new = NewShare {
        items: share.items.clone(),
        to: share.to.clone(),
        purpose: share.purpose.clone(),
        until,
        readings: share.readings,
        evidence,
        consent_text: (text, share.language.clone()),
    };
    let made = vault.share(&share.dossier, new).await?;
    print_link(output, &whole(home, made)?)
}

/// A link with the relay's address before it.
pub(crate) fn whole(home: &Home, made: SharedView) -> Result<SharedView, Failure> {
    let link = format!("{}{}", home.relay()?.trim_end_matches('/'), made.link);
    Ok(SharedView { link, ..made })
}

/// Prints a link, and its code on the last line.
pub(crate) fn print_link(output: Output, made: &SharedView) -> Result<(), Failure> {
    output.result(made, || vec![made.link.clone(), format!("Code: {}", made.code)])?;
    output.note("Send the link; tell the code another way, such as by telephone.");
    Ok(())
}

/// Seconds since 1970 at which a last day ends, or a moment comes.
pub(crate) fn until(text: &str) -> Result<u64, Failure> {
    let moment = match text.parse::<Date>() {
        Ok(date) if text.len() == 10 => counted(date).map(days::end),
        _ => text.parse::<Timestamp>().ok().and_then(|moment| u64::try_from(moment.as_second()).ok()),
    };
    moment.ok_or_else(|| {
        Failure::Usage(format!("{:?} is not a date; write it as 2026-12-31 or 2026-12-31T17:00:00Z", shown(text)))
    })
}

/// The sentence that is recorded when no other text was agreed to.
fn consent(language: &str, from: &str, share: &Share, titles: &[String], until: u64) -> Result<String, Failure> {
    let (to, purpose, last) = (&share.to, &share.purpose, day(until - 1));
    let titles = titles.join("; ");
    match language {
        "nl" => Ok(format!(
            "De cliënt vindt het goed dat {from} dit aan {to} laat lezen: {titles}. Waarvoor: {purpose}. Tot en met {last}."
        )),
        "en" => Ok(format!(
            "The client agrees that {from} lets {to} read this: {titles}. What for: {purpose}. Until {last}, inclusive."
        )),
        _ => Err(Failure::Usage("there is no sentence in this language; give the text with --consent-text".into())),
    }
}

/// Runs `zegel open`.
pub(crate) async fn open(passphrase: &Passphrase, output: Output, open: &Open) -> Result<(), Failure> {
    let link = receivers::read(&open.link)?;
    let ports = passing(relay_of(&link)?)?;
    let by_card = receivers::is_card(&link);
    if by_card && open.keep_as.is_some() {
        return Err(Failure::Usage("this is your reading card already; leave out --keep-as".into()));
    }
    let opens_with = if by_card { passphrase.ask("Passphrase of your own")? } else { code(open.code.as_deref())? };
    let mut inbox = Inbox::open(ports, &link, &opens_with).await?;
    if let Some(card) = &open.keep_as {
        return receivers::keep(&mut inbox, &link, card, passphrase, output).await;
    }
    let view = inbox.view();
    let written = match &open.out {
        Some(folder) => write_all(&mut inbox, &view, folder, output).await?,
        None => Vec::new(),
    };
    output.result(&json!({ "disclosure": view, "written": written }), || {
        let files = written.iter().map(|path| format!("Written: {}", shown(&path.to_string_lossy())));
        lines(&view).into_iter().chain(files).collect()
    })
}

fn lines(view: &DisclosureView) -> Vec<String> {
    let mut lines = vec![
        format!("From {}, {}, to {}", shown(&view.from), shown(&view.organisation), shown(&view.to)),
        format!("For: {}", shown(&view.purpose)),
        format!("Until: {}", last_day(view.until)),
    ];
    for item in &view.items {
        lines.push(item_line(item));
        if let ItemKind::Report { text, .. } = &item.kind {
            lines.push(shown_text(text));
        }
    }
    lines
}

/// Runs `zegel shares`.
pub(crate) async fn shares(vault: &mut Vault, output: Output, dossier: &str) -> Result<(), Failure> {
    let shares = vault.shares(dossier).await?;
    output.result(&shares, || {
        shares.iter().flat_map(|share| std::iter::once(line(share)).chain(receivers::keys(share))).collect()
    })
}

/// One share on one line.
pub(crate) fn line(share: &ShareView) -> String {
    let state = match share.state {
        ShareState::Live => "until",
        ShareState::Expired => "ended on",
        ShareState::Revoked => "revoked; was until",
        ShareState::Replaced => "goes on with keys of their own; was until",
    };
    let opened = match share.opened.last() {
        Some(last) => format!("opened, last on {}", day(u64::from(*last) * 86_400)),
        None => "not opened".to_owned(),
    };
    let incomplete = if share.incomplete { ", without evidence" } else { "" };
    format!(
        "{}  {} for {}: {} ({state} {}, {opened}{incomplete})",
        share.id,
        shown(&share.to),
        shown(&share.purpose),
        shown(&share.items.join(", ")),
        last_day(share.until),
    )
}

/// Runs `zegel revoke`.
pub(crate) async fn revoke(vault: &mut Vault, output: Output, dossier: &str, share: &str) -> Result<(), Failure> {
    vault.revoke(dossier, share).await?;
    output.note("What was read stays read; nothing new opens.");
    output.result(&json!({ "id": share }), || vec!["Revoked.".to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_to_its_end() {
        // 2026-12-31T23:00:00Z: midnight in the Netherlands, wherever this runs.
        assert_eq!(until("2026-12-31").unwrap(), 1_798_758_000);
        assert_eq!(until("2026-12-31T00:00:00Z").unwrap(), 1_798_675_200);
        for wrong in ["", "tomorrow", "31-12-2026", "2026-02-30", "2026-12-31T17:00", "1969-12-30"] {
            assert!(until(wrong).is_err(), "{wrong}");
        }
    }
}
