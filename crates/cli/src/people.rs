//! Colleagues: invite, admit, remove, grant.

use serde_json::json;
use zegel_vault::{
    AccessTerms, Role, Vault, VaultError,
    view::{LeavingView, MemberState, MemberView},
};

use crate::{
    arguments::{Grant, Leave},
    failure::Failure,
    home::Home,
    output::{Output, day, shown},
    passphrase,
    sharing::{print_link, until},
};

/// Runs `zegel invite`.
pub(crate) async fn invite(
    home: &Home,
    vault: &mut Vault,
    output: Output,
    name: &str,
    role: Option<Role>,
    last: Option<&str>,
) -> Result<(), Failure> {
    let role = role.map_or_else(|| vault.usual_role(), Ok)?;
    let until = last.map(until).transpose()?;
    let made = vault.invite(name, role, until).await?;
    print_link(home, output, made)
}

/// Runs `zegel member list`.
pub(crate) fn list(vault: &Vault, output: Output) -> Result<(), Failure> {
    let members = vault.members();
    output.result(&members, || members.iter().map(line).collect())
}

fn line(member: &MemberView) -> String {
    let state = match member.state {
        MemberState::Invited => "invited",
        MemberState::Registered => "waits to be admitted",
        MemberState::Member if !member.pledged => "has yet to sign the pledge",
        MemberState::Member => "member",
        MemberState::Removed => "removed",
    };
    let until = member.until.map(|until| format!(", until {}", day(until.saturating_sub(1)))).unwrap_or_default();
    let you = if member.you { ", you" } else { "" };
    format!("{}  {}  ({}, {state}{until}{you})", member.person, shown(&member.name), member.role.replace('_', "-"))
}

/// Runs `zegel member admit`.
pub(crate) async fn admit(vault: &mut Vault, output: Output, person: &str, heard: Option<&str>) -> Result<(), Failure> {
    let members = vault.members();
    let newcomer = members
        .iter()
        .find(|member| member.person == person && member.state == MemberState::Registered)
        .ok_or(VaultError::NoNewcomer)?;
    let words = newcomer.words.join(" ");
    match heard {
        Some(heard) if same_words(heard, &words) => {}
        Some(_) => {
            return Err(Failure::Usage(
                "these are not the newcomer's words; do not admit them, and ask whom you invited what they see".into(),
            ));
        }
        None => {
            output.note(&format!("{} should read you these words: {words}", shown(&newcomer.name)));
            let answer = passphrase::line("Are they the same? Type yes");
            if answer.is_none_or(|answer| *answer != "yes") {
                return Err(Failure::Usage(
                    "nobody was admitted; compare the words, then say yes or give them with --words".into(),
                ));
            }
        }
    }
    vault.admit(person).await?;
    output.result(&json!({ "person": person }), || vec![format!("{} was admitted.", shown(&newcomer.name))])
}

fn same_words(heard: &str, words: &str) -> bool {
    heard.to_lowercase().split_whitespace().eq(words.split_whitespace())
}

/// Runs `zegel member remove`.
pub(crate) async fn remove(vault: &mut Vault, output: Output, person: &str) -> Result<(), Failure> {
    vault.remove_member(person).await?;
    output.note("What they have read stays read; nothing new opens for them.");
    output.result(&json!({ "person": person }), || vec!["Removed.".to_owned()])
}

/// Runs `zegel leave`.
pub(crate) async fn leave(vault: &mut Vault, output: Output, leave: &Leave) -> Result<(), Failure> {
    if let Some(successor) = &leave.to {
        let count = vault.hand_over(&leave.person, successor, leave.all, &()).await?;
        output.note(&format!("Handed over: {count}."));
    }
    let dossiers = vault.leaving(&leave.person).await?;
    if leave.finish {
        vault.remove_member(&leave.person).await?;
        output.note("They were removed. What they have read stays read; nothing new opens for them.");
    }
    output.result(&json!({ "removed": leave.finish, "dossiers": dossiers }), || {
        let line = |leaving: &LeavingView| {
            let others = if leaving.others.is_empty() { "nobody else".to_owned() } else { leaving.others.join(", ") };
            let last = leaving.handed_out.last().map(|last| day(u64::from(*last) * DAY));
            let seen =
                last.map_or("nothing was handed to them".to_owned(), |last| format!("last handed to them {last}"));
            format!("{}  {}  (read by {}; {seen})", leaving.dossier, shown(&leaving.title), shown(&others))
        };
        dossiers.iter().map(line).collect()
    })
}

/// Seconds.
const DAY: u64 = 24 * 60 * 60;

/// Runs `zegel grant`.
pub(crate) async fn grant(vault: &mut Vault, output: Output, grant: &Grant) -> Result<(), Failure> {
    let Grant { dossier, person, .. } = grant;
    let terms = AccessTerms {
        parts: grant.part.clone(),
        until: grant.until.as_deref().map(until).transpose()?,
        from_now: grant.from_now.then(|| grant.item.clone()),
    };
    // Giving the same once more is no mistake in a script; giving something else is.
    if terms == AccessTerms::default() {
        vault.grant(dossier, person).await?;
    } else {
        vault.let_in(dossier, person, &terms).await?;
    }
    output.result(&json!({ "dossier": dossier, "person": person }), || vec!["Granted.".to_owned()])
}

/// Runs `zegel ungrant`.
pub(crate) async fn ungrant(vault: &mut Vault, output: Output, dossier: &str, person: &str) -> Result<(), Failure> {
    vault.end_access(dossier, person).await?;
    output.note("What they have read stays read; nothing new opens for them.");
    output.result(&json!({ "dossier": dossier, "person": person }), || vec!["Ended.".to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_whatever_their_case_and_spacing() {
        assert!(same_words(" Alpha  BRAVO charlie\n", "alpha bravo charlie"));
        assert!(!same_words("alpha bravo", "alpha bravo charlie"));
        assert!(!same_words("alpha charlie bravo", "alpha bravo charlie"));
    }
}
