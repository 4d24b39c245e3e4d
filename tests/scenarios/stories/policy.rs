//! The policy: chosen at set-up, read by every vault, and acted on. Who reads a new dossier, with which rights, and nobody
//! before they signed the pledge.

use zegel_crypto::{Canonical as _, Seed};
use zegel_dossier::{PolicyRecord, Record};
use zegel_ledger::LogKind;
use zegel_tests::{
    hostile::Insider,
    world::{Actor, DAY, MONDAY, PASSPHRASE, World, passphrase},
};
use zegel_vault::{
    Day, FirstPolicy, Profile, Role, Vault, VaultError,
    view::{Alarm, DossierView, MemberView},
};

const MONDAY_2026: (u16, u8, u8) = (2026, 3, 9);

/// The text of a profile as it is on the scenario's Monday.
fn text(profile: Profile) -> String {
    let (year, month, day) = MONDAY_2026;
    profile.text(Day::new(year, month, day).unwrap())
}

/// The next version of a text, with one thing changed.
fn next(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen("version = 1", "version = 2", 1).replacen(from, to, 1)
}

fn readers(view: &DossierView) -> Vec<String> {
    view.readers.iter().filter(|reader| !reader.recovery).map(|reader| reader.name.clone()).collect()
}

fn member(actor: &Actor, name: &str) -> MemberView {
    actor.vault.members().into_iter().find(|member| member.name == name).unwrap()
}

fn person(actor: &Actor) -> String {
    actor.vault.session().person
}

#[tokio::test]
async fn every_vault_reads_the_policy_that_was_chosen() {
    for profile in Profile::all() {
        let world = World::new();
        let iris = world.director_with("Iris de Vries", FirstPolicy::Profile(profile)).await;
        assert_eq!(iris.vault.policy_view().unwrap().text, text(profile), "{}", profile.name());
        assert!(!iris.vault.session().pledge_due, "whoever sets up signs the pledge");
        assert!(iris.vault.session().alarms.is_empty());
    }

    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Bureau)).await;
    let ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    assert_eq!(ruben.vault.policy_view().unwrap(), iris.vault.policy_view().unwrap());
    assert_eq!((ruben.vault.session().lock_after, ruben.vault.session().lock_at_most), (600, 1800));

    // It is there again after unlocking, and on another device.
    let store = ruben.store.clone();
    drop(ruben.vault.lock());
    let vault = Vault::unlock(world.ports(store), passphrase()).await.unwrap();
    assert_eq!(vault.policy_view().unwrap().text, text(Profile::Bureau));
    let laptop = Vault::enrol(world.device().0, &iris.printed.card, passphrase()).await.unwrap();
    assert_eq!(laptop.policy_view().unwrap().text, text(Profile::Bureau));
}

