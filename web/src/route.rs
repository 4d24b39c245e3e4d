//! The addresses of the app. What is secret never stands in one: links carry it in the fragment, which is taken out at
//! once.

use yew_router::prelude::*;

/// A page.
#[derive(Clone, Debug, PartialEq, Routable)]
pub(crate) enum Route {
    /// The work of today.
    #[at("/")]
    Today,
    /// The list.
    #[at("/dossiers")]
    Dossiers,
    /// A new dossier.
    #[at("/dossiers/new")]
    NewDossier,
    /// Those that are closed to a director who may open them.
    #[at("/closed")]
    Closed,
    /// To open one.
    #[at("/closed/:id")]
    Glass { id: String },
    /// A dossier, at its timeline.
    #[at("/dossiers/:id")]
    Dossier { id: String },
    /// A tab of a dossier.
    #[at("/dossiers/:id/:tab")]
    DossierTab { id: String, tab: Tab },
    /// A new report.
    #[at("/dossiers/:id/reports/new")]
    NewReport { id: String },
    /// A report.
    #[at("/dossiers/:id/reports/:item")]
    Report { id: String, item: String },
    /// To share, from a dossier.
    #[at("/dossiers/:id/shares/new")]
    Share { id: String },
    /// To end a share.
    #[at("/dossiers/:id/shares/:share/revoke")]
    Revoke { id: String, share: String },
    /// To compare the words of a share's receiver.
    #[at("/dossiers/:id/shares/:share/words")]
    Receiver { id: String, share: String },
    /// To give a colleague a dossier.
    #[at("/dossiers/:id/access/add")]
    Grant { id: String },
    /// To end a colleague's access to a dossier.
    #[at("/dossiers/:id/access/:person/end")]
    EndAccess { id: String, person: String },
    /// To invite a dossier's client, or who acts for them.
    #[at("/dossiers/:id/clients/invite")]
    InviteParty { id: String },
    /// One of them: to admit, to invite once more, to vouch for.
    #[at("/dossiers/:id/clients/:person")]
    Party { id: String, person: String },
    /// Who holds keys of a dossier, now or on a day.
    #[at("/dossiers/:id/access/list")]
    AuthorisedOf { id: String },
    /// Colleagues.
    #[at("/colleagues")]
    Colleagues,
    /// Who holds keys, now or on a day.
    #[at("/colleagues/authorised")]
    Authorised,
    /// To invite one.
    #[at("/colleagues/invite")]
    Invite,
    /// To compare the words of one, to admit them or to vouch for them.
    #[at("/colleagues/:person/words")]
    Compare { person: String },
    /// To make an invitation anew, or to withdraw it.
    #[at("/colleagues/:person/invitation")]
    Invitation { person: String },
    /// To invite anew one who lost every key.
    #[at("/colleagues/:person/anew")]
    Anew { person: String },
    /// To let one act for the directors, or to end that.
    #[at("/colleagues/:person/delegate")]
    Delegate { person: String },
    /// To give one who came back what they read before.
    #[at("/colleagues/:person/give-back")]
    GiveBack { person: String },
    /// One who leaves.
    #[at("/colleagues/:person/remove")]
    Remove { person: String },
    /// Language, lock, sign out.
    #[at("/settings")]
    Settings,
    /// What is acknowledged before leaving.
    #[at("/settings/farewell")]
    Farewell,
    /// Devices, passphrase and key card.
    #[at("/settings/keys")]
    Keys,
    /// To end another device.
    #[at("/settings/keys/devices/:device/end")]
    EndDevice { device: String },
    /// Another passphrase.
    #[at("/settings/keys/passphrase")]
    Passphrase,
    /// A passkey for this device, or its end.
    #[at("/settings/keys/passkey")]
    Passkey,
    /// To let in a new device of one's own; what it shows stands in the fragment.
    #[at("/let-in")]
    LetIn,
    /// A new device that waits to be let in.
    #[at("/knock")]
    Knock,
    /// A new key card.
    #[at("/settings/keys/card")]
    NewCard,
    /// New keys, after somebody saw the passphrase.
    #[at("/settings/keys/renew")]
    Renew,
    /// The server was put back to an earlier state.
    #[at("/settings/restored")]
    Restored,
    /// Who steps in.
    #[at("/settings/emergency")]
    Emergency,
    /// Who releases dossiers to their clients.
    #[at("/settings/testament")]
    Testament,
    /// What a recovery sheet is worth.
    #[at("/settings/sheet")]
    Sheet,
    /// To wipe this device.
    #[at("/settings/sign-out")]
    SignOut,
    /// To begin beside somebody whose vault is here.
    #[at("/beside")]
    Beside,
    /// To open one's vault on a machine of somebody else.
    #[at("/visit")]
    Visit,
    /// After that: whether something was lost.
    #[at("/visit/over/:lost")]
    VisitOver { lost: bool },
    /// An invitation; the rest stands in the fragment.
    #[at("/join")]
    Join,
    /// What somebody shared; the rest stands in the fragment.
    #[at("/o")]
    Inbox,
    /// Nothing.
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// A tab of a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Timeline,
    Reports,
    Documents,
    Shares,
    Access,
}

impl Tab {
    /// In the order they stand.
    pub(crate) const ALL: [Self; 5] = [Self::Timeline, Self::Reports, Self::Documents, Self::Shares, Self::Access];

    fn name(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Reports => "reports",
            Self::Documents => "documents",
            Self::Shares => "shares",
            Self::Access => "access",
        }
    }

    /// The address of this tab.
    pub(crate) fn of(self, id: &str) -> Route {
        let id = id.to_owned();
        match self {
            Self::Timeline => Route::Dossier { id },
            tab => Route::DossierTab { id, tab },
        }
    }
}

impl std::fmt::Display for Tab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Tab {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|tab| tab.name() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back() {
        let id = || "abc".to_owned();
        for route in [
            Route::Today,
            Route::NewDossier,
            Route::Dossier { id: id() },
            Route::DossierTab { id: id(), tab: Tab::Shares },
            Route::NewReport { id: id() },
            Route::Report { id: id(), item: "i".into() },
            Route::Share { id: id() },
            Route::Revoke { id: id(), share: "s".into() },
            Route::Receiver { id: id(), share: "s".into() },
            Route::EndAccess { id: id(), person: "p".into() },
            Route::InviteParty { id: id() },
            Route::Party { id: id(), person: "p".into() },
            Route::AuthorisedOf { id: id() },
            Route::Authorised,
            Route::Keys,
            Route::Renew,
            Route::Passkey,
            Route::LetIn,
            Route::Knock,
            Route::EndDevice { device: "d".into() },
            Route::VisitOver { lost: false },
        ] {
            assert_eq!(Route::recognize(&route.to_path()), Some(route));
        }
    }
}
