//! What a list says of dormant grants, and what people see of them.

use minicbor::{Decode, Encode};
use zegel_ledger::{GrantId, GrantState, Log, LogId, PersonId, Receiver, RecordId, Rights};

use crate::view::{Alarm, DormantView, Purpose};

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
    /// Whether the receiver alone claims it.
    #[n(5)]
    pub(crate) alone: bool,
    /// When it was first claimed.
    #[n(6)]
    pub(crate) claimed: Option<u64>,
    #[n(7)]
    pub(crate) opens: Option<u64>,
    #[n(8)]
    pub(crate) reason: Option<RecordId>,
}

impl DormantLine {
    pub(crate) fn of(state: &GrantState) -> Option<Self> {
        let gate = state.gate().filter(|_| state.lives())?;
        let receiver = match &state.grant.receiver {
            Receiver::Person(person) | Receiver::Party(person) => *person,
            Receiver::Recovery | Receiver::Link(_) => return None,
        };
        Some(Self {
            grant: state.grant.id,
            author: state.author,
            receiver,
            rights: state.grant.rights,
            days: gate.days,
            alone: gate.people == [receiver],
            claimed: state.claims.values().min().copied(),
            opens: state.opens(),
            reason: state.reason,
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

/// The dormant grants of a log that were not ended.
pub(crate) fn lines(log: &Log) -> Vec<DormantLine> {
    log.grants().filter_map(DormantLine::of).collect()
}

/// What somebody sees of these, each receiver and purpose once.
pub(crate) fn views(
    log: LogId,
    lines: &[DormantLine],
    now: u64,
    name: impl Fn(PersonId) -> String,
) -> Vec<(DormantView, Option<RecordId>)> {
    let mut views: Vec<(DormantView, Option<RecordId>)> = Vec::new();
    for line in lines {
        let person = line.receiver.to_string();
        let same = |(view, _): &&mut (DormantView, _)| view.person == person && view.purpose == line.purpose();
        match views.iter_mut().find(same) {
            // What their maker writes and what that one only reads are grants apart.
            Some((known, reason)) => {
                known.take_over |= line.rights.allow(Rights::WRITE);
                known.claimed = known.claimed.or(line.claimed);
                known.opens = known.opens.max(line.opens);
                *reason = reason.or(line.reason);
            }
            None => views.push((
                DormantView {
                    dossier: log.to_string(),
                    title: String::new(),
                    name: name(line.receiver),
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
    let claimed = lines.into_iter().filter_map(|line| Some((line, line.opens?)));
    let alarm = |(line, opens): (&DormantLine, u64)| {
        Alarm::Claimed(log.to_string(), name(line.receiver), line.purpose(), opens)
    };
    if zegel_crypto::sabotage::is("claim-told") { Vec::new() } else { claimed.map(alarm).collect() }
}
