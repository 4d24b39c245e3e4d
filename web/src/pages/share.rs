//! Sharing with a third party, one question at a time, and a page to check it all before anything leaves.

use crate::{
    components::{
        empty::empty, field::Field, handed_out::handed_out, page::Page, problems::Problems, submit::submit, waiting,
    },
    device, format,
    language::Language,
    route::Tab,
    state::{use_answer, use_task, use_vault, use_words, vault::Change},
    worker::messages::{Dossier, Share as Call},
};
use std::rc::Rc;
use web_sys::HtmlSelectElement;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DossierView, ItemKind, ItemView, SharedView};

/// How long a share lasts unless somebody says otherwise.
const MONTH: u64 = 30 * 24 * 60 * 60;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
}

#[component]
pub(crate) fn Share(props: &Props) -> Html {
    let t = use_words();
    let answer = use_answer(Dossier { id: props.id.to_string() }, 0);
    let shown = waiting::page(t, t.new_share(), answer, |dossier| {
        if dossier.items.is_empty() {
            let nothing = empty(t.empty_shares(), t.empty_shares_first(), Html::default());
            return html! { <Page key="empty" title={t.new_share()}>{ nothing }</Page> };
        }
        html! { <Wizard key="wizard" {dossier} /> }
    });
    html! { <div class="share-place">{ shown }</div> }
}

/// The questions, in order, and what comes after.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Who,
    What,
    Purpose,
    Until,
    Check,
}

impl Step {
    const ALL: [Self; 5] = [Self::Who, Self::What, Self::Purpose, Self::Until, Self::Check];

    fn title(self, t: Language) -> &'static str {
        match self {
            Self::Who => t.share_step_who(),
            Self::What => t.share_step_what(),
            Self::Purpose => t.share_step_purpose(),
            Self::Until => t.share_step_until(),
            Self::Check => t.share_step_check(),
        }
    }

    fn next(self) -> Self {
        Self::ALL[(self as usize + 1).min(Self::ALL.len() - 1)]
    }

    fn back(self) -> Option<Self> {
        (self as usize).checked_sub(1).map(|before| Self::ALL[before])
    }
}

#[derive(Clone, PartialEq)]
struct Filled {
    to: String,
    items: Vec<String>,
    purpose: String,
    until: String,
    readings: String,
    evidence: Option<String>,
}

#[derive(PartialEq, Properties)]
struct WizardProps {
    dossier: Rc<DossierView>,
}

