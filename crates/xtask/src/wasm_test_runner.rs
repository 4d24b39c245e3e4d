//! Runs one wasm test binary in a browser: the runner of wasm-bindgen, built from the version that the lock file names
//! instead of one installed on the machine.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
