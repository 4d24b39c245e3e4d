//! Answers calls with the vault: the only place of the app that touches it.

use super::host::{Job, Told};
use super::messages::{Call, Command, Failure, News, Opened, Secret, StartView};
use crate::residents;
use async_trait::async_trait;
use futures::lock::Mutex;
use std::{cell::RefCell, collections::HashSet, pin::Pin, rc::Rc};
use web_sys::Blob;
use zegel_vault::{
    Compared, DeviceState, FirstPolicy, Inbox, Knock, Listening, NewDocument, NewOrganisation, NewShare, Notices,
    Portal, Profile, Role, Session, Vault, VaultError,
    browser::{self, BlobSink, BlobSource, BrowserClock, BrowserEntropy},
    ports::{Clock as _, Entropy as _, FileError, FileSource, Ports, StoreError},
    view::{PrintedView, Purpose},
};
use zeroize::Zeroizing;

/// A blob of this kind is saved by a browser, never shown or run.
const SAVED: &str = "application/octet-stream";

/// The calls that the page no longer wants.
pub(crate) type Cancelled = Rc<RefCell<HashSet<u32>>>;

/// A picked file, until the page no longer wants it.
struct Wanted {
    file: BlobSource,
    call: u32,
    cancelled: Cancelled,
}

#[async_trait(?Send)]
impl FileSource for Wanted {
    fn size(&self) -> u64 {
        self.file.size()
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, FileError> {
        if self.cancelled.borrow().contains(&self.call) {
            return Err(FileError::Unreadable("stopped".into()));
        }
        self.file.read(offset, length).await
    }
}

/// What the worker holds.
pub(crate) struct Server {
    origin: String,
    cancelled: Cancelled,
    vault: Option<Vault>,
    /// The one dossier of somebody outside the organisation.
    portal: Option<Portal>,
    /// The store of the vault that is open; none on a visit.
    store: Option<String>,
    inbox: Option<Inbox>,
    /// This device asks to be let in: the store it would have, and how far it is.
    knock: Option<(String, Knock)>,
}

/// An answer in postcard, and the bytes that go beside it.
pub(crate) type Served = Result<(Vec<u8>, Option<Blob>), Failure>;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        VaultError::from(error).into()
    }
}

impl From<postcard::Error> for Failure {
    fn from(error: postcard::Error) -> Self {
        Self { text: error.to_string(), ..Self::of("alarm") }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self { key: error.key().to_owned(), text: error.to_string(), names: error.details() }
    }
}

fn hidden(secret: &Secret) -> Zeroizing<String> {
    Zeroizing::new(secret.0.clone())
}

/// What a name chose; the page offers no other.
fn chosen<T>(named: Option<T>) -> Result<T, Failure> {
    named.ok_or_else(|| Failure::of("nothing-chosen"))
}

/// The answer to `call`.
fn say<C: Call>(_: &C, answer: C::Answer) -> Served {
    Ok((postcard::to_allocvec(&answer)?, None))
}

/// Carries a file. The vault is held while it begins and while it is put into its dossier, and is free in between.
pub(crate) async fn carry(server: &Mutex<Server>, job: Job) -> Served {
    let told = Told::new(job.call);
    match job.command {
        Command::AddFile(call) => {
            let file = job.file.ok_or_else(|| Failure::of("file-unreadable"))?;
            let cancelled = server.lock().await.cancelled.clone();
            let mut source = Wanted { file: BlobSource::new(file.into()), call: job.call, cancelled };
            let document = NewDocument { name: &call.name, media_type: &call.media_type, folder: &call.folder };
            let upload = server.lock().await.vault()?.begin_file(&call.dossier, document, source.size())?;
            let sent = upload.send(&mut source, &told).await?;
            let item = server.lock().await.vault()?.finish_file(sent).await?;
            say(&call, item)
        }
        Command::ReadFile(call) => {
            let mut sink = BlobSink::new();
            let download = server.lock().await.vault()?.begin_reading(&call.dossier, &call.item).await?;
            download.run(&mut sink, &told).await?;
            Ok((say(&call, ())?.0, Some(sink.finish(SAVED).map_err(VaultError::from)?)))
        }
        command => server.lock().await.serve(Job { command, ..job }).await,
    }
}

