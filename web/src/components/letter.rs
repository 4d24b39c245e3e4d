//! An invitation that was just made: its link to send or to print as a letter, and its code, which never stands in the
//! letter but can be printed on a paper of its own.

use super::{copy::Copy, handed_out::whole, page::Page, qr::Qr};
use crate::{
    device, format,
    language::Language,
    route::{Route, Tab},
    state::{use_session, use_words},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{SessionView, SharedView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) made: SharedView,
    /// Whom it is for.
    pub(crate) to: AttrValue,
    /// The dossier that they are to read; none of a colleague.
    #[prop_or_default]
    pub(crate) dossier: Option<AttrValue>,
}

/// Which of the two papers goes to the printer. They are never printed together: they go different ways.
#[derive(Clone, Copy, PartialEq)]
enum Paper {
    Letter,
    Code,
}

/// The page.
#[component]
pub(crate) fn Invited(props: &Props) -> Html {
    let t = use_words();
    let session = use_session();
    let paper = use_state_eq(|| (Paper::Letter, 0_u32));
    // Printed once what is printed is on the page.
    use_effect_with(*paper, |(_, asked)| {
        if *asked > 0 {
            let _ = device::window().print();
        }
    });
    let print = |which: Paper| {
        let paper = paper.clone();
        Callback::from(move |_: MouseEvent| paper.set((which, paper.1 + 1)))
    };
    let unless = |which: Paper| (paper.0 != which).then_some("no-print");
    let (to, link) = (&props.to, whole(&props.made.link));
    let reads = props.dossier.is_some();
    let (title, lead, once) = match reads {
        true => (t.invited_title(to), t.party_invited_text(to), t.party_invited_once()),
        false => (t.invited_title(to), t.invited_text(to), t.invited_once()),
    };
    let (back, word) = match &props.dossier {
        Some(dossier) => (Tab::Access.of(dossier), t.party_invited_done()),
        None => (Route::Colleagues, t.invited_done()),
    };
    html! {
        <Page {title} tab={t.invitation()} {lead}>
            <div class="handed-out no-print">
                <Copy label={t.handed_link()} hint={t.invited_link_hint(to)} text={link.clone()} />
                <Copy label={t.handed_code()} hint={t.handed_code_hint(to)} text={props.made.code.clone()} />
                <p class="fine">{ once }</p>
            </div>
            <div class="handed-out">
                <article class={classes!("paper", "sheet", "letter", unless(Paper::Letter))}>
                    { for session.who.iter().map(|who| letter(t, who, to, &link, (props.made.until, reads))) }
                </article>
                <article class={classes!("paper", "sheet", unless(Paper::Code))}>
                    <h2>{ t.slip_title(to) }</h2>
                    <p class="words spoken">{ &props.made.code }</p>
                    <p class="fine">{ t.slip_text() }</p>
                </article>
                <p class="actions no-print">
                    <button type="button" class="primary" onclick={print(Paper::Letter)}>{ t.letter_print() }</button>
                    <button type="button" onclick={print(Paper::Code)}>{ t.slip_print() }</button>
                    <Link<Route> to={back} classes="button quiet">{ word }</Link<Route>>
                </p>
            </div>
        </Page>
    }
}

/// The letter, as it goes into an envelope.
fn letter(t: Language, who: &SessionView, to: &str, link: &str, (until, reads): (u64, bool)) -> Html {
    let (from, organisation) = (&who.name, &who.organisation);
    let (what, ready, open, keep, words) = if reads {
        let (what, words) = (t.party_letter_what(from, organisation), t.party_letter_words(from));
        (what, t.party_letter_ready(), t.party_letter_open(), t.party_letter_keep(), words)
    } else {
        let (what, words) = (t.letter_what(from, organisation), t.letter_words(from));
        (what, t.letter_ready(), t.letter_open(), t.letter_passphrase(), words)
    };
    html! {
        <>
            <h2>{ t.letter_title(organisation) }</h2>
            <p>{ t.letter_dear(to) }</p>
            <p>{ what }</p>
            <p>{ ready }</p>
            <ol>
                <li>{ open }</li>
                <li>{ t.letter_code(from) }</li>
                <li>{ keep }</li>
                <li>{ words }</li>
            </ol>
            <div class="letter-link">
                <Qr text={link.to_owned()} label={t.letter_qr()} />
                <p class="words">{ link }</p>
            </div>
            <p>{ t.letter_until(format::last_day(t, until)) }</p>
            <p class="fine">{ t.letter_doubt(from) }</p>
        </>
    }
}
