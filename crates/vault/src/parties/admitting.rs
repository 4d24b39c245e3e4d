//! Admitting somebody outside the organisation, and vouching for them: after their words were compared, and never before.

use zegel_crypto::{ReceivingPublic, VerifyingKey};
use zegel_dossier::{Compared, CompartmentKind, InvitedRecord, PartyRecord, Record, VerificationRecord};
use zegel_ledger::{
    Change, CompartmentEpoch, CompartmentId, Grant, GrantId, Party, PersonId, Receiver, RecordId, Rights,
};

use super::draft_withdrawal;
use crate::{
    Vault, VaultError,
    book::Book,
    dossiers::id,
    people::{Newcomer, words},
    session::staff_grant,
    verified::{keys_hash, same_words},
    write::Draft,
};

impl Vault {
    /// Admits somebody who registered with an invitation, after their words were compared, and notes it. Refuses words that
    /// are not theirs. Whose place they take is shut out first.
    pub async fn admit_party(
        &mut self,
        dossier: &str,
        person: &str,
        heard: &str,
        how: Compared,
    ) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        let person: PersonId = id(person)?;
        self.pull(log).await?;
        let (book, cast) = self.cast(log).await?;
        let link = self.invitation_in(&book, person).ok_or(VaultError::NoNewcomer)?;
        let invited = cast.invited.get(&link).cloned().ok_or(VaultError::NoNewcomer)?;
        let newcomers = self.newcomers_by(&book, link);
        let [newcomer] = newcomers.as_slice() else { return Err(VaultError::RegisteredTwice) };
        self.heard(&newcomer.account, &newcomer.receiving, heard)?;
        if invited.until.is_some_and(|until| until <= self.ports.clock.now()) {
            return Err(VaultError::DateInPast);
        }
        if let Some(old) = invited.replaces
            && book.log.party_grants(old).next().is_some()
            && !self.end_grants(log, |state| state.grant.receiver == Receiver::Party(old)).await?
        {
            return Err(VaultError::NoRight);
        }
        let mut rng = self.ports.rng();
        let (record, verified, grant) = (RecordId::make(&mut rng), RecordId::make(&mut rng), GrantId::make(&mut rng));
        drop(rng);
        self.change(log, |vault, book, draft| {
            // Somebody else may have admitted them, or withdrawn it, meanwhile.
            draft_withdrawal(draft, book, link).map_err(|_| VaultError::NoNewcomer)?;
            let (account, receiving) = (newcomer.account, newcomer.receiving.clone());
            draft.changes.push(Change::Party(Party { person, account, receiving }));
            draft.changes.push(Change::Certify(newcomer.certificate.clone()));
            vault.draft_party_grant(draft, book, grant, newcomer, &invited)?;
            let name = newcomer.name.clone().unwrap_or_else(|| invited.name.clone());
            let said = PartyRecord { person, name, kind: invited.kind, replaces: invited.replaces };
            vault.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Party(said))?;
            vault.draft_said(draft, book, verified, newcomer, how)
        })
        .await?;
        self.tell_names(log).await
    }

    /// Says that the words of somebody outside the organisation were compared. Refuses words that are not theirs. Whoever
    /// writes in the trail may; it is another one's word only if they did not make the invitation.
    pub async fn verify_party(
        &mut self,
        dossier: &str,
        person: &str,
        heard: &str,
        how: Compared,
    ) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        let person: PersonId = id(person)?;
        self.pull(log).await?;
        let record = RecordId::make(&mut self.ports.rng());
        let outcome = self.change(log, |vault, book, draft| {
            let known = book.log.party(person).ok_or(VaultError::NotFound)?.party.clone();
            vault.heard(&known.account, &known.receiving, heard)?;
            let keys = keys_hash(&known.account, &known.receiving);
            let said = VerificationRecord { person, keys, day: vault.today(), how };
            vault.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Verification(said))
        });
        Ok(outcome.await?)
    }

    fn heard(&self, account: &VerifyingKey, receiving: &ReceivingPublic, heard: &str) -> Result<(), VaultError> {
        if same_words(heard, &words(account, receiving)) || zegel_crypto::sabotage::is("party-words") {
            Ok(())
        } else {
            Err(VaultError::WrongWords)
        }
    }

    fn draft_said(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        record: RecordId,
        newcomer: &Newcomer,
        how: Compared,
    ) -> Result<(), VaultError> {
        let (person, keys) = (newcomer.person, keys_hash(&newcomer.account, &newcomer.receiving));
        let said = VerificationRecord { person, keys, day: self.today(), how };
        self.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Verification(said))
    }

    /// The grant to a newcomer with the wrap that serves it: the parts they were invited to, from the beginning.
    fn draft_party_grant(
        &self,
        draft: &mut Draft,
        book: &Book,
        grant: GrantId,
        newcomer: &Newcomer,
        invited: &InvitedRecord,
    ) -> Result<(), VaultError> {
        let given = |at: &&CompartmentEpoch| {
            let kind = book.kinds.kind(at.compartment);
            kind.is_some_and(|kind| invited.parts.contains(&kind)) && self.manages(&book.log, at.compartment)
        };
        let epochs: Vec<CompartmentEpoch> = book.seeds.by_epoch.keys().filter(given).copied().collect();
        let mut compartments: Vec<CompartmentId> = epochs.iter().map(|at| at.compartment).collect();
        compartments.dedup();
        if compartments.len() < invited.parts.len() {
            return Err(VaultError::NoRight);
        }
        let rights = if invited.kind.consents() { Rights::READ | Rights::CONSENT } else { Rights::READ };
        let receiver = Receiver::Party(newcomer.person);
        let grant = staff_grant(grant, receiver, newcomer.receiving.hash(), rights, compartments);
        let grant = Grant { until: invited.until, ..grant };
        draft.grant(book.log.id(), &grant, &newcomer.receiving, &epochs, &book.seeds);
        Ok(())
    }
}