#[component]
fn Wizard(props: &WizardProps) -> Html {
    let t = use_words();
    let dossier = &props.dossier;
    let vault = use_vault();
    let navigator = use_navigator();
    let task = use_task();
    let step = use_state_eq(|| Step::Who);
    let made = use_state(|| None::<SharedView>);
    let wrong = use_state_eq(AttrValue::default);
    let filled = use_state(|| Filled {
        to: String::new(),
        items: Vec::new(),
        purpose: String::new(),
        until: format::iso_day(device::now() + MONTH),
        readings: String::new(),
        evidence: None,
    });
    let set = |change: fn(&mut Filled, String)| {
        let filled = filled.clone();
        Callback::from(move |text| {
            let mut next = (*filled).clone();
            change(&mut next, text);
            filled.set(next);
        })
    };
    let onsubmit = {
        let (filled, step, wrong, task, made) =
            (filled.clone(), step.clone(), wrong.setter(), task.clone(), made.setter());
        let (vault, dossier) = (vault.dispatcher(), dossier.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let found = check(t, *step, &filled);
            wrong.set(found.into());
            if !found.is_empty() {
                return device::focus(field(*step));
            }
            if *step != Step::Check {
                return step.set(step.next());
            }
            let (made, vault) = (made.clone(), vault.clone());
            task.run(call(t, &dossier, &filled), move |shared| {
                vault.dispatch(Change::Changed);
                made.set(Some(shared));
            });
        })
    };
    let go = {
        let (step, wrong) = (step.setter(), wrong.setter());
        Callback::from(move |to: Step| {
            wrong.set(AttrValue::default());
            step.set(to);
        })
    };
    let stop = {
        let id = dossier.summary.id.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(navigator) = &navigator {
                navigator.push(&Tab::Shares.of(&id));
            }
        })
    };
    if let Some(made) = (*made).clone() {
        return html! {
            <div key="made">
                <Page title={t.share_made(&filled.to)} tab={t.new_share()} lead={t.share_made_text()}>
                    { handed_out(t, &made, &filled.to) }
                    <p class="no-print">
                        <Link<crate::route::Route> to={Tab::Shares.of(&dossier.summary.id)} classes="button">
                            { t.share_made_done() }
                        </Link<crate::route::Route>>
                    </p>
                </Page>
            </div>
        };
    }
    let now = *step;
    let error = (*wrong).clone();
    let asked = match now {
        Step::Who => html! {
            <Field key="to" id="to" label={t.share_to()} hint={t.share_to_hint()} value={filled.to.clone()}
                oninput={set(|filled, text| filled.to = text)} {error} />
        },
        Step::What => what(t, dossier, &filled.items, &set(toggle), error),
        Step::Purpose => html! {
            <div key="purpose">
                <Field id="purpose" rows={3} label={t.share_purpose()} hint={t.share_purpose_hint()}
                    value={filled.purpose.clone()} oninput={set(|filled, text| filled.purpose = text)} {error} />
                { evidence(t, dossier, filled.evidence.as_ref(), &set(choose_evidence)) }
            </div>
        },
        Step::Until => html! {
            <div key="until">
                <Field id="until" kind="date" label={t.share_until()} hint={t.share_until_hint()}
                    min={AttrValue::from(format::iso_day(device::now()))} value={filled.until.clone()}
                    oninput={set(|filled, text| filled.until = text)} {error} />
                <Field id="readings" kind="number" label={t.share_readings()} hint={t.share_readings_hint()}
                    value={filled.readings.clone()} oninput={set(|filled, text| filled.readings = text)} />
            </div>
        },
        Step::Check => summary(t, dossier, &filled, &go),
    };
    let back = now.back().map(|before| {
        let go = go.clone();
        html! { <button type="button" onclick={move |_| go.emit(before)}>{ t.back() }</button> }
    });
    html! {
        <div key={now as usize}>
            <p class="fine step">{ t.step_of(now as usize + 1, Step::ALL.len()) }{ " · " }{ &dossier.summary.title }</p>
            <Page title={now.title(t)} lead={if now == Step::Check { t.share_check_lead(&filled.to) } else { String::new() }}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    { asked }
                    <p class="actions">
                        { submit(if now == Step::Check { t.share_do() } else { t.next() }, t.working(), &task) }
                        { for back }
                        <button type="button" class="quiet" onclick={stop}>{ t.cancel() }</button>
                    </p>
                </form>
            </Page>
        </div>
    }
}

fn toggle(filled: &mut Filled, item: String) {
    match filled.items.iter().position(|one| *one == item) {
        Some(place) => {
            filled.items.remove(place);
        }
        None => filled.items.push(item),
    }
}

fn choose_evidence(filled: &mut Filled, item: String) {
    filled.evidence = Some(item).filter(|item| !item.is_empty());
}

/// What is wrong with the answer to a question, or nothing.
fn check(t: Language, step: Step, filled: &Filled) -> &'static str {
    match step {
        Step::Who if filled.to.trim().is_empty() => t.share_to_missing(),
        Step::What if filled.items.is_empty() => t.error_nothing_chosen(),
        Step::Purpose if filled.purpose.trim().is_empty() => t.share_purpose_missing(),
        Step::Until => match format::end_of_day(&filled.until) {
            None => t.share_until_missing(),
            Some(until) if until <= device::now() => t.error_date_in_past(),
            Some(_) => "",
        },
        _ => "",
    }
}

fn field(step: Step) -> &'static str {
    match step {
        Step::Who => "to",
        Step::What => "items",
        Step::Purpose => "purpose",
        Step::Until => "until",
        Step::Check => "problems",
    }
}

fn call(t: Language, dossier: &DossierView, filled: &Filled) -> Call {
    let until = format::end_of_day(&filled.until).unwrap_or_default();
    let titles = titles(dossier, &filled.items).join(", ");
    Call {
        dossier: dossier.summary.id.clone(),
        items: filled.items.clone(),
        to: filled.to.trim().to_owned(),
        purpose: filled.purpose.trim().to_owned(),
        until,
        readings: filled.readings.trim().parse().ok(),
        evidence: filled.evidence.clone(),
        consent_text: t.consent_text(
            titles,
            filled.purpose.trim(),
            &dossier.summary.title,
            filled.to.trim(),
            format::last_day(t, until),
        ),
        language: t.tag().to_owned(),
    }
}

fn titles(dossier: &DossierView, chosen: &[String]) -> Vec<String> {
    let named = dossier.items.iter().filter(|item| chosen.contains(&item.id));
    named.map(|item| item.title.clone()).collect()
}

