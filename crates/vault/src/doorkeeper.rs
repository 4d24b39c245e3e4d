//! A known device lets in a new one of the same person, after its words were compared. See [`crate::Knock`].

use zegel_crypto::{
    Canonical as _, Seed,
    printed::Knock,
    sabotage,
    unlock::{self, SlotKind},
    wrap,
};
use zegel_ledger::{Change, DeviceCertificate};
use zegel_protocol::calls::{AnswerKnock, KnockAnswer, ReadKnock};

use crate::{
    Vault, VaultError,
    knock::{Handover, Request, knocked},
};

/// Who knocks here, from the text on until they are let in or sent away.
#[derive(Clone, Debug)]
pub(crate) struct AtDoor {
    id: [u8; 16],
    request: Request,
    handover: Handover,
}

impl Vault {
    /// Asks who waits under the text that a new device shows, and promises to let it in. Gives the words to compare with
    /// those that it shows.
    pub async fn hear_knock(&mut self, text: &str) -> Result<Vec<String>, VaultError> {
        if self.visit {
            return Err(VaultError::OnVisit);
        }
        let Knock { id, fingerprint } = Knock::from_text(text).map_err(|_| VaultError::BadKnock)?;
        self.sync().await?;
        let directory = self.directory.head().ok_or(VaultError::Waiting)?;
        let answer = self.relay.call(&self.ports, &self.keys.signer(), &ReadKnock { id }).await.map_err(knocked)?;
        let request = Request::from_canonical(&answer.request.0).map_err(|_| VaultError::KnockChanged)?;
        // What came past the relay says which keys these are.
        let meant = request.fingerprint() == fingerprint || sabotage::is("knock-request");
        let (slot, device) = (&request.slot, request.device);
        let sound = slot.kind == SlotKind::Device && slot.id == device.0 && slot.request.is_none();
        if !meant || !sound || slot.device.is_some() || self.directory.device(device).is_some() {
            return Err(VaultError::KnockChanged);
        }
        let handover = Handover {
            organisation: self.record.organisation,
            person: self.keys.person,
            fingerprint: self.record.fingerprint,
            directory,
            personal: self.heads.get(&self.personal_log()).copied(),
            blind: Seed::make(&mut self.ports.rng()),
        };
        let promise = handover.promise();
        self.answer_knock(id, KnockAnswer::Promise(promise)).await?;
        let words = request.words(&promise);
        self.at_door = Some(AtDoor { id, request, handover });
        Ok(words)
    }

    /// Lets in the device whose words are the same: gives it a slot, certifies it, and hands over what it must know. Takes
    /// the passphrase, as every change of the keyring does. Whatever is cut off is finished by trying again.
    pub async fn let_device_in(&mut self, passphrase: &str) -> Result<(), VaultError> {
        let AtDoor { id, request, handover } = self.at_door.clone().ok_or(VaultError::KnockExpired)?;
        let (keyring, m) = self.open_own_keyring(passphrase).await?;
        if self.record.keyring.slots.iter().all(|slot| slot.id != request.device.0) {
            let next = unlock::add_slot(&self.record.keyring, &keyring, &m, &request.slot);
            self.replace_keyring(next).await?;
        }
        let certificate = DeviceCertificate::sign(
            self.keys.person,
            request.device,
            request.signing,
            request.request,
            &keyring.account(),
        );
        self.change_directory(None, |vault, draft| {
            if vault.directory.device(certificate.device).is_none() {
                draft.changes.push(Change::Certify(certificate.clone()));
            }
            Ok(())
        })
        .await?;
        let sealed = wrap(&request.handover, &handover.to_canonical(), &request.context());
        self.answer_knock(id, KnockAnswer::Handover(sealed.0.into())).await?;
        self.at_door = None;
        Ok(())
    }

    /// Sends away whoever knocks: the words differ, or it was a mistake.
    pub async fn refuse_device(&mut self) -> Result<(), VaultError> {
        let Some(AtDoor { id, .. }) = self.at_door.take() else { return Ok(()) };
        self.answer_knock(id, KnockAnswer::Refuse).await
    }

    async fn answer_knock(&mut self, id: [u8; 16], answer: KnockAnswer) -> Result<(), VaultError> {
        let call = AnswerKnock { id, answer };
        self.relay.call(&self.ports, &self.keys.signer(), &call).await.map(drop).map_err(knocked)
    }
}
