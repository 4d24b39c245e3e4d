//! Bundles: the seeds a grant hands out, wrapped once for its receiver.

use minicbor::{Decode, Encode};
use zegel_crypto::{Canonical as _, Hash, Label, ReceivingKey, ReceivingPublic, Seed, Wrapped, labelled, unwrap, wrap};
use zegel_ledger::{CompartmentEpoch, Grant, Log, LogId, Refusal, Wrap};

use crate::book::Seeds;

#[derive(Encode, Decode)]
#[cbor(transparent)]
struct Bundle(#[n(0)] Vec<(CompartmentEpoch, Seed)>);

/// Wraps the seeds of `epochs` (sorted) for a grant's receiver. The same input gives the same bytes, so that whoever
/// holds the seeds can check everyone's wrap.
pub(crate) fn make(
    log: LogId,
    grant: &Grant,
    to: &ReceivingPublic,
    epochs: &[CompartmentEpoch],
    seeds: &Seeds,
) -> Option<(Wrap, Vec<u8>)> {
    let list: Vec<(CompartmentEpoch, Seed)> =
        epochs.iter().map(|at| Some((*at, seeds.by_epoch.get(at)?.clone()))).collect::<Option<_>>()?;
    let commitments: Vec<Hash> = list.iter().map(|(_, seed)| seed.commitment()).collect();
    let plaintext = zeroize::Zeroizing::new(Bundle(list).to_canonical());
    let wrapped = wrap(to, &plaintext, &context(log, grant, epochs, &commitments));
    let blob = zegel_crypto::blob_name(&wrapped.0);
    Some((Wrap { grant: grant.id, epochs: epochs.to_vec(), blob }, wrapped.0))
}

/// Opens a wrap. The seeds count only if the log's epochs committed to them.
pub(crate) fn open(
    log: &Log,
    grant: &Grant,
    made: &Wrap,
    wrapped: Vec<u8>,
    key: &ReceivingKey,
) -> Result<Vec<(CompartmentEpoch, Seed)>, Refusal> {
    let epochs: Option<Vec<_>> = made.epochs.iter().map(|at| log.epoch(*at)).collect();
    let epochs = epochs.ok_or(Refusal::Reference)?;
    let commitments: Vec<Hash> = epochs.iter().map(|epoch| epoch.seed_commitment).collect();
    let aad = context(log.id(), grant, &made.epochs, &commitments);
    let plaintext = unwrap(key, &Wrapped(wrapped), &aad).map_err(|_| Refusal::Malformed)?;
    let Bundle(list) = Bundle::from_canonical(&plaintext).map_err(|_| Refusal::Malformed)?;
    let places_fit = list.iter().map(|(at, _)| at).eq(&made.epochs);
    let seeds_fit = list.iter().map(|(_, seed)| seed.commitment()).eq(commitments);
    if places_fit && (seeds_fit || zegel_crypto::sabotage::is("seed-commitment")) {
        Ok(list)
    } else {
        Err(Refusal::Reference)
    }
}

/// Everything a wrap is good for, and nothing else: the grant's hash holds the consent.
fn context(log: LogId, grant: &Grant, epochs: &[CompartmentEpoch], commitments: &[Hash]) -> Vec<u8> {
    let list = Hash::of(&labelled(Label::BundleList, &(log, epochs)));
    let body = (list, grant.receiver_key, grant.rights, grant.from, grant.until, grant.hash(), commitments);
    labelled(Label::WrapContext, &body)
}
