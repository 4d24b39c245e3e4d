//! Colleagues: invite, admit, remove, grant.

use serde_json::json;
use zegel_vault::{
    AccessTerms, Compared, Vault, VaultError,
    native::PathSink,
    view::{LeavingView, MemberState, MemberView, Origin, VerificationView, VouchedView},
};

use crate::{
    arguments::{Grant, Invite, Leave},
    failure::Failure,
    home::Home,
    letter::{Invites, hand_out},
    output::{Output, counted_day, day, last_day, shown},
    passphrase,
    sharing::{until, whole},
};

/// Runs `zegel invite`.
pub(crate) async fn invite(home: &Home, vault: &mut Vault, output: Output, invite: &Invite) -> Result<(), Failure> {
    let letter = invite.letter.as_deref().map(|path| match PathSink::create(path, false) {
        Ok(sink) => Ok((path, sink)),
        Err(error) => Err(Failure::file(path, error)),
    });
    let letter = letter.transpose()?;
    let known = |vault: &Vault, person: &str| {
        let members = vault.members();
        members.into_iter().find(|member| member.person == person).map(|member| member.name).unwrap_or_default()
    };
    let (name, made) = match (&invite.again, &invite.anew, &invite.name) {
        (Some(person), ..) => (known(vault, person), vault.reinvite(person).await?),
        (_, Some(person), _) => (known(vault, person), vault.invite_anew(person).await?),
        (None, None, name) => {
            let role = invite.role.map_or_else(|| vault.usual_role(), Ok)?;
            let until = invite.until.as_deref().map(until).transpose()?;
            let name = name.clone().unwrap_or_default();
            let made = vault.invite(&name, role, until).await?;
            (name, made)
        }
    };
    let made = whole(home, made)?;
    hand_out(vault, output, &made, letter, (&name, Invites::Colleague)).await
}

/// Runs `zegel member list`.
pub(crate) fn list(vault: &Vault, output: Output) -> Result<(), Failure> {
    let members = vault.members();
    output.result(&members, || members.iter().flat_map(lines).collect())
}

fn lines(member: &MemberView) -> Vec<String> {
    let mut lines = vec![line(member)];
    lines.extend(member.invited_until.map(|until| format!("    link until {}", last_day(until))));
    let wanted = if member.state == MemberState::Registered { "admitted" } else { "removed" };
    let wants = |name: &String| format!("    {} wants them {wanted}; it takes another director", shown(name));
    lines.extend(member.wanted_by.iter().map(wants));
    lines.extend(member.farewell.map(|when| format!("    acknowledged their leaving on {}", day(when))));
    lines.extend(
        member
            .delegate
            .as_ref()
            .map(|acts| format!("    acts for the directors until {}, by {}", last_day(acts.until), shown(&acts.by))),
    );
    if member.waiting > 0 {
        lines.push(format!("    came back with new keys; dossiers that you can give back: {}", member.waiting));
    }
    if member.state == MemberState::Member {
        lines.extend(vouched(&member.vouched).into_iter().map(|said| format!("    {said}")));
    }
    lines
}

/// Who vouches for somebody's keys.
pub(crate) fn vouched(vouched: &VouchedView) -> Vec<String> {
    let compared = |said: &VerificationView| {
        let how = said.how.replace('_', " ");
        let who = if said.you { "you".to_owned() } else { shown(&said.name) };
        format!("words compared by {who} on {}, {how}", counted_day(said.day))
    };
    let mut lines: Vec<String> = match vouched.origin {
        Origin::Founder => vec!["founded the organisation".to_owned()],
        Origin::Recovery => vec!["made director with the recovery sheets".to_owned()],
        Origin::Invited => Vec::new(),
    };
    lines.extend(vouched.verifications.iter().map(compared));
    if lines.is_empty() {
        lines.push("not verified by anybody".to_owned());
    } else if !vouched.by_another {
        let inviter = vouched
            .invited_by
            .as_deref()
            .map_or_else(|| "who invited them".to_owned(), |name| format!("{}, who invited them", shown(name)));
        lines.push(format!("not verified by anybody but {inviter}"));
    }
    lines
}

fn line(member: &MemberView) -> String {
    let state = match member.state {
        MemberState::Invited => "invited",
        MemberState::Expired => "invited, and did not come in time",
        MemberState::Registered => "waits to be admitted",
        MemberState::Member if !member.pledged => "has yet to sign the pledge",
        MemberState::Member => "member",
        MemberState::Removed => "removed",
    };
    let until = member.until.map(|until| format!(", until {}", last_day(until))).unwrap_or_default();
    let you = if member.you { ", you" } else { "" };
    format!("{}  {}  ({}, {state}{until}{you})", member.person, shown(&member.name), member.role.replace('_', "-"))
}

/// Runs `zegel member admit`.
pub(crate) async fn admit(
    vault: &mut Vault,
    output: Output,
    person: &str,
    heard: Option<&str>,
    how: Compared,
) -> Result<(), Failure> {
    let members = vault.members();
    let newcomer = members
        .iter()
        .find(|member| member.person == person && member.state == MemberState::Registered)
        .ok_or(VaultError::NoNewcomer)?;
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
    vault.admit(person, heard.unwrap_or(&words), how).await?;
    output.result(&json!({ "person": person }), || vec![format!("{} was admitted.", shown(&newcomer.name))])
}

/// Runs `zegel member verify`.
pub(crate) async fn verify(
    vault: &mut Vault,
    output: Output,
    person: &str,
    heard: &str,
    how: Compared,
) -> Result<(), Failure> {
    vault.verify_person(person, heard, how).await?;
    let members = vault.members();
    let member = members.iter().find(|member| member.person == person).ok_or(VaultError::NotFound)?;
    output.result(&member, || {
        [vec![format!("Noted: the words of {} are theirs.", shown(&member.name))], vouched(&member.vouched)].concat()
    })
}

/// Runs `zegel member give-back`.
pub(crate) async fn give_back(vault: &mut Vault, output: Output, person: &str) -> Result<(), Failure> {
    let given = vault.give_back(person, &()).await?;
    output.result(&json!({ "person": person, "dossiers": given }), || vec![format!("Given back: {given}.")])
}

/// Runs `zegel member delegate`.
pub(crate) async fn delegate(vault: &mut Vault, output: Output, person: &str, last: &str) -> Result<(), Failure> {
    let until = until(last)?;
    vault.delegate(person, until).await?;
    output.result(&json!({ "person": person, "until": until }), || {
        vec![format!("They act for the directors until {}.", last_day(until))]
    })
}

/// Runs `zegel member undelegate`.
pub(crate) async fn undelegate(vault: &mut Vault, output: Output, person: &str) -> Result<(), Failure> {
    vault.undelegate(person).await?;
    output.result(&json!({ "person": person }), || vec!["Ended.".to_owned()])
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
            let last = leaving.handed_out.last().map(|last| counted_day(*last));
            let seen =
                last.map_or("nothing was handed to them".to_owned(), |last| format!("last handed to them {last}"));
            format!("{}  {}  (can go on: {}; {seen})", leaving.dossier, shown(&leaving.title), shown(&others))
        };
        dossiers.iter().map(line).collect()
    })
}

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
