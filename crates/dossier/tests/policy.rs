//! The policy file: what the profiles promise, and what is refused.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::time::Duration;

use zegel_dossier::policy::{
    Contradiction, CopyFirst, Day, DossierKind, DossierRules, Fault, Fee, Form, Ground, Inspection, Keep, Language,
    Law, LegalBasis, Outdated, Quorum, Reader, Reason, ReceiverClass, Role, SpecialCategory, Term, Trigger, Unit,
};
use zegel_dossier::{CompartmentKind, Policy, PolicyRecord, Profile, Record};
use zegel_ledger::{Gate, Rights};

fn today() -> Day {
    Day::new(2026, 11, 22).unwrap()
}

fn policy(profile: Profile) -> Policy {
    profile.policy(today()).unwrap_or_else(|error| panic!("{profile:?}: {error}"))
}

/// The only type of dossier.
fn only(profile: Profile) -> DossierRules {
    let mut dossiers = policy(profile).dossiers;
    assert_eq!(dossiers.len(), 1, "{profile:?} has one type of dossier");
    dossiers.remove(0)
}

fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    items.into_iter().collect()
}

fn term(count: u32, unit: Unit) -> Term {
    Term { count, unit }
}

mod profiles {
    use super::*;

    #[test]
    fn each_parses_and_has_a_name_of_its_own_in_both_languages() {
        let mut names = BTreeSet::new();
        for profile in Profile::all() {
            let policy = policy(profile);
            assert_eq!(Profile::from_name(profile.name()), Some(profile));
            assert!(names.insert(profile.name()));
            for language in Language::ALL {
                assert!(names.insert(profile.title(*language)));
                assert!(profile.description(*language).len() <= 160, "{}", profile.description(*language));
                assert_eq!(policy.pledge.text.in_language(*language).1, *language);
                assert_eq!(policy.pledge.leaving.in_language(*language).1, *language);
            }
        }
        assert_eq!(Profile::from_name("onbekend"), None);
    }

    #[test]
    fn each_begins_on_the_day_it_is_chosen_and_is_reviewed_a_year_later() {
        for profile in Profile::all() {
            let policy = policy(profile);
            assert_eq!((policy.version, policy.effective), (1, today()));
            assert_eq!(policy.review.to_string(), "2027-11-22");
            assert_eq!(policy.outdated(policy.review), []);
            let after = Day::new(2027, 11, 23).unwrap();
            assert_eq!(policy.outdated(after), [Outdated::Review(policy.review)]);
        }
    }

    #[test]
    fn each_keeps_what_all_of_them_and_the_law_promise() {
        for profile in Profile::all() {
            let policy = policy(profile);
            assert!(policy.pledge.survives_leaving, "{profile:?}");
            assert_eq!(policy.guardian_below, 16);
            assert_eq!(policy.breach.authority, term(72, Unit::Hours));
            assert_eq!(policy.break_glass, None);
            assert_eq!(policy.laws, set([Law::Avg, Law::Uavg]));
            assert_eq!(policy.session.lock_after, Duration::from_secs(10 * 60));
            assert!(policy.session.lock_at_most >= policy.session.lock_after);
            for dossier in &policy.dossiers {
                assert!(!dossier.may_leave(CompartmentKind::Medical, ReceiverClass::Employer), "{profile:?}");
                for class in ReceiverClass::ALL {
                    assert!(!dossier.may_leave(CompartmentKind::Trail, *class), "{profile:?}");
                }
                assert_eq!(dossier.own_notes, profile == Profile::Practice, "{profile:?}");
            }
        }
    }

