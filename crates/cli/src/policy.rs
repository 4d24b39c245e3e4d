//! The policy, the pledge, and who is authorised by them.

use std::path::Path;

use serde_json::json;
use zegel_vault::{
    Day, FirstPolicy, Language, Policy, Profile, Vault, VaultError, days,
    native::{PathSink, SystemClock},
    ports::Clock as _,
    view::AuthorisedView,
};

use crate::{
    arguments::PolicyVerb,
    dossiers::read_text,
    failure::Failure,
    files::write_new,
    output::{Output, counted, counted_day, last_day, shown, shown_text},
    passphrase,
};

/// The policy that `zegel init` was given: a profile's name, or a file.
pub(crate) fn first(named: &str) -> Result<FirstPolicy, Failure> {
    match Profile::from_name(named) {
        Some(profile) => Ok(FirstPolicy::Profile(profile)),
        None if Path::new(named).exists() => Ok(FirstPolicy::File(read_text(Path::new(named))?)),
        None => Err(no_profile(named)),
    }
}

fn no_profile(named: &str) -> Failure {
    let names: Vec<&str> = Profile::all().map(Profile::name).to_vec();
    Failure::Usage(format!("{} is neither a file nor one of: {}", shown(named), names.join(", ")))
}

/// Runs what of `zegel policy` needs no vault. Gives whether it was that.
pub(crate) fn without_vault(output: Output, verb: &PolicyVerb) -> Result<bool, Failure> {
    match verb {
        PolicyVerb::List => {
            let profile = |profile: Profile| {
                let (title, text) = (profile.title(Language::English), profile.description(Language::English));
                json!({ "name": profile.name(), "title": title, "description": text })
            };
            let line = |profile: Profile| format!("{}: {}", profile.name(), profile.description(Language::English));
            output.result(&Profile::all().map(profile), || Profile::all().map(line).to_vec())?;
        }
        PolicyVerb::Show { profile: Some(named) } => {
            let profile = Profile::from_name(named).ok_or_else(|| no_profile(named))?;
            let today = u32::try_from(days::of(SystemClock.now())).ok().and_then(Day::since_1970).unwrap_or(Day::EPOCH);
            let text = profile.text(today);
            output.result(&json!({ "text": text }), || vec![text.trim_end().to_owned()])?;
        }
        PolicyVerb::Check { file } => {
            let policy = Policy::parse(&read_text(file)?).map_err(|error| VaultError::Policy(error.to_string()))?;
            output.result(&json!({ "version": policy.version }), || {
                vec![format!("This is a policy, version {}, that holds from {}.", policy.version, policy.effective)]
            })?;
        }
        PolicyVerb::Show { profile: None } | PolicyVerb::Set { .. } => return Ok(false),
    }
    Ok(true)
}

/// Runs the rest of it.
pub(crate) async fn policy(vault: &mut Vault, output: Output, verb: &PolicyVerb) -> Result<(), Failure> {
    if let PolicyVerb::Set { file } = verb {
        vault.set_policy(&read_text(file)?).await?;
    }
    let view = vault.policy_view()?;
    if view.outdated {
        output.note(
            "Note: this policy should be looked at again; its day of review has passed, or a law it names ended.",
        );
    }
    output.result(&view, || match verb {
        PolicyVerb::Set { .. } => vec![format!("Version {} of the policy is in force.", view.version)],
        _ => vec![shown_text(&view.text)],
    })
}

/// Runs `zegel pledge show` and `zegel pledge sign`.
pub(crate) async fn pledge(vault: &mut Vault, output: Output, sign: Option<bool>) -> Result<(), Failure> {
    let pledge = vault.pledge()?;
    let text = shown_text(&pledge.dutch);
    let Some(accepted) = sign else {
        return output.result(&pledge, || {
            let state = if pledge.signed { "You have signed it." } else { "You have not signed it yet." };
            vec![text, String::new(), format!("Version {}. {state}", pledge.version)]
        });
    };
    agree(output, &text, "Do you pledge this?", accepted)?;
    vault.sign_pledge(pledge.version).await?;
    output.result(&json!({ "version": pledge.version }), || vec![format!("Signed, version {}.", pledge.version)])
}

