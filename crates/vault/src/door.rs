//! The one door: whoever comes with an invitation, a key card or a passphrase need not know whether they are a member or
//! stand outside the organisation.

use std::rc::Rc;

use zegel_ledger::{LogId, LogKind, PersonId};
use zegel_protocol::{Problem, calls::Changes};
use zeroize::Zeroizing;

use crate::{
    Portal, Vault, VaultError,
    inbox::{parse, refused},
    people::uninvited,
    ports::{Ports, TransportError},
    relay::{Relay, Signer},
    session::{Brought, DeviceState, device_record},
    view::{NewCardView, PrintedView},
    visit::passing,
};

/// What somebody opened.
pub enum Session {
    /// A member: their vault.
    Vault(Box<Vault>),
    /// Somebody outside the organisation: the one dossier that knows them.
    Portal(Box<Portal>),
}

impl Session {
    /// Opens what is on this device.
    pub async fn unlock(ports: impl Into<Rc<Ports>>, passphrase: Zeroizing<String>) -> Result<Self, VaultError> {
        let ports = ports.into();
        Ok(match Vault::state(&ports).await? {
            DeviceState::Portal => Self::Portal(Box::new(Portal::unlock(ports, passphrase).await?)),
            _ => Self::Vault(Box::new(Vault::unlock(ports, passphrase).await?)),
        })
    }

    /// Wipes a device for its passphrase, without opening what it leads to: also for somebody whose access ended, or who finds
    /// nobody at the relay.
    pub async fn sign_out_here(ports: impl Into<Rc<Ports>>, passphrase: Zeroizing<String>) -> Result<(), VaultError> {
        let ports = ports.into();
        device_record(&ports).await?.ok_or(VaultError::NothingHere)?.open(&passphrase)?;
        Ok(ports.store.wipe().await?)
    }

    /// Opens with a key card what this device does not know yet.
    pub async fn enrol(
        ports: impl Into<Rc<Ports>>,
        card: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<Self, VaultError> {
        let ports = ports.into();
        if Vault::state(&ports).await? != DeviceState::Empty {
            return Err(VaultError::AlreadyHere);
        }
        let mut relay = Relay::default();
        let brought = Brought::fetch(&ports, &mut relay, card, &passphrase).await?;
        Ok(match leads_to(&ports, &mut relay, &brought).await? {
            Some(log) => Self::Portal(Box::new(Portal::enrol(ports, relay, brought, log).await?)),
            None => Self::Vault(Box::new(Vault::enrol_by(ports, relay, brought).await?)),
        })
    }

    /// Opens for as long as somebody is here, on a machine that is not theirs. The store of these ports is not touched.
    pub async fn visit(ports: Ports, card: &str, passphrase: Zeroizing<String>) -> Result<Self, VaultError> {
        let ports = passing(ports);
        let mut relay = Relay::default();
        let brought = Brought::fetch(&ports, &mut relay, card, &passphrase).await?;
        Ok(match leads_to(&ports, &mut relay, &brought).await? {
            Some(log) => Self::Portal(Box::new(Portal::visit(ports, relay, brought, log).await?)),
            None => Self::Vault(Box::new(Vault::visit_by(ports, relay, brought).await?)),
        })
    }

    /// Ends a visit. Gives how much was lost: what was here and nowhere else.
    pub async fn end_visit(self) -> Result<usize, VaultError> {
        match self {
            Self::Vault(vault) => vault.end_visit().await,
            Self::Portal(portal) => portal.end_visit().await.map(|()| 0),
        }
    }

    /// Accepts an invitation on a device that has nothing yet, whatever it is to. Gives the key card to print.
    pub async fn join(
        ports: impl Into<Rc<Ports>>,
        link: &str,
        code: &str,
        name: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<(Self, PrintedView), VaultError> {
        let ports = ports.into();
        let (link, keys) = parse(link, code)?;
        let mut relay = Relay::default();
        let signer = Signer { key_id: PersonId(link.id).to_string(), key: &keys.request };
        let changed = relay.call(&ports, &signer, &Changes { cursor: 0 }).await;
        let changed = changed.map_err(|error| uninvited(refused(error)))?;
        let log = changed.logs.first().ok_or(VaultError::InvitationOver)?;
        Ok(match log.kind {
            LogKind::Directory => {
                let (vault, printed) = Vault::join_by(ports, relay, &link, &keys, name, passphrase).await?;
                (Self::Vault(Box::new(vault)), printed)
            }
            LogKind::Dossier => {
                let invited = (&link, &keys, log.log);
                let (portal, printed) = Portal::join(ports, relay, invited, name, passphrase).await?;
                (Self::Portal(Box::new(portal)), printed)
            }
            _ => return Err(VaultError::BadLink),
        })
    }

    /// Replaces the passphrase.
    pub async fn change_passphrase(&mut self, old: &str, new: &str) -> Result<(), VaultError> {
        match self {
            Self::Vault(vault) => vault.change_passphrase(old, new).await,
            Self::Portal(portal) => portal.change_passphrase(old, new).await,
        }
    }

    /// Makes one more key card.
    pub async fn make_card(&mut self, passphrase: &str) -> Result<NewCardView, VaultError> {
        match self {
            Self::Vault(vault) => vault.make_card(passphrase).await,
            Self::Portal(portal) => portal.make_card(passphrase).await,
        }
    }

    /// Ends every key card but the one just made.
    pub async fn retire_cards(&mut self, passphrase: &str, keep: &str) -> Result<(), VaultError> {
        match self {
            Self::Vault(vault) => vault.retire_cards(passphrase, keep).await,
            Self::Portal(portal) => portal.retire_cards(passphrase, keep).await,
        }
    }
}

/// Where a key card leads: a member's to the directory, any other to the log that knows its person.
async fn leads_to(ports: &Ports, relay: &mut Relay, brought: &Brought) -> Result<Option<LogId>, VaultError> {
    let request = brought.card.secret.request();
    let signer = Signer { key_id: PersonId(brought.card.person).to_string(), key: &request };
    match relay.call(ports, &signer, &Changes { cursor: 0 }).await {
        Ok(changed) => {
            let log = changed.logs.iter().find(|changed| changed.kind == LogKind::Dossier);
            log.map(|changed| Some(changed.log)).ok_or(VaultError::CardNotKnown)
        }
        Err(TransportError::Problem(Problem::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