    #[test]
    fn the_guidance_foundation_keeps_six_months_and_announces_destruction() {
        let policy = policy(Profile::GuidanceFoundation);
        let dossier = only(Profile::GuidanceFoundation);
        assert_eq!(dossier.client.name(), "deelnemer");
        assert_eq!(dossier.retention.from, Trigger::TrajectClosed);
        assert_eq!(dossier.retention.keep, Keep::For(term(6, Unit::Months)));
        assert!(dossier.retention.exceptions.is_empty());
        assert!(dossier.ending.closing_notice);
        assert!(dossier.ending.announce.is_some());
        assert_eq!(dossier.inspection, Inspection::Everything);
        let roles = [Role::Director, Role::AdvisorPaid, Role::AdvisorVolunteer];
        assert!(policy.roles.keys().copied().eq(roles));
        assert_eq!(policy.roles[&Role::AdvisorPaid], policy.roles[&Role::AdvisorVolunteer]);
        assert_eq!(policy.breach.clients, None, "at once");
        for rules in dossier.receivers.values() {
            assert_eq!(rules.grounds, set([Ground::Consent]));
            assert!(rules.suffices(Ground::Consent, Some(Form::Written)));
            assert!(rules.suffices(Ground::Consent, Some(Form::Email)));
            assert!(!rules.suffices(Ground::Consent, Some(Form::OralRecorded)));
            assert!(!rules.suffices(Ground::Consent, None));
            assert!(!rules.suffices(Ground::Knowledge, None));
        }
        assert!(dossier.receivers.contains_key(&ReceiverClass::Public), "testimonials");
    }

    #[test]
    fn the_consultancy_keeps_five_years_and_the_client_reads_each_report_first() {
        let dossier = only(Profile::Consultancy);
        assert_eq!(dossier.retention.from, Trigger::DossierClosed);
        assert_eq!(dossier.retention.keep, Keep::For(term(5, Unit::Years)));
        let commissioner = &dossier.receivers[&ReceiverClass::Commissioner];
        assert_eq!(commissioner.copy_first, CopyFirst::Delivery(0));
        assert_eq!(commissioner.copy_first.gate(), Gate::Delivery(0));
        assert_eq!(dossier.receivers[&ReceiverClass::Employer].copy_first.gate(), Gate::Open);
        assert_eq!(dossier.readers, set([Reader::Guide]), "only who guides the client");
        assert_eq!(dossier.readers_after_closing, set([Reader::Guide]));
        let guarded = [SpecialCategory::Religion, SpecialCategory::Origin, SpecialCategory::Politics];
        assert_eq!(dossier.fields.guarded, set(guarded));
        assert!(dossier.fields.add.contains("income") && dossier.fields.add.contains("health"));
        assert!(dossier.receivers.values().all(|rules| rules.never.contains(&CompartmentKind::Medical)));
    }

    #[test]
    fn the_practice_has_two_types_of_dossier_under_different_rules() {
        let policy = policy(Profile::Practice);
        assert!(policy.roles.keys().eq([&Role::Director, &Role::BackOffice]), "she does it all herself");
        assert_eq!(policy.recovery.testament, Some(Quorum { needed: 2, of: 3 }));
        let [coaching, confidant] = &policy.dossiers[..] else { panic!("two types") };
        assert_eq!((coaching.kind, confidant.kind), (DossierKind::Guidance, DossierKind::Confidant));
        assert_eq!(policy.dossier("confidant"), Some(confidant));
        assert_eq!((coaching.client.name(), confidant.client.name()), ("cliënt", "melder"));

        assert_eq!(confidant.retention.from, Trigger::CalendarYearEnd);
        assert_eq!(confidant.retention.keep, Keep::For(term(2, Unit::Years)));
        assert_eq!(coaching.retention.keep, Keep::UntilObjection { review_every: term(1, Unit::Years) });
        let billing = &coaching.retention.exceptions[&CompartmentKind::Billing];
        assert_eq!((billing.from, billing.keep), (Trigger::CalendarYearEnd, term(7, Unit::Years)));
        assert!(confidant.retention.exceptions.is_empty());

        for dossier in [coaching, confidant] {
            assert!(dossier.own_notes && dossier.inspection == Inspection::WithoutOwnNotes);
            assert!(dossier.retention.objection && dossier.retention.offline);
            assert_eq!(dossier.clearing.agenda, Some(term(1, Unit::Months)));
            assert!(dossier.clearing.emails.is_some());
        }
        let others = |dossier: &DossierRules| dossier.receivers[&ReceiverClass::Other].clone();
        assert!(coaching.reports_stay_inside);
        assert!(others(coaching).suffices(Ground::Consent, Some(Form::InPresence)));
        assert!(!others(coaching).suffices(Ground::Knowledge, None));
        assert!(others(confidant).suffices(Ground::Knowledge, None));
        assert!(others(confidant).terms && !others(coaching).terms);
    }

