//! The organisation's policy as its directory says it, and what it asks: who reads a new dossier, with which rights, and
//! that nobody is let into one before they signed the pledge.

use zegel_crypto::{Hash, Label, Seed, labelled};
use zegel_dossier::{
    CompartmentKind, Policy, PolicyRecord, Profile, Record,
    policy::{Day, DossierRules, Role, RoleRules},
};
use zegel_ledger::{Change, Member, OrganisationId, PersonId, RecordId, Rights};

use crate::{
    Vault, VaultError, days,
    view::{Alarm, PledgeView, PolicyView},
};

/// The longest policy that a directory takes: it travels inside its entry.
const POLICY_BYTES: usize = 48 << 10;

/// The idle lock where no policy says one, in seconds.
pub(crate) const LOCK_SECONDS: u64 = 5 * 60;

/// Which policy an organisation begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstPolicy {
    /// One of those that come along.
    Profile(Profile),
    /// Its own file's text.
    File(String),
}

impl Default for FirstPolicy {
    fn default() -> Self {
        Self::Profile(Profile::GuidanceFoundation)
    }
}

impl FirstPolicy {
    /// What is stored, and what it says.
    pub(crate) fn read(self, blind: Seed, today: Day) -> Result<InForce, VaultError> {
        let text = match self {
            Self::Profile(profile) => profile.text(today),
            Self::File(text) => text,
        };
        InForce::read_for(PolicyRecord { text, blind }, today)
    }
}

/// The policy in force: as it is stored, and what it says.
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    pub(crate) record: PolicyRecord,
    pub(crate) policy: Policy,
}

impl InForce {
    pub(crate) fn read(record: PolicyRecord) -> Result<Self, VaultError> {
        let policy = Policy::parse(&record.text).map_err(|error| VaultError::Policy(error.to_string()))?;
        Ok(Self { record, policy })
    }

    /// Reads one that somebody wants to be in force from now on.
    fn read_for(record: PolicyRecord, today: Day) -> Result<Self, VaultError> {
        if record.text.len() > POLICY_BYTES {
            return Err(VaultError::TooLarge);
        }
        let read = Self::read(record)?;
        if read.policy.effective > today {
            Err(VaultError::PolicyNotYet(read.policy.effective.to_string()))
        } else {
            Ok(read)
        }
    }

    /// What a member signs: the text, in every language it has, for this organisation. The relay sees it and cannot guess
    /// the text, though the profiles are public.
    pub(crate) fn pledge(&self, organisation: OrganisationId) -> Hash {
        let pledge = &self.policy.pledge;
        let texts = (pledge.text.dutch.as_str(), pledge.text.english.as_deref());
        Hash::of(&labelled(Label::Pledge, &(organisation, pledge.version, texts, &self.record.blind)))
    }

    /// What a member signs before they leave: the text that says what outlasts it.
    pub(crate) fn farewell(&self, organisation: OrganisationId) -> Hash {
        let pledge = &self.policy.pledge;
        let texts = (pledge.leaving.dutch.as_str(), pledge.leaving.english.as_deref());
        Hash::of(&labelled(Label::Farewell, &(organisation, pledge.version, texts, &self.record.blind)))
    }

    /// As a record of the directory.
    pub(crate) fn record(&self) -> Record {
        Record::Policy(self.record.clone())
    }
}

/// The day of a moment in seconds since 1970, as policies count days.
pub(crate) fn day(now: u64) -> Day {
    u32::try_from(days::of(now)).ok().and_then(Day::since_1970).unwrap_or(Day::EPOCH)
}

/// What somebody is let into: rights, and the compartments they are for. One grant each.
pub(crate) type Parts = Vec<(Rights, Vec<CompartmentKind>)>;

impl Vault {
    /// What the policy in force says. While none can be read, nobody is let into anything.
    pub fn policy(&self) -> Result<&Policy, VaultError> {
        Ok(&self.policy.as_ref().ok_or(VaultError::NoPolicy)?.policy)
    }

    /// The policy in force, for people.
    pub fn policy_view(&self) -> Result<PolicyView, VaultError> {
        let InForce { record, policy } = self.policy.as_ref().ok_or(VaultError::NoPolicy)?;
        Ok(PolicyView {
            version: policy.version,
            text: record.text.clone(),
            outdated: !policy.outdated(day(self.ports.clock.now())).is_empty(),
            roles: policy.roles.keys().map(|role| role.name().to_owned()).collect(),
            dossier_types: policy
                .dossiers
                .iter()
                .map(|rules| (rules.name.clone(), rules.title.dutch.clone(), rules.title.english.clone()))
                .collect(),
        })
    }