/// Waits for what the line to the relay says next, and as long as that is to wait.
pub(crate) async fn listen(server: &Mutex<Server>, listening: &mut Listening, job: Job) -> Served {
    let Command::Listen(call) = job.command else { return server.lock().await.serve(job).await };
    let sign = async || {
        let mut server = server.lock().await;
        let Server { vault, portal, .. } = &mut *server;
        let opening: Pin<Box<dyn Future<Output = Result<Notices, VaultError>>>> = match (vault, portal) {
            (Some(vault), _) => Box::pin(vault.listen().await?),
            (_, Some(portal)) => Box::pin(portal.listen().await?),
            _ => return Err(VaultError::NothingHere),
        };
        Ok(opening)
    };
    let mut dice = [0];
    BrowserEntropy.fill(&mut dice);
    let heard = listening.hear(sign, || BrowserClock.now(), dice[0]).await;
    browser::wait(heard.wait).await;
    say(&call, heard.told == Ok(true))
}

impl Server {
    pub(crate) fn new(origin: String, cancelled: Cancelled) -> Self {
        Self { origin, cancelled, vault: None, portal: None, store: None, inbox: None, knock: None }
    }

    async fn ports(&self, store: &str) -> Result<Ports, StoreError> {
        browser::ports(&self.origin, store).await
    }

    fn vault(&mut self) -> Result<&mut Vault, Failure> {
        self.vault.as_mut().ok_or_else(|| Failure::of("nothing-here"))
    }

    fn knock(&mut self) -> Result<&mut (String, Knock), Failure> {
        self.knock.as_mut().ok_or_else(|| Failure::of("nothing-here"))
    }

    fn portal(&mut self) -> Result<&mut Portal, Failure> {
        self.portal.as_mut().ok_or_else(|| Failure::of("nothing-here"))
    }

    fn opened(&mut self, store: Option<String>, session: Session, printed: Option<PrintedView>) -> Opened {
        self.store.clone_from(&store);
        let session = match session {
            Session::Vault(vault) => self.vault.insert(*vault).session(),
            Session::Portal(portal) => self.portal.insert(*portal).session().into(),
        };
        Opened { session, store, printed }
    }

    /// A store for somebody who begins here, beside those of others.
    async fn fresh(&self) -> Result<(String, Ports), Failure> {
        let taken = residents::of_this_app(browser::databases().await, &[]);
        let store = residents::fresh(&taken, |bytes| BrowserEntropy.fill(bytes));
        let ports = self.ports(&store).await?;
        Ok((store, ports))
    }

    /// What came of beginning in a fresh store; nothing stays of one that came to nothing.
    async fn begun(
        &mut self,
        store: String,
        outcome: Result<(Session, Option<PrintedView>), VaultError>,
    ) -> Result<Opened, Failure> {
        match outcome {
            Ok((session, printed)) => Ok(self.opened(Some(store), session, printed)),
            Err(error) => {
                let _ = browser::remove(&store).await;
                Err(error.into())
            }
        }
    }