    #[test]
    fn the_bureau_keeps_24_months_and_no_field_outside_its_register() {
        let policy = policy(Profile::Bureau);
        let dossier = only(Profile::Bureau);
        assert!(policy.tell_changes);
        assert_eq!(policy.requests.fee, Fee::FurtherCopies);
        assert!(policy.roles.contains_key(&Role::AdvisorFreelance));
        assert_eq!(dossier.retention.from, Trigger::TrajectClosed);
        assert_eq!(dossier.retention.keep, Keep::For(term(24, Unit::Months)));
        assert!(dossier.retention.exceptions.contains_key(&CompartmentKind::Billing), "what the law demands stays");
        assert_eq!(dossier.ending.inspection, Some(term(6, Unit::Months)));
        assert!(dossier.ending.appointment && dossier.ending.closing_notice);
        assert!(dossier.fields.maximum && dossier.fields.add.is_empty());
        let bases = [LegalBasis::Consent, LegalBasis::Contract, LegalBasis::LegalDuty, LegalBasis::LegitimateInterest];
        assert_eq!(dossier.legal_basis, set(bases));
        for rules in dossier.receivers.values() {
            assert_eq!(rules.grounds, set([Ground::Consent, Ground::LegalDuty, Ground::Agreement]));
            assert_eq!(rules.forms, set([Form::Signed, Form::Written]));
        }
        assert!(dossier.may_leave(CompartmentKind::Medical, ReceiverClass::BenefitsAgency));
        assert!(!dossier.may_leave(CompartmentKind::Core, ReceiverClass::Public), "a class without a rule");
    }

    #[test]
    fn a_freelancer_writes_less_than_everything_and_lets_nobody_in() {
        let role = &policy(Profile::Bureau).roles[&Role::AdvisorFreelance];
        assert!(role.rights(CompartmentKind::Core).allow(Rights::READ | Rights::WRITE | Rights::DISCLOSE));
        assert!(!role.rights(CompartmentKind::Core).allow(Rights::MANAGE));
        assert_eq!(role.rights(CompartmentKind::Medical), Rights::default());
    }

    #[test]
    fn the_integration_foundation_keeps_five_years_after_outflow_and_copies_within_fifteen_working_days() {
        let policy = policy(Profile::IntegrationFoundation);
        let dossier = only(Profile::IntegrationFoundation);
        assert_eq!(dossier.client.name(), "klant");
        assert_eq!(dossier.retention.from, Trigger::Outflow);
        assert_eq!(dossier.retention.keep, Keep::For(term(5, Unit::Years)));
        assert_eq!(policy.requests.copy, term(15, Unit::WorkingDays));
        assert_eq!(policy.requests.refused_by, set([Role::ProjectLead, Role::AdvisorPaid]));
        for reader in [Reader::Directors, Reader::ProjectLeads, Reader::Processors] {
            assert!(dossier.readers.contains(&reader));
        }
        assert!(dossier.is_read_by(Role::ProjectLead) && !dossier.is_read_by(Role::AdvisorPaid));
        for rules in dossier.receivers.values() {
            assert_eq!(rules.grounds, set([Ground::Consent, Ground::LegalDuty]), "consent, save what a law demands");
        }
    }

    #[test]
    fn a_role_is_given_by_at_most_two_grants() {
        let policy = policy(Profile::IntegrationFoundation);
        let processor = policy.roles[&Role::Processor].grants();
        assert_eq!(processor.len(), 2);
        assert_eq!(processor[0].0, Rights::READ | Rights::WRITE);
        assert!(!processor[0].1.contains(&CompartmentKind::Medical));
        assert_eq!(processor[1], (Rights::READ, vec![CompartmentKind::Trail]));
        let director = policy.roles[&Role::Director].grants();
        assert_eq!(director, [(Rights::ADVISOR, CompartmentKind::ALL.to_vec())]);
    }

    #[test]
    fn a_policy_is_stored_as_the_text_it_was_written_in() {
        for profile in Profile::all() {
            let record = Record::Policy(PolicyRecord {
                text: profile.text(today()),
                blind: zegel_crypto::Seed::from_bytes([7; 32]),
            });
            let bytes = minicbor::to_vec(&record).unwrap();
            let back: Record = minicbor::decode(&bytes).unwrap();
            assert_eq!(back, record);
            let Record::Policy(PolicyRecord { text, .. }) = back else { panic!("a policy") };
            assert_eq!(Policy::parse(&text), profile.policy(today()));
        }
    }
}

