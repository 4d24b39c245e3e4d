//! Files on their way, on every page: how far each is, in bytes and in a word.

use crate::{
    format,
    language::Language,
    state::{
        uploads::{self, Upload, UploadState},
        use_session, use_vault, use_words,
        vault::Change,
    },
};
use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// How long the tray stays once everything is in its dossier.
const STAYS: u32 = 6_000;

/// The tray.
#[component]
pub(crate) fn Tray() -> Html {
    let t = use_words();
    let vault = use_vault();
    let (open, all) = (vault.uploads.iter().filter(|upload| upload.state.is_open()).count(), vault.uploads.len());
    let failed = vault.uploads.iter().filter(|upload| matches!(upload.state, UploadState::Failed(_))).count();
    let tidy = {
        let dispatch = vault.dispatcher();
        Callback::from(move |_| dispatch.dispatch(Change::Tidied))
    };
    {
        let dispatch = vault.dispatcher();
        let settled = all > 0 && vault.uploads.iter().all(|upload| upload.state == UploadState::Done);
        use_effect_with(settled, move |settled| {
            let timer = settled.then(|| Timeout::new(STAYS, move || dispatch.dispatch(Change::Tidied)));
            move || drop(timer)
        });
    }
    html! {
        <div class="tray-place">
            if all > 0 {
                <section class="tray sheet" aria-label={t.tray_label()}>
                    <header>
                        <h2><span role="status">{ heading(t, open, failed) }</span></h2>
                        <button type="button" class="quiet" onclick={tidy}>{ t.tray_tidy() }</button>
                    </header>
                    <ul tabindex="0">{ for vault.uploads.iter().map(|upload| html! {
                        <Line key={upload.number} upload={upload.clone()} />
                    }) }</ul>
                </section>
            }
        </div>
    }
}

fn heading(t: Language, open: usize, failed: usize) -> String {
    match (open, failed) {
        (0, 0) => t.tray_done().to_owned(),
        (0, failed) => t.tray_failed(failed),
        (open, _) => t.tray_open(open),
    }
}

#[derive(PartialEq, Properties)]
struct Props {
    upload: Upload,
}

#[component]
fn Line(props: &Props) -> Html {
    let t = use_words();
    let (session, vault) = (use_session(), use_vault());
    let Upload { file, state, .. } = &props.upload;
    let (done, total) = match state {
        UploadState::Waiting => (0, file.size() as u64),
        UploadState::Sealing(_, done, total) => (*done, *total),
        UploadState::Done | UploadState::Failed(_) => (file.size() as u64, file.size() as u64),
    };
    // An empty file is done, too.
    let shown = if matches!(state, UploadState::Done) { total.max(1) } else { done };
    let act = {
        let (client, vault, upload) = (session.client.clone(), vault.dispatcher(), props.upload.clone());
        Callback::from(move |_: MouseEvent| match &upload.state {
            UploadState::Sealing(call, ..) => client.cancel(*call),
            UploadState::Failed(_) => uploads::retry(&client, &vault, upload.clone()),
            UploadState::Waiting | UploadState::Done => {}
        })
    };
    let action = match state {
        UploadState::Sealing(..) => t.tray_stop(),
        UploadState::Failed(_) => t.tray_retry(),
        UploadState::Waiting | UploadState::Done => "",
    };
    html! {
        <li class={classes!(matches!(state, UploadState::Failed(_)).then_some("failed"))}>
            <span class="file-name">{ file.name() }</span>
            <progress max={total.max(1).to_string()} value={shown.to_string()} aria-label={file.name()} />
            <small class="fine">{ word(t, state, done, total) }</small>
            <span class="tray-act">
                if !action.is_empty() {
                    <button type="button" class="quiet" onclick={act} aria-label={format!("{action}: {}", file.name())}>
                        { action }
                    </button>
                }
            </span>
        </li>
    }
}

fn word(t: Language, state: &UploadState, done: u64, total: u64) -> String {
    let all = format::size(t, total);
    match state {
        UploadState::Waiting => t.upload_waiting(all),
        UploadState::Sealing(_, _, total) if done >= *total && *total > 0 => t.upload_sending(all),
        UploadState::Sealing(..) => t.upload_sealing(format::size(t, done), all),
        UploadState::Done => t.upload_done(all),
        UploadState::Failed(failure) => t.failure(failure),
    }
}
