//! What a list says of dormant grants, and what people see of them.

use minicbor::{Decode, Encode};
use zegel_ledger::{GrantId, GrantState, Log, LogId, PersonId, Receiver, RecordId, Rights};

use crate::view::{Alarm, DormantView, Purpose, TrusteesView};

/// What a list says of a dormant grant.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct DormantLine {
    #[n(0)]
    pub(crate) grant: GrantId,
    /// By whom it was made.
    #[n(1)]
    pub(crate) author: PersonId,
    /// Who gets in.
    #[n(2)]
    pub(crate) receiver: PersonId,
    #[n(3)]
    pub(crate) rights: Rights,
    #[n(4)]
    pub(crate) days: u16,
    /// Whether the receiver alone claims it, and reads by it.
    #[n(5)]
    pub(crate) alone: bool,
    /// When it was first claimed.
    #[n(6)]
    pub(crate) claimed: Option<u64>,
    #[n(7)]
    pub(crate) opens: Option<u64>,
    #[n(8)]
    pub(crate) reason: Option<RecordId>,
    /// Of a release: who decides about it together.
    #[n(9)]
    pub(crate) trustees: Option<Trustees>,
}

/// Who claims a grant together, so that somebody else gets in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Trustees {
    /// How many of them it takes.
    #[n(0)]
    pub(crate) needed: u8,
    #[n(1)]
    pub(crate) people: Vec<PersonId>,
    /// Who of them claimed it.
    #[n(2)]
    pub(crate) claimed: Vec<PersonId>,
}

impl DormantLine {
    pub(crate) fn of(state: &GrantState) -> Option<Self> {
        let gate = state.gate().filter(|_| state.lives())?;
        let receiver = match &state.grant.receiver {
            Receiver::Person(person) | Receiver::Party(person) => *person,
            Receiver::Recovery | Receiver::Link(_) => return None,
        };
        let alone = gate.people == [receiver] && state.grant.rights.allow(Rights::READ);
        let trustees = || Trustees {
            needed: gate.needed,
            people: gate.people.clone(),
            claimed: state.claims.keys().copied().collect(),
        };
        Some(Self {
            grant: state.grant.id,
            author: state.author,
            receiver,
            rights: state.grant.rights,
            days: gate.days,
            alone,
            claimed: state.claims.values().min().copied(),
            opens: state.opens(),
            reason: state.reason,
            trustees: (!alone).then(trustees),
        })
    }

    /// Whether it is this person's glass to break.
    pub(crate) fn is_glass_of(&self, person: PersonId) -> bool {
        self.receiver == person && self.purpose() == Purpose::BreakGlass
    }

    /// What it is for: the form says it, and nothing else does.
    pub(crate) fn purpose(&self) -> Purpose {
        match (self.alone, self.days) {
            (true, 0) => Purpose::BreakGlass,
            (true, _) => Purpose::Emergency,
            (false, _) => Purpose::Release,
        }
    }
}

impl DormantLine {
    /// Whom it is about: who gets in; of a release, whose testament it is.
    pub(crate) fn about(&self) -> PersonId {
        if self.purpose() == Purpose::Release { self.author } else { self.receiver }
    }

    /// Whether it is part of somebody's testament.
    pub(crate) fn releases_for(&self, owner: PersonId) -> bool {
        self.author == owner && self.purpose() == Purpose::Release
    }

    /// Who decides about it together; nobody, of anything but a release.
    pub(crate) fn trustees(&self) -> &[PersonId] {
        self.trustees.as_ref().map_or(&[], |trustees| &trustees.people)
    }

    /// Who of them has claimed it.
    pub(crate) fn claimed_by(&self) -> &[PersonId] {
        self.trustees.as_ref().map_or(&[], |trustees| &trustees.claimed)
    }

    /// Whether a client reads by it; the others of a release only close.
    pub(crate) fn is_for_client(&self) -> bool {
        self.purpose() == Purpose::Release && self.rights.allow(Rights::READ)
    }
}

/// The dormant grants of a log that were not ended.
pub(crate) fn lines(log: &Log) -> Vec<DormantLine> {
    log.grants().filter_map(DormantLine::of).collect()
}

/// What somebody sees of these: each person once for each purpose, and a release once.
pub(crate) fn views(
    log: LogId,
    lines: &[DormantLine],
    now: u64,
    name: impl Fn(PersonId) -> String,
) -> Vec<(DormantView, Option<RecordId>)> {
    let mut views: Vec<(DormantView, Option<RecordId>)> = Vec::new();
    for line in lines {
        let person = line.about().to_string();
        let same = |(view, _): &&mut (DormantView, _)| view.person == person && view.purpose == line.purpose();
        match views.iter_mut().find(same) {
            // What their maker writes and what that one only reads are grants apart.
            Some((known, reason)) => {
                known.take_over |= line.rights.allow(Rights::WRITE);
                if let Some(trustees) = &mut known.trustees {
                    trustees.to_client |= line.is_for_client();
                }
                known.claimed = known.claimed.or(line.claimed);
                known.opens = known.opens.max(line.opens);
                *reason = reason.or(line.reason);
            }
            None => views.push((
                DormantView {
                    dossier: log.to_string(),
                    title: String::new(),
                    name: name(line.about()),
                    person,
                    you: false,
                    purpose: line.purpose(),
                    take_over: line.rights.allow(Rights::WRITE),
                    days: line.days,
                    claimed: line.claimed,
                    opens: line.opens,
                    open: false,
                    reason: None,
                    may_refuse: false,
                    trustees: line.trustees.as_ref().map(|trustees| TrusteesView {
                        needed: trustees.needed,
                        names: trustees.people.iter().copied().map(&name).collect(),
                        claimed: trustees.claimed.iter().copied().map(&name).collect(),
                        to_client: line.is_for_client(),
                    }),
                },
                line.reason,
            )),
        }
    }
    for (view, _) in &mut views {
        view.open = view.opens.is_some_and(|opens| opens <= now);
    }
    views
}

/// What to tell of those that were claimed.
pub(crate) fn alarms<'l>(
    log: LogId,
    lines: impl IntoIterator<Item = &'l DormantLine>,
    name: impl Fn(PersonId) -> String,
) -> Vec<Alarm> {
    let claimed: Vec<DormantLine> = lines.into_iter().filter(|line| line.opens.is_some()).cloned().collect();
    let found = views(log, &claimed, 0, name).into_iter();
    let alarm = |(view, _): (DormantView, _)| Some(Alarm::Claimed(view.dossier, view.name, view.purpose, view.opens?));
    if zegel_crypto::sabotage::is("claim-told") { Vec::new() } else { found.filter_map(alarm).collect() }
}