/// Which items; nothing is ticked in advance.
fn what(t: Language, dossier: &DossierView, chosen: &[String], onchange: &Callback<String>, error: AttrValue) -> Html {
    html! {
        <fieldset key="what" id="items" tabindex="-1" class={classes!("choices", (!error.is_empty()).then_some("wrong"))}
            aria-describedby="items-error">
            <legend>{ t.share_items() }</legend>
            <p class="error" id="items-error">{ error }</p>
            { for dossier.items.iter().map(|item| {
                let onchange = { let id = item.id.clone(); onchange.reform(move |_: Event| id.clone()) };
                html! {
                    <label key={item.id.clone()} class="choice sheet">
                        <input type="checkbox" name="items" value={item.id.clone()}
                            checked={chosen.contains(&item.id)} {onchange} />
                        <span><b><bdi>{ &item.title }</bdi></b><small class="fine">{ kind(t, item) }</small></span>
                    </label>
                }
            }) }
        </fieldset>
    }
}

fn kind(t: Language, item: &ItemView) -> String {
    match &item.kind {
        ItemKind::Report { day, .. } => t.timeline_report(format::written_day(t, day), &item.author),
        ItemKind::Document { size, .. } => {
            format!("{} · {}", format::size(t, *size), t.document_added(format::day(t, item.changed), &item.author))
        }
    }
}

/// Which document shows that the client agreed. It may be missing, and then it shows.
fn evidence(t: Language, dossier: &DossierView, chosen: Option<&String>, onchange: &Callback<String>) -> Html {
    let onchange = onchange.reform(|event: Event| {
        event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default()
    });
    html! {
        <div class="field">
            <label for="evidence">{ t.share_evidence() }</label>
            <p class="hint" id="evidence-hint">{ t.share_evidence_hint() }</p>
            <select id="evidence" aria-describedby="evidence-hint" {onchange}>
                <option value="" selected={chosen.is_none()}>{ t.share_evidence_none() }</option>
                { for dossier.items.iter().map(|item| html! {
                    <option key={item.id.clone()} value={item.id.clone()} selected={chosen == Some(&item.id)}>
                        { &item.title }
                    </option>
                }) }
            </select>
        </div>
    }
}

/// Everything that was answered, and what they will be able to read: this, and nothing else.
fn summary(t: Language, dossier: &DossierView, filled: &Filled, go: &Callback<Step>) -> Html {
    let Filled { to, items, purpose, until, readings, evidence } = filled;
    let until = format::end_of_day(until).map(|until| format::last_day(t, until)).unwrap_or_default();
    let times = match readings.trim().parse::<usize>() {
        Ok(count) => t.share_readings_some(count),
        Err(_) => t.share_readings_any().to_owned(),
    };
    let evidence = evidence.as_ref().map(|item| titles(dossier, std::slice::from_ref(item)).concat());
    let change = |step: Step, what: &str| {
        let go = go.clone();
        html! {
            <button type="button" class="quiet" aria-label={format!("{}: {what}", t.change())}
                onclick={move |_| go.emit(step)}>{ t.change() }</button>
        }
    };
    html! {
        <div key="check" class="sheet check">
            <dl>
                <dt>{ t.share_to() }</dt><dd><b>{ to }</b></dd><dd>{ change(Step::Who, t.share_to()) }</dd>
                <dt>{ t.share_what() }</dt>
                <dd>
                    { for titles(dossier, items).into_iter().map(|title| html! { <bdi class="block">{ title }</bdi> }) }
                    <small class="fine">{ t.share_nothing_else(items.len()) }</small>
                </dd>
                <dd>{ change(Step::What, t.share_what()) }</dd>
                <dt>{ t.share_purpose() }</dt><dd>{ purpose }</dd><dd>{ change(Step::Purpose, t.share_purpose()) }</dd>
                <dt>{ t.share_evidence() }</dt>
                <dd>
                    { evidence.clone().unwrap_or_else(|| t.share_evidence_none().to_owned()) }
                    <small class="fine">{ if evidence.is_none() { t.share_incomplete() } else { "" } }</small>
                </dd>
                <dd>{ change(Step::Purpose, t.share_evidence()) }</dd>
                <dt>{ t.share_until() }</dt><dd>{ until }<small class="fine">{ times }</small></dd>
                <dd>{ change(Step::Until, t.share_until()) }</dd>
            </dl>
            <p class="fine card">{ t.share_honest() }</p>
        </div>
    }
}
