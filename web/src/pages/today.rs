//! The work list: what waits, and why it is here.

use crate::{
    components::{
        dormant::reason,
        empty::empty,
        page::Page,
        waiting::{failed, waiting},
    },
    device, format,
    language::Language,
    route::{Route, Tab},
    state::{Loaded, use_answer, use_session, use_vault, use_words},
    worker::messages::Today as Call,
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::{
    WorkListView,
    view::{DormantView, DraftView, Purpose, ShareView},
};

#[component]
pub(crate) fn Today() -> Html {
    let t = use_words();
    let (session, vault) = (use_session(), use_vault());
    let now = *use_memo((), |()| device::now());
    let answer = use_answer(Call {}, vault.revision);
    let backup_due = session.who.as_ref().is_some_and(|who| who.backup_due && who.director);
    let uploads = vault.uploads.iter().filter(|upload| upload.state.is_open()).count();
    let list = match answer {
        Loaded::Waiting => waiting(t),
        Loaded::Failed(failure) => failed(t, failure),
        Loaded::Ready(today) => {
            let rows = rows(t, &today, backup_due, uploads, vault.waiting);
            let first = vault.list.as_ref().is_some_and(|list| list.is_empty());
            html! {
                <div key="ready" class="today">
                    <div class="tasks-place">
                        if !rows.is_empty() { <ul class="tasks sheet">{ for rows.clone() }</ul> }
                    </div>
                    <div class="nothing-place">
                        if first {
                            { empty(t.today_first(), t.today_first_text(), html! {
                                <Link<Route> to={Route::NewDossier} classes="button primary">
                                    { t.new_dossier() }
                                </Link<Route>>
                            }) }
                        } else if rows.is_empty() {
                            { empty(t.today_nothing(), t.today_nothing_text(), html! {
                                <Link<Route> to={Route::Dossiers} classes="button">{ t.nav_dossiers() }</Link<Route>>
                            }) }
                        }
                    </div>
                </div>
            }
        }
    };
    html! {
        <Page title={t.nav_today()} lead={t.today_lead(format::today(t, now))}>{ list }</Page>
    }
}

fn rows(t: Language, today: &WorkListView, backup_due: bool, uploads: usize, waiting: usize) -> Vec<Html> {
    let mut rows = Vec::new();
    if backup_due {
        rows.push(row(
            "backup",
            t.today_now(),
            true,
            t.today_backup().into(),
            t.today_backup_why().into(),
            Html::default(),
        ));
    }
    rows.extend(claims(t, &today.claims));
    rows.extend(testament(t, today));
    rows.extend(today.newcomers.iter().map(|member| {
        let act = html! {
            <Link<Route> to={Route::Compare { person: member.person.clone() }} classes="button">{ t.compare_words() }</Link<Route>>
        };
        row(&member.person, t.today_now(), false, t.today_newcomer(&member.name), t.today_newcomer_why().into(), act)
    }));
    rows.extend(today.returned.iter().map(|member| {
        let act = html! {
            <Link<Route> to={Route::GiveBack { person: member.person.clone() }} classes="button">{ t.give_back() }</Link<Route>>
        };
        let why = t.member_came_back(member.waiting);
        row(&member.person, t.today_now(), false, t.today_returned(&member.name), why, act)
    }));
    rows.extend(today.came.iter().map(|came| {
        let id = came.dossier.clone();
        let (to, what) = match &came.share {
            Some(share) => (Route::Receiver { id, share: share.clone() }, t.today_own(&came.name, &came.title)),
            None => (Route::Party { id, person: came.person.clone() }, t.today_came(&came.name, &came.title)),
        };
        let why = if came.share.is_some() { t.today_own_why() } else { t.today_newcomer_why() };
        let act = html! { <Link<Route> {to} classes="button">{ t.compare_words() }</Link<Route>> };
        row(&came.person, t.today_now(), false, what, why.into(), act)
    }));
    rows.extend(today.let_in.iter().map(|one| {
        let act = html! { <Link<Route> to={Tab::Timeline.of(&one.dossier)} classes="button">{ t.today_look() }</Link<Route>> };
        row(&one.dossier, &format::moment(t, one.at), false, t.today_let_in(&one.title), t.today_let_in_by(&one.by), act)
    }));
    if today.review_due {
        let act = html! { <Link<Route> to={Route::Authorised} classes="button">{ t.today_look() }</Link<Route>> };
        rows.push(row("review", t.today_now(), false, t.today_review().into(), t.today_review_why().into(), act));
    }
    rows.extend(today.ending.iter().map(|(id, title, share)| ending(t, id, title, share)));
    rows.extend(today.drafts.iter().map(|(id, title, waiting)| draft(t, id, title, waiting)));
    if uploads > 0 {
        let why = t.today_uploads_why().into();
        rows.push(row("uploads", t.today_running(), false, t.today_uploads(uploads), why, Html::default()));
    }
    if waiting > 0 {
        let why = t.today_waiting_why().into();
        rows.push(row("waiting", t.today_running(), false, t.today_waiting(waiting), why, Html::default()));
    }
    rows
}

/// What somebody asked for, by who did, while saying no still keeps it closed; and each dossier that was opened by a director.
fn claims(t: Language, claims: &[DormantView]) -> Vec<Html> {
    let asked = |claim: &&DormantView| claim.purpose == Purpose::Emergency && !claim.open;
    let mut people: Vec<&str> = claims.iter().filter(asked).map(|claim| claim.person.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    let mut rows: Vec<Html> = people
        .into_iter()
        .filter_map(|person| {
            let of: Vec<&DormantView> = claims.iter().filter(asked).filter(|claim| claim.person == person).collect();
            let first = of.first()?;
            let titles: Vec<&str> = of.iter().map(|claim| claim.title.as_str()).collect();
            let day = format::day(t, of.iter().filter_map(|claim| claim.opens).min().unwrap_or_default());
            let why = t.today_claim_why(day, titles.join(", "));
            let act = html! { <Link<Route> to={Route::Emergency} classes="button">{ t.today_look() }</Link<Route>> };
            Some(row(&format!("claim-{person}"), t.today_now(), true, t.today_claim(&first.name), why, act))
        })
        .collect();
    rows.extend(claims.iter().filter(|claim| claim.purpose == Purpose::BreakGlass).map(|claim| {
        let act = html! {
            <Link<Route> to={Tab::Access.of(&claim.dossier)} classes="button">{ t.today_look() }</Link<Route>>
        };
        let key = format!("glass-{}-{}", claim.dossier, claim.person);
        let when = format::day(t, claim.opens.unwrap_or_default());
        let why = t.today_glass_why(reason(t, claim));
        row(&key, &when, true, t.today_glass(&claim.name, &claim.title), why, act)
    }));
    rows
}

/// What trustees asked for or had closed, for as long as saying no helps: also once it is open.
fn testament(t: Language, today: &WorkListView) -> Option<Html> {
    let stands = |claim: &&DormantView| claim.purpose == Purpose::Release && (claim.may_refuse || !claim.open);
    let claim = today.claims.iter().find(stands);
    let day = |claim: &DormantView| format::day(t, claim.opens.unwrap_or_default());
    let asked = claim.map(|claim| t.alarm_claimed_release(day(claim), &claim.name));
    let closing = (today.closing > 0).then(|| t.testament_closing(today.closing));
    let why: Vec<String> = closing.into_iter().chain(asked).collect();
    let what = claim.map_or_else(|| t.testament_title().to_owned(), |claim| t.testament_for(&claim.name));
    let act = html! { <Link<Route> to={Route::Testament} classes="button">{ t.today_look() }</Link<Route>> };
    (!why.is_empty()).then(|| row("testament", t.today_now(), true, what, why.join(" "), act))
}

fn ending(t: Language, id: &str, title: &str, share: &ShareView) -> Html {
    let act = html! { <Link<Route> to={Tab::Shares.of(id)} classes="button">{ t.today_look() }</Link<Route>> };
    let when = t.today_until(format::last_day(t, share.until));
    let why = format!("{title} · {}", share.items.join(", "));
    row(&share.id, &when, false, t.today_ending(&share.to), why, act)
}

fn draft(t: Language, id: &str, title: &str, draft: &DraftView) -> Html {
    let to = match &draft.item {
        Some(item) => Route::Report { id: id.to_owned(), item: item.clone() },
        None => Route::NewReport { id: id.to_owned() },
    };
    let act = html! { <Link<Route> {to} classes="button">{ t.today_write_on() }</Link<Route>> };
    let words = draft.text.split_whitespace().count();
    let key = format!("{id}-{}", draft.item.as_deref().unwrap_or_default());
    row(&key, &format::moment(t, draft.kept), false, t.today_draft(title), t.today_draft_why(words), act)
}

/// When, what, why, and what to do.
fn row(key: &str, when: &str, late: bool, what: String, why: String, act: Html) -> Html {
    html! {
        <li key={key.to_owned()}>
            <span class={classes!("when", late.then_some("late"))}>{ when }</span>
            <div><b>{ what }</b><small class="fine">{ why }</small></div>
            <span class="act">{ act }</span>
        </li>
    }
}
