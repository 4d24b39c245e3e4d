//! Handing back what this relay lost when it was put back to an earlier state: entries as they were signed, by whoever
//! reads their log. The ledger judges them by position, as ever; that their authors may still write, and write now, is not
//! asked: they wrote then.

use std::collections::HashMap;

use zegel_crypto::Hash;
use zegel_ledger::Change;
use zegel_protocol::{
    Problem,
    calls::{Append, Appended, HandBack},
};

use super::append::{Author, HandedBack, Mode, Prepared};
use crate::{access::Asker, failure::Failure, relay::Relay};

pub(crate) async fn hand_back(relay: Relay, asker: Asker, call: HandBack) -> Result<Appended, Failure> {
    let Asker::Member { person, device } = asker else { return Err(Problem::NotFound.into()) };
    if !relay.was_put_back() {
        return Err(Problem::NotFound.into());
    }
    relay.folder().require_room()?;
    let stored = stored_files(&relay, &call).await?;
    let prepared = Prepared::new(Append { logs: vec![call.log], halves: call.halves })?;
    let (author, time) = (Author { person, device, asker }, relay.time());
    let slips = call.slips.into_iter().map(|slip| (slip.hash(), slip)).collect();
    let mode = Mode::HandBack(HandedBack { stored, slips });
    relay.writer().run(move |batch| prepared.append(batch, author, time, mode)).await
}

/// The files that these entries name and whose bytes are here, with their lengths: blobs may have been kept better than
/// the archive. No vault has a file's bytes to hand back.
async fn stored_files(relay: &Relay, call: &HandBack) -> Result<HashMap<Hash, u64>, Failure> {
    let mut stored = HashMap::new();
    for entry in &call.log.entries {
        for change in entry.commit()?.changes {
            let Change::File(file) = change else { continue };
            stored.extend(relay.blobs().length(call.log.log, file.blob).await?.map(|length| (file.blob, length)));
        }
    }
    Ok(stored)
}