mod refused {
    use super::*;

    /// A profile in which one passage, which is there once, reads otherwise.
    fn with(profile: Profile, passage: &str, instead: &str) -> Vec<Fault> {
        let text = profile.text(today());
        assert_eq!(text.matches(passage).count(), 1, "{passage:?} stands once in {profile:?}");
        Policy::parse(&text.replace(passage, instead)).map_or_else(|error| error.faults, |_| Vec::new())
    }

    /// That a change gives exactly one fault: there, and that.
    fn one(profile: Profile, passage: &str, instead: &str, path: &str, reason: impl Into<Reason>) {
        let faults = with(profile, passage, instead);
        let reason = reason.into();
        assert!(faults.len() == 1, "{instead:?} gives {faults:?}");
        assert_eq!((faults[0].path.as_str(), &faults[0].reason), (path, &reason), "{instead:?}");
        if reason == Reason::Missing {
            return; // told where its section begins
        }
        let text = profile.text(today()).replace(passage, instead);
        let line = text.lines().nth(faults[0].line - 1).unwrap();
        let key = path.rsplit('.').next().unwrap();
        assert!(line.contains(key), "{key} is not in line {}: {line}", faults[0].line);
    }

    #[test]
    fn a_term_that_is_negative_nothing_or_absurd() {
        let (profile, path) = (Profile::GuidanceFoundation, "dossiers.guidance.retention.keep");
        let keep = "keep = \"6 months\"";
        one(profile, keep, "keep = \"-6 months\"", path, Reason::NegativeTerm);
        one(profile, keep, "keep = -6", path, Reason::NegativeTerm);
        one(profile, keep, "keep = \"0 months\"", path, Reason::ZeroTerm("1 day".into()));
        one(profile, keep, "keep = \"41 years\"", path, Reason::TermTooLong("40 years".into()));
        one(profile, keep, "keep = \"six months\"", path, Reason::NotATerm("six months".into()));
        let units = Reason::TermUnit("days, weeks, months, years".into());
        one(profile, keep, "keep = \"60 minutes\"", path, units);
        let kind = Reason::WrongType("a term between quotes: a number and a unit, as in \"6 months\"");
        one(profile, keep, "keep = 6", path, kind);
    }

    #[test]
    fn a_clock_slower_than_the_law() {
        let (profile, path) = (Profile::IntegrationFoundation, "requests.copy");
        let copy = "copy = \"15 working days\"";
        one(profile, copy, "copy = \"2 months\"", path, Reason::TermTooLong("1 month".into()));
        one(profile, copy, "copy = \"22 working days\"", path, Reason::TermTooLong("1 month".into()));
        one(profile, "\"72 hours\"", "\"4 days\"", "breach.authority", Reason::TermTooLong("72 hours".into()));
        let lock = "lock_after = \"10 minutes\"";
        one(
            profile,
            lock,
            "lock_after = \"2 minutes\"",
            "session.lock_after",
            Reason::TermTooShort("3 minutes".into()),
        );
    }

    #[test]
    fn a_key_that_nobody_knows() {
        let profile = Profile::GuidanceFoundation;
        let known = "lock_after, lock_at_most, passkey_alone, foreign_computer".to_owned();
        let more = "passkey_alone = true\npasskey_allone = true";
        let faults = with(profile, "passkey_alone = true", more);
        assert_eq!(faults.len(), 1);
        assert_eq!(
            (faults[0].path.as_str(), &faults[0].reason),
            ("session.passkey_allone", &Reason::UnknownKey(known))
        );

        let faults = with(profile, "[session]", "[extra]\nanything = 1\n\n[session]");
        assert!(matches!(&faults[..], [Fault { path, reason: Reason::UnknownKey(_), .. }] if path == "extra"));

        let faults = with(profile, "[roles.advisor_paid]", "[roles.advisor_payed]");
        assert!(
            matches!(&faults[..], [Fault { path, reason: Reason::UnknownWord(..), .. }] if path == "roles.advisor_payed")
        );

        let faults = with(
            profile,
            "grounds = [\"consent\"]\nforms = [\"signed\", \"written\", \"email\"]\nnever = [\"medical\"]",
            "grounds = [\"concent\"]\nforms = [\"signed\"]\nnever = [\"medical\"]",
        );
        assert!(matches!(&faults[..], [Fault { path, reason: Reason::UnknownWord(..), .. }]
            if path == "dossiers.guidance.receivers[1].grounds"));
    }

