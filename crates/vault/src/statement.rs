//! Texts that a person signs with their device, for people to keep: whoever is given one, on paper or as a file, can have it
//! checked by any member of the organisation.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zegel_crypto::{Label, Signature};
use zegel_ledger::{DeviceId, Head, PersonId};

use crate::{
    Vault, VaultError,
    policy::day,
    view::{AuthorisedView, StatementView},
};

/// Begins the line under the text: the format's name and version. Person, device and signature follow.
const SIGNED: &str = "zegel-statement-1";

impl Vault {
    /// The list of [`Self::authorised`] as text in Dutch and English, with where the logs stand that it is computed from,
    /// signed by this device.
    pub async fn authorised_statement(&mut self, dossier: Option<&str>, on: Option<u64>) -> Result<String, VaultError> {
        let view = self.authorised(dossier, on).await?;
        let log = match dossier {
            Some(text) => self.book(self.dossier_id(text)?).await?.log.head(),
            None => None,
        };
        Ok(self.signed(&self.list(&view, dossier, log)))
    }

    fn list(&self, view: &AuthorisedView, id: Option<&str>, log: Option<Head>) -> String {
        let head =
            |head: Option<Head>| head.map(|head| format!("{} {}", head.sequence, URL_SAFE_NO_PAD.encode(head.hash.0)));
        let mut lines = vec![
            "Wie sleutels heeft · Who holds keys".to_owned(),
            format!("Organisatie · Organisation: {} ({})", line(&view.organisation), self.record.organisation),
        ];
        match (&view.dossier, id) {
            (Some(title), Some(id)) => lines.push(format!("Dossier: {} ({id})", line(title))),
            _ => lines.push(format!("Dossiers: {}", view.dossiers)),
        }
        lines.push(format!("Op · On: {}", day(view.moment.saturating_sub(1))));
        lines.extend(head(self.directory.head()).map(|head| format!("Ledenlijst · Directory: {head}")));
        lines.extend(head(log).map(|head| format!("Dossierlog · Dossier log: {head}")));
        lines.push(String::new());
        for person in &view.people {
            let (name, role) = (line(&person.name), person.role.replace('_', " "));
            let mut said = format!("{name} ({role}), {}", person.person);
            if view.dossier.is_none() {
                let _ = write!(said, ", {} dossiers", person.dossiers);
            }
            if let Some(until) = person.delegate_until {
                let last = day(until.saturating_sub(1));
                let _ = write!(
                    said,
                    ", treedt op namens wie leiding geeft tot en met · acts for the directors until {last}"
                );
            }
            let _ = write!(said, ": {}", person.compartments.join(" "));
            lines.push(said);
        }
        if view.recovery {
            lines.push("Herstelsleutel · Recovery key".to_owned());
        }
        lines.join("\n")
    }

    /// Signs a text and puts the signature under it.
    fn signed(&self, text: &str) -> String {
        let text = plain(text);
        let (person, device) = (self.keys.person, self.keys.device);
        let signature = self.keys.signing.sign(Label::Statement, &(self.record.organisation, person, device, &text));
        let name = line(&self.name_of(person));
        let signature = URL_SAFE_NO_PAD.encode(signature.0);
        format!("{text}\n\nOndertekend door · Signed by: {name}\n{SIGNED} {person} {device} {signature}\n")
    }

    /// Who signed a text, if nothing of it was changed since. Its times are what its signer claims.
    pub fn check_statement(&self, text: &str) -> Result<StatementView, VaultError> {
        let text = plain(text);
        let (said, line) = text.rsplit_once('\n').ok_or(VaultError::NotAStatement)?;
        // The name above the signature is for people; who signed is what the signature says.
        let (said, _) = said.rsplit_once("\n\n").ok_or(VaultError::NotAStatement)?;
        let mut words = line.split(' ');
        let (Some(SIGNED), Some(person), Some(device), Some(signature), None) =
            (words.next(), words.next(), words.next(), words.next(), words.next())
        else {
            return Err(VaultError::NotAStatement);
        };
        let person: PersonId = person.parse().map_err(|_| VaultError::NotAStatement)?;
        let device: DeviceId = device.parse().map_err(|_| VaultError::NotAStatement)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let signature = Signature(signature.ok_or(VaultError::NotAStatement)?);
        let known = self.directory.device(device).filter(|known| known.certificate.person == person);
        let known = known.ok_or(VaultError::FalseStatement)?;
        let body = (self.record.organisation, person, device, said);
        let genuine = known.certificate.signing.verify(Label::Statement, &body, &signature).is_ok();
        if !genuine && !zegel_crypto::sabotage::is("statement") {
            return Err(VaultError::FalseStatement);
        }
        Ok(StatementView {
            person: person.to_string(),
            name: self.name_of(person),
            device_ended: known.revoked.is_some(),
        })
    }
}

/// A name stays on its line, whatever it consists of.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Mail and editors change how lines end; nobody sees that.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}
