//! The part of a computer that keeps passkeys and knows its owner by a finger, a face or a code: Chromium's virtual one.

use super::Browser;
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// An authenticator of the computer that a browser runs on.
pub struct Authenticator<'b> {
    browser: &'b Browser,
    id: String,
}

impl Browser {
    /// Gives this computer an authenticator that recognises whoever is there; with a PRF, or an older one without.
    pub async fn authenticator(&self, prf: bool) -> Result<Authenticator<'_>> {
        self.web_authn("enable", json!({})).await?;
        let options = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true, "automaticPresenceSimulation": true, "hasPrf": prf,
        });
        let added = self.web_authn("addVirtualAuthenticator", json!({ "options": options })).await?;
        let id = added["authenticatorId"].as_str().context("an authenticator has a name")?.to_owned();
        Ok(Authenticator { browser: self, id })
    }

    async fn web_authn(&self, method: &str, parameters: Value) -> Result<Value> {
        Ok(self.driver().cdp().send_raw(&format!("WebAuthn.{method}"), parameters).await?)
    }
}

impl Authenticator<'_> {
    /// Says whether it recognises whoever is there from now on.
    pub async fn recognises(&self, somebody: bool) -> Result<()> {
        let parameters = json!({ "authenticatorId": self.id, "isUserVerified": somebody });
        self.browser.web_authn("setUserVerified", parameters).await.map(drop)
    }

    /// How many passkeys it keeps.
    pub async fn passkeys(&self) -> Result<usize> {
        let kept = self.browser.web_authn("getCredentials", json!({ "authenticatorId": self.id })).await?;
        Ok(kept["credentials"].as_array().map_or(0, Vec::len))
    }

    /// Forgets every passkey, as its owner does in the settings of the system.
    pub async fn forget(&self) -> Result<()> {
        self.browser.web_authn("clearCredentials", json!({ "authenticatorId": self.id })).await.map(drop)
    }

    /// Takes it out of the computer.
    pub async fn remove(self) -> Result<()> {
        self.browser.web_authn("removeVirtualAuthenticator", json!({ "authenticatorId": self.id })).await.map(drop)
    }
}
