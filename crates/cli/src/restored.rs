//! `zegel restored`: what a relay misses that was put back to an earlier state, and the word of a director that ends it.

use zegel_vault::{Vault, view::RestoredView};

use crate::{
    failure::Failure,
    output::{Output, day, shown},
};

/// Runs `zegel restored`.
pub(crate) async fn restored(vault: &mut Vault, output: Output, confirm: bool, give_up: bool) -> Result<(), Failure> {
    let view = if confirm { vault.confirm_restored(give_up).await? } else { vault.restored().await? };
    if view.put_back.is_some() {
        output.note("Ask colleagues to open their vaults once: each device hands back what it has. Then confirm.");
    }
    output.result(&view, || lines(&view))
}

fn lines(view: &RestoredView) -> Vec<String> {
    let mut lines = vec![match view.put_back {
        Some(to) => format!("The relay was put back to how it was on {}; nobody has confirmed it yet.", day(to)),
        None => "The relay serves everybody.".to_owned(),
    }];
    if view.handed_back > 0 {
        lines.push(format!("This device handed back {} dossiers and other logs.", view.handed_back));
    }
    lines.extend(view.lost.iter().map(|lost| {
        let missing = lost.known.saturating_sub(lost.there);
        format!("{}  {}  (of {} entries {missing} are missing)", lost.log, shown(&lost.title), lost.known)
    }));
    lines.extend(view.confirmed.iter().map(|confirmed| {
        let up =
            if confirmed.given_up > 0 { format!(", {} given up in part", confirmed.given_up) } else { String::new() };
        format!("Confirmed by {} on {}{up}", shown(&confirmed.by), day(confirmed.at))
    }));
    lines
}
