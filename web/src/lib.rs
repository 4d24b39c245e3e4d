//! The app in the browser: two programs from one package. [`page`] draws; [`vault`] holds the keys, in a worker of its
//! own. They share [`worker::messages`] and nothing else, so each leaves out what only the other needs.

mod app;
mod components;
mod device;
mod dropped;
mod errors;
mod format;
mod language;
mod pages;
mod panic;
mod residents;
mod route;
mod state;
mod tab;
mod worker;

/// Draws the app into the page that loaded it.
pub fn page() {
    panic::install();
    app::start();
}

/// Serves the vault to the page that started this worker. Outside a browser there is nobody to serve.
pub fn vault() {
    #[cfg(target_arch = "wasm32")]
    worker::host::start();
}
