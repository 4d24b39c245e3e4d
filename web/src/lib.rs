//! The app in the browser: three programs from one package. [`door`] draws what stands before an open vault, [`work`] the open
//! vault, [`vault`] holds the keys, in a worker of its own. The two that draw share components and state and hand the page to
//! each other ([`handover`]); with the vault they share [`worker::messages`] and nothing else. Each leaves out what only the others
//! need.

mod app;
mod clipboard;
mod components;
mod device;
mod door;
mod dropped;
mod errors;
mod format;
mod handover;
mod language;
mod pages;
mod panic;
mod passkey;
mod residents;
mod route;
mod state;
mod tab;
mod work;
mod worker;

/// Draws what stands before an open vault into the page that loaded it.
pub fn door() {
    panic::install();
    door::start();
}

/// Waits for the door to hand over an open vault, and draws it.
pub fn work() {
    panic::install();
    work::start();
}

/// Serves the vault to the page that started this worker. Outside a browser there is nobody to serve.
pub fn vault() {
    #[cfg(target_arch = "wasm32")]
    worker::host::start();
}