#[tokio::test]
async fn a_director_sets_the_next_version_and_everybody_has_it() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let first = text(Profile::GuidanceFoundation);

    assert_eq!(iris.vault.set_policy(&first).await, Err(VaultError::PolicyVersion(1)));
    let longer = next(&first, "lock_after = \"10 minutes\"", "lock_after = \"20 minutes\"");
    assert_eq!(ruben.vault.set_policy(&longer).await, Err(VaultError::NoRight));
    let tomorrow = next(&first, "effective = 2026-03-09", "effective = 2026-03-10");
    assert_eq!(iris.vault.set_policy(&tomorrow).await, Err(VaultError::PolicyNotYet("2026-03-10".to_owned())));
    let another_pledge = next(&first, "text.nl = \"\"\"", "text.nl = \"\"\"\nIk beloof ook dit.\n");
    assert_eq!(iris.vault.set_policy(&another_pledge).await, Err(VaultError::PledgeVersion(1)));
    let without_paid = next(&first, "[roles.advisor_paid]", "[roles.back_office]");
    assert_eq!(iris.vault.set_policy(&without_paid).await, Err(VaultError::UnknownRole("advisor_paid".to_owned())));
    let Err(VaultError::Policy(faults)) = iris.vault.set_policy("version = -1\nvreemd = 1\n").await else { panic!() };
    assert!(faults.contains("line 1, version") && faults.contains("line 2, vreemd"), "{faults}");

    iris.vault.set_policy(&longer).await.unwrap();
    ruben.vault.sync().await.unwrap();
    for vault in [&iris.vault, &ruben.vault] {
        assert_eq!((vault.policy_view().unwrap().version, vault.session().lock_after), (2, 1200));
        assert!(!vault.session().pledge_due && vault.session().alarms.is_empty());
    }
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_changes_nothing_and_is_told() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    // A director whose vault does not look.
    let keys = Insider::of(&iris.store, PASSPHRASE).await;
    let (_, directory) = keys.directory(&world.relay()).await;
    let records = directory.records(keys.organisation).into_iter();
    let (id, state, _) = records.into_iter().find(|(.., record)| matches!(record, Record::Policy(_))).unwrap();
    let nonsense =
        Record::Policy(PolicyRecord { text: "version = \"nonsense\"".to_owned(), blind: Seed::from_bytes([0; 32]) })
            .to_canonical();
    let (change, blob) = directory.put(&keys, state.at, id, state.version + 1, nonsense);
    let entry = keys.entry(&directory.log, None, vec![change]);
    let at = (directory.log.id(), LogKind::Directory);
    keys.append(&world.relay(), at, entry, vec![blob], Vec::new()).await.unwrap();

    ruben.vault.sync().await.unwrap();
    let told = |vault: &Vault| vault.session().alarms.iter().any(|alarm| matches!(alarm, Alarm::Policy(_)));
    assert!(told(&ruben.vault));
    assert_eq!(ruben.vault.policy_view().unwrap().version, 1, "the last good one stays");
    let store = ruben.store.clone();
    drop(ruben.vault.lock());
    let mut vault = Vault::unlock(world.ports(store), passphrase()).await.unwrap();
    assert!(told(&vault) && vault.policy_view().unwrap().version == 1, "after unlocking too");
    vault.new_dossier("Bram IJsselstein").await.unwrap();

    // A device that never saw a good one lets nobody in, until a director sets one.
    let mut laptop = Vault::enrol(world.device().0, &ruben.printed.card, passphrase()).await.unwrap();
    assert!(told(&laptop));
    assert_eq!(laptop.new_dossier("Op de laptop").await, Err(VaultError::NoPolicy));
    iris.vault.set_policy(&next(&text(Profile::GuidanceFoundation), "", "")).await.unwrap();
    laptop.sync().await.unwrap();
    laptop.new_dossier("Op de laptop").await.unwrap();
}

#[tokio::test]
async fn the_policy_says_who_reads_a_new_dossier_and_what_a_role_gets() {
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::IntegrationFoundation)).await;
    let mut petra = world.newcomer(&mut iris, "Petra Smit", Role::Processor, None).await;
    petra.sign_pledge().await;
    let mut lotte = world.newcomer(&mut iris, "Lotte Mulder", Role::ProjectLead, None).await;
    lotte.sign_pledge().await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    assert_eq!(member(&iris, "Petra Smit").role, "processor");

    let (dossier, ..) = ruben.dossier("Yasemin Öztürk").await;
    let view = ruben.vault.dossier(&dossier).await.unwrap();
    assert_eq!(readers(&view), ["Iris de Vries", "Lotte Mulder", "Petra Smit", "Ruben Bakker"]);
    assert_eq!(view.dossier_type.as_deref(), Some("service"));
    let processor = view.readers.iter().find(|reader| reader.name == "Petra Smit").unwrap();
    assert!(!processor.compartments.contains(&"medical".to_owned()), "{:?}", processor.compartments);
    assert!(processor.compartments.contains(&"trail".to_owned()));

    // A processor writes, and lets nobody in.
    petra.vault.sync().await.unwrap();
    petra.vault.save_report(&dossier, None, 0, "Verwerkt", "tekst", "2026-03-09").await.unwrap();
    let noor = world.colleague(&mut iris, "Noor Jansen", false).await;
    petra.vault.sync().await.unwrap();
    assert_eq!(petra.vault.grant(&dossier, &person(&noor)).await, Err(VaultError::NoRight));
    ruben.vault.sync().await.unwrap();
    ruben.vault.grant(&dossier, &person(&noor)).await.unwrap();
    assert!(ruben.vault.session().alarms.is_empty() && petra.vault.session().alarms.is_empty());

    // Where only the guide reads, no director does.
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Consultancy)).await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, ..) = ruben.dossier("Yasemin Öztürk").await;
    assert_eq!(readers(&ruben.vault.dossier(&dossier).await.unwrap()), ["Ruben Bakker"]);
    iris.vault.sync().await.unwrap();
    assert!(iris.vault.dossiers().is_empty());
}

