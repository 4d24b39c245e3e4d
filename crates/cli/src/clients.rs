//! The client of a dossier, and who acts for them: inviting, admitting, replacing lost keys.

use serde_json::json;
use zegel_vault::{
    Compared, NewParty, Vault, VaultError,
    native::PathSink,
    view::{PartyStanding, PartyView, SharedView},
};

use crate::{
    arguments::{ClientVerb, InviteClient},
    failure::Failure,
    home::Home,
    letter::{Invites, hand_out},
    output::{Output, last_day, shown},
    passphrase,
    people::vouched,
    sharing::{until, whole},
};

/// Runs `zegel client`.
pub(crate) async fn client(home: &Home, vault: &mut Vault, output: Output, verb: &ClientVerb) -> Result<(), Failure> {
    match verb {
        ClientVerb::Invite(wanted) => invite(home, vault, output, wanted).await,
        ClientVerb::List { dossier } => {
            let parties = vault.parties(dossier).await?;
            output.result(&parties, || parties.iter().flat_map(lines).collect())
        }
        ClientVerb::Admit { dossier, person, words, how } => {
            admit(vault, output, (dossier, person), words.as_deref(), *how).await
        }
        ClientVerb::Verify { dossier, person, words, how } => {
            vault.verify_party(dossier, person, words, *how).await?;
            let party = find(vault, dossier, person).await?;
            output.result(&party, || {
                [vec![format!("Noted: the words of {} are theirs.", shown(&party.name))], vouched(&party.vouched)]
                    .concat()
            })
        }
    }
}

async fn invite(home: &Home, vault: &mut Vault, output: Output, wanted: &InviteClient) -> Result<(), Failure> {
    let letter = wanted.letter.as_deref().map(|path| match PathSink::create(path, false) {
        Ok(sink) => Ok((path, sink)),
        Err(error) => Err(Failure::file(path, error)),
    });
    let letter = letter.transpose()?;
    let dossier = &wanted.dossier;
    let (name, made): (String, SharedView) = match (&wanted.again, &wanted.replace) {
        (Some(person), _) => (find(vault, dossier, person).await?.name, vault.reinvite_party(dossier, person).await?),
        (None, Some(person)) => (find(vault, dossier, person).await?.name, vault.replace_party(dossier, person).await?),
        (None, None) => {
            let new = NewParty {
                name: wanted.name.clone().unwrap_or_default(),
                kind: wanted.kind.name().to_owned(),
                parts: wanted.part.clone(),
                until: wanted.until.as_deref().map(until).transpose()?,
            };
            let made = vault.invite_party(dossier, &new).await?;
            (new.name, made)
        }
    };
    let made = whole(home, made)?;
    hand_out(vault, output, &made, letter, (&name, Invites::Reader)).await
}

async fn find(vault: &mut Vault, dossier: &str, person: &str) -> Result<PartyView, Failure> {
    let parties = vault.parties(dossier).await?;
    Ok(parties.into_iter().find(|party| party.person == person).ok_or(VaultError::NotFound)?)
}

async fn admit(
    vault: &mut Vault,
    output: Output,
    (dossier, person): (&str, &str),
    heard: Option<&str>,
    how: Compared,
) -> Result<(), Failure> {
    let newcomer = find(vault, dossier, person).await?;
    if newcomer.standing != PartyStanding::Registered {
        return Err(VaultError::NoNewcomer.into());
    }
    let words = newcomer.words.join(" ");
    if heard.is_none() {
        output.note(&format!("{} should read you these words: {words}", shown(&newcomer.name)));
        let answer = passphrase::line("Are they the same? Type yes");
        if answer.is_none_or(|answer| *answer != "yes") {
            return Err(Failure::Usage(
                "nobody was admitted; compare the words, then say yes or give them with --words".into(),
            ));
        }
    }
    vault.admit_party(dossier, person, heard.unwrap_or(&words), how).await?;
    if newcomer.replaces.is_some() {
        output.note("The keys that were lost open nothing that comes later.");
    }
    output.result(&json!({ "dossier": dossier, "person": person }), || {
        vec![format!("{} was admitted and can read.", shown(&newcomer.name))]
    })
}

fn lines(party: &PartyView) -> Vec<String> {
    let standing = match party.standing {
        PartyStanding::Invited => "invited",
        PartyStanding::Expired => "invited, and did not come in time",
        PartyStanding::Registered => "waits to be admitted",
        PartyStanding::Reads => "reads",
        PartyStanding::Ended => "reads no more",
    };
    let until = party.until.map(|until| format!(", until {}", last_day(until))).unwrap_or_default();
    let mut lines = vec![format!("{}  {}  ({}, {standing}{until})", party.person, shown(&party.name), party.kind)];
    if !party.parts.is_empty() {
        lines.push(format!("    parts: {}", party.parts.join(", ")));
    }
    lines.extend(party.invited_until.map(|until| format!("    link until {}", last_day(until))));
    lines.extend(party.replaces.iter().map(|old| format!("    in the place of {old}, whose keys were lost")));
    if party.standing == PartyStanding::Reads {
        lines.extend(vouched(&party.vouched).into_iter().map(|said| format!("    {said}")));
    }
    lines
}
