//! What was arranged for when somebody cannot be there: an emergency contact claims, a colleague acts for the directors. Days pass,
//! connections fail, and a plain model says who may read when, and who may change what.
//!
//! After every step: the contact's vault shows nothing, and their keys open nothing, of before the days were over or of after the end
//! (I5); who directs is as it was (I2). Whoever has news knows of each claim that stands, and of no other (I3).

use std::collections::BTreeSet;

use proptest::prelude::*;
use zegel_dossier::policy::Role;
use zegel_protocol::Problem;
use zegel_tests::{
    hostile::{Request, lose_answer, only, problem},
    world::{DAY, MONDAY, REPORT},
};
use zegel_vault::{
    VaultError,
    view::{Alarm, MemberState, Purpose},
};

use crate::office::{ALL, Office, Who};

/// How long a contact waits.
const WAIT: u64 = 14 * DAY;

/// Something happens.
#[derive(Clone, Debug)]
enum Step {
    /// Days pass.
    Pass(u64),
    /// Iris, whose dossier it is, writes a report.
    Write,
    /// Ruben tries to write one.
    WriteAsContact,
    /// Iris chooses Ruben, or takes that back.
    Choose(bool),
    /// Ruben claims.
    Claim,
    /// Iris says no.
    Refuse,
    /// Iris lets Noor act for the directors so many days, or says that it is over.
    Delegate(Option<u64>),
    /// Noor invites a colleague, or a director.
    Invite(bool),
    /// Noor removes Sam.
    Remove,
    /// Somebody asks for news.
    Sync(Who),
    /// The same, over a connection that fails at one of the paths; perhaps after the relay heard.
    Fail(Who, usize, bool),
}

const PATHS: [&str; 7] = ["/v1/changes", "/v1/pull", "/v1/halves", "/v1/fetch", "/v1/append", "/v1/post", "/v1/hello"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = || (0..ALL.len()).prop_map(|number| ALL[number]);
    let step = prop_oneof![
        4 => (1u64..10).prop_map(Step::Pass),
        3 => Just(Step::Write),
        2 => Just(Step::WriteAsContact),
        3 => any::<bool>().prop_map(Step::Choose),
        4 => Just(Step::Claim),
        1 => Just(Step::Refuse),
        3 => prop::option::weighted(0.7, 1u64..12).prop_map(Step::Delegate),
        3 => any::<bool>().prop_map(Step::Invite),
        1 => Just(Step::Remove),
        3 => who().prop_map(Step::Sync),
        4 => (who(), 0..PATHS.len(), any::<bool>()).prop_map(|(who, path, heard)| Step::Fail(who, path, heard)),
    ];
    prop::collection::vec(step, 8..24)
}

/// What was arranged, and what follows from it.
struct Model {
    now: u64,
    chosen: bool,
    claimed: Option<u64>,
    /// When Noor's time is over.
    delegated: Option<u64>,
    sam: bool,
    invited: BTreeSet<String>,
    /// Every text in the dossier.
    written: BTreeSet<String>,
    /// What Ruben could read while he might.
    allowed: BTreeSet<String>,
}

impl Model {
    fn opens(&self) -> Option<u64> {
        self.claimed.map(|at| at + WAIT)
    }

    /// Whether Ruben may read.
    fn open(&self) -> bool {
        self.opens().is_some_and(|opens| opens <= self.now)
    }

    /// Whether Noor acts for the directors.
    fn acts(&self) -> bool {
        self.delegated.is_some_and(|until| self.now < until)
    }
}

async fn play(steps: Vec<Step>) {
    let mut office = Office::new().await;
    let mut model = Model {
        now: MONDAY,
        chosen: false,
        claimed: None,
        delegated: None,
        sam: true,
        invited: BTreeSet::new(),
        written: BTreeSet::from([REPORT.to_owned()]),
        allowed: BTreeSet::new(),
    };
    for (number, step) in steps.iter().enumerate() {
        happen(&mut office, &mut model, number, step).await;
        if model.open() {
            model.allowed.extend(model.written.clone());
        }
        let shown = office.shown().await.unwrap_or_default();
        assert!(shown.is_subset(&model.allowed), "Ruben sees {:?}", shown.difference(&model.allowed));
        let opened = office.opened().await;
        assert_eq!(opened, if model.open() { model.written.clone() } else { BTreeSet::new() }, "what his keys open");
        office.overreach(model.acts()).await;
    }
    for who in ALL.into_iter().chain(ALL) {
        office.news(who).await;
    }
    for who in ALL {
        agree(&mut office, &model, who).await;
    }
}

