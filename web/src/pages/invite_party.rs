//! Inviting a dossier's client, or who acts for them, to read it: by a letter and a code, with keys of their own.

use crate::{
    components::{
        field::Field,
        letter::Invited,
        page::Page,
        part::{PARTS, part},
        problems::Problems,
        role::role,
        submit::submit,
    },
    device, format,
    route::{Route, Tab},
    state::{use_form, use_task, use_vault, use_words, vault::Change},
    worker::messages::InviteParty as Call,
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::{NewParty, PartyKind, view::SharedView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
}

#[component]
pub(crate) fn InviteParty(props: &Props) -> Html {
    let t = use_words();
    let vault = use_vault();
    let (task, form) = (use_task(), use_form());
    let kind = use_state_eq(|| PartyKind::Client);
    let usual = |kind: PartyKind| kind.usual_parts().iter().map(|part| part.name().to_owned()).collect::<Vec<_>>();
    let picked = use_state_eq(|| usual(PartyKind::Client));
    let made = use_state(|| None::<SharedView>);
    let onsubmit = {
        let (form, task, id) = (form.clone(), task.clone(), props.id.to_string());
        let (kind, picked, made, vault) = (*kind, (*picked).clone(), made.setter(), vault.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut wrong = form.missing(&[("name", t.party_name_missing())]);
            if device::is_half_typed("until") {
                wrong.push(("until".into(), t.date_half_typed().into()));
            }
            // Nothing picked would mean what is usual.
            if picked.is_empty() {
                wrong.push(("parts".into(), t.party_parts_missing().into()));
            }
            let first = wrong.first().map(|(field, _)| field.clone());
            if !form.accepts(wrong) {
                return device::focus(&first.unwrap_or_default());
            }
            let until = format::end_of_day(&form.trimmed("until"));
            let new =
                NewParty { name: form.trimmed("name"), kind: kind.name().to_owned(), parts: picked.clone(), until };
            let (made, vault) = (made.clone(), vault.clone());
            task.run(Call { dossier: id.clone(), new }, move |shared| {
                vault.dispatch(Change::Changed);
                made.set(Some(shared));
            });
        })
    };
    if let Some(made) = (*made).clone() {
        let dossier = Some(props.id.clone());
        return html! { <div class="invite"><Invited key="made" {made} to={form.trimmed("name")} {dossier} /></div> };
    }
    let choice = |one: PartyKind| {
        let (chosen, set) = (*kind == one, kind.setter());
        let onchange = Callback::from(move |_: Event| set.set(one));
        let text = match one {
            PartyKind::Client => t.kind_client_text(),
            PartyKind::Guardian => t.kind_guardian_text(),
            PartyKind::Representative => t.kind_representative_text(),
        };
        html! {
            <label key={one.name()} class="choice sheet">
                <input type="radio" name="kind" checked={chosen} {onchange} />
                <span><b>{ role(t, one.name()) }</b><small class="fine">{ text }</small></span>
            </label>
        }
    };
    let tick = |name: &&'static str| {
        let (name, set, held) = (*name, picked.setter(), (*picked).clone());
        let checked = held.iter().any(|known| known == name);
        let onchange = Callback::from(move |_: Event| {
            let mut next: Vec<String> = held.iter().filter(|known| *known != name).cloned().collect();
            if next.len() == held.len() {
                next.push(name.to_owned());
            }
            set.set(next);
        });
        html! {
            <label key={name} class="choice sheet">
                <input type="checkbox" {checked} {onchange} />
                <span><b>{ part(t, name) }</b></span>
            </label>
        }
    };
    html! {
        <div class="invite">
            <Page key="ask" title={t.party_invite()} lead={t.party_invite_text()}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} fields={form.wrong()} />
                    <Field id="name" label={t.party_name()} value={form.text("name")} oninput={form.oninput("name")}
                        error={form.error("name")} />
                    <fieldset class="choices">
                        <legend>{ t.party_kind() }</legend>
                        { for PartyKind::ALL.into_iter().map(choice) }
                    </fieldset>
                    <fieldset id="parts" tabindex="-1" class="choices">
                        <legend>{ t.party_parts() }</legend>
                        <p class="error">{ form.error("parts") }</p>
                        { for PARTS.iter().map(tick) }
                    </fieldset>
                    <Field id="until" kind="date" label={t.terms_until()} hint={t.party_until_hint()}
                        min={AttrValue::from(format::iso_day(device::now()))} value={form.text("until")}
                        oninput={form.oninput("until")} error={form.error("until")} />
                    <p class="actions">
                        { submit(t.invite_do(), t.working(), &task) }
                        <Link<Route> to={Tab::Access.of(&props.id)} classes="button quiet">{ t.cancel() }</Link<Route>>
                    </p>
                </form>
            </Page>
        </div>
    }
}