    #[test]
    fn a_term_that_is_missing() {
        let profile = Profile::GuidanceFoundation;
        one(profile, "keep = \"6 months\"\n", "", "dossiers.guidance.retention.keep", Reason::Missing);
        one(profile, "lock_at_most = \"30 minutes\"\n", "", "session.lock_at_most", Reason::Missing);
        let practice = Profile::Practice;
        one(practice, "review_every = \"1 year\"\n", "", "dossiers.coaching.retention.review_every", Reason::Missing);
        let consultancy = Profile::Consultancy;
        one(
            consultancy,
            "copy_wait = \"0 days\"\n",
            "",
            "dossiers.reintegration.receivers[1].copy_wait",
            Reason::Missing,
        );
        let break_glass = "exists = false";
        one(profile, break_glass, "exists = true", "break_glass.told", Reason::Missing);
    }

    #[test]
    fn two_rules_that_contradict() {
        use Contradiction as C;
        let (foundation, practice, bureau) = (Profile::GuidanceFoundation, Profile::Practice, Profile::Bureau);
        one(foundation, "review = 2027-11-22", "review = 2026-11-22", "review", C::ReviewBeforeBeginning);
        let lock = "lock_after = \"10 minutes\"";
        one(foundation, lock, "lock_after = \"45 minutes\"", "session.lock_after", C::LockBeyondMost);
        one(foundation, "own_notes = false", "own_notes = true", "dossiers.guidance.inspection", C::NotesInspected);
        let announce = "announce = \"30 days\"";
        one(foundation, announce, "announce = \"7 months\"", "dossiers.guidance.ending.announce", C::AnnouncedTooEarly);
        let window = "inspection = \"6 months\"";
        let path = "dossiers.reintegration.ending.inspection";
        one(bureau, window, "inspection = \"25 months\"", path, C::InspectionAfterDestruction);
        let told = "exists = false\ntold = [\"client\"]";
        one(foundation, "exists = false", told, "break_glass.told", C::ToldOfNothing);
        let untold = "exists = true\ntold = [\"directors\"]";
        one(foundation, "exists = false", untold, "break_glass.told", Reason::ClientNotTold);
        let until = "keep = \"until objection\"";
        let path = "dossiers.coaching.retention.review_every";
        one(practice, until, "keep = \"3 years\"", path, C::ReviewOfFixedTerm);
        let mute = "review_every = \"1 year\"\nobjection = false";
        let path = "dossiers.coaching.retention.objection";
        one(practice, "review_every = \"1 year\"\nobjection = true", mute, path, C::CannotObject);
        let remove = "remove = []";
        let path = "dossiers.reintegration.fields.remove";
        one(Profile::Consultancy, remove, "remove = [\"income\"]", path, C::AddedAndRemoved);
        let title = "title.nl = \"Vertrouwenswerk\"";
        let same = "title.nl = \"Coaching, training en advies\"";
        one(practice, title, same, "dossiers.confidant.title.nl", C::TitleTwice);
    }

    #[test]
    fn rights_that_do_not_add_up() {
        use Contradiction as C;
        let profile = Profile::IntegrationFoundation;
        let processor = "read = [\"trail\"]";
        one(profile, processor, "read = [\"trail\", \"core\"]", "roles.processor.read", C::ReadAndWrite("core"));
        one(profile, processor, "read = []", "roles.processor.read", C::WithoutTrail);
        one(profile, "acts = []", "acts = [\"disclose\"]", "roles.processor.acts", C::ActsWithoutTrail);
        let refused = "refused_by = [\"project_lead\", \"advisor_paid\"]";
        let nobody = "refused_by = [\"back_office\"]";
        one(profile, refused, nobody, "requests.refused_by", C::NoSuchRole("back_office"));
        let readers = "\nreaders = [\"guide\", \"directors\", \"project_leads\", \"processors\"]";
        let path = "dossiers.service.readers";
        let more = "\nreaders = [\"guide\", \"directors\", \"project_leads\", \"processors\", \"back_office\"]";
        one(profile, readers, more, path, C::NoSuchRole("back_office"));
        let both = "\nreaders = [\"guide\", \"advisors\", \"directors\", \"project_leads\", \"processors\"]";
        one(profile, readers, both, path, C::GuideAmongAdvisors);
        let fewer = "\nreaders = [\"guide\", \"directors\", \"project_leads\"]";
        let path = "dossiers.service.readers_after_closing";
        one(profile, readers, fewer, path, C::ReadsOnlyAfterClosing("processors"));
        // In the practice there is one role: what it may not, nobody may.
        let acts = "acts = [\"manage\", \"disclose\", \"close\"]";
        one(Profile::Practice, acts, "acts = [\"manage\", \"disclose\"]", "roles", C::NobodyMay("close"));
        let faults = with(Profile::Practice, "[roles.director]", "[roles.advisor_paid]");
        assert!(faults.iter().any(|fault| fault.path == "roles.director" && fault.reason == Reason::Missing));
    }