async fn happen(office: &mut Office, model: &mut Model, number: usize, step: &Step) {
    let text = format!("tekst nummer {number} van het model");
    let (ruben, noor) = (office.keys[0].person.to_string(), office.keys[1].person.to_string());
    match step {
        Step::Pass(days) => {
            office.world.clock.pass(days * DAY);
            model.now += days * DAY;
        }
        Step::Write => {
            office.news(Who::Iris).await;
            let saved = office.iris.vault.save_report(&office.dossier, None, 0, "Titel", &text, "2026-03-09").await;
            assert!(!saved.expect("she writes").waiting);
            model.written.insert(text);
        }
        Step::WriteAsContact => {
            office.news(Who::Ruben).await;
            let saved = office.ruben.vault.save_report(&office.dossier, None, 0, "Titel", &text, "2026-03-09").await;
            assert_eq!(saved.is_ok(), model.open(), "{saved:?}");
            if model.open() {
                model.written.insert(text);
            }
        }
        Step::Choose(true) => {
            office.news(Who::Iris).await;
            office.iris.vault.choose_contact(&ruben, None, true).await.expect("the policy has it");
            model.chosen = true;
        }
        Step::Choose(false) => {
            office.news(Who::Iris).await;
            let dropped = office.iris.vault.drop_contact().await;
            assert_eq!(dropped, if model.chosen { Ok(()) } else { Err(VaultError::NotFound) });
            (model.chosen, model.claimed) = (false, None);
        }
        Step::Claim => {
            office.news(Who::Ruben).await;
            let owner = office.iris.vault.session().person;
            let claimed = office.ruben.vault.claim_emergency(&owner).await;
            match (model.chosen, model.claimed) {
                // He hears of it once a day, or by asking for it; until then it may look claimed to him.
                (false, _) => assert!(!matches!(claimed, Ok(1..)), "{claimed:?}"),
                (true, Some(_)) => assert_eq!(claimed, Ok(0)),
                (true, None) => {
                    assert_eq!(claimed, Ok(1));
                    model.claimed = Some(model.now);
                }
            }
        }
        Step::Refuse => {
            office.news(Who::Iris).await;
            let refused = office.iris.vault.refuse_claims(&ruben, Purpose::Emergency).await;
            assert_eq!(refused, model.claimed.map(|_| 1).ok_or(VaultError::NothingClaimed));
            model.claimed = None;
            // He is her contact again as before.
            office.news(Who::Iris).await;
        }
        Step::Delegate(Some(days)) => {
            let until = model.now + days * DAY;
            office.news(Who::Iris).await;
            office.iris.vault.delegate(&noor, until).await.expect("she directs");
            model.delegated = Some(until);
        }
        Step::Delegate(None) => {
            office.news(Who::Iris).await;
            let ended = office.iris.vault.undelegate(&noor).await;
            assert_eq!(ended, if model.acts() { Ok(()) } else { Err(VaultError::NotFound) });
            model.delegated = None;
        }
        Step::Invite(director) => {
            office.news(Who::Noor).await;
            let (name, role) =
                (format!("Collega {number}"), [Role::AdvisorPaid, Role::Director][usize::from(*director)]);
            let invited = office.noor.vault.invite(&name, role, None).await.map(drop);
            let may = model.acts() && !director;
            assert_eq!(invited, if may { Ok(()) } else { Err(VaultError::NoRight) });
            model.invited.extend(may.then_some(name));
        }
        Step::Remove if !model.sam => {}
        Step::Remove => {
            office.news(Who::Noor).await;
            let removed = office.noor.vault.remove_member(&office.sam).await;
            assert_eq!(removed, if model.acts() { Ok(()) } else { Err(VaultError::NoRight) });
            model.sam = !model.acts();
        }
        Step::Sync(who) => {
            office.news(*who).await;
            agree(office, model, *who).await;
        }
        Step::Fail(who, path, heard) => {
            let (path, device) = (PATHS[*path], device(*who));
            let busy = move |request: &Request, answer| {
                if request.path == path { Err(problem(Problem::Busy)) } else { answer }
            };
            office.relay.play(only(device, if *heard { lose_answer(path) } else { Box::new(busy) }));
            // It may come to nothing; what it may not come to is looked at after each step.
            let _ = office.sync(*who).await;
            office.relay.relent();
        }
    }
}

/// Devices are numbered in the order in which they came.
fn device(who: Who) -> usize {
    ALL.iter().position(|one| *one == who).expect("one of them")
}

/// Whoever has news sees what the model says, neither more nor less.
async fn agree(office: &mut Office, model: &Model, who: Who) {
    match who {
        Who::Iris => {
            assert_eq!(claims(&office.iris.vault.session().alarms), Vec::from_iter(model.opens()));
            let members = office.iris.vault.members();
            let directors = members.iter().filter(|member| member.role == "director");
            assert_eq!(
                directors.map(|member| member.name.as_str()).collect::<Vec<_>>(),
                ["Iris de Vries", "Ruben Bakker"]
            );
            let acts =
                |name: &str| members.iter().find(|member| member.name == name).and_then(|one| one.delegate.as_ref());
            assert_eq!(acts("Noor Haddad").map(|acts| acts.until), model.delegated.filter(|_| model.acts()));
            let sam = members.iter().find(|member| member.name == "Sam Visser").expect("he was a member");
            assert_eq!(sam.state != MemberState::Removed, model.sam);
            let invited =
                members.iter().filter(|member| member.name.starts_with("Collega")).map(|one| one.name.clone());
            assert_eq!(invited.collect::<BTreeSet<_>>(), model.invited);
        }
        Who::Ruben => {
            assert_eq!(office.shown().await, model.open().then(|| model.written.clone()));
        }
        Who::Noor => {
            let until = office.noor.vault.session().delegate_until;
            assert_eq!(until, model.delegated.filter(|_| model.acts()));
        }
        Who::Yasemin => assert_eq!(claims(&office.yasemin.portal.session().alarms), Vec::from_iter(model.opens())),
    }
}

/// When each claim that somebody is told of opens.
fn claims(alarms: &[Alarm]) -> Vec<u64> {
    let opens = |alarm: &Alarm| match alarm {
        Alarm::Claimed(_, name, Purpose::Emergency, opens) if name == "Ruben Bakker" => Some(*opens),
        _ => None,
    };
    alarms.iter().filter_map(opens).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_arranged_holds(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(steps));
    }
}
