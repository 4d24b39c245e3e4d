//! From the file to what it says: every key, its bounds, and the rules that must fit each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use toml::de::DeTable;

use super::error::{Contradiction, Fault, PolicyError, Reason};
use super::file::{Bounds, FILE_BYTES, Findings, Section};
use super::term::{Term, Unit};
use super::words::{
    Act, ClientWord, DossierKind, Fee, Form, Ground, Inspection, Reader, ReceiverClass, Role, Told, Trigger,
};
use super::{
    Breach, BreakGlass, Clearing, Controller, CopyFirst, DossierRules, Ending, FORMAT, Fields, Keep, Pledge, Policy,
    ReceiverRules, Recovery, Requests, Retention, RetentionException, RoleRules, Session,
};
use crate::CompartmentKind;

const CALENDAR: &[Unit] = &[Unit::Days, Unit::Weeks, Unit::Months, Unit::Years];

/// A dossier that is kept longer than a working life is kept for nobody; shorter than a day, for nothing.
const KEEP: Bounds = Bounds { units: CALENDAR, least: Term::new(1, Unit::Days), most: Term::new(40, Unit::Years) };
/// Between announcing and destroying a client must be able to answer.
const ANNOUNCE: Bounds = Bounds { units: CALENDAR, least: Term::new(7, Unit::Days), most: Term::new(1, Unit::Years) };
const CLEAR: Bounds = Bounds { units: CALENDAR, least: Term::new(1, Unit::Days), most: Term::new(1, Unit::Years) };
/// The wait of a gate is counted in days.
const WAIT: Bounds = Bounds { units: &[Unit::Days], least: Term::new(0, Unit::Days), most: Term::new(90, Unit::Days) };
/// AVG, article 12(3): within one month.
const REQUEST: Bounds = Bounds {
    units: &[Unit::Days, Unit::WorkingDays, Unit::Weeks, Unit::Months],
    least: Term::new(1, Unit::Days),
    most: Term::new(1, Unit::Months),
};
/// AVG, article 33(1): within 72 hours.
const BREACH: Bounds =
    Bounds { units: &[Unit::Hours, Unit::Days], least: Term::new(1, Unit::Hours), most: Term::new(72, Unit::Hours) };
/// The warning comes two minutes before the lock, so the shortest lock is longer than that.
const LOCK: Bounds =
    Bounds { units: &[Unit::Minutes], least: Term::new(3, Unit::Minutes), most: Term::new(120, Unit::Minutes) };
const EMERGENCY: Bounds = Bounds {
    units: &[Unit::Days, Unit::Weeks, Unit::Months],
    least: Term::new(1, Unit::Days),
    most: Term::new(6, Unit::Months),
};

pub(super) fn policy(text: &str) -> Result<Policy, PolicyError> {
    let (policy, findings) = findings(text)?;
    let faults = findings.into_faults();
    if faults.is_empty() { Ok(policy) } else { Err(PolicyError { faults }) }
}

