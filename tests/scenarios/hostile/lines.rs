//! A relay that misuses the line on which it is to tell that something changed: it calls without end, says nothing, says
//! nonsense, hangs up, or does not answer. The vault hears a typed failure, asks at its own pace, and goes on working.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use async_trait::async_trait;
use zegel_protocol::{Problem, signature::SignatureHeaders};
use zegel_tests::world::{Actor, InProcessRelay, World};
use zegel_vault::{
    Heard, Listening, VaultError,
    ports::{Clock as _, Line, Opening, Transport, TransportError},
};

/// What the relay does with a line.
#[derive(Clone, Debug)]
enum Deed {
    /// Says this, again and again.
    Say(Vec<u8>),
    /// Hangs up at once.
    HangUp,
    /// Opens it, and lets it break.
    Break,
    /// Does not open it.
    Refuse(TransportError),
}

#[derive(Clone)]
struct Misused {
    relay: InProcessRelay,
    deed: Rc<RefCell<Deed>>,
    opened: Rc<Cell<u32>>,
}

#[async_trait(?Send)]
impl Transport for Misused {
    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Vec<u8>, TransportError> {
        self.relay.post(path, body, signature).await
    }

    fn listen(&self, _: &str, _: SignatureHeaders) -> Opening {
        self.opened.set(self.opened.get() + 1);
        let deed = self.deed.borrow().clone();
        Box::pin(async move {
            match deed {
                Deed::Refuse(error) => Err(error),
                deed => Ok(Box::new(Wire(deed, LONG)) as Box<dyn Line>),
            }
        })
    }
}

/// Pieces of a line that goes on.
const LONG: u32 = 1_000;

struct Wire(Deed, u32);

#[async_trait(?Send)]
impl Line for Wire {
    async fn next(&mut self) -> Result<Vec<u8>, TransportError> {
        self.1 = self.1.saturating_sub(1);
        match &self.0 {
            Deed::Say(bytes) if self.1 > 0 => Ok(bytes.clone()),
            Deed::Say(_) | Deed::HangUp => Ok(Vec::new()),
            Deed::Break | Deed::Refuse(_) => Err(TransportError::Unreachable),
        }
    }
}

const HOUR: u64 = 60 * 60;

/// More than anybody may ask in an hour.
const STORM: usize = 5_000;

struct Scene {
    world: World,
    advisor: Actor,
    deed: Rc<RefCell<Deed>>,
    opened: Rc<Cell<u32>>,
}

impl Scene {
    async fn set() -> Self {
        let (deed, opened) = (Rc::new(RefCell::new(Deed::HangUp)), Rc::new(Cell::new(0)));
        let (bent, counted) = (deed.clone(), opened.clone());
        let world = World::with_network(Rc::new(move |relay| {
            Box::new(Misused { relay, deed: bent.clone(), opened: counted.clone() })
        }));
        let advisor = world.director("Iris de Vries").await;
        Self { world, advisor, deed, opened }
    }

    /// Listens for an hour by the clock; gives how often a line was opened, and what came of each round.
    async fn hour(&mut self, deed: Deed) -> (u32, Vec<Result<bool, VaultError>>) {
        self.deed.replace(deed);
        self.opened.set(0);
        let (mut listening, mut heard) = (Listening::default(), Vec::new());
        let (until, clock) = (self.world.clock.now() + HOUR, self.world.clock.clone());
        while clock.now() < until && heard.len() < STORM {
            let vault = &mut self.advisor.vault;
            let Heard { told, wait } = listening.hear(async || vault.listen().await, || clock.now(), 0).await;
            clock.pass(wait);
            heard.push(told);
        }
        (self.opened.get(), heard)
    }
}

#[tokio::test]
async fn a_line_that_fails_in_any_way_is_opened_ever_more_seldom() {
    let mut scene = Scene::set().await;
    let busy = TransportError::Problem(Problem::Busy);
    for (deed, hears) in [
        (Deed::HangUp, Ok(false)),
        (Deed::Break, Err(VaultError::RelayUnreachable)),
        (Deed::Say(vec![7]), Err(VaultError::NotARelay)),
        (Deed::Say(vec![0; 64]), Err(VaultError::NotARelay)),
        (Deed::Refuse(TransportError::NotARelay), Err(VaultError::NotARelay)),
        (Deed::Refuse(busy), Err(VaultError::RelayBusy)),
    ] {
        let (opened, heard) = scene.hour(deed.clone()).await;
        assert!(opened < 25, "{deed:?}: {opened} lines in an hour");
        assert!(heard.iter().all(|told| *told == hears), "{deed:?}: {:?}", heard.first());
    }
    let (dossier, _, _) = scene.advisor.dossier("Marijke 't Hooft").await;
    assert!(scene.advisor.vault.dossier(&dossier).await.is_ok(), "the work goes on");
}

#[tokio::test]
async fn calls_without_end_are_answered_at_the_vaults_pace() {
    let mut scene = Scene::set().await;
    let (opened, heard) = scene.hour(Deed::Say(vec![1; 64])).await;
    let asks = heard.iter().filter(|told| **told == Ok(true)).count();
    assert!(asks as u64 <= HOUR / 2, "asked {asks} times in an hour");
    assert!(opened < 40, "{opened} lines in an hour");
    assert!(heard.contains(&Err(VaultError::NotARelay)), "a flood is nothing that a relay does");
}
