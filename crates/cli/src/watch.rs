//! Watching: what changes is printed as it does, until somebody ends it.

use std::{thread, time::Duration};

use serde_json::json;
use zegel_vault::{
    Listening, Vault,
    native::{SystemClock, SystemEntropy},
    ports::{Clock as _, Entropy as _},
};

use crate::{
    failure::Failure,
    output::{Output, alarm, day, shown},
};

/// Runs `zegel watch`. Where the relay does not call, it is asked: the longer it fails, the more seldom.
pub(crate) async fn watch(vault: &mut Vault, output: Output) -> Result<(), Failure> {
    output.note("Watching; Ctrl+C ends it.");
    let (mut listening, mut away) = (Listening::default(), false);
    let mut said = vault.session().alarms;
    loop {
        let mut dice = [0];
        SystemEntropy.fill(&mut dice);
        let heard = listening.hear(async || vault.listen().await, || SystemClock.now(), dice[0]).await;
        thread::sleep(Duration::from_secs(heard.wait));
        let news = vault.sync().await?;
        if news.offline && !away {
            output.note("The relay cannot be reached; it is tried again from time to time.");
        }
        away = news.offline;
        let session = vault.session();
        for raised in session.alarms.iter().filter(|raised| !said.contains(raised)) {
            output.note(&alarm(raised));
        }
        said = session.alarms;
        let dossiers = vault.dossiers();
        for dossier in dossiers.iter().filter(|dossier| news.changed.contains(&dossier.id)) {
            let line = format!("{}  {}  {}", dossier.id, day(dossier.changed), shown(&dossier.title));
            output.event(&json!({ "id": dossier.id, "changed": dossier.changed, "title": dossier.title }), &line)?;
        }
    }
}
