//! Third parties with keys of their own: making them, as who receives; comparing and agreeing, as who shares.

use std::{fs, path::Path};

use serde_json::json;
use zegel_vault::{
    Compared, Inbox, Vault, VaultError,
    view::{ReceiverKeys, ShareView},
};

use crate::{
    arguments::ReceiverVerb,
    failure::Failure,
    home::relay_of,
    output::{Output, shown},
    passphrase::{self, Passphrase},
    people::vouched,
    setup::{Papers, shown_path},
};

/// A link or a reading card, as it was typed or as it stands in a file.
pub(crate) fn read(given: &str) -> Result<String, Failure> {
    let path = Path::new(given);
    if given.contains('#') || !path.is_file() {
        return Ok(given.to_owned());
    }
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    let line = text.lines().map(str::trim).find(|line| line.contains("/o#"));
    Ok(line.ok_or(VaultError::BadReadingCard)?.to_owned())
}

/// Whether this is a reading card, which goes with a passphrase; a link goes with a code.
pub(crate) fn is_card(link: &str) -> bool {
    link.contains("#r1.")
}

/// Makes keys of the receiver's own, writes their card, and only then tells whoever shared of them.
pub(crate) async fn keep(
    inbox: &mut Inbox,
    link: &str,
    card: &Path,
    passphrase: &Passphrase,
    output: Output,
) -> Result<(), Failure> {
    let papers = Papers::prepare(vec![card.to_owned()])?;
    let made = inbox.make_own(&passphrase.make()?)?;
    let (from, words) = (inbox.view().from, made.words.join(" "));
    // The words are no secret, and this is the one place where they last.
    let text = format!("{}{}\n\nWords: {words}", relay_of(link)?.trim_end_matches('/'), made.card);
    let paths = papers.write(std::iter::once(&text), output).await?;
    inbox.register().await?;
    output.result(&json!({ "reading_card": paths[0], "words": made.words }), || {
        vec![format!("Reading card: {}", shown_path(&paths[0])), format!("Words: {words}")]
    })?;
    output.note(&format!(
        "Print the reading card, keep it apart from this device, and delete the file.\n\
         Read the words to {}; once they agree, the card and your passphrase open what was shared, and the link opens nothing.",
        shown(&from)
    ));
    Ok(())
}

/// Runs `zegel receiver`.
pub(crate) async fn receiver(vault: &mut Vault, output: Output, verb: &ReceiverVerb) -> Result<(), Failure> {
    match verb {
        ReceiverVerb::Agree { dossier, share, words, how } => {
            agree(vault, output, (dossier, share), words.as_deref(), *how).await
        }
        ReceiverVerb::Verify { dossier, share, words, how } => {
            vault.verify_share(dossier, share, words, *how).await?;
            let share = find(vault, dossier, share).await?;
            output.result(&share, || {
                let noted = format!("Noted: the words of {} are theirs.", shown(&share.to));
                std::iter::once(noted).chain(keys(&share)).collect()
            })
        }
    }
}

async fn find(vault: &mut Vault, dossier: &str, share: &str) -> Result<ShareView, Failure> {
    let shares = vault.shares(dossier).await?;
    Ok(shares.into_iter().find(|found| found.id == share).ok_or(VaultError::NotFound)?)
}

async fn agree(
    vault: &mut Vault,
    output: Output,
    (dossier, share): (&str, &str),
    heard: Option<&str>,
    how: Compared,
) -> Result<(), Failure> {
    let found = find(vault, dossier, share).await?;
    let words = match &found.keys {
        ReceiverKeys::Made { words } => words.join(" "),
        ReceiverKeys::Twice => return Err(VaultError::ReceiverTwice.into()),
        // The vault says why not.
        ReceiverKeys::Handed | ReceiverKeys::Own { .. } => String::new(),
    };
    if heard.is_none() && !words.is_empty() {
        output.note(&format!("{} should read you these words: {words}", shown(&found.to)));
        let answer = passphrase::line("Are they the same? Type yes");
        if answer.is_none_or(|answer| *answer != "yes") {
            return Err(Failure::Usage(
                "nothing was agreed; compare the words, then say yes or give them with --words".into(),
            ));
        }
    }
    let made = vault.agree_share(dossier, share, heard.unwrap_or(&words), how).await?;
    output.result(&json!({ "dossier": dossier, "share": made }), || {
        vec![
            made.clone(),
            format!("{} goes on with keys of their own; the link opens nothing any more.", shown(&found.to)),
        ]
    })
}

/// Whose keys open a share, in lines under it.
pub(crate) fn keys(share: &ShareView) -> Vec<String> {
    match &share.keys {
        ReceiverKeys::Handed => Vec::new(),
        ReceiverKeys::Made { .. } => {
            vec!["    made keys of their own; compare the words with zegel receiver agree".to_owned()]
        }
        ReceiverKeys::Twice => vec!["    two made keys with this link; revoke it and share anew".to_owned()],
        ReceiverKeys::Own { words, vouched: said } => {
            let first = format!("    keys of their own; words: {}", words.join(" "));
            std::iter::once(first).chain(vouched(said).into_iter().map(|said| format!("    {said}"))).collect()
        }
    }
}