#[tokio::test]
async fn a_dossier_is_of_a_type_that_the_policy_has() {
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Practice)).await;
    let coaching = iris.vault.new_dossier("Bram IJsselstein").await.unwrap();
    let confidant = iris.vault.new_dossier_of(Some("confidant"), "Melding 2026-01").await.unwrap();
    for (dossier, expected) in [(&coaching, "coaching"), (&confidant, "confidant")] {
        assert_eq!(iris.vault.dossier(dossier).await.unwrap().dossier_type.as_deref(), Some(expected));
    }
    let unknown = iris.vault.new_dossier_of(Some("vreemd"), "Niets").await;
    assert_eq!(unknown, Err(VaultError::UnknownType("vreemd".to_owned())));
    let advisor = iris.vault.invite("Ruben", Role::AdvisorPaid, None).await.err();
    assert_eq!(advisor, Some(VaultError::UnknownRole("advisor_paid".to_owned())), "a practice of one");
}

#[tokio::test]
async fn nobody_is_let_into_a_dossier_before_they_signed_the_pledge() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let mut ruben = world.newcomer(&mut iris, "Ruben Bakker", Role::AdvisorVolunteer, None).await;
    assert!(ruben.vault.session().pledge_due);
    assert!(!member(&iris, "Ruben Bakker").pledged);

    let missing = || VaultError::PledgeMissing("Ruben Bakker".to_owned());
    assert_eq!(iris.vault.grant(&dossier, &person(&ruben)).await, Err(missing()));
    assert_eq!(ruben.vault.new_dossier("Zelf").await, Err(missing()));
    ruben.vault.sync().await.unwrap();
    assert!(ruben.vault.dossiers().is_empty());

    ruben.sign_pledge().await;
    assert!(!ruben.vault.session().pledge_due);
    iris.vault.sync().await.unwrap();
    assert!(member(&iris, "Ruben Bakker").pledged);
    iris.vault.grant(&dossier, &person(&ruben)).await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.dossier(&dossier).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn a_director_who_has_not_signed_reads_no_new_dossier() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    world.newcomer(&mut iris, "Sanne Visser", Role::Director, None).await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    assert_eq!(readers(&iris.vault.dossier(&dossier).await.unwrap()), ["Iris de Vries"]);
}

#[tokio::test]
async fn another_pledge_is_signed_again_and_what_is_open_stays_open() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let noor = world.colleague(&mut iris, "Noor Jansen", false).await;
    let (dossier, ..) = ruben.dossier("Yasemin Öztürk").await;

    let first = text(Profile::GuidanceFoundation);
    let (top, pledge) = first.split_once("[pledge]").unwrap();
    let pledge = pledge.replacen("version = 1", "version = 2", 1).replacen(
        "text.nl = \"\"\"",
        "text.nl = \"\"\"\nOok dit.\n",
        1,
    );
    let second = format!("{}[pledge]{pledge}", top.replacen("version = 1", "version = 2", 1));
    iris.vault.set_policy(&second).await.unwrap();
    assert!(iris.vault.session().pledge_due, "directors too");

    ruben.vault.sync().await.unwrap();
    assert!(ruben.vault.session().pledge_due && ruben.vault.pledge().unwrap().dutch.starts_with("Ook dit."));
    assert_eq!(ruben.vault.sign_pledge(1).await, Err(VaultError::ChangedFirst), "not what was read");
    ruben.vault.save_report(&dossier, None, 0, "Tweede", "tekst", "2026-03-09").await.unwrap();
    let granted = ruben.vault.grant(&dossier, &person(&noor)).await;
    assert_eq!(granted, Err(VaultError::PledgeMissing("Noor Jansen".to_owned())));

    // Whoever leaves is shut out all the same, and those who stay keep what they have.
    iris.sign_pledge().await;
    iris.vault.remove_member(&person(&noor)).await.unwrap();
    iris.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.dossier(&dossier).await.unwrap().items.len(), 3);
    assert!(iris.vault.session().alarms.is_empty() && ruben.vault.session().alarms.is_empty());
}

