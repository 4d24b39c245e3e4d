//! What waits for somebody, each line with what to do about it.

use zegel_vault::{Vault, WorkListView};

use crate::{
    dormant::claim_line,
    failure::Failure,
    output::{Output, day, last_day, shown},
    testament::closing_line,
};

/// Runs `zegel today`.
pub(crate) async fn today(vault: &mut Vault, output: Output) -> Result<(), Failure> {
    let list = vault.work_list().await?;
    output.result(&list, || match lines(&list) {
        lines if lines.is_empty() => vec!["Nothing waits for you.".to_owned()],
        lines => lines,
    })
}

fn lines(list: &WorkListView) -> Vec<String> {
    let newcomers = list
        .newcomers
        .iter()
        .map(|one| format!("{} wants to join. Compare the words: zegel member admit {}", shown(&one.name), one.person));
    let returned = list.returned.iter().map(|one| {
        format!(
            "{} is back without what they read. Give it back: zegel member give-back {}",
            shown(&one.name),
            one.person
        )
    });
    let came = list.came.iter().map(|one| {
        let (name, title) = (shown(&one.name), shown(&one.title));
        match &one.share {
            Some(share) => format!(
                "{name} made keys of their own for what you shared of {title}. Compare the words: zegel receiver agree {} \
                 {share}",
                one.dossier
            ),
            None => {
                let act = format!("zegel client admit {} {}", one.dossier, one.person);
                format!("{name} came with your invitation into {title}. Compare the words: {act}")
            }
        }
    });
    let let_in = list.let_in.iter().map(|one| {
        let (title, by, on) = (shown(&one.title), shown(&one.by), day(one.at));
        format!("You were let into {title} by {by} on {on}: zegel dossier show {}", one.dossier)
    });
    let ending = list.ending.iter().map(|(dossier, title, share)| {
        let (to, title) = (shown(&share.to), shown(title));
        format!("What {to} reads of {title} ends after {}: zegel shares {dossier}", last_day(share.until))
    });
    let review =
        list.review_due.then(|| "Go over who is authorised, as you do once a year: zegel authorised".to_owned());
    let claims = list.claims.iter().map(claim_line);
    let closing = (list.closing > 0).then(|| closing_line(list.closing));
    claims
        .chain(closing)
        .chain(newcomers)
        .chain(returned)
        .chain(came)
        .chain(let_in)
        .chain(ending)
        .chain(review)
        .collect()
}