/// What the file says, placeholders included, and what was found on the way. An error if there is nothing to read.
pub(super) fn findings(text: &str) -> Result<(Policy, Findings), PolicyError> {
    if text.len() > FILE_BYTES {
        let fault = Fault { line: 1, path: String::new(), reason: Reason::FileTooLong(FILE_BYTES) };
        return Err(PolicyError { faults: vec![fault] });
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut findings = Findings::new(text);
    if !errors.is_empty() {
        findings.refuse_syntax(&errors);
        return Err(PolicyError { faults: findings.into_faults() });
    }
    let policy = findings.document(table.get_ref(), read_policy);
    Ok((policy, findings))
}

fn read_policy(root: &mut Section<'_, '_>) -> Policy {
    let format = root.number("format", 1, u32::MAX);
    if root.is_sound() && format != FORMAT {
        root.refuse("format", Reason::Format(format, FORMAT));
    }
    let client = root.word("client", ClientWord::Client);
    let policy = Policy {
        version: root.number("version", 1, u32::MAX),
        effective: root.day("effective"),
        review: root.day("review"),
        laws: root.some_words("laws"),
        tell_changes: root.flag("tell_changes"),
        guardian_below: root.number("guardian_below", 12, 18),
        client,
        controller: root.section("controller", read_controller),
        pledge: root.section("pledge", read_pledge),
        roles: root.section("roles", |roles| roles.sections_by_word(|role, _: Role| read_role(role))),
        break_glass: root.section("break_glass", read_break_glass),
        session: root.section("session", read_session),
        recovery: root.section("recovery", read_recovery),
        requests: root.section("requests", read_requests),
        breach: root.section("breach", |breach| Breach {
            authority: breach.term("authority", &BREACH),
            clients: breach.term_or("clients", "at once", &BREACH),
        }),
        dossiers: root.section("dossiers", |dossiers| {
            dossiers.sections_by_name(|dossier, name| read_dossier(dossier, name, client))
        }),
    };
    if root.is_sound() {
        compare(root, &policy);
    }
    policy
}

/// Rules of different sections that must fit each other.
fn compare(root: &mut Section<'_, '_>, policy: &Policy) {
    if policy.review <= policy.effective {
        root.refuse("review", Contradiction::ReviewBeforeBeginning);
    }
    if !policy.roles.contains_key(&Role::Director) {
        root.refuse("roles.director", Reason::Missing);
    }
    for act in Act::ALL {
        if !policy.roles.values().any(|role| role.acts.contains(act)) {
            root.refuse("roles", Contradiction::NobodyMay(act.name()));
        }
    }
    for role in &policy.requests.refused_by {
        if !policy.roles.contains_key(role) {
            root.refuse("requests.refused_by", Contradiction::NoSuchRole(role.name()));
        }
    }
    if policy.dossiers.is_empty() {
        root.refuse("dossiers", Reason::Empty);
    }
    let mut titles = BTreeSet::new();
    for dossier in &policy.dossiers {
        let by_person = [Reader::Maker, Reader::Guide];
        for reader in dossier.readers.iter().filter(|reader| !by_person.contains(reader)) {
            if !policy.roles.keys().any(|role| reader.includes(*role)) {
                let key = format!("dossiers.{}.readers", dossier.name);
                root.refuse(&key, Contradiction::NoSuchRole(reader.name()));
            }
        }
        if !titles.insert(&dossier.title.dutch) {
            root.refuse(&format!("dossiers.{}.title.nl", dossier.name), Contradiction::TitleTwice);
        }
    }
}

fn read_controller(controller: &mut Section<'_, '_>) -> Controller {
    let any = |_: &str| true;
    let digits = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let address = |text: &str| text.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
    let site = |text: &str| text.starts_with("https://") || text.starts_with("http://");
    Controller {
        name: controller.optional_line("name", "a name", any),
        kvk: controller.optional_line("kvk", "eight digits", digits),
        address: controller.optional_line("address", "street and number", any),
        place: controller.optional_line("place", "postcode and place", any),
        email: controller.optional_line("email", "an e-mail address", address),
        telephone: controller.optional_line("telephone", "a telephone number", any),
        website: controller.optional_line("website", "an address that begins with https://", site),
        responsible: controller.optional_line("responsible", "a name", any),
    }
}

fn read_pledge(pledge: &mut Section<'_, '_>) -> Pledge {
    Pledge {
        version: pledge.number("version", 1, u32::MAX),
        survives_leaving: pledge.flag("survives_leaving"),
        exceptions: pledge.words("exceptions"),
        text: pledge.text("text"),
        leaving: pledge.text("leaving"),
    }
}

fn read_role(role: &mut Section<'_, '_>) -> RoleRules {
    let rules = RoleRules { read: role.words("read"), write: role.words("write"), acts: role.words("acts") };
    if role.is_sound() {
        for both in rules.read.intersection(&rules.write) {
            role.refuse("read", Contradiction::ReadAndWrite(both.name()));
        }
        let trail = CompartmentKind::Trail;
        if !rules.read.contains(&trail) && !rules.write.contains(&trail) {
            role.refuse("read", Contradiction::WithoutTrail);
        } else if !rules.acts.is_empty() && !rules.write.contains(&trail) {
            role.refuse("acts", Contradiction::ActsWithoutTrail);
        }
    }
    rules
}

fn read_break_glass(section: &mut Section<'_, '_>) -> Option<BreakGlass> {
    let exists = section.flag("exists");
    let told = section.optional_words("told");
    if section.is_sound() {
        match &told {
            None if exists => section.refuse("told", Reason::Missing),
            Some(told) if exists && !told.contains(&Told::Client) => section.refuse("told", Reason::ClientNotTold),
            Some(_) if !exists => section.refuse("told", Contradiction::ToldOfNothing),
            _ => {}
        }
    }
    told.map(|told| BreakGlass { told })
}

fn read_session(session: &mut Section<'_, '_>) -> Session {
    let mut lock = |key| Duration::from_secs(session.term(key, &LOCK).nominal_minutes() * 60);
    let (lock_after, lock_at_most) = (lock("lock_after"), lock("lock_at_most"));
    if session.is_sound() && lock_after > lock_at_most {
        session.refuse("lock_after", Contradiction::LockBeyondMost);
    }
    Session {
        lock_after,
        lock_at_most,
        passkey_alone: session.flag("passkey_alone"),
        foreign_computer: session.flag("foreign_computer"),
    }
}

fn read_recovery(recovery: &mut Section<'_, '_>) -> Recovery {
    Recovery {
        sheets: recovery.quorum("sheets"),
        emergency_contact: recovery.term_or("emergency_contact", "none", &EMERGENCY),
        testament: recovery.quorum_or_none("testament"),
    }
}

fn read_requests(requests: &mut Section<'_, '_>) -> Requests {
    Requests {
        inspect: requests.term("inspect", &REQUEST),
        copy: requests.term("copy", &REQUEST),
        correct: requests.term("correct", &REQUEST),
        supplement: requests.term("supplement", &REQUEST),
        erase: requests.term("erase", &REQUEST),
        object: requests.term("object", &REQUEST),
        complain: requests.term("complain", &REQUEST),
        refused_by: requests.some_words("refused_by"),
        fee: requests.word("fee", Fee::None),
    }
}

fn read_dossier(dossier: &mut Section<'_, '_>, name: &str, client: ClientWord) -> DossierRules {
    let rules = DossierRules {
        name: name.to_owned(),
        title: dossier.text("title"),
        kind: dossier.word("kind", DossierKind::Guidance),
        client: dossier.optional_word("client").unwrap_or(client),
        legal_basis: dossier.some_words("legal_basis"),
        readers: dossier.some_words("readers"),
        readers_after_closing: dossier.some_words("readers_after_closing"),
        own_notes: dossier.flag("own_notes"),
        inspection: dossier.word("inspection", Inspection::Everything),
        reports_stay_inside: dossier.flag("reports_stay_inside"),
        stays_inside: dossier.words("stays_inside"),
        fields: dossier.section("fields", read_fields),
        retention: dossier.section("retention", read_retention),
        ending: dossier.section("ending", |ending| Ending {
            closing_notice: ending.flag("closing_notice"),
            announce: ending.term_or("announce", "none", &ANNOUNCE),
            inspection: ending.term_or("inspection", "until destroyed", &KEEP),
            appointment: ending.flag("appointment"),
        }),
        clearing: dossier.section("clearing", |clearing| Clearing {
            emails: clearing.term_or("emails", "none", &CLEAR),
            agenda: clearing.term_or("agenda", "none", &CLEAR),
        }),
        receivers: read_receivers(dossier),
    };
    if dossier.is_sound() {
        compare_in_dossier(dossier, &rules);
    }
    rules
}

fn compare_in_dossier(dossier: &mut Section<'_, '_>, rules: &DossierRules) {
    if rules.own_notes && rules.inspection == Inspection::Everything {
        dossier.refuse("inspection", Contradiction::NotesInspected);
    }
    if rules.may_leave(CompartmentKind::Medical, ReceiverClass::Employer) {
        dossier.refuse("receivers", Reason::MedicalToEmployer);
    }
    let advisors = rules.readers.contains(&Reader::Advisors);
    if advisors && rules.readers.contains(&Reader::Guide) {
        dossier.refuse("readers", Contradiction::GuideAmongAdvisors);
    }
    for reader in &rules.readers_after_closing {
        let read_before = rules.readers.contains(reader) || advisors && *reader == Reader::Guide;
        if !read_before {
            dossier.refuse("readers_after_closing", Contradiction::ReadsOnlyAfterClosing(reader.name()));
        }
    }
    if let Keep::For(keep) = rules.retention.keep {
        if rules.ending.announce.is_some_and(|announce| is_longer(announce, keep)) {
            dossier.refuse("ending.announce", Contradiction::AnnouncedTooEarly);
        }
        if rules.ending.inspection.is_some_and(|inspection| is_longer(inspection, keep)) {
            dossier.refuse("ending.inspection", Contradiction::InspectionAfterDestruction);
        }
    }
}

fn read_fields(section: &mut Section<'_, '_>) -> Fields {
    let fields = Fields {
        maximum: section.flag("maximum"),
        add: section.names("add"),
        remove: section.names("remove"),
        guarded: section.words("guarded"),
    };
    if section.is_sound() && !fields.add.is_disjoint(&fields.remove) {
        section.refuse("remove", Contradiction::AddedAndRemoved);
    }
    fields
}

fn read_retention(retention: &mut Section<'_, '_>) -> Retention {
    let from = retention.word("from", Trigger::DossierClosed);
    let keep = retention.term_or("keep", "until objection", &KEEP);
    let review_every = retention.optional_term("review_every", &KEEP);
    let objection = retention.flag("objection");
    if retention.is_sound() {
        match (keep, review_every) {
            (None, None) => retention.refuse("review_every", Reason::Missing),
            (Some(_), Some(_)) => retention.refuse("review_every", Contradiction::ReviewOfFixedTerm),
            _ => {}
        }
        if keep.is_none() && !objection {
            retention.refuse("objection", Contradiction::CannotObject);
        }
    }
    Retention {
        from,
        keep: match keep {
            Some(term) => Keep::For(term),
            None => Keep::UntilObjection { review_every: review_every.unwrap_or(KEEP.most) },
        },
        objection,
        offline: retention.flag("offline"),
        paper: retention.term_or("paper", "with dossier", &KEEP),
        exceptions: retention.optional_section("exceptions", |exceptions| {
            exceptions.sections_by_word(|exception, _: CompartmentKind| RetentionException {
                from: exception.word("from", Trigger::DossierClosed),
                keep: exception.term("keep", &KEEP),
                because: exception.line_of_text("because"),
            })
        }),
    }
}

fn read_receivers(dossier: &mut Section<'_, '_>) -> BTreeMap<ReceiverClass, ReceiverRules> {
    let mut receivers: BTreeMap<ReceiverClass, ReceiverRules> = BTreeMap::new();
    let each = dossier.each("receivers", |receiver| (receiver.some_words("to"), read_receiver(receiver)));
    for (index, (classes, rules)) in each.into_iter().enumerate() {
        for class in classes {
            if receivers.insert(class, rules.clone()).is_some() {
                let key = format!("receivers[{}].to", index + 1);
                dossier.refuse(&key, Contradiction::ReceiverTwice(class.name()));
            }
        }
    }
    receivers
}

fn read_receiver(receiver: &mut Section<'_, '_>) -> ReceiverRules {
    let grounds = receiver.some_words("grounds");
    let forms: BTreeSet<Form> = receiver.words("forms");
    let never = receiver.words("never");
    let copy_first = receiver.word("copy_first", CopyFirst::No);
    let copy_wait = receiver.optional_term("copy_wait", &WAIT);
    let terms = receiver.flag("terms");
    if receiver.is_sound() {
        match (grounds.contains(&Ground::Consent), forms.is_empty()) {
            (true, true) => receiver.refuse("forms", Contradiction::ConsentWithoutForm),
            (false, false) => receiver.refuse("forms", Contradiction::FormsWithoutConsent),
            _ => {}
        }
        match (copy_first, copy_wait) {
            (CopyFirst::Delivery(_), None) => receiver.refuse("copy_wait", Reason::Missing),
            (CopyFirst::No | CopyFirst::Receipt, Some(_)) => {
                receiver.refuse("copy_wait", Contradiction::WaitWithoutDelivery);
            }
            _ => {}
        }
    }
    let copy_first = match (copy_first, copy_wait.map(|wait| u16::try_from(wait.count))) {
        (CopyFirst::Delivery(_), Some(Ok(days))) => CopyFirst::Delivery(days),
        (other, _) => other,
    };
    ReceiverRules { grounds, forms, never, copy_first, terms }
}

fn is_longer(term: Term, than: Term) -> bool {
    term.nominal_minutes() > than.nominal_minutes()
}
