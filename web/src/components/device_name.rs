//! A name for this device, so that its owner knows it in the list; they may give it another.

use crate::{
    device,
    state::{use_session, use_vault, use_words, vault::Change},
    worker::messages::{Devices, NameDevice},
};
use yew::prelude::*;

/// Names this device after its browser, once the vault is open and unless it has a name.
#[hook]
pub(crate) fn use_device_name() {
    let t = use_words();
    let session = use_session();
    let (client, visiting) = (session.client.clone(), session.visiting());
    let vault = use_vault().dispatcher();
    use_effect_with(client, move |client| {
        let client = client.clone();
        yew::platform::spawn_local(async move {
            let Some((browser, system)) = device::browser() else { return };
            let devices = client.call(Devices {}).await.unwrap_or_default();
            if devices.iter().any(|device| device.this && device.name.is_empty()) {
                let default = match visiting {
                    true => t.visit_device(browser, system),
                    false => t.device_default(browser, system),
                };
                // Out of reach of the relay it stays without one until the next time.
                let named = client.call(NameDevice { name: default }).await;
                if named.is_ok() {
                    vault.dispatch(Change::Changed);
                }
            }
        });
    });
}
