//! Names that requests are signed under. Whoever asks is found by name alone, so a name that means something already is not
//! given to something else, whichever came first: nobody is kept from asking under their own.

use rusqlite::params;
use zegel_crypto::sabotage;
use zegel_ledger::{Admission, DeviceCertificate, Directory, LinkReceiver, PersonId, Refusal};

use crate::{
    failure::Failure,
    store::writer::{Batch, directory_of},
};

/// What a name is to be given to. That it is given to two of the same is for the ledger or the tables to refuse.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thing {
    MembersDevice,
    Link,
    PartysDevice,
}

/// Refuses the name of a member's device that is known as something else.
pub(super) fn may_certify(batch: &Batch<'_>, device: &DeviceCertificate) -> Result<(), Failure> {
    let known = batch.directory();
    free(batch, known.as_deref().map(|known| &known.directory), device.device.0, Thing::MembersDevice)
}

/// Refuses a member's name that somebody outside the organisation has: their keyring would be looked for under one name.
pub(super) fn may_admit(batch: &Batch<'_>, admission: &Admission) -> Result<(), Failure> {
    let find = "SELECT 1 FROM party WHERE person = ?1 OR device = ?1";
    let taken = batch.archive().prepare_cached(find)?.exists([admission.person.0])?;
    if taken && !sabotage::is("taken-names") { Err(Refusal::Reference.into()) } else { Ok(()) }
}

/// Lists a link, under a name that is nobody else's.
pub(super) fn list_link(
    batch: &Batch<'_>,
    row: i64,
    link: &LinkReceiver,
    grant: zegel_ledger::GrantId,
) -> Result<(), Failure> {
    let known = batch.directory();
    free(batch, Some(directory_of(&known)?), link.id.0, Thing::Link)?;
    let insert = "INSERT INTO link (id, log, grant_id, request) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = batch.archive().prepare_cached(insert)?;
    let listed = insert.execute(params![link.id.0, row, grant.0, link.request.as_bytes()]);
    listed.map(drop).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => Refusal::Reference.into(),
        _ => error.into(),
    })
}

/// Lists a device of somebody outside the organisation: it belongs to one person in one log, and its name leads there.
pub(super) fn list_party(batch: &Batch<'_>, row: i64, device: &DeviceCertificate) -> Result<(), Failure> {
    let known = batch.directory();
    let directory = directory_of(&known)?;
    free(batch, Some(directory), device.device.0, Thing::PartysDevice)?;
    if is_elsewhere(batch, directory, row, device.person)? && !sabotage::is("taken-names") {
        return Err(Refusal::Reference.into());
    }
    let insert = "INSERT OR IGNORE INTO party (device, log, person, request) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = batch.archive().prepare_cached(insert)?;
    let listed = insert.execute(params![device.device.0, row, device.person.0, device.request.as_bytes()])?;
    if listed == 1 { Ok(()) } else { Err(Refusal::Reference.into()) }
}

/// Whether a person is known elsewhere than in the log of this row: their keyring would end with that log.
fn is_elsewhere(batch: &Batch<'_>, directory: &Directory, row: i64, person: PersonId) -> Result<bool, Failure> {
    let find = "SELECT 1 FROM party WHERE person = ?1 AND log <> ?2
                UNION ALL SELECT 1 FROM link WHERE registered = ?1 AND log <> ?2";
    let member = directory.now().has_been_member(person);
    Ok(member || batch.archive().prepare_cached(find)?.exists(params![person.0, row])?)
}

fn free(batch: &Batch<'_>, directory: Option<&Directory>, name: [u8; 16], thing: Thing) -> Result<(), Failure> {
    let in_directory = directory.is_some_and(|known| known.device(zegel_ledger::DeviceId(name)).is_some());
    let mut taken = thing != Thing::MembersDevice && in_directory;
    for (other, find) in [
        (None, "SELECT 1 FROM keyring WHERE person = ?1"),
        (Some(Thing::Link), "SELECT 1 FROM link WHERE id = ?1"),
        (Some(Thing::PartysDevice), "SELECT 1 FROM party WHERE device = ?1"),
    ] {
        taken |= other != Some(thing) && batch.archive().prepare_cached(find)?.exists([name])?;
    }
    if taken && !sabotage::is("taken-names") { Err(Refusal::Reference.into()) } else { Ok(()) }
}