    /// Puts another policy in force. Refuses, all at once, what is wrong with it; a version that is not higher; a pledge
    /// that changed and kept its version; a role that is gone while somebody has it.
    pub async fn set_policy(&mut self, text: &str) -> Result<(), VaultError> {
        self.pull_own_directory().await?;
        let fresh_blind = Seed::make(&mut self.ports.rng());
        let blind = self.policy.as_ref().map_or(fresh_blind, |policy| policy.record.blind.clone());
        let record = PolicyRecord { text: text.to_owned(), blind };
        let next = InForce::read_for(record, day(self.ports.clock.now()))?;
        let fresh = RecordId::make(&mut self.ports.rng());
        self.change_directory(None, |vault, draft| {
            vault.may_follow(&next.policy)?;
            let record = vault.policy_record.unwrap_or(fresh);
            vault.draft_name(draft, record, &next.record())
        })
        .await?;
        self.learn_names().await
    }

    /// Whether this person may put a policy in force, after the one that is.
    fn may_follow(&self, next: &Policy) -> Result<(), VaultError> {
        if !self.directory.now().is_director(self.keys.person) {
            return Err(VaultError::NoRight);
        }
        if let Some(InForce { policy, .. }) = &self.policy {
            if next.version <= policy.version {
                return Err(VaultError::PolicyVersion(policy.version));
            }
            let (old, new) = (&policy.pledge, &next.pledge);
            if new.version < old.version || new.version == old.version && new.text != old.text {
                return Err(VaultError::PledgeVersion(old.version));
            }
        }
        let current = self.directory.members().filter(|(_, member)| self.is_current(member));
        let mut roles = current.map(|(person, _)| self.role_of(person));
        let gone = roles.find(|role| !next.roles.contains_key(role));
        gone.map_or(Ok(()), |role| Err(VaultError::UnknownRole(role.name().to_owned())))
    }

    /// Takes over a policy that the directory says. One that cannot be read, or that is older than the one here, changes
    /// nothing and is told. Gives whether there is another one now.
    pub(crate) fn learn_policy(&mut self, id: RecordId, record: PolicyRecord) -> bool {
        self.policy_record = Some(id);
        if self.policy.as_ref().is_some_and(|known| known.record == record) {
            return false;
        }
        let why = match InForce::read(record) {
            Ok(read) if self.policy.as_ref().is_none_or(|known| known.policy.version < read.policy.version) => {
                self.policy = Some(read);
                return true;
            }
            Ok(read) => format!("version {} is not newer than the one in force", read.policy.version),
            Err(error) => error.to_string().lines().next().unwrap_or_default().to_owned(),
        };
        self.raise(Alarm::Policy(why));
        false
    }

    /// The confidentiality pledge in force.
    pub fn pledge(&self) -> Result<PledgeView, VaultError> {
        let pledge = &self.policy()?.pledge;
        Ok(PledgeView {
            version: pledge.version,
            dutch: pledge.text.dutch.clone(),
            english: pledge.text.english.clone(),
            signed: self.has_pledged(self.keys.person),
        })
    }

    /// What is acknowledged before leaving: that the pledge outlasts it, and that nothing was kept. Its version is the
    /// pledge's.
    pub fn farewell(&self) -> Result<PledgeView, VaultError> {
        let policy = self.policy.as_ref().ok_or(VaultError::NoPolicy)?;
        let said = self.directory.now().member(self.keys.person).and_then(|member| member.farewell);
        let pledge = &policy.policy.pledge;
        Ok(PledgeView {
            version: pledge.version,
            dutch: pledge.leaving.dutch.clone(),
            english: pledge.leaving.english.clone(),
            signed: said.is_some_and(|(_, hash)| hash == policy.farewell(self.record.organisation)),
        })
    }

    /// Signs the pledge, by this device for its person, in the directory. `version` is the one that was read.
    pub async fn sign_pledge(&mut self, version: u32) -> Result<(), VaultError> {
        self.sign_text(version, |person, policy, organisation| Change::Pledge(person, policy.pledge(organisation)))
            .await
    }

    /// Signs the acknowledgement of somebody who is about to leave. Nobody is removed by it; who left is served nothing any
    /// more and can sign nothing. `version` is the one that was read.
    pub async fn sign_farewell(&mut self, version: u32) -> Result<(), VaultError> {
        self.sign_text(version, |person, policy, organisation| Change::Farewell(person, policy.farewell(organisation)))
            .await
    }

