//! A device that is new and one that is known leave each other messages; the relay reads none of them.

use zegel_crypto::printed;
use zegel_protocol::{
    Problem,
    calls::{AnswerKnock, AwaitAnswer, Awaited, Bytes, Knock, KnockAnswer, Knocked, Posted, ReadKnock},
    limits,
};

use crate::{access::Asker, failure::Failure, relay::Relay};

/// Under which all knocks together are counted: nobody knows who makes them.
const ANYBODY: [u8; 16] = [0; 16];

pub(crate) async fn knock(relay: Relay, call: Knock) -> Result<Posted, Failure> {
    if !relay.is_set_up() {
        return Err(Problem::NotFound.into());
    }
    if !relay.rates().admit_key(ANYBODY, relay.millis()) {
        return Err(Problem::Busy.into());
    }
    let request = within_bounds(call.request)?;
    relay.knocks().open(printed::Knock::id_of(&call.token), request, relay.time())?;
    Ok(Posted {})
}

pub(crate) async fn await_answer(relay: Relay, call: AwaitAnswer) -> Result<Awaited, Failure> {
    let id = printed::Knock::id_of(&call.token);
    if !relay.rates().admit_key(id, relay.millis()) {
        return Err(Problem::Busy.into());
    }
    Ok(relay.knocks().answered(id, relay.time())?)
}

pub(crate) async fn read(relay: Relay, asker: Asker, call: ReadKnock) -> Result<Knocked, Failure> {
    let Asker::Member { device, .. } = asker else { return Err(Problem::NotFound.into()) };
    let request = relay.knocks().read(call.id, device, relay.time())?;
    Ok(Knocked { request: request.into() })
}

pub(crate) async fn answer(relay: Relay, asker: Asker, call: AnswerKnock) -> Result<Posted, Failure> {
    let Asker::Member { device, .. } = asker else { return Err(Problem::NotFound.into()) };
    let answer = match call.answer {
        KnockAnswer::Handover(bytes) => KnockAnswer::Handover(within_bounds(bytes)?.into()),
        other => other,
    };
    relay.knocks().answer(call.id, device, answer, relay.time())?;
    Ok(Posted {})
}

fn within_bounds(bytes: Bytes) -> Result<Vec<u8>, Problem> {
    if bytes.0.len() > limits::KNOCK { Err(Problem::TooLarge) } else { Ok(bytes.0) }
}
