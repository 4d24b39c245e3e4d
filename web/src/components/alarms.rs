//! What should not be, said plainly, with what to do.

use crate::{
    format::{self, counted},
    language::Language,
    route::Route,
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{Alarm, Purpose};

/// The alarms, if there are any.
pub(crate) fn alarms(t: Language, alarms: &[Alarm]) -> Html {
    html! {
        <div class="alarms" role="alert">
            if !alarms.is_empty() {
                <section class="problems">
                    <h2>{ t.alarm_title() }</h2>
                    <ul>{ for alarms.iter().map(|alarm| html! { <li>{ sentence(t, alarm) }{ more(t, alarm) }</li> }) }</ul>
                </section>
            }
        </div>
    }
}

/// Where to read on, if there is more to it.
fn more(t: Language, alarm: &Alarm) -> Html {
    match alarm {
        Alarm::PutBack(_) => {
            html! { <>{ " " }<Link<Route> to={Route::Restored}>{ t.restored_more() }</Link<Route>></> }
        }
        _ => Html::default(),
    }
}

fn sentence(t: Language, alarm: &Alarm) -> String {
    match alarm {
        Alarm::Fork(_) => t.alarm_fork().to_owned(),
        Alarm::Rollback(_) => t.alarm_rollback().to_owned(),
        Alarm::Refused(_, why) => t.alarm_refused(why),
        Alarm::FalseWrap(_) => t.alarm_false_wrap().to_owned(),
        Alarm::NewDevice(name) => t.alarm_new_device(name),
        Alarm::OwnNewDevice => t.alarm_own_new_device().to_owned(),
        Alarm::Renewed(name) => t.alarm_renewed(name),
        Alarm::Resealed(_, author) => t.alarm_resealed(author),
        Alarm::Unreadable(_, author) => t.alarm_unreadable(author),
        Alarm::ReceiverTwice(_) => t.share_own_twice().to_owned(),
        Alarm::RegisteredTwice(_) => t.alarm_registered_twice().to_owned(),
        Alarm::Unconfirmed(_, count) => t.alarm_unconfirmed(*count),
        Alarm::Recovered(_) => t.alarm_recovered().to_owned(),
        Alarm::Policy(why) => t.alarm_policy(why),
        Alarm::PutBack(to) => t.alarm_put_back(format::day(t, *to)),
        Alarm::Restored(name, day, 0) => t.alarm_restored(counted(t, *day), name),
        Alarm::Restored(name, day, count) => t.alarm_restored_in_part(*count, counted(t, *day), name),
        Alarm::Withheld(_, name, day) => t.alarm_withheld(counted(t, u64::from(*day)), name),
        Alarm::Contradicted(_, name, day) => t.alarm_contradicted(counted(t, u64::from(*day)), name),
        Alarm::Claimed(_, name, purpose, opens) => {
            let day = format::day(t, *opens);
            match purpose {
                Purpose::Emergency => t.alarm_claimed_emergency(day, name),
                Purpose::BreakGlass => t.alarm_claimed_glass(day, name),
                Purpose::Release => t.alarm_claimed_release(day, name),
            }
        }
        Alarm::Clock(seconds) => t.alarm_clock(seconds.unsigned_abs() as usize / 60 + 1),
    }
}