/// Runs `zegel pledge leave`.
pub(crate) async fn farewell(vault: &mut Vault, output: Output, accepted: bool) -> Result<(), Failure> {
    let farewell = vault.farewell()?;
    agree(output, &shown_text(&farewell.dutch), "Do you acknowledge this?", accepted)?;
    vault.sign_farewell(farewell.version).await?;
    output.note("You are still a member. A director sees that you signed, and removes you.");
    output.result(&json!({ "version": farewell.version }), || vec!["Signed.".to_owned()])
}

/// Shows a text and asks for agreement, unless it was given.
fn agree(output: Output, text: &str, question: &str, accepted: bool) -> Result<(), Failure> {
    if accepted {
        return Ok(());
    }
    output.note(&format!("{text}\n"));
    match passphrase::line(&format!("{question} Type yes")) {
        Some(answer) if *answer == "yes" => Ok(()),
        _ => Err(Failure::Usage("nothing was signed; say yes, or give --accept once you have read it".into())),
    }
}

/// A day of which something is asked, as it is counted.
pub(crate) fn on_day(on: Option<jiff::civil::Date>) -> Result<Option<u64>, Failure> {
    let before = |date| Failure::Usage(format!("{date} is before there was anything"));
    on.map(|date| counted(date).ok_or_else(|| before(date))).transpose()
}

/// Runs `zegel authorised`.
pub(crate) async fn authorised(
    vault: &mut Vault,
    output: Output,
    dossier: Option<&str>,
    on: Option<jiff::civil::Date>,
    signed: Option<&Path>,
) -> Result<(), Failure> {
    let on = on_day(on)?;
    if let Some(path) = signed {
        let sink = PathSink::create(path, false).map_err(|error| Failure::file(path, error))?;
        write_new(sink, path, &vault.authorised_statement(dossier, on).await?).await?;
        return output
            .result(&json!({ "signed": path }), || vec![format!("Signed: {}", shown(&path.to_string_lossy()))]);
    }
    let view = vault.authorised(dossier, on).await?;
    output.result(&view, || lines(&view))
}

/// Runs `zegel authorised --reviewed`.
pub(crate) async fn review(vault: &mut Vault, output: Output) -> Result<(), Failure> {
    vault.sign_review().await?;
    let view = vault.authorised(None, None).await?;
    output.result(&view, || lines(&view))
}

/// Runs `zegel authorised --check`.
pub(crate) fn check_statement(vault: &Vault, output: Output, file: &Path) -> Result<(), Failure> {
    let signer = vault.check_statement(&read_text(file)?)?;
    if signer.device_ended {
        output.note("The device has ended since. If it was stolen, somebody else may have signed this with it.");
    }
    output.result(&signer, || vec![format!("Signed by {}, and not changed since.", shown(&signer.name))])
}

fn lines(view: &AuthorisedView) -> Vec<String> {
    let of = match &view.dossier {
        Some(title) => shown(title),
        None => format!("{} dossiers of {}", view.dossiers, shown(&view.organisation)),
    };
    let mut lines = vec![format!("Who holds keys of {of}, on {}:", last_day(view.moment))];
    for person in &view.people {
        let dossiers = if view.dossier.is_none() { format!(", {} dossiers", person.dossiers) } else { String::new() };
        let parts = person.compartments.join(" ");
        let acts = person.delegate_until.map(|until| {
            let last = last_day(until);
            format!(", acts for the directors until {last}")
        });
        let (name, acts) = (shown(&person.name), acts.unwrap_or_default());
        lines.push(format!("{}  {name} ({}{dossiers}{acts}): {parts}", person.person, person.role));
    }
    if view.recovery {
        lines.push("The recovery key.".to_owned());
    }
    if let Some(review) = &view.reviewed {
        lines.push(format!("Last gone over by {} on {}.", shown(&review.by), counted_day(review.day)));
    }
    lines
}