#[tokio::test]
async fn a_membership_ends_on_its_date() {
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Bureau)).await;
    let past = iris.vault.invite("Te laat", Role::AdvisorFreelance, Some(MONDAY)).await.err();
    assert_eq!(past, Some(VaultError::DateInPast));
    let ends = MONDAY + 10 * DAY;
    let mut sam = world.newcomer(&mut iris, "Sam de Wit", Role::AdvisorFreelance, Some(ends)).await;
    sam.sign_pledge().await;
    iris.vault.sync().await.unwrap();
    let shown = member(&iris, "Sam de Wit");
    assert_eq!((shown.role.as_str(), shown.until, shown.director), ("advisor_freelance", Some(ends), false));
    let (dossier, ..) = iris.dossier("Bram IJsselstein").await;
    iris.vault.grant(&dossier, &person(&sam)).await.unwrap();
    let names = |people: &[zegel_vault::view::AuthorisedPerson]| {
        people.iter().map(|person| person.name.clone()).collect::<Vec<_>>()
    };
    let now = iris.vault.authorised(Some(&dossier), None).await.unwrap();
    assert_eq!(names(&now.people), ["Iris de Vries", "Sam de Wit"]);
    let freelance = now.people.iter().find(|person| person.name == "Sam de Wit").unwrap();
    assert_eq!(freelance.compartments, ["trail", "core", "work", "correspondence"], "no more than their part needs");

    world.clock.pass(11 * DAY);
    let now = iris.vault.authorised(Some(&dossier), None).await.unwrap();
    assert_eq!(names(&now.people), ["Iris de Vries"]);
    let store = sam.store.clone();
    drop(sam.vault.lock());
    assert!(Vault::unlock(world.ports(store), passphrase()).await.is_err(), "the relay serves nothing any more");
}

#[tokio::test]
async fn who_was_authorised_can_be_told_for_any_day() {
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Consultancy)).await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    world.clock.pass(DAY);
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    world.clock.pass(DAY);
    iris.vault.grant(&dossier, &person(&ruben)).await.unwrap();
    ruben.vault.sync().await.unwrap();
    world.clock.pass(DAY);
    iris.vault.remove_member(&person(&ruben)).await.unwrap();

    let monday = MONDAY / DAY;
    let mut told = Vec::new();
    for day in [monday - 1, monday, monday + 1, monday + 2, monday + 3, monday + 400] {
        let one = iris.vault.authorised(Some(&dossier), Some(day)).await.unwrap();
        let all = iris.vault.authorised(None, Some(day)).await.unwrap();
        let of_all: Vec<_> = all.people.iter().map(|person| (person.name.as_str(), person.dossiers)).collect();
        told.push(format!("{:?} {} {of_all:?}", one.people.iter().map(|p| &p.name).collect::<Vec<_>>(), one.recovery));
    }
    assert_eq!(
        told,
        [
            r#"[] false []"#,
            r#"["Iris de Vries"] true [("Iris de Vries", 1)]"#,
            r#"["Iris de Vries"] true [("Iris de Vries", 1), ("Ruben Bakker", 0)]"#,
            r#"["Iris de Vries", "Ruben Bakker"] true [("Iris de Vries", 1), ("Ruben Bakker", 1)]"#,
            r#"["Iris de Vries"] true [("Iris de Vries", 1)]"#,
            r#"["Iris de Vries"] true [("Iris de Vries", 1)]"#,
        ]
    );
}
