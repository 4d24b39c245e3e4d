//! A visit to a machine of somebody else, by somebody outside the organisation: as of a member (`visit.rs`), a device that no keyring
//! has a slot for, certified in the one log that knows its person.

use std::rc::Rc;

use zegel_ledger::{Change, DeviceId, LogId};

use super::Portal;
use crate::{
    VaultError,
    ports::Ports,
    relay::{Relay, Signer},
    session::Brought,
    sync::DAY,
};

impl Portal {
    /// Opens the dossier for as long as somebody is here. These ports keep nothing.
    pub(crate) async fn visit(
        ports: Rc<Ports>,
        relay: Relay,
        brought: Brought,
        log: LogId,
    ) -> Result<Self, VaultError> {
        let request = brought.card.secret.request();
        let (keys, record) = brought.pass(&ports, Some(log));
        let signer = Signer { key_id: keys.person.to_string(), key: &request };
        let mut portal = Self::assemble(ports, relay, keys, record, log);
        portal.visit = true;
        portal.arrive(&signer, None).await
    }

    /// Ends a visit: the device ends, and every key is forgotten. Where the relay is out of reach the device stays certified, without
    /// anybody who has its keys, until another device of this person ends it.
    pub async fn end_visit(mut self) -> Result<(), VaultError> {
        match self.append(None, &[Change::RevokeDevice(self.keys.device)]).await {
            // Somebody ended it meanwhile, or their access.
            Err(VaultError::DeviceRemoved | VaultError::LinkWithdrawn | VaultError::LinkExpired) => Ok(()),
            ended => ended,
        }
    }

    /// Ends visits of more than a day that nobody ended: a tab was closed, a machine went off.
    pub(super) async fn end_left_visits(&mut self) -> Result<(), VaultError> {
        let before = self.ports.clock.now().saturating_sub(DAY);
        let party = self.book.log.party(self.keys.person).ok_or(VaultError::Waiting)?;
        let living = party.devices.iter().filter(|(id, device)| device.revoked.is_none() && **id != self.keys.device);
        let left =
            living.filter(|(id, _)| self.arrived.get(*id).is_some_and(|at| *at <= before) && self.is_visit(**id));
        let ends: Vec<Change> = left.map(|(id, _)| Change::RevokeDevice(*id)).collect();
        if ends.is_empty() { Ok(()) } else { self.append(None, &ends).await }
    }

    /// Whether a device of this person is a visit: the keyring that the log names has no slot for it.
    pub(super) fn is_visit(&self, device: DeviceId) -> bool {
        let keyring = &self.record.keyring;
        let recorded = self.book.log.party(self.keys.person).and_then(|party| party.keyring);
        recorded == Some((keyring.generation, keyring.hash())) && keyring.slots.iter().all(|slot| slot.id != device.0)
    }
}