    async fn sign_text(
        &mut self,
        version: u32,
        said: impl Fn(PersonId, &InForce, OrganisationId) -> Change,
    ) -> Result<(), VaultError> {
        let person = self.keys.person;
        self.change_directory(None, |vault, draft| {
            vault.directory.now().member(person).ok_or(VaultError::Waiting)?;
            let policy = vault.policy.as_ref().ok_or(VaultError::NoPolicy)?;
            if policy.policy.pledge.version != version {
                return Err(VaultError::ChangedFirst);
            }
            draft.changes.push(said(person, policy, vault.record.organisation));
            Ok(())
        })
        .await
    }

    /// Whether a member signed the pledge that is in force now.
    pub(crate) fn has_pledged(&self, person: PersonId) -> bool {
        let signed = self.directory.now().member(person).and_then(|member| member.pledge);
        let asked = self.policy.as_ref().map(|policy| policy.pledge(self.record.organisation));
        asked.is_some() && signed == asked
    }

    /// No pledge, no wrap of a dossier's keys.
    pub(crate) fn need_pledge(&self, person: PersonId) -> Result<(), VaultError> {
        if self.has_pledged(person) || zegel_crypto::sabotage::is("pledge") {
            Ok(())
        } else {
            Err(VaultError::PledgeMissing(self.name_of(person)))
        }
    }

    /// Whether a membership has not ended, by removal or by its date.
    pub(crate) fn is_current(&self, member: &Member) -> bool {
        member.removed.is_none() && member.admission.until.is_none_or(|until| self.ports.clock.now() < until)
    }

    /// What somebody is. Whoever came before there were roles leads or advises.
    pub(crate) fn role_of(&self, person: PersonId) -> Role {
        let usual = if self.directory.now().is_director(person) { Role::Director } else { Role::AdvisorPaid };
        self.roles.get(&person).copied().unwrap_or(usual)
    }

    /// The role that is offered first to somebody new.
    pub fn usual_role(&self) -> Result<Role, VaultError> {
        let mut roles = self.policy()?.roles.keys().copied();
        roles
            .find(|role| *role != Role::Director)
            .ok_or_else(|| VaultError::UnknownRole(Role::AdvisorPaid.name().to_owned()))
    }

    pub(crate) fn role_rules(&self, role: Role) -> Result<&RoleRules, VaultError> {
        self.policy()?.roles.get(&role).ok_or_else(|| VaultError::UnknownRole(role.name().to_owned()))
    }

    /// The rules of a type of dossier; of the type that is offered first, if none is named.
    pub(crate) fn dossier_rules(&self, name: Option<&str>) -> Result<&DossierRules, VaultError> {
        let policy = self.policy()?;
        let found = match name {
            Some(name) => policy.dossier(name),
            None => policy.dossiers.first(),
        };
        found.ok_or_else(|| VaultError::UnknownType(name.unwrap_or_default().to_owned()))
    }

    /// Members who read a new dossier, the maker first, each with what their role gets. The maker always does, having
    /// drawn its keys. Others who have not signed the pledge are left out until somebody lets them in.
    pub(crate) fn first_readers(&self, rules: &DossierRules) -> Result<Vec<(PersonId, Parts)>, VaultError> {
        let maker = self.keys.person;
        self.need_pledge(maker)?;
        let mut readers = vec![(maker, self.role_rules(self.role_of(maker))?.grants())];
        for (person, member) in self.directory.members() {
            let role = self.role_of(person);
            if person == maker
                || !self.is_current(member)
                || !rules.is_read_by(role)
                || self.need_pledge(person).is_err()
            {
                continue;
            }
            // A role that the policy no longer has gets nothing.
            if let Ok(role) = self.role_rules(role) {
                readers.push((person, role.grants()));
            }
        }
        Ok(readers)
    }

    /// Seconds without anybody at the keyboard after which the vault locks, and the most that somebody may choose.
    /// Whether the policy lets a passkey take the place of the passphrase; none while no policy is known.
    pub(crate) fn passkey_policy(&self) -> Option<bool> {
        let allowed = self.policy.as_ref().map(|policy| policy.policy.session.passkey_alone);
        if zegel_crypto::sabotage::is("passkey-policy") { Some(true) } else { allowed }
    }

    pub(crate) fn idle_lock(&self) -> (u64, u64) {
        let session = self.policy.as_ref().map(|policy| &policy.policy.session);
        session.map_or((LOCK_SECONDS, LOCK_SECONDS), |session| {
            (session.lock_after.as_secs(), session.lock_at_most.as_secs())
        })
    }
}
