//! A practice of one, and the people whom its owner trusts with her testament.

use zegel_vault::{FirstPolicy, NewDocument, Profile, Role};

use crate::world::{Actor, Bytes, Outsider, World};

/// Noor's practice, with three people whom she trusts.
pub struct Practice {
    /// Where all this is.
    pub world: World,
    /// The owner.
    pub noor: Actor,
    /// Bas, Cas and Dirk.
    pub trustees: Vec<Actor>,
    /// The dossier of Femke, who reads part of it with keys of her own.
    pub femkes: String,
    /// The dossier of Gijs, who has no keys.
    pub gijss: String,
    /// She.
    pub femke: Outsider,
}

impl Practice {
    /// On a relay that behaves.
    pub async fn new() -> Self {
        Self::within(World::new()).await
    }

    /// In a world that there is.
    pub async fn within(world: World) -> Self {
        let mut noor = world.director_with("Noor Haddad", FirstPolicy::Profile(Profile::Practice)).await;
        let mut trustees = Vec::new();
        for name in ["Bas Smit", "Cas Mulder", "Dirk Vos"] {
            let mut trustee = world.newcomer(&mut noor, name, Role::BackOffice, None).await;
            trustee.sign_pledge().await;
            noor.vault.sync().await.expect("it is done");
            trustees.push(trustee);
        }
        let (femkes, ..) = noor.dossier("Femke Jansen").await;
        let medical = NewDocument { name: "bedrijfsarts.pdf", media_type: "application/pdf", folder: "3. Medisch" };
        noor.vault.add_file(&femkes, medical, &mut Bytes(b"belastbaarheid".to_vec()), &()).await.expect("it is done");
        let femke = world.party(&mut noor, &femkes, "Femke Jansen", "client").await;
        noor.vault.choose_trustees(&people(&trustees)).await.expect("it is done");
        // A dossier that comes later is for the trustees as well.
        let (gijss, ..) = noor.dossier("Gijs de Boer").await;
        let mut practice = Self { world, noor, trustees, femkes, gijss, femke };
        practice.sync().await;
        practice
    }

    /// Noor's id.
    pub fn owner(&self) -> String {
        self.noor.vault.session().person
    }

    /// The trustees hear the news.
    pub async fn sync(&mut self) {
        for trustee in &mut self.trustees {
            trustee.vault.sync().await.expect("it is done");
        }
    }

    /// Trustees by their number release it all. Gives of how many dossiers each.
    pub async fn release(&mut self, trustees: &[usize]) -> Vec<usize> {
        let (owner, mut released) = (self.owner(), Vec::new());
        for at in trustees {
            released.push(self.trustees[*at].vault.release(&owner).await.expect("it is done"));
        }
        self.sync().await;
        released
    }
}

/// Their ids.
pub fn people(actors: &[Actor]) -> Vec<String> {
    actors.iter().map(|actor| actor.vault.session().person).collect()
}
