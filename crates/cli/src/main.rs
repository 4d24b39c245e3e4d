//! `zegel`: sealed dossiers from a terminal, for scripts and for people.
//!
//! A verb opens the vault in the home folder, does one thing and ends. Results go to standard output, everything else to
//! standard error; [`failure`] says which exit status means what.

#![forbid(unsafe_code)]

mod arguments;
mod clients;
mod dormant;
mod dossiers;
mod failure;
mod files;
mod home;
mod import;
mod keys;
mod letter;
mod notes;
mod output;
mod passphrase;
mod people;
mod policy;
mod portal;
mod receivers;
mod recover;
mod restored;
mod setup;
mod sharing;
mod testament;
mod today;
mod tree;
mod visit;
mod watch;

use std::process::ExitCode;

use futures::executor::block_on;
use zegel_vault::{Session, Vault};

use crate::{
    arguments::{Arguments, MemberVerb, PledgeVerb, SheetsVerb, Verb},
    failure::Failure,
    home::Home,
    output::Output,
    passphrase::Passphrase,
};

fn main() -> ExitCode {
    let arguments = Arguments::typed();
    let output = Output::new(arguments.json);
    match block_on(run(&arguments, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code()
        }
    }
}

async fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let home = Home::of(arguments)?;
    let passphrase = Passphrase::of(arguments);
    if let (Some(relay), Some(card)) = (&arguments.visit, &arguments.visit_card) {
        return visit::visit(&home, &passphrase, output, (relay, card), &arguments.verb).await;
    }
    match &arguments.verb {
        Verb::Init(init) => setup::init(&home, &passphrase, output, init).await,
        Verb::Enrol(enrol) => setup::enrol(&home, &passphrase, output, enrol).await,
        Verb::Knock { relay } => setup::knock(&home, &passphrase, output, relay).await,
        Verb::Join(join) => setup::join(&home, &passphrase, output, join).await,
        Verb::Open(open) => sharing::open(&passphrase, output, open).await,
        Verb::Import(import) => import::import(&home, &passphrase, output, import).await,
        Verb::Recover(recover) => recover::recover(&home, &passphrase, output, recover).await,
        Verb::Sheets(SheetsVerb::Renew { relay, sheets, recovery, out }) => {
            recover::renew(output, relay, sheets, *recovery, out).await
        }
        Verb::SignOut => setup::sign_out(&home, &passphrase, output).await,
        Verb::Policy(verb) if policy::without_vault(output, verb)? => Ok(()),
        Verb::Watch => watch::watch(&mut home.unlock_any(&passphrase, output).await?, output).await,
        Verb::Passphrase { new_passphrase_file } => {
            let mut session = home.unlock_any(&passphrase, output).await?;
            keys::change_passphrase(&mut session, &passphrase, output, new_passphrase_file.as_deref()).await
        }
        Verb::Card(verb) => {
            keys::card(&mut home.unlock_any(&passphrase, output).await?, &passphrase, output, verb).await
        }
        verb => match home.unlock_any(&passphrase, output).await? {
            Session::Vault(mut vault) => within(&home, &passphrase, &mut vault, output, verb).await,
            Session::Portal(mut portal) => portal::within(&home, &passphrase, &mut portal, output, verb).await,
        },
    }
}

/// The verbs that need an unlocked vault.
async fn within(
    home: &Home,
    passphrase: &Passphrase,
    vault: &mut Vault,
    output: Output,
    verb: &Verb,
) -> Result<(), Failure> {
    match verb {
        Verb::UnlockTest => setup::unlock_test(home, vault, output),
        Verb::Today => today::today(vault, output).await,
        Verb::Dossier(verb) => dossiers::dossier(vault, output, verb).await,
        Verb::Report(report) => dossiers::report(vault, output, report).await,
        Verb::Search { words } => dossiers::search(vault, output, &words.join(" ")).await,
        Verb::Verify { dossier } => dossiers::verify(vault, output, dossier.as_deref()).await,
        Verb::Grant(grant) => people::grant(vault, output, grant).await,
        Verb::Ungrant { dossier, person } => people::ungrant(vault, output, dossier, person).await,
        Verb::Note(verb) => notes::note(vault, output, verb).await,
        Verb::Emergency(verb) => dormant::emergency(vault, output, verb).await,
        Verb::Testament(verb) => testament::testament(vault, output, verb).await,
        Verb::Glass(verb) => dormant::glass(vault, output, verb).await,
        Verb::Add(add) => files::add(vault, output, add).await,
        Verb::Get(get) => files::get(vault, output, get).await,
        Verb::Share(share) => sharing::share(home, vault, output, share).await,
        Verb::Shares { dossier } => sharing::shares(vault, output, dossier).await,
        Verb::Revoke { dossier, share } => sharing::revoke(vault, output, dossier, share).await,
        Verb::Policy(verb) => policy::policy(vault, output, verb).await,
        Verb::Pledge(PledgeVerb::Show) => policy::pledge(vault, output, None).await,
        Verb::Pledge(PledgeVerb::Sign { accept }) => policy::pledge(vault, output, Some(*accept)).await,
        Verb::Pledge(PledgeVerb::Leave { accept }) => policy::farewell(vault, output, *accept).await,
        Verb::Authorised { reviewed: true, .. } => policy::review(vault, output).await,
        Verb::Authorised { check: Some(file), .. } => policy::check_statement(vault, output, file),
        Verb::Authorised { dossier, on, signed, .. } => {
            policy::authorised(vault, output, dossier.as_deref(), *on, signed.as_deref()).await
        }
        Verb::Invite(invite) => people::invite(home, vault, output, invite).await,
        Verb::Member(MemberVerb::List) => people::list(vault, output),
        Verb::Member(MemberVerb::Admit { person, words, how }) => {
            people::admit(vault, output, person, words.as_deref(), *how).await
        }
        Verb::Member(MemberVerb::Verify { person, words, how }) => {
            people::verify(vault, output, person, words, *how).await
        }
        Verb::Member(MemberVerb::GiveBack { person }) => people::give_back(vault, output, person).await,
        Verb::Member(MemberVerb::Delegate { person, until }) => people::delegate(vault, output, person, until).await,
        Verb::Member(MemberVerb::Undelegate { person }) => people::undelegate(vault, output, person).await,
        Verb::Member(MemberVerb::Remove { person }) => people::remove(vault, output, person).await,
        Verb::Client(verb) => clients::client(home, vault, output, verb).await,
        Verb::Receiver(verb) => receivers::receiver(vault, output, verb).await,
        Verb::Leave(leave) => people::leave(vault, output, leave).await,
        Verb::Device(verb) => keys::device(vault, passphrase, output, verb).await,
        Verb::Renew { key_card, new_passphrase_file } => {
            keys::renew(vault, passphrase, output, key_card, new_passphrase_file.as_deref()).await
        }
        Verb::Restored { confirm, give_up } => restored::restored(vault, output, *confirm, *give_up).await,
        Verb::Sheets(SheetsVerb::Check { sheet }) => recover::check(vault, output, sheet),
        Verb::Sheets(SheetsVerb::Renew { .. })
        | Verb::Recover(_)
        | Verb::Init(_)
        | Verb::Enrol(_)
        | Verb::Knock { .. }
        | Verb::Join(_)
        | Verb::Open(_)
        | Verb::Import(_)
        | Verb::Watch
        | Verb::Passphrase { .. }
        | Verb::Card(_)
        | Verb::SignOut => Ok(()),
    }
}
