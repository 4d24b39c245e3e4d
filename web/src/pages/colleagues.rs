//! Who works here, who was invited, and who stands at the door.

use super::invitation::stands;
use crate::{
    components::{
        compared_how::vouched,
        page::Page,
        role::role,
        waiting::{failed, waiting},
    },
    format,
    language::Language,
    route::Route,
    state::{Loaded, use_answer, use_session, use_vault, use_words},
    worker::messages::Members,
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{MemberState, MemberView};

#[component]
pub(crate) fn Colleagues() -> Html {
    let t = use_words();
    let (session, vault) = (use_session(), use_vault());
    let who = session.who.as_ref();
    let leads = Leads { directs: who.is_some_and(|who| who.director), any: who.is_some_and(|who| who.leads()) };
    let answer = use_answer(Members {}, vault.revision);
    let actions = html! {
        <span class="actions">
            <Link<Route> to={Route::Authorised} classes="button">{ t.authorised_title() }</Link<Route>>
            if leads.any { <Link<Route> to={Route::Invite} classes="button primary">{ t.invite_title() }</Link<Route>> }
        </span>
    };
    let list = match answer {
        Loaded::Waiting => waiting(t),
        Loaded::Failed(failure) => failed(t, failure),
        Loaded::Ready(members) => html! {
            <ul class="list sheet" key="ready">{ for members.iter().map(|member| line(t, leads, member)) }</ul>
        },
    };
    html! { <Page title={t.nav_colleagues()} lead={t.colleagues_text()} {actions}>{ list }</Page> }
}

/// What the one who looks may do about colleagues: all of it, or as who acts for a director.
#[derive(Clone, Copy)]
struct Leads {
    directs: bool,
    any: bool,
}

fn line(t: Language, leads: Leads, member: &MemberView) -> Html {
    let person = member.person.clone();
    let may = leads.directs || leads.any && !member.director && member.delegate.is_none();
    let (class, state) = match member.state {
        MemberState::Invited => ("tag wait", t.member_invited()),
        MemberState::Expired => ("tag seal", t.member_expired()),
        MemberState::Registered => ("tag wait", t.member_registered()),
        MemberState::Member => ("tag ok", t.member_member()),
        MemberState::Removed => ("tag", t.member_removed()),
    };
    let act = match member.state {
        MemberState::Registered | MemberState::Invited | MemberState::Expired if may => html! {
            <>
                if member.state == MemberState::Registered {
                    <Link<Route> to={Route::Compare { person: person.clone() }} classes="button primary">
                        { t.compare_words() }
                    </Link<Route>>
                }
                <Link<Route> to={Route::Invitation { person }} classes="button">{ t.invitation() }</Link<Route>>
            </>
        },
        MemberState::Member => html! {
            <>
                if !member.you {
                    <Link<Route> to={Route::Compare { person: person.clone() }} classes="button">
                        { t.compare_words() }
                    </Link<Route>>
                }
                if member.waiting > 0 {
                    <Link<Route> to={Route::GiveBack { person: person.clone() }} classes="button primary">
                        { t.give_back() }
                    </Link<Route>>
                }
                if leads.directs && !member.director || member.you && member.delegate.is_some() {
                    <Link<Route> to={Route::Delegate { person: person.clone() }} classes="button">{ t.delegate() }</Link<Route>>
                }
                if may && !member.you {
                    <Link<Route> to={Route::Anew { person: person.clone() }} classes="button">{ t.anew() }</Link<Route>>
                }
                if may {
                    <Link<Route> to={Route::Remove { person }} classes="button danger">
                        { if member.you { t.leave_yourself() } else { t.remove() } }
                    </Link<Route>>
                }
            </>
        },
        _ => Html::default(),
    };
    let until = member.until.map(|until| t.member_until(format::last_day(t, until))).unwrap_or_default();
    let wants = |name: &String| match member.state {
        MemberState::Registered => t.member_wants_in(name),
        _ => t.member_wants_out(name),
    };
    let said = match member.state {
        MemberState::Member => {
            let waits = (member.waiting > 0).then(|| t.member_came_back(member.waiting));
            let acts =
                member.delegate.as_ref().map(|acts| t.member_delegate(&acts.by, format::last_day(t, acts.until)));
            let farewell = member.farewell.map(|when| t.member_farewell(format::day(t, when)));
            waits.into_iter().chain(acts).chain(farewell).chain(vouched(t, &member.vouched)).collect()
        }
        MemberState::Invited | MemberState::Expired => vec![stands(t, member)],
        MemberState::Registered | MemberState::Removed => Vec::new(),
    };
    let unsigned = member.state == MemberState::Member && !member.pledged;
    html! {
        <li key={member.person.clone()}>
            <div>
                <b>{ &member.name }</b>{ " " }<span {class}>{ state }</span>
                <small class="fine">
                    { role(t, &member.role) }{ ". " }{ until }{ " " }
                    { if member.you { t.member_you() } else { "" } }{ " " }
                    { if unsigned { t.member_unsigned() } else { "" } }
                </small>
                { for member.wanted_by.iter().map(wants).chain(said).map(|said| html! { <p class="fine">{ said }</p> }) }
            </div>
            <span class="row-tags">{ act }</span>
        </li>
    }
}