    /// Serves one call.
    pub(crate) async fn serve(&mut self, job: Job) -> Served {
        match job.command {
            Command::Start(call) => say(&call, self.start(&call.known).await?),
            Command::Found(call) => {
                let organisation = NewOrganisation {
                    token: call.token.0.clone(),
                    organisation: call.organisation.clone(),
                    name: call.name.clone(),
                    passphrase: hidden(&call.passphrase),
                    threshold: 2,
                    sheets: 3,
                    policy: FirstPolicy::Profile(chosen(Profile::from_name(&call.profile))?),
                };
                let (store, ports) = self.fresh().await?;
                let founded = Vault::found(ports, organisation).await;
                let founded = founded.map(|(vault, printed)| (Session::Vault(Box::new(vault)), Some(printed)));
                say(&call, self.begun(store, founded).await?)
            }
            Command::Unlock(call) => {
                let session = Session::unlock(self.ports(&call.store).await?, hidden(&call.passphrase)).await?;
                say(&call, self.opened(Some(call.store.clone()), session, None))
            }
            Command::PasskeyOf(call) => say(&call, Vault::passkey(&self.ports(&call.store).await?).await?),
            Command::UnlockByPasskey(call) => {
                let ports = self.ports(&call.store).await?;
                let vault = Vault::unlock_with_passkey(ports, Zeroizing::new(call.gift.0)).await?;
                say(&call, self.opened(Some(call.store.clone()), Session::Vault(Box::new(vault)), None))
            }
            Command::Enrol(call) => {
                let (store, ports) = self.fresh().await?;
                let enrolled = Session::enrol(ports, &call.card.0, hidden(&call.passphrase)).await;
                say(&call, self.begun(store, enrolled.map(|session| (session, None))).await?)
            }
            Command::Visit(call) => {
                let ports = browser::passing_ports(&self.origin);
                let visit = Session::visit(ports, &call.card.0, hidden(&call.passphrase)).await?;
                say(&call, self.opened(None, visit, None))
            }
            Command::Unsaved(call) if self.portal.is_some() => say(&call, 0),
            Command::Unsaved(call) => say(&call, self.vault()?.unsaved().await?),
            Command::EndVisit(call) => {
                let vault = self.vault.take().map(|vault| Session::Vault(Box::new(vault)));
                let open = vault.or(self.portal.take().map(|portal| Session::Portal(Box::new(portal))));
                say(&call, open.ok_or_else(|| Failure::of("nothing-here"))?.end_visit().await? > 0)
            }
            Command::Join(call) => {
                let ((store, ports), passphrase) = (self.fresh().await?, hidden(&call.passphrase));
                let joined = Session::join(ports, &call.link.0, &call.code.0, &call.name, passphrase).await;
                say(&call, self.begun(store, joined.map(|(session, printed)| (session, Some(printed)))).await?)
            }
            Command::Sync(call) if self.portal.is_some() => {
                let portal = self.portal()?;
                let news = portal.sync().await?;
                let session = portal.session();
                let changed = if news { vec![portal.dossier().id] } else { Vec::new() };
                let offline = session.offline;
                say(&call, News { session: session.into(), changed, offline, waiting: 0 })
            }
            Command::Sync(call) => {
                let vault = self.vault()?;
                let news = vault.sync().await?;
                let session = vault.session();
                say(&call, News { session, changed: news.changed, offline: news.offline, waiting: news.waiting })
            }
            Command::SignOut(call) => {
                if let Some(vault) = self.vault.take() {
                    // It is empty already; whoever has it open closes it first.
                    drop(vault.sign_out().await?);
                }
                if let Some(portal) = self.portal.take() {
                    drop(portal.sign_out().await?);
                }
                if let Some(store) = self.store.take() {
                    let _ = browser::remove(&store).await;
                }
                say(&call, ())
            }
            Command::SignOutHere(call) => {
                Session::sign_out_here(self.ports(&call.store).await?, hidden(&call.passphrase)).await?;
                let _ = browser::remove(&call.store).await;
                say(&call, ())
            }
            Command::Today(call) => say(&call, self.vault()?.work_list().await?),
            Command::Dossiers(call) => say(&call, self.vault()?.dossiers()),
            Command::Dossier(call) => say(&call, self.vault()?.dossier(&call.id).await?),
            Command::Qr(call) => say(&call, super::qr::draw(&call.text.0)),
            Command::Emergency(call) => say(&call, self.vault()?.emergency().await?),
            Command::ChooseContact(call) => {
                say(&call, self.vault()?.choose_contact(&call.person, Some(call.days), call.take_over).await?)
            }
            Command::DropContact(call) => say(&call, self.vault()?.drop_contact().await?),
            Command::ClaimEmergency(call) => say(&call, self.vault()?.claim_emergency(&call.person).await?),
            Command::RefuseEmergency(call) => {
                say(&call, self.vault()?.refuse_claims(&call.person, Purpose::Emergency).await?)
            }
            Command::Testament(call) => say(&call, self.vault()?.testament().await?),
            Command::ChooseTrustees(call) => say(&call, self.vault()?.choose_trustees(&call.people).await?),
            Command::DropTrustees(call) => say(&call, self.vault()?.drop_trustees().await?),
            Command::Release(call) => say(&call, self.vault()?.release(&call.person).await?),
            Command::DestroyRest(call) => say(&call, self.vault()?.destroy_rest(&call.person).await?),
            Command::RefuseRelease(call) => {
                let vault = self.vault()?;
                let owner = call.person.clone().unwrap_or_else(|| vault.session().person);
                say(&call, vault.refuse_claims(&owner, Purpose::Release).await?)
            }
            Command::ClosedDossiers(call) => say(&call, self.vault()?.closed_dossiers()),
            Command::BreakGlass(call) => say(&call, self.vault()?.break_glass(&call.dossier, &call.reason).await?),
            Command::CheckSheet(call) => say(&call, self.vault()?.check_sheet(&call.text.0)?),
            Command::Policy(call) => say(&call, self.vault()?.policy_view()?),
            Command::Pledge(call) => say(&call, self.vault()?.pledge()?),
            Command::SignPledge(call) => {
                let vault = self.vault()?;
                vault.sign_pledge(call.version).await?;
                say(&call, vault.session())
            }
            Command::Farewell(call) => say(&call, self.vault()?.farewell()?),
            Command::SignFarewell(call) => say(&call, self.vault()?.sign_farewell(call.version).await?),
            Command::NewDossier(call) => {
                let made = self.vault()?.new_dossier_of(call.dossier_type.as_deref(), &call.title).await?;
                say(&call, made)
            }
            Command::RenameDossier(call) => say(&call, self.vault()?.rename_dossier(&call.id, &call.title).await?),
            Command::SaveReport(call) => {
                let item = call.item.as_deref();
                let vault = self.vault()?;
                let saved =
                    vault.save_report(&call.dossier, item, call.base, &call.title, &call.text, &call.day).await?;
                say(&call, saved)
            }
            Command::OwnNotes(call) => say(&call, self.vault()?.own_notes(&call.dossier).await?),
            Command::WriteOwnNote(call) => {
                say(&call, self.vault()?.write_own_note(&call.dossier, None, &call.text).await?)
            }
            Command::RemoveOwnNote(call) => say(&call, self.vault()?.remove_own_note(&call.dossier, &call.note).await?),
            Command::PromoteOwnNote(call) => {
                say(&call, self.vault()?.promote_own_note(&call.dossier, &call.note, &call.title).await?)
            }
            Command::Draft(call) => say(&call, self.vault()?.draft(&call.dossier, call.item.as_deref()).await?),
            Command::SaveDraft(call) => say(&call, self.vault()?.save_draft(&call.dossier, &call.draft).await?),
            Command::DiscardDraft(call) => {
                say(&call, self.vault()?.discard_draft(&call.dossier, call.item.as_deref()).await?)
            }
            // Files are carried beside the calls: see `carry`.
            Command::AddFile(_) | Command::ReadFile(_) => Err(Failure::of("file-unreadable")),
            // Listening is not done by whoever holds the vault: it would hold it for ever.
            Command::Listen(call) => say(&call, false),
            Command::Search(call) => say(&call, self.vault()?.search(&call.words).await?),
            Command::Share(call) => {
                let share = NewShare {
                    items: call.items.clone(),
                    to: call.to.clone(),
                    purpose: call.purpose.clone(),
                    until: call.until,
                    readings: call.readings,
                    evidence: call.evidence.clone(),
                    consent_text: (call.consent_text.clone(), call.language.clone()),
                };
                say(&call, self.vault()?.share(&call.dossier, share).await?)
            }
            Command::Shares(call) => say(&call, self.vault()?.shares(&call.dossier).await?),
            Command::Revoke(call) => say(&call, self.vault()?.revoke(&call.dossier, &call.share).await?),
            Command::Grant(call) => say(&call, self.vault()?.let_in(&call.dossier, &call.person, &call.terms).await?),
            Command::Authorised(call) => say(&call, self.vault()?.authorised(call.dossier.as_deref(), call.on).await?),
            Command::AuthorisedStatement(call) => {
                say(&call, self.vault()?.authorised_statement(call.dossier.as_deref(), call.on).await?)
            }
            Command::SignReview(call) => say(&call, self.vault()?.sign_review().await?),
            Command::EndAccess(call) => say(&call, self.vault()?.end_access(&call.dossier, &call.person).await?),
            Command::Parties(call) => say(&call, self.vault()?.parties(&call.dossier).await?),
            Command::InviteParty(call) => say(&call, self.vault()?.invite_party(&call.dossier, &call.new).await?),
            Command::ReinviteParty(call) => {
                say(&call, self.vault()?.reinvite_party(&call.dossier, &call.person).await?)
            }
            Command::ReplaceParty(call) => say(&call, self.vault()?.replace_party(&call.dossier, &call.person).await?),
            Command::AdmitParty(call) => {
                let how = chosen(Compared::from_name(&call.how))?;
                say(&call, self.vault()?.admit_party(&call.dossier, &call.person, &call.words, how).await?)
            }
            Command::VerifyParty(call) => {
                let how = chosen(Compared::from_name(&call.how))?;
                say(&call, self.vault()?.verify_party(&call.dossier, &call.person, &call.words, how).await?)
            }
            Command::AgreeShare(call) => {
                let how = chosen(Compared::from_name(&call.how))?;
                say(&call, self.vault()?.agree_share(&call.dossier, &call.share, &call.words, how).await?)
            }
            Command::VerifyShare(call) => {
                let how = chosen(Compared::from_name(&call.how))?;
                say(&call, self.vault()?.verify_share(&call.dossier, &call.share, &call.words, how).await?)
            }
            Command::Portal(call) => say(&call, self.portal()?.dossier()),
            Command::PortalReaders(call) => say(&call, self.portal()?.readers_on(call.on).await?),
            Command::PortalDevices(call) => say(&call, self.portal()?.devices()),
            Command::ReadPortal(call) => {
                let mut sink = BlobSink::new();
                self.portal()?.read_file(&call.item, &mut sink, &Told::new(job.call)).await?;
                Ok((say(&call, ())?.0, Some(sink.finish(SAVED).map_err(VaultError::from)?)))
            }
            Command::Members(call) => say(&call, self.vault()?.members()),
            Command::Invite(call) => {
                let role = chosen(Role::from_name(&call.role))?;
                say(&call, self.vault()?.invite(&call.name, role, call.until).await?)
            }
            Command::Reinvite(call) => say(&call, self.vault()?.reinvite(&call.person).await?),
            Command::InviteAnew(call) => say(&call, self.vault()?.invite_anew(&call.person).await?),
            Command::Delegate(call) => say(&call, self.vault()?.delegate(&call.person, call.until).await?),
            Command::Undelegate(call) => {
                let vault = self.vault()?;
                vault.undelegate(&call.person).await?;
                say(&call, vault.session())
            }
            Command::GiveBack(call) => say(&call, self.vault()?.give_back(&call.person, &()).await?),
            Command::Admit(call) => {
                let how = chosen(Compared::from_name(&call.how))?;
                say(&call, self.vault()?.admit(&call.person, &call.words, how).await?)
            }
            Command::VerifyPerson(call) => {
                let how = chosen(Compared::from_name(&call.how))?;
                say(&call, self.vault()?.verify_person(&call.person, &call.words, how).await?)
            }
            Command::Leaving(call) => say(&call, self.vault()?.leaving(&call.person).await?),
            Command::HandOver(call) => {
                let told = Told::new(job.call);
                say(&call, self.vault()?.hand_over(&call.person, &call.successor, call.all, &told).await?)
            }
            Command::RemoveMember(call) => say(&call, self.vault()?.remove_member(&call.person).await?),
            Command::Devices(call) => say(&call, self.vault()?.devices().await?),
            Command::NameDevice(call) => say(&call, self.vault()?.name_device(&call.name).await?),
            Command::Restored(call) => say(&call, self.vault()?.restored().await?),
            Command::ConfirmRestored(call) => say(&call, self.vault()?.confirm_restored(call.give_up).await?),
            Command::RenewKeys(call) => say(&call, self.vault()?.renew_keys(&call.old.0, &call.new.0).await?),
            Command::RevokeDevice(call) if self.portal.is_some() => {
                say(&call, self.portal()?.revoke_device(&call.device, &call.passphrase.0).await?)
            }
            Command::RevokeDevice(call) => {
                say(&call, self.vault()?.revoke_device(&call.device, &call.passphrase.0).await?)
            }
            Command::ChangePassphrase(call) => {
                let (old, new) = (&call.old.0, &call.new.0);
                match &mut self.portal {
                    Some(portal) => portal.change_passphrase(old, new).await?,
                    None => self.vault()?.change_passphrase(old, new).await?,
                }
                say(&call, ())
            }
            Command::BeginPasskey(call) => say(&call, self.vault()?.begin_passkey(&call.passphrase.0).await?),
            Command::AddPasskey(call) => {
                let gift = Zeroizing::new(call.gift.0);
                say(&call, self.vault()?.add_passkey(&call.passphrase.0, call.credential.clone(), gift).await?)
            }
            Command::RemovePasskey(call) => say(&call, self.vault()?.remove_passkey(&call.passphrase.0).await?),
            Command::KnockHere(call) => {
                let (store, ports) = self.fresh().await?;
                let knock = Knock::make(ports).await;
                if knock.is_err() {
                    let _ = browser::remove(&store).await;
                }
                say(&call, self.knock.insert((store, knock?)).1.text())
            }
            Command::LookKnock(call) => say(&call, self.knock()?.1.look().await?),
            Command::EnterKnock(call) => {
                let vault = self.knock()?.1.enter(&call.passphrase.0).await?;
                let store = self.knock.take().map(|(store, _)| store);
                say(&call, self.opened(store, Session::Vault(Box::new(vault)), None))
            }
            Command::HearKnock(call) => say(&call, self.vault()?.hear_knock(&call.text).await?),
            Command::LetDeviceIn(call) => say(&call, self.vault()?.let_device_in(&call.passphrase.0).await?),
            Command::RefuseDevice(call) => say(&call, self.vault()?.refuse_device().await?),
            Command::MakeCard(call) => {
                let made = match &mut self.portal {
                    Some(portal) => portal.make_card(&call.passphrase.0).await?,
                    None => self.vault()?.make_card(&call.passphrase.0).await?,
                };
                say(&call, made)
            }
            Command::RetireCards(call) => {
                match &mut self.portal {
                    Some(portal) => portal.retire_cards(&call.passphrase.0, &call.keep).await?,
                    None => self.vault()?.retire_cards(&call.passphrase.0, &call.keep).await?,
                }
                say(&call, ())
            }
            Command::OpenDisclosure(call) => {
                let inbox = Inbox::open(browser::passing_ports(&self.origin), &call.link.0, &call.code.0).await?;
                let view = inbox.view();
                self.inbox = Some(inbox);
                say(&call, view)
            }
            Command::ReadDisclosed(call) => {
                let mut sink = BlobSink::new();
                self.inbox()?.read_file(&call.item, &mut sink, &Told::new(job.call)).await?;
                Ok((say(&call, ())?.0, Some(sink.finish(SAVED).map_err(VaultError::from)?)))
            }
            Command::MakeOwnKeys(call) => say(&call, self.inbox()?.make_own(&call.passphrase.0)?),
            Command::RegisterOwnKeys(call) => say(&call, self.inbox()?.register().await?),
        }
    }

    fn inbox(&mut self) -> Result<&mut Inbox, Failure> {
        self.inbox.as_mut().ok_or_else(|| Failure::of("nothing-here"))
    }

    async fn start(&self, known: &[String]) -> Result<StartView, VaultError> {
        let mut here = Vec::new();
        // Whoever only looks in, or is here on a visit, leaves no database behind.
        for store in residents::of_this_app(browser::databases().await, known) {
            let ports = self.ports(&store).await?;
            match Vault::state(&ports).await? {
                DeviceState::Locked | DeviceState::Portal => here.push(store),
                DeviceState::Empty => {
                    drop(ports);
                    let _ = browser::remove(&store).await;
                }
            }
        }
        if !here.is_empty() {
            return Ok(StartView::Locked(here));
        }
        Ok(match Vault::relay(&browser::passing_ports(&self.origin)).await?.organisation {
            Some(_) => StartView::NewDevice,
            None => StartView::Fresh,
        })
    }
}
