//! Watching: what changes is printed as it does, until somebody ends it.

use std::{thread, time::Duration};

use serde_json::json;
use zegel_vault::{
    Listening, Session,
    native::{SystemClock, SystemEntropy},
    ports::{Clock as _, Entropy as _},
    view::Alarm,
};

use crate::{
    failure::Failure,
    output::{Output, alarm, day, shown},
};

/// Runs `zegel watch`. Where the relay does not call, it is asked: the longer it fails, the more seldom.
pub(crate) async fn watch(session: &mut Session, output: Output) -> Result<(), Failure> {
    output.note("Watching; Ctrl+C ends it.");
    let (mut listening, mut away, mut said) = (Listening::default(), false, alarms(session));
    loop {
        let mut dice = [0];
        SystemEntropy.fill(&mut dice);
        let heard = listening.hear(async || session.listen().await, || SystemClock.now(), dice[0]).await;
        thread::sleep(Duration::from_secs(heard.wait));
        let (offline, changed) = ask(session).await?;
        if offline && !away {
            output.note("The relay cannot be reached; it is tried again from time to time.");
        }
        away = offline;
        let raised = alarms(session);
        for new in raised.iter().filter(|raised| !said.contains(raised)) {
            output.note(&alarm(new));
        }
        said = raised;
        for (id, changed, title) in changed {
            let line = format!("{id}  {}  {}", day(changed), shown(&title));
            output.event(&json!({ "id": id, "changed": changed, "title": title }), &line)?;
        }
    }
}

fn alarms(session: &Session) -> Vec<Alarm> {
    match session {
        Session::Vault(vault) => vault.session().alarms,
        Session::Portal(portal) => portal.session().alarms,
    }
}

/// Asks the relay: whether it is out of reach, and which dossiers changed, each with the time and the title.
async fn ask(session: &mut Session) -> Result<(bool, Vec<(String, u64, String)>), Failure> {
    match session {
        Session::Vault(vault) => {
            let news = vault.sync().await?;
            let changed = vault.dossiers().into_iter().filter(|dossier| news.changed.contains(&dossier.id));
            Ok((news.offline, changed.map(|dossier| (dossier.id, dossier.changed, dossier.title)).collect()))
        }
        Session::Portal(portal) => {
            let news = portal.sync().await?;
            let view = portal.dossier();
            let last = view.items.iter().map(|item| item.changed).max().unwrap_or_default();
            Ok((portal.session().offline, news.then_some((view.id, last, view.title)).into_iter().collect()))
        }
    }
}
