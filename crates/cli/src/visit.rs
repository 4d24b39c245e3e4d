//! One command on somebody else's computer: the vault is opened with key card and passphrase, and nothing of it stays there.

use std::{fs, path::Path};

use zegel_vault::{Session, VaultError};
use zeroize::Zeroizing;

use crate::{
    arguments::{SheetsVerb, Verb},
    failure::Failure,
    home::{Home, passing, warn},
    output::Output,
    passphrase::Passphrase,
    portal,
};

/// Runs a command on a visit. The visit ends with it, whatever comes of it.
pub(crate) async fn visit(
    home: &Home,
    passphrase: &Passphrase,
    output: Output,
    (relay, card): (&str, &Path),
    verb: &Verb,
) -> Result<(), Failure> {
    if is_for_home(verb) {
        return Err(VaultError::OnVisit.into());
    }
    let text = fs::read_to_string(card).map(Zeroizing::new).map_err(|error| Failure::unreadable(card, &error))?;
    let mut session = Session::visit(passing(relay)?, &text, passphrase.ask("Passphrase")?).await?;
    warn(&session, output);
    let done = match &mut session {
        Session::Vault(vault) => crate::within(home, passphrase, vault, output, verb).await,
        Session::Portal(portal) => portal::within(home, passphrase, portal, output, verb).await,
    };
    let lost = session.end_visit().await;
    done?;
    match lost? {
        0 => Ok(()),
        lost => {
            output.note(&format!(
                "Not sent, and gone with this visit: {lost}. Do it again where the relay can be reached."
            ));
            Ok(())
        }
    }
}

/// What makes, changes or empties a device of one's own, or waits.
fn is_for_home(verb: &Verb) -> bool {
    matches!(
        verb,
        Verb::Init(_)
            | Verb::Enrol(_)
            | Verb::Knock { .. }
            | Verb::Join(_)
            | Verb::Open(_)
            | Verb::Import(_)
            | Verb::Recover(_)
            | Verb::Sheets(SheetsVerb::Renew { .. })
            | Verb::SignOut
            | Verb::Watch
            | Verb::Passphrase { .. }
            | Verb::Card(_)
    )
}
