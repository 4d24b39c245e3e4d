//! The people outside the organisation whom a dossier knows: invited, at the door, reading, and no more.

use super::{
    compared_how::vouched,
    part::{PARTS, part},
    role::role,
    waiting::failed,
};
use crate::{
    format,
    language::Language,
    route::Route,
    state::{Loaded, use_answer, use_words},
    worker::messages::Parties as Call,
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{PartyStanding, PartyView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: AttrValue,
    pub(crate) revision: u32,
}

/// The list; nothing while there is nobody.
#[component]
pub(crate) fn Parties(props: &Props) -> Html {
    let t = use_words();
    let answer = use_answer(Call { dossier: props.dossier.to_string() }, props.revision);
    let shown = match answer {
        Loaded::Waiting => Html::default(),
        Loaded::Failed(failure) => failed(t, failure),
        Loaded::Ready(parties) if parties.is_empty() => Html::default(),
        Loaded::Ready(parties) => html! {
            <section key="parties" class="group">
                <h2>{ t.parties_title() }</h2>
                <ul class="list sheet">{ for parties.iter().map(|party| line(t, &props.dossier, party)) }</ul>
            </section>
        },
    };
    html! { <div class="parties">{ shown }</div> }
}

fn line(t: Language, dossier: &str, party: &PartyView) -> Html {
    let to = Route::Party { id: dossier.to_owned(), person: party.person.clone() };
    let (class, word) = match party.standing {
        PartyStanding::Registered => ("button primary", t.compare_words()),
        _ => ("button", t.party_open()),
    };
    html! {
        <li key={party.person.clone()}>
            <div>
                <b><bdi>{ &party.name }</bdi></b>
                <small class="fine">{ role(t, &party.kind) }{ " · " }{ stands(t, party) }</small>
                { for said(t, party).into_iter().map(|said| html! { <small class="fine">{ said }</small> }) }
            </div>
            <span class="row-tags">
                if party.standing != PartyStanding::Ended { <Link<Route> {to} classes={class}>{ word }</Link<Route>> }
            </span>
        </li>
    }
}

/// How it stands with somebody, in words.
pub(crate) fn stands(t: Language, party: &PartyView) -> String {
    let link = party.invited_until.map(|until| format::last_day(t, until)).unwrap_or_default();
    match (party.standing, party.until) {
        (PartyStanding::Invited, _) => t.invitation_until(link),
        (PartyStanding::Expired, _) => t.invitation_expired(link),
        (PartyStanding::Registered, _) => t.party_registered().to_owned(),
        (PartyStanding::Reads, None) => t.party_reads(parts(t, &party.parts)),
        (PartyStanding::Reads, Some(until)) => {
            t.access_until(format::last_day(t, until), t.party_reads(parts(t, &party.parts)))
        }
        (PartyStanding::Ended, _) => t.party_ended().to_owned(),
    }
}

/// What is known of their keys, and whose place they took.
fn said(t: Language, party: &PartyView) -> Vec<String> {
    let mut lines = match party.standing {
        PartyStanding::Reads => vouched(t, &party.vouched),
        _ => Vec::new(),
    };
    if party.replaces.is_some() {
        lines.push(t.party_replaces().to_owned());
    }
    lines
}

/// Parts, in words, in their order.
pub(crate) fn parts(t: Language, held: &[String]) -> String {
    let named: Vec<&str> = PARTS.into_iter().filter(|name| held.iter().any(|held| held == name)).collect();
    match named.len() {
        all if all == PARTS.len() => t.access_all().to_owned(),
        _ => named.into_iter().map(|name| part(t, name)).collect::<Vec<_>>().join(", "),
    }
}