    #[test]
    fn grounds_and_receivers_that_do_not_add_up() {
        use Contradiction as C;
        let profile = Profile::IntegrationFoundation;
        let rule = "dossiers.service.receivers[1]";
        let grounds = "grounds = [\"consent\", \"legal_duty\"]";
        let forms = "forms = [\"signed\", \"written\", \"email\", \"in_presence\", \"oral_recorded\"]";
        one(profile, grounds, "grounds = [\"legal_duty\"]", &format!("{rule}.forms"), C::FormsWithoutConsent);
        one(profile, forms, "forms = []", &format!("{rule}.forms"), C::ConsentWithoutForm);
        let copy = "copy_first = \"no\"";
        let wait = "copy_first = \"receipt\"\ncopy_wait = \"3 days\"";
        one(profile, copy, wait, &format!("{rule}.copy_wait"), C::WaitWithoutDelivery);
        one(profile, "never = [\"medical\"]", "never = []", "dossiers.service.receivers", Reason::MedicalToEmployer);
        let to = "to = [\"public\"]";
        let path = "dossiers.guidance.receivers[2].to";
        let twice = "to = [\"public\", \"other\"]";
        one(Profile::GuidanceFoundation, to, twice, path, C::ReceiverTwice("other"));
        let path = "dossiers.guidance.receivers[2].to";
        let double = "to = [\"public\", \"public\"]";
        one(Profile::GuidanceFoundation, to, double, path, Reason::Twice("public".into()));
    }

    #[test]
    fn values_of_another_kind() {
        let profile = Profile::GuidanceFoundation;
        one(
            profile,
            "tell_changes = false",
            "tell_changes = \"no\"",
            "tell_changes",
            Reason::WrongType("true or false"),
        );
        one(profile, "effective = 2026-11-22", "effective = \"today\"", "effective", Reason::NotADay);
        one(profile, "guardian_below = 16", "guardian_below = 21", "guardian_below", Reason::OutOfRange(12, 18));
        one(profile, "guardian_below = 16", "guardian_below = -1", "guardian_below", Reason::OutOfRange(12, 18));
        one(
            profile,
            "client = \"deelnemer\"",
            "client = \"\"",
            "client",
            Reason::UnknownWord(String::new(), "deelnemer, cliënt, klant, cursist, melder".into()),
        );
        one(
            profile,
            "title.nl = \"Begeleiding naar werk\"",
            "title.nl = \" \"",
            "dossiers.guidance.title.nl",
            Reason::Empty,
        );
        let texts = Reason::WrongType("a text for each language, with .nl and .en behind the key");
        let title = "title.nl = \"Begeleiding naar werk\"\ntitle.en = \"Guidance to work\"";
        one(profile, title, "title = \"Begeleiding\"", "dossiers.guidance.title", texts);
        one(profile, "# kvk = \"12345678\"", "kvk = \"1234\"", "controller.kvk", Reason::Malformed("eight digits"));
        one(
            profile,
            "legal_basis = [\"consent\", \"contract\"]",
            "legal_basis = []",
            "dossiers.guidance.legal_basis",
            Reason::Empty,
        );
        one(
            profile,
            "sheets = \"2 of 3\"",
            "sheets = \"4 of 3\"",
            "recovery.sheets",
            Reason::NotAQuorum("4 of 3".into()),
        );
        let long = format!("title.nl = \"{}\"", "x".repeat(20_000));
        one(
            profile,
            "title.nl = \"Begeleiding naar werk\"",
            &long,
            "dossiers.guidance.title.nl",
            Reason::TextTooLong(16_384),
        );
    }

