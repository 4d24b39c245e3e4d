//! Who compared the words of a member's keys, when and how. A record is its author's word and nobody else's: by whom it
//! was written the log says, and whose keys it is about a hash says.

use zegel_crypto::{Hash, Label, ReceivingPublic, VerifyingKey, labelled};
use zegel_dossier::{Compared, Record, VerificationRecord};
use zegel_ledger::{Member, PersonId, Receiver, RecordId};

use crate::{
    Vault, VaultError,
    dossiers::id,
    people::words,
    view::{Origin, VerificationView, VouchedView},
    write::Draft,
};

/// The hash of what the words of somebody's keys are made of.
pub(crate) fn keys_hash(account: &VerifyingKey, receiving: &ReceivingPublic) -> Hash {
    keys_hash_of(account, receiving.hash())
}

/// The same, of a key that only its hash is known of.
pub(crate) fn keys_hash_of(account: &VerifyingKey, receiving: Hash) -> Hash {
    Hash::of(&labelled(Label::Words, &(account, receiving)))
}

/// Whether these are the words, whatever their case and spacing.
pub(crate) fn same_words(heard: &str, words: &[String]) -> bool {
    heard.to_lowercase().split_whitespace().eq(words.iter().map(String::as_str))
}

impl Vault {
    /// Says in the directory that the words of a colleague's keys were compared. Refuses words that are not theirs. Any
    /// member may, of anybody but themselves.
    pub async fn verify_person(&mut self, person: &str, heard: &str, how: Compared) -> Result<(), VaultError> {
        self.pull_own_directory().await?;
        let person: PersonId = id(person)?;
        if person == self.keys.person {
            return Err(VaultError::OwnKeys);
        }
        let record = RecordId::make(&mut self.ports.rng());
        self.change_directory(None, |vault, draft| {
            let member = vault.directory.now().member(person).ok_or(VaultError::NotFound)?.clone();
            let keys = (member.account(), member.receiving());
            vault.draft_verification(draft, record, person, keys, (heard, how))
        })
        .await?;
        self.learn_names().await
    }

    /// Notes that the words of these keys were heard, if they were.
    pub(crate) fn draft_verification(
        &mut self,
        draft: &mut Draft,
        record: RecordId,
        person: PersonId,
        (account, receiving): (&VerifyingKey, &ReceivingPublic),
        (heard, how): (&str, Compared),
    ) -> Result<(), VaultError> {
        if !same_words(heard, &words(account, receiving)) && !zegel_crypto::sabotage::is("words") {
            return Err(VaultError::WrongWords);
        }
        let keys = keys_hash(account, receiving);
        let said = VerificationRecord { person, keys, day: self.today(), how };
        self.draft_name(draft, record, &Record::Verification(said))
    }

    /// Who vouches for a member's keys. What somebody said of themselves, or of other keys than the present ones, counts
    /// for nothing.
    pub(crate) fn vouched(&self, person: PersonId, member: &Member) -> VouchedView {
        let keys = keys_hash(member.account(), member.receiving());
        let counts = |(author, said): &&(PersonId, VerificationRecord)| {
            let present = said.keys == keys || zegel_crypto::sabotage::is("verified-keys");
            said.person == person && present && *author != person
        };
        let said = || self.verifications.values().filter(counts);
        let (origin, inviter) = self.origin(member);
        VouchedView {
            origin,
            invited_by: inviter.map(|inviter| self.name_of(inviter)),
            by_another: (origin != Origin::Invited && member.renewals.is_empty())
                || said().any(|(author, _)| Some(*author) != inviter),
            verifications: said()
                .map(|said| VerificationView::of(said, self.keys.person, |person| self.name_of(person)))
                .collect(),
        }
    }

    /// How somebody became a member, and by whose invitation: the one that their admission used up. If that cannot be
    /// told, whoever admitted them is taken for the inviter.
    fn origin(&self, member: &Member) -> (Origin, Option<PersonId>) {
        if member.since == 0 {
            return (Origin::Founder, None);
        }
        let entry = usize::try_from(member.since).ok().and_then(|index| self.directory_entries.get(index));
        let author = entry.and_then(|entry| entry.commit().ok()).map(|commit| commit.author);
        if author == Some(self.directory.recovery_author().0) {
            return (Origin::Recovery, None);
        }
        let mut links = self.directory.log().grants().filter(|state| matches!(state.grant.receiver, Receiver::Link(_)));
        let used = links.find(|state| state.revoked == Some(member.since));
        (Origin::Invited, used.map(|state| state.author).or(author))
    }
}

impl VerificationView {
    /// What `author` said, to who `asks`.
    pub(crate) fn of(
        (author, said): &(PersonId, VerificationRecord),
        asks: PersonId,
        name: impl Fn(PersonId) -> String,
    ) -> Self {
        Self {
            person: author.to_string(),
            name: name(*author),
            you: *author == asks,
            day: said.day,
            how: said.how.name().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_whatever_their_case_and_spacing() {
        let words: Vec<String> = ["alpha", "bravo", "charlie"].map(str::to_owned).into();
        assert!(same_words(" Alpha  BRAVO charlie\n", &words));
        assert!(!same_words("alpha bravo", &words));
        assert!(!same_words("alpha charlie bravo", &words));
    }
}
