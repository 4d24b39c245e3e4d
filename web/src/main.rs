//! The app in the browser. One program, started twice: in the page it draws, in the worker it holds the vault.

mod app;
mod components;
mod device;
mod dropped;
mod errors;
mod format;
mod language;
mod pages;
mod panic;
mod route;
mod state;
mod tab;
mod worker;

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        use wasm_bindgen::JsCast as _;
        if let Ok(scope) = js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>() {
            std::panic::set_hook(Box::new(|_| worker::host::broken()));
            worker::host::install(&scope);
            return;
        }
    }
    panic::install();
    app::start();
}