    #[test]
    fn a_file_that_is_no_policy() {
        for text in ["", "hello", "= 1", "[[[", "a = 1\na = 2", "\u{0}", "x = 2026-02-30"] {
            assert!(Policy::parse(text).is_err_and(|error| !error.faults.is_empty()), "{text:?}");
        }
        let newer = with(Profile::Practice, "format = 1", "format = 2\nsomething_new = true");
        assert!(matches!(newer[..], [Fault { reason: Reason::Format(2, 1), .. }]), "{newer:?}");
        let long = Policy::parse(&"#".repeat(300_000)).unwrap_err();
        assert_eq!(long.faults[0].reason, Reason::FileTooLong(262_144));
    }

    #[test]
    fn a_file_cut_off_anywhere_or_with_two_lines_exchanged_is_read_or_refused_and_nothing_else() {
        let text = Profile::Practice.text(today());
        let lines: Vec<_> = text.lines().collect();
        let mut refused = 0;
        for cut in 0..lines.len() {
            let mut exchanged = lines.clone();
            exchanged.swap(cut, (cut + 1) % lines.len());
            let half = lines[cut].chars().take(lines[cut].chars().count() / 2).collect::<String>();
            let cut_off = format!("{}\n{half}", lines[..cut].join("\n"));
            for damaged in [exchanged.join("\n"), cut_off] {
                refused += usize::from(Policy::parse(&damaged).is_err_and(|error| !error.to_string().is_empty()));
            }
        }
        assert!(refused > lines.len(), "{refused} refused");
    }

    #[test]
    fn everything_at_once_each_with_its_line_and_a_sentence() {
        let text = Profile::GuidanceFoundation.text(today());
        let text = text.replace("keep = \"6 months\"", "keep = \"-6 months\"");
        let text = text.replace("lock_after = \"10 minutes\"", "lock_afer = \"10 minutes\"");
        let text = text.replace("announce = \"30 days\"\n", "");
        let error = Policy::parse(&text).unwrap_err();
        let told = error.to_string();
        let paths: Vec<_> = error.faults.iter().map(|fault| fault.path.as_str()).collect();
        let expected = [
            "session.lock_after",
            "session.lock_afer",
            "dossiers.guidance.retention.keep",
            "dossiers.guidance.ending.announce",
        ];
        assert_eq!(paths, expected, "{told}");
        assert!(error.faults.is_sorted_by_key(|fault| fault.line));
        assert!(told.contains("dossiers.guidance.retention.keep: a term cannot be negative"), "{told}");
        assert_eq!(told.lines().count(), 4);
    }

    #[test]
    fn every_reason_has_a_key_of_its_own() {
        let keys = [
            Reason::Missing.key(),
            Reason::NegativeTerm.key(),
            Reason::UnknownKey(String::new()).key(),
            Reason::from(Contradiction::NotesInspected).key(),
            Reason::from(Contradiction::LockBeyondMost).key(),
        ];
        assert_eq!(set(keys).len(), keys.len());
        assert!(keys.iter().all(|key| key.starts_with("policy-")));
    }
}

#[test]
fn a_policy_that_rests_on_a_law_of_the_past_shows_as_outdated() {
    let text = Profile::Consultancy.text(today()).replace("laws = [\"AVG\", \"UAVG\"]", "laws = [\"WBP\"]");
    assert_eq!(Policy::parse(&text).unwrap().outdated(today()), [Outdated::Law(Law::Wbp)]);
}

#[test]
fn the_lines_of_a_paragraph_are_joined() {
    let text = Profile::GuidanceFoundation.policy(today()).unwrap().pledge.text;
    assert!(!text.dutch.contains('\n') && !text.dutch.contains("  "));
}

#[test]
fn break_glass_tells_those_it_names() {
    let told = "exists = true\ntold = [\"client\", \"directors\"]";
    let text = Profile::Bureau.text(today()).replace("exists = false", told);
    let broken = Policy::parse(&text).unwrap().break_glass.unwrap();
    assert_eq!(broken.told.len(), 2);
}
